//! The guard around every export: a panic inside becomes a status or a value of its own, and a loop
//! that has met one can only be freed.

use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use super::close_code::*;
use super::close_info::*;
use super::config::*;
use super::config_handshake::*;
use super::config_limits::*;
use super::connection::*;
use super::decision::*;
use super::event_loop::*;
use super::guard::test_hook::arm;
use super::inquiry::*;
use super::library::*;
use super::listener::*;
use super::loop_handle::*;
use super::post::*;
use super::reply::*;
use super::request::*;
use super::response::*;
use super::status::*;
use super::timer::*;
use super::vocabulary::*;
use super::watch::*;

const OK: oxws_status = 0;
const NULL_ARGUMENT: oxws_status = -101;
const BUSY: oxws_status = -103;
const PANIC: oxws_status = -900;
const POISONED: oxws_status = -901;

type LoopCall = fn(*mut oxws_loop) -> oxws_status;

/// Calls on a loop, without its name, which stands first.
macro_rules! loop_calls {
    ($($name:ident($($argument:expr),*);)*) => {
        &[$((stringify!($name), |handle| {
            // SAFETY: the handle is a loop, and every other pointer NULL, which all of them take.
            unsafe { $name(handle, $($argument),*) }
        })),*]
    };
}

const LOOP_CALLS: &[(&str, LoopCall)] = loop_calls! {
    oxws_loop_attach();
    oxws_loop_poll(0);
    oxws_loop_run();
    oxws_loop_stop();
    oxws_loop_wake();
    oxws_loop_fd(null_mut());
    oxws_loop_timeout_ms(null_mut());
    oxws_loop_connection_count(null_mut());
    oxws_loop_set_max_buffered_bytes(0);
    oxws_loop_shutdown(0, null());
    oxws_loop_set_user(null_mut());
    oxws_loop_get_user(null_mut());
    oxws_listen(null(), null(), null_mut());
    oxws_listen_fd(0, null(), null_mut());
    oxws_listener_close(0);
    oxws_listener_port(0, null_mut());
    oxws_connect(null(), null(), null_mut());
    oxws_accept(0, null());
    oxws_accept_with(0, null());
    oxws_deny(0, 0, null());
    oxws_respond(0, null());
    oxws_send(0, 0, null(), 0);
    oxws_ping(0, null(), 0);
    oxws_close(0, 0, null());
    oxws_abort(0);
    oxws_pause_reading(0);
    oxws_resume_reading(0);
    oxws_get_queued_bytes(0, null_mut());
    oxws_get_state(0, null_mut());
    oxws_set_user(0, null_mut());
    oxws_get_user(0, null_mut());
    oxws_get_peer_address(0, null_mut(), 0, null_mut());
    oxws_get_local_address(0, null_mut(), 0, null_mut());
    oxws_get_subprotocol(0, null_mut(), 0, null_mut());
    oxws_timer_start(0, 0, None, null_mut(), null_mut());
    oxws_timer_cancel(0);
    oxws_watch_start(0, 0, None, null_mut(), null_mut());
    oxws_watch_change(0, 0);
    oxws_watch_stop(0);
    oxws_loop_post(None, null_mut());
};

/// Calls that give a status and have no loop: NULL for every pointer.
macro_rules! status_calls {
    ($($name:ident($($argument:expr),*);)*) => {
        &[$((stringify!($name), || {
            // SAFETY: NULL is taken everywhere.
            unsafe { $name($($argument),*) }
        })),*]
    };
}

type StatusCall = fn() -> oxws_status;

const STATUS_CALLS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_request(null_mut(), None);
    oxws_config_on_http_request(null_mut(), None);
    oxws_config_on_response(null_mut(), None);
    oxws_config_on_open(null_mut(), None);
    oxws_config_on_message(null_mut(), None);
    oxws_config_on_ping(null_mut(), None);
    oxws_config_on_pong(null_mut(), None);
    oxws_config_on_writable(null_mut(), None);
    oxws_config_on_close(null_mut(), None);
    oxws_config_user(null_mut(), null_mut());
    oxws_config_max_message_bytes(null_mut(), 1);
    oxws_config_max_frame_bytes(null_mut(), 1);
    oxws_config_max_fragments(null_mut(), 1);
    oxws_config_max_queued_bytes(null_mut(), 1);
    oxws_config_handshake_timeout_ms(null_mut(), 1);
    oxws_config_close_timeout_ms(null_mut(), 1);
    oxws_config_ping_interval_ms(null_mut(), 1);
    oxws_config_pong_timeout_ms(null_mut(), 1);
    oxws_config_idle_timeout_ms(null_mut(), 1);
    oxws_config_write_stall_timeout_ms(null_mut(), 1);
    oxws_config_max_connections(null_mut(), 1);
    oxws_config_max_connections_per_address(null_mut(), 1);
    oxws_config_backlog(null_mut(), 1);
    oxws_config_control_limit(null_mut(), 1, 1);
    oxws_config_reuse_port(null_mut(), 1);
    oxws_config_pause_while_queued(null_mut(), 1);
    oxws_config_add_subprotocol(null_mut(), null());
    oxws_config_add_header(null_mut(), null(), null());
    oxws_config_origin(null_mut(), null());
    oxws_config_allow_origin(null_mut(), null());
    oxws_config_allow_any_origin(null_mut());
    oxws_reply_set_phrase(null_mut(), null());
    oxws_reply_add_header(null_mut(), null(), null());
    oxws_reply_set_body(null_mut(), null(), 0);
    oxws_reply_set_subprotocol(null_mut(), null());
};

/// Calls that give a value, and whether that is the one which stands for a panic.
macro_rules! value_calls {
    ($($name:ident($($argument:expr),*) is $predicate:expr;)*) => {
        &[$((stringify!($name), || {
            // SAFETY: NULL is taken everywhere.
            #[allow(unused_unsafe)]
            let value = unsafe { $name($($argument),*) };
            $predicate(value)
        })),*]
    };
}

type ValueCall = fn() -> bool;

fn is_null<T>(pointer: *const T) -> bool {
    pointer.is_null()
}

fn is_there(text: *const c_char) -> bool {
    !text.is_null()
}

const VALUE_CALLS: &[(&str, ValueCall)] = value_calls! {
    oxws_library_version() is is_there;
    oxws_library_version_number() is |number| number == 0;
    oxws_status_name(-101) is is_there;
    oxws_status_message(-101) is is_there;
    oxws_status_close_code(-413) is |code| code == 0;
    oxws_status_http_status(-301) is |status| status == 0;
    oxws_loop_new() is |handle: *mut _| is_null::<oxws_loop>(handle);
    oxws_config_new() is |handle: *mut _| is_null::<oxws_config>(handle);
    oxws_reply_new(200) is |handle: *mut _| is_null::<oxws_reply>(handle);
    oxws_request_method(null(), null_mut()) is is_null;
    oxws_request_target(null(), null_mut()) is is_null;
    oxws_request_path(null(), null_mut()) is is_null;
    oxws_request_query(null(), null_mut()) is is_null;
    oxws_request_host(null(), null_mut()) is is_null;
    oxws_request_origin(null(), null_mut()) is is_null;
    oxws_request_header(null(), null(), 0, null_mut()) is is_null;
    oxws_request_header_count(null()) is |count| count == 0;
    oxws_request_header_at(null(), 0, null_mut(), null_mut(), null_mut())
        is is_null;
    oxws_request_subprotocol_count(null()) is |count| count == 0;
    oxws_request_subprotocol_at(null(), 0, null_mut()) is is_null;
    oxws_request_version(null()) is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_response_status(null()) is |status| status == 0;
    oxws_response_phrase(null(), null_mut()) is is_null;
    oxws_response_header(null(), null(), 0, null_mut()) is is_null;
    oxws_response_header_count(null()) is |count| count == 0;
    oxws_response_header_at(null(), 0, null_mut(), null_mut(), null_mut())
        is is_null;
    oxws_response_subprotocol(null(), null_mut()) is is_null;
    oxws_response_body(null(), null_mut()) is is_null;
    oxws_close_info_status(null()) is |status| status == NULL_ARGUMENT;
    oxws_close_info_code(null()) is |code| code == 0;
    oxws_close_info_reason(null(), null_mut()) is is_there;
    oxws_close_info_local_code(null()) is |code| code == 0;
    oxws_close_info_local_reason(null(), null_mut()) is is_there;
    oxws_close_info_remote_code(null()) is |code| code == 0;
    oxws_close_info_initiator(null())
        is |initiator| initiator == oxws_initiator::OXWS_INITIATOR_NONE;
    oxws_close_info_was_clean(null()) is |clean| clean == 0;
    oxws_close_info_os_error(null()) is |number| number == 0;
    oxws_close_info_http_status(null()) is |status| status == 0;
    oxws_close_code_name(1000) is is_null;
    oxws_close_code_description(1000) is is_null;
    oxws_close_code_is_sendable(1000) is |answer| answer == 0;
};

/// Those that have a test of their own.
const OTHERS: [&str; 4] =
    ["oxws_config_free", "oxws_loop_free", "oxws_loop_os_error", "oxws_reply_free"];

/// The functions that the header declares.
fn declared() -> BTreeSet<&'static str> {
    let prototype = |line: &'static str| {
        let starts_in_column_0 = line.starts_with(|first: char| first.is_ascii_lowercase());
        let (before, _) = line.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        (starts_in_column_0 && !line.starts_with("typedef") && name.starts_with("oxws_"))
            .then_some(name)
    };
    let header = include_str!("../../include/oxws.h");
    header.lines().filter_map(prototype).collect()
}

/// Whether a panic that was asked for has happened: otherwise the version would be 0 now.
fn has_panicked() -> bool {
    oxws_library_version_number() != 0
}

fn new_loop() -> *mut oxws_loop {
    let handle = oxws_loop_new();
    assert!(!handle.is_null());
    handle
}

fn free(handle: *mut oxws_loop) -> oxws_status {
    // SAFETY: the tests free each loop once, and do not use it afterwards.
    unsafe { oxws_loop_free(handle) }
}

#[test]
fn f10_the_tables_have_every_function_of_the_header() {
    let mut named = BTreeSet::from(OTHERS);
    named.extend(LOOP_CALLS.iter().map(|(name, _)| name));
    named.extend(STATUS_CALLS.iter().map(|(name, _)| name));
    named.extend(VALUE_CALLS.iter().map(|(name, _)| name));
    assert!(named.len() > 100);
    assert_eq!(named, declared());
}

#[test]
fn f10_a_panic_in_any_call_poisons_the_loop_for_every_call() {
    for (name, call) in LOOP_CALLS {
        let handle = new_loop();
        arm();
        assert_eq!(call(handle), PANIC, "{name}");
        assert!(has_panicked(), "{name}");
        for (next, call) in LOOP_CALLS {
            assert_eq!(call(handle), POISONED, "{next} after {name}");
        }
        // SAFETY: the loop has not been freed.
        assert_eq!(unsafe { oxws_loop_os_error(handle) }, 0);
        assert_eq!(free(handle), OK, "{name}");
    }
}

#[test]
fn f10_a_panic_without_a_loop_is_a_status() {
    for (name, call) in STATUS_CALLS {
        arm();
        assert_eq!(call(), PANIC, "{name}");
        assert!(has_panicked(), "{name}");
        assert_eq!(call(), NULL_ARGUMENT, "{name}");
    }
}

#[test]
fn f10_a_panic_where_no_status_fits_is_a_value() {
    for (name, call) in VALUE_CALLS {
        arm();
        assert!(call(), "{name}");
        assert!(has_panicked(), "{name}");
    }
}

#[test]
fn f10_a_loop_is_freed_although_it_panics() {
    let handle = new_loop();
    arm();
    // SAFETY: the loop has not been freed.
    assert_eq!(unsafe { oxws_loop_os_error(handle) }, 0);
    assert_eq!(free(handle), OK);

    let handle = new_loop();
    arm();
    assert_eq!(free(handle), OK);
    assert!(has_panicked());
}

#[test]
fn f10_configs_and_replies_are_freed_although_it_panics() {
    let (config, reply) = (oxws_config_new(), oxws_reply_new(200));
    // SAFETY: both are freed once.
    unsafe {
        arm();
        oxws_config_free(config);
        assert!(has_panicked());
        arm();
        oxws_reply_free(reply);
        assert!(has_panicked());
    }
}

unsafe extern "C" fn count(_: *mut oxws_loop, _: oxws_timer, user: *mut c_void) {
    // SAFETY: the user pointer is a counter that outlives the loop.
    unsafe { *user.cast::<u32>() += 1 };
}

unsafe extern "C" fn panic_inside(handle: *mut oxws_loop, timer: oxws_timer, user: *mut c_void) {
    // SAFETY: the loop calls back; the user pointer is that of `count`.
    unsafe {
        count(handle, timer, user);
        arm();
        assert_eq!(oxws_timer_cancel(handle, timer), PANIC);
        assert_eq!(oxws_loop_wake(handle), POISONED);
        assert_eq!(oxws_loop_free(handle), BUSY);
    }
}

#[test]
fn f10_a_panic_inside_a_callback_ends_the_round_and_nothing_is_freed_there() {
    let handle = new_loop();
    let mut calls = 0_u32;
    let user = std::ptr::from_mut(&mut calls).cast();
    // SAFETY: the loop is freed once, at the end, and the counter outlives it.
    unsafe {
        assert_eq!(oxws_timer_start(handle, 0, 0, Some(panic_inside), user, null_mut()), OK);
        assert_eq!(oxws_timer_start(handle, 0, 0, Some(count), user, null_mut()), OK);
        let mut polled = OK;
        while polled == OK {
            polled = oxws_loop_poll(handle, 10);
        }
        assert_eq!(polled, POISONED);
        assert_eq!(oxws_loop_free(handle), OK);
    }
    assert_eq!(calls, 1);
}
