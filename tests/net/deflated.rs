//! Compression on real sockets: a few bytes that become many do not starve the others, nothing is lost,
//! and the order of messages is that of the calls.

use std::sync::Arc;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use oxws::net::endpoint::Options;
use oxws::net::mailbox::Command;
use oxws::net::slots::Id;
use oxws::protocol::connection::Choice;
use oxws::protocol::deflate;
use oxws::protocol::deflate::terms::{Direction, Wishes};
use oxws::protocol::opcode::MessageType;

use crate::harness::{Server, World, ignore, options, text};
use crate::wire::{ACCEPTED, BINARY, PING, PONG, REQUEST, Wire, frame};

/// The first byte of a deflated message in one frame.
const DEFLATED: u8 = 0xc2;

/// What a server is like that compresses in both directions alike.
pub(crate) fn compressing_with(direction: Direction) -> Options {
    let wishes = Wishes { own: direction, peer: direction };
    let mut options = options();
    let settings = Arc::get_mut(&mut options.settings).unwrap();
    settings.compression = Some(deflate::Options { wishes, ..deflate::Options::default() });
    options
}

fn compressing(takes_over: bool) -> Options {
    compressing_with(Direction { takes_over, ..Direction::NO_TAKEOVER })
}

/// A connection whose client has offered compression, and the head that it was answered with.
pub(crate) fn offer(world: &mut World, server: &Server) -> (Wire, Id, Vec<u8>) {
    let mut wire = Wire::connect(&server.place);
    let head = text(REQUEST).trim_end();
    let opened = world.opened().len();
    wire.say(format!("{head}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n").as_bytes());
    world.until("the handshake ends", |world| {
        wire.pump();
        world.opened().len() > opened && wire.received.ends_with(b"\r\n\r\n")
    });
    let head = std::mem::take(&mut wire.received);
    (wire, world.opened()[opened], head)
}

/// A connection on which compression was agreed on.
fn open(world: &mut World, options: Options) -> (Wire, Id) {
    let server = world.listen(options, ignore);
    let (wire, id, head) = offer(world, &server);
    assert!(text(&head).contains("\r\nSec-WebSocket-Extensions: permessage-deflate"));
    assert!(head.len() > ACCEPTED.len());
    (wire, id)
}

/// Zeros, deflated.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(bytes / 500 + 100);
    stream.compress_vec(&vec![0; bytes], &mut out, FlushCompress::Sync).unwrap();
    out.truncate(out.len() - 4);
    out
}

#[test]
fn e14_b01_a_turn_inflates_no_more_than_its_share() {
    let mut world = World::new();
    world.only_counts = true;
    let (mut flooder, _) = open(&mut world, compressing(false));
    let server = world.listen(options(), ignore);
    let (mut pinger, _) = world.open(&server);
    let count = 40;
    flooder.say(&frame(DEFLATED, &bomb(1 << 20)).repeat(count));
    assert_eq!(flooder.unsent(), 0);
    // All that was said lies in the system's buffers, also that there will be no more.
    flooder.finish();
    pinger.say(&frame(PING, b"x"));
    let mut most = 0;
    world.until("all has come, and the ping", |world| {
        let before = world.counted;
        world.round();
        most = most.max(world.counted - before);
        pinger.pump();
        assert!(pinger.received == [PONG, 1, b'x'] || world.counted <= 10, "starved");
        world.counted == count + 1
    });
    assert!(most <= 5, "{most} messages in a round");
}

#[test]
fn b07_what_leaves_in_several_ways_leaves_in_order_and_refers_only_to_what_left() {
    let mut world = World::new();
    let (mut wire, id) = open(&mut world, compressing(true));
    let line = |number: usize| format!("line {number} of a text that repeats itself, ").repeat(200);
    let kind = MessageType::Binary;
    for number in 0..12 {
        let message = line(number).into_bytes();
        let event_loop = &mut world.event_loop;
        match number % 4 {
            0 => event_loop.send(id, kind, &message).unwrap(),
            1 => event_loop.send_parts(id, kind, &[&message[..500], &message[500..]]).unwrap(),
            2 => {
                event_loop.begin_message(id, kind, Choice::BySize).unwrap();
                event_loop.send_piece(id, &message[..700], false).unwrap();
                event_loop.ping(id, b"between").unwrap();
                event_loop.send_piece(id, &message[700..], true).unwrap();
            }
            _ => {
                let mailbox = event_loop.mailbox();
                mailbox.put(Command::Send(id, kind, message.into_boxed_slice())).unwrap();
            }
        }
        // What is in the mailbox leaves in a round.
        world.round();
        // One that the peer's window must not see.
        world.event_loop.ping(id, b"p").unwrap();
    }
    world.until("all has left", |_| {
        wire.pump();
        wire.received.ends_with(&[PING, 1, b'p'])
    });
    world.rounds(2);
    wire.pump();
    let mut inflater = Decompress::new(false);
    let mut messages = Vec::new();
    let mut deflated = Vec::new();
    for (first, payload) in wire.frames() {
        assert_ne!(first, BINARY, "something was sent plainly");
        if first == PING {
            continue;
        }
        deflated.extend_from_slice(&payload);
        if first & 0x80 != 0 {
            deflated.extend_from_slice(&[0, 0, 0xff, 0xff]);
            let mut message = Vec::with_capacity(20_000);
            inflater.decompress_vec(&deflated, &mut message, FlushDecompress::Sync).unwrap();
            messages.push(String::from_utf8(message).unwrap());
            deflated.clear();
        }
    }
    assert!(messages == (0..12).map(line).collect::<Vec<_>>(), "{} messages", messages.len());
}
