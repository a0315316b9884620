//! The client's side of the opening handshake: what an answer must hold (RFC 6455 section 4.1).

use std::sync::Arc;

use super::body::Body;
use super::client_request::ClientRequest;
use super::extension::parse_extensions;
use super::field_name::FieldName;
use super::head::{Head, ascii};
use super::key::{accept_key, encode_nonce};
use super::response::Response;
use super::tokens::names;
use crate::protocol::deflate::terms::{self, Terms, Wishes};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, HeadLimits, HeadReader, WholeHead};
use crate::protocol::version::Version;

/// Interim responses that are taken before the final one.
const MAX_INTERIM_RESPONSES: u8 = 5;

/// How far the handshake has come.
#[derive(Debug)]
pub enum ClientProgress {
    /// The answer is not complete.
    NeedMore,
    /// The connection is open; bytes that were not consumed are frames.
    Accepted {
        /// The 101.
        response: Arc<Response>,
        /// The subprotocol that the server chose from the offer.
        subprotocol: Option<Box<str>>,
        /// How messages are compressed, if that was agreed on.
        terms: Option<Terms>,
    },
    /// The server answered with another status.
    Refused {
        /// The answer, with up to 64 KiB of its body.
        response: Arc<Response>,
    },
}

/// Sends one request and reads the answer to it.
#[derive(Debug)]
pub struct ClientHandshake {
    limits: HeadLimits,
    accept_key: [u8; 28],
    subprotocols: Box<[Box<str>]>,
    version: Version,
    compression: Option<Wishes>,
    state: State,
    refused_at: Option<usize>,
}

#[derive(Debug)]
enum State {
    Head { reader: HeadReader, interim_responses: u8 },
    Body { response: Box<Response>, body: Body },
    Ended,
}

/// What one piece of the input led to.
enum Step {
    Next(State),
    End(ClientProgress),
}

impl ClientHandshake {
    /// Appends the request to `out` and waits for its answer. The nonce must be fresh and random.
    pub fn start(
        request: &ClientRequest,
        nonce: [u8; 16],
        limits: HeadLimits,
        out: &mut Vec<u8>,
    ) -> ClientHandshake {
        let key = encode_nonce(nonce);
        request.write(&key, out);
        ClientHandshake {
            limits,
            accept_key: accept_key(&key),
            subprotocols: request.subprotocols().into(),
            version: request.version(),
            compression: request.compression(),
            state: State::head(limits, 0),
            refused_at: None,
        }
    }

    /// Takes bytes; returns how many, and what follows from them. Bytes behind a 101 are left.
    /// After an error or a final answer nothing more is taken.
    ///
    /// # Errors
    ///
    /// * `HandshakeMalformed`, `HandshakeHttpVersion`, `HandshakeHeadTooLarge`: see
    ///   [`HeadReader::feed`].
    /// * `HandshakeInterim`: more than five interim responses.
    /// * `HandshakeUpgrade`, `HandshakeConnection`, `HandshakeAccept`, `HandshakeSubprotocol`,
    ///   `HandshakeExtension`: that field of the 101 is not what it must be (RFC 6455 section 4.1).
    /// * `InvalidState`: the handshake has ended.
    pub fn feed(&mut self, input: &[u8]) -> (usize, Result<ClientProgress, ErrorCode>) {
        let mut rest = input;
        loop {
            let state = std::mem::replace(&mut self.state, State::Ended);
            let (consumed, step) = self.step(state, rest);
            rest = rest.get(consumed..).unwrap_or_default();
            match step {
                Ok(Step::Next(state)) => {
                    self.state = state;
                    if rest.is_empty() {
                        return (input.len(), Ok(ClientProgress::NeedMore));
                    }
                }
                Ok(Step::End(progress)) => return (input.len() - rest.len(), Ok(progress)),
                Err(error) => return (input.len() - rest.len(), Err(error)),
            }
        }
    }

    /// The connection has ended: a refusal whose body was still being received is whole now, or cut
    /// short; in both cases its status counts. `None` where no answer was being received.
    pub fn end_of_input(&mut self) -> Option<Arc<Response>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Body { response, body } => Some(with_body(response, body)),
            State::Head { .. } | State::Ended => None,
        }
    }

    /// The offset of the byte at which a head was refused, if it was a byte.
    pub fn refused_at(&self) -> Option<usize> {
        self.refused_at
    }

    fn step(&mut self, state: State, input: &[u8]) -> (usize, Result<Step, ErrorCode>) {
        match state {
            State::Head { mut reader, interim_responses } => match reader.feed(input) {
                Err(error) => {
                    self.refused_at = Some(reader.buffered_bytes());
                    (input.len(), Err(error))
                }
                Ok(fed) if fed.complete => {
                    (fed.consumed, self.answer(reader.into_head(), interim_responses))
                }
                Ok(fed) => {
                    (fed.consumed, Ok(Step::Next(State::Head { reader, interim_responses })))
                }
            },
            State::Body { response, mut body } => {
                let (consumed, is_complete) = body.feed(input);
                (consumed, Ok(body_step(response, body, is_complete)))
            }
            State::Ended => (0, Err(ErrorCode::InvalidState)),
        }
    }

    /// What follows from a complete head.
    fn answer(&self, head: WholeHead, interim_responses: u8) -> Result<Step, ErrorCode> {
        let mut response = Box::new(Response::from_head(head)?);
        match response.status() {
            101 => {
                let subprotocol = self.check_accepted(&response)?;
                let terms = self.check_extensions(response.head())?;
                response.set_version(self.version);
                let response = response.into();
                Ok(Step::End(ClientProgress::Accepted { response, subprotocol, terms }))
            }
            100..=199 if interim_responses >= MAX_INTERIM_RESPONSES => {
                Err(ErrorCode::HandshakeInterim)
            }
            100..=199 => Ok(Step::Next(State::head(self.limits, interim_responses + 1))),
            _ => {
                let mut body = Body::new(response.framing());
                let (_, is_complete) = body.feed(&[]);
                Ok(body_step(response, body, is_complete))
            }
        }
    }

    /// What was not offered may not be answered (RFC 6455 section 4.1).
    fn check_extensions(&self, head: &Head) -> Result<Option<Terms>, ErrorCode> {
        let mut answers = Vec::new();
        for field in head.all(FieldName::Extensions) {
            let text = ascii(field).ok_or(ErrorCode::HandshakeExtension)?;
            answers.extend(parse_extensions(text)?);
        }
        match &self.compression {
            Some(wishes) => terms::conclude(wishes, &answers),
            None if answers.is_empty() => Ok(None),
            None => Err(ErrorCode::HandshakeExtension),
        }
    }

    /// Checks a 101; returns the subprotocol that it names.
    fn check_accepted(&self, response: &Response) -> Result<Option<Box<str>>, ErrorCode> {
        let head = response.head();
        if !response.is_http_1_1() {
            return Err(ErrorCode::HandshakeHttpVersion);
        }
        let upgrade = head.single(FieldName::Upgrade, ErrorCode::HandshakeUpgrade)?;
        if !upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
            return Err(ErrorCode::HandshakeUpgrade);
        }
        if !head.all(FieldName::Connection).any(|field| names(field, "upgrade")) {
            return Err(ErrorCode::HandshakeConnection);
        }
        let accept = head.single(FieldName::Accept, ErrorCode::HandshakeAccept)?;
        if accept.map(str::as_bytes) != Some(&self.accept_key) {
            return Err(ErrorCode::HandshakeAccept);
        }
        let chosen = head.single(FieldName::Subprotocol, ErrorCode::HandshakeSubprotocol)?;
        if chosen.is_some_and(|chosen| self.subprotocols.iter().all(|name| **name != *chosen)) {
            return Err(ErrorCode::HandshakeSubprotocol);
        }
        Ok(chosen.map(Box::from))
    }
}

impl State {
    fn head(limits: HeadLimits, interim_responses: u8) -> State {
        State::Head { reader: HeadReader::new(HeadKind::Response, limits), interim_responses }
    }
}

fn body_step(response: Box<Response>, body: Body, is_complete: bool) -> Step {
    if is_complete {
        Step::End(ClientProgress::Refused { response: with_body(response, body) })
    } else {
        Step::Next(State::Body { response, body })
    }
}

fn with_body(mut response: Box<Response>, body: Body) -> Arc<Response> {
    response.set_body(body.into_bytes());
    response.into()
}
