//! TLS without a network: options, and sessions of both roles joined in memory. Certificates are made
//! when the tests run, so that none has an end that comes.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used)] // A failed assumption is a failed test.

#[allow(dead_code, reason = "other tests use more of it")]
mod authority;
mod options;
