//! The calls that have to do with TLS.

use std::ptr::{null, null_mut};

use super::super::config_tls::*;
use super::super::guard::test_hook::arm;
use super::super::tls_certificates::*;
use super::super::tls_config::*;
use super::super::tls_facts::*;
use super::calls::*;
use super::has_panicked;

pub(super) const CALLS: Calls = Calls {
    on_loops: ON_LOOPS,
    with_status: WITH_STATUS,
    with_value: WITH_VALUE,
    others: &["oxws_tls_config_free"],
};

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_listener_tls(0, null());
    oxws_get_tls_version(0, null_mut());
    oxws_get_tls_resumed(0, null_mut());
    oxws_get_tls_cipher_suite(0, null_mut(), 0, null_mut());
    oxws_get_tls_server_name(0, null_mut(), 0, null_mut());
    oxws_get_tls_alpn(0, null_mut(), 0, null_mut());
    oxws_get_tls_peer_subject(0, null_mut(), 0, null_mut());
    oxws_get_tls_peer_issuer(0, null_mut(), 0, null_mut());
    oxws_get_tls_peer_name(0, 0, null_mut(), 0, null_mut());
    oxws_get_tls_peer_certificate(0, null_mut(), 0, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_tls(null_mut(), null());
    oxws_tls_config_trust_system(null_mut(), 1);
    oxws_tls_config_client_certificates(null_mut(), 1);
    oxws_tls_config_server_name(null_mut(), null());
    oxws_tls_config_add_pin(null_mut(), null());
    oxws_tls_config_min_version(null_mut(), 0x0304);
    oxws_tls_config_resumption(null_mut(), 1);
    oxws_tls_config_key_log_file(null_mut(), null());
    oxws_tls_config_dangerous_accept_any_certificate(null_mut(), 0);
    oxws_tls_config_add_ca_file(null_mut(), null());
    oxws_tls_config_add_ca_pem(null_mut(), null(), 0);
    oxws_tls_config_add_certificate_files(null_mut(), null(), null());
    oxws_tls_config_add_certificate_pem(null_mut(), null(), 0, null(), 0);
    oxws_tls_config_add_crl_file(null_mut(), null());
    oxws_tls_config_add_crl_pem(null_mut(), null(), 0);
    oxws_tls_config_add_client_ca_file(null_mut(), null());
    oxws_tls_config_add_client_ca_pem(null_mut(), null(), 0);
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_tls_config_new() is |handle: *mut _| is_null::<oxws_tls_config>(handle);
};

#[test]
fn f10_a_tls_config_is_freed_although_it_panics() {
    let config = oxws_tls_config_new();
    arm();
    // SAFETY: it is freed once.
    unsafe { oxws_tls_config_free(config) };
    assert!(has_panicked());
}
