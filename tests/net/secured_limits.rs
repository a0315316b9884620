//! What has come through TLS and cannot be used yet: it shows that the peer lives, and it counts.

use oxws::net::endpoint::{Endpoint, Security};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::Place;

use crate::harness::{Reaction, World, ignore, options, options_with};
use crate::secured::{Trust, connect, listen};
use crate::secured_ends::{patient, unfinished};
use crate::tls_wire::TlsWire;
use crate::wire::{ACCEPTED, BINARY, REQUEST, Wire, frame};

#[test]
fn a07_handshakes_that_do_not_end_count_as_memory() {
    let mut world = World::new();
    world.event_loop.set_max_buffered_bytes(150_000);
    let server = patient(&mut world);
    let mut wires = [(); 3].map(|()| Wire::connect(&server.place));
    wires.iter_mut().for_each(|wire| wire.say(&unfinished(60_000, 16_384)));
    world.until("one of them is ended", |_| {
        wires.iter_mut().for_each(Wire::pump);
        wires.iter().any(|wire| wire.end.is_some())
    });
    world.rounds(20);
    wires.iter_mut().for_each(Wire::pump);
    assert_eq!(wires.iter().filter(|wire| wire.end.is_none()).count(), 2);
}

/// The one that has to go holds what it has until its socket is closed, but no other has to go for that.
#[test]
fn a07_records_that_do_not_end_count_as_memory() {
    let trust = Trust::new();
    let mut world = World::new();
    world.event_loop.set_max_buffered_bytes(40_000);
    let place = Place::Host { host: "127.0.0.1".into(), port: 0 };
    let server = listen(&mut world, &place, options(), trust.server());
    let mut peers = [(); 4].map(|()| {
        let mut peer = TlsWire::client(Wire::connect(&server.place), &trust.authority_text());
        peer.say(REQUEST);
        world.until("the handshake ends", |_| {
            peer.pump();
            peer.received == ACCEPTED
        });
        peer
    });
    let mut rests = Vec::new();
    for peer in &mut peers[..3] {
        peer.write(&frame(BINARY, &[7; 16_000]));
        let records = peer.records();
        let (part, rest) = records.split_at(records.len() - 1);
        peer.wire.say(part);
        rests.push(rest.to_vec());
    }
    world.until("one has to go", |world| world.ended().len() == 1);
    let gone = world.ended()[0];
    assert_eq!(world.report(gone).error, Some(ErrorCode::BufferBudget));
    let (stays, goes): (Vec<_>, Vec<_>) = (0..3).partition(|place| world.opened()[*place] != gone);
    // It is told why, although a part of a record is there.
    peers[goes[0]].received.clear();
    world.until("its peer is told", |_| {
        peers[goes[0]].pump();
        peers[goes[0]].said_goodbye
    });
    // Close, with 1013.
    assert_eq!(peers[goes[0]].received[0], 0x88);
    assert_eq!(peers[goes[0]].received[2..4], [3, 245]);
    for place in stays {
        peers[place].wire.say(&rests[place]);
        let id = world.opened()[place];
        world.until("the message comes", |world| {
            peers[place].pump();
            world.messages(id).len() == 1
        });
    }
    assert_eq!(world.ended(), [gone]);
}

/// What a server that pings makes of a client whose message takes half a minute, and which cannot answer
/// meanwhile.
fn end_of_a_slow_client(server: Security, client: Security) -> Option<ErrorCode> {
    let mut world = World::simulated();
    let place = Place::Host { host: "a.example".into(), port: 443 };
    let watchful = options_with(|limits| {
        limits.ping_interval_ms = 5000;
        limits.pong_timeout_ms = 5000;
    });
    world.listen_with(&place, Endpoint::secured(watchful, server, ignore as Reaction));
    let client = connect(&mut world, &place, options(), client);
    world.advance(1000);
    let server = world.opened().into_iter().find(|id| *id != client).unwrap();
    world.event_loop.set_link(Some(client), 500, 1000).unwrap();
    world.event_loop.send(client, MessageType::Binary, &[7; 16_000]).unwrap();
    world.advance(40_000);
    if world.closed(server) > 0 {
        return world.report(server).error;
    }
    assert_eq!(world.messages(server), [[7; 16_000]]);
    None
}

#[test]
fn e05_a_part_of_a_record_is_a_sign_of_life() {
    let trust = Trust::new();
    assert_eq!(end_of_a_slow_client(Security::Plain, Security::Plain), None);
    assert_eq!(end_of_a_slow_client(trust.server(), trust.client()), None);
}
