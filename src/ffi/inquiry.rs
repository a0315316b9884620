//! Reading paused and resumed, and what there is to know of a connection.

use std::ffi::{c_char, c_void};

use super::guard::{required, write, write_text};
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::{oxws_close_state, oxws_connection, oxws_state, oxws_version};
use crate::net::inquiry::State;

/// Stops reading from a connection, so that its peer has to wait: no message, ping, pong or Close
/// frame is reported, and no silence of the peer counts against it, until `oxws_resume_reading` or
/// `oxws_close`.
/// Pausing twice is pausing once.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_pause_reading(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.pause_reading(connection)) }
}

/// Reads from a connection again.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_resume_reading(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.resume_reading(connection)) }
}

/// How many bytes wait to be sent on a connection because the system has not taken them yet, or its
/// turn is not over; frame headers included.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_queued_bytes(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    count: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let count = required(count)?;
            write(count, core.queued_bytes(connection)?);
            Ok(())
        })
    }
}

/// How far a connection has come.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also after `on_close`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `state` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_state(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    state: *mut oxws_state,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(state)?;
            let state = match core.state(connection)? {
                State::Resolving => oxws_state::OXWS_STATE_RESOLVING,
                State::Connecting => oxws_state::OXWS_STATE_CONNECTING,
                State::Proxy => oxws_state::OXWS_STATE_PROXY,
                State::Tls => oxws_state::OXWS_STATE_TLS,
                State::Handshake => oxws_state::OXWS_STATE_HANDSHAKE,
                State::Open => oxws_state::OXWS_STATE_OPEN,
                State::Closing => oxws_state::OXWS_STATE_CLOSING,
                State::Closed => oxws_state::OXWS_STATE_CLOSED,
                State::Waiting => oxws_state::OXWS_STATE_WAITING,
            };
            write(place, state);
            Ok(())
        })
    }
}

/// How far the closing handshake of a connection has come: `OXWS_CLOSE_STATE_OPEN` also before the
/// opening handshake has ended.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also after `on_close`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `state` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_close_state(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    state: *mut oxws_close_state,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(state)?;
            write(place, core.close_state(connection)?.into());
            Ok(())
        })
    }
}

/// Sets the user pointer of a connection, which its callbacks get from now on. The library never
/// follows it.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_set_user(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    user: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.set_user(connection, user.expose_provenance())) }
}

/// The user pointer of a connection.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `user` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_user(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    user: *mut *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(user)?;
            write(place, std::ptr::with_exposed_provenance_mut(core.user(connection)?));
            Ok(())
        })
    }
}

/// The peer's address: "192.0.2.1:50000", "[2001:db8::1]:50000", "unix:", or empty while there is
/// none. Behind a proxy that is believed (`oxws_config_trust_proxy_header`, `oxws_config_trust_forwarded`)
/// it is the client's, which may have no port; `oxws_get_socket_peer_address` gives the proxy's then. It is
/// copied into `buffer` with a NUL behind it; `*len` gets its bytes without the NUL, also
/// if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be
/// NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 64 bytes always do.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `buffer` is NULL or points to `capacity`
/// writable bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_peer_address(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| write_text(&core.peer_address(connection)?, buffer, capacity, len))
    }
}

/// This side's address, as `oxws_get_peer_address` gives the peer's; for a Unix-domain socket
/// "unix:" and its path, if it has one.
///
/// Errors: as for `oxws_get_peer_address`; 384 bytes always suffice.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_local_address(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            write_text(&core.local_address(connection)?, buffer, capacity, len)
        })
    }
}

/// The subprotocol that the handshake agreed on, empty if none; the buffer works as for
/// `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_subprotocol(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let subprotocol = core.subprotocol(connection)?.unwrap_or_default();
            write_text(subprotocol, buffer, capacity, len)
        })
    }
}

/// The version of the protocol that the handshake agreed on: 13, or what `oxws_config_allow_version`
/// allows.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_NOT_OPEN` before the opening handshake has ended.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `version` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_version(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    version: *mut oxws_version,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(version)?;
            write(place, core.version(connection)?.into());
            Ok(())
        })
    }
}
