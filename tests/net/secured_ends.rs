//! Connections through TLS that end, or are ended, at moments which only TLS has.

use oxws::protocol::close::CloseCode;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::failure::Stage;
use oxws::protocol::networks::Networks;
use oxws::protocol::url::Place;

use crate::harness::{Server, World, options, options_with, unix_place};
use crate::secured::{Trust, connect, listen, open};
use crate::tls_wire::TlsWire;
use crate::wire::{ACCEPTED, REQUEST, RawServer, TEXT, Wire, frame};

/// The end is announced together with bytes that make no record: nothing else will announce it.
#[test]
fn d09_an_end_behind_a_part_of_a_record_is_seen() {
    for bytes in [1, 5, 20] {
        let (mut world, mut peer, id) = open();
        peer.write(&frame(TEXT, b"never whole"));
        let records = peer.records();
        peer.wire.say(&records[..bytes]);
        peer.wire.finish();
        let report = world.report(id);
        let wanted = (Some(ErrorCode::TlsTruncated), CloseCode::ABNORMAL);
        assert_eq!((report.error, report.code()), wanted, "{bytes}");
    }
}

/// What cannot be sealed any more does not keep back the alert.
#[test]
fn d09_an_alert_comes_although_an_answer_waits() {
    let (mut world, mut peer, id) = open();
    peer.write(&frame(TEXT, b"first"));
    let mut records = peer.records();
    peer.write(&frame(TEXT, b"second"));
    let second = peer.records();
    records.extend_from_slice(&second[..second.len() - 1]);
    records.push(second[second.len() - 1] ^ 1);
    peer.wire.say(&records);
    let report = world.report(id);
    // bad_record_mac of RFC 8446 section 6.2.
    assert_eq!((report.error, report.tls_alert), (Some(ErrorCode::TlsRecord), Some(20)));
    assert_eq!(world.messages(id), [b"first"]);
    world.until("the alert comes", |_| {
        peer.pump();
        peer.error.is_some() || peer.wire.end.is_some()
    });
    let alert = rustls::AlertDescription::BadRecordMac;
    assert_eq!(peer.error, Some(rustls::Error::AlertReceived(alert)));
}

/// A server says in one go what it has to say, that it does not like something, and breaks off.
#[test]
fn e07_an_alert_in_front_of_a_break_is_told() {
    let trust = Trust::new();
    let mut world = World::new();
    let server = RawServer::new();
    let client = connect(&mut world, &server.place, options(), trust.client());
    let mut wire = None;
    world.until("it is connected", |_| {
        wire = wire.take().or_else(|| server.accept());
        wire.is_some()
    });
    let mut peer = TlsWire::server(wire.unwrap(), &trust.pair, None);
    let mut records = Vec::new();
    world.until("its first words have come", |_| {
        peer.wire.pump();
        let received = std::mem::take(&mut peer.wire.received);
        peer.tls.read_tls(&mut &received[..]).unwrap();
        peer.tls.process_new_packets().unwrap();
        records.extend(peer.records());
        !records.is_empty()
    });
    peer.tls.read_tls(&mut &[23, 3, 3, 0, 1, 0][..]).unwrap();
    peer.tls.process_new_packets().unwrap_err();
    records.extend(peer.records());
    peer.wire.say(&records);
    peer.wire.reset();
    let report = world.report(client);
    assert_eq!((report.error, report.stage), (Some(ErrorCode::TlsAlert), Stage::Tls));
    assert_eq!(report.code(), CloseCode::TLS_HANDSHAKE);
    assert!(report.tls_alert.is_some());
}

/// In the Unix domain a read ends where a descriptor was passed: what is behind a PROXY header has
/// come already, and is not announced again.
#[test]
fn d11_tls_begins_at_once_behind_a_header_of_its_own_piece() {
    let trust = Trust::new();
    let mut world = World::new();
    let mut options = options();
    options.proxy_header = Some(Networks::parse("unix").unwrap());
    let server = listen(&mut world, &unix_place(), options, trust.server());
    let mut peer = TlsWire::client(Wire::connect(&server.place), &trust.authority_text());
    let some = std::fs::File::open("/dev/null").unwrap();
    peer.wire.say_with_descriptor(b"PROXY UNKNOWN\r\n", std::os::fd::AsFd::as_fd(&some));
    peer.say(REQUEST);
    world.until("the request is answered", |_| {
        peer.pump();
        peer.received == ACCEPTED
    });
}

/// The beginning of a message of the handshake that is never whole, in records of so many bytes.
pub(crate) fn unfinished(bytes: usize, record: usize) -> Vec<u8> {
    let mut message = vec![1, 0, 0xff, 0];
    message.resize(bytes, 0);
    let sealed = message.chunks(record).flat_map(|part| {
        let [.., high, low] = part.len().to_be_bytes();
        [&[22, 3, 1, high, low], part].concat()
    });
    sealed.collect()
}

/// A server whose patience is longer than that of a test.
pub(crate) fn patient(world: &mut World) -> Server {
    let options = options_with(|limits| limits.handshake_timeout_ms = 60_000);
    let place = Place::Host { host: "127.0.0.1".into(), port: 0 };
    listen(world, &place, options, Trust::new().server())
}

#[test]
fn c02_what_is_there_of_a_handshake_in_part_is_limited() {
    let mut world = World::new();
    let server = patient(&mut world);
    // Each byte has five before it.
    let mut wire = Wire::connect(&server.place);
    wire.say(&unfinished(20_000, 1));
    world.until("it is closed", |_| {
        wire.pump();
        wire.end.is_some()
    });
    // One in records of a size that somebody may want is waited for.
    let mut wire = Wire::connect(&server.place);
    wire.say(&unfinished(0xff00, 512));
    world.until("it has been read", |_| {
        wire.pump();
        wire.unsent() == 0
    });
    world.rounds(20);
    wire.pump();
    assert_eq!(wire.end, None);
}

/// A close_notify, as it is sent before there are keys (RFC 8446 sections 5.1 and 6.1).
const CLOSE_NOTIFY: &[u8] = b"\x15\x03\x03\x00\x02\x01\x00";

#[test]
fn c05_whoever_ends_tls_within_its_handshake_is_not_waited_for() {
    let mut world = World::new();
    let server = patient(&mut world);
    for behind in [&b""[..], b"\x16\x03\x01"] {
        let mut wire = Wire::connect(&server.place);
        wire.say(&[CLOSE_NOTIFY, behind].concat());
        world.until("it is closed", |_| {
            wire.pump();
            wire.end.is_some()
        });
    }
    assert_eq!(world.event_loop.connection_count(), 0);

    let listener = RawServer::new();
    let client = connect(&mut world, &listener.place, options(), Trust::new().client());
    let mut wire = None;
    world.until("it is connected", |_| {
        wire = wire.take().or_else(|| listener.accept());
        wire.is_some()
    });
    wire.unwrap().say(CLOSE_NOTIFY);
    let report = world.report(client);
    assert_eq!((report.error, report.stage), (Some(ErrorCode::TlsEnded), Stage::Tls));
    assert_eq!((report.tls_alert, report.code()), (Some(0), CloseCode::TLS_HANDSHAKE));
}
