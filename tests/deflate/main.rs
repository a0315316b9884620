//! Messages deflated and inflated, without frames: the examples of RFC 7692, any message in any
//! pieces, windows, limits, damage; and what both sides agree on.

#![allow(clippy::unwrap_used)]

mod far;
mod terms;

use flate2::{Compress, Compression, FlushCompress};
use oxws::protocol::buffer::Buffer;
use oxws::protocol::deflate::deflater::Deflater;
use oxws::protocol::deflate::inflater::Inflater;
use oxws::protocol::error::ErrorCode;
use proptest::prelude::*;

/// Its name, the pieces of a deflated message, and the message.
type Example<'a> = (&'a str, &'a [&'a [u8]], &'a [u8]);

const ENOUGH: u64 = 1 << 30;

fn inflate(inflater: &mut Inflater, pieces: &[&[u8]], limit: u64) -> Result<Vec<u8>, ErrorCode> {
    let mut out = Buffer::default();
    for piece in pieces {
        inflater.inflate(piece, limit, &mut out)?;
    }
    inflater.finish(&out)?;
    Ok(out.as_slice().to_vec())
}

fn deflate(deflater: &mut Deflater, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    deflater.deflate(message, true, &mut out).unwrap();
    out
}

/// Text with repetitions near and far.
fn text(bytes: usize) -> Vec<u8> {
    let line =
        |at: usize| format!("{{\"id\":{},\"name\":\"user {}\",\"ok\":true}}\n", at, at * 7 % 1000);
    (0..).flat_map(|at| line(at).into_bytes()).take(bytes).collect()
}

/// Bytes without repetitions, repeated after so many.
fn repeating(period: usize) -> Vec<u8> {
    let mut state = period as u32;
    let block: Vec<u8> = (0..period)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    block.repeat(4)
}

#[test]
fn b05_the_examples_of_section_7_2_3() {
    let cases: [Example<'_>; 6] = [
        ("one block", &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"], b"Hello"),
        ("in two frames", &[b"\xf2\x48\xcd", b"\xc9\xc9\x07\x00"], b"Hello"),
        ("no compression", &[b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"], b"Hello"),
        ("BFINAL", &[b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"], b"Hello"),
        ("two blocks", &[b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"], b"Hello"),
        ("empty", &[b"\x00"], b""),
    ];
    for (name, pieces, want) in cases {
        let mut inflater = Inflater::default();
        for _ in 0..3 {
            assert_eq!(inflate(&mut inflater, pieces, ENOUGH).unwrap(), want, "{name}");
        }
        let bytes: Vec<&[u8]> = pieces.iter().flat_map(|piece| piece.chunks(1)).collect();
        assert_eq!(inflate(&mut inflater, &bytes, ENOUGH).unwrap(), want, "{name}, byte by byte");
    }
    let mut inflater = Inflater::default();
    assert_eq!(inflate(&mut inflater, &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"], 5).unwrap(), b"Hello");
    assert_eq!(inflate(&mut inflater, &[b"\xf2\x00\x11\x00\x00"], 5).unwrap(), b"Hello");
    inflater.reset();
    let forgotten = inflate(&mut inflater, &[b"\xf2\x00\x11\x00\x00"], 5);
    assert_eq!(forgotten, Err(ErrorCode::CompressedData));
}

#[test]
fn b05_a_context_reaches_over_blocks_that_are_marked_as_the_last() {
    // A peer that ends each message with BFINAL, and refers to the messages before it.
    let messages = [text(20_000), text(40_000), text(100), text(70_000)];
    let mut inflater = Inflater::default();
    let mut window: Vec<u8> = Vec::new();
    for message in &messages {
        let mut stream = Compress::new_with_window_bits(Compression::best(), false, 15);
        let known = &window[window.len().saturating_sub(32_768)..];
        if !known.is_empty() {
            stream.set_dictionary(known).unwrap();
        }
        let mut deflated = Vec::with_capacity(100_000);
        stream.compress_vec(message, &mut deflated, FlushCompress::Finish).unwrap();
        // What follows the last block is the first byte of an empty one (section 7.2.3.4).
        deflated.push(0);
        window.extend_from_slice(message);
        let pieces: Vec<&[u8]> = deflated.chunks(1000).collect();
        assert!(inflate(&mut inflater, &pieces, ENOUGH).unwrap() == *message);
    }
}

#[test]
fn b07_messages_refer_to_those_before_only_where_the_context_is_taken_over() {
    let message = text(3000);
    let (mut deflater, mut inflater) = (Deflater::new(15, 6), Inflater::default());
    let first = deflate(&mut deflater, &message);
    let second = deflate(&mut deflater, &message);
    assert!(second.len() * 10 < first.len(), "{} after {}", second.len(), first.len());
    assert!(inflate(&mut inflater, &[&first], ENOUGH).unwrap() == message);
    assert!(inflate(&mut inflater, &[&second], ENOUGH).unwrap() == message);
    deflater.reset();
    assert_eq!(deflate(&mut deflater, &message), first);
}

#[test]
fn b02_nothing_refers_further_back_than_the_window() {
    let message: Vec<u8> =
        [100, 200, 260, 300, 600, 5_000, 20_000].into_iter().flat_map(repeating).collect();
    for bits in 8..=15 {
        for level in [1, 2, 3, 6, 9] {
            let mut deflater = Deflater::new(bits, level);
            let mut reach = far::Reach::default();
            for _ in 0..3 {
                let mut deflated = deflate(&mut deflater, &message);
                deflated.extend_from_slice(&[0, 0, 0xff, 0xff]);
                let inflated = reach.inflate(&deflated);
                assert!(inflated == message, "{bits} bits, level {level}");
            }
            let farthest = reach.farthest();
            assert!(farthest <= 1 << bits, "{farthest} with {bits} bits, level {level}");
            // Whoever looks for no repetitions would refer to nothing.
            assert!(farthest >= 100, "{farthest} with {bits} bits, level {level}");
        }
    }
}

#[test]
fn b01_a_message_that_passes_the_limit_fails_before_memory_grows() {
    let limit = 1024 * 1024;
    let zeros = vec![0; limit + 1];
    let (mut deflater, mut inflater) = (Deflater::new(15, 9), Inflater::default());
    let exact = deflate(&mut deflater, &zeros[..limit]);
    deflater.reset();
    let more = deflate(&mut deflater, &zeros);
    assert!(exact.len() < 1200);
    assert_eq!(inflate(&mut inflater, &[&exact], limit as u64).unwrap().len(), limit);
    inflater.reset();
    let refused = inflate(&mut inflater, &[&more], limit as u64);
    assert_eq!(refused.err(), Some(ErrorCode::MessageTooBig));

    // A thousand times as much as the limit allows.
    deflater.reset();
    let bomb = deflate(&mut deflater, &vec![0; 64 << 20]);
    let mut out = Buffer::default();
    inflater.reset();
    let refused = inflater.inflate(&bomb, 100_000, &mut out);
    assert_eq!(refused, Err(ErrorCode::MessageTooBig));
    assert!(out.capacity() <= 100_000 + 64 * 1024 + 1, "{}", out.capacity());
}

#[test]
fn b05_damage_is_found() {
    let cases: [&[u8]; 5] = [
        b"\xff",
        b"\x06\x00",
        b"\x01\x05\x00\x00\x00Hello",
        // A distance beyond the beginning.
        b"\xf2\x00\x11\x00\x00",
        b"\xec\xc0\x81\x00\x00\x00\x00\x00\x10\xff\xff\xff\xff",
    ];
    for bytes in cases {
        let damaged = inflate(&mut Inflater::default(), &[bytes], ENOUGH);
        assert_eq!(damaged, Err(ErrorCode::CompressedData), "{bytes:02x?}");
    }
}

#[test]
fn b06_no_stream_needs_more_than_a_small_stack() {
    const STACK_BYTES: usize = 256 * 1024;
    let whole = deflate(&mut Deflater::new(15, 6), &text(20_000));
    let noise = repeating(1_000);
    let body = move || {
        let mut outcomes = [0; 2];
        for seed in 0..5_000_usize {
            // A good beginning, then noise; or noise from the start, as headers of blocks are.
            let good = (seed / 2 * 7) % whole.len() * (seed % 2);
            let from = seed * 31 % 3_000;
            let bytes = [&whole[..good], &noise[from..from + 1 + seed % 400]].concat();
            let result = inflate(&mut Inflater::default(), &[&bytes], 1 << 20);
            outcomes[usize::from(result.is_ok())] += 1;
        }
        outcomes
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(body).unwrap();
    let [failed, _] = thread.join().unwrap();
    assert!(failed > 2_500, "{failed} of 5,000 were damaged");
}

#[test]
fn b05_a_message_that_is_cut_off_is_found() {
    // From how many bytes on there is a message that could be cut off.
    let messages: [(&str, usize, Vec<u8>); 4] = [
        ("one block", 1, b"\xf2\x48\xcd\xc9\xc9\x07\x00".to_vec()),
        ("no compression", 2, b"\x00\x05\x00\xfa\xffHello\x00".to_vec()),
        ("text", 1, deflate(&mut Deflater::new(15, 6), &text(3000))),
        ("no repetitions", 2, deflate(&mut Deflater::new(15, 6), &repeating(600)[..600])),
    ];
    for (name, from, deflated) in messages {
        inflate(&mut Inflater::default(), &[&deflated], ENOUGH).unwrap();
        for end in from..deflated.len() {
            let cut_off = inflate(&mut Inflater::default(), &[&deflated[..end]], ENOUGH);
            assert_eq!(cut_off, Err(ErrorCode::CompressedData), "{name}, {end} bytes");
        }
    }
}

#[test]
fn b05_what_follows_an_unusual_ending_is_understood() {
    const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
    const AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";
    // Nothing at all for an empty message; an empty last block; a last block that is not empty,
    // without the byte behind it. Then what follows.
    let endings: [(&[u8], &[u8], &[u8]); 3] = [
        (b"", b"", AGAIN),
        (b"\x01", b"", HELLO),
        (b"\xf3\x48\xcd\xc9\xc9\x07\x00", b"Hello", AGAIN),
    ];
    for (ending, want, next) in endings {
        let mut inflater = Inflater::default();
        inflate(&mut inflater, &[HELLO], ENOUGH).unwrap();
        for _ in 0..2 {
            assert_eq!(inflate(&mut inflater, &[ending], ENOUGH).unwrap(), want);
            let after = inflate(&mut inflater, &[next], ENOUGH);
            assert_eq!(after.unwrap(), b"Hello", "after {ending:02x?}");
        }
    }
}

#[test]
fn b01_b05_last_blocks_by_the_thousand_are_no_message() {
    // Each is an empty one of two bytes, and costs as much as thousands of bytes do.
    let cases = [(1, Ok(Vec::new())), (64, Ok(Vec::new())), (70, Err(ErrorCode::CompressedData))];
    for (count, want) in cases {
        let bytes = [3, 0].repeat(count);
        assert_eq!(inflate(&mut Inflater::default(), &[&bytes], ENOUGH), want, "{count}");
    }
    let mut out = Buffer::default();
    let mut inflater = Inflater::default();
    let flood = inflater.inflate(&[3, 0].repeat(1 << 20), ENOUGH, &mut out);
    assert_eq!(flood, Err(ErrorCode::CompressedData));
}

proptest! {
    #[test]
    fn b05_any_messages_in_any_pieces_come_out_as_they_went_in(
        messages in prop::collection::vec(
            prop::collection::vec((0..4_u8, 1..600_usize), 0..12), 1..6),
        cut in 1..400_usize,
        piece in 1..700_usize,
        bits in 8..=15_u8,
        level in 1..=9_u8,
        takes_over: bool,
    ) {
        let (mut deflater, mut inflater) = (Deflater::new(bits, level), Inflater::default());
        for runs in messages {
            let message: Vec<u8> =
                runs.iter().flat_map(|(byte, count)| vec![*byte; *count]).collect();
            let mut deflated = Vec::new();
            let mut pieces = message.chunks(piece).peekable();
            while let Some(bytes) = pieces.next() {
                deflater.deflate(bytes, pieces.peek().is_none(), &mut deflated).unwrap();
            }
            if message.is_empty() {
                deflater.deflate(&[], true, &mut deflated).unwrap();
            }
            prop_assert!(!deflated.is_empty());
            let cuts: Vec<&[u8]> = deflated.chunks(cut).collect();
            let inflated = inflate(&mut inflater, &cuts, message.len() as u64);
            prop_assert_eq!(inflated, Ok(message));
            if !takes_over {
                deflater.reset();
                inflater.reset();
            }
        }
    }

    #[test]
    fn b05_any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut out = Buffer::default();
        let mut inflater = Inflater::default();
        let inflated = inflater.inflate(&bytes, 10_000, &mut out);
        prop_assert!(out.len() <= 10_001);
        if inflated.is_ok() {
            let _ = inflater.finish(&out);
        }
    }
}
