//! The way through a proxy while it is being asked for, whatever the proxy speaks.

use std::fmt;

use super::connect::Connect;
use super::socks5::Socks5;
use super::target::Target;
use super::url::{Kind, Proxy};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::HeadLimits;

/// Asks a proxy for the way to one target.
///
/// Whoever moves the bytes writes what [`output`](Tunnel::output) has and tells with
/// [`advance`](Tunnel::advance) how much of it has left, and gives what has been received to
/// [`receive`](Tunnel::receive), after which there may be output again. No more is kept of the proxy's
/// answer than the limits of a head allow, or 262 bytes of SOCKS.
pub struct Tunnel {
    exchange: Exchange,
    output: Vec<u8>,
    /// How much of the output has left.
    written: usize,
}

enum Exchange {
    Http(Connect),
    Socks(Socks5),
    Ended,
}

/// What a piece of the proxy's answer led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// All of it has been taken, and the answer is not whole.
    NeedMore,
    /// The way is open. What follows the first `consumed` bytes came from the target.
    Open {
        /// Bytes that belonged to the answer.
        consumed: usize,
    },
}

/// Why there is no way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// `ProxyMalformed`, `ProxyRefused` or `ProxyUnauthorized`.
    pub error: ErrorCode,
    /// What the proxy said.
    pub answer: Answer,
}

/// How a proxy refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// With nothing that could be read.
    Nothing,
    /// With this HTTP status.
    Http(u16),
    /// With this reply of SOCKS (RFC 1928 section 6).
    Socks(u8),
}

impl Refusal {
    pub(super) const MALFORMED: Refusal =
        Refusal { error: ErrorCode::ProxyMalformed, answer: Answer::Nothing };
}

impl fmt::Debug for Tunnel {
    /// What waits to leave holds credentials.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchange = match self.exchange {
            Exchange::Http(_) => "http",
            Exchange::Socks(_) => "socks",
            Exchange::Ended => "ended",
        };
        let waiting = self.output().len();
        formatter.debug_struct("Tunnel").field(exchange, &waiting).finish_non_exhaustive()
    }
}

impl Tunnel {
    /// Begins to ask; there is output at once. `limits` are those of a head of HTTP.
    pub fn new(proxy: &Proxy, target: &Target, limits: HeadLimits) -> Tunnel {
        let mut output = Vec::new();
        let exchange = match proxy.kind() {
            Kind::Http | Kind::Https => {
                Exchange::Http(Connect::start(proxy, target, limits, &mut output))
            }
            Kind::Socks5 => Exchange::Socks(Socks5::start(proxy, target, &mut output)),
        };
        Tunnel { exchange, output, written: 0 }
    }

    /// What is to be written next.
    pub fn output(&self) -> &[u8] {
        self.output.get(self.written..).unwrap_or_default()
    }

    /// The first `count` bytes of the output have left.
    pub fn advance(&mut self, count: usize) {
        self.written = self.output.len().min(self.written.saturating_add(count));
    }

    /// Takes bytes from the proxy. An answer to what has not been asked yet cannot be one: a way that
    /// is opened while there is output is refused.
    ///
    /// # Errors
    ///
    /// * `ProxyMalformed`: the answer cannot be read, is beyond the limits, or came too early.
    /// * `ProxyRefused`: the proxy said no, or that it cannot.
    /// * `ProxyUnauthorized`: it wants credentials, or others.
    ///
    /// Nothing more can be received after an error, or once the way is open.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Received, Refusal> {
        let is_asked = self.output().is_empty();
        let received = match &mut self.exchange {
            Exchange::Http(connect) => connect.receive(bytes),
            Exchange::Socks(_) if !is_asked && !bytes.is_empty() => Err(Refusal::MALFORMED),
            Exchange::Socks(socks) => socks.receive(bytes, &mut self.output),
            Exchange::Ended => Err(Refusal::MALFORMED),
        };
        let received = match received {
            Ok(Received::Open { .. }) if !is_asked => Err(Refusal::MALFORMED),
            received => received,
        };
        if received != Ok(Received::NeedMore) {
            self.exchange = Exchange::Ended;
        }
        received
    }
}
