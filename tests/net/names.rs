//! Connecting by name: names that do not exist, and connections given up while they are looked up.

use std::time::{Duration, Instant};

use oxws::net::inquiry::State;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::error::ErrorCode;

use crate::dialling::{asked, host};
use crate::harness::{World, ignore, options};
use crate::wire::{RawServer, accept_of};

#[test]
fn d13_a_name_that_cannot_be_found_is_reported() {
    let mut world = World::new();
    // Names that the system refuses without asking anybody, who might take long to answer.
    for name in ["a".repeat(64), "a..b".to_owned(), "-".to_owned()] {
        let id = world.connect(&host(&name, 80), options(), ignore);
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::ResolveFailed), "{name}");
        assert_eq!(world.closed(id), 1);
    }
    assert_eq!(world.event_loop.connection_count(), 0);
    assert_eq!(world.watched(), 1);
}

#[test]
fn d13_a_name_is_found_and_connected_to() {
    let mut world = World::new();
    let server = RawServer::new();
    let place = host("localhost", server.address().port());
    let id = world.connect(&place, options(), ignore);
    assert_eq!(world.event_loop.state(id), Ok(State::Resolving));
    let mut wire = asked(&mut world, &server);
    let accept = accept_of(&wire.received);
    wire.say(&accept);
    world.until("the connection opens", |world| world.opened() == [id]);
}

#[test]
fn d13_connections_that_are_given_up_while_names_are_looked_up_end_once() {
    let mut world = World::new();
    let server = RawServer::new();
    let place = host("localhost", server.address().port());
    let mut ids = Vec::new();
    for round in 0..50 {
        let id = world.connect(&place, options(), ignore);
        match round % 2 {
            0 => world.event_loop.abort(id).unwrap(),
            _ => {
                let frame = CloseFrame::new(None, "").unwrap();
                world.event_loop.close(id, frame).unwrap();
            }
        }
        assert_eq!(world.event_loop.state(id), Ok(State::Closed));
        assert_eq!(world.event_loop.abort(id), Err(ErrorCode::Closed));
        ids.push(id);
        if round % 4 == 0 {
            world.round();
        }
    }
    world.until("all have ended", |world| world.ended().len() == 50);
    // The answers come late and find nobody.
    for _ in 0..20 {
        world.round();
    }
    let mut ended = world.ended();
    ended.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ended, ids);
    assert!(server.accept().is_none());
    for id in ids {
        assert_eq!(world.report(id).error, Some(ErrorCode::Cancelled));
    }
}

#[test]
fn d13_a_loop_is_dropped_while_names_are_looked_up() {
    for _ in 0..20 {
        let mut world = World::new();
        let started = Instant::now();
        let ids =
            [0; 8].map(|_| world.connect(&host("no-such-host.invalid", 80), options(), ignore));
        world.event_loop.shut_down();
        world.steps();
        for id in ids {
            assert_eq!(world.report(id).error, Some(ErrorCode::LoopFreed));
        }
        drop(world);
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}
