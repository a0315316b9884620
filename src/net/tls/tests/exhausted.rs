//! Keys protect only so many records: with TLS 1.3 they are changed in time, with TLS 1.2 that is the end.

use std::rc::Rc;

use rustls::crypto::{CipherSuiteCommon, CryptoProvider};
use rustls::{
    ClientConfig, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion, Tls12CipherSuite,
    Tls13CipherSuite, version,
};

use super::line::{End, pass};
use super::*;
use crate::net::endpoint::{Endpoint, Host, Options, Security};
use crate::net::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES};
use crate::net::loop_event::{ConnectionEvent, LoopEvent, Step};
use crate::net::slots::Id;
use crate::net::tls::ServerTls;
use crate::protocol::event::{CloseReport, Event};
use crate::protocol::failure::Stage;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::opcode::MessageType;
use crate::protocol::settings::{Limits, Settings};
use crate::protocol::url::Place;

/// How many records the keys of these clients protect.
const RECORDS: u64 = 20;

fn limited(common: &CipherSuiteCommon) -> CipherSuiteCommon {
    let CipherSuiteCommon { suite, hash_provider, .. } = *common;
    CipherSuiteCommon { suite, hash_provider, confidentiality_limit: RECORDS }
}

fn limited_suite(suite: SupportedCipherSuite) -> SupportedCipherSuite {
    match suite {
        SupportedCipherSuite::Tls12(suite) => {
            let Tls12CipherSuite { prf_provider, kx, sign, aead_alg, .. } = *suite;
            let common = limited(&suite.common);
            let suite = Tls12CipherSuite { common, prf_provider, kx, sign, aead_alg };
            SupportedCipherSuite::Tls12(Box::leak(Box::new(suite)))
        }
        SupportedCipherSuite::Tls13(suite) => {
            let Tls13CipherSuite { hkdf_provider, aead_alg, quic, .. } = *suite;
            let common = limited(&suite.common);
            let suite = Tls13CipherSuite { common, hkdf_provider, aead_alg, quic };
            SupportedCipherSuite::Tls13(Box::leak(Box::new(suite)))
        }
    }
}

/// A client whose keys are soon used up, and a server that it trusts.
fn ready(version: &'static SupportedProtocolVersion) -> (ClientTls, ServerTls) {
    let authority = Authority::new("root");
    let server = showing(&authority.issue(&["a.test"], |_| ())).server().unwrap();
    let ordinary = super::super::provider::provider();
    let provider = CryptoProvider {
        cipher_suites: ordinary.cipher_suites.iter().copied().map(limited_suite).collect(),
        ..CryptoProvider::clone(&ordinary)
    };
    let mut roots = RootCertStore::empty();
    let certificate = authority.certificate();
    let der = super::super::pem::certificates(certificate.as_bytes()).unwrap();
    roots.add_parsable_certificates(der);
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (ClientTls { config: Arc::new(config), server_name: None }, server)
}

/// How many of so many messages come through.
fn messages_that_come(version: &'static SupportedProtocolVersion, count: usize) -> (usize, End) {
    let (client, server) = ready(version);
    let mut ends =
        (End::new(client.session("a.test").unwrap()), End::new(server.session().unwrap()));
    ends.0.receive(&[]);
    pass(&mut ends, 1000, None, false);
    for number in 0..count {
        let sealed = ends.0.seal(b"message");
        pass(&mut ends, 1000, None, false);
        if let Err(failure) = sealed {
            assert_eq!(failure, ErrorCode::TlsRecord.into());
            assert_eq!(ends.1.received.len(), number * 7);
            return (number, ends.1);
        }
    }
    assert_eq!(ends.1.received.len(), count * 7);
    (count, ends.1)
}

#[test]
fn keys_that_are_used_up_are_changed() {
    let (count, server) = messages_that_come(&version::TLS13, 5 * RECORDS as usize);
    assert_eq!((count, server.failure), (100, None));
}

#[test]
fn keys_that_are_used_up_and_cannot_be_changed_are_the_end() {
    // The Finished of the handshake needs one.
    let (count, server) = messages_that_come(&version::TLS12, 5 * RECORDS as usize);
    assert_eq!((count, server.failure), (19, None));
    assert_eq!(server.standing, crate::net::tls::session::Standing::PeerClosed);
}

struct Plain;

impl Host for Plain {
    type Context = ();
    type MessageHandler = ();
    type Action = ();

    fn message_handler(&(): &()) {}

    fn takes_whole_messages(&(): &()) -> bool {
        true
    }
}

fn options() -> Options {
    let limits = Limits { ping_interval_ms: 0, ..Limits::server() };
    Options {
        settings: Arc::new(Settings::new(limits)),
        max_queued_bytes: 1024 * 1024,
        pauses_while_queued: false,
        write_stall_timeout_ms: 0,
        max_connections: 10,
        max_connections_per_address: 0,
        backlog: 10,
        reuse_port: false,
        proxy_header: None,
        forwarding: None,
        decides_requests: false,
        answers_http: false,
        sees_requests: false,
        subprotocols: Vec::new(),
        user: 0,
        tcp: Arc::default(),
        dialling: Arc::default(),
        way: None,
        redirects: None,
        returning: None,
        fields: Fields::default(),
    }
}

/// Rounds until nothing is left to do; the ends that were reported.
fn settle(event_loop: &mut EventLoop<Plain>) -> Vec<(Id, Box<CloseReport>)> {
    let mut buffer = vec![0; RECEIVE_BUFFER_BYTES];
    let mut ends = Vec::new();
    while event_loop.has_news().unwrap() {
        event_loop.poll(Some(std::time::Duration::ZERO)).unwrap();
        loop {
            match event_loop.step(&mut buffer) {
                Step::Event(LoopEvent::Connection { id, event, .. }) => {
                    if let ConnectionEvent::Protocol(Event::Closed(report)) = event {
                        ends.push((id, report));
                    }
                }
                Step::Event(_) | Step::Again => {}
                Step::Done => break,
            }
        }
    }
    ends
}

#[test]
fn the_end_of_the_keys_is_told_as_that_of_the_connection() {
    let (tls, server) = ready(&version::TLS12);
    let mut event_loop: EventLoop<Plain> = EventLoop::simulated().unwrap();
    let place = Place::Host { host: "a.test".into(), port: 443 };
    let endpoint = Endpoint::secured(options(), Security::Server(server), ());
    event_loop.listen(&place, Rc::new(endpoint)).unwrap();
    let security = Security::Client { tls, host: "a.test".into() };
    let endpoint = Endpoint::secured(options(), security, ());
    let request = ClientRequest::new("a.test", "/").unwrap();
    let client = event_loop.connect(&place, request, Rc::new(endpoint)).unwrap();
    assert!(settle(&mut event_loop).is_empty());
    let mut ends = Vec::new();
    while ends.is_empty() {
        event_loop.send(client, MessageType::Binary, b"message").unwrap();
        ends = settle(&mut event_loop);
    }
    let (of_client, of_server): (Vec<_>, Vec<_>) =
        ends.into_iter().partition(|(id, _)| *id == client);
    let report = &of_client[0].1;
    assert_eq!((report.error, report.stage), (Some(ErrorCode::TlsRecord), Stage::Open));
    assert_eq!((report.os_error, report.tls_alert, report.code().number()), (0, None, 1006));
    // TLS was ended in order.
    assert_eq!(of_server[0].1.error, Some(ErrorCode::ConnectionLost));
}
