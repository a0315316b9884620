//! What a configuration says of the proxies through which a client connects.

use std::ffi::c_char;

use super::config::{oxws_config, with_config};
use super::guard::{optional_text, switch, text};
use super::status::oxws_status;
use super::tls_config::oxws_tls_config;
use crate::net::tls::TlsOptions;
use crate::protocol::proxy::exempt::Exemptions;
use crate::protocol::proxy::url::Proxy;

/// Has clients connect through the proxy at `url`: `http://[user[:password]@]host[:port]` for a proxy that
/// knows CONNECT (RFC 9110 section 9.3.6), on port 80 unless another is named, or `socks5://` with the
/// same parts for SOCKS version 5 (RFC 1928), on port 1080, or `https://` for a proxy that is spoken to through
/// TLS, on port 443; see `oxws_config_proxy_tls`. Without a scheme `http` is meant. User name and password are
/// percent-encoded; without TLS anybody on the way to the proxy can read them.
///
/// NULL: no proxy, which is the default; in particular nothing is read from the environment unasked.
///
/// The name of the server is never looked up here, but always by the proxy; `socks5h` is the same as
/// `socks5`. Connections to a Unix-domain socket use no proxy. The proxy has its answer to give within the
/// handshake timeout. If it refuses, `on_close` tells `OXWS_ERROR_PROXY_REFUSED` or
/// `OXWS_ERROR_PROXY_UNAUTHORIZED`, with `oxws_close_info_http_status` or `oxws_close_info_socks_reply`; if
/// it cannot be understood, `OXWS_ERROR_PROXY_MALFORMED`. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_URL` if it cannot be read, or has a part that is not allowed there, such as
/// a path, or credentials that the proxy's protocol cannot carry; `OXWS_ERROR_UNSUPPORTED` for SOCKS version 4;
/// `OXWS_ERROR_INVALID_UTF8`. For `https:`, `oxws_connect` gives `OXWS_ERROR_UNSUPPORTED` in a build without
/// TLS, and `OXWS_ERROR_TLS_NOT_CONFIGURED` if nobody is trusted.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `url` is
/// NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_proxy(
    config: *mut oxws_config,
    url: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let proxy = optional_text(url)?.map(Proxy::parse).transpose()?;
            config.client.proxies.set_proxy(proxy);
            Ok(())
        })
    }
}

/// Sets whom a client trusts to be its proxy and what it shows to it, where the URL of the proxy is `https:`.
/// TLS to the server goes through that to the proxy, and has its own. NULL: the authorities of the system, which
/// is the default. Clients only.
///
/// Why TLS to the proxy does not come about is told as for a server, with the stage `OXWS_STAGE_PROXY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `tls` is
/// NULL or a TLS config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_proxy_tls(
    config: *mut oxws_config,
    tls: *const oxws_tls_config,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.client.proxy_tls =
                tls.as_ref().map_or_else(TlsOptions::default, |tls| tls.options.clone());
            Ok(())
        })
    }
}

/// Names what clients connect to without the proxy: a list as the variable `no_proxy` has it, with commas
/// or spaces between its elements. `*` is everything; `example.com`, `.example.com` and `*.example.com`
/// are this host and every one below it; `192.0.2.1`, `2001:db8::1`, `10.0.0.0/8` and `fd00::/8` are
/// addresses and networks, which match hosts that are IP addresses in the URL: no name is looked up for
/// them. A name or an address may have a port behind a colon, an IPv6 address in brackets then, and is
/// meant for that port alone.
///
/// The list takes the place of one that was there. NULL or empty: nothing, which is the default. Clients only.
///
/// Errors, after which the list is as it was: `OXWS_ERROR_INVALID_ARGUMENT` if an element is none of these;
/// `OXWS_ERROR_TOO_LONG` for more than 1024; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `list` is
/// NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_proxy_exempt(
    config: *mut oxws_config,
    list: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let exempt = Exemptions::parse(optional_text(list)?.unwrap_or_default())?;
            config.client.proxies.set_exempt(exempt);
            Ok(())
        })
    }
}

/// Adds a header to what HTTP proxies are asked with, such as User-Agent; SOCKS has none. It is not sent to
/// the server, and what `oxws_config_add_header` adds is not sent to the proxy. Proxy-Authorization takes
/// the place of the credentials in the proxy's URL. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character or a space
/// at either end, or the library writes that header itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name` and
/// `value` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_proxy_add_header(
    config: *mut oxws_config,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| config.client.proxies.add_header(text(name)?, text(value)?))
    }
}

/// With 1 takes the proxies that the environment names, now and in place of those that `oxws_config_proxy`
/// and `oxws_config_proxy_exempt` have set: for `ws` URLs from `http_proxy`, for `wss` URLs from `https_proxy`
/// or `HTTPS_PROXY`, for both from `all_proxy` or `ALL_PROXY`, each as for `oxws_config_proxy`; the first that
/// is there and not empty counts. What needs no proxy is taken from `no_proxy` or `NO_PROXY`, as for
/// `oxws_config_proxy_exempt`, without the elements that cannot be read. `HTTP_PROXY` is not looked at, as
/// a client can set it for programs that a web server runs. With 0 there is no proxy. Clients only.
///
/// The environment is read by this call alone, and must not be changed by another thread meanwhile.
///
/// Errors, after which the config is as it was: `OXWS_ERROR_INVALID_ARGUMENT` for any other number;
/// `OXWS_ERROR_INVALID_URL` or `OXWS_ERROR_UNSUPPORTED` as for `oxws_config_proxy`, also for a variable that
/// is not UTF-8.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_proxy_from_environment(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let is_wanted = switch(enabled)?;
            // What is not UTF-8 is kept recognisable as no URL.
            let value = |name: &str| {
                let value = std::env::var_os(name).filter(|_| is_wanted)?;
                Some(value.to_string_lossy().into_owned())
            };
            config.client.proxies.set_from_environment(value)
        })
    }
}
