//! The calls that have to do with messages that are prepared.

use std::ptr::{null, null_mut};

use super::super::guard::test_hook::arm;
use super::super::prepared::*;
use super::super::vocabulary::oxws_message_type;
use super::calls::*;
use super::{OK, has_panicked};

pub(super) const CALLS: Calls = Calls {
    on_loops: ON_LOOPS,
    with_status: WITH_STATUS,
    with_value: WITH_VALUE,
    others: &["oxws_prepared_free"],
};

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_send_prepared(0, null(), None, null_mut());
    oxws_loop_broadcast(null(), 0, 0, null_mut(), null_mut(), 0, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_prepared_new(1, null(), 0, 0, null_mut());
    oxws_protocol_send_prepared(null_mut(), null(), 0);
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_prepared_ref(null()) is |prepared: *mut _| is_null::<oxws_prepared>(prepared);
    oxws_prepared_type(null()) is |kind| kind == oxws_message_type::OXWS_MESSAGE_BINARY;
    oxws_prepared_data(null(), null_mut()) is is_null;
};

#[test]
fn f10_a_prepared_message_is_freed_although_it_panics() {
    let mut prepared = null_mut();
    // SAFETY: both handles are freed once.
    unsafe {
        assert_eq!(oxws_prepared_new(2, null(), 0, 0, &mut prepared), OK);
        let other = oxws_prepared_ref(prepared);
        assert!(!other.is_null());
        arm();
        oxws_prepared_free(prepared);
        assert!(has_panicked());
        oxws_prepared_free(other);
        oxws_prepared_free(null_mut());
    }
}

#[test]
fn f12_a_prepared_message_may_be_used_by_several_threads() {
    fn may_be_shared<T: Send + Sync>() {}
    may_be_shared::<oxws_prepared>();
}
