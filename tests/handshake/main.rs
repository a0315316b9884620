//! The opening handshake of both roles, by its public interface: tables of heads in, decisions and
//! heads out, each in every chunking.

mod any_bytes;
mod chunking;
mod client;
mod client_request;
mod described;
mod heads;
mod limits;
mod outputs;
mod refused;
mod requests;
mod server;
mod serving;
mod versions;
