//! Messages that are prepared: shared by connections, masked or compressed for one alone, refused where a
//! queue is full, and sent to everybody.

use std::sync::Arc;
use std::thread;

use flate2::{Decompress, FlushDecompress};
use oxws::net::broadcast::Audience;
use oxws::net::mailbox::Command;
use oxws::net::parcel::Parcel;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::deflate::terms::Direction;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;

use crate::deflated::{compressing_with, offer};
use crate::harness::{Server, World, echo, ignore, options, text};
use crate::wire::{BINARY, CLOSE, PING, RawServer, TEXT, Wire, accept_of, frame};

fn prepared(payload: &[u8]) -> Arc<Prepared> {
    Arc::new(Prepared::new(MessageType::Binary, payload, Choice::BySize).unwrap())
}

/// Bytes that tell whose they are and where.
fn bytes(number: usize, count: usize) -> Vec<u8> {
    (0..count).map(|at| ((at * 13 + number * 7) % 251) as u8).collect()
}

fn everybody() -> Audience {
    Audience::default()
}

#[derive(Debug)]
struct Note;

impl Parcel for Note {
    fn payload(&self) -> &[u8] {
        &[]
    }
}

/// A connection whose buffers are small.
fn slow(world: &mut World, limit: u64) -> (Server, Wire, Id) {
    let mut options = options();
    options.max_queued_bytes = limit;
    let server = world.listen_with_send_buffer(4096, options, ignore);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    let id = world.open_on(&mut wire);
    (server, wire, id)
}

#[test]
fn e10_prepared_messages_keep_their_place_among_all_others() {
    // Small ones may be copied, large ones lie where they are; a slow peer takes either in bits.
    for size in [0, 10, 125, 126, 1_000, 1_020, 1_021, 5_000, 65_535, 65_536, 100_000] {
        let mut world = World::new();
        let (_server, mut wire, id) = slow(&mut world, u64::MAX);
        let shared = prepared(&bytes(1, size));
        let mut want = Vec::new();
        for number in 0..40 {
            let event_loop = &mut world.event_loop;
            event_loop.send_prepared(id, &shared, None).unwrap();
            want.push((BINARY, bytes(1, size)));
            match number % 4 {
                0 => {
                    event_loop.send(id, MessageType::Binary, &bytes(number, 900)).unwrap();
                    want.push((BINARY, bytes(number, 900)));
                }
                1 => {
                    event_loop.ping(id, b"between").unwrap();
                    want.push((PING, b"between".to_vec()));
                }
                2 => {
                    event_loop.send_prepared(id, &shared, Some(Box::new(Note))).unwrap();
                    want.push((BINARY, bytes(1, size)));
                }
                _ => {
                    event_loop.send(id, MessageType::Binary, &bytes(number, 70_000)).unwrap();
                    want.push((BINARY, bytes(number, 70_000)));
                }
            }
        }
        let mut frames = Vec::new();
        world.until("all arrives", |_| {
            wire.pump_in(3_000);
            frames.extend(wire.frames());
            frames.len() == want.len()
        });
        assert!(frames == want, "{size}");
        world.until("ten are told of", |world| world.delivered.len() == 10);
        assert!(world.delivered.iter().all(|one| one.result.is_ok()));
        assert_eq!(world.event_loop.queued_bytes(id), Ok(0));
        assert_eq!(Arc::strong_count(&shared), 1);
    }
}

#[test]
fn e02_a_full_queue_refuses_a_prepared_message_and_room_is_told_of() {
    for size in [100, 5_000] {
        let mut world = World::new();
        let (_server, mut wire, id) = slow(&mut world, 100_000);
        let shared = prepared(&bytes(3, size));
        let mut sent = 0;
        while world.event_loop.send_prepared(id, &shared, None).is_ok() {
            sent += 1;
            assert!(sent < 100_000, "never refused");
        }
        let refused = world.event_loop.send_prepared(id, &shared, None);
        assert_eq!(refused, Err(ErrorCode::WouldExceed));
        let queued = world.event_loop.queued_bytes(id).unwrap();
        assert!((100_000..100_000 + size + 4).contains(&queued), "{queued}");
        let mut ids = Vec::new();
        let reached = world.event_loop.broadcast(&shared, everybody(), |id| ids.push(id));
        assert_eq!((reached, ids), (Ok(0), vec![id]));
        let mut frames = Vec::new();
        world.until("all that was accepted arrives", |_| {
            wire.pump_in(3_000);
            frames.extend(wire.frames());
            frames.len() == sent
        });
        assert!(frames.iter().all(|frame| *frame == (BINARY, bytes(3, size))));
        world.until("it is told once", |world| world.writable(id) == 1);
    }
}

#[test]
fn e10_what_waits_when_the_end_begins_still_leaves_before_the_close_frame() {
    let mut world = World::new();
    let (_server, mut wire, id) = slow(&mut world, u64::MAX);
    let shared = prepared(&bytes(5, 20_000));
    for _ in 0..30 {
        world.event_loop.send_prepared(id, &shared, None).unwrap();
    }
    world.event_loop.send_prepared(id, &shared, Some(Box::new(Note))).unwrap();
    drop(shared);
    let close = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
    world.event_loop.close(id, close).unwrap();
    // The peer's Close frame ends the connection while most of that waits.
    wire.say(&frame(CLOSE, &[3, 232]));
    world.until("the end is reported", |world| world.closed(id) == 1);
    assert_eq!(world.delivered.len(), 1);
    let mut frames = Vec::new();
    world.until("all arrives", |_| {
        wire.pump_in(3_000);
        frames.extend(wire.frames());
        frames.len() == 32
    });
    assert!(frames[..31].iter().all(|frame| *frame == (BINARY, bytes(5, 20_000))));
    assert_eq!(frames[31], (CLOSE, vec![3, 232]));
}

#[test]
fn e12_a_connection_that_breaks_lets_go_of_what_it_shares() {
    let mut world = World::new();
    let (_server, wire, id) = slow(&mut world, u64::MAX);
    let shared = prepared(&bytes(5, 50_000));
    for _ in 0..20 {
        world.event_loop.send_prepared(id, &shared, None).unwrap();
    }
    world.event_loop.send_prepared(id, &shared, Some(Box::new(Note))).unwrap();
    wire.reset();
    world.until("the end is reported", |world| world.closed(id) == 1);
    assert_eq!(world.delivered[0].result, Err(ErrorCode::Closed));
    let refused = world.event_loop.send_prepared(id, &shared, None);
    assert_eq!(refused, Err(ErrorCode::NotFound));
    // Nothing holds the message any more but this test.
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn a07_a_client_masks_a_prepared_message_with_a_fresh_key_each_time() {
    let mut world = World::new();
    let raw = RawServer::new();
    let id = world.connect(&raw.place, options(), ignore);
    let mut wire = None;
    world.until("it connects", |_| {
        wire = raw.accept();
        wire.is_some()
    });
    let mut wire = wire.unwrap();
    world.until("it asks", |_| {
        wire.pump();
        wire.received.ends_with(b"\r\n\r\n")
    });
    let answer = accept_of(&wire.received);
    wire.received.clear();
    wire.say(&answer);
    world.until("it is open", |world| world.opened() == [id]);
    let shared = prepared(b"as it is");
    for _ in 0..2 {
        world.event_loop.send_prepared(id, &shared, None).unwrap();
    }
    assert_eq!(world.event_loop.broadcast(&shared, everybody(), |_| ()), Ok(1));
    world.until("three arrive", |_| {
        wire.pump();
        wire.received.len() == 3 * 14
    });
    let mut keys = Vec::new();
    for frame in wire.received.chunks(14) {
        assert_eq!(frame[..2], [BINARY, 0x88]);
        let unmasked = frame[6..].iter().zip(frame[2..6].iter().cycle()).map(|(a, b)| a ^ b);
        assert_eq!(unmasked.collect::<Vec<_>>(), b"as it is");
        keys.push(frame[2..6].to_vec());
    }
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn b07_everyone_gets_a_prepared_message_as_it_was_agreed_with_him() {
    let mut world = World::new();
    let line = "a line that repeats itself, a line that repeats itself, ".repeat(40);
    // First bytes of its frame, and whether the two messages have the same bytes.
    let kinds = [
        (compressing_with(Direction { takes_over: false, window_bits: 15 }), 0xc1, true),
        (compressing_with(Direction { takes_over: false, window_bits: 15 }), 0xc1, true),
        (compressing_with(Direction { takes_over: false, window_bits: 10 }), 0xc1, true),
        (compressing_with(Direction { takes_over: true, window_bits: 15 }), 0xc1, false),
        (options(), TEXT, true),
    ];
    let mut wires = Vec::new();
    for (options, first, is_same) in kinds {
        let server = world.listen(options, ignore);
        let (wire, ..) = offer(&mut world, &server);
        wires.push((wire, first, is_same));
    }
    let shared = Prepared::new(MessageType::Text, line.as_bytes(), Choice::BySize).unwrap();
    for _ in 0..2 {
        assert_eq!(world.event_loop.broadcast(&shared, everybody(), |_| ()), Ok(5));
    }
    let mut all = Vec::new();
    for (mut wire, first, is_same) in wires {
        let mut frames = Vec::new();
        world.until("both arrive", |_| {
            wire.pump();
            frames.extend(wire.frames());
            frames.len() == 2
        });
        assert_eq!((frames[0].0, frames[1].0), (first, first));
        assert_eq!(frames[0].1 == frames[1].1, is_same);
        let mut inflater = Decompress::new(false);
        for (_, payload) in &frames {
            let mut message = Vec::with_capacity(10_000);
            if first == TEXT {
                message.clone_from(payload);
            } else {
                let whole = [payload.as_slice(), &[0, 0, 0xff, 0xff]].concat();
                inflater.decompress_vec(&whole, &mut message, FlushDecompress::Sync).unwrap();
            }
            assert_eq!(text(&message), line);
        }
        all.push(frames.remove(0).1);
    }
    assert_eq!(all[0], all[1]);
}

#[test]
fn b07_a_prepared_message_is_compressed_only_where_that_makes_sense() {
    let cases: [(&[u8], Choice, u8); 5] = [
        // Below the threshold.
        (b"aaaaaaaaaa", Choice::BySize, BINARY),
        (b"aaaaaaaaaa", Choice::Force, 0xc2),
        (&[b'a'; 2000], Choice::Skip, BINARY),
        // Compression would make it larger.
        (b"ab", Choice::Force, BINARY),
        (b"", Choice::Force, BINARY),
    ];
    for (payload, choice, first) in cases {
        let mut world = World::new();
        let server = world
            .listen(compressing_with(Direction { takes_over: false, window_bits: 15 }), ignore);
        let (mut wire, id, _) = offer(&mut world, &server);
        let shared = Prepared::new(MessageType::Binary, payload, choice).unwrap();
        world.event_loop.send_prepared(id, &shared, None).unwrap();
        world.event_loop.ping(id, b"").unwrap();
        let mut frames = Vec::new();
        world.until("it arrives", |_| {
            wire.pump();
            frames.extend(wire.frames());
            frames.len() == 2
        });
        assert_eq!(frames[0].0, first, "{payload:?} {choice:?}");
    }
}

#[test]
fn a_broadcast_reaches_who_is_open_and_meant() {
    let mut world = World::new();
    let (first, second) = (world.listen(options(), ignore), world.listen(options(), ignore));
    let mut of_first: Vec<_> = (0..3).map(|_| world.open(&first)).collect();
    let mut of_second: Vec<_> = (0..2).map(|_| world.open(&second)).collect();
    // One that has not said anything yet, and one that is closing.
    let mut silent = Wire::connect(&first.place);
    let (mut closing, id) = world.open(&first);
    let close = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
    world.event_loop.close(id, close).unwrap();
    let shared = prepared(b"news");
    let except = of_first[1].1;
    let cases = [
        (everybody(), Ok(5)),
        (Audience { listener: first.id, except: 0 }, Ok(3)),
        (Audience { listener: first.id, except }, Ok(2)),
        (Audience { listener: second.id, except }, Ok(2)),
        (Audience { listener: 0, except }, Ok(4)),
        (Audience { listener: except, except: 0 }, Err(ErrorCode::NotFound)),
        (Audience { listener: 1 << 40, except: 0 }, Err(ErrorCode::NotFound)),
    ];
    for (audience, want) in cases {
        let reached = world.event_loop.broadcast(&shared, audience, |id| panic!("{id}"));
        assert_eq!(reached, want, "{audience:?}");
    }
    world.rounds(3);
    let mut count = |wire: &mut Wire| {
        world.round();
        wire.pump();
        wire.frames().len()
    };
    let of_first: Vec<_> = of_first.iter_mut().map(|(wire, _)| count(wire)).collect();
    let of_second: Vec<_> = of_second.iter_mut().map(|(wire, _)| count(wire)).collect();
    assert_eq!((of_first, of_second), (vec![4, 2, 4], vec![3, 3]));
    // The Close frame alone.
    assert_eq!((count(&mut silent), count(&mut closing)), (0, 1));
}

#[test]
fn a_message_in_pieces_is_not_broken_up_by_a_broadcast() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    world.event_loop.begin_message(id, MessageType::Binary, Choice::BySize).unwrap();
    world.event_loop.send_piece(id, b"a", false).unwrap();
    let (shared, mut refused) = (prepared(b"b"), Vec::new());
    assert_eq!(world.event_loop.broadcast(&shared, everybody(), |id| refused.push(id)), Ok(0));
    assert_eq!(refused, [id]);
    world.event_loop.send_piece(id, b"c", true).unwrap();
    world.until("two frames arrive", |_| {
        wire.pump();
        wire.received == [0x02, 1, b'a', 0x80, 1, b'c']
    });
}

#[test]
fn f12_threads_share_a_message_through_the_mailbox() {
    const THREADS: usize = 4;
    const EACH: usize = 200;
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let mut wires: Vec<_> = (0..3).map(|_| world.open(&server)).collect();
    let shared = prepared(&bytes(9, 3_000));
    let only = wires[0].1;
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let mailbox = Arc::clone(world.event_loop.mailbox());
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                for _ in 0..EACH {
                    let command = || match number {
                        0 => Command::SendPrepared(only, Arc::clone(&shared), Some(Box::new(Note))),
                        _ => Command::Broadcast(Arc::clone(&shared), Audience::default()),
                    };
                    while mailbox.put(command()).is_err() {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let mut counts = [0; 3];
    world.until("all has arrived", |_| {
        for ((wire, _), count) in wires.iter_mut().zip(&mut counts) {
            wire.pump();
            let frames = wire.frames();
            assert!(frames.iter().all(|frame| *frame == (BINARY, bytes(9, 3_000))));
            *count += frames.len();
        }
        counts == [THREADS * EACH, (THREADS - 1) * EACH, (THREADS - 1) * EACH]
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    world.until("all are told of", |world| world.delivered.len() == EACH);
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn f12_who_is_gone_gets_nothing_and_the_sender_hears_of_it() {
    let mut world = World::new();
    let shared = prepared(b"late");
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let command = Command::SendPrepared(1 << 40, Arc::clone(&shared), Some(Box::new(Note)));
    mailbox.put(command).unwrap();
    let nowhere = Audience { listener: 1 << 40, except: 0 };
    mailbox.put(Command::Broadcast(Arc::clone(&shared), nowhere)).unwrap();
    world.until("it is told of", |world| world.delivered.len() == 1);
    assert_eq!(world.delivered[0].result, Err(ErrorCode::NotFound));
    mailbox.put(Command::SendPrepared(1, Arc::clone(&shared), Some(Box::new(Note)))).unwrap();
    world.event_loop.shut_down();
    world.steps();
    assert_eq!(world.delivered[1].result, Err(ErrorCode::LoopFreed));
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn several_messages_of_one_turn_leave_behind_its_answers() {
    let mut world = World::new();
    let server = world.listen(options(), |event_loop, id, event| {
        echo(event_loop, id, event);
        if matches!(
            event,
            oxws::net::loop_event::ConnectionEvent::Protocol(
                oxws::protocol::event::Event::Message { .. }
            )
        ) {
            for size in [10, 2_000, 20] {
                let shared = prepared(&bytes(4, size));
                assert_eq!(event_loop.broadcast(&shared, everybody(), |_| ()), Ok(2));
            }
        }
    });
    let (mut speaker, _) = world.open(&server);
    let (mut listener, _) = world.open(&server);
    speaker.say(&[frame(BINARY, b"one"), frame(BINARY, b"two")].concat());
    let news = || [10, 2_000, 20].map(|size| (BINARY, bytes(4, size)));
    let (mut heard, mut told) = (Vec::new(), Vec::new());
    world.until("all arrives", |_| {
        speaker.pump();
        listener.pump();
        heard.extend(speaker.frames());
        told.extend(listener.frames());
        heard.len() == 8 && told.len() == 6
    });
    assert_eq!(told, [news(), news()].concat());
    assert_eq!((&heard[0].1[..], &heard[4].1[..]), (&b"one"[..], &b"two"[..]));
    assert_eq!(heard[1..4], news());
    assert_eq!(heard[5..], news());
}
