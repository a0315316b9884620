//! Through proxies with TLS: to the server, to the proxy, to both, one through the other.

use std::rc::Rc;

use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::net::way::Way;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::failure::Stage;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::{Address, Place};

use crate::authority::{Authority, Pair};
use crate::harness::{Reaction, World, echo, ignore, options};
use crate::secured::Trust;
use crate::through_proxies::{CONNECT, CONNECTED, HTTP, SOCKS, asked, hear, proxies, say_cut};
use crate::tls_wire::TlsWire;
use crate::wire::{RawServer, TEXT, Wire, accept_of, bare_frame};

/// More may wait than the system takes at once.
fn roomy() -> Options {
    Options { max_queued_bytes: 32 * 1024 * 1024, ..options() }
}

/// Connects to the server that is known as `a.example` by way of the proxy at `server`, whose
/// certificate `proxy` trusts.
fn connect(
    world: &mut World,
    url: &str,
    scheme: &str,
    server: &RawServer,
    trust: &Trust,
    proxy: &TlsOptions,
) -> Id {
    let address = Address::parse_dial(url).unwrap();
    let way = Way::to(&address, &proxies(scheme, server), proxy).unwrap().map(Box::new);
    let options = Options { way, ..roomy() };
    let endpoint = match url.starts_with("wss:") {
        true => Endpoint::secured(options, trust.client(), ignore as Reaction),
        false => Endpoint::new(options, ignore as Reaction),
    };
    let request = ClientRequest::new("a.example", "/chat").unwrap();
    world.event_loop.connect(&address.place, request, Rc::new(endpoint)).unwrap()
}

/// Answers the opening handshake and says something.
#[track_caller]
fn goes_on(world: &mut World, tls: &mut TlsWire, id: Id) {
    world.until("the opening request comes", |_| {
        tls.pump();
        tls.received.ends_with(b"\r\n\r\n")
    });
    let accept = accept_of(&tls.received);
    tls.say(&[accept, bare_frame(TEXT, b"hello")].concat());
    world.until("the message comes", |world| {
        tls.pump();
        world.messages(id) == [b"hello"]
    });
}

#[test]
fn d07_d08_tls_goes_through_a_proxy_to_the_server_and_not_to_the_proxy() {
    for (scheme, conversation) in [("http://", HTTP), ("socks5://", SOCKS)] {
        let trust = Trust::new();
        let mut world = World::new();
        let server = RawServer::new();
        let id =
            connect(&mut world, "wss://-:9000/", scheme, &server, &trust, &TlsOptions::default());
        let mut wire = asked(&mut world, &server, conversation[0].0);
        wire.say(conversation[0].1);
        for (question, answer) in &conversation[1..] {
            hear(&mut world, &mut wire, question);
            wire.say(answer);
        }
        goes_on(&mut world, &mut TlsWire::server(wire, &trust.pair, None), id);
    }
}

#[test]
fn d07_what_comes_in_place_of_tls_is_told() {
    for cut in [CONNECTED.len(), usize::MAX] {
        let trust = Trust::new();
        let mut world = World::new();
        let server = RawServer::new();
        let id = connect(
            &mut world,
            "wss://-:9000/",
            "http://",
            &server,
            &trust,
            &TlsOptions::default(),
        );
        let mut wire = asked(&mut world, &server, CONNECT);
        let answer = [CONNECTED, b"HTTP/1.1 400 Bad Request\r\n\r\n"].concat();
        say_cut(&mut world, &mut wire, &answer, cut);
        let report = world.report(id);
        let told = (report.error, report.stage);
        assert_eq!(told, (Some(ErrorCode::TlsNotSpoken), Stage::Tls), "{cut}");
    }
}

/// A proxy that is spoken to through TLS.
struct SafeProxy {
    server: RawServer,
    pair: Pair,
    /// What trusts it.
    options: TlsOptions,
}

impl SafeProxy {
    fn new(name: &str) -> SafeProxy {
        let authority = Authority::new("proxies");
        let mut options = TlsOptions::default();
        options.trust_system(false).unwrap();
        options.add_authorities(authority.certificate().as_bytes()).unwrap();
        let pair = authority.issue(&[name], |_| ());
        SafeProxy { server: RawServer::new(), pair, options }
    }

    /// The proxy's side of the next connection, through TLS.
    #[track_caller]
    fn accept(&self, world: &mut World) -> TlsWire {
        let mut wire = None;
        world.until("the proxy is connected to", |_| {
            wire = self.server.accept();
            wire.is_some()
        });
        TlsWire::server(wire.unwrap(), &self.pair, None)
    }

    /// As `accept`, and exactly this has been asked.
    #[track_caller]
    fn asked(&self, world: &mut World, wanted: &[u8]) -> TlsWire {
        let mut tls = self.accept(world);
        world.until("the proxy is asked", |_| {
            tls.pump();
            tls.received.len() >= wanted.len()
        });
        assert_eq!(tls.received, wanted);
        tls.received.clear();
        tls
    }
}

#[test]
fn d07_a_proxy_is_spoken_to_through_tls() {
    let trust = Trust::new();
    let mut world = World::new();
    let proxy = SafeProxy::new("127.0.0.1");
    let id = connect(&mut world, "ws://-:9000/", "https://", &proxy.server, &trust, &proxy.options);
    let mut tls = proxy.asked(&mut world, CONNECT);
    tls.say(CONNECTED);
    goes_on(&mut world, &mut tls, id);
}

#[test]
fn d07_d08_a_proxy_that_is_not_trusted_is_told_nothing() {
    let untrusted = || {
        let mut options = TlsOptions::default();
        options.trust_system(false).unwrap();
        options.add_authorities(Authority::new("others").certificate().as_bytes()).unwrap();
        options
    };
    let wrong_name = SafeProxy::new("b.example");
    let unknown = SafeProxy { options: untrusted(), ..SafeProxy::new("127.0.0.1") };
    let cases = [
        (wrong_name, ErrorCode::CertificateWrongName),
        (unknown, ErrorCode::CertificateUnknownIssuer),
    ];
    for (proxy, error) in cases {
        let trust = Trust::new();
        let mut world = World::new();
        let scheme = "https://user:secret@";
        let id = connect(&mut world, "ws://-:9000/", scheme, &proxy.server, &trust, &proxy.options);
        let mut tls = proxy.accept(&mut world);
        world.until("the end is reported", |world| {
            tls.pump();
            world.closed(id) > 0
        });
        let report = world.report(id);
        assert_eq!((report.error, report.stage), (Some(error), Stage::Proxy));
        assert!(report.tls_alert.is_some());
        assert_eq!(tls.received, b"");
    }
}

/// Passes on what comes, both ways.
fn relay(proxy: &mut TlsWire, upstream: &mut Wire) {
    proxy.pump();
    let up = std::mem::take(&mut proxy.received);
    upstream.say(&up);
    upstream.pump();
    let down = std::mem::take(&mut upstream.received);
    if !down.is_empty() {
        proxy.say(&down);
    }
}

/// Messages of every size come back through a proxy that is spoken to through TLS, also where the
/// system does not take them at once.
fn echoes(url: &str, endpoint: Endpoint<Reaction>, trust: &Trust) {
    let mut world = World::new();
    let server = world.listen_with(&Place::Host { host: "127.0.0.1".into(), port: 0 }, endpoint);
    let proxy = SafeProxy::new("127.0.0.1");
    let id = connect(&mut world, url, "https://", &proxy.server, trust, &proxy.options);
    let mut tls = proxy.asked(&mut world, CONNECT);
    tls.say(CONNECTED);
    let mut upstream = Wire::connect(&server.place);
    world.until("the connection opens", |world| {
        relay(&mut tls, &mut upstream);
        world.opened().contains(&id)
    });
    // The last ones are more than the system takes at once.
    let sizes = [0, 1, 125, 126, 16_000, 16_384, 65_536];
    let sizes = sizes.into_iter().chain([900_000; 6]).chain([1, 0]);
    let message = |place: usize, size| vec![b'a' + u8::try_from(place).unwrap(); size];
    for (place, size) in sizes.clone().enumerate() {
        let bytes = message(place, size);
        world.event_loop.send(id, MessageType::Binary, &bytes).unwrap();
        world.rounds(1);
    }
    let has_waited = world.event_loop.queued_bytes(id).unwrap() > 0;
    world.until("the messages come back", |world| {
        relay(&mut tls, &mut upstream);
        world.messages(id).len() == sizes.clone().count()
    });
    for (place, size) in sizes.enumerate() {
        assert!(world.messages(id)[place] == message(place, size), "{size}");
    }
    assert!(has_waited, "the system took all at once");
    let frame = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
    world.event_loop.close(id, frame).unwrap();
    world.until("the end is reported", |world| {
        relay(&mut tls, &mut upstream);
        world.closed(id) > 0
    });
    let report = world.report(id);
    assert_eq!((report.error, report.code()), (None, CloseCode::NORMAL));
}

#[test]
fn d07_messages_go_through_tls_to_the_proxy() {
    echoes("ws://-:9000/", Endpoint::new(roomy(), echo as Reaction), &Trust::new());
}

#[test]
fn d07_tls_goes_through_tls() {
    let trust = Trust::new();
    let endpoint = Endpoint::secured(roomy(), trust.server(), echo as Reaction);
    echoes("wss://-:9000/", endpoint, &trust);
}
