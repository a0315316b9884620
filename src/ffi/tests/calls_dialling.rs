//! The calls of what a client dials, and of TCP sockets.

use std::ptr::{null, null_mut};

use super::super::config_dialling::*;
use super::super::config_tcp::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: &[], others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_connection_attempt_delay_ms(null_mut(), 0);
    oxws_config_add_dial_address(null_mut(), null());
    oxws_config_bind_address(null_mut(), null());
    oxws_config_interface(null_mut(), null());
    oxws_config_no_delay(null_mut(), 1);
    oxws_config_tcp_keepalive(null_mut(), 0, 0, 0);
    oxws_config_tcp_user_timeout_ms(null_mut(), 0);
    oxws_config_receive_buffer_bytes(null_mut(), 0);
    oxws_config_send_buffer_bytes(null_mut(), 0);
};
