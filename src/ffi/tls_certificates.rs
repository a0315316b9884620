//! Certificates, keys and revocation lists of a TLS config, from files and from memory.

use std::ffi::{c_char, c_void};

use super::guard::bytes;
use super::status::oxws_status;
use super::tls_config::{oxws_tls_config, path, with_tls_config};

/// Has a client trust the authorities in a file: PEM with any number, or one in DER. Those of the system
/// are trusted besides, unless `oxws_tls_config_trust_system` says otherwise. Of several, those that
/// cannot be used are passed over. A certificate of a server that is no authority vouches for itself
/// if it is signed by itself.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `file` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_ca_file(
    config: *mut oxws_tls_config,
    file: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_authorities_of(path(file)?)) }
}

/// Has a client trust authorities that are in memory, `len` bytes; otherwise as
/// `oxws_tls_config_add_ca_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `pem` is NULL or points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_ca_pem(
    config: *mut oxws_tls_config,
    pem: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_authorities(bytes(pem, len)?)) }
}

/// Adds a certificate of this side: files of the chain, which begins with the certificate itself and goes on
/// with those between it and the authority, and of its private key (PKCS #8, PKCS #1 or SEC 1, not
/// encrypted). PEM, or DER for a chain of one and for the key; both can be the same file.
///
/// A server can have several: it shows the first that is for the name which the client asks for, a
/// wildcard if none has the name itself, and the first of all if there is none of either. A client has one,
/// the first, for servers that ask.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE`; `OXWS_ERROR_TLS_BAD_KEY`;
/// `OXWS_ERROR_TLS_KEY_MISMATCH` if the key is another's.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `chain_file` and `key_file` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_certificate_files(
    config: *mut oxws_tls_config,
    chain_file: *const c_char,
    key_file: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_tls_config(config, |options| {
            options.add_certificate_of(path(chain_file)?, path(key_file)?)
        })
    }
}

/// Adds a certificate of this side that is in memory, its chain and its key; otherwise as
/// `oxws_tls_config_add_certificate_files`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE`; `OXWS_ERROR_TLS_BAD_KEY`; `OXWS_ERROR_TLS_KEY_MISMATCH` if the
/// key is another's.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `chain` is NULL or points to `chain_len` readable bytes, `key` is NULL or points to `key_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_certificate_pem(
    config: *mut oxws_tls_config,
    chain: *const c_void,
    chain_len: usize,
    key: *const c_void,
    key_len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_tls_config(config, |options| {
            options.add_certificate(bytes(chain, chain_len)?, bytes(key, key_len)?)
        })
    }
}

/// Refuses the certificates of peers that the revocation lists in a file name: PEM with any number, or one in
/// DER. Authorities of which there is no list revoke nothing, and a list that is out of date still counts.
/// Lists have version 2 (RFC 5280 section 5); `openssl ca` makes such if its configuration has `crlnumber`.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is no list, or one
/// that cannot be read, or one of version 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `file` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_crl_file(
    config: *mut oxws_tls_config,
    file: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_revocation_lists_of(path(file)?)) }
}

/// Refuses the certificates of peers that revocation lists in memory name, `len` bytes; otherwise as
/// `oxws_tls_config_add_crl_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is no list, or one
/// that cannot be read.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `pem` is NULL or points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_crl_pem(
    config: *mut oxws_tls_config,
    pem: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_revocation_lists(bytes(pem, len)?)) }
}

/// Has a server trust the authorities in a file when they vouch for clients, see
/// `oxws_tls_config_client_certificates`: PEM with any number, or one in DER. Those of the system never
/// vouch for clients.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `file` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_client_ca_file(
    config: *mut oxws_tls_config,
    file: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_client_authorities_of(path(file)?)) }
}

/// Has a server trust authorities that are in memory, `len` bytes, when they vouch for clients; otherwise as
/// `oxws_tls_config_add_client_ca_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `pem` is NULL or points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_client_ca_pem(
    config: *mut oxws_tls_config,
    pem: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_client_authorities(bytes(pem, len)?)) }
}
