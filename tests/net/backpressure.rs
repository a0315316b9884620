//! Peers that read slowly, in bits, or not at all.

use std::time::{Duration, Instant};

use oxws::net::loop_event::ConnectionEvent;
use oxws::net::mailbox::Command;
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::opcode::MessageType;

use crate::harness::{Loop, Server, World, ignore, options, options_with, unix_place};
use crate::wire::{BINARY, PING, PONG, RawServer, Wire, frame};

/// A small queue limit, in bytes.
const LIMIT: u64 = 100_000;

/// A message whose bytes tell its number.
fn message(at: usize, bytes: usize) -> Vec<u8> {
    let number = u32::try_from(at).unwrap().to_be_bytes();
    number.iter().copied().cycle().take(bytes).collect()
}

/// A listener with small buffers and a connection to it whose peer has read nothing.
fn stuffed(world: &mut World, unix: bool) -> (Server, Wire, u64) {
    let mut options = options();
    options.max_queued_bytes = LIMIT;
    let server = match unix {
        true => world.listen_at(&unix_place(), options, ignore),
        false => world.listen_with_send_buffer(4096, options, ignore),
    };
    let receive_buffer = (!unix).then_some(4096);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, receive_buffer);
    let id = world.open_on(&mut wire);
    (server, wire, id)
}

#[test]
fn e02_a_send_beyond_the_limit_queues_nothing_and_room_is_told_of_below_half() {
    for unix in [false, true] {
        // The last two are written from where they lie.
        for size in [1_000, 30_000, 64 * 1024, 250_000] {
            let mut world = World::new();
            let (_server, mut wire, id) = stuffed(&mut world, unix);
            let mut sent = 0;
            let refused = loop {
                match world.event_loop.send(id, MessageType::Binary, &message(sent, size)) {
                    Ok(()) => sent += 1,
                    Err(error) => break error,
                }
                assert!(sent < 10_000, "never refused");
            };
            assert_eq!(refused, ErrorCode::WouldExceed);
            let queued = world.event_loop.queued_bytes(id).unwrap();
            let most = usize::try_from(LIMIT).unwrap() + size + 14;
            assert!((100_000..most).contains(&queued), "{queued} of {size}");
            assert_eq!(world.event_loop.ping(id, b"p"), Err(ErrorCode::WouldExceed));
            assert_eq!(world.event_loop.queued_bytes(id), Ok(queued));
            for _ in 0..5 {
                world.round();
            }
            assert_eq!(world.writable(id), 0, "told although nothing was read");
            let mut frames = Vec::new();
            let mut queued_when_told = None;
            world.until("all that was accepted arrives", |world| {
                wire.pump_in(3_000);
                frames.extend(wire.frames());
                if world.writable(id) > 0 && queued_when_told.is_none() {
                    queued_when_told = world.event_loop.queued_bytes(id).ok();
                }
                frames.len() == sent && world.event_loop.queued_bytes(id) == Ok(0)
            });
            for (at, (first, payload)) in frames.iter().enumerate() {
                assert_eq!(*first, BINARY);
                assert!(*payload == message(at, size), "message {at} of {size}");
            }
            world.until("it is told once", |world| world.writable(id) == 1);
            assert!(queued_when_told.unwrap_or(0) < 50_000, "{queued_when_told:?}");
            world.event_loop.send(id, MessageType::Binary, b"more").unwrap();
            world.until("a further message arrives, and nothing else", |_| {
                wire.pump();
                wire.received == b"\x82\x04more"
            });
            assert_eq!(world.writable(id), 1);
        }
    }
}

#[test]
fn e02_a_peer_that_takes_nothing_is_given_up_after_the_stall_timeout() {
    let mut world = World::new();
    let mut options = options();
    // The system itself may take 200 ms to find that a small window is open again.
    options.write_stall_timeout_ms = 1000;
    let server = world.listen_with_send_buffer(4096, options, ignore);
    let mut stuck = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let stuck_id = world.open_on(&mut stuck);
    let mut slow = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let slow_id = world.open_on(&mut slow);
    let started = Instant::now();
    let payload = vec![1; 900_000];
    for id in [stuck_id, slow_id] {
        world.event_loop.send(id, MessageType::Binary, &payload).unwrap();
    }
    let mut frames = Vec::new();
    // Reads a little at a time, so that far more than the timeout passes.
    let mut last = Instant::now();
    world.until("the slow peer has all and the other is given up", |world| {
        if last.elapsed() > Duration::from_millis(30) {
            slow.pump_in(16 * 1024);
            frames.extend(slow.frames());
            last = Instant::now();
        }
        // That the owner goes on trying is no progress.
        let _ = world.event_loop.send(stuck_id, MessageType::Binary, &[2; 100_000]);
        !frames.is_empty() && world.closed(stuck_id) == 1
    });
    assert!(started.elapsed() > Duration::from_millis(1500));
    assert_eq!(world.report(stuck_id).error, Some(ErrorCode::WriteStalled));
    assert!(frames == [(BINARY, payload)]);
    assert_eq!(world.closed(slow_id), 0);
    world.until("the stuck socket is closed", |world| world.watched() == 3);
}

/// Sends each message back, which must never be refused.
fn echo_all(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { kind, payload }) = event {
        assert_eq!(event_loop.send(id, *kind, payload.as_slice()), Ok(()));
    }
}

#[test]
fn e02_a_server_can_wait_for_its_peer_to_read() {
    let mut world = World::new();
    let mut options = options_with(|limits| {
        limits.ping_interval_ms = 200;
        limits.pong_timeout_ms = 250;
    });
    options.pauses_while_queued = true;
    let server = world.listen_with_send_buffer(4096, options, echo_all);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let id = world.open_on(&mut wire);
    let payload = message(7, 10_000);
    let count = 800;
    wire.say(&frame(BINARY, &payload).repeat(count));
    let mut most = 0;
    for _ in 0..200 {
        wire.say(&[]);
        world.round();
        most = most.max(world.event_loop.queued_bytes(id).unwrap());
    }
    // What came in one read is answered; the rest stays with the peer.
    assert!((500_000..1_048_576).contains(&most), "{most}");
    assert!(wire.unsent() > 0);
    // It reads on, slowly, and answers no ping, as it cannot see one yet.
    let started = Instant::now();
    let mut frames = 0;
    let mut last = Instant::now();
    world.until("each message comes back", |world| {
        assert_eq!(world.closed(id), 0, "{:?}", world.notes.last());
        wire.say(&[]);
        let is_slow = started.elapsed() < Duration::from_millis(1_200);
        if !is_slow || last.elapsed() > Duration::from_millis(20) {
            wire.pump_in(if is_slow { 2_000 } else { 100_000 });
            last = Instant::now();
        }
        for (first, got) in wire.frames() {
            match first {
                BINARY => {
                    assert!(got == payload);
                    frames += 1;
                }
                PING => wire.say(&frame(PONG, &got)),
                other => panic!("{other:#x}"),
            }
        }
        frames == count
    });
}

#[test]
fn e02_a_peer_is_read_from_however_little_may_wait_for_it() {
    for max_queued_bytes in 1..4 {
        let mut world = World::new();
        let mut options = options();
        options.pauses_while_queued = true;
        options.max_queued_bytes = max_queued_bytes;
        let server = world.listen(options, echo_all);
        let (mut wire, id) = world.open(&server);
        for _ in 0..3 {
            wire.say(&frame(BINARY, b"a"));
            world.until("it comes back", |_| {
                wire.pump();
                wire.received == b"\x82\x01a"
            });
            wire.received.clear();
        }
        assert_eq!(world.closed(id), 0);
    }
}

#[test]
fn e02_room_is_told_of_only_while_messages_pass() {
    let mut world = World::new();
    let raw = RawServer::new();
    let mut options = options();
    options.sees_requests = true;
    options.max_queued_bytes = 1;
    let id = world.connect(&raw.place, options, ignore);
    world.until("the request is there", |world| !world.story(id).is_empty());
    let request = ClientRequest::new("a.example", "/chat").unwrap();
    world.event_loop.mailbox().put(Command::Post(7)).unwrap();
    world.event_loop.poll(Some(Duration::from_millis(1))).unwrap();
    // Inside a round, outside of the connection's turn.
    world.event_loop.send_request(id, &request).unwrap();
    world.steps();
    world.rounds(3);
    assert_eq!(world.story(id), ["connecting"]);
}

#[test]
fn e10_small_buffers_and_reads_of_any_size_keep_each_byte() {
    for unix in [false, true] {
        let mut world = World::new();
        let (server, mut wire, id) = stuffed(&mut world, unix);
        drop(server);
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            usize::try_from(state >> 16).unwrap()
        };
        let mut want: Vec<Vec<u8>> = Vec::new();
        let mut got = Vec::new();
        let mut bytes = 0;
        while bytes < 5_000_000 {
            let size = match next() % 4 {
                0 => next() % 126,
                1 => next() % 1_000,
                2 => next() % 70_000,
                _ => 65_000 + next() * 3,
            };
            let payload = message(want.len(), size);
            match world.event_loop.send(id, MessageType::Binary, &payload) {
                Ok(()) => {
                    bytes += payload.len();
                    want.push(payload);
                }
                Err(ErrorCode::WouldExceed) => {
                    wire.pump_in(1 + next() % 9_000);
                    got.extend(wire.frames());
                    world.round();
                }
                Err(error) => panic!("{error}"),
            }
        }
        world.until("all arrives", |_| {
            wire.pump_in(1 + next() % 90_000);
            got.extend(wire.frames());
            got.len() == want.len()
        });
        assert!(want.len() > 30 && got.iter().map(|frame| &frame.1).eq(want.iter()));
        assert!(wire.received.is_empty());
    }
}

#[test]
fn e01_of_pongs_that_are_not_read_only_the_newest_is_kept() {
    const PINGS: u32 = 200_000;
    let mut world = World::new();
    world.only_counts = true;
    let options = options_with(|limits| limits.control_burst = u32::MAX);
    let server = world.listen_with_send_buffer(4096, options, ignore);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let id = world.open_on(&mut wire);
    let mut pings = Vec::new();
    for number in 0..PINGS {
        pings.extend(frame(PING, &number.to_be_bytes()));
    }
    wire.say(&pings);
    let mut most = 0;
    world.until("all pings have come", |world| {
        wire.say(&[]);
        most = most.max(world.event_loop.queued_bytes(id).unwrap());
        world.counted == usize::try_from(PINGS).unwrap()
    });
    // What one read brought is answered at once; from then on nothing piles up.
    assert!(most < 400_000, "{most}");
    let mut pongs = Vec::new();
    world.until("the last pong comes", |_| {
        wire.pump();
        pongs.extend(wire.frames());
        pongs.last() == Some(&(PONG, (PINGS - 1).to_be_bytes().to_vec()))
    });
    assert!(pongs.len() < usize::try_from(PINGS).unwrap() / 2, "{}", pongs.len());
    assert!(pongs.is_sorted() && pongs.iter().all(|pong| pong.0 == PONG));
    assert_eq!(world.event_loop.queued_bytes(id), Ok(0));
}

#[test]
fn e01_a_flood_of_pings_is_a_violation() {
    let mut world = World::new();
    world.only_counts = true;
    let limits = options_with(|limits| limits.control_per_second = 0);
    let server = world.listen(limits, ignore);
    let (mut wire, id) = world.open(&server);
    wire.say(&frame(PING, b"").repeat(1_000_000));
    world.report(id);
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::ControlFlood));
    let local = report.local.as_ref().unwrap();
    assert_eq!(local.code.number(), 1008);
    // As many as may come at once, and not one more.
    assert_eq!(world.counted, 10_000);
    world.until("the socket is closed", |world| world.watched() == 2);
}
