//! The calls that have to do with messages beyond `oxws_send`.

use std::ptr::null_mut;

use super::super::config_messages::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: &[], others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_chunk(null_mut(), None);
    oxws_config_auto_pong(null_mut(), 1);
};
