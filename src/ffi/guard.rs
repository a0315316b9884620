//! The boundary: panics become statuses, pointers become references or an error.

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::status::{OXWS_OK, oxws_status};
use crate::protocol::error::ErrorCode;

/// Runs the body of an export that can fail.
#[inline]
pub(super) fn guard(body: impl FnOnce() -> Result<(), ErrorCode>) -> oxws_status {
    guard_or(Err(ErrorCode::Panic), body).map_or_else(ErrorCode::number, |()| OXWS_OK)
}

/// Runs the body of an export that gives a value, `fallback` after a panic.
#[inline]
pub(super) fn guard_or<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    let body = AssertUnwindSafe(|| {
        #[cfg(test)]
        test_hook::trip();
        body()
    });
    catch_unwind(body).unwrap_or(fallback)
}

/// Keeps a panic of this library, which becomes a status, from being written to the program's
/// standard error as well. Those of other Rust code in the process are treated as before.
#[cfg(not(test))]
pub(super) fn quieten_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let others = std::panic::take_hook();
        let own = file!().trim_end_matches("ffi/guard.rs");
        std::panic::set_hook(Box::new(move |panic| {
            let is_own = panic.location().is_some_and(|place| place.file().starts_with(own));
            if !is_own {
                others(panic);
            }
        }));
    });
}

/// What a handle points to.
///
/// # Safety
///
/// `pointer` is NULL or points to a live `T` that nobody changes for the life of the reference.
#[inline]
pub(super) unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, ErrorCode> {
    // SAFETY: promised by the caller.
    unsafe { pointer.as_ref() }.ok_or(ErrorCode::NullArgument)
}

/// What a handle points to, to be changed.
///
/// # Safety
///
/// `pointer` is NULL or points to a live `T` that nobody else uses for the life of the reference.
#[inline]
pub(super) unsafe fn reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, ErrorCode> {
    // SAFETY: promised by the caller.
    unsafe { pointer.as_mut() }.ok_or(ErrorCode::NullArgument)
}

/// Bytes that are passed in; NULL is fine if there are none.
///
/// # Safety
///
/// `data` is NULL or points to `len` readable bytes that nobody changes for the life of the slice.
#[inline]
pub(super) unsafe fn bytes<'a>(data: *const c_void, len: usize) -> Result<&'a [u8], ErrorCode> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    // No object is larger than this; the length is a mistake, not a promise.
    if isize::try_from(len).is_err() {
        return Err(ErrorCode::InvalidArgument);
    }
    // SAFETY: not NULL, of a possible size, and readable as the caller promises.
    Ok(unsafe { std::slice::from_raw_parts(data.cast(), len) })
}

/// Bytes that are passed in to be changed; NULL is fine if there are none.
///
/// # Safety
///
/// `data` is NULL or points to `len` writable bytes that nobody else uses for the life of the slice.
pub(super) unsafe fn bytes_mut<'a>(
    data: *mut c_void,
    len: usize,
) -> Result<&'a mut [u8], ErrorCode> {
    if len == 0 {
        return Ok(&mut []);
    }
    if data.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    if isize::try_from(len).is_err() {
        return Err(ErrorCode::InvalidArgument);
    }
    // SAFETY: not NULL, of a possible size, and writable as the caller promises.
    Ok(unsafe { std::slice::from_raw_parts_mut(data.cast(), len) })
}

/// Text that is passed in.
///
/// # Safety
///
/// `text` is NULL or points to a NUL-terminated string that nobody changes for the life of the
/// reference.
pub(super) unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, ErrorCode> {
    if text.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    // SAFETY: not NULL, and NUL-terminated as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|_| ErrorCode::InvalidUtf8)
}

/// Text that may be left out.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn optional_text<'a>(
    pointer: *const c_char,
) -> Result<Option<&'a str>, ErrorCode> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller promises.
    unsafe { text(pointer) }.map(Some)
}

/// Texts that are passed in as an array.
///
/// # Safety
///
/// `list` is NULL or points to `count` pointers, each NULL or NUL-terminated, which nobody changes for
/// the life of the references.
pub(super) unsafe fn texts<'a>(
    list: *const *const c_char,
    count: usize,
) -> Result<Vec<&'a str>, ErrorCode> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if list.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    // No array is larger than this; the count is a mistake, not a promise.
    if count > isize::MAX.unsigned_abs() / size_of::<*const c_char>() {
        return Err(ErrorCode::InvalidArgument);
    }
    // SAFETY: not NULL, of a possible size, and readable as the caller promises.
    let list = unsafe { std::slice::from_raw_parts(list, count) };
    // SAFETY: promised by the caller.
    list.iter().map(|pointer| unsafe { text(*pointer) }).collect()
}

/// A place for a result, which must be there.
#[inline]
pub(super) fn required<T>(place: *mut T) -> Result<*mut T, ErrorCode> {
    if place.is_null() { Err(ErrorCode::NullArgument) } else { Ok(place) }
}

/// Writes a result, if there is a place for it.
///
/// # Safety
///
/// `place` is NULL or points to a writable `T`.
#[inline]
pub(super) unsafe fn write<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: not NULL, and writable as the caller promises.
        unsafe { place.write(value) };
    }
}

/// Copies bytes into a buffer of the caller, and tells how many there are. A NULL buffer of no
/// capacity asks for their number.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL or writable.
pub(super) unsafe fn write_bytes(
    bytes: &[u8],
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> Result<(), ErrorCode> {
    match (buffer.is_null(), bytes.len() > capacity) {
        (true, _) if capacity > 0 => return Err(ErrorCode::NullArgument),
        (true, _) => {}
        (false, true) => return Err(ErrorCode::BufferTooSmall),
        // SAFETY: the buffer holds the bytes, and they are not part of it.
        (false, false) => unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.cast(), bytes.len());
        },
    }
    // SAFETY: promised by the caller.
    unsafe { write(len, bytes.len()) };
    Ok(())
}

/// Copies text into a buffer of the caller, with a NUL behind it, and tells its length, which is
/// written also if the text does not fit.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL or writable.
pub(super) unsafe fn write_text(
    text: impl AsRef<[u8]>,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> Result<(), ErrorCode> {
    let text = text.as_ref();
    if buffer.is_null() && capacity > 0 {
        return Err(ErrorCode::NullArgument);
    }
    // SAFETY: promised by the caller.
    unsafe { write(len, text.len()) };
    if buffer.is_null() {
        return Ok(());
    }
    if text.len() >= capacity {
        return Err(ErrorCode::BufferTooSmall);
    }
    // SAFETY: the buffer holds the text and one byte more, and is not part of it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast(), text.len());
        buffer.add(text.len()).write(0);
    }
    Ok(())
}

/// An on/off switch that came as a number.
pub(super) fn switch(value: i32) -> Result<bool, ErrorCode> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// Lets a test make the next export panic.
#[cfg(test)]
pub(super) mod test_hook {
    use std::cell::Cell;

    thread_local!(static ARMED: Cell<bool> = const { Cell::new(false) });

    pub(in crate::ffi) fn arm() {
        ARMED.set(true);
    }

    pub(in crate::ffi) fn trip() {
        assert!(!ARMED.replace(false), "a panic that a test asked for");
    }
}
