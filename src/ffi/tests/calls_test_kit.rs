//! The calls of the test kit.

use std::ptr::{null, null_mut};

use super::super::loop_handle::oxws_loop;
use super::super::test_kit::*;
use super::super::test_link::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: &[], with_value: WITH_VALUE, others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_test_now_us(null_mut());
    oxws_test_advance_ms(0);
    oxws_test_set_masking_key(null());
    oxws_test_refuse_connects(0, 0);
    oxws_test_set_route(null(), 0, 0);
    oxws_test_pair(null(), null(), null_mut(), null_mut());
    oxws_test_set_link(0, 0, 0);
    oxws_test_set_capacity(0, 0);
    oxws_test_break(0, 0);
    oxws_test_freeze(0, 0);
    oxws_test_inject(0, null(), 0);
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_test_loop_new() is |handle: *mut _| is_null::<oxws_loop>(handle);
};
