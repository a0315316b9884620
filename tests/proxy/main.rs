//! Ways through proxies, by their public interface: what is asked and what the answers mean, in every
//! chunking; URLs of proxies, what needs none, and the environment.

mod any_bytes;
mod choice;
mod connect;
mod exempt;
mod harness;
mod socks5;
mod url;
