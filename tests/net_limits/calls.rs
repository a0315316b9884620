//! How many system calls an echo costs, and a message to everybody. strace counts them, so
//! `tests/net/inject` runs these.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::served::{Served, TO_ALL, serve, wait};
use crate::wire::{BINARY, Wire, bare_frame, frame};

const CONNECTIONS: usize = 3;

/// Rounds before the counting and with it: what the beginning and the end cost is in both.
const FEW: usize = 10;
const MANY: usize = 60;

const READS: [&str; 4] = ["read", "readv", "recvfrom", "recvmsg"];
const WRITES: [&str; 4] = ["write", "writev", "sendto", "sendmsg"];
const WAITS: [&str; 2] = ["epoll_wait", "epoll_pwait"];

/// Numbers by the names of system calls.
type Counts = BTreeMap<String, usize>;

/// How often each system call was made, and how often in vain, because nothing was there.
#[derive(Debug, Default)]
struct Calls {
    useful: Counts,
    vain: Counts,
}

/// The server whose system calls are counted.
#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn counted_server() {
    if crate::alone::is_started_for("calls::counted_server") {
        serve();
    }
}

/// What happens in a round.
struct Round {
    /// How many connections say something.
    speakers: usize,
    /// What each of them says at once.
    batch: Vec<u8>,
    /// What comes to each of all connections.
    answer: Vec<u8>,
}

impl Round {
    #[track_caller]
    fn play(&self, wires: &mut [Wire]) {
        for wire in &mut wires[..self.speakers] {
            wire.say(&self.batch);
        }
        for wire in wires {
            wait("the answer comes", || {
                wire.pump();
                wire.received.len() >= self.answer.len()
            });
            assert_eq!(wire.received, self.answer);
            wire.received.clear();
        }
    }
}

/// The system calls of a server that lives for so many rounds.
#[track_caller]
fn calls_of(rounds: usize, round: &Round, log: &Path) -> Calls {
    let through = ["strace", "-f", "-qq", "-s0", "-o", log.to_str().unwrap()];
    let server = Served::start(&through, "calls::counted_server");
    let mut wires: Vec<Wire> = (0..CONNECTIONS).map(|_| server.open()).collect();
    (0..rounds).for_each(|_| round.play(&mut wires));
    assert!(server.stop(&mut wires[0]).success());
    calls_in(&std::fs::read_to_string(log).unwrap())
}

/// The calls of a log, whose lines are such as `17 recvfrom(9, ""..., 4096) = 22`. One that another
/// thread interrupted has its result in a second line, `17 <... recvfrom resumed>) = 22`.
fn calls_in(log: &str) -> Calls {
    let mut calls = Calls::default();
    for line in log.lines() {
        let Some((call, result)) = line.rsplit_once(" = ") else { continue };
        let (_, call) = call.split_once(' ').unwrap();
        let call = call.trim_start().trim_start_matches("<... ");
        let name: String = call.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let in_vain = result.starts_with("-1 EAGAIN");
        let kind = if in_vain { &mut calls.vain } else { &mut calls.useful };
        *kind.entry(name).or_default() += 1;
    }
    calls
}

fn sum(counts: &Counts, names: &[&str]) -> usize {
    names.iter().filter_map(|name| counts.get(*name)).sum()
}

/// What the many rounds have made more of than the few.
fn difference(few: &Counts, many: &Counts, names: &[&str]) -> isize {
    sum(many, names) as isize - sum(few, names) as isize
}

fn log_file(of: &str) -> PathBuf {
    std::env::temp_dir().join(format!("oxws-calls-{of}-{}", std::process::id()))
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn an_echo_costs_one_read_and_one_write_whatever_the_number_of_messages() {
    let log = log_file("echo");
    for (size, in_flight) in [(16, 1), (16, 16), (125, 16), (1024, 16), (16 * 1024, 1)] {
        let payload = vec![5; size];
        let batch = frame(BINARY, &payload).repeat(in_flight);
        let answer = bare_frame(BINARY, &payload).repeat(in_flight);
        let round = Round { speakers: CONNECTIONS, batch, answer };
        let few = calls_of(FEW, &round, &log);
        let many = calls_of(MANY, &round, &log);
        let case = format!("{in_flight} messages of {size} bytes");
        let more = |names| difference(&few.useful, &many.useful, names);
        let rounds = ((MANY - FEW) * CONNECTIONS) as isize;
        assert_eq!(more(&READS), rounds, "reads, {case}");
        assert_eq!(more(&WRITES), rounds, "writes, {case}");
        assert_eq!(more(&["epoll_ctl"]), 0, "epoll_ctl, {case}");
        // Those that are ready together share a wait; the beginning and the end have some too.
        let waits = sum(&many.useful, &WAITS);
        assert!(waits <= (MANY + 4) * CONNECTIONS, "{waits} waits, {case}");
        // A handshake may begin with a read that comes too early.
        let vain = difference(&few.vain, &many.vain, &READS);
        assert!(vain <= CONNECTIONS as isize, "{vain} reads in vain, {case}");
        assert_eq!(difference(&few.vain, &many.vain, &WRITES), 0, "writes in vain, {case}");
    }
    std::fs::remove_file(log).unwrap();
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn messages_to_everybody_cost_one_write_for_each_connection_whatever_their_number() {
    let log = log_file("broadcast");
    for (size, in_flight) in [(16, 1), (128, 16), (1024, 8), (16 * 1024, 2)] {
        let mut payload = vec![5; size];
        payload[..TO_ALL.len()].copy_from_slice(TO_ALL);
        let batch = frame(BINARY, &payload).repeat(in_flight);
        let answer = bare_frame(BINARY, &payload).repeat(in_flight);
        let round = Round { speakers: 1, batch, answer };
        let few = calls_of(FEW, &round, &log);
        let many = calls_of(MANY, &round, &log);
        let case = format!("{in_flight} messages of {size} bytes");
        let more = |names| difference(&few.useful, &many.useful, names);
        let rounds = (MANY - FEW) as isize;
        assert_eq!(more(&READS), rounds, "reads, {case}");
        assert_eq!(more(&WRITES), rounds * CONNECTIONS as isize, "writes, {case}");
        assert_eq!(more(&["epoll_ctl"]), 0, "epoll_ctl, {case}");
    }
    std::fs::remove_file(log).unwrap();
}
