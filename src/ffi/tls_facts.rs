//! What TLS has agreed on for a connection, and what the peer's certificate says.

use std::ffi::{c_char, c_void};

use super::dispatch::CHost;
use super::guard::{required, write, write_bytes, write_text};
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::event_loop::EventLoop;
use crate::net::slots::Id;
use crate::net::tls::certificate;
use crate::net::tls_facts::TlsFacts;
use crate::protocol::error::ErrorCode;

fn facts(core: &EventLoop<CHost>, connection: Id) -> Result<TlsFacts<'_>, ErrorCode> {
    Ok(core.tls_facts(connection)?.unwrap_or_default())
}

/// The version of TLS that a connection goes through, an `oxws_tls_version`; `OXWS_TLS_NONE` for a plain one,
/// and before the TLS handshake has ended.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `version` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_version(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    version: *mut i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(version)?;
            write(place, facts(core, connection)?.version.into());
            Ok(())
        })
    }
}

/// Whether the TLS session of a connection was resumed (1), which spares both sides a part of the handshake,
/// or not (0).
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `resumed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_resumed(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    resumed: *mut i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(resumed)?;
            write(place, facts(core, connection)?.is_resumed.into());
            Ok(())
        })
    }
}

/// The registered name of the cipher suite, such as "TLS_AES_128_GCM_SHA256", or empty for a plain connection;
/// the buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 64 bytes always do.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_cipher_suite(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            write_text(facts.cipher_suite, buffer, capacity, len)
        })
    }
}

/// Server: the name that the client has asked for (RFC 6066 section 3), which it does not if it knows an IP
/// address alone; otherwise empty. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 256 bytes always do.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_server_name(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            write_text(facts.server_name.unwrap_or_default(), buffer, capacity, len)
        })
    }
}

/// The protocol above TLS that both sides have named (RFC 7301): "http/1.1", or empty if the peer has named
/// none. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 16 bytes always do.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_alpn(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            write_text(facts.alpn.unwrap_or_default(), buffer, capacity, len)
        })
    }
}

/// Whom the peer's certificate names as its subject, as text (RFC 4514): "CN=example,O=Example Ltd,C=GB"; empty
/// without a certificate. The buffer works as for `oxws_get_peer_address`. The certificate was checked, unless
/// `oxws_tls_config_dangerous_accept_any_certificate` says otherwise. For a host name, look at
/// `oxws_get_tls_peer_name`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_peer_subject(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            write_text(
                certificate::subject(facts.peer_certificate.unwrap_or_default())
                    .unwrap_or_default(),
                buffer,
                capacity,
                len,
            )
        })
    }
}

/// Whom the peer's certificate names as the authority that vouches for it, otherwise as
/// `oxws_get_tls_peer_subject`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_peer_issuer(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            write_text(
                certificate::issuer(facts.peer_certificate.unwrap_or_default()).unwrap_or_default(),
                buffer,
                capacity,
                len,
            )
        })
    }
}

/// One of the names that the peer's certificate is for (RFC 5280 section 4.2.1.6), by its place from 0 on:
/// "DNS:example.com", "IP:192.0.2.1", "URI:spiffe://example/service", "EMAIL:someone@example.com". Names of
/// other kinds are passed over. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also if there is no name at this place or no certificate;
/// `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_peer_name(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    index: usize,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let facts = facts(core, connection)?;
            let names = certificate::names(facts.peer_certificate.unwrap_or_default());
            write_text(names.get(index).ok_or(ErrorCode::NotFound)?, buffer, capacity, len)
        })
    }
}

/// The peer's own certificate in DER, copied into `buffer`; `*len` gets its bytes, 0 if it has shown none.
/// `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit, and then nothing is
/// written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `buffer` is NULL or points to `capacity`
/// writable bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_tls_peer_certificate(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let certificate = facts(core, connection)?.peer_certificate;
            write_bytes(certificate.unwrap_or_default(), buffer, capacity, len)
        })
    }
}
