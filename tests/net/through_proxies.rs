//! Clients that connect through proxies: what each side is told, whatever pieces it comes in, and how it
//! ends where there is no way.

use oxws::net::endpoint::Options;
use oxws::net::inquiry::State;
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::net::way::Way;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::failure::Stage;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::proxy::exempt::Exemptions;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::url::Address;

use crate::harness::{World, ignore, options, options_with};
use crate::wire::{RawServer, TEXT, Wire, accept_of, bare_frame};

/// A name that no lookup finds: only the proxy is to know it.
const TARGET: &str = "ws://-:9000/";
pub(crate) const CONNECT: &[u8] = b"CONNECT -:9000 HTTP/1.1\r\nHost: -:9000\r\n\r\n";
pub(crate) const CONNECTED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const SOCKS_GREETING: &[u8] = b"\x05\x01\x00";
const SOCKS_REQUEST: &[u8] = b"\x05\x01\x00\x03\x01-\x23\x28";
const SOCKS_DONE: &[u8] = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50";

/// What is asked of a proxy, and what it answers.
pub(crate) type Conversation = [(&'static [u8], &'static [u8])];

pub(crate) const HTTP: &Conversation = &[(CONNECT, CONNECTED)];
pub(crate) const SOCKS: &Conversation =
    &[(SOCKS_GREETING, b"\x05\x00"), (SOCKS_REQUEST, SOCKS_DONE)];

/// Proxies of which the one at this server is asked; `scheme` may have credentials behind it.
pub(crate) fn proxies(scheme: &str, server: &RawServer) -> Proxies {
    let mut proxies = Proxies::default();
    let url = format!("{scheme}{}", server.address());
    proxies.set_proxy(Some(Proxy::parse(&url).unwrap()));
    proxies
}

/// Connects by way of the proxies.
fn connect(world: &mut World, url: &str, proxies: &Proxies, options: Options) -> Id {
    let address = Address::parse_dial(url).unwrap();
    let way = Way::to(&address, proxies, &TlsOptions::default()).unwrap().map(Box::new);
    world.connect(&address.place, Options { way, ..options }, ignore)
}

fn through(world: &mut World, scheme: &str, server: &RawServer) -> Id {
    connect(world, TARGET, &proxies(scheme, server), options())
}

/// The proxy's side of the connection, once exactly this has been asked.
#[track_caller]
pub(crate) fn asked(world: &mut World, server: &RawServer, wanted: &[u8]) -> Wire {
    let mut wire = None;
    world.until("the proxy is connected to", |_| {
        wire = server.accept();
        wire.is_some()
    });
    let mut wire = wire.unwrap();
    hear(world, &mut wire, wanted);
    wire
}

/// Exactly this comes over the wire.
#[track_caller]
pub(crate) fn hear(world: &mut World, wire: &mut Wire, wanted: &[u8]) {
    world.until("the proxy is asked", |_| {
        wire.pump();
        wire.received.len() >= wanted.len()
    });
    assert_eq!(wire.received, wanted, "{}", wire.text());
    wire.received.clear();
}

/// Says something in two pieces, with rounds between them.
pub(crate) fn say_cut(world: &mut World, wire: &mut Wire, bytes: &[u8], cut: usize) {
    let (first, second) = bytes.split_at(cut.min(bytes.len()));
    for piece in [first, second] {
        wire.say(piece);
        world.rounds(2);
    }
}

/// How far the connection has come, while the proxy is asked.
fn state(world: &World, id: Id) -> State {
    world.event_loop.state(id).unwrap()
}

/// Answers the opening handshake of WebSocket over the tunnel and exchanges a message.
#[track_caller]
fn goes_on(world: &mut World, wire: &mut Wire, id: Id) {
    world.until("the opening request comes", |_| {
        wire.pump();
        wire.received.ends_with(b"\r\n\r\n")
    });
    assert!(
        wire.text().starts_with("GET /chat HTTP/1.1\r\nHost: a.example\r\n"),
        "{}",
        wire.text()
    );
    assert!(!wire.text().to_lowercase().contains("proxy"), "{}", wire.text());
    let accept = accept_of(&wire.received);
    wire.received.clear();
    wire.say(&[accept, bare_frame(TEXT, b"hello")].concat());
    world.until("the message comes", |world| world.messages(id) == [b"hello"]);
    world.event_loop.send(id, MessageType::Text, b"hi").unwrap();
    world.until("the answer comes", |_| {
        wire.pump();
        wire.received.len() == 2 + 4 + 2
    });
}

#[test]
fn d07_a_connection_goes_through_a_proxy_whose_answers_come_in_any_pieces() {
    for (scheme, conversation) in [("http://", HTTP), ("socks5://", SOCKS)] {
        let longest = conversation.iter().map(|(_, answer)| answer.len()).max().unwrap();
        for cut in 0..=longest {
            let mut world = World::new();
            let server = RawServer::new();
            let id = through(&mut world, scheme, &server);
            let mut wire = asked(&mut world, &server, conversation[0].0);
            assert_eq!(state(&world, id), State::Proxy);
            say_cut(&mut world, &mut wire, conversation[0].1, cut);
            for (question, answer) in &conversation[1..] {
                hear(&mut world, &mut wire, question);
                say_cut(&mut world, &mut wire, answer, cut);
            }
            goes_on(&mut world, &mut wire, id);
        }
    }
}

#[test]
fn d07_credentials_go_to_the_proxy_and_to_nobody_else() {
    let mut world = World::new();
    let server = RawServer::new();
    let mut proxies = proxies("http://user:pa%20ss@", &server);
    proxies.add_header("User-Agent", "test").unwrap();
    let id = connect(&mut world, TARGET, &proxies, options());
    let question = b"CONNECT -:9000 HTTP/1.1\r\nHost: -:9000\r\n\
        Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\nUser-Agent: test\r\n\r\n";
    let mut wire = asked(&mut world, &server, question);
    wire.say(CONNECTED);
    goes_on(&mut world, &mut wire, id);

    let id = through(&mut world, "socks5://user:pa%20ss@", &server);
    let mut wire = asked(&mut world, &server, b"\x05\x02\x00\x02");
    wire.say(b"\x05\x02");
    hear(&mut world, &mut wire, b"\x01\x04user\x05pa ss");
    wire.say(b"\x01\x00");
    hear(&mut world, &mut wire, SOCKS_REQUEST);
    wire.say(SOCKS_DONE);
    goes_on(&mut world, &mut wire, id);
}

#[test]
fn d07_what_needs_no_proxy_is_connected_to() {
    let mut world = World::new();
    let (server, proxy) = (RawServer::new(), RawServer::new());
    let mut proxies = proxies("http://", &proxy);
    proxies.set_exempt(Exemptions::parse("127.0.0.0/8").unwrap());
    let url = format!("ws://{}/", server.address());
    let id = connect(&mut world, &url, &proxies, options());
    let mut wire = asked_anything(&mut world, &server);
    goes_on(&mut world, &mut wire, id);
    assert!(proxy.accept().is_none());
}

/// The other side of the next connection.
#[track_caller]
fn asked_anything(world: &mut World, server: &RawServer) -> Wire {
    let mut wire = None;
    world.until("the server is connected to", |_| {
        wire = server.accept();
        wire.is_some()
    });
    wire.unwrap()
}

#[test]
fn d07_bytes_behind_the_proxys_answer_are_the_peers() {
    for cut in [CONNECTED.len(), CONNECTED.len() + 1, usize::MAX] {
        let mut world = World::new();
        let server = RawServer::new();
        let id = through(&mut world, "http://", &server);
        let mut wire = asked(&mut world, &server, CONNECT);
        let answer = [CONNECTED, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"].concat();
        say_cut(&mut world, &mut wire, &answer, cut);
        let report = world.report(id);
        let told = (report.error, report.http_status, report.stage);
        assert_eq!(told, (Some(ErrorCode::HandshakeStatus), 404, Stage::Handshake), "{cut}");
    }
}

#[test]
fn d07_a_proxy_that_gives_no_way_is_reported() {
    let http: &[(&str, ErrorCode, u16)] = &[
        ("HTTP/1.1 407 x\r\n\r\n", ErrorCode::ProxyUnauthorized, 407),
        ("HTTP/1.1 403 x\r\nContent-Length: 9\r\n\r\n", ErrorCode::ProxyRefused, 403),
        ("HTTP/1.0 502 x\r\n\r\nbody", ErrorCode::ProxyRefused, 502),
        ("SSH-2.0-x\r\n", ErrorCode::ProxyMalformed, 0),
        ("HTTP/1.1 101 x\r\n\r\n", ErrorCode::ProxyMalformed, 101),
    ];
    let mut world = World::new();
    for (answer, error, status) in http {
        let server = RawServer::new();
        let id = through(&mut world, "http://", &server);
        let mut wire = asked(&mut world, &server, CONNECT);
        wire.say(answer.as_bytes());
        let report = world.report(id);
        let told = (report.error, report.http_status, report.stage, report.socks_reply);
        assert_eq!(told, (Some(*error), *status, Stage::Proxy, 0), "{answer}");
        assert_eq!(world.story(id), ["closed"], "{answer}");
    }
    let socks: &[(&[u8], ErrorCode, u8)] = &[
        (b"\x05\x05", ErrorCode::ProxyRefused, 5),
        (b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00", ErrorCode::ProxyRefused, 2),
        (b"\x04", ErrorCode::ProxyMalformed, 0),
    ];
    for (answer, error, reply) in socks {
        let server = RawServer::new();
        let id = through(&mut world, "socks5://", &server);
        let mut wire = asked(&mut world, &server, SOCKS_GREETING);
        wire.say(b"\x05\x00");
        hear(&mut world, &mut wire, SOCKS_REQUEST);
        wire.say(answer);
        let report = world.report(id);
        let told = (report.error, report.http_status, report.stage, report.socks_reply);
        assert_eq!(told, (Some(*error), 0, Stage::Proxy, *reply), "{answer:x?}");
    }
    let server = RawServer::new();
    let id = through(&mut world, "socks5://", &server);
    let mut wire = asked(&mut world, &server, SOCKS_GREETING);
    wire.say(b"\x05\xff");
    let report = world.report(id);
    assert_eq!((report.error, report.socks_reply), (Some(ErrorCode::ProxyUnauthorized), 255));
}

#[test]
fn d07_a_proxy_that_goes_away_is_reported() {
    let mut world = World::new();
    for said in [b"".as_slice(), b"HTTP/1.1 200 OK\r\n"] {
        let server = RawServer::new();
        let id = through(&mut world, "http://", &server);
        let mut wire = asked(&mut world, &server, CONNECT);
        wire.say(said);
        wire.finish();
        let report = world.report(id);
        assert_eq!((report.error, report.stage), (Some(ErrorCode::ConnectionLost), Stage::Proxy));

        let id = through(&mut world, "http://", &server);
        let wire = asked(&mut world, &server, CONNECT);
        wire.reset();
        let report = world.report(id);
        let told = (report.error, report.os_error, report.stage);
        assert_eq!(told, (Some(ErrorCode::ConnectionReset), libc::ECONNRESET, Stage::Proxy));
    }
    let server = RawServer::new();
    let proxies = proxies("http://", &server);
    drop(server);
    let id = connect(&mut world, TARGET, &proxies, options());
    let report = world.report(id);
    let told = (report.error, report.os_error, report.stage);
    assert_eq!(told, (Some(ErrorCode::ConnectFailed), libc::ECONNREFUSED, Stage::Connect));
}

#[test]
fn d07_a_proxy_that_says_nothing_is_given_up_at_the_deadline() {
    let mut world = World::new();
    for said in [b"".as_slice(), b"HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200"] {
        let server = RawServer::new();
        let hasty = options_with(|limits| limits.handshake_timeout_ms = 100);
        let id = connect(&mut world, TARGET, &proxies("http://", &server), hasty);
        let mut wire = asked(&mut world, &server, CONNECT);
        wire.say(said);
        let report = world.report(id);
        assert_eq!((report.error, report.stage), (Some(ErrorCode::ConnectTimeout), Stage::Proxy));
    }
}

#[test]
fn d07_a_connection_that_is_given_up_leaves_the_proxy() {
    let mut world = World::new();
    let server = RawServer::new();
    let id = through(&mut world, "http://", &server);
    let mut wire = asked(&mut world, &server, CONNECT);
    world.event_loop.abort(id).unwrap();
    let report = world.report(id);
    assert_eq!((report.error, report.stage), (Some(ErrorCode::Cancelled), Stage::Proxy));
    world.until("the proxy is left", |_| {
        wire.pump();
        wire.end.is_some()
    });
}

#[cfg(not(feature = "tls"))]
#[test]
fn d07_a_proxy_that_wants_tls_is_not_spoken_to_without() {
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse("https://127.0.0.1:1").unwrap()));
    let address = Address::parse_dial(TARGET).unwrap();
    let way = Way::to(&address, &proxies, &TlsOptions::default());
    assert_eq!(way.map(drop), Err(ErrorCode::Unsupported));
}
