//! What an object behind a pointer lends to C: texts, bytes, pairs of a name and a value.

use std::ffi::c_char;

use super::guard::{guard_or, reference, write};
use crate::protocol::handshake::extension::ExtensionParameter;

/// Lends text to a callback or its caller: the pointer, and the length if there is a place for it.
///
/// # Safety
///
/// `len` is NULL or writable.
pub(super) unsafe fn lend(text: Option<&[u8]>, len: *mut usize) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe { write(len, text.map_or(0, <[u8]>::len)) };
    text.map_or(std::ptr::null(), <[u8]>::as_ptr)
}

/// Lends the bytes of an object that are asked for; NULL and 0 if it has none.
///
/// # Safety
///
/// `object` is NULL or valid, `len` is NULL or writable.
pub(super) unsafe fn lend_bytes<T>(
    object: *const T,
    len: *mut usize,
    ask: impl FnOnce(&T) -> Option<&[u8]>,
) -> *const u8 {
    guard_or(std::ptr::null(), || {
        // SAFETY: promised by the caller.
        let object = unsafe { reference(object) };
        // SAFETY: promised by the caller.
        unsafe { lend(object.ok().and_then(ask), len) }
    })
}

/// As [`lend_bytes`], for text.
///
/// # Safety
///
/// As there.
pub(super) unsafe fn lend_text<T>(
    object: *const T,
    len: *mut usize,
    ask: impl FnOnce(&T) -> Option<&str>,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_bytes(object, len, |object| ask(object).map(str::as_bytes)) }.cast()
}

/// Lends a name of an object, and through `value` the value that belongs to it; NULL if it has no such
/// pair, and then nothing is written.
///
/// # Safety
///
/// `object` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
pub(super) unsafe fn lend_pair<T>(
    object: *const T,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
    ask: impl FnOnce(&T) -> Option<(&str, Option<&[u8]>)>,
) -> *const c_char {
    guard_or(std::ptr::null(), || {
        // SAFETY: promised by the caller.
        let object = unsafe { reference(object) };
        let Some((name, content)) = object.ok().and_then(ask) else {
            return std::ptr::null();
        };
        // SAFETY: promised by the caller.
        unsafe {
            write(value, lend(content, value_len).cast());
            lend(Some(name.as_bytes()), name_len).cast()
        }
    })
}

/// A parameter of an extension, to be lent.
pub(super) fn pair_of(parameter: &ExtensionParameter) -> (&str, Option<&[u8]>) {
    (&parameter.name, parameter.value.as_deref().map(str::as_bytes))
}
