//! The opening handshake of both roles (RFC 6455 section 4): heads in, decisions and heads out.
//!
//! The rules of HTTP that a WebSocket endpoint must hold are here as well, since each of them that
//! is not held can be used to smuggle a request. Nothing of frames is known here.

mod body;
pub mod client;
pub mod client_request;
mod client_text;
pub mod cookie;
pub mod credentials;
mod describe;
pub mod extension;
mod field_name;
pub mod fields;
mod head;
mod host;
pub mod key;
pub mod missing;
pub mod offer;
pub mod origin;
pub mod query;
pub mod reply;
pub mod request;
pub mod response;
pub mod server;
mod target;
pub mod tokens;
pub mod versions;
