//! Close reasons: one object for each close code, made when it is first asked for and never freed,
//! and the names that programs give to codes of their own. The only memory that outlives every loop.

use std::ffi::{CStr, CString, c_char};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::close_code::*;
use super::guard::{guard, guard_or, reference, text};
use super::status::oxws_status;
use super::vocabulary::oxws_version;
use crate::protocol::close_code::{CloseCode, Range};
use crate::protocol::error::ErrorCode;

/// What is known of a close code. There is one object for each code, which is never freed: two
/// pointers are equal exactly if their codes are.
///
/// Thread: any, and several at once.
#[derive(Debug)]
pub struct oxws_reason {
    pub(super) code: CloseCode,
    texts: OnceLock<Texts>,
}

/// The name of a code and what it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) name: CString,
    pub(super) description: CString,
}

const FIRST: u16 = 1000;
const LAST: u16 = 4999;
const MAX_NAME_BYTES: usize = 64;
const MAX_DESCRIPTION_BYTES: usize = 1023;

/// The objects, by their codes from `FIRST` on. What is not NULL stays there.
static REASONS: [AtomicPtr<oxws_reason>; 4000] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; 4000];

/// Held while a name is given, so that no two codes get the same.
static NAMING: Mutex<()> = Mutex::new(());

fn slot(code: u16) -> Option<&'static AtomicPtr<oxws_reason>> {
    REASONS.get(usize::from(code.checked_sub(FIRST)?))
}

/// The object of a code, if it has been made.
fn existing(code: u16) -> Option<&'static oxws_reason> {
    let reason = slot(code)?.load(Ordering::Acquire);
    // SAFETY: NULL, or made by `intern` and never freed.
    unsafe { reason.as_ref() }
}

/// The object of a code, made if it is not there; `None` for what is no close code.
fn intern(code: u16) -> Option<&'static oxws_reason> {
    let slot = slot(code)?;
    if slot.load(Ordering::Acquire).is_null() {
        let fresh = Box::into_raw(Box::new(oxws_reason::new(CloseCode::from_number(code))));
        let nothing = std::ptr::null_mut();
        if slot.compare_exchange(nothing, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: made here; another thread was faster, so that nobody else has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
    existing(code)
}

/// The texts of a code that has them.
pub(super) fn texts_of(code: u16) -> Option<&'static Texts> {
    let is_public = CloseCode::from_number(code).name().is_some();
    let reason = if is_public { intern(code) } else { existing(code) };
    reason?.texts.get()
}

/// The reason with this name.
pub(super) fn with_name(name: &str) -> Option<&'static oxws_reason> {
    known().find(|reason| reason.name().is_some_and(|own| own.to_bytes() == name.as_bytes()))
}

/// Every code that has a name, in order.
fn known() -> impl Iterator<Item = &'static oxws_reason> {
    (FIRST..=LAST).filter(|code| texts_of(*code).is_some()).filter_map(existing)
}

impl oxws_reason {
    fn new(code: CloseCode) -> oxws_reason {
        let texts = OnceLock::new();
        if let (Some(name), Some(description)) = (code.name(), code.description()) {
            let c_text = |text: &str| CString::new(text).unwrap_or_default();
            let public = Texts { name: c_text(name), description: c_text(description) };
            texts.get_or_init(|| public);
        }
        oxws_reason { code, texts }
    }

    fn name(&self) -> Option<&CStr> {
        self.texts.get().map(|texts| &*texts.name)
    }
}

/// Gives a name to a code that is free for it.
fn register(code: u16, texts: Texts) -> Result<(), ErrorCode> {
    let _guard = NAMING.lock().unwrap_or_else(PoisonError::into_inner);
    let reason = intern(code).ok_or(ErrorCode::InvalidArgument)?;
    if let Some(own) = reason.texts.get() {
        return if *own == texts { Ok(()) } else { Err(ErrorCode::Duplicate) };
    }
    if known().any(|other| other.name() == Some(&*texts.name)) {
        return Err(ErrorCode::Duplicate);
    }
    reason.texts.set(texts).map_err(|_| ErrorCode::Duplicate)
}

/// A name as C would take it for a constant.
fn check_name(name: &str) -> Result<(), ErrorCode> {
    if name.len() > MAX_NAME_BYTES {
        return Err(ErrorCode::TooLong);
    }
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let starts_well = name.bytes().next().is_some_and(is_letter);
    let goes_on_well = name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit());
    if starts_well && goes_on_well { Ok(()) } else { Err(ErrorCode::InvalidArgument) }
}

/// The reason of a close code: always the same pointer for the same code, also if nothing is known of
/// it. NULL for what is no close code: 0 to 999 and from 5000 on.
///
/// The object is made when it is first asked for and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_reason_get(code: u16) -> *const oxws_reason {
    guard_or(std::ptr::null(), || intern(code).map_or(std::ptr::null(), std::ptr::from_ref))
}

/// The reason with this name, such as "GOING_AWAY", in the same capitals and small letters; NULL if no
/// code has the name, and for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `name` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_from_name(name: *const c_char) -> *const oxws_reason {
    guard_or(std::ptr::null(), || {
        // SAFETY: promised by the caller.
        let reason = unsafe { text(name) }.ok().and_then(with_name);
        reason.map_or(std::ptr::null(), std::ptr::from_ref)
    })
}

/// Gives a name and a description to a code of 3000 to 4999, for logs and `oxws_close_code_from_name`,
/// in the whole process and as long as it lives. Both are copied. Registering the same again is fine,
/// so that libraries in one program need not agree on who does it.
///
/// `name` is like a constant of C: ASCII letters, digits and underscores, no digit first, at most 64
/// bytes. `description` has at most 1,023 bytes and may be empty.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another code or another kind of name;
/// `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_DUPLICATE` if the code has another
/// name or description already, which is never changed, or the name another code.
///
/// Thread: any.
///
/// # Safety
///
/// `name` and `description` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_register(
    code: u16,
    name: *const c_char,
    description: *const c_char,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let (name, description) = unsafe { (text(name)?, text(description)?) };
        let range = CloseCode::from_number(code).range();
        if !matches!(range, Range::Library | Range::Private) {
            return Err(ErrorCode::InvalidArgument);
        }
        check_name(name)?;
        if description.len() > MAX_DESCRIPTION_BYTES {
            return Err(ErrorCode::TooLong);
        }
        let c_text = |text: &str| CString::new(text).map_err(|_| ErrorCode::InvalidArgument);
        register(code, Texts { name: c_text(name)?, description: c_text(description)? })
    })
}

/// How many codes have a name: those of the specifications and those that were registered.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_reason_count() -> usize {
    guard_or(0, || known().count())
}

/// The reason at `index` among those that have a name, ordered by their codes; NULL if there are not
/// that many. A registration, also in another thread, moves those behind it.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_reason_at(index: usize) -> *const oxws_reason {
    guard_or(std::ptr::null(), || known().nth(index).map_or(std::ptr::null(), std::ptr::from_ref))
}

/// What `ask` says of the code of a reason; of 0, which is no close code, for NULL.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
unsafe fn of_code<T>(reason: *const oxws_reason, ask: extern "C" fn(u16) -> T) -> T {
    // SAFETY: promised by the caller.
    let reason = unsafe { reference(reason) };
    ask(reason.map_or(0, |reason| reason.code.number()))
}

/// The texts of a reason, empty if it has none.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
unsafe fn text_of(reason: *const oxws_reason, pick: fn(&Texts) -> &CStr) -> *const c_char {
    let empty = c"".as_ptr();
    guard_or(empty, || {
        // SAFETY: promised by the caller.
        let texts = unsafe { reference(reason) }.ok().and_then(|reason| reason.texts.get());
        texts.map_or(empty, |texts| pick(texts).as_ptr())
    })
}

/// The close code of a reason; 0 for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_code(reason: *const oxws_reason) -> u16 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(reason) }.map_or(0, |reason| reason.code.number()))
}

/// The name of a reason, such as "GOING_AWAY"; empty, never NULL, as long as it has none.
///
/// The text lives as long as the library.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_name(reason: *const oxws_reason) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { text_of(reason, |texts| &texts.name) }
}

/// What a reason says, as a sentence; empty, never NULL, as long as it has no name.
///
/// The text lives as long as the library.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_description(reason: *const oxws_reason) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { text_of(reason, |texts| &texts.description) }
}

/// Who may send the code of a reason; `OXWS_CLOSE_SENDER_NOBODY` for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_sender(reason: *const oxws_reason) -> oxws_close_sender {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_sender) }
}

/// Whom the code of a reason belongs to; `OXWS_CLOSE_RANGE_INVALID` for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_range(reason: *const oxws_reason) -> oxws_close_range {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_range) }
}

/// The first version of the protocol that has the code of a reason, as
/// `oxws_close_code_since_version` tells it; `OXWS_VERSION_UNKNOWN` for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_since_version(reason: *const oxws_reason) -> oxws_version {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_since_version) }
}

/// What a client that wants to stay connected does after a reason; `OXWS_RECONNECT_NEVER` for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_reconnect(reason: *const oxws_reason) -> oxws_reconnect {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_reconnect) }
}

/// Whether a Close frame may carry the code of a reason (1), or not (0); 0 for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_is_sendable(reason: *const oxws_reason) -> i32 {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_is_sendable) }
}

/// Whether the code of a reason is only ever reported to the program of this side (1), or not (0); 0
/// for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_is_local_only(reason: *const oxws_reason) -> i32 {
    // SAFETY: promised by the caller.
    unsafe { of_code(reason, oxws_close_code_is_local_only) }
}

/// Whether a reason has a name (1), of the specifications or registered, or not (0); 0 for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `reason` is NULL or was given by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reason_is_known(reason: *const oxws_reason) -> i32 {
    guard_or(0, || {
        // SAFETY: promised by the caller.
        let reason = unsafe { reference(reason) };
        i32::from(reason.is_ok_and(|reason| reason.name().is_some()))
    })
}
