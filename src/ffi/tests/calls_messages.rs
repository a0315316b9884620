//! The calls that have to do with messages beyond `oxws_send`.

use std::ptr::{null, null_mut};

use super::super::config_messages::*;
use super::super::connection::*;
use super::super::message::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: &[], others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_chunk(null_mut(), None);
    oxws_config_auto_pong(null_mut(), 1);
};

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_send_vectored(0, 0, null(), null(), 0);
    oxws_send_with(0, 0, null(), 0, 0, None, null_mut());
    oxws_send_borrowed(0, 0, null(), 0, 0, None, null_mut());
    oxws_send_begin(0, 0, 0);
    oxws_send_append(0, null(), 0);
    oxws_send_end(0, null(), 0);
    oxws_pong(0, null(), 0);
};
