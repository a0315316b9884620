//! Two ends that do anything in any order: what holds however they end.

use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::MessageType;
use proptest::prelude::*;

use crate::pair::{CLIENT, Pair, SERVER};

/// Both sides send a message and close, and every order of doing, writing and delivering it.
#[test]
fn e08_every_order_of_two_sides_that_send_and_close() {
    fn walk(done: [u8; 2], wires: [u8; 2], path: &mut Vec<(usize, bool)>) {
        if done == [2, 2] && wires == [2, 2] {
            return check(path);
        }
        for side in [CLIENT, SERVER] {
            if done[side] < 2 {
                path.push((side, true));
                let mut next = done;
                next[side] += 1;
                walk(next, wires, path);
                path.pop();
            }
            if wires[side] < 2 {
                path.push((side, false));
                let mut next = wires;
                next[side] += 1;
                walk(done, next, path);
                path.pop();
            }
        }
    }
    fn check(path: &[(usize, bool)]) {
        let mut pair = Pair::open(|_| ());
        for &(side, acts) in path {
            match (acts, pair.sides[side].accepted.is_empty()) {
                (true, true) => pair.sides[side].send(MessageType::Text, b"m"),
                (true, false) => pair.sides[side].close(4000 + side as u16, ""),
                (false, _) => {
                    pair.sides[side].write(usize::MAX);
                    pair.deliver(side, usize::MAX);
                }
            }
        }
        for side in &mut pair.sides {
            side.close(1000, "");
        }
        pair.settle(usize::MAX);
        for side in &pair.sides {
            assert_eq!(side.end().error, None, "{path:?}");
        }
        check_agreement(&pair);
    }
    walk([0, 0], [0, 0], &mut Vec::new());
}

/// What holds however a pair ended: one end each, messages in order and none lost before a Close
/// frame that came, and what one side sent is what the other side got.
fn check_agreement(pair: &Pair) {
    for side in [CLIENT, SERVER] {
        let (from, to) = (&pair.sides[side], &pair.sides[1 - side]);
        let got = to.messages();
        assert!(from.accepted.starts_with(&got), "{:?} {got:?}", from.accepted);
        if let Some(remote) = &to.end().remote {
            assert_eq!(from.accepted, got);
            assert_eq!(from.end().local.as_ref(), Some(remote));
        }
        if to.end().error.is_none() {
            assert!(to.end().local.is_some() && to.end().remote.is_some());
        }
    }
    let initiators = pair.sides.each_ref().map(|side| side.end().initiator);
    assert_ne!(initiators, [Initiator::Remote, Initiator::Remote]);
}

/// What can happen to a pair.
#[derive(Debug, Clone)]
enum Step {
    Send(usize, bool, usize),
    Ping(usize, u8),
    Close(usize, u16),
    Abort(usize),
    Write(usize, usize),
    Deliver(usize, usize),
    Advance(u32),
}

fn any_step() -> impl Strategy<Value = Step> {
    let side = || 0usize..2;
    prop_oneof![
        6 => (side(), any::<bool>(), 0usize..300).prop_map(|(a, b, c)| Step::Send(a, b, c)),
        3 => (side(), any::<u8>()).prop_map(|(a, b)| Step::Ping(a, b)),
        1 => (side(), 3000u16..5000).prop_map(|(a, b)| Step::Close(a, b)),
        8 => (side(), 1usize..400).prop_map(|(a, b)| Step::Write(a, b)),
        8 => (side(), 1usize..400).prop_map(|(a, b)| Step::Deliver(a, b)),
    ]
}

/// Steps that may break a connection as well.
fn any_rough_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => any_step(),
        1 => (0usize..2).prop_map(Step::Abort),
        2 => (1u32..30_000).prop_map(Step::Advance),
    ]
}

fn take(pair: &mut Pair, step: &Step) {
    match *step {
        Step::Send(side, true, size) => {
            pair.sides[side].send(MessageType::Text, "é".repeat(size / 2).as_bytes());
        }
        Step::Send(side, false, size) => {
            pair.sides[side].send(MessageType::Binary, &vec![size as u8; size]);
        }
        Step::Ping(side, byte) => {
            let driver = &mut pair.sides[side].driver;
            let _ = driver.with(|connection, cx| connection.ping(&[byte], cx));
        }
        Step::Close(side, code) => pair.sides[side].close(code, "as told"),
        Step::Abort(side) => pair.sides[side].abort(),
        Step::Write(side, count) => pair.sides[side].write(count),
        Step::Deliver(side, count) => pair.deliver(side, count),
        Step::Advance(ms) => pair.advance(ms),
    }
}

/// Goes the steps and ends what they have left open.
fn run(steps: &[Step]) -> Pair {
    let mut pair = Pair::open(|_| ());
    steps.iter().for_each(|step| take(&mut pair, step));
    pair.settle(1000);
    pair.sides[CLIENT].close(1000, "the end");
    pair.settle(1000);
    pair
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn e09_any_sequence_of_steps_ends_cleanly(steps in prop::collection::vec(any_step(), 0..60)) {
        let pair = run(&steps);
        check_agreement(&pair);
        for side in &pair.sides {
            prop_assert_eq!(side.end().error, None);
        }
    }

    #[test]
    fn e09_any_sequence_of_rough_steps_ends_once(
        steps in prop::collection::vec(any_rough_step(), 0..60),
    ) {
        let pair = run(&steps);
        check_agreement(&pair);
    }
}
