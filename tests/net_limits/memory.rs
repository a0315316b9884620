//! Memory: bounded while peers misbehave, and given back afterwards.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;

use crate::alone::{alone, resident_bytes};
use crate::harness::{World, echo, ignore, options, options_with};
use crate::wire::{BINARY, PING, Wire, frame};

const MIB: usize = 1024 * 1024;

/// Writes as much of `bytes` as the system takes, without keeping any; how much that was.
fn write(wire: &Wire, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match (&wire.socket).write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    written
}

/// Reads and forgets; how much that was.
fn discard(wire: &mut Wire, buffer: &mut [u8]) -> usize {
    match wire.socket.read(buffer) {
        Ok(count) => count,
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        Err(error) => panic!("{error}"),
    }
}

/// Sends all of `bytes` while rounds pass; the most memory that was resident.
fn send_all(world: &mut World, wire: &Wire, bytes: &[u8]) -> usize {
    let mut sent = 0;
    let mut most = 0;
    while sent < bytes.len() {
        sent += write(wire, &bytes[sent..]);
        world.round();
        most = most.max(resident_bytes());
    }
    most
}

#[test]
fn a05_a_million_fragments_need_no_more_than_their_bytes() {
    alone("memory::a05_a_million_fragments_need_no_more_than_their_bytes", || {
        let mut world = World::new();
        world.only_counts = true;
        let limits = options_with(|limits| limits.max_fragments = u32::MAX);
        let server = world.listen(limits, ignore);
        let (wire, _) = world.open(&server);
        let mut bytes = frame(0x02, b"x");
        bytes.extend(frame(0x00, b"x").repeat(1_000_000));
        send_all(&mut world, &wire, &frame(BINARY, b"warm").repeat(100_000));
        let before = resident_bytes();
        let most = send_all(&mut world, &wire, &bytes);
        assert!(most - before < 2 * MIB + MIB / 2, "{} bytes", most - before);
        let after = frame(0x80, b"");
        let counted = world.counted;
        write(&wire, &after);
        world.until("the message has come", |world| world.counted == counted + 1);
    });
}

#[test]
fn e01_a_million_pings_whose_pongs_are_not_read_cost_nothing() {
    alone("memory::e01_a_million_pings_whose_pongs_are_not_read_cost_nothing", || {
        let mut world = World::new();
        world.only_counts = true;
        let options = options_with(|limits| limits.control_burst = u32::MAX);
        let server = world.listen_with_send_buffer(4096, options, ignore);
        let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
        world.open_on(&mut wire);
        let pings = frame(PING, b"12345678").repeat(1_000_000);
        // What one read can bring is answered before anything is known of the peer.
        send_all(&mut world, &wire, &pings[..14 * 100_000]);
        let before = resident_bytes();
        let most = send_all(&mut world, &wire, &pings[14 * 100_000..]);
        assert!(most.saturating_sub(before) < MIB, "{} bytes", most - before);
        world.until("all pings were seen", |world| world.counted == 1_000_000);
    });
}

#[test]
fn e02_a_peer_that_never_reads_costs_no_more_than_the_limit_and_a_message() {
    alone("memory::e02_a_peer_that_never_reads_costs_no_more_than_the_limit_and_a_message", || {
        let mut world = World::new();
        let server = world.listen_with_send_buffer(4096, options(), ignore);
        let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
        let id = world.open_on(&mut wire);
        let payload = vec![1; MIB];
        let before = resident_bytes();
        let mut accepted = 0;
        let mut most = 0;
        for _ in 0..1_000 {
            for size in [MIB, 1000, 10, 70_000] {
                match world.event_loop.send(id, MessageType::Binary, &payload[..size]) {
                    Ok(()) => accepted += size,
                    Err(error) => assert_eq!(error, ErrorCode::WouldExceed),
                }
            }
            world.round();
            most = most.max(resident_bytes());
        }
        assert!((MIB..3 * MIB).contains(&accepted), "{accepted}");
        // A queue that grows holds its old and its new place for a moment.
        assert!(most - before < 4 * MIB, "{} bytes", most - before);
    });
}

#[test]
fn e24_memory_is_given_back_after_a_burst() {
    alone("memory::e24_memory_is_given_back_after_a_burst", || {
        const PEERS: usize = 100;
        let mut world = World::new();
        world.only_counts = true;
        let server = world.listen_with_send_buffer(4096, options(), echo);
        let whole = frame(BINARY, &vec![1; MIB]);
        let mut scratch = vec![1; 256 * 1024];
        let mut wires: Vec<_> = (0..PEERS).map(|_| world.open(&server).0).collect();
        for _ in 0..3 {
            world.round();
        }
        let before = resident_bytes();
        // All but the last byte of each message, so that all are held at once.
        let mut sent = [0; PEERS];
        world.until("the parts are held", |_| {
            for (wire, sent) in wires.iter().zip(&mut sent) {
                *sent += write(wire, &whole[*sent..whole.len() - 1]);
            }
            resident_bytes() > before + PEERS * MIB * 9 / 10
        });
        let peak = resident_bytes();
        let mut received = [0; PEERS];
        world.until("all are answered", |_| {
            for (wire, sent) in wires.iter().zip(&mut sent) {
                *sent += write(wire, &whole[*sent..]);
            }
            for (wire, received) in wires.iter_mut().zip(&mut received) {
                *received += discard(wire, &mut scratch);
            }
            received.iter().all(|received| *received == MIB + 10)
        });
        // Nothing happens for longer than the loop waits before it tidies up.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(1_500) {
            let limit = Duration::from_millis(1_500);
            world.event_loop.poll(Some(limit)).unwrap();
            world.steps();
        }
        let after = resident_bytes();
        let kept = after.saturating_sub(before);
        assert!(kept < (peak - before) / 5, "{kept} of {}", peak - before);
        assert_eq!(world.event_loop.connection_count(), PEERS);
    });
}
