//! The calls of what a client dials, of TCP sockets, and of how long all of it took.

use std::ptr::{null, null_mut};

use super::super::config_dialling::*;
use super::super::config_tcp::*;
use super::super::stage_times::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: WITH_VALUE, others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_get_stage_us(0, 0, null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_close_info_stage_us(null(), 5) is |us| us == 0;
};

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
