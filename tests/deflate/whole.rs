//! Messages deflated in one piece: any comes out as it went in, refers to nothing outside it and its
//! window, and is about as small as a stream makes it.

use oxws::protocol::deflate::deflater::Deflater;
use oxws::protocol::deflate::inflater::Inflater;
use oxws::protocol::deflate::whole::{LEVELS, MAX_BYTES, WholeDeflater};
use oxws::protocol::error::ErrorCode;
use proptest::prelude::*;

use crate::far::Reach;
use crate::{ENOUGH, deflate, inflate, repeating, text};

fn whole(deflater: &mut WholeDeflater, message: &[u8], bits: u8, level: u8) -> Vec<u8> {
    let mut out = b"before".to_vec();
    deflater.deflate(&[message], bits, level, &mut out).unwrap();
    assert_eq!(&out[..6], b"before");
    out.split_off(6)
}

/// What a plain reading makes of it, and how far back it refers.
fn read(deflated: &[u8]) -> (Vec<u8>, usize) {
    let mut reach = Reach::default();
    let message = reach.inflate(&[deflated, &[0, 0, 0xff, 0xff]].concat());
    (message, reach.farthest())
}

/// Bytes of each kind in which something could go wrong: their names, and they.
fn messages() -> Vec<(String, Vec<u8>)> {
    let mut messages = vec![
        ("one byte".to_owned(), vec![0xff]),
        ("zeros".to_owned(), vec![0; MAX_BYTES]),
        ("all bytes".to_owned(), (0..=255).collect()),
        ("all bytes twice".to_owned(), (0..=255).chain(0..=255).collect()),
        ("noise".to_owned(), repeating(MAX_BYTES)[..MAX_BYTES].to_vec()),
        ("noise twice".to_owned(), repeating(MAX_BYTES / 2)[..MAX_BYTES].to_vec()),
        ("text".to_owned(), text(MAX_BYTES)),
    ];
    for bytes in [2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 258, 259, 260, 261, 300, 4095, 4096, 4097] {
        messages.push((format!("{bytes} same"), vec![b'a'; bytes]));
        messages.push((format!("{bytes} of text"), text(bytes)));
    }
    // Each symbol half as often as the one before: words of all lengths.
    let skewed = (0..15_u8).flat_map(|byte| vec![byte; 1 << (14 - byte)]);
    let spread: Vec<u8> = skewed.collect();
    let shuffled = (0..spread.len()).map(|at| spread[at * 7919 % spread.len()]);
    messages.push(("skewed".to_owned(), shuffled.collect()));
    messages
}

#[test]
fn b05_messages_come_out_as_they_went_in_at_each_level() {
    let (mut deflater, mut inflater) = (WholeDeflater::default(), Inflater::default());
    for (name, message) in messages() {
        for level in LEVELS {
            let deflated = whole(&mut deflater, &message, 15, level);
            // The plain reading takes its time.
            if level == 5 || message.len() < 1_000 {
                let (read, farthest) = read(&deflated);
                assert!(read == message && farthest < message.len(), "{name}, level {level}");
            }
            let inflated = inflate(&mut inflater, &[&deflated], message.len() as u64);
            assert!(inflated.unwrap() == message, "{name}, level {level}");
            inflater.reset();
            let most = message.len() + message.len() / 8 + 8;
            assert!(deflated.len() <= most, "{name}, level {level}: {}", deflated.len());
        }
    }
}

#[test]
fn b02_a_whole_message_refers_no_further_back_than_the_window() {
    let message: Vec<u8> =
        [100, 200, 256, 260, 300, 512, 600, 5_000].into_iter().flat_map(repeating).collect();
    let mut deflater = WholeDeflater::default();
    for bits in 8..=15 {
        for level in LEVELS {
            let deflated =
                whole(&mut deflater, &message[..message.len().min(MAX_BYTES)], bits, level);
            let (read, farthest) = read(&deflated);
            assert!(read == message[..read.len()]);
            assert!(farthest <= 1 << bits, "{farthest} with {bits} bits, level {level}");
            assert!(farthest >= 100, "{farthest} with {bits} bits, level {level}");
        }
    }
}

#[test]
fn b07_a_whole_message_is_the_same_whatever_came_before() {
    let mut used = WholeDeflater::default();
    for (name, message) in messages() {
        let fresh = whole(&mut WholeDeflater::default(), &message, 15, 5);
        assert!(whole(&mut used, &message, 15, 5) == fresh, "{name}");
    }
}

#[test]
fn a_message_may_come_in_parts_and_may_not_be_too_long() {
    let message = text(MAX_BYTES);
    let (mut deflater, mut out) = (WholeDeflater::default(), Vec::new());
    let (first, rest) = message.split_at(5);
    deflater.deflate(&[first, &[], rest, &[]], 15, 5, &mut out).unwrap();
    assert!(out == whole(&mut deflater, &message, 15, 5));
    let before = out.clone();
    let refused = deflater.deflate(&[&message, b"x"], 15, 5, &mut out);
    assert_eq!(refused, Err(ErrorCode::TooLong));
    assert!(out == before);
}

#[test]
fn whole_messages_are_about_as_small_as_those_of_a_stream() {
    let mut deflater = WholeDeflater::default();
    for message in [text(200), text(4_000), text(20_000), repeating(700)] {
        for level in LEVELS {
            let of_stream = deflate(&mut Deflater::new(15, level), &message).len();
            let bytes = whole(&mut deflater, &message, 15, level).len();
            assert!(bytes * 100 <= of_stream * 103 + 400, "{bytes}, a stream {of_stream}");
        }
    }
    // Section 3.2.6 and the mark of an empty block: "a", by hand.
    assert_eq!(whole(&mut deflater, b"a", 15, 5), [0x4a, 0x04, 0x00]);
}

#[test]
fn b06_a_whole_message_needs_no_more_than_a_small_stack() {
    let body = || messages().iter().map(|(_, message)| whole_size(message)).sum::<usize>();
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(body).unwrap();
    assert!(thread.join().unwrap() > 0);
}

fn whole_size(message: &[u8]) -> usize {
    whole(&mut WholeDeflater::default(), message, 15, 9).len()
}

proptest! {
    #[test]
    fn b05_any_whole_message_comes_out_as_it_went_in(
        pieces in prop::collection::vec((0..40_u8, 1..40_usize, 0..2000_usize), 1..60),
        bits in 8..=15_u8,
        level in 2..=9_u8,
    ) {
        // Runs, and copies of what is before.
        let mut message: Vec<u8> = Vec::new();
        for (byte, count, back) in pieces {
            let from = message.len().saturating_sub(back);
            let copy = message[from..].iter().copied().take(count).collect::<Vec<u8>>();
            message.extend(copy);
            message.extend(vec![byte; count % 7 + 1]);
        }
        let mut deflater = WholeDeflater::default();
        let deflated = whole(&mut deflater, &message, bits, level);
        let (read, farthest) = read(&deflated);
        prop_assert!(farthest <= 1 << bits);
        prop_assert!(read == message);
        let mut inflater = Inflater::default();
        prop_assert_eq!(inflate(&mut inflater, &[&deflated], ENOUGH), Ok(message));
    }
}
