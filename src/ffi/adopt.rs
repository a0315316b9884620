//! Connections that begin with a descriptor of the program's.

use std::ffi::{c_char, c_void};

use super::config::oxws_config;
use super::guard::{bytes, optional_text, reference, text, write};
use super::listener::duplicate;
use super::loop_handle::{oxws_loop, with_loop};
use super::status::oxws_status;
use super::vocabulary::{self, oxws_connection};
use crate::net::adopt::{AdoptError, Adopted};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::tokens::is_token;

/// Serves a connection that the program has accepted: a connected stream socket of IPv4, IPv6 or the
/// Unix domain. `received` are `received_len` bytes that were read from it already, from its
/// beginning on: a part of a request, or a whole one and what follows it; at most 512 KiB. It may be NULL if
/// `received_len` is 0.
///
/// The descriptor is duplicated: the caller's stays the caller's and may be closed at once. It is made
/// non-blocking, which both share. The config is copied; its limits on the number of connections are
/// for listeners. `connection` gets the id, and may be NULL. Whatever comes, `on_close` is called for
/// it, also if no request does.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_ARGUMENT` for a negative number and
/// a socket of another kind; `OXWS_ERROR_SYSTEM_CALL_FAILED` for what is no socket or not connected, see
/// `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop; `OXWS_ERROR_TOO_LONG`;
/// `OXWS_ERROR_OUT_OF_MEMORY`; `OXWS_ERROR_TLS_NOT_CONFIGURED` as for `oxws_listen`, if the config has a TLS
/// config; `OXWS_ERROR_INVALID_STATE` while `oxws_loop_shutdown` is at work; `OXWS_ERROR_LOOP_FREED` inside
/// `oxws_loop_free`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `received` is NULL or points to `received_len`
/// bytes, `config` is NULL or valid, `connection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_adopt_server(
    r#loop: *mut oxws_loop,
    fd: i32,
    received: *const c_void,
    received_len: usize,
    config: *const oxws_config,
    connection: *mut oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (config, received) = (reference(config)?, bytes(received, received_len)?);
            let endpoint = config.endpoint_on_descriptor()?;
            let id = descriptor(fd)
                .map(|descriptor| Adopted { descriptor, received })
                .and_then(|adopted| core.adopt_server(adopted, endpoint));
            write(connection, id.map_err(|error| failed(event_loop, error))?);
            Ok(())
        })
    }
}

/// Sends the opening request of `url` over a connection that the program has made, such as through a
/// proxy or a tunnel: a connected stream socket of IPv4, IPv6 or the Unix domain. Of the URL only the
/// Host field and the path count; nothing is looked up or dialled.
///
/// The descriptor is duplicated, as by `oxws_adopt_server`. The handshake ends in `on_open` or in
/// `on_close`. `connection` gets the id, and may be NULL.
///
/// Errors, after which nothing is called back: those of `oxws_adopt_server`, and
/// `OXWS_ERROR_INVALID_URL`; `OXWS_ERROR_INVALID_HEADER`; for `wss:` those of `oxws_connect`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `url` is NULL or NUL-terminated, `config` is NULL
/// or valid, `connection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_adopt_client(
    r#loop: *mut oxws_loop,
    fd: i32,
    url: *const c_char,
    config: *const oxws_config,
    connection: *mut oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (url, config) = (text(url)?, reference(config)?);
            let (address, request) = config.dial(url)?;
            let endpoint = config.endpoint_over(&address)?;
            let id = descriptor(fd)
                .and_then(|descriptor| core.adopt_client(descriptor, request, endpoint));
            write(connection, id.map_err(|error| failed(event_loop, error))?);
            Ok(())
        })
    }
}

/// Goes on with a connection whose opening handshake another server or client has done. `role` is this
/// side's, an `oxws_role`; `subprotocol` is the one that was agreed on, or NULL; `received` are
/// `received_len` bytes that were read behind the handshake already, at most 512 KiB, or NULL.
///
/// Nothing is compressed, whatever the config says: a handshake that agrees on an extension cannot be gone on
/// with.
///
/// The descriptor is duplicated, as by `oxws_adopt_server`. Messages can be sent at once; `on_open` is
/// called in the next round, then what is in `received` is reported. `connection` gets the id, and may
/// be NULL.
///
/// Errors, after which nothing is called back: those of `oxws_adopt_server`,
/// `OXWS_ERROR_INVALID_ARGUMENT` for another role, and `OXWS_ERROR_INVALID_SUBPROTOCOL` for what is no
/// token.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `subprotocol` is NULL or NUL-terminated,
/// `received` is NULL or points to `received_len` bytes, `config` is NULL or valid, `connection` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_adopt_open(
    r#loop: *mut oxws_loop,
    fd: i32,
    role: i32,
    subprotocol: *const c_char,
    received: *const c_void,
    received_len: usize,
    config: *const oxws_config,
    connection: *mut oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (config, received) = (reference(config)?, bytes(received, received_len)?);
            let subprotocol = optional_text(subprotocol)?;
            if subprotocol.is_some_and(|name| !is_token(name)) {
                return Err(ErrorCode::InvalidSubprotocol);
            }
            let role = vocabulary::role(role)?;
            let endpoint = config.endpoint(role);
            let id = descriptor(fd)
                .map(|descriptor| Adopted { descriptor, received })
                .and_then(|adopted| core.adopt_open(adopted, role, subprotocol, endpoint));
            write(connection, id.map_err(|error| failed(event_loop, error))?);
            Ok(())
        })
    }
}

fn descriptor(fd: i32) -> Result<std::os::fd::OwnedFd, AdoptError> {
    match fd {
        0.. => Ok(duplicate(fd)?),
        _ => Err(ErrorCode::InvalidArgument.into()),
    }
}

fn failed(event_loop: &oxws_loop, error: AdoptError) -> ErrorCode {
    match error {
        AdoptError::Refused(error) => error,
        AdoptError::System(error) => {
            event_loop.keep_os_error(&error);
            ErrorCode::SystemCallFailed
        }
    }
}
