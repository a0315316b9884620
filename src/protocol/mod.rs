//! The protocol without I/O: bytes in, events and bytes out.
//!
//! Nothing here opens a socket, reads a clock, draws a random number or starts a thread; what is
//! needed of those comes in as arguments. Imports point one way: `connection` knows `handshake`
//! and `message`, those know `http`, `coding`, `frame`, `mask` and `utf8`, and all of them the vocabulary
//! (`close`, `error`, `opcode`, `version`, `time`).

#![forbid(unsafe_code)]

pub mod backoff;
pub mod buffer;
mod characters;
pub mod close;
pub mod close_code;
mod close_code_facts;
pub mod coding;
mod comeback;
pub mod connection;
pub mod deflate;
pub mod driver;
pub mod encoded_header;
pub mod error;
mod error_facts;
pub mod event;
pub mod explain;
pub mod failure;
pub mod forwarded;
pub mod frame;
pub mod handshake;
pub mod http;
pub mod json;
pub mod mask;
pub mod message;
pub mod network_address;
pub mod networks;
pub mod opcode;
pub mod output;
pub mod pool;
pub mod proxy;
pub mod proxy_header;
pub mod redirect;
pub mod settings;
pub mod stage_times;
pub mod time;
pub mod url;
pub mod utf8;
pub mod version;
pub mod version_info;
