//! Clients behind proxies in a simulated network: who is dialled, how long each stage takes, and when it
//! is tried again.
//!
//! No proxy is simulated. Whoever listens is a server, which refuses CONNECT; where one is to let
//! somebody through, it hears nothing, and the test says the answers.

use std::rc::Rc;

use oxws::net::dialled::Returning;
use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::inquiry::State;
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::net::way::Way;
use oxws::protocol::backoff::Backoff;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::failure::Stage;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::url::{Address, Place};

use crate::harness::{What, World, echo, ignore, options, options_with};
use crate::wire::{TEXT, accept_of, bare_frame};

const PROXY: &str = "http://10.0.0.1:3128";

fn host(host: &str, port: u16) -> Place {
    Place::Host { host: host.into(), port }
}

/// A simulated world with a server where the proxy should be.
fn world() -> World {
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    world.listen_at(&host("10.0.0.1", 3128), options(), echo);
    world
}

/// What a client is like that goes to b.example through the proxy.
fn through(proxy: &str, options: Options) -> Options {
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse(proxy).unwrap()));
    let address = Address::parse_dial("ws://b.example/").unwrap();
    let way = Way::to(&address, &proxies, &TlsOptions::default()).unwrap().map(Box::new);
    Options { way, ..options }
}

fn connect(world: &mut World, options: Options) -> Id {
    world.connect(&host("b.example", 80), options, ignore)
}

fn returning() -> Options {
    Options {
        returning: Some(Returning { backoff: Backoff::default(), max_waiting_bytes: 0 }),
        ..options()
    }
}

/// Why and where the ends were that were not the last, with the waits after them.
fn ends(world: &World, id: Id) -> Vec<(Option<ErrorCode>, Stage, u32)> {
    let ends = world.notes.iter().filter_map(|note| match note {
        (of, What::Disconnected(report, delay_ms)) if *of == id => {
            Some((report.error, report.stage, *delay_ms))
        }
        _ => None,
    });
    ends.collect()
}

#[test]
fn d07_the_proxy_is_dialled_and_not_the_server() {
    for (proxy, error) in [
        (PROXY, ErrorCode::ProxyRefused),
        ("socks5://10.0.0.1:3128", ErrorCode::ProxyMalformed),
        ("http://10.0.0.2:3128", ErrorCode::ConnectFailed),
    ] {
        let mut world = world();
        world.listen_at(&host("b.example", 80), options(), echo);
        let id = connect(&mut world, through(proxy, options()));
        world.advance(0);
        assert_eq!(world.report(id).error, Some(error), "{proxy}");
        assert_eq!(world.opened(), [], "{proxy}");
    }
}

#[test]
fn d07_each_stage_on_the_way_has_its_time() {
    let mut world = world();
    world.event_loop.set_route("10.0.0.1".parse().unwrap(), 40, 0).unwrap();
    world.event_loop.set_link(None, 0, 30).unwrap();
    let id = connect(&mut world, through(PROXY, options()));
    world.advance(39);
    assert_eq!(world.event_loop.state(id), Ok(State::Connecting));
    world.advance(1);
    assert_eq!(world.event_loop.state(id), Ok(State::Proxy));
    world.advance(60);
    let report = world.report(id);
    assert_eq!((report.error, report.http_status), (Some(ErrorCode::ProxyRefused), 405));
    let times = [Stage::Resolve, Stage::Connect, Stage::Proxy, Stage::Tls, Stage::Handshake]
        .map(|stage| report.times.micros(stage));
    assert_eq!(times, [0, 40_000, 60_000, 0, 0]);
}

#[test]
fn d07_the_whole_way_has_one_deadline() {
    for (route_ms, stage) in [(40, Stage::Proxy), (5000, Stage::Connect)] {
        let mut world = world();
        world.event_loop.set_route("10.0.0.1".parse().unwrap(), route_ms, 0).unwrap();
        world.event_loop.set_link(None, 0, 5000).unwrap();
        let hasty = options_with(|limits| limits.handshake_timeout_ms = 1000);
        let id = connect(&mut world, through(PROXY, hasty));
        world.advance(999);
        assert_eq!(world.closed(id), 0);
        world.advance(1);
        let report = world.report(id);
        assert_eq!((report.error, report.stage), (Some(ErrorCode::ConnectTimeout), stage));
    }
}

#[test]
fn d07_a_client_comes_back_by_the_same_way() {
    let mut world = world();
    world.listen_at(&host("b.example", 80), options(), echo);
    world.event_loop.refuse_connects(1, libc::ENETUNREACH).unwrap();
    let id = connect(&mut world, through(PROXY, returning()));
    world.advance(0);
    let lost = (Some(ErrorCode::ConnectFailed), Stage::Connect, 424);
    assert_eq!(ends(&world, id), [lost]);
    assert_eq!(world.event_loop.state(id), Ok(State::Waiting));
    world.advance(423);
    assert_eq!(world.closed(id), 0);
    world.advance(1);
    // The proxy is there now, and says no: which asking once more would not change.
    let report = world.report(id);
    assert_eq!((report.error, report.stage), (Some(ErrorCode::ProxyRefused), Stage::Proxy));
    assert_eq!(world.opened(), []);
}

#[test]
fn d07_a_proxy_that_lets_somebody_through_is_heard_of_no_more() {
    let mut world = world();
    let endpoint = |options| Rc::new(Endpoint::new(options, ignore as _));
    let request = ClientRequest::new("b.example", "/").unwrap();
    let client = endpoint(through(PROXY, options()));
    let (_, id) = world.event_loop.pair(endpoint(options()), request, client).unwrap();
    world.event_loop.freeze(id, true).unwrap();
    world.advance(10);
    assert_eq!(world.event_loop.state(id), Ok(State::Proxy));
    world.event_loop.inject(id, b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    world.advance(20);
    assert_eq!(world.event_loop.state(id), Ok(State::Handshake));
    let accept = accept_of(b"Sec-WebSocket-Key: AQIDBAECAwQBAgMEAQIDBA==\r\n");
    world.event_loop.inject(id, &[accept, bare_frame(TEXT, b"hello")].concat()).unwrap();
    world.advance(0);
    assert_eq!(world.story(id), ["response", "open", "message"]);
    assert_eq!(world.messages(id), [b"hello"]);
}
