//! The event loop over real sockets, against peers that are hostile, broken or slow; and in a simulated
//! network.
//!
//! The peers are plain sockets with bytes written by hand. Ports are chosen by the system.

// A helper outside of a test function may unwrap as a test may.
#![allow(clippy::unwrap_used)]

mod admission;
mod adopted;
mod anything;
#[cfg(feature = "tls")]
#[path = "../tls/authority.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod authority;
mod backpressure;
mod breaks;
mod busy_poll;
mod closing;
mod connecting;
mod deflated;
mod detached;
mod dialling;
mod fairness;
mod harness;
mod liveness;
mod mailbox;
mod names;
mod opening;
mod parcels;
mod prepared;
mod proxied;
mod proxies_in_time;
mod racing;
mod reconnecting;
mod redirected;
mod refusals;
mod regressions;
mod regressions_at_the_ends;
mod schedules;
mod sealed;
#[cfg(feature = "tls")]
mod secured;
#[cfg(feature = "tls")]
mod secured_ends;
#[cfg(feature = "tls")]
mod secured_limits;
#[cfg(feature = "tls")]
mod secured_ways;
mod simulation;
mod slots;
mod socket_paths;
mod through_proxies;
#[cfg(feature = "tls")]
mod tls_wire;
mod unfinished;
#[cfg(feature = "tls")]
mod veiled;
mod wire;
