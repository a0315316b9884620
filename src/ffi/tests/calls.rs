//! How the tests name the exports: three kinds of tables, one file of them for each group of nouns.

use std::ffi::c_char;

use super::super::loop_handle::oxws_loop;
use super::super::status::oxws_status;

/// The calls of one group of nouns.
pub(super) struct Calls {
    /// On a loop; each gives a status.
    pub(super) on_loops: &'static [(&'static str, LoopCall)],
    /// With other pointers, all NULL; each gives `OXWS_ERROR_NULL_ARGUMENT`.
    pub(super) with_status: &'static [(&'static str, StatusCall)],
    /// That give a value; each tells whether it is the one that stands for a panic.
    pub(super) with_value: &'static [(&'static str, ValueCall)],
    /// Those that have a test of their own.
    pub(super) others: &'static [&'static str],
}

pub(super) type LoopCall = fn(*mut oxws_loop) -> oxws_status;
pub(super) type StatusCall = fn() -> oxws_status;
pub(super) type ValueCall = fn() -> bool;

/// Calls on a loop, without its name, which stands first.
macro_rules! loop_calls {
    ($($name:ident($($argument:expr),*);)*) => {
        &[$((stringify!($name), |handle| {
            // SAFETY: the handle is a loop, and every other pointer NULL, which all of them take.
            unsafe { $name(handle, $($argument),*) }
        })),*]
    };
}

/// Calls that give a status and have no loop: NULL for every pointer.
macro_rules! status_calls {
    ($($name:ident($($argument:expr),*);)*) => {
        &[$((stringify!($name), || {
            // SAFETY: NULL is taken everywhere.
            unsafe { $name($($argument),*) }
        })),*]
    };
}

/// Calls that give a value, and whether that is the one which stands for a panic.
macro_rules! value_calls {
    ($($name:ident($($argument:expr),*) is $predicate:expr;)*) => {
        &[$((stringify!($name), || {
            // SAFETY: NULL is taken everywhere.
            #[allow(unused_unsafe)]
            let value = unsafe { $name($($argument),*) };
            $predicate(value)
        })),*]
    };
}

pub(super) fn is_null<T>(pointer: *const T) -> bool {
    pointer.is_null()
}

pub(super) fn is_there(text: *const c_char) -> bool {
    !text.is_null()
}

pub(super) use {loop_calls, status_calls, value_calls};
