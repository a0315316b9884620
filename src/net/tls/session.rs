//! A TLS session (RFC 8446, RFC 5246) without I/O: records to plaintext, plaintext to records.
//!
//! The session is rustls' unbuffered one: what was received lies in memory of the loop, what is to
//! be sent goes where the caller wants it, and an idle session holds neither.

use std::fmt;

use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, ReadTraffic, UnbufferedStatus,
    WriteTraffic,
};
use rustls::{CipherSuite, CommonState, HandshakeKind};

use super::TlsFailure;
use super::take_asked_name;
use crate::net::tls_facts::TlsFacts;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;
use crate::protocol::output::Output;

/// More bytes than rustls adds to a record, a key update in front of it included.
const OVERHEAD_BYTES: usize = 256;
/// Plaintext in a record (RFC 8446 section 5.1).
const RECORD_BYTES: usize = 16 * 1024;

/// One side of a TLS connection.
pub(crate) struct Session {
    side: Side,
    /// Server: the name that the client asked for.
    asked_name: Option<Box<str>>,
    /// Whether the peer has said that it sends nothing more.
    is_closed_by_peer: bool,
    /// Why it has failed: rustls must not be given anything after that.
    failure: Option<TlsFailure>,
}

enum Side {
    Client(Box<UnbufferedClientConnection>),
    Server(Box<UnbufferedServerConnection>),
}

/// How far a session is when it waits for the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The handshake has not ended.
    Handshake,
    /// Data can be sent, and received.
    Established,
    /// The peer has said that it sends nothing more.
    PeerClosed,
}

/// What came of received bytes.
#[derive(Debug)]
pub(crate) struct Opened {
    /// So many bytes at the front have been used up. The rest, the beginning of something, is to be
    /// given again, with more behind it.
    pub(crate) used: usize,
    pub(crate) outcome: Result<Standing, TlsFailure>,
}

/// What a session does besides opening records.
enum Order<'a> {
    /// Nothing.
    None,
    /// This plaintext becomes records.
    Seal(&'a [u8]),
    /// The peer is told that nothing more comes.
    Close,
}

impl From<UnbufferedClientConnection> for Session {
    fn from(side: UnbufferedClientConnection) -> Session {
        Session::new(Side::Client(Box::new(side)))
    }
}

impl From<UnbufferedServerConnection> for Session {
    fn from(side: UnbufferedServerConnection) -> Session {
        Session::new(Side::Server(Box::new(side)))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("role", &self.role()).finish_non_exhaustive()
    }
}

impl Session {
    fn new(side: Side) -> Session {
        Session { side, asked_name: None, is_closed_by_peer: false, failure: None }
    }

    pub(crate) fn role(&self) -> Role {
        match self.side {
            Side::Client(_) => Role::Client,
            Side::Server(_) => Role::Server,
        }
    }

    /// Whether the handshake has not ended.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.agreed().is_handshaking()
    }

    fn agreed(&self) -> &CommonState {
        match &self.side {
            Side::Client(side) => side,
            Side::Server(side) => side,
        }
    }

    /// What was agreed on, once the handshake has ended.
    pub(crate) fn facts(&self) -> Option<TlsFacts<'_>> {
        let agreed = self.agreed();
        if agreed.is_handshaking() {
            return None;
        }
        let suite = agreed.negotiated_cipher_suite()?.suite();
        let certificate = agreed.peer_certificates().and_then(|chain| chain.first());
        Some(TlsFacts {
            version: agreed.protocol_version()?.into(),
            cipher_suite: cipher_suite_name(suite),
            server_name: self.asked_name.as_deref(),
            alpn: agreed.alpn_protocol(),
            is_resumed: agreed.handshake_kind() == Some(HandshakeKind::Resumed),
            peer_certificate: certificate.map(|certificate| &**certificate),
        })
    }

    /// Goes on with what was received: `plaintext` is given what is in the records, `records` gets
    /// what is to be sent for it, an alert among it if that fails. A peer that ends TLS before both
    /// sides have the keys is a failure.
    pub(crate) fn open(
        &mut self,
        received: &mut [u8],
        records: &mut Output,
        plaintext: &mut dyn FnMut(&[u8]),
    ) -> Opened {
        let is_ended = self.is_handshaking() && has_close_notify(received);
        let mut opened = self.work(received, records, plaintext, Order::None);
        if is_ended && opened.outcome.is_ok() && self.is_handshaking() {
            self.failure = Some(TlsFailure::ended());
            opened.outcome = Err(TlsFailure::ended());
        }
        opened
    }

    /// Makes records of plaintext. `received` is what the last call of `open` has left over.
    ///
    /// # Errors
    ///
    /// `TlsHandshake` before its end, `TlsRecord` if the keys are used up, `OutOfMemory`.
    pub(crate) fn seal(
        &mut self,
        plaintext: &[u8],
        received: &mut [u8],
        records: &mut Output,
    ) -> Result<(), TlsFailure> {
        if self.is_handshaking() {
            return Err(ErrorCode::TlsHandshake.into());
        }
        self.work(received, records, &mut |_| (), Order::Seal(plaintext)).outcome.map(|_| ())
    }

    /// Makes the record that tells the peer that nothing more comes. `received` is as for `seal`.
    pub(crate) fn close(&mut self, received: &mut [u8], records: &mut Output) {
        self.work(received, records, &mut |_| (), Order::Close);
    }

    fn work(
        &mut self,
        received: &mut [u8],
        records: &mut Output,
        plaintext: &mut dyn FnMut(&[u8]),
        order: Order<'_>,
    ) -> Opened {
        if let Some(failure) = self.failure {
            return Opened { used: 0, outcome: Err(failure) };
        }
        let is_closed = &mut self.is_closed_by_peer;
        let opened = match &mut self.side {
            Side::Client(side) => work(&mut **side, is_closed, received, records, plaintext, order),
            Side::Server(side) => work(&mut **side, is_closed, received, records, plaintext, order),
        };
        if let Some(name) = take_asked_name() {
            self.asked_name = Some(name);
        }
        self.failure = opened.outcome.err();
        opened
    }
}

/// Whether one of the records is a close_notify that nothing protects (RFC 8446 sections 5.1 and 6.1).
/// rustls passes over it, as nobody can tell whose it is; but nothing comes behind it either way.
fn has_close_notify(mut records: &[u8]) -> bool {
    const ALERT: u8 = 21;
    const CLOSE_NOTIFY: u8 = 0;
    while let [kind, _, _, high, low, rest @ ..] = records {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((body, behind)) = rest.split_at_checked(len) else {
            return false;
        };
        if *kind == ALERT && matches!(body, [_, CLOSE_NOTIFY]) {
            return true;
        }
        records = behind;
    }
    false
}

/// The registered name of a cipher suite; empty for one that rustls does not have.
fn cipher_suite_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => other.as_str().unwrap_or_default(),
    }
}

/// What the sessions of both roles have in common.
trait Unbuffered {
    type Data;

    fn process<'c, 'i>(
        &'c mut self,
        received: &'i mut [u8],
    ) -> UnbufferedStatus<'c, 'i, Self::Data>;

    /// Whether there is something to be sent.
    fn wants_write(&self) -> bool;
}

impl Unbuffered for UnbufferedClientConnection {
    type Data = rustls::client::ClientConnectionData;

    fn process<'c, 'i>(
        &'c mut self,
        received: &'i mut [u8],
    ) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(received)
    }

    fn wants_write(&self) -> bool {
        CommonState::wants_write(self)
    }
}

impl Unbuffered for UnbufferedServerConnection {
    type Data = rustls::server::ServerConnectionData;

    fn process<'c, 'i>(
        &'c mut self,
        received: &'i mut [u8],
    ) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(received)
    }

    fn wants_write(&self) -> bool {
        CommonState::wants_write(self)
    }
}

/// Goes from one state of the session to the next until it waits for the peer. Whatever was
/// received and not used is shown to rustls each time, as it knows places in it.
fn work<S: Unbuffered>(
    session: &mut S,
    is_closed_by_peer: &mut bool,
    received: &mut [u8],
    records: &mut Output,
    plaintext: &mut dyn FnMut(&[u8]),
    mut order: Order<'_>,
) -> Opened {
    let mut used = 0;
    loop {
        let rest = received.get_mut(used..).unwrap_or_default();
        let UnbufferedStatus { mut discard, state, .. } = session.process(rest);
        let outcome = match state {
            Ok(ConnectionState::EncodeTlsData(data)) => encode(data, records).map(|()| None),
            Ok(ConnectionState::TransmitTlsData(data)) => {
                data.done();
                Ok(None)
            }
            Ok(ConnectionState::ReadTraffic(traffic)) => hand_out(traffic, plaintext).map(|more| {
                discard += more;
                None
            }),
            Ok(ConnectionState::WriteTraffic(traffic)) => {
                let order = std::mem::replace(&mut order, Order::None);
                obey(traffic, order, records).map(|()| Some(Standing::Established))
            }
            Ok(ConnectionState::PeerClosed) => {
                *is_closed_by_peer = true;
                Ok(None)
            }
            Ok(ConnectionState::BlockedHandshake) => Ok(Some(Standing::Handshake)),
            Ok(ConnectionState::Closed) => Ok(Some(Standing::PeerClosed)),
            // Early data, which is never offered: nobody takes it, so that this would not end.
            Ok(_) => Err(ErrorCode::TlsHandshake.into()),
            Err(error) => Err(TlsFailure::from(&error)),
        };
        used += discard;
        match outcome {
            Ok(None) => {}
            Ok(Some(Standing::Established)) if *is_closed_by_peer => {
                return Opened { used, outcome: Ok(Standing::PeerClosed) };
            }
            Ok(Some(standing)) => return Opened { used, outcome: Ok(standing) },
            Err(failure) => {
                say_last_words(session, received.get_mut(used..).unwrap_or_default(), records);
                return Opened { used, outcome: Err(failure) };
            }
        }
    }
}

/// Gives the plaintext of records out; how many received bytes are used up by that.
fn hand_out<D>(
    mut traffic: ReadTraffic<'_, '_, D>,
    plaintext: &mut dyn FnMut(&[u8]),
) -> Result<usize, TlsFailure> {
    let mut used = 0;
    while let Some(record) = traffic.next_record() {
        let record = record.map_err(|error| TlsFailure::from(&error))?;
        used += record.discard;
        plaintext(record.payload);
    }
    Ok(used)
}

/// After a failure: what is left to be sent, which is the alert. Nothing more may be opened.
fn say_last_words<S: Unbuffered>(session: &mut S, rest: &mut [u8], records: &mut Output) {
    while session.wants_write() {
        let Ok(ConnectionState::EncodeTlsData(data)) = session.process(rest).state else {
            return;
        };
        if encode(data, records).is_err() {
            return;
        }
    }
}

/// Puts a record of the handshake, or an alert, behind what is to be sent.
fn encode<D>(mut data: EncodeTlsData<'_, D>, records: &mut Output) -> Result<(), TlsFailure> {
    let needed = match data.encode(&mut []) {
        Err(EncodeError::InsufficientSize(size)) => size.required_size,
        _ => 0,
    };
    records.fill(needed, |place| data.encode(place).map_err(|_| ErrorCode::TlsHandshake.into()))
}

/// Does what was ordered.
fn obey<D>(
    mut traffic: WriteTraffic<'_, D>,
    order: Order<'_>,
    records: &mut Output,
) -> Result<(), TlsFailure> {
    // The keys are used up, or more was needed than was reckoned: rustls has written nothing.
    let failed = |_: EncryptError| TlsFailure::from(ErrorCode::TlsRecord);
    match order {
        Order::None => Ok(()),
        Order::Seal(plaintext) => {
            let fragments = plaintext.len() / RECORD_BYTES + 1;
            let most = plaintext.len() + fragments * OVERHEAD_BYTES;
            records.fill(most, |place| traffic.encrypt(plaintext, place).map_err(failed))
        }
        Order::Close => {
            records.fill(OVERHEAD_BYTES, |place| traffic.queue_close_notify(place).map_err(failed))
        }
    }
}
