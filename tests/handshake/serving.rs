//! A server that reads one request, and the example from which the requests of the tables are made.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::server::{Incoming, Rules, ServerHandshake, ServerProgress};
use oxws::protocol::handshake::versions::Versions;
use oxws::protocol::http::HeadLimits;

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The head is not complete.
    NeedMore,
    /// It may be let in; the 101, and the bytes behind the head.
    Upgrade { answer: String, left: Vec<u8> },
    /// It wants an ordinary answer; whether it is for HEAD.
    Plain(bool),
    /// It is refused.
    Refused(ErrorCode),
}

/// Feeds the pieces, as a connection does: what one call leaves is offered to nobody else.
pub(crate) fn serve(pieces: &[&[u8]], policy: &OriginPolicy) -> Outcome {
    serve_versions(pieces, policy, Versions::default())
}

/// As [`serve`], by a server that speaks these versions.
pub(crate) fn serve_versions(
    pieces: &[&[u8]],
    policy: &OriginPolicy,
    versions: Versions,
) -> Outcome {
    let mut handshake = ServerHandshake::new(HeadLimits::default());
    for (index, piece) in pieces.iter().enumerate() {
        let (consumed, progress) =
            handshake.feed(piece, &Rules { origin: policy, versions, compression: None });
        let incoming = match progress {
            Err(error) => {
                let again =
                    handshake.feed(b"x", &Rules { origin: policy, versions, compression: None });
                assert_eq!(again.0, 0, "nothing is taken behind an error");
                return Outcome::Refused(error);
            }
            Ok(ServerProgress::NeedMore) => {
                assert_eq!(consumed, piece.len());
                continue;
            }
            Ok(ServerProgress::Request { incoming, .. }) => incoming,
        };
        let again = handshake.feed(
            b"GET / HTTP/1.1\r\n\r\n",
            &Rules { origin: policy, versions, compression: None },
        );
        assert!(matches!(again, (0, Err(ErrorCode::InvalidState))), "there is no second request");
        let mut left = piece[consumed..].to_vec();
        left.extend(pieces[index + 1..].concat());
        return decided(incoming, left);
    }
    Outcome::NeedMore
}

fn decided(incoming: Incoming, left: Vec<u8>) -> Outcome {
    match incoming {
        Incoming::Plain { is_head } => Outcome::Plain(is_head),
        Incoming::Upgrade(offer) => {
            let mut answer = Vec::new();
            offer.accept(None, &Fields::default(), &mut answer).expect("nothing is chosen");
            Outcome::Upgrade { answer: String::from_utf8(answer).expect("the 101 is text"), left }
        }
    }
}

/// The example of RFC 6455 section 1.2, line by line.
pub(crate) const LINES: [&str; 5] = [
    "Host: server.example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];

/// A head of the example's lines without those that begin with `without`, and with others behind them.
pub(crate) fn head(start: &str, without: &str, with: &[&str]) -> Vec<u8> {
    let kept = LINES.iter().filter(|line| without.is_empty() || !line.starts_with(without));
    let lines = kept.chain(with).map(|line| format!("{line}\r\n"));
    format!("{start}\r\n{}\r\n", lines.collect::<String>()).into_bytes()
}
