//! Whatever happens to the bytes under way, what arrives is what was sent: random schedules of sends,
//! splits, delays, freezes and breaks in a simulated network.

use oxws::net::broadcast::Audience;
use oxws::net::endpoint::Options;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::settings::Limits;
use oxws::protocol::url::Place;
use proptest::prelude::*;

use crate::harness::{World, ignore, options_with};

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Client,
    Server,
}

/// Until what has been cut into pieces is there: a mebibyte in the smallest ones, 50 ms each.
const PATIENCE_MS: u64 = 65_536 * 50;

/// A thing that happens.
#[derive(Debug, Clone)]
enum Act {
    Send(Side, usize),
    /// To both, which share it as far as their roles let them.
    Broadcast(usize),
    Link(Side, u32, u32),
    Capacity(Side, usize),
    Freeze(Side, bool),
    Pause(Side, bool),
    Pass(u64),
}

/// How a schedule ends.
#[derive(Debug, Clone, Copy)]
enum Ending {
    /// All obstacles are taken away, and time passes.
    Thaw,
    Break(i32),
    /// Obstacles are taken away, and this side closes.
    Close(Side),
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Client), Just(Side::Server)]
}

fn act() -> impl Strategy<Value = Act> {
    let length = prop_oneof![0..130usize, 0..5000usize, 60_000..140_000usize];
    prop_oneof![
        6 => (side(), length.clone()).prop_map(|(side, length)| Act::Send(side, length)),
        2 => length.prop_map(Act::Broadcast),
        2 => (side(), pieces(), 0..50u32).prop_map(|(side, piece, ms)| Act::Link(side, piece, ms)),
        1 => (side(), 1..70_000usize).prop_map(|(side, bytes)| Act::Capacity(side, bytes)),
        1 => (side(), any::<bool>()).prop_map(|(side, frozen)| Act::Freeze(side, frozen)),
        1 => (side(), any::<bool>()).prop_map(|(side, paused)| Act::Pause(side, paused)),
        4 => (0..200u64).prop_map(Act::Pass),
    ]
}

/// The smallest piece that a message is cut into, in bytes.
const SMALLEST_PIECE: u32 = 16;

/// Piece sizes; small ones are rare, as they make large messages slow to simulate.
fn pieces() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 1 => SMALLEST_PIECE..64u32, 3 => 500..80_000u32]
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        2 => Just(Ending::Thaw),
        1 => Just(Ending::Break(libc::ECONNRESET)),
        1 => Just(Ending::Break(0)),
        1 => side().prop_map(Ending::Close),
    ]
}

/// A world with two ends, and what each has sent.
struct Talk {
    world: World,
    client: Id,
    server: Id,
    by_client: Vec<Vec<u8>>,
    by_server: Vec<Vec<u8>>,
}

impl Talk {
    /// Opens a connection by a link that cuts and delays from the first byte on.
    fn new(piece_bytes: u32, delay_ms: u32) -> Talk {
        let mut world = World::simulated();
        world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
        world.event_loop.set_link(None, piece_bytes, delay_ms).unwrap();
        let unhurried = |limits: &mut Limits| {
            limits.handshake_timeout_ms = 0;
            limits.close_timeout_ms = 0;
        };
        let quiet = || Options {
            write_stall_timeout_ms: 0,
            max_queued_bytes: u64::MAX,
            ..options_with(unhurried)
        };
        let place = Place::Host { host: "a.example".into(), port: 80 };
        world.listen_at(&place, quiet(), ignore);
        let client = world.connect(&place, quiet(), ignore);
        // Two heads of less than 512 bytes, at worst byte by byte.
        world.advance(1024 * u64::from(delay_ms));
        let opened = world.opened();
        assert_eq!(opened.len(), 2);
        let server = opened.into_iter().find(|id| *id != client).unwrap();
        // Messages are large, and pieces of a few bytes make them slow to simulate.
        if piece_bytes > 0 {
            for id in [client, server] {
                let piece_bytes = piece_bytes.max(SMALLEST_PIECE);
                world.event_loop.set_link(Some(id), piece_bytes, delay_ms).unwrap();
            }
        }
        Talk { world, client, server, by_client: Vec::new(), by_server: Vec::new() }
    }

    fn id(&self, side: Side) -> Id {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    fn sent(&mut self, side: Side) -> &mut Vec<Vec<u8>> {
        match side {
            Side::Client => &mut self.by_client,
            Side::Server => &mut self.by_server,
        }
    }

    fn play(&mut self, act: &Act) {
        let event_loop = &mut self.world.event_loop;
        match *act {
            Act::Send(side, length) => {
                let number = self.sent(side).len();
                let payload: Vec<u8> = (0..length).map(|at| (at * 7 + number) as u8).collect();
                let id = self.id(side);
                self.world.event_loop.send(id, MessageType::Binary, &payload).unwrap();
                self.sent(side).push(payload);
            }
            Act::Broadcast(length) => {
                let payload: Vec<u8> = (0..length).map(|at| (at * 5 + 1) as u8).collect();
                let message = Prepared::new(MessageType::Binary, &payload, Choice::Skip).unwrap();
                let reached = event_loop.broadcast(&message, Audience::default(), |_| ());
                assert_eq!(reached, Ok(2));
                self.by_client.push(payload.clone());
                self.by_server.push(payload);
            }
            Act::Pass(ms) => self.world.advance(ms),
            Act::Link(side, piece, ms) => {
                let id = self.id(side);
                self.world.event_loop.set_link(Some(id), piece, ms).unwrap();
            }
            Act::Capacity(side, bytes) => {
                let id = self.id(side);
                self.world.event_loop.set_capacity(Some(id), bytes).unwrap();
            }
            Act::Freeze(side, frozen) => {
                let id = if side == Side::Client { self.client } else { self.server };
                event_loop.freeze(id, frozen).unwrap();
            }
            Act::Pause(side, paused) => {
                let id = if side == Side::Client { self.client } else { self.server };
                match paused {
                    true => event_loop.pause_reading(id).unwrap(),
                    false => event_loop.resume_reading(id).unwrap(),
                }
            }
        }
    }

    fn thaw(&mut self) {
        for id in [self.client, self.server] {
            self.world.event_loop.resume_reading(id).unwrap();
            self.world.event_loop.freeze(id, false).unwrap();
            self.world.event_loop.set_capacity(Some(id), 1 << 20).unwrap();
            self.world.event_loop.set_link(Some(id), 0, 0).unwrap();
        }
        self.world.advance(PATIENCE_MS);
    }

    /// What arrived at one side and what was sent to it.
    fn arrived(&self, side: Side) -> (Vec<&[u8]>, Vec<&[u8]>) {
        let (id, sent) = match side {
            Side::Client => (self.client, &self.by_server),
            Side::Server => (self.server, &self.by_client),
        };
        (self.world.messages(id), sent.iter().map(Vec::as_slice).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn what_arrives_is_what_was_sent(
        link in (prop_oneof![Just(0), 1..100u32], 0..30u32),
        acts in prop::collection::vec(act(), 1..40),
        ending in ending(),
    ) {
        let mut talk = Talk::new(link.0, link.1);
        for act in &acts {
            talk.play(act);
            for side in [Side::Client, Side::Server] {
                let (arrived, sent) = talk.arrived(side);
                prop_assert!(sent.starts_with(&arrived), "{side:?}");
            }
        }
        match ending {
            Ending::Thaw => {
                talk.thaw();
                for side in [Side::Client, Side::Server] {
                    let (arrived, sent) = talk.arrived(side);
                    prop_assert!(arrived == sent, "{side:?}: {} of {}", arrived.len(), sent.len());
                }
            }
            Ending::Close(side) => {
                let frame = CloseFrame::new(Some(CloseCode::GOING_AWAY), "").unwrap();
                talk.world.event_loop.close(talk.id(side), frame).unwrap();
                talk.thaw();
                // What the other side had sent came first, and what it received before it answered.
                for side in [Side::Client, Side::Server] {
                    let (arrived, sent) = talk.arrived(side);
                    prop_assert!(arrived == sent, "{side:?}: {} of {}", arrived.len(), sent.len());
                }
                for id in [talk.client, talk.server] {
                    let report = talk.world.report(id);
                    prop_assert_eq!(report.error, None);
                    prop_assert_eq!(report.code(), CloseCode::GOING_AWAY);
                }
            }
            Ending::Break(number) => {
                talk.world.event_loop.break_connection(talk.client, number).unwrap();
                for id in [talk.client, talk.server] {
                    talk.world.event_loop.freeze(id, false).unwrap();
                    talk.world.event_loop.resume_reading(id).unwrap();
                }
                talk.world.advance(PATIENCE_MS + 100_000);
                for side in [Side::Client, Side::Server] {
                    let (arrived, sent) = talk.arrived(side);
                    prop_assert!(sent.starts_with(&arrived), "{side:?}");
                }
                for id in [talk.client, talk.server] {
                    prop_assert_eq!(talk.world.closed(id), 1);
                    let error = talk.world.report(id).error;
                    let lost = [ErrorCode::ConnectionLost, ErrorCode::ConnectionReset];
                    prop_assert!(error.is_some_and(|error| lost.contains(&error)), "{:?}", error);
                }
            }
        }
    }
}
