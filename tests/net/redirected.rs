//! D5: redirects, which are followed where that was asked for, and what goes along.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use oxws::net::dialled::Returning;
use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::redirect::Redirects;
use oxws::net::slots::Id;
use oxws::net::tls::TlsOptions;
use oxws::protocol::backoff::Backoff;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::settings::Settings;
use oxws::protocol::url::Place;

use crate::harness::{Loop, What, World, ignore, options, options_with};

fn host(host: &str) -> Place {
    Place::Host { host: host.into(), port: 80 }
}

fn follows(max: u32) -> Options {
    let (tls, proxy_tls) = (TlsOptions::default(), TlsOptions::default());
    let redirects = Redirects { max, tls, proxies: Proxies::default(), proxy_tls };
    Options { redirects: Some(Box::new(redirects)), ..options() }
}

fn decides() -> Options {
    let settings = Settings { origin: OriginPolicy::Any, ..(*options().settings).clone() };
    Options { decides_requests: true, settings: Arc::new(settings), ..options() }
}

thread_local! {
    /// The requests that servers have seen: host, target, Authorization, Origin.
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn seen() -> Vec<String> {
    SEEN.take()
}

fn note(event: &ConnectionEvent<'_>) -> bool {
    let ConnectionEvent::Protocol(Event::Request(request)) = event else {
        return false;
    };
    let field = |name| {
        let value =
            request.header(name, 0).map(|value| String::from_utf8_lossy(value).into_owned());
        value.unwrap_or("-".into())
    };
    let target = request.target();
    let line = format!("{} {target} {} {}", field("Host"), field("Authorization"), field("Origin"));
    SEEN.with_borrow_mut(|seen| seen.push(line));
    true
}

fn lead(event_loop: &mut Loop, id: Id, status: u16, location: &str) {
    let mut reply = Reply::new(status).unwrap();
    reply.add_header("Location", location).unwrap();
    event_loop.respond(id, &reply).unwrap();
}

fn to_b(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event) {
        lead(event_loop, id, 307, "http://b.example/there?x");
    }
}

/// Leads from "/" to "/1", from there to "/2", and so on.
fn onwards(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event)
        && let ConnectionEvent::Protocol(Event::Request(request)) = event
    {
        let number: u32 = request.target().trim_start_matches('/').parse().unwrap_or(0);
        lead(event_loop, id, 302, &format!("/{}", number + 1));
    }
}

fn welcome(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event) {
        event_loop.accept(id, &Reply::new(200).unwrap()).unwrap();
    }
}

fn to_another_protocol(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if note(event) {
        lead(event_loop, id, 301, "ftp://a.example/");
    }
}

fn request() -> ClientRequest {
    let mut request = ClientRequest::new("a.example", "/").unwrap();
    request.add_header("Authorization", "Bearer secret").unwrap();
    request.set_origin(Some("http://page.example")).unwrap();
    request
}

fn connect(world: &mut World, options: Options) -> Id {
    let endpoint = Rc::new(Endpoint::new(options, ignore as _));
    world.event_loop.connect(&host("a.example"), request(), endpoint).unwrap()
}

#[test]
fn d05_another_host_gets_no_credentials() {
    seen();
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), to_b);
    world.listen_at(&host("b.example"), decides(), welcome);
    let client = connect(&mut world, follows(1));
    world.advance(0);
    assert_eq!(world.story(client), ["response", "open"]);
    assert_eq!(
        seen(),
        [
            "a.example / Bearer secret http://page.example",
            "b.example /there?x - http://page.example",
        ]
    );
    assert_eq!(world.event_loop.connection_count(), 2);
}

#[test]
fn d05_the_same_host_gets_them() {
    seen();
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), onwards);
    let client = connect(&mut world, follows(2));
    world.advance(0);
    assert_eq!(world.report(client).error, Some(ErrorCode::TooManyRedirects));
    assert_eq!(
        seen(),
        ["/", "/1", "/2"]
            .map(|target| format!("a.example {target} Bearer secret http://page.example"))
    );
}

#[test]
fn d05_a_loop_ends_at_the_limit() {
    for max in 1..=5 {
        seen();
        let mut world = World::simulated();
        world.listen_at(&host("a.example"), decides(), onwards);
        let client = connect(&mut world, follows(max));
        world.advance(0);
        assert_eq!(world.story(client), ["response", "closed"]);
        let report = world.report(client);
        assert_eq!((report.error, report.http_status), (Some(ErrorCode::TooManyRedirects), 302));
        assert_eq!(seen().len(), max as usize + 1);
        world.advance(2000);
        assert_eq!(world.event_loop.connection_count(), 0);
    }
}

#[test]
fn d05_none_is_followed_unless_asked_for() {
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), to_b);
    world.listen_at(&host("b.example"), decides(), welcome);
    let client = connect(&mut world, options());
    world.advance(0);
    let report = world.report(client);
    assert_eq!((report.error, report.http_status), (Some(ErrorCode::HandshakeStatus), 307));
    assert_eq!(world.story(client), ["response", "closed"]);
}

#[test]
fn d05_one_that_is_refused_is_told_with_its_answer() {
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), to_another_protocol);
    let client = connect(&mut world, follows(5));
    world.advance(0);
    let report = world.report(client);
    assert_eq!((report.error, report.http_status), (Some(ErrorCode::RedirectRefused), 301));
    assert!(report.response.is_some());
}

#[test]
fn d05_the_request_is_shown_each_time() {
    seen();
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), to_b);
    world.listen_at(&host("b.example"), decides(), welcome);
    let options = Options { sees_requests: true, ..follows(1) };
    let show = |event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>| {
        if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
            let mut request = (**request).clone();
            let token = format!("for {}", request.host());
            request.set_header("Authorization", &token).unwrap();
            event_loop.send_request(id, &request).unwrap();
        }
    };
    let endpoint = Rc::new(Endpoint::new(options, show as _));
    let client = world.event_loop.connect(&host("a.example"), request(), endpoint).unwrap();
    world.advance(0);
    assert_eq!(world.story(client), ["connecting", "connecting", "response", "open"]);
    let want = ["a.example / for a.example", "b.example /there?x for b.example"];
    assert_eq!(seen(), want.map(|line| format!("{line} http://page.example")));
}

#[test]
fn d05_all_of_it_has_one_deadline() {
    let mut world = World::simulated();
    world.listen_at(&host("a.example"), decides(), onwards);
    let limits = options_with(|limits| limits.handshake_timeout_ms = 3000).settings;
    let options = Options { settings: limits, ..follows(5) };
    // A request and its answer take two seconds.
    world.event_loop.set_link(None, u32::MAX, 1000).unwrap();
    let client = connect(&mut world, options);
    world.advance(2000);
    assert_eq!(world.story(client), [""; 0]);
    world.advance(999);
    assert_eq!(world.closed(client), 0);
    world.advance(1);
    assert_eq!(world.report(client).error, Some(ErrorCode::HandshakeTimeout));
}

#[test]
fn d05_who_comes_back_begins_at_the_first_address() {
    seen();
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    world.listen_at(&host("a.example"), decides(), to_b);
    world.listen_at(&host("b.example"), decides(), welcome);
    let returning = Returning { backoff: Backoff::default(), max_waiting_bytes: 0 };
    let options = Options { returning: Some(returning), ..follows(1) };
    let client = connect(&mut world, options);
    world.advance(0);
    let server = *world.opened().iter().find(|id| **id != client).unwrap();
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.advance(424);
    let lines = [
        "a.example / Bearer secret http://page.example",
        "b.example /there?x - http://page.example",
    ];
    assert_eq!(seen(), [lines, lines].concat());
    let story = ["response", "open", "disconnected", "response", "open"];
    assert_eq!(world.story(client), story);
    let is_101 = |note: &(Id, What)| matches!(note, (_, What::Response(101, _)));
    assert_eq!(world.notes.iter().filter(|note| is_101(note)).count(), 2);
}

#[test]
fn d05_over_real_sockets_nothing_is_left_behind() {
    let mut world = World::new();
    let server = world.listen(decides(), onwards);
    let before = world.watched();
    let endpoint = Rc::new(Endpoint::new(follows(5), ignore as _));
    let client = world.event_loop.connect(&server.place, request(), endpoint).unwrap();
    assert_eq!(world.report(client).error, Some(ErrorCode::TooManyRedirects));
    world.until("nothing is left", |world| world.watched() == before);
    assert_eq!(world.event_loop.connection_count(), 0);
}
