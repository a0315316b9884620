//! The calls of the proxies through which a client connects.

use std::ptr::{null, null_mut};

use super::super::config_proxy::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: &[], others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_proxy(null_mut(), null());
    oxws_config_proxy_tls(null_mut(), null());
    oxws_config_proxy_exempt(null_mut(), null());
    oxws_config_proxy_add_header(null_mut(), null(), null());
    oxws_config_proxy_from_environment(null_mut(), 1);
};
