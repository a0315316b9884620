//! What a configuration says of clients that come back after their connection has ended.

use std::ffi::c_void;

use super::close_info::oxws_close_info;
use super::config::{oxws_config, with_config};
use super::guard::switch;
use super::loop_handle::oxws_loop;
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::dialled::Returning;
use crate::protocol::backoff::Backoff;
use crate::protocol::error::ErrorCode;

/// The part of a config that says how a client comes back.
#[derive(Debug, Default)]
pub(super) struct ReconnectPart {
    is_on: bool,
    backoff: Backoff,
    queue_bytes: u64,
}

impl ReconnectPart {
    /// For a dialled connection.
    pub(super) fn returning(&self) -> Option<Returning> {
        let returning = Returning { backoff: self.backoff, max_waiting_bytes: self.queue_bytes };
        self.is_on.then_some(returning)
    }
}

/// Called in place of `on_close` when a connection has ended, or could not be made, and will be made once
/// more in `delay_ms` milliseconds, behind the same id and with the same user pointer. `info` is lent
/// until the callback returns. In here `oxws_close` and `oxws_abort` end the connection for good.
pub type oxws_disconnect_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        info: *const oxws_close_info,
        delay_ms: u32,
        user: *mut c_void,
    ),
>;

/// Whether a connection of `oxws_connect` comes back after its end (1), or not (0), which is the default.
/// Clients only.
///
/// It comes back where `oxws_close_info_reconnect` says that this may help: after a loss, a failed
/// attempt, the first one included, or where the server goes away or is overloaded; never after
/// `oxws_close`, `oxws_abort`, `oxws_detach` or a shutdown of the loop, after a refusal such as 401 or a
/// close code such as 1008, nor where this side has found the peer at fault, its certificate included.
///
/// Each time `on_disconnect` is called in place of `on_close`. Then the connection waits, in
/// `OXWS_STATE_WAITING`, and is made anew from the same URL and config: `on_connecting`, which may put a
/// fresh token into the request, `on_response` and `on_open` are called again, and what the program has
/// asked of the server, such as subscriptions, it asks again in `on_open`. The handshake timeout counts
/// anew for each attempt. `on_close` is called once, when the connection has ended for good, because it
/// was closed or given up; its id is valid until then.
///
/// What was sent on a connection that broke is not sent again, whether or not it had left: nobody but
/// the server knows how much of it has arrived. A message of which the end has not been received is
/// dropped, `oxws_pause_reading` is forgotten, and `oxws_send_end` is due no more.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reconnect(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reconnect.is_on = switch(enabled)?;
            Ok(())
        })
    }
}

/// Sets how long a client waits before it comes back: a random time of at most `first_ms` before the first
/// attempt, of at most twice that before the second, and so on, but never more than `max_ms`. 1000 and
/// 60000 by default.
///
/// The wait is random from 0 on, so that clients which have lost their server together do not come back
/// together. A server that closes with 1001 is asked for again at once. If it refuses with a number of
/// seconds in its Retry-After field, these are waited too, within `max_ms`. The count begins anew when a
/// connection has been open for 10 seconds.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `first_ms` is 0 or more than `max_ms`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reconnect_delay_ms(
    config: *mut oxws_config,
    first_ms: u32,
    max_ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if first_ms == 0 || first_ms > max_ms {
                return Err(ErrorCode::InvalidArgument);
            }
            config.reconnect.backoff = Backoff { first_ms, max_ms, ..config.reconnect.backoff };
            Ok(())
        })
    }
}

/// Sets how many attempts to come back may fail one after another until the connection is given up, which
/// `on_close` tells with the last failure; 0, the default, is any number. One that was open for less than
/// 10 seconds counts as failed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reconnect_attempts(
    config: *mut oxws_config,
    attempts: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reconnect.backoff.max_attempts = attempts;
            Ok(())
        })
    }
}

/// Sets for how long attempts to come back are made, in milliseconds: one that would begin later is not
/// made, and the connection is given up at once. The time runs from the call of `oxws_connect`, or from
/// the end of a connection that had been open for 10 seconds. 0, the default, is for ever.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reconnect_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reconnect.backoff.max_total_ms = ms;
            Ok(())
        })
    }
}

/// Sets how many bytes of messages may wait until a connection that comes back is open. Then `oxws_send`
/// and `oxws_send_vectored` keep what is sent while it is not open, before the first time too; a message goes beyond the limit if it is the one that reaches it, and the next
/// gets `OXWS_ERROR_WOULD_EXCEED`. Messages that have waited leave when `on_open` returns, in their
/// order, behind those of `on_open` itself; they are dropped if the connection ends for good. 0, the
/// default, keeps none: what is sent then gets `OXWS_ERROR_NOT_OPEN`.
///
/// Pings, messages in pieces and those whose data is lent are never kept, and nothing is after
/// `oxws_close`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reconnect_queue_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reconnect.queue_bytes = bytes;
            Ok(())
        })
    }
}

/// Calls `callback` in place of `on_close` each time that a connection has ended and will come back, see
/// `oxws_config_reconnect`. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_disconnect(
    config: *mut oxws_config,
    callback: oxws_disconnect_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_disconnect = callback;
            Ok(())
        })
    }
}
