//! What a configuration says of the opening handshake.

use std::ffi::c_char;

use super::config::{oxws_config, with_config};
use super::guard::text;
use super::request::oxws_origin_callback;
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::origin::OriginPolicy;
use crate::protocol::version::Version;

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

/// Adds a field to the opening request of a client, or to the 101 of a server that accepts by itself. A
/// client's cookies, user agent and credentials have functions of their own as well.
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

/// Lets `callback` decide which origins may connect, in place of the other rules for origins: it is
/// called for each request for a WebSocket, before `on_request`, and also for one without an Origin,
/// which does not come from a browser. A request that it does not let in is answered with 403, and
/// nothing else is called for it; one that it lets in goes on as without this callback. Servers only.
///
/// NULL: the other rules.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_origin(
    config: *mut oxws_config,
    callback: oxws_origin_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_origin = callback;
            Ok(())
        })
    }
}

/// Lets a server speak a version besides 13, which it always speaks: `OXWS_VERSION_V8` or
/// `OXWS_VERSION_V7`, whose frames are the same, for clients of 2011. Their origin is read from
/// Sec-WebSocket-Origin, or from Origin where that is missing. A request of another version is
/// answered with 426 and the list of what is spoken, newest first. Servers only.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` for any other version.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_allow_version(
    config: *mut oxws_config,
    version: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_config(config, |config| config.versions.allow(Version::from_number(version))) }
}

/// Whether a text has no control characters, so that it can stand in a field.
fn is_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}
