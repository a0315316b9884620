//! The server's side of the opening handshake: what a request must hold (RFC 6455 section 4.2.1).

use super::extension::{ExtensionOffer, parse_extensions};
use super::field_name::FieldName;
use super::head::{Head, ascii};
use super::key::{accept_key, is_key};
use super::offer::Offer;
use super::origin::OriginPolicy;
use super::request::{MAX_EXTENSIONS, Request};
use super::tokens::{elements, is_token, names};
use super::versions::Versions;
use crate::protocol::deflate::terms::{self, Wishes};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, HeadLimits, HeadReader, WholeHead};
use crate::protocol::version::Version;

/// What a request wants.
#[derive(Debug)]
pub enum Incoming {
    /// To open a connection; every rule for that holds.
    Upgrade(Offer),
    /// An ordinary answer.
    Plain {
        /// Whether the method is HEAD, whose answer has no body.
        is_head: bool,
    },
}

/// How far the handshake has come.
#[derive(Debug)]
pub enum ServerProgress {
    /// The head is not complete.
    NeedMore,
    /// The request is there and waits for a decision.
    Request {
        /// The request.
        request: Box<Request>,
        /// What it wants.
        incoming: Incoming,
    },
}

/// What a server lets in.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Which origins.
    pub origin: &'a OriginPolicy,
    /// Which versions.
    pub versions: Versions,
    /// What it wants of compression, if it compresses at all.
    pub compression: Option<&'a Wishes>,
}

/// Reads one request. A connection carries no second one: bytes behind the head are frames, or nothing.
#[derive(Debug)]
pub struct ServerHandshake {
    state: State,
    refused_at: Option<usize>,
}

#[derive(Debug)]
enum State {
    Reading(HeadReader),
    Ended,
}

impl ServerHandshake {
    /// A handshake that has seen nothing.
    pub fn new(limits: HeadLimits) -> ServerHandshake {
        let state = State::Reading(HeadReader::new(HeadKind::Request, limits));
        ServerHandshake { state, refused_at: None }
    }

    /// Takes bytes; returns how many, and what follows from them. Bytes behind the head are left.
    /// After an error or a request nothing more is taken.
    ///
    /// # Errors
    ///
    /// One of the `Handshake*` errors, each of which names the rule that is broken and has the HTTP
    /// status to answer with; `InvalidState` once the handshake has ended.
    pub fn feed(
        &mut self,
        input: &[u8],
        rules: &Rules<'_>,
    ) -> (usize, Result<ServerProgress, ErrorCode>) {
        let State::Reading(mut reader) = std::mem::replace(&mut self.state, State::Ended) else {
            return (0, Err(ErrorCode::InvalidState));
        };
        match reader.feed(input) {
            Err(error) => {
                self.refused_at = Some(reader.buffered_bytes());
                (input.len(), Err(error))
            }
            Ok(fed) if fed.complete => (fed.consumed, decide(reader.into_head(), rules)),
            Ok(fed) => {
                self.state = State::Reading(reader);
                (fed.consumed, Ok(ServerProgress::NeedMore))
            }
        }
    }

    /// The offset of the byte at which the head was refused, if it was a byte.
    pub fn refused_at(&self) -> Option<usize> {
        self.refused_at
    }
}

fn decide(head: WholeHead, rules: &Rules<'_>) -> Result<ServerProgress, ErrorCode> {
    let request = Box::new(Request::from_head(head)?);
    let incoming = if request.is_upgrade() {
        Incoming::Upgrade(check_upgrade(&request, rules)?)
    } else {
        Incoming::Plain { is_head: request.method() == "HEAD" }
    };
    Ok(ServerProgress::Request { request, incoming })
}

/// The rules in the order of RFC 6455 section 4.2.1; the first one that is broken is reported.
fn check_upgrade(request: &Request, rules: &Rules<'_>) -> Result<Offer, ErrorCode> {
    let head = request.head();
    if request.method() != "GET" {
        return Err(ErrorCode::HandshakeMethod);
    }
    if !head.all(FieldName::Upgrade).any(|field| names(field, "websocket")) {
        return Err(ErrorCode::HandshakeUpgrade);
    }
    if !head.all(FieldName::Connection).any(|field| names(field, "upgrade")) {
        return Err(ErrorCode::HandshakeConnection);
    }
    // The version goes first: a client of another one can learn from the answer what is spoken here.
    let version = check_version(request, rules.versions)?;
    let key = head.single(FieldName::Key, ErrorCode::HandshakeKey)?;
    let key = key.filter(|key| is_key(key)).ok_or(ErrorCode::HandshakeKey)?;
    if !rules.origin.allows(read_origin(head, version)?, request.host()) {
        return Err(ErrorCode::HandshakeOrigin);
    }
    let extensions = read_extensions(head)?;
    let subprotocols = read_subprotocols(head)?;
    // The extension is one of the version 13 (RFC 7692 section 3).
    let wishes = rules.compression.filter(|_| version == Version::V13);
    let compression = wishes.and_then(|wishes| terms::accept(wishes, &extensions));
    let offer = Offer::new(accept_key(key.as_bytes()), &subprotocols, version);
    Ok(offer.with_compression(compression))
}

/// The version of the request, where it is spoken here.
fn check_version(request: &Request, versions: Versions) -> Result<Version, ErrorCode> {
    let is_missing = !request.head().has(FieldName::Version);
    match request.version() {
        Version::Unknown if is_missing => Err(ErrorCode::HandshakeVersionMissing),
        version if versions.contains(version) => Ok(version),
        _ => Err(ErrorCode::HandshakeVersion),
    }
}

/// The origin, from the field that the version has it in. Two that differ are refused in every
/// version: whoever stands in between may have looked at the other one.
fn read_origin(head: &Head, version: Version) -> Result<Option<&str>, ErrorCode> {
    let today = head.single(FieldName::Origin, ErrorCode::HandshakeOrigin)?;
    let early = head.single(FieldName::EarlyOrigin, ErrorCode::HandshakeOrigin)?;
    match (early, today) {
        (Some(early), Some(today)) if early != today => Err(ErrorCode::HandshakeOrigin),
        _ if version == Version::V13 => Ok(today),
        _ => Ok(early.or(today)),
    }
}

/// The tokens of all Sec-WebSocket-Protocol fields: at least one where there is a field, none twice.
fn read_subprotocols(head: &Head) -> Result<Vec<&str>, ErrorCode> {
    let mut offered: Vec<&str> = Vec::new();
    for field in head.all(FieldName::Subprotocol) {
        let before = offered.len();
        for element in elements(field) {
            let token = ascii(element).filter(|text| is_token(text));
            offered.push(token.ok_or(ErrorCode::HandshakeSubprotocol)?);
        }
        if offered.len() == before {
            return Err(ErrorCode::HandshakeSubprotocol);
        }
    }
    // Sorted, as comparing each with each would let 16 KiB of them cost millions of steps.
    let mut sorted = offered.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(ErrorCode::HandshakeSubprotocol);
    }
    Ok(offered)
}

/// The extensions that are offered. What is well-formed and not known is declined by silence
/// (RFC 6455 section 9.1).
fn read_extensions(head: &Head) -> Result<Vec<ExtensionOffer>, ErrorCode> {
    let mut offers = Vec::new();
    for field in head.all(FieldName::Extensions) {
        let text = ascii(field).ok_or(ErrorCode::HandshakeExtension)?;
        offers.extend(parse_extensions(text)?);
        if offers.len() > MAX_EXTENSIONS {
            return Err(ErrorCode::HandshakeExtension);
        }
    }
    Ok(offers)
}
