//! WebSocket (RFC 6455) for C and for every language that calls C.
//!
//! Three layers, each of which knows only those below it:
//!
//! * [`protocol`]: bytes to events and events to bytes. No sockets, no clock, no `unsafe`.
//! * [`net`]: the event loop, sockets, timers and name lookup that drive one protocol connection each.
//! * `ffi`: the C ABI, one file for each exported noun. All pointers are handled there.
//!
//! The C header `include/oxws.h` is the reference manual; the Rust items are public so that the
//! project's own tests and benchmarks can reach them, and follow no stability promise.

#![deny(unsafe_code)]

#[allow(unsafe_code)]
pub mod ffi;
pub mod net;
pub mod protocol;
