//! The calls of an endpoint without I/O, and of what it reports.

use std::ptr::{null, null_mut};

use super::super::config::*;
use super::super::connecting::oxws_connecting;
use super::super::event::*;
use super::super::guard::test_hook::arm;
use super::super::protocol::*;
use super::super::protocol_actions::*;
use super::super::protocol_handle::oxws_protocol;
use super::super::protocol_inquiry::*;
use super::super::protocol_message::*;
use super::super::protocol_output::*;
use super::super::status::oxws_status;
use super::super::test_protocol::*;
use super::super::vocabulary::*;
use super::calls::*;
use super::{OK, PANIC, POISONED, has_panicked};

pub(super) const CALLS: Calls = Calls {
    on_loops: &[],
    with_status: WITH_STATUS,
    with_value: WITH_VALUE,
    others: &["oxws_protocol_free"],
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_protocol_new_client(null(), null(), 0, null_mut());
    oxws_protocol_receive(null_mut(), null_mut(), 0, 0);
    oxws_protocol_end_of_input(null_mut(), 0);
    oxws_protocol_lost(null_mut(), 0, 0);
    oxws_protocol_output_written(null_mut(), 0, 0);
    oxws_protocol_deadline_us(null_mut(), null_mut());
    oxws_protocol_advance(null_mut(), 0);
    oxws_protocol_accept(null_mut(), null());
    oxws_protocol_respond(null_mut(), null());
    oxws_protocol_deny(null_mut(), 404, null());
    oxws_protocol_send(null_mut(), 1, null(), 0, 0);
    oxws_protocol_send_begin(null_mut(), 1, 0);
    oxws_protocol_send_append(null_mut(), null(), 0, 0);
    oxws_protocol_send_end(null_mut(), null(), 0, 0);
    oxws_protocol_ping(null_mut(), null(), 0, 0);
    oxws_protocol_pong(null_mut(), null(), 0, 0);
    oxws_protocol_close(null_mut(), 0, null(), 0);
    oxws_protocol_pause_reading(null_mut());
    oxws_protocol_resume_reading(null_mut(), 0);
    oxws_protocol_abort(null_mut());
    oxws_test_protocol_masking_key(null_mut(), null());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_protocol_new_server(null(), 0) is |handle: *mut _| is_null::<oxws_protocol>(handle);
    oxws_protocol_next(null_mut()) is is_null;
    oxws_protocol_output(null(), null_mut()) is is_null;
    oxws_protocol_wants_input(null()) is |answer| answer == 0;
    oxws_protocol_wants_close(null()) is |answer| answer == 1;
    oxws_protocol_state(null()) is |state| state == oxws_state::OXWS_STATE_CLOSED;
    oxws_protocol_close_state(null())
        is |state| state == oxws_close_state::OXWS_CLOSE_STATE_CLOSED;
    oxws_protocol_get_version(null())
        is |version| version == oxws_version::OXWS_VERSION_V13;
    oxws_protocol_subprotocol(null(), null_mut()) is is_null;
    oxws_protocol_unused(null_mut(), null_mut()) is is_null;
    oxws_event_get_type(null()) is |kind| kind == oxws_event_type::OXWS_EVENT_NONE;
    oxws_event_message_type(null()) is |kind| kind == 0;
    oxws_event_data(null(), null_mut()) is is_null;
    oxws_event_chunk_flags(null()) is |flags| flags == 0;
    oxws_event_round_trip_us(null()) is |micros| micros == u64::MAX;
    oxws_event_request(null()) is is_null;
    oxws_event_connecting(null()) is |connecting: *mut _| is_null::<oxws_connecting>(connecting);
    oxws_event_response(null()) is is_null;
    oxws_event_close_info(null()) is is_null;
};

/// The calls that say of an endpoint whether it is usable.
const ON_PROTOCOLS: &[fn(*mut oxws_protocol) -> oxws_status] = &[
    // SAFETY: each is called on an endpoint that has not been freed; every other pointer is NULL.
    |it| unsafe { oxws_protocol_receive(it, null_mut(), 0, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_end_of_input(it, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_lost(it, 0, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_output_written(it, 0, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_deadline_us(it, null_mut()) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_advance(it, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_accept(it, null()) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_respond(it, null()) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_send(it, 1, null(), 0, 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_close(it, 0, null(), 0) },
    // SAFETY: as above.
    |it| unsafe { oxws_protocol_abort(it) },
];

fn new_server() -> *mut oxws_protocol {
    let config = oxws_config_new();
    // SAFETY: the config is there, and freed once.
    unsafe {
        let protocol = oxws_protocol_new_server(config, 0);
        oxws_config_free(config);
        assert!(!protocol.is_null());
        protocol
    }
}

#[test]
fn f10_a_panic_in_any_call_poisons_the_endpoint_for_every_call() {
    for call in ON_PROTOCOLS {
        let protocol = new_server();
        arm();
        assert_eq!(call(protocol), PANIC);
        assert!(ON_PROTOCOLS.iter().all(|next| next(protocol) == POISONED));
        // SAFETY: the endpoint has not been freed, and is freed once.
        unsafe {
            assert!(oxws_protocol_next(protocol).is_null());
            assert!(oxws_protocol_output(protocol, null_mut()).is_null());
            assert_eq!(oxws_protocol_wants_input(protocol), 0);
            assert_eq!(oxws_protocol_wants_close(protocol), 1);
            oxws_protocol_free(protocol);
        }
    }
}

#[test]
fn f10_a_panic_where_no_status_fits_poisons_the_endpoint_too() {
    let protocol = new_server();
    // SAFETY: the endpoint has not been freed, and is freed once.
    unsafe {
        assert_eq!(oxws_protocol_advance(protocol, 0), OK);
        arm();
        assert!(oxws_protocol_next(protocol).is_null());
        assert_eq!(oxws_protocol_advance(protocol, 0), POISONED);
        arm();
        oxws_protocol_free(protocol);
    }
    assert!(has_panicked());
}
