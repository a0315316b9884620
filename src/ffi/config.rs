//! The configuration of listeners and connections: callbacks, limits, deadlines, handshake.

use std::ffi::{c_char, c_void};

use super::close_info::oxws_close_callback;
use super::event_loop::oxws_loop;
use super::guard::{guard, guard_or, reference_mut, text};
use super::request::oxws_request_callback;
use super::response::oxws_response_callback;
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_message_type};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::handshake::origin::{OriginPolicy, check_origin_pattern};
use crate::protocol::handshake::tokens::is_token;

/// Called when the opening handshake of a connection has ended well.
pub type oxws_open_callback = Option<
    unsafe extern "C" fn(r#loop: *mut oxws_loop, connection: oxws_connection, user: *mut c_void),
>;

/// Called with a whole message of `len` bytes, which may be 0. `data` is lent until the callback
/// returns, is not NUL-terminated, and is never NULL. Text is valid UTF-8.
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
    pub(super) on_request: oxws_request_callback,
    pub(super) on_http_request: oxws_request_callback,
    pub(super) on_response: oxws_response_callback,
    pub(super) on_open: oxws_open_callback,
    pub(super) on_message: oxws_message_callback,
    pub(super) on_ping: oxws_ping_callback,
    pub(super) on_pong: oxws_pong_callback,
    pub(super) on_writable: oxws_writable_callback,
    pub(super) on_close: oxws_close_callback,
}

/// What a listener or a connection is to be like. `oxws_listen` and `oxws_connect` copy it: later
/// changes do not reach them, and it may be freed at once or used again.
///
/// Made by `oxws_config_new`, ended by `oxws_config_free`. One thread at a time.
pub struct oxws_config {
    pub(super) callbacks: Callbacks,
    pub(super) user: usize,
    pub(super) max_message_bytes: Option<u64>,
    pub(super) max_frame_bytes: Option<u64>,
    pub(super) max_fragments: Option<u32>,
    pub(super) max_queued_bytes: Option<u64>,
    pub(super) control_limit: Option<(u32, u32)>,
    pub(super) handshake_timeout_ms: Option<u32>,
    pub(super) close_timeout_ms: Option<u32>,
    pub(super) ping_interval_ms: Option<u32>,
    pub(super) pong_timeout_ms: Option<u32>,
    pub(super) idle_timeout_ms: Option<u32>,
    pub(super) write_stall_timeout_ms: u32,
    pub(super) max_connections: Option<u32>,
    pub(super) max_connections_per_address: u32,
    pub(super) backlog: i32,
    pub(super) reuse_port: bool,
    pub(super) pauses_while_queued: bool,
    pub(super) subprotocols: Vec<Box<str>>,
    pub(super) fields: Fields,
    pub(super) client_origin: Option<Box<str>>,
    pub(super) origins: OriginPolicy,
}

impl oxws_config {
    fn new() -> oxws_config {
        oxws_config {
            callbacks: Callbacks::default(),
            user: 0,
            max_message_bytes: None,
            max_frame_bytes: None,
            max_fragments: None,
            max_queued_bytes: None,
            control_limit: None,
            handshake_timeout_ms: None,
            close_timeout_ms: None,
            ping_interval_ms: None,
            pong_timeout_ms: None,
            idle_timeout_ms: None,
            write_stall_timeout_ms: 30_000,
            max_connections: None,
            max_connections_per_address: 0,
            backlog: 1024,
            reuse_port: false,
            pauses_while_queued: false,
            subprotocols: Vec::new(),
            fields: Fields::default(),
            client_origin: None,
            origins: OriginPolicy::SameHost,
        }
    }

    fn add_subprotocol(&mut self, name: &str) -> Result<(), ErrorCode> {
        if !is_token(name) || self.subprotocols.iter().any(|known| **known == *name) {
            return Err(ErrorCode::InvalidSubprotocol);
        }
        self.subprotocols.push(name.into());
        Ok(())
    }

    fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        // A client's Host and Origin come from the URL and from `oxws_config_origin`.
        if name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("origin") {
            return Err(ErrorCode::InvalidHeader);
        }
        self.fields.add(name, value)
    }

    fn allow_origin(&mut self, pattern: &str) -> Result<(), ErrorCode> {
        check_origin_pattern(pattern).map_err(|_| ErrorCode::InvalidArgument)?;
        match &mut self.origins {
            OriginPolicy::List(patterns) => patterns.push(pattern.into()),
            other => *other = OriginPolicy::List(vec![pattern.into()]),
        }
        Ok(())
    }
}

/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
unsafe fn with_config(
    config: *mut oxws_config,
    body: impl FnOnce(&mut oxws_config) -> Result<(), ErrorCode>,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let config = unsafe { reference_mut(config) }?;
        body(config)
    })
}

/// Whether a text has no control characters, so that it can stand in a field.
fn is_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

/// An on/off switch that came as a number.
fn switch(value: i32) -> Result<bool, ErrorCode> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

/// Makes a config with the defaults that the functions below name. NULL if there is no memory.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_config_new() -> *mut oxws_config {
    guard_or(std::ptr::null_mut(), || Box::into_raw(Box::new(oxws_config::new())))
}

/// Ends a config; what was made from it is not touched. NULL is allowed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or was made by `oxws_config_new` and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_free(config: *mut oxws_config) {
    if !config.is_null() {
        // SAFETY: made by `Box::into_raw`, and freed once as the caller promises.
        let config = unsafe { Box::from_raw(config) };
        guard_or((), || drop(config));
    }
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

/// Calls `callback` for each whole message.
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

/// Calls `callback` for each ping. Its pong has been queued by then.
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

/// Sets the user pointer that new connections begin with, and which their callbacks get last; NULL by
/// default. `oxws_set_user` changes that of one connection; one that was denied before still has this
/// one in its `on_close`. The library never follows it.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_user(
    config: *mut oxws_config,
    user: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.user = user.expose_provenance();
            Ok(())
        })
    }
}

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
/// 1001; 0 (never) by default.
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

/// Sets how many connections a listener may have at once; more are answered with 503. By default 64 less
/// than the process may have descriptors.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_connections(
    config: *mut oxws_config,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if count == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_connections = Some(count);
            Ok(())
        })
    }
}

/// Sets how many connections of a listener may come from one IP address; more are answered with 503. 0
/// (any number) by default.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_connections_per_address(
    config: *mut oxws_config,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.max_connections_per_address = count;
            Ok(())
        })
    }
}

/// Sets how many connections the system may hold for a listener until they are accepted; 1024 by
/// default. The system has a limit of its own.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0 or more than 65,535.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_backlog(config: *mut oxws_config, count: u32) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if count == 0 || count > 65_535 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.backlog = i32::try_from(count).unwrap_or(i32::MAX);
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

/// Lets several listeners, also of other loops and processes, have the same address, among which the
/// system shares out the connections (SO_REUSEPORT): one loop for each thread. Off (0) by default.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reuse_port(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reuse_port = switch(enabled)?;
            Ok(())
        })
    }
}

/// Has nothing read from a peer while half or more of what may be queued for it
/// (`oxws_config_max_queued_bytes`) waits: a peer that sends without reading the answers has to wait.
/// With it, answers that are no larger than what they answer are never refused with
/// `OXWS_ERROR_WOULD_EXCEED`, as long as one may queue 1 MiB. Off (0) by default: two sides that both
/// read only after the other has, would wait for ever.
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

/// Adds a subprotocol: a client offers them in the order in which they were added; a server that accepts
/// by itself chooses the first of the client's that it has.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token or listed already.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_add_subprotocol(
    config: *mut oxws_config,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let name = text(name)?;
            config.add_subprotocol(name)?;
            Ok(())
        })
    }
}

/// Adds a field to the opening request of a client, such as Cookie or Authorization, or to the 101 of
/// a server that accepts by itself.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character,
/// or the library writes that field itself.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name`
/// and `value` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_add_header(
    config: *mut oxws_config,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let (name, value) = (text(name)?, text(value)?);
            config.add_header(name, value)
        })
    }
}

/// Sets the Origin field of a client's request; none by default.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it has a control character.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `origin` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_origin(
    config: *mut oxws_config,
    origin: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let origin = text(origin)?;
            if !is_text(origin) {
                return Err(ErrorCode::InvalidHeader);
            }
            config.client_origin = Some(origin.into());
            Ok(())
        })
    }
}

/// Lets requests from an origin in, such as "https://example.com", "https://example.com:8443",
/// "https://*.example.com" (any subdomain) or "null". Once one is allowed, no other is: the default,
/// which is that the Origin's host equals the Host field, ends. Requests without an Origin, which do not
/// come from a browser, pass always. Others are answered with 403. Servers only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the pattern is none.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `pattern` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_allow_origin(
    config: *mut oxws_config,
    pattern: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let pattern = text(pattern)?;
            config.allow_origin(pattern)?;
            Ok(())
        })
    }
}

/// Lets requests from any origin in. Then every web page can connect with the cookies of its visitor:
/// only for services that know their users otherwise (RFC 6455 section 10.2). Servers only.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_allow_any_origin(config: *mut oxws_config) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.origins = OriginPolicy::Any;
            Ok(())
        })
    }
}
