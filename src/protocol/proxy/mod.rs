//! Ways through a proxy (HTTP CONNECT, SOCKS 5): what is asked, what the answer means, and for which
//! addresses a proxy is asked at all.
//!
//! Bytes in, bytes out: nothing here opens a socket, looks a name up or reads the environment. What
//! leads to the proxy, TLS to it included, is the business of whoever moves the bytes.

pub mod choice;
mod connect;
pub mod environment;
pub mod exempt;
mod login;
mod socks5;
mod target;
mod tunnel;
pub mod url;

pub use socks5::reply_text;
pub use target::Target;
pub use tunnel::{Answer, Received, Refusal, Tunnel};
