//! An endpoint without I/O: its life, what it receives and writes, its deadlines, what there is to know.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::config::oxws_config;
use super::event::oxws_event;
use super::guard::{bytes, guard, guard_or, reference, required, text, write};
use super::protocol_handle::{Keys, Terms, ask, change, oxws_protocol, with_protocol};
use super::status::oxws_status;
use super::vocabulary::{oxws_close_state, oxws_state};
use crate::net::endpoint::Options;
use crate::protocol::connection::CloseState;
use crate::protocol::driver::{Driver, OutputLimits};
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;
use crate::protocol::settings::Settings;
use crate::protocol::time::Time;

/// Makes a server's endpoint, for one connection that has come in. The config is copied. Its limits,
/// timeouts, allowed origins, subprotocols and headers count, its callbacks do not, but for whether there
/// is an `on_chunk`. NULL if `config` is NULL or there is no memory.
///
/// Each request is reported and waits for `oxws_protocol_accept`, `_respond` or `_deny`. Who has a policy
/// of his own on origins allows any (`oxws_config_allow_any_origin`) and decides then.
///
/// Thread: any.
///
/// # Safety
///
/// `config` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_new_server(
    config: *const oxws_config,
    now_us: u64,
) -> *mut oxws_protocol {
    guard_or(std::ptr::null_mut(), || {
        // SAFETY: promised by the caller.
        let Ok(config) = (unsafe { reference(config) }) else {
            return std::ptr::null_mut();
        };
        let endpoint = config.endpoint(Role::Server);
        let options = &endpoint.options;
        let mut settings = Settings::clone(&options.settings);
        // Whom a callback would let in is not let in unasked.
        settings.origin = config.origins.clone();
        let (settings, limits) = (Arc::new(settings), output_limits(options));
        // The only random number that a server needs.
        let [jitter] = Keys::default().pool().take();
        let (keys, now) = (Keys::default(), Time::from_micros(now_us));
        let driver = Driver::server(settings, limits, keys, now, jitter);
        let terms =
            Terms { subprotocols: options.subprotocols.clone(), fields: options.fields.clone() };
        let reports_chunks = options.settings.reports_chunks;
        Box::into_raw(oxws_protocol::new(driver, Some(Box::new(terms)), reports_chunks))
    })
}

/// Makes a client's endpoint, for a connection that has been made; the request for `url` is in its
/// output. Of the URL only the Host field and the path count, and `wss:` says no more than that the
/// program has its own TLS. The config is copied, as by `oxws_protocol_new_server`.
///
/// Errors: `OXWS_ERROR_INVALID_URL`; `OXWS_ERROR_INVALID_HEADER`.
///
/// Thread: any.
///
/// # Safety
///
/// `config` is NULL or valid, `url` is NULL or NUL-terminated, `protocol` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_new_client(
    config: *const oxws_config,
    url: *const c_char,
    now_us: u64,
    protocol: *mut *mut oxws_protocol,
) -> oxws_status {
    // SAFETY: promised by the caller.
    guard(|| unsafe {
        let (config, url, place) = (reference(config)?, text(url)?, required(protocol)?);
        let (_, request) = config.dial(url)?;
        let endpoint = config.endpoint(Role::Client);
        let options = &endpoint.options;
        let (settings, limits) = (Arc::clone(&options.settings), output_limits(options));
        let reports_chunks = settings.reports_chunks;
        let (mut keys, now) = (Keys::default(), Time::from_micros(now_us));
        let fresh = (keys.pool().take(), keys.pool().take::<1>()[0]);
        let driver = Driver::client(settings, limits, keys, now, request, fresh);
        write(place, Box::into_raw(oxws_protocol::new(driver, None, reports_chunks)));
        Ok(())
    })
}

fn output_limits(options: &Options) -> OutputLimits {
    OutputLimits {
        max_queued_bytes: options.max_queued_bytes,
        write_stall_timeout_ms: options.write_stall_timeout_ms,
    }
}

/// Ends an endpoint, at any time and without another word to the peer. NULL is allowed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or was made by `oxws_protocol_new_server` or `_new_client` and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_free(protocol: *mut oxws_protocol) {
    if !protocol.is_null() {
        // SAFETY: made by `Box::into_raw`, and freed once as the caller promises.
        let protocol = unsafe { Box::from_raw(protocol) };
        guard_or((), || drop(protocol));
    }
}

/// Lends `len` bytes that the peer has sent, until `oxws_protocol_next` has returned NULL, or until the
/// next call of this function begins. They are changed: payloads are unmasked where they lie, and events
/// show them there. What cannot be used yet is copied then, and goes before the bytes of the next call.
/// `data` may be NULL if `len` is 0.
///
/// Errors, after which nothing is lent: `OXWS_ERROR_CLOSED` after the end of the connection or of the
/// input; `OXWS_ERROR_INVALID_STATE` while a request waits for its decision, see
/// `oxws_protocol_wants_input`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile;
/// `data` is NULL or points to `len` bytes that may be changed and that nobody else uses for as long as
/// they are lent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_receive(
    protocol: *mut oxws_protocol,
    data: *mut c_void,
    len: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            bytes(data, len)?;
            if !protocol.driver.wants_input() {
                let is_deciding = !protocol.driver.connection().wants_input();
                return Err(if is_deciding { ErrorCode::InvalidState } else { ErrorCode::Closed });
            }
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.keep_lent();
            protocol.lend(data.cast(), len);
            Ok(())
        })
    }
}

/// The next event; NULL if there is none for now. An event lives until the next call of this function, of
/// `oxws_protocol_receive`, `_unused` or `_free`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_next(protocol: *mut oxws_protocol) -> *const oxws_event {
    // SAFETY: promised by the caller, here and when bytes were lent.
    unsafe {
        change(protocol, std::ptr::null(), |protocol| {
            protocol.next().map_or(std::ptr::null(), std::ptr::from_ref)
        })
    }
}

/// The peer has stopped sending: `read` has returned 0. What came before is reported first.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_end_of_input(
    protocol: *mut oxws_protocol,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.end_of_input();
            Ok(())
        })
    }
}

/// The transport is broken, with this error number (errno) or 0: nothing can be written any more. What
/// came before is reported first.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_lost(
    protocol: *mut oxws_protocol,
    os_error: i32,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.lost(os_error);
            Ok(())
        })
    }
}

/// All that waits to be written: `*len` bytes, 0 if there is nothing. They live until the next call on
/// the endpoint. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `len` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_output(
    protocol: *const oxws_protocol,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe {
        let place = |protocol: &oxws_protocol| {
            let output = protocol.driver.output();
            (output.as_ptr(), output.len())
        };
        let (data, count) = ask(protocol, || (std::ptr::null(), 0), place);
        write(len, count);
        data
    }
}

/// The first `count` bytes of the output have been written. Events may follow, such as the end of a
/// connection whose last Close frame has left.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if there is less output.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_output_written(
    protocol: *mut oxws_protocol,
    count: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.output_written(count)
        })
    }
}

/// When `oxws_protocol_advance` is to be called at the latest; `UINT64_MAX` if there is no deadline. Each
/// call on the endpoint may change it.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `at_us`
/// is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_deadline_us(
    protocol: *mut oxws_protocol,
    at_us: *mut u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let place = required(at_us)?;
            write(place, protocol.driver.deadline().map_or(u64::MAX, Time::micros));
            Ok(())
        })
    }
}

/// Does what is due: sends a keepalive ping, or ends a connection whose time is over. Calling it too early
/// does nothing.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_advance(
    protocol: *mut oxws_protocol,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.advance();
            Ok(())
        })
    }
}

/// Whether received bytes can be used (1): not while a request waits for its decision, nor after an end
/// (0). Until then the program leaves them to the transport.
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

/// Masks what the endpoint sends from now on with this key, for tests that compare bytes: a key that is
/// known protects nothing (RFC 6455 section 10.3). NULL: random keys again.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile;
/// `key` is NULL or points to 4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_protocol_masking_key(
    protocol: *mut oxws_protocol,
    key: *const u8,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let key = key.cast::<[u8; 4]>().as_ref().copied();
            protocol.driver.keys_mut().pool().fix(key);
            Ok(())
        })
    }
}
