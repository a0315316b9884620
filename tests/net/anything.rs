//! Whatever an owner does, inside events and between rounds: what was accepted arrives, every parcel
//! comes back, the end comes once and last, and then the loop is at rest. Random operations in a
//! simulated network.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use oxws::net::endpoint::Options;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::mailbox::Command;
use oxws::net::parcel::Parcel;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::Choice;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::settings::Limits;
use oxws::protocol::url::Place;
use proptest::prelude::*;

use crate::harness::{Loop, What, World, options_with};

/// What is done to one of the two ends.
#[derive(Debug, Clone)]
enum Act {
    Send(usize),
    Note(usize),
    Lend(usize),
    Mail(usize),
    MailLent(usize),
    Begin,
    Piece(usize, bool),
    Ping,
    Pause(bool),
    Capacity(usize),
    Freeze(bool),
    Link(u32, u32),
    Close,
    Abort,
}

/// When it is done.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Between two rounds.
    Now,
    /// Inside the next event of whichever end.
    Inside,
}

/// A parcel with a number.
#[derive(Debug)]
struct Crate(usize, Vec<u8>);

impl Parcel for Crate {
    fn payload(&self) -> &[u8] {
        &self.1
    }
}

/// What has been accepted, and what has arrived.
#[derive(Default)]
struct Books {
    ends: [Option<Id>; 2],
    /// What is still to be done inside an event.
    inside: VecDeque<(usize, Act)>,
    /// Messages by the loop's own thread and those that were mailed, of each end.
    sent: [[Vec<Vec<u8>>; 2]; 2],
    unfinished: [Option<Vec<u8>>; 2],
    parcels: usize,
    /// Which of them were mailed: those may come back behind the end.
    mailed: Vec<usize>,
    received: HashMap<Id, Vec<Vec<u8>>>,
    begun: HashMap<Id, Vec<u8>>,
    ended_by_owner: bool,
}

thread_local! {
    static BOOKS: RefCell<Books> = RefCell::default();
}

fn with_books<R>(work: impl FnOnce(&mut Books) -> R) -> R {
    BOOKS.with(|books| work(&mut books.borrow_mut()))
}

/// The bytes of the next message: they tell its end, its way and its number.
fn payload(books: &Books, end: usize, way: usize, length: usize) -> Vec<u8> {
    let number = books.sent[end][way].len();
    let head = [end as u8, way as u8, (number >> 8) as u8, number as u8];
    head.into_iter().chain((0..length).map(|at| (at * 7 + number) as u8)).collect()
}

fn is_usual(error: ErrorCode) -> bool {
    use ErrorCode::{Closed, InvalidState, NotFound, WouldExceed};
    matches!(error, Closed | InvalidState | NotFound | WouldExceed)
}

/// Takes note of what came of a send.
fn note(end: usize, way: usize, bytes: Vec<u8>, result: Result<(), ErrorCode>) {
    match result {
        Ok(()) => with_books(|books| books.sent[end][way].push(bytes)),
        Err(error) => assert!(is_usual(error), "{error:?}"),
    }
}

fn play(event_loop: &mut Loop, end: usize, act: &Act) {
    let Some(id) = with_books(|books| books.ends[end]) else { return };
    let kind = MessageType::Binary;
    let bytes = |way, length| with_books(|books| payload(books, end, way, length));
    let crated = |payload| {
        let number = with_books(|books| books.parcels);
        Box::new(Crate(number, payload))
    };
    let count_parcel = |result: &Result<(), ErrorCode>| {
        with_books(|books| books.parcels += usize::from(result.is_ok()));
    };
    let result = match *act {
        Act::Send(length) => {
            let bytes = bytes(0, length);
            let result = event_loop.send(id, kind, &bytes);
            note(end, 0, bytes, result);
            Ok(())
        }
        Act::Note(length) => {
            let bytes = bytes(0, length);
            let result = event_loop.send_with(id, kind, Choice::BySize, &bytes, crated(Vec::new()));
            count_parcel(&result);
            note(end, 0, bytes, result);
            Ok(())
        }
        Act::Lend(length) => {
            let bytes = bytes(0, length);
            let result = event_loop.send_parcel(id, kind, Choice::BySize, crated(bytes.clone()));
            count_parcel(&result);
            note(end, 0, bytes, result);
            Ok(())
        }
        Act::Mail(length) => {
            let bytes = bytes(1, length);
            let command = Command::Send(id, kind, bytes.clone().into());
            let result = event_loop.mailbox().put(command);
            note(end, 1, bytes, result);
            Ok(())
        }
        Act::MailLent(length) => {
            let bytes = bytes(1, length);
            let command = Command::SendParcel(id, kind, Choice::BySize, crated(bytes.clone()));
            let result = event_loop.mailbox().put(command);
            with_books(|books| books.mailed.push(books.parcels));
            count_parcel(&result);
            note(end, 1, bytes, result);
            Ok(())
        }
        Act::Begin => event_loop.begin_message(id, kind, Choice::BySize).inspect(|()| {
            with_books(|books| books.unfinished[end] = Some(Vec::new()));
        }),
        Act::Piece(length, fin) => piece(event_loop, end, id, length, fin),
        Act::Ping => event_loop.ping(id, b"ping"),
        Act::Pause(true) => event_loop.pause_reading(id),
        Act::Pause(false) => event_loop.resume_reading(id),
        Act::Capacity(bytes) => event_loop.set_capacity(Some(id), bytes),
        Act::Freeze(is_frozen) => event_loop.freeze(id, is_frozen),
        Act::Link(piece, delay) => event_loop.set_link(Some(id), piece, delay),
        Act::Close => {
            with_books(|books| books.ended_by_owner = true);
            event_loop.close(id, CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap())
        }
        Act::Abort => {
            with_books(|books| books.ended_by_owner = true);
            event_loop.abort(id)
        }
    };
    assert!(result.map_or_else(is_usual, |()| true), "{result:?}");
}

/// Sends a piece; the first one begins with what tells the message from others.
fn piece(
    event_loop: &mut Loop,
    end: usize,
    id: Id,
    length: usize,
    fin: bool,
) -> Result<(), ErrorCode> {
    let Some(before) = with_books(|books| books.unfinished[end].clone()) else {
        return Ok(());
    };
    let head = with_books(|books| payload(books, end, 0, 0));
    let head = if before.is_empty() { head } else { Vec::new() };
    let piece = [head, vec![length as u8; length]].concat();
    event_loop.send_piece(id, &piece, fin)?;
    let all = [before, piece].concat();
    with_books(|books| match fin {
        true => {
            books.unfinished[end] = None;
            books.sent[end][0].push(all);
        }
        false => books.unfinished[end] = Some(all),
    });
    Ok(())
}

/// Puts messages together, and does what is to be done inside of an event.
fn react(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    match event {
        ConnectionEvent::Protocol(Event::Message { payload, .. }) => with_books(|books| {
            assert!(books.begun.get(&id).is_none_or(Vec::is_empty));
            books.received.entry(id).or_default().push(payload.as_slice().to_vec());
        }),
        ConnectionEvent::Protocol(Event::Chunk { payload, place, .. }) => with_books(|books| {
            let begun = books.begun.entry(id).or_default();
            assert_eq!(place.is_first, begun.is_empty());
            begun.extend_from_slice(payload.as_slice());
            if place.is_last {
                let whole = std::mem::take(begun);
                books.received.entry(id).or_default().push(whole);
            }
        }),
        _ => {}
    }
    if let Some((end, act)) = with_books(|books| books.inside.pop_front()) {
        play(event_loop, end, &act);
    }
}

/// Lets time pass, and fails if the loop does not come to rest.
fn pass(world: &mut World, ms: u64) {
    let until = world.now_ms() + ms;
    let mut idle_rounds = 0;
    while world.now_ms() < until || world.event_loop.has_news().unwrap() {
        let before = (world.now_ms(), world.notes.len(), world.delivered.len());
        world.event_loop.poll(Some(Duration::from_millis(until - world.now_ms()))).unwrap();
        world.steps();
        let after = (world.now_ms(), world.notes.len(), world.delivered.len());
        idle_rounds = if before == after { idle_rounds + 1 } else { 0 };
        assert!(idle_rounds < 20_000, "the loop does not come to rest");
    }
}

fn open(chunks: bool, pauses: bool, max_queued_bytes: u64) -> World {
    with_books(|books| *books = Books::default());
    let mut world = World::simulated();
    let unhurried = |limits: &mut Limits| {
        limits.handshake_timeout_ms = 0;
        limits.close_timeout_ms = 60_000;
    };
    let options = || {
        let mut options = options_with(unhurried);
        Arc::get_mut(&mut options.settings).unwrap().reports_chunks = chunks;
        Options {
            write_stall_timeout_ms: 0,
            max_queued_bytes,
            pauses_while_queued: pauses,
            ..options
        }
    };
    let place = Place::Host { host: "a.example".into(), port: 80 };
    world.listen_at(&place, options(), react);
    let client = world.connect(&place, options(), react);
    pass(&mut world, 1);
    let opened = world.opened();
    assert_eq!(opened.len(), 2);
    let server = opened.into_iter().find(|id| *id != client);
    with_books(|books| books.ends = [Some(client), server]);
    world
}

/// Takes all obstacles away.
fn thaw(world: &mut World) {
    for id in with_books(|books| books.ends).into_iter().flatten() {
        // What has ended needs none of it.
        let _ = world.event_loop.resume_reading(id);
        let _ = world.event_loop.freeze(id, false);
        let _ = world.event_loop.set_capacity(Some(id), 1 << 20);
        let _ = world.event_loop.set_link(Some(id), 0, 0);
    }
    pass(world, 5_000_000);
}

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![0..130_usize, 0..6000_usize, 60_000..140_000_usize]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => length().prop_map(Act::Send),
        3 => length().prop_map(Act::Note),
        3 => length().prop_map(Act::Lend),
        3 => length().prop_map(Act::Mail),
        2 => length().prop_map(Act::MailLent),
        2 => Just(Act::Begin),
        6 => (length(), any::<bool>()).prop_map(|(length, fin)| Act::Piece(length, fin)),
        2 => Just(Act::Ping),
        2 => any::<bool>().prop_map(Act::Pause),
        1 => (1..70_000_usize).prop_map(Act::Capacity),
        1 => any::<bool>().prop_map(Act::Freeze),
        1 => (prop_oneof![Just(0), 500..80_000_u32], 0..30_u32).prop_map(|(a, b)| Act::Link(a, b)),
    ]
}

fn last_act() -> impl Strategy<Value = Option<Act>> {
    prop_oneof![3 => Just(None), 2 => Just(Some(Act::Close)), 1 => Just(Some(Act::Abort))]
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![Just(Moment::Now), Just(Moment::Inside)]
}

/// What came from an end on one way, in order.
fn arrived(from: usize, way: usize) -> Vec<Vec<u8>> {
    with_books(|books| {
        let id = books.ends[1 - from].unwrap();
        let all = books.received.get(&id).cloned().unwrap_or_default();
        all.into_iter().filter(|message| message[..2] == [from as u8, way as u8]).collect()
    })
}

/// Ends messages that leave in pieces; each end has room now.
fn finish_messages(world: &mut World) {
    for end in 0..2 {
        play(&mut world.event_loop, end, &Act::Piece(1, true));
    }
}

/// The parcels that came back, by number.
fn numbers(world: &World) -> Vec<usize> {
    let numbers = world.delivered.iter().map(|delivery| {
        let parcel: &dyn Any = &*delivery.parcel;
        parcel.downcast_ref::<Crate>().unwrap().0
    });
    numbers.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn whatever_is_done_nothing_is_lost_or_stranded(
        kind in (any::<bool>(), any::<bool>(), prop_oneof![Just(1_u64 << 20), 1..200_000_u64]),
        acts in prop::collection::vec((0..2_usize, moment(), act(), 0..40_u64), 1..60),
        last in (0..2_usize, moment(), last_act()),
    ) {
        let mut world = open(kind.0, kind.1, kind.2);
        for (end, moment, act, ms) in &acts {
            match moment {
                Moment::Now => play(&mut world.event_loop, *end, act),
                Moment::Inside => with_books(|books| books.inside.push_back((*end, act.clone()))),
            }
            pass(&mut world, *ms);
        }
        with_books(|books| books.inside.clear());
        if let (end, moment, Some(act)) = &last {
            match moment {
                Moment::Now => play(&mut world.event_loop, *end, act),
                Moment::Inside => with_books(|books| books.inside.push_back((*end, act.clone()))),
            }
        }
        thaw(&mut world);
        with_books(|books| books.inside.clear());
        if !with_books(|books| books.ended_by_owner) {
            finish_messages(&mut world);
            thaw(&mut world);
            prop_assert!(world.ended().is_empty(), "{:?}", world.notes.last());
            for end in 0..2 {
                for way in 0..2 {
                    let sent = with_books(|books| books.sent[end][way].clone());
                    prop_assert!(arrived(end, way) == sent, "end {end}, way {way}");
                }
            }
        } else {
            for end in 0..2 {
                for way in 0..2 {
                    let sent = with_books(|books| books.sent[end][way].clone());
                    prop_assert!(sent.starts_with(&arrived(end, way)), "end {end}, way {way}");
                }
            }
        }
        let mut numbers = numbers(&world);
        for id in with_books(|books| books.ends).into_iter().flatten() {
            let own: Vec<_> = world.notes.iter().filter(|note| note.0 == id).collect();
            let ends = own.iter().filter(|note| matches!(note.1, What::Closed(_))).count();
            prop_assert_eq!(ends, usize::from(with_books(|books| books.ended_by_owner)));
            prop_assert!(ends == 0 || matches!(own.last().unwrap().1, What::Closed(_)));
            let is_end = |note: &(Id, What)| note.0 == id && matches!(note.1, What::Closed(_));
            let end = world.notes.iter().position(is_end).unwrap_or(usize::MAX);
            for (at, delivery) in world.delivered.iter().enumerate() {
                let is_behind = delivery.id == id && world.delivered_at[at] > end;
                prop_assert!(!is_behind || with_books(|books| books.mailed.contains(&numbers[at])));
            }
        }
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (0..with_books(|books| books.parcels)).collect::<Vec<_>>());
        prop_assert_ne!(world.event_loop.timeout(), Some(Duration::ZERO));
    }
}
