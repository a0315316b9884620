//! The calls that have to do with compression.

use std::ptr::null_mut;

use super::super::config_deflate::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: &[], others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_get_deflate(0, null_mut(), null_mut(), null_mut(), null_mut(), null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_deflate(null_mut(), 1);
    oxws_config_deflate_takeover(null_mut(), 1, 1);
    oxws_config_deflate_window_bits(null_mut(), 15, 15);
    oxws_config_deflate_level(null_mut(), 6);
    oxws_config_deflate_threshold_bytes(null_mut(), 1);
    oxws_config_deflate_max_ratio(null_mut(), 1);
    oxws_config_max_wire_message_bytes(null_mut(), 1);
    oxws_config_max_inflated_frame_bytes(null_mut(), 1);
    oxws_protocol_get_deflate(
        null_mut(), null_mut(), null_mut(), null_mut(), null_mut(), null_mut()
    );
};
