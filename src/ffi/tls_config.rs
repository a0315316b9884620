//! What TLS is configured with: rules for sessions. Certificates and keys are in `tls_certificates`.

use std::ffi::{CStr, OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

#[cfg(not(test))]
use super::guard::quieten_panics;
use super::guard::{guard, guard_or, optional_text, reference_mut, switch, text};
use super::status::oxws_status;
use crate::net::tls::{ClientCertificates, TlsOptions, TlsVersion};
use crate::protocol::error::ErrorCode;

/// Certificates, keys, whom to trust and which rules hold for connections over TLS. `oxws_config_tls` and
/// `oxws_listener_tls` copy it: later changes do not reach what was made with it, and it may be freed at
/// once or used again.
///
/// Made by `oxws_tls_config_new`, ended by `oxws_tls_config_free`. One thread at a time. In a build
/// without TLS each function that sets something gives `OXWS_ERROR_UNSUPPORTED`.
pub struct oxws_tls_config {
    pub(super) options: TlsOptions,
}

/// A version of TLS, by its number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_tls_version {
    /// No TLS.
    OXWS_TLS_NONE = 0,
    /// TLS 1.2 (RFC 5246).
    OXWS_TLS_1_2 = 0x0303,
    /// TLS 1.3 (RFC 8446).
    OXWS_TLS_1_3 = 0x0304,
}

/// What a server does about the certificates of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_client_certificate {
    /// It asks for none.
    OXWS_CLIENT_CERTIFICATE_NONE = 0,
    /// It asks for one. If there is one it must be good, and without one the connection goes on.
    OXWS_CLIENT_CERTIFICATE_OPTIONAL = 1,
    /// It refuses clients without one that is good.
    OXWS_CLIENT_CERTIFICATE_REQUIRED = 2,
}

/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
pub(super) unsafe fn with_tls_config(
    config: *mut oxws_tls_config,
    body: impl FnOnce(&mut TlsOptions) -> Result<(), ErrorCode>,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let config = unsafe { reference_mut(config) }?;
        body(&mut config.options)
    })
}

/// The path of a file, which need not be UTF-8.
///
/// # Safety
///
/// `path` is NULL or points to a NUL-terminated string that nobody changes for the life of the
/// reference.
pub(super) unsafe fn path<'a>(path: *const c_char) -> Result<&'a Path, ErrorCode> {
    if path.is_null() {
        return Err(ErrorCode::NullArgument);
    }
    // SAFETY: not NULL, and NUL-terminated as the caller promises.
    let path = unsafe { CStr::from_ptr(path) };
    Ok(Path::new(OsStr::from_bytes(path.to_bytes())))
}

/// Makes a TLS config with the defaults that the functions below name: a client trusts the authorities of
/// the system, a server has no certificate yet. Never NULL.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_tls_config_new() -> *mut oxws_tls_config {
    #[cfg(not(test))]
    quieten_panics();
    guard_or(std::ptr::null_mut(), || {
        Box::into_raw(Box::new(oxws_tls_config { options: TlsOptions::default() }))
    })
}

/// Ends a TLS config; what was made from it is not touched. NULL is allowed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or was made by `oxws_tls_config_new` and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_free(config: *mut oxws_tls_config) {
    if !config.is_null() {
        // SAFETY: made by `Box::into_raw`, and freed once as the caller promises.
        let config = unsafe { Box::from_raw(config) };
        guard_or((), || drop(config));
    }
}

/// Has a client trust the authorities of the system (1, the default), or only those that were added (0).
/// The list is read once for each TLS config that is used, when the first connection needs it: on Linux
/// from where OpenSSL has it, or from where SSL_CERT_FILE and SSL_CERT_DIR point.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `trusted` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_trust_system(
    config: *mut oxws_tls_config,
    trusted: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.trust_system(switch(trusted)?)) }
}

/// Says what a server does about the certificates of clients, an `oxws_client_certificate`; it asks for
/// none by default. Those that it asks for must come from an authority of
/// `oxws_tls_config_add_client_ca_file` or `oxws_tls_config_add_client_ca_pem`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_client_certificates(
    config: *mut oxws_tls_config,
    wanted: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_tls_config(config, |options| {
            options.client_certificates(match wanted {
                0 => ClientCertificates::None,
                1 => ClientCertificates::Optional,
                2 => ClientCertificates::Required,
                _ => return Err(ErrorCode::InvalidArgument),
            })
        })
    }
}

/// Sets the name or IP address that a client asks for and that the server's certificate must be for, in
/// place of the host of the URL; NULL for that again. The connection goes to the host of the URL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for what no certificate can name; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `name` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_server_name(
    config: *mut oxws_tls_config,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.server_name(optional_text(name)?)) }
}

/// Has a client refuse servers whose key is none of those that were added so: the SHA-256 of the
/// certificate's SubjectPublicKeyInfo in Base64, 44 characters, with or without `pin-sha256=` or
/// `sha256//` before it. All other checks remain. Add the next key too, or a change of the key locks
/// clients out.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another text; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `pin` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_add_pin(
    config: *mut oxws_tls_config,
    pin: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.add_pin(text(pin)?)) }
}

/// Sets the oldest version of TLS that is spoken, an `oxws_tls_version`: `OXWS_TLS_1_2`, which is the
/// default, or `OXWS_TLS_1_3`. Older ones are not spoken at all.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_min_version(
    config: *mut oxws_tls_config,
    version: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_tls_config(config, |options| {
            options.oldest_version(match version {
                0x0303 => TlsVersion::Tls12,
                0x0304 => TlsVersion::Tls13,
                _ => return Err(ErrorCode::InvalidArgument),
            })
        })
    }
}

/// Resumes sessions (1, the default), so that who comes again is spared a part of the handshake, or not
/// (0). A server gives out tickets with keys of its own that change every few hours; a client remembers
/// up to 1,024 sessions for each TLS config.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_resumption(
    config: *mut oxws_tls_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.resumption(switch(enabled)?)) }
}

/// Appends the secrets of every session to a file, in the form of SSLKEYLOGFILE, with which programs such
/// as Wireshark show what passes; NULL writes none, which is the default. Whoever can read the file can
/// read the connections. A new one can be read by the user of the process alone. The environment is never
/// asked.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE` if it cannot be opened or made.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile;
/// `file` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_key_log_file(
    config: *mut oxws_tls_config,
    file: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_tls_config(config, |options| match file.is_null() {
            true => options.key_log(None),
            false => options.key_log(Some(path(file)?)),
        })
    }
}

/// Has a client accept whatever certificate it is shown (1), or check it (0, the default). Whoever is on the
/// way can then read and change everything, unless `oxws_tls_config_add_pin` says which key the server
/// has: pins are checked nevertheless. For tests.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `accepted` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_tls_config_dangerous_accept_any_certificate(
    config: *mut oxws_tls_config,
    accepted: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_tls_config(config, |options| options.accept_any_certificate(switch(accepted)?)) }
}
