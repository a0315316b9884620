//! Descriptors: none is lost, and what happens when none is left.

use std::time::{Duration, Instant};

use oxws::net::slots::Id;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::url::Place;

use crate::alone::{alone, descriptors, is_started_for};
use crate::harness::{Server, World, echo, ignore, options, options_with, unix_place};
use crate::served::{Served, serve, wait};
use crate::wire::{ACCEPTED, CLOSE, End, REQUEST, RawServer, TEXT, Wire, frame};

/// Lets rounds pass until only the waker, the listener and `left` connections are watched.
fn settle(world: &mut World, left: usize) {
    world.until("the sockets are closed", |world| world.watched() == 2 + left);
}

fn close_cleanly(world: &mut World, server: &Server) {
    let (mut wire, id) = world.open(server);
    wire.say(&frame(CLOSE, b""));
    world.report(id);
    world.until("the server stops sending", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
}

fn reset(world: &mut World, server: &Server) {
    let (mut wire, id) = world.open(server);
    wire.say(&frame(TEXT, b"a")[..3]);
    wire.reset();
    world.report(id);
}

fn abort(world: &mut World, server: &Server) {
    let (_wire, id) = world.open(server);
    world.event_loop.abort(id).unwrap();
    world.report(id);
}

fn break_a_rule(world: &mut World, server: &Server) {
    let (mut wire, id) = world.open(server);
    wire.say(b"\xff\xff");
    world.report(id);
}

fn refuse(world: &mut World, server: &Server) {
    let mut wire = Wire::connect(&server.place);
    wire.say(b"nonsense\r\n");
    world.until("it is refused", |_| {
        wire.pump();
        wire.end.is_some()
    });
}

fn leave_early(world: &mut World, server: &Server) {
    let mut wire = Wire::connect(&server.place);
    wire.say(&REQUEST[..30]);
    world.round();
}

/// At a loop of its own: elsewhere nobody is to be late, however slow the machine is.
fn time_out(_: &mut World, server: &Server) {
    let limits = options_with(|limits| limits.handshake_timeout_ms = 300);
    let mut world = World::new();
    let server = match server.place {
        Place::Host { .. } => world.listen(limits, ignore),
        _ => world.listen_at(&unix_place(), limits, ignore),
    };
    let mut wire = Wire::connect(&server.place);
    world.until("the handshake times out", |_| {
        wire.pump();
        wire.end.is_some()
    });
}

fn dial(world: &mut World, place: &Place) -> Id {
    world.connect(place, options(), ignore)
}

fn dial_in_vain(world: &mut World, _: &Server) {
    let gone = RawServer::new().place;
    let name = Place::Host { host: "no-such-host.invalid".into(), port: 1 };
    for place in [gone, name, unix_place()] {
        let id = dial(world, &place);
        world.report(id);
    }
}

fn give_up_dialling(world: &mut World, _: &Server) {
    let server = RawServer::new();
    let name = Place::Host { host: "localhost".into(), port: server.address().port() };
    for place in [&server.place, &name] {
        let id = dial(world, place);
        world.event_loop.abort(id).unwrap();
        world.report(id);
    }
}

fn dial_and_be_refused(world: &mut World, _: &Server) {
    let server = RawServer::new();
    let id = dial(world, &server.place);
    let mut wire = None;
    world.until("the request is refused", |world| {
        wire = wire.take().or_else(|| server.accept());
        if let Some(wire) = &mut wire {
            wire.say(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }
        world.closed(id) == 1
    });
}

fn talk_to_itself(world: &mut World, server: &Server) {
    let before = world.ended().len();
    let id = dial(world, &server.place);
    world.until("it is open", |world| world.opened().contains(&id));
    let frame = CloseFrame::new(None, "").unwrap();
    world.event_loop.close(id, frame).unwrap();
    world.until("both ends have ended", |world| world.ended().len() == before + 2);
}

#[test]
fn e21_no_way_to_end_a_connection_loses_a_descriptor() {
    alone("descriptors::e21_no_way_to_end_a_connection_loses_a_descriptor", || {
        type Scenario = (&'static str, fn(&mut World, &Server));
        let scenarios: [Scenario; 11] = [
            ("close_cleanly", close_cleanly),
            ("reset", reset),
            ("abort", abort),
            ("break_a_rule", break_a_rule),
            ("refuse", refuse),
            ("leave_early", leave_early),
            ("time_out", time_out),
            ("dial_in_vain", dial_in_vain),
            ("give_up_dialling", give_up_dialling),
            ("dial_and_be_refused", dial_and_be_refused),
            ("talk_to_itself", talk_to_itself),
        ];
        let at_first = descriptors();
        for unix in [false, true] {
            let mut world = World::new();
            let server = match unix {
                false => world.listen(options(), echo),
                true => world.listen_at(&unix_place(), options(), echo),
            };
            // Looking a name up may open something once and keep it.
            dial_in_vain(&mut world, &server);
            settle(&mut world, 0);
            let before = descriptors();
            for (name, scenario) in scenarios {
                for _ in 0..3 {
                    scenario(&mut world, &server);
                    settle(&mut world, 0);
                    // A thread that looks up a name, and that nobody waits for any more, may have one yet.
                    let what = format!("{name}, {unix}: as many descriptors as before");
                    world.until(&what, |_| descriptors() == before);
                }
            }
            // A loop that is dropped closes what it still has.
            let wires: Vec<_> = (0..5).map(|_| world.open(&server)).collect();
            dial(&mut world, &server.place);
            drop(world);
            drop(wires);
        }
        assert!(descriptors() <= at_first + 1, "{} of {at_first}", descriptors());
    });
}

#[test]
fn e13_without_descriptors_nothing_spins_and_freed_ones_are_used_at_once() {
    const NAME: &str =
        "descriptors::e13_without_descriptors_nothing_spins_and_freed_ones_are_used_at_once";
    if is_started_for(NAME) {
        return serve();
    }
    let limited = ["/bin/sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""];
    let server = Served::start(&limited, NAME);
    let mut control = server.open();
    let mut waiting: Vec<Wire> = (0..200).map(|_| Wire::connect(&server.place)).collect();
    waiting.iter_mut().for_each(|wire| wire.say(REQUEST));
    let mut open: Vec<Wire> = Vec::new();
    wait("as many are let in as there are descriptors", || {
        take_opened(&mut waiting, &mut open);
        open.len() >= 40
    });
    assert!(open.len() < 64, "{}", open.len());
    // For a while nothing changes but that one after another is sent away, after pauses of 100,
    // 200, 400 and 800 ms; the next one would be of a second.
    let used = server.processor_time();
    let began = Instant::now();
    wait("they pass", || began.elapsed() > Duration::from_millis(1_700));
    let spent = server.processor_time() - used;
    assert!(spent <= Duration::from_millis(80), "{spent:?} in 1.7 s");
    take_opened(&mut waiting, &mut open);
    let (full, ended) = (open.len(), waiting.iter().filter(|wire| wire.end.is_some()).count());
    assert!(ended <= 10, "{ended} were sent away");
    // Some go: others take their places.
    open.drain(..30);
    let freed = Instant::now();
    wait("the places are taken", || {
        take_opened(&mut waiting, &mut open);
        open.len() >= full - 3
    });
    assert!(freed.elapsed() < Duration::from_millis(400), "{:?}", freed.elapsed());
    // All go: everybody is served again.
    drop((open, waiting));
    let mut last = server.open();
    last.say(&frame(TEXT, b"hello"));
    wait("the answer comes", || {
        last.pump();
        last.received == b"\x81\x05hello"
    });
    assert!(server.stop(&mut control).success());
}

/// Moves the connections whose handshake has ended well.
fn take_opened(waiting: &mut Vec<Wire>, open: &mut Vec<Wire>) {
    waiting.iter_mut().for_each(Wire::pump);
    open.extend(waiting.extract_if(.., |wire| wire.received.starts_with(ACCEPTED)));
}
