//! What other threads ask of a loop: order, limits, and who is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use oxws::net::loop_event::ConnectionEvent;
use oxws::net::mailbox::Command;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::MessageType;

use crate::harness::{Loop, What, World, echo, ignore, options};
use crate::wire::{ACCEPTED, BINARY, CLOSE, End, PING, REQUEST, TEXT, Wire, frame};

fn send(id: Id, payload: &[u8]) -> Command<u32> {
    Command::Send(id, MessageType::Binary, payload.into())
}

#[test]
fn f12_commands_of_each_thread_are_obeyed_in_order() {
    const THREADS: u8 = 4;
    const EACH: u32 = 2_000;
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let mailbox = Arc::clone(world.event_loop.mailbox());
            thread::spawn(move || {
                for number in 0..EACH {
                    let mut payload = vec![thread];
                    payload.extend(number.to_be_bytes());
                    while mailbox.put(send(id, &payload)).is_err() {
                        thread::yield_now();
                    }
                    if number % 100 == 0 {
                        mailbox.put(Command::Post(u32::from(thread))).unwrap();
                    }
                }
            })
        })
        .collect();
    let total = usize::from(THREADS) * usize::try_from(EACH).unwrap();
    let mut frames = Vec::new();
    world.until("all has arrived", |_| {
        wire.pump();
        frames.extend(wire.frames());
        frames.len() == total
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    for thread in 0..THREADS {
        let own = frames.iter().filter(|frame| frame.1[0] == thread);
        let numbers: Vec<u32> =
            own.map(|frame| u32::from_be_bytes(frame.1[1..].try_into().unwrap())).collect();
        assert!(numbers.into_iter().eq(0..EACH));
    }
    world.until("all posts have come", |world| world.posted.len() == 80);
    let mut posted = world.posted.clone();
    posted.sort_unstable();
    assert!(posted.chunks(20).zip(0..).all(|(own, thread)| own == [thread; 20]));
}

#[test]
fn f12_each_command_does_what_it_says() {
    let mut world = World::new();
    let mut deciding = options();
    deciding.decides_requests = true;
    let server = world.listen(deciding, ignore);
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let ask = |world: &mut World| {
        let mut wire = Wire::connect(&server.place);
        wire.say(REQUEST);
        let before = world.notes.len();
        world.until("the request is reported", |world| world.notes.len() > before);
        let id = world.notes[before].0;
        (wire, id)
    };
    let (mut wire, id) = ask(&mut world);
    let put = |command| mailbox.put(command).unwrap();
    put(Command::Accept(id, Box::new(Reply::new(200).unwrap())));
    // All of it is obeyed before the opening is reported.
    put(send(id, b"a"));
    put(Command::Ping(id, b"p".as_slice().into()));
    put(Command::Send(id, MessageType::Text, b"t".as_slice().into()));
    put(Command::Close(id, CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap()));
    put(send(id, b"too late"));
    world.until("all has arrived", |_| {
        wire.pump();
        wire.received.ends_with(b"\x88\x02\x03\xe8")
    });
    let head = wire.received.drain(..ACCEPTED.len()).collect::<Vec<u8>>();
    assert_eq!(head, ACCEPTED);
    let kinds: Vec<u8> = wire.frames().iter().map(|frame| frame.0).collect();
    assert_eq!(kinds, [BINARY, PING, TEXT, CLOSE]);
    let (mut wire, id) = ask(&mut world);
    put(Command::Respond(id, Box::new(Reply::new(404).unwrap())));
    world.until("the answer comes", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    assert!(wire.text().starts_with("HTTP/1.1 404 "));
    let (_wire, id) = ask(&mut world);
    put(Command::Abort(id));
    assert_eq!(world.report(id).error, Some(ErrorCode::Cancelled));
    // What comes too late finds nobody and harms nobody.
    put(Command::Abort(id));
    put(send(id, b"x"));
    put(Command::Close(id, CloseFrame::new(None, "").unwrap()));
    put(Command::Accept(id, Box::new(Reply::new(200).unwrap())));
    put(Command::Post(5));
    world.until("the post comes", |world| world.posted == [5]);
    assert_eq!(world.closed(id), 1);
}

#[test]
fn f12_a_full_mailbox_refuses_and_keeps_what_it_has() {
    let mut world = World::new();
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let mut accepted = 0;
    while mailbox.put(Command::Post(accepted)).is_ok() {
        accepted += 1;
    }
    assert!((65_536..=131_072).contains(&accepted), "{accepted}");
    assert_eq!(mailbox.put(Command::Post(0)), Err(ErrorCode::WouldExceed));
    world.round();
    assert!(world.posted.iter().copied().eq(0..accepted));
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    let piece = vec![7; 1 << 20];
    let mut accepted = 0;
    while mailbox.put(send(id, &piece)).is_ok() {
        accepted += 1;
    }
    assert!((1..=17).contains(&accepted), "{accepted} MiB");
    let mut frames = 0;
    world.until("what was accepted arrives whole", |_| {
        wire.pump();
        frames += wire.frames().iter().filter(|frame| frame.1 == piece).count();
        frames == accepted
    });
    world.until("there is room again", |_| mailbox.put(send(id, b"on")).is_ok());
}

#[test]
fn e02_sends_of_other_threads_are_refused_while_the_peer_does_not_read() {
    let mut world = World::new();
    let mut options = options();
    options.max_queued_bytes = 100_000;
    let server = world.listen_with_send_buffer(4096, options, ignore);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let id = world.open_on(&mut wire);
    let (mut other, other_id) = world.open(&server);
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let mut sent = 0_usize;
    for round in 0..20 {
        for _ in 0..50 {
            match mailbox.put(send(id, &[1; 1000])) {
                Ok(()) => sent += 1,
                Err(error) => assert_eq!(error, ErrorCode::WouldExceed),
            }
        }
        world.round();
        assert!(world.event_loop.queued_bytes(id).unwrap() < 160_000, "{round}");
    }
    assert_eq!(mailbox.put(send(id, b"")), Err(ErrorCode::WouldExceed));
    let ping = Command::Ping(id, Box::default());
    assert_eq!(mailbox.put(ping), Err(ErrorCode::WouldExceed));
    // Others are not affected, nor is ending it.
    mailbox.put(send(other_id, b"hi")).unwrap();
    world.until("the other gets its message", |_| {
        other.pump();
        other.received == b"\x82\x02hi"
    });
    let mut frames = Vec::new();
    world.until("all that was accepted arrives", |_| {
        wire.pump();
        frames.extend(wire.frames());
        frames.len() == sent
    });
    assert!(frames.iter().all(|frame| frame.1 == [1; 1000]));
    world.until("the owner is told", |world| world.writable(id) == 1);
    mailbox.put(send(id, b"on")).unwrap();
    world.until("a further message arrives", |_| {
        wire.pump();
        wire.received == b"\x82\x02on"
    });
}

/// At each message, fills the queue of the connection that it names and then stops reading there.
fn fill_and_pause(event_loop: &mut Loop, _: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { payload, .. }) = event {
        let id = u64::from_be_bytes(payload.as_slice().try_into().unwrap());
        event_loop.send(id, MessageType::Binary, &[1; 2_000]).unwrap();
        event_loop.pause_reading(id).unwrap();
        event_loop.resume_reading(id).unwrap();
    }
}

#[test]
fn e02_a_queue_that_was_full_for_a_moment_does_not_shut_other_threads_out() {
    let mut world = World::new();
    let mut options = options();
    options.max_queued_bytes = 1_000;
    let server = world.listen(options, fill_and_pause);
    let (mut first, _) = world.open(&server);
    let (mut second, id) = world.open(&server);
    first.say(&frame(BINARY, &id.to_be_bytes()));
    world.until("the message arrives", |_| {
        second.pump();
        second.received.len() == 2_004
    });
    assert_eq!(world.event_loop.queued_bytes(id), Ok(0));
    let mailbox = Arc::clone(world.event_loop.mailbox());
    world.until("other threads may send", |_| mailbox.put(send(id, b"a")).is_ok());
    world.until("and what they sent arrives", |_| {
        second.pump();
        second.received.ends_with(b"\x82\x01a")
    });
}

#[test]
fn f12_a_wake_ends_a_wait_and_a_stop_is_seen_once() {
    let mut world = World::new();
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let done = Arc::new(AtomicBool::new(false));
    let waker = {
        let (mailbox, done) = (Arc::clone(&mailbox), Arc::clone(&done));
        thread::spawn(move || {
            while !done.load(Ordering::SeqCst) {
                mailbox.wake();
                thread::yield_now();
            }
            mailbox.stop();
        })
    };
    let started = Instant::now();
    for _ in 0..100 {
        world.event_loop.poll(Some(Duration::from_secs(30))).unwrap();
        world.steps();
    }
    done.store(true, Ordering::SeqCst);
    waker.join().unwrap();
    world.event_loop.poll(Some(Duration::from_secs(30))).unwrap();
    world.steps();
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(mailbox.take_stop());
    assert!(!mailbox.take_stop());
    // A command wakes too, even if it was left before the wait began.
    mailbox.put(Command::Post(7)).unwrap();
    world.event_loop.poll(Some(Duration::from_secs(30))).unwrap();
    world.steps();
    assert_eq!(world.posted, [7]);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn f12_a_mailbox_outlives_its_loop() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (_wire, id) = world.open(&server);
    let mailbox = Arc::clone(world.event_loop.mailbox());
    world.event_loop.shut_down();
    world.steps();
    assert_eq!(world.report(id).error, Some(ErrorCode::LoopFreed));
    assert!(matches!(world.notes.last(), Some((_, What::Closed(_)))));
    drop(world);
    assert_eq!(mailbox.put(send(id, b"a")), Err(ErrorCode::LoopFreed));
    mailbox.wake();
    mailbox.stop();
    assert!(mailbox.take_stop());
}
