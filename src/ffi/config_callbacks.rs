//! The callbacks of listeners and connections: their types, and where a config takes them.

use std::ffi::c_void;

use super::close_info::oxws_close_callback;
use super::config::{oxws_config, with_config};
use super::config_messages::oxws_chunk_callback;
use super::config_reconnect::oxws_disconnect_callback;
use super::connecting::oxws_connecting_callback;
use super::loop_handle::oxws_loop;
use super::request::{oxws_origin_callback, oxws_request_callback};
use super::response::oxws_response_callback;
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_message_type};

/// Called when the opening handshake of a connection has ended well.
pub type oxws_open_callback = Option<
    unsafe extern "C" fn(r#loop: *mut oxws_loop, connection: oxws_connection, user: *mut c_void),
>;

/// Called with a whole message of `len` bytes, which may be 0. `data` is lent until the callback
/// returns, is not NUL-terminated, and is never NULL. Text is valid UTF-8. What `data` points to must not
/// be changed: what is sent on of a long message may leave from there, also after the callback.
pub type oxws_message_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        r#type: oxws_message_type,
        data: *const u8,
        len: usize,
        user: *mut c_void,
    ),
>;

/// Called with the payload of a ping, 0 to 125 bytes, which is lent until the callback returns.
pub type oxws_ping_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        data: *const u8,
        len: usize,
        user: *mut c_void,
    ),
>;

/// Called with the payload of a pong, 0 to 125 bytes, which is lent until the callback returns, and
/// the microseconds since the ping that it answers; `UINT64_MAX` for a pong that answers none.
pub type oxws_pong_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        data: *const u8,
        len: usize,
        round_trip_us: u64,
        user: *mut c_void,
    ),
>;

/// Called when there is room for further messages again.
pub type oxws_writable_callback = Option<
    unsafe extern "C" fn(r#loop: *mut oxws_loop, connection: oxws_connection, user: *mut c_void),
>;

/// The callbacks of a listener or a connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Callbacks {
    pub(super) on_origin: oxws_origin_callback,
    pub(super) on_request: oxws_request_callback,
    pub(super) on_http_request: oxws_request_callback,
    pub(super) on_connecting: oxws_connecting_callback,
    pub(super) on_response: oxws_response_callback,
    pub(super) on_open: oxws_open_callback,
    pub(super) on_message: oxws_message_callback,
    pub(super) on_chunk: oxws_chunk_callback,
    pub(super) on_ping: oxws_ping_callback,
    pub(super) on_pong: oxws_pong_callback,
    pub(super) on_writable: oxws_writable_callback,
    pub(super) on_disconnect: oxws_disconnect_callback,
    pub(super) on_close: oxws_close_callback,
}

/// Calls `callback` for each request for a WebSocket, which it accepts or answers otherwise, at once or
/// later: `oxws_accept`, `oxws_deny`, `oxws_respond`. At the handshake's deadline a request that waits
/// still is answered with 503. Without this callback every request is accepted, with the first
/// subprotocol of the client that the config has too. Servers only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_request(
    config: *mut oxws_config,
    callback: oxws_request_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_request = callback;
            Ok(())
        })
    }
}

/// Calls `callback` for each ordinary HTTP request (GET or HEAD), to be answered with `oxws_respond` or
/// `oxws_deny`, at once or later; the connection ends with the answer. Without this callback the answer
/// is 426. Servers only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_http_request(
    config: *mut oxws_config,
    callback: oxws_request_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_http_request = callback;
            Ok(())
        })
    }
}

/// Calls `callback` with the server's answer to the opening request: with 101 before `on_open`, or with
/// the refusal before `on_close`. Inside it `oxws_close` or `oxws_abort` walks away. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_response(
    config: *mut oxws_config,
    callback: oxws_response_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_response = callback;
            Ok(())
        })
    }
}

/// Calls `callback` when the opening handshake has ended well: from now on messages can be sent.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_open(
    config: *mut oxws_config,
    callback: oxws_open_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_open = callback;
            Ok(())
        })
    }
}

/// Calls `callback` for each whole message; not if there is an `on_chunk` (`oxws_config_on_chunk`).
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_message(
    config: *mut oxws_config,
    callback: oxws_message_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_message = callback;
            Ok(())
        })
    }
}

/// Calls `callback` for each ping. Its pong has been queued by then, unless `oxws_config_auto_pong` has
/// switched that off.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_ping(
    config: *mut oxws_config,
    callback: oxws_ping_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_ping = callback;
            Ok(())
        })
    }
}

/// Calls `callback` for each pong, those that answer the library's own keepalive pings included.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_pong(
    config: *mut oxws_config,
    callback: oxws_pong_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_pong = callback;
            Ok(())
        })
    }
}

/// Calls `callback` when less than half of what may be queued (`oxws_config_max_queued_bytes`) still is,
/// after it was half or more, or after a send was refused with `OXWS_ERROR_WOULD_EXCEED`.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_writable(
    config: *mut oxws_config,
    callback: oxws_writable_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_writable = callback;
            Ok(())
        })
    }
}

/// Calls `callback` once for each connection that the program was told of, when it has ended.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_close(
    config: *mut oxws_config,
    callback: oxws_close_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_close = callback;
            Ok(())
        })
    }
}
