//! In a build without TLS each function that would set something of it says that it is not supported,
//! and so does what `wss:` would need; the rest goes on.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use super::super::config::*;
use super::super::config_proxy::*;
use super::super::config_tls::*;
use super::super::connection::*;
use super::super::listener::*;
use super::super::tls_certificates::*;
use super::super::tls_config::*;
use super::super::tls_facts::*;
use super::{NULL_ARGUMENT, OK, free, new_loop};

const UNSUPPORTED: i32 = -109;

#[test]
fn what_sets_something_is_not_supported() {
    const FILE: *const c_char = c"certificate.pem".as_ptr();
    const BYTES: *const c_void = c"-----BEGIN CERTIFICATE-----".as_ptr().cast();
    let config = oxws_tls_config_new();
    // SAFETY: the config has not been freed, and the texts are NUL-terminated and longer than what is
    // said of them.
    let results = unsafe {
        [
            oxws_tls_config_trust_system(config, 1),
            oxws_tls_config_client_certificates(config, 1),
            oxws_tls_config_server_name(config, c"server.example".as_ptr()),
            oxws_tls_config_add_pin(config, c"pin".as_ptr()),
            oxws_tls_config_min_version(config, 0x0304),
            oxws_tls_config_resumption(config, 1),
            oxws_tls_config_key_log_file(config, FILE),
            oxws_tls_config_dangerous_accept_any_certificate(config, 0),
            oxws_tls_config_add_ca_file(config, FILE),
            oxws_tls_config_add_ca_pem(config, BYTES, 20),
            oxws_tls_config_add_certificate_files(config, FILE, FILE),
            oxws_tls_config_add_certificate_pem(config, BYTES, 20, BYTES, 20),
            oxws_tls_config_add_crl_file(config, FILE),
            oxws_tls_config_add_crl_pem(config, BYTES, 20),
            oxws_tls_config_add_client_ca_file(config, FILE),
            oxws_tls_config_add_client_ca_pem(config, BYTES, 20),
        ]
    };
    assert_eq!(results, [UNSUPPORTED; 16]);
    // SAFETY: NULL is allowed; the config is freed once.
    unsafe {
        assert_eq!(oxws_tls_config_trust_system(null_mut(), 1), NULL_ARGUMENT);
        oxws_tls_config_free(config);
    }
}

#[test]
fn wss_is_not_supported_and_ws_is() {
    let (event_loop, config) = (new_loop(), oxws_config_new());
    let tls = oxws_tls_config_new();
    let (mut listener, mut version) = (0, 7);
    // SAFETY: what was made above has not been freed, and the texts are NUL-terminated.
    unsafe {
        assert_eq!(oxws_config_tls(config, tls), OK);
        assert_eq!(oxws_config_proxy_tls(config, tls), OK);
        let wss = c"wss://127.0.0.1:0".as_ptr();
        assert_eq!(oxws_listen(event_loop, wss, config, null_mut()), UNSUPPORTED);
        let wss = c"wss://127.0.0.1:1".as_ptr();
        assert_eq!(oxws_connect(event_loop, wss, config, null_mut()), UNSUPPORTED);
        let ws = c"ws://127.0.0.1:0".as_ptr();
        assert_eq!(oxws_listen(event_loop, ws, config, &mut listener), OK);
        assert_eq!(oxws_listener_tls(event_loop, listener, tls), UNSUPPORTED);
        let ws = c"ws://127.0.0.1:1".as_ptr();
        let mut connection = 0;
        assert_eq!(oxws_connect(event_loop, ws, config, &mut connection), OK);
        assert_eq!(oxws_get_tls_version(event_loop, connection, &mut version), OK);
        assert_eq!(version, 0);
        assert_eq!(oxws_config_proxy(config, c"https://127.0.0.1:1".as_ptr()), OK);
        assert_eq!(oxws_connect(event_loop, ws, config, null_mut()), UNSUPPORTED);
        assert_eq!(oxws_config_tls(config, null()), OK);
        oxws_tls_config_free(tls);
        oxws_config_free(config);
    }
    assert_eq!(free(event_loop), OK);
}
