//! The protocol as RFC 6455 tells it, section by section: rows of bytes, events and bytes.

// A helper outside of a test function may unwrap as a test may.
#![allow(clippy::unwrap_used)]

mod compression;
mod driver;
mod errors;
mod failures;
mod frames;
mod harness;
mod kinds;
mod liveness;
mod pair;
mod pair_model;
mod rows;
mod s10_limits;
mod s4_connecting;
mod s4_handshake;
mod s5_4_fragmentation;
mod s5_4_sending;
mod s5_5_control;
mod s5_framing;
mod s7_4_codes;
mod s7_closing;
mod s8_utf8;
mod short_way;
mod versions;
