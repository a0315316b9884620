//! Where connections through TLS go: by names of every kind, after redirects and ends, through proxies, and
//! over a network that is simulated.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use oxws::net::dialled::Returning;
use oxws::net::endpoint::{Endpoint, Options, Security};
use oxws::net::inquiry::State;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::redirect::Redirects;
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::net::way::Way;
use oxws::protocol::backoff::Backoff;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::failure::Stage;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::settings::Settings;
use oxws::protocol::url::Address;

use crate::authority::{Authority, Pair};
use crate::harness::{Loop, Reaction, World, echo, ignore, options};
use crate::through_proxies::{HTTP, SOCKS, asked, hear, proxies};
use crate::tls_wire::TlsWire;
use crate::wire::{RawServer, TEXT, accept_of, bare_frame};

/// Servers of some names, and clients that trust them.
struct Names {
    server: TlsOptions,
    client: TlsOptions,
    pair: Pair,
}

impl Names {
    fn new(names: &[&str]) -> Names {
        let authority = Authority::new("tests");
        let pair = authority.issue(names, |_| ());
        let (mut server, mut client) = (TlsOptions::default(), TlsOptions::default());
        server.add_certificate(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
        client.trust_system(false).unwrap();
        client.add_authorities(authority.certificate().as_bytes()).unwrap();
        Names { server, client, pair }
    }

    /// Redirects are followed, and their servers trusted as the first one.
    fn redirects(&self) -> Option<Box<Redirects>> {
        let (tls, proxy_tls) = (self.client.clone(), TlsOptions::default());
        Some(Box::new(Redirects { max: 5, tls, proxies: Proxies::default(), proxy_tls }))
    }

    fn listen(&self, world: &mut World, url: &str, options: Options, reaction: Reaction) {
        let security = match url.starts_with("wss:") {
            true => Security::Server(self.server.server().unwrap()),
            false => Security::Plain,
        };
        let place = Address::parse_listen_anywhere(url).unwrap().place;
        world.listen_with(&place, Endpoint::secured(options, security, reaction));
    }

    fn connect(&self, world: &mut World, url: &str, options: Options) -> Id {
        let address = Address::parse_dial(url).unwrap();
        let security = Security::to(&address, &self.client).unwrap();
        let endpoint = Endpoint::secured(options, security, ignore as Reaction);
        let mut request = ClientRequest::new(&address.host_field, &address.target).unwrap();
        request.set_default_port(address.scheme.default_port());
        request.add_header("Authorization", "Bearer secret").unwrap();
        request.add_header("Cookie", "a=b").unwrap();
        world.event_loop.connect(&address.place, request, Rc::new(endpoint)).unwrap()
    }
}

thread_local! {
    /// What servers have seen: the name that TLS has asked for, Host, target, Authorization, Cookie.
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) -> bool {
    let ConnectionEvent::Protocol(Event::Request(request)) = event else {
        return false;
    };
    let field = |name| {
        let value = request.header(name, 0);
        value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned())
    };
    let facts = event_loop.tls_facts(id).unwrap();
    let asked = facts.map_or("plain", |facts| facts.server_name.unwrap_or("-"));
    let [host, authorization, cookie] = ["Host", "Authorization", "Cookie"].map(field);
    let line = format!("{asked} {host}{} {authorization} {cookie}", request.target());
    SEEN.with_borrow_mut(|seen| seen.push(line));
    true
}

fn welcome(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event_loop, id, event) {
        event_loop.accept(id, &Reply::new(200).unwrap()).unwrap();
    }
}

/// Leads where the query says.
fn lead(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event_loop, id, event)
        && let ConnectionEvent::Protocol(Event::Request(request)) = event
    {
        let (_, location) = request.target().split_once('?').unwrap();
        let mut reply = Reply::new(307).unwrap();
        reply.add_header("Location", location).unwrap();
        event_loop.respond(id, &reply).unwrap();
    }
}

fn decides() -> Options {
    let settings = Settings { origin: OriginPolicy::Any, ..(*options().settings).clone() };
    Options { decides_requests: true, settings: Arc::new(settings), ..options() }
}

#[test]
fn d08_what_is_asked_for_by_name_and_what_stands_in_the_request() {
    let names = Names::new(&["a.example", "a_b.example", "127.0.0.1", "fe80::1"]);
    let rows = [
        ("wss://a.example/x", "a.example a.example/x"),
        ("wss://A.Example/x", "a.example a.example/x"),
        // The dot stays where the user has put it, and nobody else sees it.
        ("wss://a.example./x", "a.example a.example./x"),
        ("wss://a_b.example/x", "a_b.example a_b.example/x"),
        ("wss://127.0.0.1/x", "- 127.0.0.1/x"),
        ("wss://[fe80::1]/x", "- [fe80::1]/x"),
    ];
    for (url, wanted) in rows {
        SEEN.take();
        let mut world = World::simulated();
        names.listen(&mut world, "wss://*", decides(), welcome);
        let client = names.connect(&mut world, url, options());
        world.advance(1000);
        assert_eq!(world.event_loop.state(client), Ok(State::Open), "{url}");
        assert_eq!(SEEN.take(), [format!("{wanted} Bearer secret a=b")]);
    }
    let zone = Address::parse_dial("wss://[fe80::1%25eth0]/");
    assert_eq!(zone, Err(ErrorCode::InvalidUrl));
}

#[test]
fn d05_redirects_lead_into_tls_and_never_out_of_it() {
    let names = Names::new(&["a.example", "b.example"]);
    let rows: [(&str, &str, &[&str]); 6] = [
        // Another scheme is another site, and so is another host or port.
        ("ws://a.example/", "wss://a.example/there", &["a.example a.example/there - -"]),
        ("ws://a.example/", "https://b.example/there", &["b.example b.example/there - -"]),
        ("wss://a.example/", "wss://b.example/there", &["b.example b.example/there - -"]),
        ("wss://a.example/", "wss://a.example:444/there", &["a.example a.example:444/there - -"]),
        ("wss://a.example/", "ws://a.example/there", &[]),
        ("wss://a.example/", "http://b.example/there", &[]),
    ];
    for (url, location, wanted) in rows {
        SEEN.take();
        let mut world = World::simulated();
        names.listen(&mut world, "ws://a.example", decides(), lead);
        names.listen(&mut world, "wss://a.example", decides(), lead_or_welcome);
        names.listen(&mut world, "wss://a.example:444", decides(), welcome);
        names.listen(&mut world, "wss://b.example", decides(), welcome);
        names.listen(&mut world, "ws://b.example", decides(), welcome);
        let options = Options { redirects: names.redirects(), ..options() };
        let client = names.connect(&mut world, &format!("{url}?{location}"), options);
        world.advance(1000);
        let seen = SEEN.take();
        assert!(seen[0].ends_with(&format!("a.example/?{location} Bearer secret a=b")));
        assert_eq!(seen[1..], *wanted, "{location}");
        if wanted.is_empty() {
            let report = world.report(client);
            assert_eq!(report.error, Some(ErrorCode::RedirectRefused), "{location}");
        } else {
            assert_eq!(world.event_loop.state(client), Ok(State::Open), "{location}");
        }
    }
}

fn lead_or_welcome(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    match event {
        ConnectionEvent::Protocol(Event::Request(request)) if request.target() == "/there" => {
            welcome(event_loop, id, event);
        }
        _ => lead(event_loop, id, event),
    }
}

/// A redirect does not make a server believed that is not: its certificate is for another name.
#[test]
fn d05_d08_a_server_that_a_redirect_leads_to_is_checked() {
    let names = Names::new(&["a.example"]);
    let mut world = World::simulated();
    names.listen(&mut world, "ws://a.example", decides(), lead);
    names.listen(&mut world, "wss://b.example", decides(), welcome);
    let options = Options { redirects: names.redirects(), ..options() };
    let client = names.connect(&mut world, "ws://a.example/?wss://b.example/", options);
    world.advance(1000);
    let report = world.report(client);
    assert_eq!(report.error, Some(ErrorCode::CertificateWrongName));
    assert_eq!(report.stage, Stage::Tls);
}

fn returning() -> Options {
    let returning = Returning { backoff: Backoff::default(), max_waiting_bytes: 1000 };
    Options { returning: Some(returning), ..options() }
}

#[test]
fn a_connection_through_tls_comes_back_and_goes_on_with_its_session() {
    let names = Names::new(&["a.example"]);
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    names.listen(&mut world, "wss://a.example", options(), echo);
    let client = names.connect(&mut world, "wss://a.example/", returning());
    for (number, os_error) in [libc::ECONNRESET, 0, libc::ETIMEDOUT].into_iter().enumerate() {
        world.advance(5000);
        assert_eq!(world.event_loop.state(client), Ok(State::Open));
        let facts = world.event_loop.tls_facts(client).unwrap().unwrap();
        assert_eq!(facts.is_resumed, number > 0);
        world.event_loop.break_connection(client, os_error).unwrap();
        world.advance(0);
        assert_eq!(world.event_loop.state(client), Ok(State::Waiting));
        world.event_loop.send(client, MessageType::Text, b"kept").unwrap();
    }
    world.advance(10_000);
    assert_eq!(world.messages(client), [b"kept"; 3]);
}

#[test]
fn a_connection_whose_records_are_damaged_comes_back_and_one_that_is_not_believed_does_not() {
    let names = Names::new(&["a.example"]);
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    names.listen(&mut world, "wss://*", options(), echo);
    let client = names.connect(&mut world, "wss://a.example/", returning());
    world.advance(1000);
    // A record that was made by nobody who has the keys.
    let forged = [&[23, 3, 3, 0, 30][..], &[7; 30]].concat();
    world.event_loop.inject(client, &forged).unwrap();
    world.advance(10_000);
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
    assert_eq!(world.story(client), ["response", "open", "disconnected", "response", "open"]);
    let stranger = names.connect(&mut world, "wss://b.example/", returning());
    world.advance(10_000);
    assert_eq!(world.story(stranger), ["closed"]);
    assert_eq!(world.report(stranger).error, Some(ErrorCode::CertificateWrongName));
}

#[test]
fn d07_a_connection_comes_back_through_tls_through_a_proxy() {
    for (scheme, conversation) in [("http://", HTTP), ("socks5://", SOCKS)] {
        let names = Names::new(&["a.example"]);
        let mut world = World::new();
        let server = RawServer::new();
        let address = Address::parse_dial("wss://-:9000/").unwrap();
        let tls = TlsOptions::default();
        let way = Way::to(&address, &proxies(scheme, &server), &tls).unwrap().map(Box::new);
        let host = "a.example".into();
        let security = Security::Client { tls: names.client.client().unwrap(), host };
        let backoff = Backoff { first_ms: 1, max_ms: 1, ..Backoff::default() };
        let returning = Some(Returning { backoff, max_waiting_bytes: 0 });
        let options = Options { way, returning, ..options() };
        let endpoint = Endpoint::secured(options, security, ignore as Reaction);
        let request = ClientRequest::new("a.example", "/").unwrap();
        let id = world.event_loop.connect(&address.place, request, Rc::new(endpoint)).unwrap();
        for count in 1..=3 {
            let mut wire = asked(&mut world, &server, conversation[0].0);
            wire.say(conversation[0].1);
            for (question, answer) in &conversation[1..] {
                hear(&mut world, &mut wire, question);
                wire.say(answer);
            }
            let mut peer = TlsWire::server(wire, &names.pair, None);
            world.until("the opening request comes", |_| {
                peer.pump();
                peer.received.ends_with(b"\r\n\r\n")
            });
            let accept = accept_of(&peer.received);
            peer.say(&[accept, bare_frame(TEXT, b"hello")].concat());
            world.until("the message comes", |world| {
                peer.pump();
                world.messages(id).len() == count
            });
            peer.wire.reset();
        }
    }
}

/// What a test of a program does to the network, done to a connection through TLS.
#[test]
fn a_simulated_network_treats_tls_as_anything_else() {
    let names = Names::new(&["a.example"]);
    let mut world = World::simulated();
    names.listen(&mut world, "wss://a.example", options(), echo);
    let client = names.connect(&mut world, "wss://a.example/", options());
    // While keys are agreed on, and behind that.
    for (piece_bytes, capacity) in [(10, 50), (1000, 3000), (0, 100_000)] {
        world.event_loop.set_link(Some(client), piece_bytes, 1).unwrap();
        world.event_loop.set_capacity(Some(client), capacity).unwrap();
        world.advance(1000);
    }
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
    world.event_loop.freeze(client, true).unwrap();
    world.event_loop.send(client, MessageType::Binary, &[7; 50_000]).unwrap();
    world.advance(10_000);
    assert!(world.messages(client).is_empty());
    world.event_loop.freeze(client, false).unwrap();
    world.advance(10_000);
    assert_eq!(world.messages(client), [[7; 50_000]]);
    // What comes from nowhere comes below TLS.
    let server = world.opened().into_iter().find(|id| *id != client).unwrap();
    world.event_loop.inject(server, b"\x81\x00").unwrap();
    world.advance(0);
    assert_eq!(world.closed(server), 0);
    world.event_loop.inject(server, b"no record").unwrap();
    world.advance(1000);
    assert_eq!(world.report(server).error, Some(ErrorCode::TlsNotSpoken));
    assert_eq!(world.report(client).error, Some(ErrorCode::TlsAlert));
}

#[test]
fn a_simulated_network_knows_a_connection_on_its_way_to_a_proxy() {
    let names = Names::new(&["proxy.example"]);
    let mut world = World::simulated();
    world.event_loop.set_link(None, 0, 100).unwrap();
    names.listen(&mut world, "wss://proxy.example", options(), echo);
    let address = Address::parse_dial("ws://a.example/").unwrap();
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse("https://proxy.example").unwrap()));
    let way = Way::to(&address, &proxies, &names.client).unwrap().map(Box::new);
    let client = names.connect(&mut world, "ws://a.example/", Options { way, ..options() });
    world.advance(150);
    assert_eq!(world.event_loop.state(client), Ok(State::Proxy));
    world.event_loop.break_connection(client, libc::ECONNRESET).unwrap();
    world.advance(0);
    let report = world.report(client);
    assert_eq!(report.error, Some(ErrorCode::ConnectionReset));
    assert_eq!(report.os_error, libc::ECONNRESET);
}

#[test]
fn d05_who_comes_back_after_a_redirect_begins_as_plainly_as_before() {
    let names = Names::new(&["a.example"]);
    SEEN.take();
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    names.listen(&mut world, "ws://a.example", decides(), lead);
    names.listen(&mut world, "wss://a.example", decides(), welcome);
    let options = Options { redirects: names.redirects(), ..returning() };
    let client = names.connect(&mut world, "ws://a.example/?wss://a.example/there", options);
    let lines = [
        "plain a.example/?wss://a.example/there Bearer secret a=b",
        "a.example a.example/there - -",
    ];
    for _ in 0..3 {
        world.advance(10_000);
        assert_eq!(world.event_loop.state(client), Ok(State::Open));
        assert_eq!(SEEN.take(), lines);
        world.event_loop.break_connection(client, libc::ECONNRESET).unwrap();
    }
}
