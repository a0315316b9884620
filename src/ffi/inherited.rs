//! Sockets that a service manager has handed over to the process.

use std::ffi::{OsString, c_char};
use std::os::fd::RawFd;

use super::guard::{guard, optional_text, write};
use super::status::oxws_status;
use crate::net::inherited::{Variables, inherited};
use crate::protocol::error::ErrorCode;

/// Finds the descriptors that a service manager such as systemd has handed over to this process: those
/// that it has given the name `name` (FileDescriptorName=), or all if that is NULL. Up to `capacity` of
/// them are written to `fds`, in the order in which they were handed over, for `oxws_listen_fd`; `*count`
/// gets how many there are, 0 if none, also if they do not fit. `fds` may be NULL if `capacity` is 0, to
/// ask for the number; `count` may be NULL.
///
/// It is this call alone that reads the variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and that
/// keeps all descriptors which they tell of from being inherited further. It can be called again: nothing
/// is taken away.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL`; `OXWS_ERROR_NULL_ARGUMENT` for a capacity without `fds`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_STATE` if a variable cannot be read, or tells of a
/// descriptor that is not open.
///
/// Thread: any, while no other changes the environment.
///
/// # Safety
///
/// `name` is NULL or NUL-terminated, `fds` is NULL or points to `capacity` writable numbers, `count` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_inherited_fds(
    name: *const c_char,
    fds: *mut i32,
    capacity: usize,
    count: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let wanted = unsafe { optional_text(name) }?;
        if fds.is_null() && capacity > 0 {
            return Err(ErrorCode::NullArgument);
        }
        let found = handed_over(wanted)?;
        // SAFETY: promised by the caller.
        unsafe { write(count, found.len()) };
        if fds.is_null() {
            return Ok(());
        }
        if found.len() > capacity {
            return Err(ErrorCode::BufferTooSmall);
        }
        // SAFETY: the array holds as many, and they are not part of it.
        unsafe { std::ptr::copy_nonoverlapping(found.as_ptr(), fds, found.len()) };
        Ok(())
    })
}

fn handed_over(wanted: Option<&str>) -> Result<Vec<RawFd>, ErrorCode> {
    let texts = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"].map(std::env::var_os);
    let [process, count, names] = &texts;
    let [process, count, names] = [text(process)?, text(count)?, text(names)?];
    let mut found = Vec::new();
    for (fd, name) in inherited(std::process::id(), Variables { process, count, names })? {
        close_on_exec(fd)?;
        if wanted.is_none_or(|wanted| wanted == name) {
            found.push(fd);
        }
    }
    Ok(found)
}

fn text(variable: &Option<OsString>) -> Result<Option<&str>, ErrorCode> {
    let Some(variable) = variable else {
        return Ok(None);
    };
    variable.to_str().map(Some).ok_or(ErrorCode::InvalidState)
}

fn close_on_exec(fd: RawFd) -> Result<(), ErrorCode> {
    // SAFETY: neither command follows a pointer, and a number that is not open is an error.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    // SAFETY: as above.
    if flags < 0 || unsafe { libc::fcntl(fd, libc::F_SETFD, flags | libc::FD_CLOEXEC) } < 0 {
        return Err(ErrorCode::InvalidState);
    }
    Ok(())
}
