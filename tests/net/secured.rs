//! Connections through TLS: the same connection, whatever lies between it and the socket.

use std::rc::Rc;
use std::time::Duration;

use oxws::net::broadcast::Audience;
use oxws::net::endpoint::{Endpoint, Options, Security};
use oxws::net::inquiry::State;
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::failure::Stage;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::networks::Networks;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::Place;

use crate::authority::{Authority, Pair};
use crate::harness::{Reaction, Server, World, echo, ignore, options, options_with, port_of};
use crate::tls_wire::TlsWire;
use crate::wire::{ACCEPTED, BINARY, CLOSE, End, PONG, REQUEST, TEXT, Wire, bare_frame, frame};

/// An authority, and what it has vouched for.
pub(crate) struct Trust {
    authority: Authority,
    pub(crate) pair: Pair,
}

impl Trust {
    pub(crate) fn new() -> Trust {
        let authority = Authority::new("tests");
        let pair = authority.issue(&["a.example"], |_| ());
        Trust { authority, pair }
    }

    /// The certificate of the authority.
    pub(crate) fn authority_text(&self) -> String {
        self.authority.certificate()
    }

    pub(crate) fn server(&self) -> Security {
        let mut options = TlsOptions::default();
        let Pair { certificate, key } = &self.pair;
        options.add_certificate(certificate.as_bytes(), key.as_bytes()).unwrap();
        Security::Server(options.server().unwrap())
    }

    pub(crate) fn client(&self) -> Security {
        let mut options = TlsOptions::default();
        options.trust_system(false).unwrap();
        options.add_authorities(self.authority.certificate().as_bytes()).unwrap();
        Security::Client { tls: options.client().unwrap(), host: "a.example".into() }
    }
}

fn host(host: &str, port: u16) -> Place {
    Place::Host { host: host.into(), port }
}

pub(crate) fn listen(
    world: &mut World,
    place: &Place,
    options: Options,
    security: Security,
) -> Server {
    let endpoint = Rc::new(Endpoint::secured(options, security, echo as Reaction));
    let id = world.event_loop.listen(place, endpoint).unwrap();
    let mut place = place.clone();
    if let Place::Host { port, .. } = &mut place {
        *port = world.event_loop.listener_port(id).unwrap();
    }
    Server { id, place }
}

pub(crate) fn connect(
    world: &mut World,
    place: &Place,
    options: Options,
    security: Security,
) -> Id {
    let request = ClientRequest::new("a.example", "/chat").unwrap();
    let endpoint = Rc::new(Endpoint::secured(options, security, ignore as Reaction));
    world.event_loop.connect(place, request, endpoint).unwrap()
}

/// A simulated loop with an echo server and a client that is open: the ids of both.
fn joined(piece_bytes: u32) -> (World, Id, Id) {
    let trust = Trust::new();
    let mut world = World::simulated();
    world.event_loop.set_link(None, piece_bytes, 1).unwrap();
    listen(&mut world, &host("a.example", 443), options(), trust.server());
    let client = connect(&mut world, &host("a.example", 443), options(), trust.client());
    world.advance(9000);
    let server = world.opened().into_iter().find(|id| *id != client).unwrap();
    (world, server, client)
}

/// An echo server on a real socket and a client of rustls on which the opening handshake has ended.
pub(crate) fn open() -> (World, TlsWire, Id) {
    open_with(options())
}

fn open_with(options: Options) -> (World, TlsWire, Id) {
    let trust = Trust::new();
    let mut world = World::new();
    let server = listen(&mut world, &host("127.0.0.1", 0), options, trust.server());
    let mut peer = TlsWire::client(Wire::connect(&server.place), &trust.authority.certificate());
    peer.say(REQUEST);
    world.until("the handshake ends", |_| {
        peer.pump();
        peer.received.len() >= ACCEPTED.len()
    });
    assert_eq!(peer.received, ACCEPTED);
    peer.received.clear();
    let id = world.opened()[0];
    (world, peer, id)
}

/// Bytes that show where they stand.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn messages_of_every_size_pass_in_pieces_of_every_size() {
    let sizes = [0, 1, 125, 126, 16_383, 16_384, 16_385, 65_536, 300_000];
    for piece_bytes in [0, 1, 5, 1000, 20_000] {
        let (mut world, server, client) = joined(piece_bytes);
        // A byte a millisecond would take the patience of everybody.
        let sizes = if piece_bytes == 1 { &sizes[..3] } else { &sizes[..] };
        for &size in sizes {
            world.event_loop.send(client, MessageType::Binary, &pattern(size)).unwrap();
            world.advance(300_000);
            assert_eq!(world.messages(server).last().unwrap(), &pattern(size), "{piece_bytes}");
            assert_eq!(world.messages(client).last().unwrap(), &pattern(size), "{piece_bytes}");
        }
        let frame = CloseFrame::new(Some(CloseCode::NORMAL), "enough").unwrap();
        world.event_loop.close(client, frame).unwrap();
        world.advance(5000);
        for id in [server, client] {
            let report = world.report(id);
            assert_eq!((report.error, report.code()), (None, CloseCode::NORMAL));
        }
        assert_eq!(world.event_loop.connection_count(), 0);
    }
}

#[test]
fn the_stage_of_tls_is_told() {
    let trust = Trust::new();
    let mut world = World::simulated();
    world.event_loop.set_link(None, 0, 100).unwrap();
    listen(&mut world, &host("a.example", 443), options(), trust.server());
    let client = connect(&mut world, &host("a.example", 443), options(), trust.client());
    assert_eq!(world.event_loop.state(client), Ok(State::Connecting));
    world.advance(150);
    assert_eq!(world.event_loop.state(client), Ok(State::Tls));
    world.advance(1000);
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
}

#[test]
fn what_is_sent_at_once_leaves_in_order() {
    let (mut world, server, client) = joined(0);
    let sizes = [3_usize, 70_000, 0, 5000, 200_000, 1];
    for size in sizes {
        world.event_loop.send(client, MessageType::Binary, &pattern(size)).unwrap();
    }
    world.advance(5000);
    for id in [server, client] {
        let got: Vec<usize> = world.messages(id).iter().map(|message| message.len()).collect();
        assert_eq!(got, sizes);
        assert!(world.messages(id).iter().all(|message| **message == pattern(message.len())));
    }
}

#[test]
fn what_goes_to_all_in_one_round_leaves_in_one_record() {
    let (mut world, mut peer, _) = open_with(options());
    let message = Prepared::new(MessageType::Binary, &pattern(1000), Choice::BySize).unwrap();
    world.event_loop.poll(Some(Duration::ZERO)).unwrap();
    for _ in 0..8 {
        let reached = world.event_loop.broadcast(&message, Audience::default(), |_| ());
        assert_eq!(reached, Ok(1));
    }
    world.steps();
    // Eight frames with headers of 4 bytes; the type of the record and its tag have 17.
    const LENGTH: usize = 8 * 1004 + 17;
    peer.wire.pump_up_to(5 + LENGTH);
    assert_eq!(peer.wire.received[..5], [23, 3, 3, (LENGTH >> 8) as u8, (LENGTH & 255) as u8]);
    assert_eq!(peer.wire.received.len(), 5 + LENGTH);
    peer.pump();
    assert!(peer.received == bare_frame(BINARY, &pattern(1000)).repeat(8));
}

#[test]
fn d09_data_close_and_the_end_of_tls_in_one_segment_are_told_in_order() {
    let (mut world, mut peer, id) = open();
    peer.write(&frame(TEXT, b"one"));
    peer.write(&frame(TEXT, b"two"));
    peer.write(&frame(CLOSE, &[3, 232]));
    peer.tls.send_close_notify();
    let records = peer.records();
    peer.wire.say(&records);
    let report = world.report(id);
    assert_eq!((report.error, report.code()), (None, CloseCode::NORMAL));
    assert_eq!(world.messages(id), [b"one", b"two"]);
    world.until("the echoes come", |_| {
        peer.pump();
        peer.received.ends_with(&[CLOSE, 2, 3, 232])
    });
    assert_eq!(peer.received, b"\x81\x03one\x81\x03two\x88\x02\x03\xe8");
    world.until("TLS is ended", |_| {
        peer.pump();
        peer.said_goodbye
    });
}

#[test]
fn d09_an_end_without_a_word_is_told_apart() {
    for says_goodbye in [false, true] {
        let (mut world, mut peer, id) = open();
        if says_goodbye {
            peer.tls.send_close_notify();
            peer.flush();
        }
        peer.wire.finish();
        let report = world.report(id);
        let error = if says_goodbye { ErrorCode::ConnectionLost } else { ErrorCode::TlsTruncated };
        assert_eq!((report.error, report.code()), (Some(error), CloseCode::ABNORMAL));
    }
}

#[test]
fn d11_what_one_batch_of_records_brings_is_delivered_without_more_coming() {
    let (mut world, mut peer, id) = open();
    for number in 0..1000 {
        peer.write(&frame(BINARY, &pattern(number)));
    }
    peer.flush();
    world.until("all have come", |world| {
        peer.pump();
        world.messages(id).len() == 1000
    });
}

#[test]
fn d11_a_large_message_comes_however_its_bytes_meet_the_reads() {
    let limits = options_with(|limits| limits.max_message_bytes = 4_000_000);
    for step in [3000, 17_000, 30_000, 66_000, 100_000] {
        let (mut world, mut peer, id) = open_with(limits.clone());
        peer.write(&frame(BINARY, &pattern(1_000_000)));
        for piece in peer.records().chunks(step) {
            peer.wire.say(piece);
            world.round();
        }
        world.until("the message comes", |world| {
            peer.pump();
            world.messages(id).len() == 1
        });
    }
}

#[test]
fn d12_what_waits_for_a_peer_that_does_not_read_is_limited() {
    let (mut world, mut peer, id) = open();
    let message = pattern(100_000);
    let mut refused = 0;
    for _ in 0..200 {
        match world.event_loop.send(id, MessageType::Binary, &message) {
            Ok(()) => {}
            Err(error) => {
                assert_eq!(error, ErrorCode::WouldExceed);
                refused += 1;
            }
        }
        world.round();
    }
    assert!(refused > 100, "{refused}");
    let queued = world.event_loop.queued_bytes(id).unwrap();
    assert!(queued < 1024 * 1024 + 200_000, "{queued}");
    let sent = 200 - refused;
    world.until("all that was accepted comes", |_| {
        peer.pump();
        peer.received.len() >= sent * (100_000 + 10)
    });
}

#[test]
fn c14_what_is_not_tls_is_refused_with_an_alert() {
    let trust = Trust::new();
    let mut world = World::new();
    let server = listen(&mut world, &host("127.0.0.1", 0), options(), trust.server());
    for noise in [REQUEST, b"SSH-2.0-x\r\n", &[0; 3000]] {
        let mut wire = Wire::connect(&server.place);
        wire.say(noise);
        world.until("the connection is closed", |_| {
            wire.pump();
            wire.end.is_some()
        });
        // A fatal alert, in a record of two bytes.
        assert_eq!(wire.received.len(), 7, "{:?}", wire.received);
        assert_eq!((wire.received[0], wire.received[5]), (21, 2));
    }
    assert_eq!(world.event_loop.connection_count(), 0);
    assert!(world.notes.is_empty());
}

#[test]
fn c05_a_handshake_that_dribbles_ends_at_its_deadline() {
    let trust = Trust::new();
    let mut world = World::simulated();
    let limits = options_with(|limits| limits.handshake_timeout_ms = 1000);
    listen(&mut world, &host("a.example", 443), limits, trust.server());
    // A byte each 10 ms: the client's first words alone take longer than a second.
    world.event_loop.set_link(None, 1, 10).unwrap();
    let client = connect(&mut world, &host("a.example", 443), options(), trust.client());
    world.advance(20_000);
    let report = world.report(client);
    assert_eq!(report.stage, Stage::Tls);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn d08_a_certificate_for_another_name_is_refused_on_both_sides() {
    let trust = Trust::new();
    let mut world = World::simulated();
    listen(&mut world, &host("b.example", 443), options(), trust.server());
    let Security::Client { tls, .. } = trust.client() else { unreachable!() };
    let security = Security::Client { tls, host: "b.example".into() };
    let client = connect(&mut world, &host("b.example", 443), options(), security);
    world.advance(5000);
    let report = world.report(client);
    assert_eq!(report.error, Some(ErrorCode::CertificateWrongName));
    // bad_certificate of RFC 8446 section 6.2 is what this side sends.
    assert_eq!(report.tls_alert, Some(42));
    assert_eq!((report.stage, report.code()), (Stage::Tls, CloseCode::TLS_HANDSHAKE));
    assert_eq!(world.story(client), ["closed"]);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn keys_are_changed_when_the_peer_wants_it() {
    let (mut world, mut peer, id) = open();
    peer.tls.refresh_traffic_keys().unwrap();
    peer.say(&frame(TEXT, b"with other keys"));
    world.until("the echo comes", |_| {
        peer.pump();
        peer.received.len() >= 17
    });
    assert_eq!(peer.received, b"\x81\x0fwith other keys");
    assert_eq!(peer.error, None);
    assert_eq!(world.messages(id), [b"with other keys"]);
}

/// Session tickets are handshake messages; in records of 32 bytes they come in many. While one has
/// come in part, the client sends.
#[test]
fn d10_messages_leave_while_a_ticket_has_come_in_part() {
    let trust = Trust::new();
    for step in [1, 7, 31, 53, 54, 60] {
        let mut world = World::new();
        let socket =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&crate::harness::loopback(0)).unwrap();
        socket.listen(1).unwrap();
        let place = host("127.0.0.1", port_of(&socket));
        let client = connect(&mut world, &place, options(), trust.client());
        let (accepted, _) = socket.accept().unwrap();
        let mut peer = TlsWire::server(Wire::new(accepted), &trust.pair, Some(64));
        world.until("TLS is agreed on", |_| {
            peer.wire.pump();
            let received = std::mem::take(&mut peer.wire.received);
            let mut rest = &received[..];
            while !rest.is_empty() {
                peer.tls.read_tls(&mut rest).unwrap();
                peer.tls.process_new_packets().unwrap();
            }
            if peer.tls.is_handshaking() {
                peer.flush();
            }
            !peer.tls.is_handshaking()
        });
        // The tickets wait, and go out in small pieces; after each the client has something to say.
        let records = peer.records();
        assert!(records.len() > 200, "{}", records.len());
        for piece in records.chunks(step) {
            peer.wire.say(piece);
            world.rounds(2);
            let _ = world.event_loop.ping(client, b"");
        }
        assert_eq!(world.closed(client), 0, "pieces of {step}");
        assert_eq!(world.event_loop.state(client), Ok(State::Handshake));
        world.until("the request comes", |_| {
            peer.pump();
            peer.received.ends_with(b"\r\n\r\n")
        });
        assert!(peer.text().starts_with("GET /chat HTTP/1.1\r\n"));
    }
}

#[test]
fn records_that_are_changed_on_their_way_end_the_connection() {
    let (mut world, mut peer, id) = open();
    peer.write(&frame(TEXT, b"hello"));
    let mut records = peer.records();
    *records.last_mut().unwrap() ^= 1;
    peer.wire.say(&records);
    let report = world.report(id);
    assert_eq!(report.code(), CloseCode::ABNORMAL);
    assert_eq!(report.stage, Stage::Open);
    // bad_record_mac
    assert_eq!(report.tls_alert, Some(20));
    assert!(world.messages(id).is_empty());
    world.until("the peer is told", |_| {
        peer.pump();
        peer.error.is_some() || peer.has_ended()
    });
    assert_eq!(
        peer.error,
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::BadRecordMac))
    );
}

#[test]
fn a_connection_through_tls_is_not_handed_over() {
    let (mut world, _, id) = open();
    assert_eq!(world.event_loop.detach(id, 1), Err(ErrorCode::Unsupported));
    let _ = PONG;
    let _ = End::Finished;
}

/// A server behind a proxy that tells who its clients are, and no more than one of each address.
fn listen_behind_a_proxy(world: &mut World, trust: &Trust) -> Server {
    let mut options = options();
    options.proxy_header = Some(Networks::parse("127.0.0.1").unwrap());
    options.max_connections_per_address = 1;
    listen(world, &host("127.0.0.1", 0), options, trust.server())
}

/// Sends a header, then TLS, at once or behind it, up to its end or the answer to the request.
fn say_behind(world: &mut World, server: &Server, trust: &Trust, header: &[u8]) -> TlsWire {
    let mut peer = TlsWire::client(Wire::connect(&server.place), &trust.authority.certificate());
    let hello = peer.records();
    peer.wire.say(&[header, &hello].concat());
    peer.say(REQUEST);
    world.until("the request is answered", |_| {
        peer.pump();
        peer.received.len() >= ACCEPTED.len() || peer.wire.end.is_some()
    });
    peer
}

#[test]
fn a_proxys_header_stands_in_front_of_tls() {
    const HEADER: &[u8] = b"PROXY TCP4 192.0.2.1 198.51.100.2 50000 443\r\n";
    let trust = Trust::new();
    let mut world = World::new();
    let server = listen_behind_a_proxy(&mut world, &trust);
    let peer = say_behind(&mut world, &server, &trust, HEADER);
    assert_eq!(peer.received, ACCEPTED);
    let id = world.opened()[0];
    assert_eq!(world.event_loop.peer_address(id).unwrap(), "192.0.2.1:50000");
    // Who is one too many cannot be told so before the handshake of TLS.
    let over = say_behind(&mut world, &server, &trust, HEADER);
    assert!(over.received.is_empty() && over.wire.end.is_some());
    // Without a header nothing is, nor with one behind the beginning of TLS.
    let bare = say_behind(&mut world, &server, &trust, b"");
    assert!(bare.received.is_empty() && bare.wire.received.is_empty() && bare.error.is_none());
    let other = say_behind(&mut world, &server, &trust, b"PROXY UNKNOWN\r\n");
    assert_eq!(other.received, ACCEPTED);
    assert_eq!(world.opened().len(), 2);
    assert!(world.ended().is_empty());
}
