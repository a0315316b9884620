//! What the tests of the protocol share: a transport in memory, and the rows that it runs.
//!
//! Nothing here uses the library to work out what is expected: frames, keys and sentences that
//! the tests compare with are written by hand or put together by the few lines of `frame`.

use std::sync::Arc;

use oxws::protocol::close::CloseFrame;
use oxws::protocol::connection::{Connection, Context, Input, KeySource};
use oxws::protocol::deflate::streams::Streams;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{Announced, CloseReport, Event, Initiator, Payload};
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::message::{Assembly, ChunkPlace};
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::output::Output;
use oxws::protocol::pool::Pool;
use oxws::protocol::settings::{Limits, Settings};
use oxws::protocol::time::Time;

/// The masking key of every frame that a client sends here, in both directions of the tests.
pub(crate) const KEY: [u8; 4] = [1, 2, 3, 4];

/// Both sides, for rules that hold for each.
pub(crate) const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// The request of the sample in section 1.3.
pub(crate) const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\n\
    Upgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// The answer of the sample in section 1.3.
pub(crate) const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A head with the field of extensions in which this is said.
pub(crate) fn with_extensions(head: &[u8], said: &str) -> Vec<u8> {
    let field = format!("Sec-WebSocket-Extensions: {said}\r\n\r\n");
    [&head[..head.len() - 2], field.as_bytes()].concat()
}

/// The nonce whose base64 is the key of the sample.
pub(crate) const NONCE: [u8; 16] = *b"the sample nonce";

/// The most bytes that may be left over: a control frame but for its last byte.
const MAX_LEFT: usize = 130;

/// An event as a test can keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Request(String),
    HttpRequest(String),
    Connecting(String),
    Response(u16),
    Open,
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>, Option<u64>),
    Closed(End),
}

/// How a connection ended, as a test can keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) error: Option<ErrorCode>,
    pub(crate) initiator: Initiator,
    pub(crate) local: Option<(u16, String)>,
    pub(crate) remote: Option<(u16, String)>,
    pub(crate) http_status: u16,
    pub(crate) announced: bool,
}

impl From<CloseReport> for End {
    fn from(report: CloseReport) -> End {
        let said = |frame: CloseFrame| (frame.code.number(), frame.reason.to_string());
        End {
            error: report.error,
            initiator: report.initiator,
            local: report.local.map(said),
            remote: report.remote.map(said),
            http_status: report.http_status,
            announced: report.announced != Announced::Nothing,
        }
    }
}

impl Seen {
    pub(crate) fn from_event(event: Event<'_>, messages: &mut Pool<Assembly>) -> Seen {
        match event {
            Event::Chunk { .. } => panic!("a chunk outside of `pull`"),
            Event::Request(request) => Seen::Request(request.target().into()),
            Event::HttpRequest(request) => Seen::HttpRequest(request.target().into()),
            Event::Connecting(request) => Seen::Connecting(request.target().into()),
            Event::Response(response) => Seen::Response(response.status()),
            Event::Open => Seen::Open,
            Event::Message { kind, payload } => Seen::message(kind, payload, messages),
            Event::Ping(payload) => Seen::Ping(payload.into()),
            Event::Pong { payload, round_trip_micros } => {
                Seen::Pong(payload.into(), round_trip_micros)
            }
            Event::Closed(report) => Seen::Closed((*report).into()),
        }
    }

    fn message(kind: MessageType, payload: Payload<'_>, messages: &mut Pool<Assembly>) -> Seen {
        let bytes = payload.as_slice().to_vec();
        if let Payload::Assembled(buffer) = payload {
            messages.give_back(buffer);
        }
        match kind {
            MessageType::Text => Seen::Text(String::from_utf8(bytes).unwrap()),
            MessageType::Binary => Seen::Binary(bytes),
        }
    }
}

/// Adds a chunk to those of its message, which is seen when it is whole.
fn together(
    chunks: &mut Option<Vec<u8>>,
    kind: MessageType,
    bytes: &[u8],
    place: ChunkPlace,
) -> Option<Seen> {
    assert_eq!(chunks.is_none(), place.is_first, "the first chunk, and only that, is first");
    assert!(!bytes.is_empty() || place.is_last, "an empty chunk in the middle");
    chunks.get_or_insert_default().extend_from_slice(bytes);
    if !place.is_last {
        return None;
    }
    let bytes = chunks.take()?;
    Some(match kind {
        MessageType::Text => Seen::Text(String::from_utf8(bytes).unwrap()),
        MessageType::Binary => Seen::Binary(bytes),
    })
}

/// The key source of a client whose frames are to be known.
pub(crate) struct FixedKey;

impl KeySource for FixedKey {
    fn masking_key(&mut self) -> [u8; 4] {
        KEY
    }
}

/// A connection and all that a transport would keep for it.
pub(crate) struct Driver {
    pub(crate) connection: Connection,
    pub(crate) output: Output,
    pub(crate) messages: Pool<Assembly>,
    pub(crate) streams: Streams,
    pub(crate) now: Time,
    /// Bytes that the connection has left; they come again before new ones.
    pub(crate) left: Vec<u8>,
    /// What has been reported.
    pub(crate) seen: Vec<Seen>,
    /// The end that has been reported, with all that it tells.
    pub(crate) report: Option<Box<CloseReport>>,
    /// What has been written.
    pub(crate) sent: Vec<u8>,
    /// Whether direct room is used where it is offered.
    pub(crate) uses_direct: bool,
    /// What has come of a message that is reported piece by piece.
    chunks: Option<Vec<u8>>,
}

/// The defaults of the role without what needs time, changed by `tweak`.
pub(crate) fn settings(role: Role, tweak: impl Fn(&mut Limits)) -> Settings {
    let mut limits = match role {
        Role::Client => Limits::client(),
        Role::Server => Limits::server(),
    };
    tweak(&mut limits);
    Settings { origin: OriginPolicy::Any, ..Settings::new(limits) }
}

impl Driver {
    /// A connection that has just begun. A client has queued its request.
    pub(crate) fn begin(role: Role, tweak: impl Fn(&mut Limits)) -> Driver {
        Driver::begin_with(role, settings(role, tweak))
    }

    pub(crate) fn begin_with(role: Role, settings: Settings) -> Driver {
        let settings = Arc::new(settings);
        let (mut output, mut messages) = (Output::default(), Pool::default());
        let mut streams = Streams::default();
        let now = Time::from_micros(0);
        let connection = match role {
            Role::Server => Connection::server(settings, now, 0),
            Role::Client => {
                let mut request = ClientRequest::new("server.example.com", "/chat").unwrap();
                request.set_compression(settings.compression.map(|options| options.wishes));
                let keys = &mut FixedKey;
                let streams = &mut streams;
                let mut cx =
                    Context { now, output: &mut output, messages: &mut messages, streams, keys };
                let mut connection = Connection::client(settings, Box::new(request), now, 0);
                connection.start_request(NONCE, &mut cx);
                connection
            }
        };
        let (left, seen, sent, uses_direct) = (Vec::new(), Vec::new(), Vec::new(), false);
        let (chunks, report) = (None, None);
        Driver {
            connection,
            output,
            messages,
            streams,
            now,
            left,
            seen,
            report,
            sent,
            uses_direct,
            chunks,
        }
    }

    /// A connection that is open, with nothing seen or sent.
    pub(crate) fn open(role: Role, tweak: impl Fn(&mut Limits)) -> Driver {
        Driver::open_with(role, settings(role, tweak))
    }

    /// As [`Driver::open`]; messages that do not come whole are reported piece by piece.
    pub(crate) fn open_for_chunks(role: Role, tweak: impl Fn(&mut Limits)) -> Driver {
        Driver::open_with(role, Settings { reports_chunks: true, ..settings(role, tweak) })
    }

    /// As [`Driver::open`]; pings are left to the application.
    pub(crate) fn open_without_pongs(role: Role) -> Driver {
        Driver::open_with(role, Settings { answers_pings: false, ..settings(role, |_| ()) })
    }

    /// As [`Driver::open`] with these settings; what the handshake says of compression comes from
    /// the peer, as the value of its field.
    pub(crate) fn open_compressed(role: Role, settings: Settings, extensions: &str) -> Driver {
        let answer = with_extensions(ANSWER, extensions);
        let request = with_extensions(REQUEST, extensions);
        Driver::open_by(role, settings, &answer, &request)
    }

    fn open_with(role: Role, settings: Settings) -> Driver {
        Driver::open_by(role, settings, ANSWER, REQUEST)
    }

    fn open_by(role: Role, settings: Settings, answer: &[u8], request: &[u8]) -> Driver {
        let mut driver = Driver::begin_with(role, settings);
        driver.drain();
        match role {
            Role::Client => driver.feed(answer),
            Role::Server => {
                driver.feed(request);
                driver.accept();
            }
        }
        assert!(driver.connection.is_open());
        driver.forget();
        driver
    }

    /// Forgets what has been seen and sent.
    pub(crate) fn forget(&mut self) {
        self.seen.clear();
        self.sent.clear();
    }

    /// Calls the connection with everything that it is lent.
    pub(crate) fn with<R>(
        &mut self,
        call: impl FnOnce(&mut Connection, &mut Context<'_>) -> R,
    ) -> R {
        let (now, output, messages) = (self.now, &mut self.output, &mut self.messages);
        call(
            &mut self.connection,
            &mut Context { now, output, messages, streams: &mut self.streams, keys: &mut FixedKey },
        )
    }

    /// Lets in the client that waits.
    pub(crate) fn accept(&mut self) {
        self.with(|connection, cx| connection.accept(None, &Fields::default(), cx)).unwrap();
        self.turn();
    }

    /// Receives `bytes`, takes every event and writes all output.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.receive(bytes);
        self.drain();
    }

    /// Receives `bytes` and takes every event; writes nothing.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while self.uses_direct && !rest.is_empty() {
            match self.receive_direct(rest) {
                0 => break,
                count => rest = &rest[count..],
            }
        }
        self.left.extend_from_slice(rest);
        self.pull();
    }

    /// Goes a round without new bytes.
    pub(crate) fn turn(&mut self) {
        self.feed(&[]);
    }

    /// How many bytes went straight into the message; 0 where no room is offered.
    fn receive_direct(&mut self, bytes: &[u8]) -> usize {
        let Some(room) = self.connection.direct_room() else {
            return 0;
        };
        assert!(self.left.is_empty(), "direct room although bytes were left");
        assert!(!room.is_empty());
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        let (now, output, messages) = (self.now, &mut self.output, &mut self.messages);
        let mut cx =
            Context { now, output, messages, streams: &mut self.streams, keys: &mut FixedKey };
        let event = self.connection.direct_received(count, &mut cx);
        if let Some(event) = event {
            self.see(event);
        }
        count
    }

    /// Keeps what has been reported.
    fn see(&mut self, event: Event<'_>) {
        if let Event::Closed(report) = &event {
            self.report = Some(report.clone());
        }
        self.seen.push(Seen::from_event(event, &mut self.messages));
    }

    /// Takes events until there is none, checking that each call gets on.
    fn pull(&mut self) {
        let mut bytes = std::mem::take(&mut self.left);
        // A frame has at least two bytes; an opening and an end need none.
        let mut calls_left = bytes.len() / 2 + 4;
        let mut input = Input::new(&mut bytes);
        loop {
            let before = input.len();
            let (now, output) = (self.now, &mut self.output);
            let messages = &mut self.messages;
            let mut cx =
                Context { now, output, messages, streams: &mut self.streams, keys: &mut FixedKey };
            let event = self.connection.receive(&mut input, &mut cx);
            let Some(event) = event else { break };
            if let Event::Chunk { kind, payload, place } = event {
                assert!(input.len() < before || place.is_last, "a chunk out of nothing");
                self.seen.extend(together(&mut self.chunks, kind, payload.as_slice(), place));
                continue;
            }
            self.see(event);
            let seen = self.seen.last().unwrap();
            let needs_no_input = matches!(seen, Seen::Open | Seen::Closed(_));
            assert!(input.len() < before || needs_no_input, "{seen:?} out of nothing");
            calls_left = calls_left.checked_sub(1).expect("more events than bytes allow");
        }
        self.left = input.bytes().to_vec();
        let waits = self.connection.is_opening();
        assert!(waits || self.left.len() <= MAX_LEFT, "{} bytes left", self.left.len());
    }

    /// Writes all output, says so, and takes what follows from that.
    pub(crate) fn drain(&mut self) {
        while !self.output.is_empty() {
            self.sent.extend_from_slice(self.output.unsent());
            self.output.advance(self.output.len());
            if self.output.is_empty() {
                self.connection.output_drained(self.now);
            }
        }
        if self.connection.has_event() {
            self.pull();
        }
    }

    /// The end that has been reported: exactly one, and nothing behind it.
    pub(crate) fn end(&self) -> &End {
        let ends = self.seen.iter().filter(|seen| matches!(seen, Seen::Closed(_))).count();
        assert_eq!(ends, 1, "{:?}", self.seen);
        match self.seen.last() {
            Some(Seen::Closed(end)) => end,
            last => panic!("after the end came {last:?}"),
        }
    }
}
