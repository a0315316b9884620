//! Listening for connections.

use std::ffi::c_char;
use std::os::fd::{BorrowedFd, OwnedFd};

use super::config::oxws_config;
use super::guard::{reference, required, text, write};
use super::loop_handle::{oxws_loop, with_core, with_loop};
use super::status::oxws_status;
use super::vocabulary::oxws_listener;
use crate::protocol::error::ErrorCode;
use crate::protocol::url::Address;

/// Listens at `url` as a server: `ws://127.0.0.1:9001`, `ws://[::1]:9001`, `ws://localhost:9001`,
/// `ws://*:9001` for all addresses of both families, or a Unix-domain socket as
/// `ws+unix:/path/of/socket`. The port 0 takes any that is free, and `oxws_listener_port` tells which;
/// without a port it is 80. Names other than localhost are not looked up: they are no URL to listen at.
/// Nor is one with a path: requests of all paths come, and `oxws_request_path` tells which.
///
/// The path of a Unix-domain socket is removed when the listener ends. A socket that is left over from a
/// process that is gone is replaced; whatever else lies at the path is left alone, and listening fails
/// with EADDRINUSE. Who may connect there the process's umask says, and the directory. The config is
/// copied. `listener` gets the id, and may be NULL.
///
/// `wss:` is the same through TLS, with the certificates of `oxws_config_tls`; without a port it is 443.
///
/// Errors: `OXWS_ERROR_INVALID_URL`; for `wss:` `OXWS_ERROR_TLS_NOT_CONFIGURED` without a certificate, or
/// without an authority for those of clients that are asked for, and `OXWS_ERROR_UNSUPPORTED` in a build
/// without TLS; `OXWS_ERROR_LISTEN_FAILED`, see `oxws_loop_os_error`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `url` is NULL or NUL-terminated, `config` is
/// NULL or valid, `listener` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_listen(
    r#loop: *mut oxws_loop,
    url: *const c_char,
    config: *const oxws_config,
    listener: *mut oxws_listener,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (url, config) = (text(url)?, reference(config)?);
            let address = match core.is_simulated() {
                true => Address::parse_listen_anywhere(url)?,
                false => Address::parse_listen(url)?,
            };
            let endpoint = config.endpoint_at(address.scheme)?;
            let listened = core.listen(&address.place, endpoint);
            write(listener, listened.map_err(|error| failed(event_loop, &error))?);
            Ok(())
        })
    }
}

/// Listens on a descriptor that is bound and listens already, such as one that a service manager
/// handed over: a stream socket of IPv4, IPv6 or the Unix domain.
///
/// The descriptor is duplicated: the caller's stays the caller's and may be closed at once. It is
/// made non-blocking, which both share. `listener` gets the id, and may be NULL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for a negative number; `OXWS_ERROR_LISTEN_FAILED` for one
/// that is no such socket, see `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop;
/// `OXWS_ERROR_TLS_NOT_CONFIGURED` as for `oxws_listen`, if the config has a TLS config.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `config` is NULL or valid, `listener` is NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_listen_fd(
    r#loop: *mut oxws_loop,
    fd: i32,
    config: *const oxws_config,
    listener: *mut oxws_listener,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let config = reference(config)?;
            if fd < 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            if core.is_simulated() {
                return Err(ErrorCode::Unsupported);
            }
            let endpoint = config.endpoint_on_descriptor()?;
            let listened = duplicate(fd).and_then(|fd| core.listen_on(fd, endpoint));
            write(listener, listened.map_err(|error| failed(event_loop, &error))?);
            Ok(())
        })
    }
}

pub(super) fn duplicate(fd: i32) -> std::io::Result<OwnedFd> {
    // SAFETY: the number is not negative; that nothing open is behind it is an error of the system,
    // as it is only duplicated here.
    unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned()
}

fn failed(event_loop: &oxws_loop, error: &std::io::Error) -> ErrorCode {
    event_loop.keep_os_error(error);
    ErrorCode::ListenFailed
}

/// Stops listening. Connections that were accepted live on.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_listener_close(
    r#loop: *mut oxws_loop,
    listener: oxws_listener,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.close_listener(listener)) }
}

/// The port of a listener; 0 for a Unix-domain socket.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `port` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_listener_port(
    r#loop: *const oxws_loop,
    listener: oxws_listener,
    port: *mut u16,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let port = required(port)?;
            write(port, core.listener_port(listener)?);
            Ok(())
        })
    }
}
