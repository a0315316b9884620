//! Results that are copied into a buffer of the caller.

use std::ffi::c_char;

use super::guard::write;
use crate::protocol::error::ErrorCode;

/// Copies bytes into a buffer and tells their number. A NULL buffer of no capacity asks for the number
/// alone.
///
/// # Safety
///
/// `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL or writable.
pub(super) unsafe fn give_bytes(
    bytes: &[u8],
    buffer: *mut u8,
    capacity: usize,
    len: *mut usize,
) -> Result<(), ErrorCode> {
    // SAFETY: promised by the caller.
    unsafe {
        room(bytes.len(), buffer, capacity, len)?;
        if !buffer.is_null() {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
        }
        write(len, bytes.len());
    }
    Ok(())
}

/// Copies text as [`give_bytes`] does, with a NUL behind it that is not counted.
///
/// # Safety
///
/// As for [`give_bytes`].
pub(super) unsafe fn give_text(
    text: &[u8],
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> Result<(), ErrorCode> {
    let buffer: *mut u8 = buffer.cast();
    // SAFETY: promised by the caller; there is room for the text and one byte more.
    unsafe {
        room(text.len().saturating_add(1), buffer, capacity, len)?;
        if !buffer.is_null() {
            std::ptr::copy_nonoverlapping(text.as_ptr(), buffer, text.len());
            buffer.add(text.len()).write(0);
        }
        write(len, text.len());
    }
    Ok(())
}

/// Whether something is asked for, and fits.
fn room(
    needed: usize,
    buffer: *const u8,
    capacity: usize,
    len: *const usize,
) -> Result<(), ErrorCode> {
    match (buffer.is_null(), len.is_null()) {
        (true, true) => Err(ErrorCode::NullArgument),
        (true, false) if capacity > 0 => Err(ErrorCode::NullArgument),
        (true, false) => Ok(()),
        (false, _) if needed > capacity => Err(ErrorCode::BufferTooSmall),
        (false, _) => Ok(()),
    }
}
