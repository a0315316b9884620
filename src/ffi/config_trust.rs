//! Which proxies in front of a server are believed whom they pass on.

use std::ffi::c_char;

use super::config::{oxws_config, with_config};
use super::guard::text;
use super::status::oxws_status;
use crate::protocol::forwarded::{ForwardedField, Forwarding};
use crate::protocol::networks::Networks;

/// Whom a server believes.
#[derive(Debug, Default)]
pub(super) struct TrustPart {
    /// Who sends PROXY headers.
    pub(super) header: Option<Networks>,
    forwarders: Option<Networks>,
    field: ForwardedField,
}

impl TrustPart {
    /// Who is believed what a request says of its way.
    pub(super) fn forwarding(&self) -> Option<Forwarding> {
        let forwarders = self.forwarders.as_ref()?;
        Some(Forwarding::new(forwarders.clone(), self.field.clone()))
    }
}

/// Has every connection of a listener begin with a PROXY header (the PROXY protocol of HAProxy, version 1
/// or 2), by which a proxy tells whose connection it passes on: `oxws_get_peer_address` and
/// `oxws_request_peer_address` give the client's address from then on. `networks` are the proxies that may
/// say so, with commas or spaces between them: networks such as "10.0.0.0/8" and "fd00::/8", single
/// addresses, and "unix" for connections over a Unix-domain socket.
///
/// A connection from elsewhere is closed at once, and so is one whose header is missing or malformed, or
/// has not come whole before the deadline of the handshake: without an answer and without a callback. So
/// clients cannot connect to such a listener directly; give them one of their own. The header comes before
/// TLS. Where it tells nothing, as a proxy does that only looks whether the server is well, the connection
/// is that of the proxy. `oxws_config_max_connections_per_address` counts by the client.
///
/// It counts for connections that `oxws_adopt_server` takes over, too: `on_close` tells of the end of those,
/// with `OXWS_ERROR_HANDSHAKE_PROXY_HEADER`. Off by default. Servers only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for an empty list, for what is no network, and for one with bits
/// behind its prefix, such as "10.0.0.1/8"; `OXWS_ERROR_TOO_LONG` for more than 1024.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `networks`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_trust_proxy_header(
    config: *mut oxws_config,
    networks: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.trust.header = Some(Networks::parse(text(networks)?)?);
            Ok(())
        })
    }
}

/// Believes the HTTP proxies in `networks` whom they pass a request on for: `oxws_get_peer_address` and
/// `oxws_request_peer_address` give the client's address, as X-Forwarded-For tells it, or the field that
/// `oxws_config_forwarded_header` names. The list is as for `oxws_config_trust_proxy_header`.
///
/// As everybody can send such a field, and proxies add to the one that has come, it is read from its end:
/// the client is the first address that is not in `networks`. Where it cannot be read, it is the last one
/// that could; from others than these proxies the field means nothing. At most 64 proxies, one behind the
/// other, are believed. The address may have no port: "192.0.2.1" or "[2001:db8::1]".
///
/// The client is known when its request has come: `oxws_config_max_connections_per_address` counts by the
/// proxy. Off by default. Servers only.
///
/// Errors: as for `oxws_config_trust_proxy_header`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `networks`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_trust_forwarded(
    config: *mut oxws_config,
    networks: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.trust.forwarders = Some(Networks::parse(text(networks)?)?);
            Ok(())
        })
    }
}

/// Names the field in which the proxies of `oxws_config_trust_forwarded` tell the client's address:
/// "X-Forwarded-For" by default; "Forwarded", of which the parameter `for` is read (RFC 7239); or one with
/// a list of addresses or a single one, such as "X-Real-IP". It must be the one that the proxies write:
/// any other they pass on as a client has sent it.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` for what is no name of a field.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name` is
/// NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_forwarded_header(
    config: *mut oxws_config,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.trust.field = ForwardedField::new(text(name)?)?;
            Ok(())
        })
    }
}
