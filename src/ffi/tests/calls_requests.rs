//! The calls that have to do with requests beyond their plain parts, and with who is let in.

use std::ptr::null_mut;

use super::super::config_handshake::*;
use super::super::inquiry::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: &[], others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_get_version(0, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_origin(null_mut(), None);
    oxws_config_allow_version(null_mut(), 8);
};
