//! What a client offered, kept until its request is accepted or refused, and the 101 that accepts it.

use super::fields::{Fields, write_field};
use crate::protocol::error::ErrorCode;

/// What is needed of a request to answer it with 101.
#[derive(Debug, Clone)]
pub struct Offer {
    accept_key: [u8; 28],
    subprotocols: Box<[Box<str>]>,
}

impl Offer {
    /// The value of Sec-WebSocket-Accept, and the subprotocols in the client's order.
    pub(super) fn new(accept_key: [u8; 28], subprotocols: Box<[Box<str>]>) -> Offer {
        Offer {
            accept_key,
            subprotocols,
        }
    }

    /// The subprotocols of the client, in the order of its preference; tokens, each once.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        self.subprotocols.iter().map(|subprotocol| &**subprotocol)
    }

    /// Appends the 101 that opens the connection (RFC 6455 section 4.2.2).
    ///
    /// # Errors
    ///
    /// `SubprotocolNotOffered`: the client did not offer this subprotocol; nothing was appended.
    pub fn accept(
        &self,
        subprotocol: Option<&str>,
        headers: &Fields,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorCode> {
        if subprotocol.is_some_and(|chosen| self.subprotocols().all(|offered| offered != chosen)) {
            return Err(ErrorCode::SubprotocolNotOffered);
        }
        out.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
        out.extend_from_slice(b"Upgrade: websocket\r\nConnection: Upgrade\r\n");
        write_field("Sec-WebSocket-Accept", &self.accept_key, out);
        if let Some(chosen) = subprotocol {
            write_field("Sec-WebSocket-Protocol", chosen.as_bytes(), out);
        }
        headers.write(out);
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

/// The first subprotocol of the client's list that the server supports too.
pub fn select_subprotocol<'a>(offer: &Offer, supported: &'a [Box<str>]) -> Option<&'a str> {
    let find = |offered: &str| {
        supported
            .iter()
            .map(|name| &**name)
            .find(|name| *name == offered)
    };
    offer.subprotocols().find_map(find)
}
