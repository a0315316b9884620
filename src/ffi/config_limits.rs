//! Limits and deadlines in a configuration.

use super::config::{oxws_config, with_config};
use super::guard::switch;
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;

/// Sets the largest message that is received, in bytes of payload. 1 MiB for a server, 16 MiB for a
/// client by default. A larger one closes the connection with 1009, before it is stored.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0; there is no way to have no limit.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_message_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if bytes == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_message_bytes = Some(bytes);
            Ok(())
        })
    }
}

/// Sets the largest frame that is received, in bytes of payload; by default as large as a message. A
/// larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_frame_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if bytes == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_frame_bytes = Some(bytes);
            Ok(())
        })
    }
}

/// Sets how many fragments a message may have besides one for each 16 bytes of it; 1024 by default. More
/// close the connection with 1008.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_fragments(
    config: *mut oxws_config,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.max_fragments = Some(count);
            Ok(())
        })
    }
}

/// Sets how many bytes may wait to be sent on a connection before a further send is refused with
/// `OXWS_ERROR_WOULD_EXCEED`; 1 MiB by default. One message more than that can wait at most.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_queued_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if bytes == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_queued_bytes = Some(bytes);
            Ok(())
        })
    }
}

/// Sets the time for the whole opening handshake in milliseconds, for a client with looking up the name
/// and connecting; 10,000 by default. It begins with the connection and no byte extends it. A server
/// answers 408, or 503 if the program has not decided. 0: no limit, not advisable.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_handshake_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.handshake_timeout_ms = Some(ms);
            Ok(())
        })
    }
}

/// Sets the time from this side's Close frame to the peer's in milliseconds; 5,000 by default. 0: no
/// limit, not advisable.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_close_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.close_timeout_ms = Some(ms);
            Ok(())
        })
    }
}

/// Sets after how many milliseconds without a byte from the peer a ping asks for a sign of life; 20,000
/// by default, 10 % more or less by chance. 0: never.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_ping_interval_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.ping_interval_ms = Some(ms);
            Ok(())
        })
    }
}

/// Sets how many milliseconds after such a ping a connection is given up if not a single byte has come;
/// 20,000 by default. 0: never.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_pong_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.pong_timeout_ms = Some(ms);
            Ok(())
        })
    }
}

/// Sets after how many milliseconds without a message in either direction the connection is closed with
/// 1001; 0 (never) by default. Pieces count that are reported or sent by themselves.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_idle_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.idle_timeout_ms = Some(ms);
            Ok(())
        })
    }
}

/// Sets after how many milliseconds in which the peer took not a byte of what waits to be sent the
/// connection is given up; 30,000 by default. 0: never.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_write_stall_timeout_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.write_stall_timeout_ms = ms;
            Ok(())
        })
    }
}

/// Sets how many pings, pongs and empty fragments a peer may send: `burst` at once, `per_second` in
/// the long run; 10,000 and 330 by default. More close the connection with 1008.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if one of them is 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_control_limit(
    config: *mut oxws_config,
    burst: u32,
    per_second: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if burst == 0 || per_second == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.control_limit = Some((burst, per_second));
            Ok(())
        })
    }
}

/// Has nothing read from a peer while half or more of what may be queued for it
/// (`oxws_config_max_queued_bytes`) waits: a peer that sends without reading the answers has to wait.
/// With it, answers that are no larger than what they answer are never refused with
/// `OXWS_ERROR_WOULD_EXCEED`, if `oxws_config_max_queued_bytes` is 1 MiB or more. Off (0) by default: two
/// sides that both read only after the other has, would wait for ever.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_pause_while_queued(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.pauses_while_queued = switch(enabled)?;
            Ok(())
        })
    }
}
