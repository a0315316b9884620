//! What a client offered, kept until its request is accepted or refused, and the 101 that accepts it.

use super::fields::{Fields, write_field};
use crate::protocol::deflate::terms::Terms;
use crate::protocol::error::ErrorCode;
use crate::protocol::version::Version;

/// What is needed of a request to answer it with 101.
#[derive(Debug, Clone)]
pub struct Offer {
    accept_key: [u8; 28],
    /// Joined by commas: a request can name thousands, and each in a place of its own would need many
    /// times the memory of the request.
    subprotocols: Box<str>,
    version: Version,
    compression: Option<(Terms, Box<str>)>,
}

impl Offer {
    /// The value of Sec-WebSocket-Accept, the subprotocols in the client's order, and the version
    /// that is spoken if the request is accepted.
    pub(super) fn new(accept_key: [u8; 28], subprotocols: &[&str], version: Version) -> Offer {
        let subprotocols = subprotocols.join(",").into();
        Offer { accept_key, subprotocols, version, compression: None }
    }

    /// Compression is agreed on if the request is accepted: the terms, and how the 101 says so.
    pub(super) fn with_compression(self, compression: Option<(Terms, String)>) -> Offer {
        Offer { compression: compression.map(|(terms, answer)| (terms, answer.into())), ..self }
    }

    /// The terms of compression, if it is agreed on.
    pub fn terms(&self) -> Option<Terms> {
        self.compression.as_ref().map(|(terms, _)| *terms)
    }

    /// The version of the request.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The subprotocols of the client, in the order of its preference; tokens, each once.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        self.subprotocols.split(',').filter(|subprotocol| !subprotocol.is_empty())
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
        if let Some((_, answer)) = &self.compression {
            write_field("Sec-WebSocket-Extensions", answer.as_bytes(), out);
        }
        headers.write(out);
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

/// The first subprotocol of the client's list that the server supports too.
pub fn select_subprotocol<'a>(offer: &Offer, supported: &'a [Box<str>]) -> Option<&'a str> {
    let find = |offered: &str| supported.iter().map(|name| &**name).find(|name| *name == offered);
    offer.subprotocols().find_map(find)
}

#[cfg(test)]
mod tests {
    use super::{Offer, select_subprotocol};
    use crate::protocol::error::ErrorCode;
    use crate::protocol::handshake::fields::Fields;
    use crate::protocol::version::Version;

    const ACCEPT_KEY: [u8; 28] = *b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    #[test]
    fn the_101_is_written() {
        let mut headers = Fields::default();
        headers.add("Set-Cookie", "a=b").expect("the field is allowed");
        headers.add("Set-Cookie", "c=d").expect("the field is allowed");
        let offer = Offer::new(ACCEPT_KEY, &["chat", "superchat"], Version::V13);
        let mut out = b"before".to_vec();
        assert_eq!(offer.accept(Some("superchat"), &headers, &mut out), Ok(()));
        let want = b"beforeHTTP/1.1 101 Switching Protocols\r\n\
            Upgrade: websocket\r\n\
            Connection: Upgrade\r\n\
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
            Sec-WebSocket-Protocol: superchat\r\n\
            Set-Cookie: a=b\r\n\
            Set-Cookie: c=d\r\n\
            \r\n";
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(want));
    }

    #[test]
    fn c11_only_what_was_offered_can_be_chosen() {
        let cases: &[(&[&str], &str, bool)] = &[
            (&["a", "b"], "a", true),
            (&["a", "b"], "b", true),
            (&["a", "b"], "A", false),
            (&["a", "b"], "a,b", false),
            (&["a", "b"], "c", false),
            (&["a", "b"], "", false),
            (&[], "", false),
            (&[], "a", false),
        ];
        for (offered, chosen, is_allowed) in cases {
            let mut out = Vec::new();
            let offer = Offer::new(ACCEPT_KEY, offered, Version::V13);
            let accepted = offer.accept(Some(chosen), &Fields::default(), &mut out);
            let want = if *is_allowed { Ok(()) } else { Err(ErrorCode::SubprotocolNotOffered) };
            assert_eq!(accepted, want, "{chosen:?} of {offered:?}");
            assert_eq!(out.is_empty(), !is_allowed, "{chosen:?} of {offered:?}");
        }
    }

    #[test]
    fn the_clients_preference_counts() {
        let supported = ["c".into(), "b".into(), "a".into()];
        let cases: &[(&[&str], Option<&str>)] = &[
            (&["a", "b", "c"], Some("a")),
            (&["x", "b", "c"], Some("b")),
            (&["x", "B"], None),
            (&[], None),
        ];
        for (offered, want) in cases {
            let offer = Offer::new(ACCEPT_KEY, offered, Version::V13);
            assert_eq!(select_subprotocol(&offer, &supported), *want, "{offered:?}");
            assert_eq!(select_subprotocol(&offer, &[]), None, "{offered:?}");
        }
    }
}
