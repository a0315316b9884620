//! Clients that come back behind the same id, at times that are known to the millisecond.

use std::cell::Cell;

use oxws::net::dialled::Returning;
use oxws::net::endpoint::Options;
use oxws::net::inquiry::State;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::mailbox::Command;
use oxws::net::slots::Id;
use oxws::protocol::backoff::Backoff;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{CloseReport, Event};
use oxws::protocol::failure::Stage;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::Place;

use crate::harness::{Loop, What, World, echo, ignore, options, options_with};

/// What the fixed random numbers make of the waits: a limit of 1000, 2000, 4000 ... 60000 ms.
const DELAYS: [u32; 8] = [424, 1409, 782, 5786, 1812, 27_881, 35_919, 35_919];

fn place() -> Place {
    Place::Host { host: "a.example".into(), port: 80 }
}

fn returning(change: impl FnOnce(&mut Returning)) -> Options {
    let mut returning = Returning { backoff: Backoff::default(), max_waiting_bytes: 0 };
    change(&mut returning);
    Options { returning: Some(returning), ..options() }
}

fn quiet() -> Options {
    returning(|_| ())
}

/// A simulated world with an echo server.
fn world() -> World {
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    world.listen_at(&place(), options(), echo);
    world
}

/// The newest connection of the server.
fn server_of(world: &World, client: Id) -> Id {
    *world.opened().iter().rfind(|id| **id != client).unwrap()
}

/// The ends of a connection that were not its last, with the waits after them.
fn ends(world: &World, id: Id) -> Vec<(&CloseReport, u32)> {
    let ends = world.notes.iter().filter_map(|note| match note {
        (of, What::Disconnected(report, delay_ms)) if *of == id => Some((&**report, *delay_ms)),
        _ => None,
    });
    ends.collect()
}

/// The waits that were announced for a connection.
fn delays(world: &World, id: Id) -> Vec<u32> {
    ends(world, id).iter().map(|(_, delay_ms)| *delay_ms).collect()
}

fn close(world: &mut World, id: Id, code: u16) {
    let frame = CloseFrame::new(Some(CloseCode::from_number(code)), "").unwrap();
    world.event_loop.close(id, frame).unwrap();
}

fn send(world: &mut World, id: Id, payload: &[u8]) -> Result<(), ErrorCode> {
    world.event_loop.send(id, MessageType::Binary, payload)
}

#[test]
fn a_connection_that_is_lost_comes_back_behind_its_id() {
    let mut world = world();
    let client = world.connect(&place(), quiet(), ignore);
    world.event_loop.set_user(client, 77).unwrap();
    world.advance(0);
    let server = server_of(&world, client);
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.advance(0);
    assert_eq!(world.story(client), ["response", "open", "disconnected"]);
    assert_eq!(world.event_loop.state(client), Ok(State::Waiting));
    assert_eq!(send(&mut world, client, b"x"), Err(ErrorCode::NotOpen));
    world.advance(423);
    assert_eq!(world.event_loop.state(client), Ok(State::Waiting));
    world.advance(1);
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
    assert_eq!(world.event_loop.user(client), Ok(77));
    assert_ne!(server_of(&world, client), server);
    send(&mut world, client, b"again").unwrap();
    world.advance(0);
    assert_eq!(world.messages(client), [b"again"]);
    close(&mut world, client, 1000);
    world.advance(5000);
    let story = ["response", "open", "disconnected", "response", "open", "message", "closed"];
    assert_eq!(world.story(client), story);
    assert_eq!(world.report(client).error, None);
    assert_eq!((world.event_loop.connection_count(), delays(&world, client)), (0, vec![424]));
}

#[test]
fn d15_waits_double_while_nobody_answers() {
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    let client = world.connect(&place(), quiet(), ignore);
    let mut at = 0;
    for (number, delay) in DELAYS.into_iter().enumerate() {
        world.advance(0);
        assert_eq!(world.now_ms(), at);
        assert_eq!(delays(&world, client), DELAYS[..=number], "{number}");
        world.advance(u64::from(delay) - 1);
        assert_eq!(delays(&world, client).len(), number + 1);
        world.advance(1);
        at += u64::from(delay);
    }
    world.listen_at(&place(), options(), ignore);
    world.advance(60_000);
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
}

#[test]
fn it_gives_up_after_the_last_attempt_and_says_why() {
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    let options = returning(|returning| returning.backoff.max_attempts = 2);
    let client = world.connect(&place(), options, ignore);
    world.advance(100_000);
    assert_eq!(world.story(client), ["disconnected", "disconnected", "closed"]);
    let report = world.report(client);
    assert_eq!(report.error, Some(ErrorCode::ConnectFailed));
    assert_eq!(report.os_error, libc::ECONNREFUSED);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn each_attempt_has_the_whole_time_of_the_handshake() {
    let mut world = world();
    world.event_loop.refuse_connects(2, 0).unwrap();
    let options = Options {
        returning: quiet().returning,
        ..options_with(|limits| limits.handshake_timeout_ms = 500)
    };
    let client = world.connect(&place(), options, ignore);
    world.advance(500);
    assert_eq!(world.story(client), ["disconnected"]);
    world.advance(424 + 499);
    assert_eq!(world.story(client), ["disconnected"]);
    world.advance(1);
    assert_eq!(world.story(client), ["disconnected", "disconnected"]);
    world.advance(1409);
    assert_eq!(world.event_loop.state(client), Ok(State::Open));
}

#[test]
fn close_codes_of_the_server_decide() {
    // The code, and the wait; none where the client does not come back.
    let rows = [
        (1000, None),
        (1001, Some(0)),
        (1003, None),
        (1008, None),
        (1011, Some(424)),
        (1012, Some(424)),
        (1013, Some(424)),
        (4000, None),
    ];
    for (code, want) in rows {
        let mut world = world();
        let client = world.connect(&place(), quiet(), ignore);
        world.advance(0);
        let server = server_of(&world, client);
        close(&mut world, server, code);
        world.advance(0);
        let end = ends(&world, client).first().map(|(report, ms)| (report.code().number(), *ms));
        assert_eq!(end, want.map(|delay_ms| (code, delay_ms)), "{code}");
        assert_eq!(world.closed(client), usize::from(want.is_none()), "{code}");
        // The closing handshake of the one that ended was not cut short by its successor.
        world.advance(5000);
        assert_eq!(world.report(server).error, None, "{code}");
        assert_eq!(world.report(server).code().number(), code, "{code}");
        let left = if want.is_some() { 2 } else { 0 };
        assert_eq!(world.event_loop.connection_count(), left, "{code}");
    }
}

#[test]
fn the_count_begins_anew_after_ten_seconds() {
    let mut world = world();
    let client = world.connect(&place(), quiet(), ignore);
    for open_ms in [0, 9999, 10_000, 0] {
        world.advance(0);
        world.advance(open_ms);
        let server = server_of(&world, client);
        world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
        world.advance(0);
        let delay = *delays(&world, client).last().unwrap();
        world.advance(u64::from(delay));
    }
    assert_eq!(delays(&world, client), [424, 1409, 424, 1409]);
}

#[test]
fn who_closes_or_aborts_while_it_waits_ends_it() {
    for aborts in [true, false] {
        let mut world = World::simulated();
        let client = world.connect(&place(), quiet(), ignore);
        world.advance(0);
        match aborts {
            true => world.event_loop.abort(client).unwrap(),
            false => close(&mut world, client, 1000),
        }
        world.advance(0);
        assert_eq!(world.story(client), ["disconnected", "closed"]);
        let report = world.report(client);
        assert_eq!((report.error, report.stage), (Some(ErrorCode::Cancelled), Stage::Waiting));
        assert_eq!(world.event_loop.state(client), Err(ErrorCode::NotFound));
        assert_eq!(world.event_loop.abort(client), Err(ErrorCode::NotFound));
        world.advance(200_000);
        assert_eq!(world.event_loop.connection_count(), 0);
    }
}

/// Closes or aborts as soon as it is told of an end that is not the last.
fn give_up(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Disconnected { .. } = event {
        assert_eq!(event_loop.state(id), Ok(State::Waiting));
        event_loop.abort(id).unwrap();
        assert_eq!(event_loop.abort(id), Err(ErrorCode::Closed));
    }
}

#[test]
fn who_aborts_when_told_of_the_end_ends_it() {
    let mut world = World::simulated();
    let client = world.connect(&place(), quiet(), give_up);
    world.advance(0);
    assert_eq!(world.story(client), ["disconnected", "closed"]);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn who_has_closed_does_not_come_back_whatever_happens_then() {
    let mut world = world();
    let client = world.connect(&place(), quiet(), ignore);
    world.advance(0);
    let server = server_of(&world, client);
    // Both close at once, and what the server says would let the client come back.
    close(&mut world, server, 1012);
    close(&mut world, client, 1000);
    world.advance(5000);
    assert_eq!(world.story(client), ["response", "open", "closed"]);
}

#[test]
fn a_loop_that_ends_leaves_nobody_waiting() {
    let mut world = world();
    let waits = world.connect(&Place::Path("/nobody".into()), quiet(), ignore);
    let open = world.connect(&place(), quiet(), ignore);
    world.advance(0);
    assert_eq!(world.story(waits), ["disconnected"]);
    let server = server_of(&world, open);
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.event_loop.shut_down();
    world.steps();
    assert_eq!(world.closed(waits), 1);
    assert_eq!(world.closed(open), 1);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn all_are_closed_while_one_waits() {
    let mut world = world();
    let waits = world.connect(&Place::Path("/nobody".into()), quiet(), ignore);
    let open = world.connect(&place(), quiet(), ignore);
    world.advance(0);
    let frame = CloseFrame::new(Some(CloseCode::GOING_AWAY), "").unwrap();
    world.event_loop.close_all(&frame);
    world.advance(5000);
    assert_eq!(world.story(waits), ["disconnected", "closed"]);
    assert_eq!(world.story(open), ["response", "open", "closed"]);
    assert_eq!(world.event_loop.connection_count(), 0);
}

thread_local!(static OPENED: Cell<u32> = const { Cell::new(0) });

/// Subscribes each time that the connection is open.
fn subscribe(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Open) = event {
        OPENED.set(OPENED.get() + 1);
        let text = format!("subscribe {}", OPENED.get());
        event_loop.send(id, MessageType::Text, text.as_bytes()).unwrap();
    }
}

#[test]
fn messages_wait_until_it_is_open_and_leave_behind_what_is_sent_then() {
    OPENED.set(0);
    let mut world = world();
    let options = returning(|returning| returning.max_waiting_bytes = 10);
    let client = world.connect(&place(), options, subscribe);
    send(&mut world, client, b"first").unwrap();
    world.advance(0);
    let server = server_of(&world, client);
    assert_eq!(world.messages(server), [&b"subscribe 1"[..], b"first"]);
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.advance(0);
    send(&mut world, client, b"one").unwrap();
    world.event_loop.send_parts(client, MessageType::Text, &[b"t", b"wo"]).unwrap();
    let invalid = world.event_loop.send_parts(client, MessageType::Text, &[b"\xc3", b"x"]);
    assert_eq!(invalid, Err(ErrorCode::InvalidUtf8));
    let payload = b"three, beyond the limit".to_vec().into();
    world.event_loop.mailbox().put(Command::Send(client, MessageType::Binary, payload)).unwrap();
    world.advance(0);
    assert_eq!(send(&mut world, client, b"four"), Err(ErrorCode::WouldExceed));
    let payload = b"five".to_vec().into();
    let sent = world.event_loop.mailbox().put(Command::Send(client, MessageType::Binary, payload));
    assert_eq!(sent, Err(ErrorCode::WouldExceed));
    world.advance(424);
    let server = server_of(&world, client);
    let want = [&b"subscribe 2"[..], b"one", b"two", b"three, beyond the limit"];
    assert_eq!(world.messages(server), want);
    let payload = b"six".to_vec().into();
    world.event_loop.mailbox().put(Command::Send(client, MessageType::Binary, payload)).unwrap();
    world.advance(0);
    assert_eq!(world.messages(server).last(), Some(&&b"six"[..]));
}

/// Begins a message in pieces as soon as the connection is open.
fn begin(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Open) = event {
        let choice = oxws::protocol::connection::Choice::BySize;
        event_loop.begin_message(id, MessageType::Binary, choice).unwrap();
        event_loop.send_piece(id, b"in ", false).unwrap();
    }
}

#[test]
fn messages_wait_for_the_end_of_one_that_leaves_in_pieces() {
    let mut world = world();
    let options = returning(|returning| returning.max_waiting_bytes = 10);
    let client = world.connect(&place(), options, begin);
    send(&mut world, client, b"waits").unwrap();
    world.advance(0);
    let server = server_of(&world, client);
    assert_eq!(world.messages(server), [b""; 0]);
    world.event_loop.send_piece(client, b"pieces", true).unwrap();
    world.advance(0);
    assert_eq!(world.messages(server), [&b"in pieces"[..], b"waits"]);
}

fn close_at_once(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Open) = event {
        let frame = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
        event_loop.close(id, frame).unwrap();
    }
}

#[test]
fn what_waits_leaves_before_a_close_and_is_dropped_at_the_end() {
    let mut world = world();
    let options = returning(|returning| returning.max_waiting_bytes = 10);
    let client = world.connect(&place(), options.clone(), close_at_once);
    send(&mut world, client, b"waits").unwrap();
    world.advance(5000);
    let server = server_of(&world, client);
    assert_eq!(world.messages(server), [b"waits"]);
    assert_eq!(world.report(client).error, None);

    let mut world = World::simulated();
    let client = world.connect(&place(), options, ignore);
    send(&mut world, client, b"in vain").unwrap();
    world.advance(0);
    close(&mut world, client, 1000);
    assert_eq!(send(&mut world, client, b"late"), Err(ErrorCode::Closed));
    world.advance(0);
    assert_eq!(world.story(client), ["disconnected", "closed"]);
}

#[test]
fn the_request_is_shown_before_each_attempt() {
    let mut world = world();
    let options = Options { sees_requests: true, ..quiet() };
    let client = world.connect(&place(), options, |event_loop, id, event| {
        if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
            assert_eq!(request.headers().get("X-Token", 0), None);
            let mut request = (**request).clone();
            request.set_header("X-Token", "fresh").unwrap();
            event_loop.send_request(id, &request).unwrap();
        }
    });
    world.advance(0);
    let server = server_of(&world, client);
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.advance(424);
    let one = ["connecting", "response", "open"];
    let story = [&one[..], &["disconnected"], &one].concat();
    assert_eq!(world.story(client), story);
}

#[test]
fn without_it_nothing_comes_back() {
    let mut world = world();
    let client = world.connect(&place(), options(), ignore);
    world.advance(0);
    let server = server_of(&world, client);
    world.event_loop.break_connection(server, libc::ECONNRESET).unwrap();
    world.advance(0);
    assert_eq!(world.story(client), ["response", "open", "closed"]);
}

#[test]
fn e21_over_real_sockets_nothing_is_left_behind() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let backoff = Backoff { first_ms: 1, max_ms: 2, ..Backoff::default() };
    let options = returning(|returning| returning.backoff = backoff);
    let client = world.connect(&server.place, options, ignore);
    let before = world.watched();
    for round in 1..20 {
        world.until("it is open", |world| {
            world.opened().iter().filter(|id| **id == client).count() == round
        });
        world.until("the server has heard", |world| world.opened().len() == 2 * round);
        let of_server = server_of(&world, client);
        close(&mut world, of_server, if round % 2 == 0 { 1012 } else { 1001 });
        world.until("the server's is closed", |world| world.closed(of_server) == 1);
        assert_eq!(world.report(of_server).error, None);
    }
    world.until("the last one is open", |world| world.opened().len() == 40);
    close(&mut world, client, 1000);
    world.until("all is over", |world| world.closed(client) == 1);
    world.until("nothing is left", |world| world.watched() < before);
    assert_eq!(world.event_loop.connection_count(), 0);
}
