//! Sending messages that lie in several places, that are lent, whose fate is of interest, or that leave
//! in pieces.

use std::ffi::c_void;

use super::connection::{copy, message_type};
use super::guard::bytes;
use super::loop_handle::{oxws_loop, with_loop};
use super::parcel::{Companion, oxws_release_callback, oxws_sent_callback};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::mailbox::Command;
use crate::protocol::connection::Choice;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::MessageType;
use crate::protocol::utf8;

/// How a message is sent; bits that can be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum oxws_send_flag {
    /// It is not compressed, even if compression was agreed on: it is so already, or secret.
    OXWS_SEND_SKIP_COMPRESSION = 1,
    /// It is compressed, if that was agreed on, however small it is.
    OXWS_SEND_FORCE_COMPRESSION = 2,
}

/// Parts that are looked at without memory of their own.
const FEW_PARTS: usize = 16;

/// What the flags say of compression; both at once make no sense.
pub(super) fn compression_choice(flags: u32) -> Result<Choice, ErrorCode> {
    const SKIP: u32 = oxws_send_flag::OXWS_SEND_SKIP_COMPRESSION as u32;
    const FORCE: u32 = oxws_send_flag::OXWS_SEND_FORCE_COMPRESSION as u32;
    match flags {
        0 => Ok(Choice::BySize),
        SKIP => Ok(Choice::Skip),
        FORCE => Ok(Choice::Force),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// What can be checked of a message that another thread sends.
pub(super) fn check_from_afar(kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
    match kind {
        MessageType::Text if !utf8::is_text(payload) => Err(ErrorCode::InvalidUtf8),
        _ => Ok(()),
    }
}

/// Sends a message whose bytes lie in `count` places, one behind the other, as one frame. `parts[i]`
/// points to `lens[i]` bytes, and may be NULL if that is 0; both arrays may be NULL if `count` is 0.
/// A character of a text may lie across two parts. It is compressed if it is large enough and that was agreed
/// on; `oxws_send_begin` has flags.
///
/// Errors: as for `oxws_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `parts` and `lens` are NULL or have `count`
/// elements, each part is NULL or points to as many bytes as its length says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_vectored(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    parts: *const *const c_void,
    lens: *const usize,
    count: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let kind = message_type(r#type)?;
            let mut few: [&[u8]; FEW_PARTS] = [&[]; FEW_PARTS];
            let mut many = Vec::new();
            let parts = gather(parts, lens, count, &mut few, &mut many)?;
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.send_parts(connection, kind, parts);
            }
            let whole = concatenate(parts)?;
            check_from_afar(kind, &whole)?;
            event_loop.mailbox().put(Command::Send(connection, kind, whole))
        })
    }
}

/// The parts as slices, in `few` if they fit, otherwise in `many`.
///
/// # Safety
///
/// As for `oxws_send_vectored`.
unsafe fn gather<'a, 's>(
    parts: *const *const c_void,
    lens: *const usize,
    count: usize,
    few: &'s mut [&'a [u8]; FEW_PARTS],
    many: &'s mut Vec<&'a [u8]>,
) -> Result<&'s [&'a [u8]], ErrorCode> {
    if count == 0 {
        return Ok(&[]);
    }
    if parts.is_null() || lens.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    // No array is larger than this; the count is a mistake, not a promise.
    if count > isize::MAX.unsigned_abs() / size_of::<*const c_void>() {
        return Err(ErrorCode::InvalidArgument);
    }
    // SAFETY: not NULL, of a possible size, and readable as the caller promises.
    let arrays = unsafe {
        (std::slice::from_raw_parts(parts, count), std::slice::from_raw_parts(lens, count))
    };
    let slots: &mut [&[u8]] = match few.get_mut(..count) {
        Some(slots) => slots,
        None => {
            many.try_reserve_exact(count).map_err(|_| ErrorCode::OutOfMemory)?;
            many.resize(count, &[]);
            many
        }
    };
    for (slot, (part, len)) in slots.iter_mut().zip(arrays.0.iter().zip(arrays.1)) {
        // SAFETY: promised by the caller.
        *slot = unsafe { bytes(*part, *len) }?;
    }
    Ok(slots)
}

fn concatenate(parts: &[&[u8]]) -> Result<Box<[u8]>, ErrorCode> {
    let length = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.len()));
    let mut whole = Vec::new();
    whole
        .try_reserve_exact(length.ok_or(ErrorCode::OutOfMemory)?)
        .map_err(|_| ErrorCode::OutOfMemory)?;
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    Ok(whole.into_boxed_slice())
}

/// Sends a message as `oxws_send` does, with `flags` of `oxws_send_flag`, and has `on_sent` called, with
/// `context`, when it is known what became of it. `on_sent` may be NULL.
///
/// Errors, after which `on_sent` is not called: as for `oxws_send`; `OXWS_ERROR_INVALID_ARGUMENT` for an
/// unknown flag.
///
/// Thread: any; `on_sent` is called on the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_with(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    data: *const c_void,
    len: usize,
    flags: u32,
    on_sent: oxws_sent_callback,
    context: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let choice = compression_choice(flags)?;
            let (kind, payload) = (message_type(r#type)?, bytes(data, len)?);
            if let Some(mut core) = event_loop.core_if_owner()? {
                let parcel = Companion::to_tell(on_sent, context);
                return core.send_with(connection, kind, choice, payload, parcel);
            }
            check_from_afar(kind, payload)?;
            let parcel = Companion::with_copy(copy(payload)?, on_sent, context);
            event_loop.mailbox().put(Command::SendParcel(connection, kind, choice, parcel))
        })
    }
}

/// Sends a message of which the library makes no copy where that can be avoided: `data` is lent until
/// `release` is called with it and `context`, and must not be changed before. `flags` are of
/// `oxws_send_flag`. A client's message is copied all the same, as it must be masked, and so is one
/// below 4 KiB or one that is compressed; `release` is called for them too.
///
/// `release` is called once, on the loop's thread, while the loop is polled, or in `oxws_loop_free`; not
/// by a loop that is poisoned, or freed after fork.
///
/// Errors, after which `release` is not called and nothing is lent: as for `oxws_send`;
/// `OXWS_ERROR_INVALID_ARGUMENT` for an unknown flag; `OXWS_ERROR_NULL_ARGUMENT` without `release`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes which nobody
/// changes until `release` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_borrowed(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    data: *const c_void,
    len: usize,
    flags: u32,
    release: oxws_release_callback,
    context: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let choice = compression_choice(flags)?;
            let (kind, payload) = (message_type(r#type)?, bytes(data, len)?);
            if release.is_none() {
                return Err(ErrorCode::NullArgument);
            }
            let parcel = Companion::lending(data, len, release, context);
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.send_parcel(connection, kind, choice, parcel);
            }
            check_from_afar(kind, payload)?;
            event_loop.mailbox().put(Command::SendParcel(connection, kind, choice, parcel))
        })
    }
}

/// Begins a message whose length is not known: `oxws_send_append` sends pieces of it as they come,
/// `oxws_send_end` the last one. Each is a frame of its own (RFC 6455 section 5.4). `flags` are of
/// `oxws_send_flag`.
///
/// Until the message has ended, other messages on the connection give `OXWS_ERROR_INVALID_STATE`;
/// pings, pongs and closing are possible. Other threads' messages and pings to it give
/// `OXWS_ERROR_WOULD_EXCEED`, and `on_writable` tells when that is over; what they have sent before
/// leaves before. A connection that ends takes the message with it.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_INVALID_STATE` if a message has been begun already; `OXWS_ERROR_INVALID_ARGUMENT` for
/// another type or an unknown flag.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_begin(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    r#type: i32,
    flags: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core()?;
            let choice = compression_choice(flags)?;
            core.begin_message(connection, message_type(r#type)?, choice)
        })
    }
}

/// Sends a piece of the message that `oxws_send_begin` began. A character of a text may lie across two
/// pieces. An empty piece sends nothing.
///
/// Errors, after which the message is as before: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`,
/// `OXWS_ERROR_CLOSED`; `OXWS_ERROR_INVALID_STATE` if no message was begun; `OXWS_ERROR_WOULD_EXCEED` if as much waits as may,
/// to be tried again in `on_writable`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_append(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { send_piece(r#loop, connection, data, len, false) }
}

/// Sends the last piece of the message that `oxws_send_begin` began, which may be empty.
///
/// Errors, after which the message has not ended: as for `oxws_send_append`; `OXWS_ERROR_INVALID_UTF8`
/// also if a text would end inside a character.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_end(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { send_piece(r#loop, connection, data, len, true) }
}

/// # Safety
///
/// As for `oxws_send_append`.
unsafe fn send_piece(
    handle: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
    is_last: bool,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(handle, |event_loop| {
            let mut core = event_loop.core()?;
            core.send_piece(connection, bytes(data, len)?, is_last)
        })
    }
}
