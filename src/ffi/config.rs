//! The configuration of listeners and connections.

use std::ffi::c_void;
use std::sync::Arc;

use super::config_callbacks::Callbacks;
use super::config_client::ClientPart;
use super::config_reconnect::ReconnectPart;
use super::config_tls::TlsPart;
use super::config_trust::TrustPart;
#[cfg(not(test))]
use super::guard::quieten_panics;
use super::guard::{guard, guard_or, reference_mut};
use super::status::oxws_status;
use crate::net::dial::Dialling;
use crate::net::tcp_options::TcpOptions;
use crate::protocol::deflate;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::handshake::origin::{OriginPolicy, check_origin_pattern};
use crate::protocol::handshake::tokens::is_token;
use crate::protocol::handshake::versions::Versions;

/// What a listener or a connection is to be like. `oxws_listen` and `oxws_connect` copy it: later
/// changes do not reach them, and it may be freed at once or used again.
///
/// Made by `oxws_config_new`, ended by `oxws_config_free`. One thread at a time.
pub struct oxws_config {
    pub(super) callbacks: Callbacks,
    pub(super) user: usize,
    pub(super) max_message_bytes: Option<u64>,
    pub(super) max_frame_bytes: Option<u64>,
    pub(super) max_wire_message_bytes: Option<u64>,
    pub(super) max_inflated_frame_bytes: Option<u64>,
    pub(super) compresses: bool,
    pub(super) compression: deflate::Options,
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
    pub(super) answers_pings: bool,
    pub(super) subprotocols: Vec<Box<str>>,
    pub(super) fields: Fields,
    pub(super) client_origin: Option<Box<str>>,
    pub(super) client: ClientPart,
    pub(super) tls: TlsPart,
    pub(super) tcp: Arc<TcpOptions>,
    pub(super) dialling: Arc<Dialling>,
    pub(super) reconnect: ReconnectPart,
    pub(super) max_redirects: u32,
    pub(super) origins: OriginPolicy,
    pub(super) versions: Versions,
    pub(super) trust: TrustPart,
}

impl oxws_config {
    fn new() -> oxws_config {
        oxws_config {
            callbacks: Callbacks::default(),
            user: 0,
            max_message_bytes: None,
            max_frame_bytes: None,
            max_wire_message_bytes: None,
            max_inflated_frame_bytes: None,
            compresses: false,
            compression: deflate::Options::default(),
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
            answers_pings: true,
            subprotocols: Vec::new(),
            fields: Fields::default(),
            client_origin: None,
            client: ClientPart::default(),
            tls: TlsPart::default(),
            tcp: Arc::default(),
            dialling: Arc::default(),
            reconnect: ReconnectPart::default(),
            max_redirects: 0,
            origins: OriginPolicy::SameHost,
            versions: Versions::default(),
            trust: TrustPart::default(),
        }
    }

    pub(super) fn add_subprotocol(&mut self, name: &str) -> Result<(), ErrorCode> {
        if !is_token(name) || self.subprotocols.iter().any(|known| **known == *name) {
            return Err(ErrorCode::InvalidSubprotocol);
        }
        self.subprotocols.push(name.into());
        Ok(())
    }

    pub(super) fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        // A client's Host and Origin come from the URL and from `oxws_config_origin`.
        if name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("origin") {
            return Err(ErrorCode::InvalidHeader);
        }
        self.fields.add(name, value)
    }

    pub(super) fn allow_origin(&mut self, pattern: &str) -> Result<(), ErrorCode> {
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
pub(super) unsafe fn with_config(
    config: *mut oxws_config,
    body: impl FnOnce(&mut oxws_config) -> Result<(), ErrorCode>,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let config = unsafe { reference_mut(config) }?;
        body(config)
    })
}

/// Makes a config with the defaults that the functions below name. Never NULL.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_config_new() -> *mut oxws_config {
    // A program with endpoints of its own I/O makes no loop.
    #[cfg(not(test))]
    quieten_panics();
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

/// Sets the user pointer that new connections begin with, and which their callbacks get last; NULL by
/// default. `oxws_set_user` changes that of one connection; until it does, `on_close` of a connection that
/// was denied included, callbacks get this one. The library never follows it.
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
