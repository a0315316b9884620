//! The guard around every export: a panic inside becomes a status or a value of its own, and a loop
//! that has met one can only be freed.

mod calls;
mod calls_adopt;
mod calls_client;
mod calls_clients;
mod calls_codec;
mod calls_codes;
mod calls_deflate;
mod calls_dialling;
mod calls_failure;
mod calls_messages;
mod calls_prepared;
mod calls_protocol;
mod calls_proxy;
mod calls_reconnect;
mod calls_requests;
mod calls_test_kit;
mod calls_tls;
mod calls_vocabulary;
mod loops;
#[cfg(not(feature = "tls"))]
mod without_tls;

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::ptr::null_mut;

use super::config::*;
use super::event_loop::*;
use super::guard::test_hook::arm;
use super::library::*;
use super::loop_handle::*;
use super::loop_inquiry::*;
use super::reply::*;
use super::status::*;
use super::timer::*;
use super::vocabulary::*;
use calls::Calls;

/// Every group of nouns.
const ALL: &[Calls] = &[
    loops::CALLS,
    calls_adopt::CALLS,
    calls_client::CALLS,
    calls_clients::CALLS,
    calls_codec::CALLS,
    calls_codes::CALLS,
    calls_failure::CALLS,
    calls_deflate::CALLS,
    calls_dialling::CALLS,
    calls_messages::CALLS,
    calls_prepared::CALLS,
    calls_protocol::CALLS,
    calls_proxy::CALLS,
    calls_reconnect::CALLS,
    calls_requests::CALLS,
    calls_test_kit::CALLS,
    calls_tls::CALLS,
    calls_vocabulary::CALLS,
];

const OK: oxws_status = 0;
const NULL_ARGUMENT: oxws_status = -101;
const BUSY: oxws_status = -103;
const PANIC: oxws_status = -900;
const POISONED: oxws_status = -901;

/// The functions that the header declares.
fn declared() -> BTreeSet<&'static str> {
    let prototype = |line: &'static str| {
        let starts_in_column_0 = line.starts_with(|first: char| first.is_ascii_lowercase());
        let (before, _) = line.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        (starts_in_column_0 && !line.starts_with("typedef") && name.starts_with("oxws_"))
            .then_some(name)
    };
    let header = include_str!("../../../include/oxws.h");
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
    let mut named = BTreeSet::new();
    for calls in ALL {
        named.extend(calls.others);
        named.extend(calls.on_loops.iter().map(|(name, _)| name));
        named.extend(calls.with_status.iter().map(|(name, _)| name));
        named.extend(calls.with_value.iter().map(|(name, _)| name));
    }
    assert!(named.len() > 100);
    assert_eq!(named, declared());
}

#[test]
fn f10_a_panic_in_any_call_poisons_the_loop_for_every_call() {
    for (name, call) in ALL.iter().flat_map(|calls| calls.on_loops) {
        let handle = new_loop();
        arm();
        assert_eq!(call(handle), PANIC, "{name}");
        assert!(has_panicked(), "{name}");
        for (next, call) in ALL.iter().flat_map(|calls| calls.on_loops) {
            assert_eq!(call(handle), POISONED, "{next} after {name}");
        }
        // SAFETY: the loop has not been freed.
        assert_eq!(unsafe { oxws_loop_os_error(handle) }, 0);
        assert_eq!(free(handle), OK, "{name}");
    }
}

#[test]
fn f10_a_panic_without_a_loop_is_a_status() {
    for (name, call) in ALL.iter().flat_map(|calls| calls.with_status) {
        arm();
        assert_eq!(call(), PANIC, "{name}");
        assert!(has_panicked(), "{name}");
        assert_eq!(call(), NULL_ARGUMENT, "{name}");
    }
}

#[test]
fn f10_a_panic_where_no_status_fits_is_a_value() {
    for (name, call) in ALL.iter().flat_map(|calls| calls.with_value) {
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
