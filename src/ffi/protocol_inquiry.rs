//! What there is to know of an endpoint without I/O.

use std::ffi::c_char;

use super::guard::write;
use super::protocol_handle::{ask, change, oxws_protocol};
use super::vocabulary::{oxws_close_state, oxws_state, oxws_version};
use crate::protocol::connection::CloseState;
use crate::protocol::version::Version;

/// Whether received bytes can be used (1). Not (0) while a request waits for its decision, in a pause
/// (`oxws_protocol_pause_reading`), while the peer has to read first (`oxws_config_pause_while_queued`), or
/// after an end; meanwhile the program leaves them to the transport.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_wants_input(protocol: *const oxws_protocol) -> i32 {
    // SAFETY: promised by the caller.
    unsafe { ask(protocol, || 0, |protocol| i32::from(protocol.driver.wants_input())) }
}

/// Whether the connection has ended (1), so that the transport is to be closed once the output has been
/// written. A server shuts sending down first and reads until the peer has closed: what it has not read
/// may else destroy what is on its way to the peer.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_wants_close(protocol: *const oxws_protocol) -> i32 {
    // SAFETY: promised by the caller.
    unsafe { ask(protocol, || 1, |protocol| i32::from(protocol.driver.connection().has_ended())) }
}

/// How far the connection has come: `OXWS_STATE_HANDSHAKE`, `_OPEN`, `_CLOSING` or `_CLOSED`.
/// `OXWS_STATE_CLOSED` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_state(protocol: *const oxws_protocol) -> oxws_state {
    let state = |protocol: &oxws_protocol| {
        let connection = protocol.driver.connection();
        match connection.close_state() {
            CloseState::Open if connection.is_opening() && !connection.is_agreed() => {
                oxws_state::OXWS_STATE_HANDSHAKE
            }
            CloseState::Open => oxws_state::OXWS_STATE_OPEN,
            CloseState::CloseSent | CloseState::CloseReceived => oxws_state::OXWS_STATE_CLOSING,
            CloseState::Closed => oxws_state::OXWS_STATE_CLOSED,
        }
    };
    // SAFETY: promised by the caller.
    unsafe { ask(protocol, || oxws_state::OXWS_STATE_CLOSED, state) }
}

/// How far the closing handshake has come. `OXWS_CLOSE_STATE_CLOSED` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_close_state(
    protocol: *const oxws_protocol,
) -> oxws_close_state {
    let closed = || oxws_close_state::OXWS_CLOSE_STATE_CLOSED;
    // SAFETY: promised by the caller.
    unsafe { ask(protocol, closed, |protocol| protocol.driver.connection().close_state().into()) }
}

/// The version of the protocol that the handshake agreed on; `OXWS_VERSION_LATEST` before, and for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_get_version(protocol: *const oxws_protocol) -> oxws_version {
    let latest = || Version::LATEST.into();
    // SAFETY: promised by the caller.
    unsafe { ask(protocol, latest, |protocol| protocol.driver.connection().version().into()) }
}

/// The subprotocol that was agreed on: `*len` bytes without a NUL, which live as long as the endpoint.
/// NULL and 0 if there is none. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `len` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_subprotocol(
    protocol: *const oxws_protocol,
    len: *mut usize,
) -> *const c_char {
    let place = |protocol: &oxws_protocol| {
        let name = protocol.driver.connection().subprotocol()?;
        Some((name.as_ptr(), name.len()))
    };
    // SAFETY: promised by the caller.
    unsafe {
        let (name, count) = ask(protocol, || None, place).unwrap_or((std::ptr::null(), 0));
        write(len, count);
        name.cast()
    }
}

/// What was received and has not been used: `*len` bytes. They follow a request that waits for its
/// decision, or are a part of a frame, or came behind an ordinary request or a frame that broke a rule;
/// behind a Close frame nothing counts. With them another protocol can go on. They live until the next call
/// on the endpoint; bytes that were lent are lent no longer. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `len` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_unused(
    protocol: *mut oxws_protocol,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: promised by the caller, here and when bytes were lent.
    unsafe {
        let place = |protocol: &mut oxws_protocol| {
            protocol.keep_lent();
            let unused = protocol.driver.unused();
            (unused.as_ptr(), unused.len())
        };
        let (data, count) = change(protocol, (std::ptr::null(), 0), place);
        write(len, count);
        data
    }
}
