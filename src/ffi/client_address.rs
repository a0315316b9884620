//! What is known of a connection's way through proxies that are believed.

use std::ffi::{c_char, c_void};

use super::guard::{write, write_bytes, write_text};
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::protocol::error::ErrorCode;

/// What a PROXY header of version 2 can tell besides addresses. Other numbers, such as those of a cloud
/// provider (224 to 239), can be asked for as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_proxy_value {
    /// The protocol that the client negotiated with the proxy by ALPN.
    OXWS_PROXY_VALUE_ALPN = 1,
    /// The name of the host that the client asked for, such as by SNI.
    OXWS_PROXY_VALUE_AUTHORITY = 2,
    /// An id that the proxy has given the connection, for logs.
    OXWS_PROXY_VALUE_UNIQUE_ID = 5,
    /// What is known of the client's TLS, in the binary form of the PROXY protocol: a byte of flags, of
    /// which 1 is that it speaks TLS, and four bytes, 0 if its certificate was verified.
    OXWS_PROXY_VALUE_TLS = 32,
    /// The version of TLS that the client speaks, such as "TLSv1.3".
    OXWS_PROXY_VALUE_TLS_VERSION = 33,
    /// The common name in the client's certificate.
    OXWS_PROXY_VALUE_TLS_COMMON_NAME = 34,
    /// The cipher suite.
    OXWS_PROXY_VALUE_TLS_CIPHER = 35,
    /// How the proxy's certificate was signed, such as "RSA-SHA256".
    OXWS_PROXY_VALUE_TLS_SIGNATURE = 36,
    /// The kind of key in the proxy's certificate, such as "RSA2048".
    OXWS_PROXY_VALUE_TLS_KEY = 37,
    /// The network namespace that the client came to.
    OXWS_PROXY_VALUE_NETWORK_NAMESPACE = 48,
}

/// The address at the other end of the socket, whoever is there: behind a proxy the proxy's, where
/// `oxws_get_peer_address` gives the client's. Otherwise both are the same. The buffer works as there.
///
/// Errors: as for `oxws_get_peer_address`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_socket_peer_address(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            write_text(&core.socket_peer_address(connection)?, buffer, capacity, len)
        })
    }
}

/// The address that the client has connected to, as the PROXY header tells; empty if there was none, or it
/// did not tell. The form and the buffer are those of `oxws_get_peer_address`.
///
/// Errors: as for `oxws_get_peer_address`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_get_peer_address`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_destination_address(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            write_text(&core.destination_address(connection)?, buffer, capacity, len)
        })
    }
}

/// Copies what the PROXY header has told besides addresses into `buffer`: the value of the type `kind`, an
/// `oxws_proxy_value` or another number from 0 to 255. The first, if there are several. `*len` gets its
/// bytes, also if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len`
/// may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also if it was not told; `OXWS_ERROR_INVALID_ARGUMENT` for another
/// number; `OXWS_ERROR_BUFFER_TOO_SMALL`: 4096 bytes always suffice.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `buffer` is NULL or points to `capacity` writable
/// bytes, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_proxy_value(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    kind: i32,
    buffer: *mut c_void,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let kind = u8::try_from(kind).map_err(|_| ErrorCode::InvalidArgument)?;
            let value = core.proxy_value(connection, kind)?;
            write(len, value.len());
            write_bytes(value, buffer, capacity, std::ptr::null_mut())
        })
    }
}
