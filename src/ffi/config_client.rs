//! What a configuration says of a client's opening request alone.

use std::ffi::c_char;

use super::config::{oxws_config, with_config};
use super::connecting::oxws_connecting_callback;
use super::guard::{switch, text};
use super::status::oxws_status;
use crate::net::tls::TlsOptions;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::cookie::check_cookie;
use crate::protocol::handshake::credentials::Credentials;
use crate::protocol::handshake::fields::check_header;
use crate::protocol::proxy::choice::Proxies;
use crate::protocol::version::Version;

/// The part of a config that only clients have.
#[derive(Debug, Default)]
pub(super) struct ClientPart {
    version: Option<Version>,
    user_agent: Option<Box<str>>,
    cookies: Vec<(Box<str>, Box<str>)>,
    credentials: Option<Credentials>,
    pub(super) uses_url_credentials: bool,
    pub(super) proxies: Proxies,
    pub(super) proxy_tls: TlsOptions,
}

impl ClientPart {
    fn set_user_agent(&mut self, text: &str) -> Result<(), ErrorCode> {
        check_header("User-Agent", text)?;
        if text.is_empty() {
            return Err(ErrorCode::InvalidHeader);
        }
        self.user_agent = Some(text.into());
        Ok(())
    }

    fn add_cookie(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_cookie(name, value)?;
        self.cookies.push((name.into(), value.into()));
        Ok(())
    }

    /// Puts all of it into a request; credentials out of the URL win over those that were configured.
    pub(super) fn apply(
        &self,
        url_credentials: Option<&Credentials>,
        request: &mut ClientRequest,
    ) -> Result<(), ErrorCode> {
        if let Some(version) = self.version {
            request.set_version(version)?;
        }
        if let Some(user_agent) = &self.user_agent {
            request.set_user_agent(Some(user_agent))?;
        }
        if let Some(credentials) = url_credentials.or(self.credentials.as_ref()) {
            request.set_credentials(credentials)?;
        }
        self.cookies.iter().try_for_each(|(name, value)| request.add_cookie(name, value))
    }
}

fn spoken_version(number: i32) -> Result<Version, ErrorCode> {
    match number {
        13 => Ok(Version::V13),
        8 => Ok(Version::V8),
        7 => Ok(Version::V7),
        _ => Err(ErrorCode::Unsupported),
    }
}

/// Sets the version of the protocol that is asked for, an `oxws_version`: 13, which is RFC 6455 and the
/// default, or 8 or 7 for servers that are older. Frames are the same in all three; below 13 the origin
/// has the field Sec-WebSocket-Origin. Clients only.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` for any other number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_version(
    config: *mut oxws_config,
    version: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.client.version = Some(spoken_version(version)?);
            Ok(())
        })
    }
}

/// Sets the User-Agent field of a client's request, in place of one that `oxws_config_add_header` added;
/// none by default. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has a control character, or a space at either
/// end; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile;
/// `user_agent` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_user_agent(
    config: *mut oxws_config,
    user_agent: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_config(config, |config| config.client.set_user_agent(text(user_agent)?)) }
}

/// Adds a cookie to a client's request. All of them are sent in one Cookie field, in the order in which
/// they were added, behind what `oxws_config_add_header` says for that field. Cookies that a server sets
/// are not kept. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, or the value has a character that RFC
/// 6265 section 4.1.1 does not allow: a control character, a space, a comma, a semicolon, a backslash,
/// one beyond ASCII, or a double quote other than around it; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name`
/// and `value` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_add_cookie(
    config: *mut oxws_config,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_config(config, |config| config.client.add_cookie(text(name)?, text(value)?)) }
}

/// Sends a user name and a password with a client's request, as HTTP's Basic scheme has them (RFC 7617),
/// in UTF-8; each may be empty. They are the request's Authorization field, in place of one that
/// `oxws_config_add_header` added. Without TLS anybody on the way can read them. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the user name has a colon, or either has a control
/// character; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `user`
/// and `password` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_basic_credentials(
    config: *mut oxws_config,
    user: *const c_char,
    password: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.client.credentials = Some(Credentials::new(text(user)?, text(password)?)?);
            Ok(())
        })
    }
}

/// Whether a URL such as `ws://user:password@host/` may be dialled: 1 takes the user name and the
/// password, percent-decoded, as `oxws_config_basic_credentials` does and in place of those; 0 refuses
/// such a URL with `OXWS_ERROR_INVALID_URL` and is the default, as a URL is easily logged or passed on.
/// Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_url_credentials(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.client.uses_url_credentials = switch(enabled)?;
            Ok(())
        })
    }
}

/// Calls `callback` when a client's stream is connected and its request is about to be written, which the
/// callback may change: the first callback of a connection. The request leaves when it returns, unless
/// `oxws_close` or `oxws_abort` has given the connection up; then nothing is written. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_connecting(
    config: *mut oxws_config,
    callback: oxws_connecting_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_connecting = callback;
            Ok(())
        })
    }
}
