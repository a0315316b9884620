//! An endpoint without I/O: its life, what it receives and reports.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::config::oxws_config;
use super::event::oxws_event;
use super::guard::{bytes, guard, guard_or, reference, required, text, write};
use super::protocol_handle::{Keys, Terms, change, oxws_protocol, with_protocol};
use super::status::oxws_status;
use crate::net::endpoint::Options;
use crate::net::random::random_bytes;
use crate::protocol::driver::{Driver, OutputLimits};
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;
use crate::protocol::settings::Settings;
use crate::protocol::time::Time;

/// Makes a server's endpoint, for one connection that has come in. The config is copied. Its limits,
/// timeouts, allowed origins, subprotocols and headers count, its callbacks do not, but for whether there
/// is an `on_chunk`. NULL if `config` is NULL or the system has no random numbers.
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
        let Ok([jitter]) = random_bytes() else {
            return std::ptr::null_mut();
        };
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
/// program has its own TLS. The config is copied, as by `oxws_protocol_new_server`; if it has an
/// `on_connecting`, `OXWS_EVENT_CONNECTING` shows the request before it is written.
///
/// Errors: `OXWS_ERROR_INVALID_URL`; `OXWS_ERROR_INVALID_HEADER`; `OXWS_ERROR_SYSTEM_CALL_FAILED` if the
/// system has no random numbers.
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
        let (keys, now) = (Keys::default(), Time::from_micros(now_us));
        let [jitter] = random_bytes()?;
        let mut driver = Driver::client(settings, limits, keys, now, request, jitter);
        match options.sees_requests {
            true => driver.announce_request(),
            false => driver.start_request(random_bytes()?),
        }
        write(place, Box::into_raw(oxws_protocol::new(driver, None, reports_chunks)));
        Ok(())
    })
}

fn output_limits(options: &Options) -> OutputLimits {
    OutputLimits {
        max_queued_bytes: options.max_queued_bytes,
        pauses_while_queued: options.pauses_while_queued,
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

/// Lends `len` bytes that the peer has sent, until `oxws_protocol_next` has returned NULL. They are
/// changed: payloads are unmasked where they lie, and events show them there. What cannot be used yet is
/// copied then, and goes before the bytes of the next call. If this is called again before that, the
/// earlier bytes are lent until it returns. `data` may be NULL if `len` is 0.
///
/// Errors, after which nothing is lent: `OXWS_ERROR_CLOSED` after the end of the connection or of the
/// input; `OXWS_ERROR_INVALID_STATE` while `oxws_protocol_wants_input` is 0.
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
                let waits = protocol.driver.may_want_input();
                return Err(if waits { ErrorCode::InvalidState } else { ErrorCode::Closed });
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
