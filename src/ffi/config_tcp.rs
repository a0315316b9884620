//! What a configuration says of TCP sockets, of both roles.

use std::sync::Arc;

use super::config::{oxws_config, with_config};
use super::guard::switch;
use super::status::oxws_status;
use crate::net::tcp_options::{Keepalive, TcpOptions};
use crate::protocol::error::ErrorCode;

/// The longest time, in seconds, and the most probes that systems take for keepalive.
const MAX_KEEPALIVE_S: u32 = 32_767;
const MAX_KEEPALIVE_COUNT: u32 = 127;

/// How a connection is probed; `None` without an idle time.
fn keepalive(idle_s: u32, interval_s: u32, count: u32) -> Result<Option<Keepalive>, ErrorCode> {
    let fits = idle_s.max(interval_s) <= MAX_KEEPALIVE_S && count <= MAX_KEEPALIVE_COUNT;
    if !fits {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok((idle_s != 0).then_some(Keepalive { idle_s, interval_s, count }))
}

/// What the system takes as an `int`.
fn number(number: u32) -> Result<u32, ErrorCode> {
    i32::try_from(number).map(|_| number).map_err(|_| ErrorCode::InvalidArgument)
}

/// Whether small messages leave at once (`TCP_NODELAY`): 1, the default; 0 lets the system wait with a
/// small message for the acknowledgement of the one before, which makes fewer packets and more delay. What
/// is sent within one round of the loop leaves together in either case.
///
/// This and the following settings are for TCP, both what is dialled and what is accepted, and for
/// sockets that are adopted; they are without effect in the Unix domain and in a test loop.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_no_delay(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.tcp).no_delay = switch(enabled)?;
            Ok(())
        })
    }
}

/// Has the system probe idle connections (`SO_KEEPALIVE`): after `idle_s` seconds without a byte, then
/// every `interval_s` seconds; after `count` probes without an answer the connection is broken with
/// ETIMEDOUT. 0 for `interval_s` or `count` leaves that to the system; 0 for `idle_s`, the default, sends
/// no probes.
///
/// The pings of WebSocket (`oxws_config_ping_interval_ms`) do more: they reach the peer's program, and pass
/// through proxies. Probes are for those who switch pings off and still want to know of peers that are gone.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 32,767 seconds or 127 probes.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_tcp_keepalive(
    config: *mut oxws_config,
    idle_s: u32,
    interval_s: u32,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.tcp).keepalive = keepalive(idle_s, interval_s, count)?;
            Ok(())
        })
    }
}

/// Sets how long the system waits for the acknowledgement of what was sent before the connection is broken
/// with ETIMEDOUT, in milliseconds (`TCP_USER_TIMEOUT`); 0, the default, leaves it to the system, which
/// waits for many minutes. It finds out that a peer is gone to which something is on its way;
/// `oxws_config_write_stall_timeout_ms` is about a peer that does not read.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647; `OXWS_ERROR_UNSUPPORTED` for anything
/// but 0 where the system has no such timeout: it is one of Linux.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_tcp_user_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if ms != 0 && !TcpOptions::HAS_USER_TIMEOUT {
                return Err(ErrorCode::Unsupported);
            }
            Arc::make_mut(&mut config.tcp).user_timeout_ms = number(ms)?;
            Ok(())
        })
    }
}

/// Sets the size of the system's buffer for what has been received and not read, in bytes (`SO_RCVBUF`); 0,
/// the default, leaves it to the system, which makes it as large as the connection needs. The system may
/// take less or more than it is told, as Linux takes twice as much for its own needs. It is set before a
/// connection is made, so that it counts for the window that both sides agree on.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_receive_buffer_bytes(
    config: *mut oxws_config,
    bytes: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.tcp).receive_buffer_bytes = number(bytes)?;
            Ok(())
        })
    }
}

/// Sets the size of the system's buffer for what has been sent and not acknowledged, in bytes (`SO_SNDBUF`),
/// as `oxws_config_receive_buffer_bytes` does for the other direction. What it does not hold waits in
/// the connection's own queue (`oxws_config_max_queued_bytes`).
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_send_buffer_bytes(
    config: *mut oxws_config,
    bytes: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.tcp).send_buffer_bytes = number(bytes)?;
            Ok(())
        })
    }
}
