//! The calls that take descriptors over and give them back.

use std::ptr::{null, null_mut};

use super::super::adopt::*;
use super::super::detach::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: &[], with_value: &[], others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_adopt_server(0, null(), 0, null(), null_mut());
    oxws_adopt_client(0, null(), null(), null_mut());
    oxws_adopt_open(0, 0, null(), null(), 0, null(), null_mut());
    oxws_detach(0, None, null_mut());
};
