//! The calls about clients that come back, or go elsewhere.

use std::ptr::null_mut;

use super::super::config_reconnect::*;
use super::super::config_redirects::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: &[], others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_reconnect(null_mut(), 1);
    oxws_config_reconnect_delay_ms(null_mut(), 1, 1);
    oxws_config_reconnect_attempts(null_mut(), 1);
    oxws_config_reconnect_timeout_ms(null_mut(), 1);
    oxws_config_reconnect_queue_bytes(null_mut(), 1);
    oxws_config_on_disconnect(null_mut(), None);
    oxws_config_max_redirects(null_mut(), 1);
};
