//! An endpoint of oxws and what a transport would keep for it.

use std::sync::Arc;

use oxws::protocol::connection::{
    Choice, Connection, Context, Input, KeySource, put_message,
};
use oxws::protocol::deflate::streams::Streams;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::message::Assembly;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::output::Output;
use oxws::protocol::pool::Pool;
use oxws::protocol::settings::{Limits, Settings};
use oxws::protocol::time::Time;

/// A source of keys that costs nothing, as the others are measured without theirs where they can be.
struct SameKey;

impl KeySource for SameKey {
    fn masking_key(&mut self) -> [u8; 4] {
        crate::frames::KEY
    }
}

/// From this size on the event loop writes payloads from where they lie.
const IN_PLACE_BYTES: usize = 64 << 10;

/// One side of a connection.
pub struct Endpoint {
    connection: Connection,
    settings: Arc<Settings>,
    output: Output,
    messages: Pool<Assembly>,
    streams: Streams,
    now: Time,
}

impl Endpoint {
    /// A side that is open.
    pub fn open(role: Role) -> Endpoint {
        let limits =
            Limits { max_message_bytes: 1 << 30, max_frame_bytes: 1 << 30, ..Limits::server() };
        let settings = Arc::new(Settings { origin: OriginPolicy::Any, ..Settings::new(limits) });
        let now = Time::from_micros(0);
        let mut endpoint = Endpoint {
            connection: Connection::agreed(role, None, Arc::clone(&settings), now, 0),
            settings,
            output: Output::default(),
            messages: Pool::default(),
            streams: Streams::default(),
            now,
        };
        endpoint.with(|connection, cx| {
            let opened = connection.receive(&mut Input::new(&mut []), cx);
            assert!(matches!(opened, Some(Event::Open)));
        });
        endpoint
    }

    fn with<R>(&mut self, call: impl FnOnce(&mut Connection, &mut Context<'_>) -> R) -> R {
        let Endpoint { connection, output, messages, streams, now, .. } = self;
        call(connection, &mut Context { now: *now, output, messages, streams, keys: &mut SameKey })
    }

    /// Takes all messages from `bytes`, in place; returns the bytes of their payloads.
    #[inline(always)]
    pub fn decode(&mut self, bytes: &mut [u8]) -> usize {
        let mut at = 0;
        let mut sum = 0;
        // Asked once, as the event loop does.
        assert!(self.connection.is_calm());
        while at < bytes.len() {
            if let Some(whole) = self.connection.receive_calmly(&mut bytes[at..]) {
                at += whole.consumed;
                sum += whole.payload.len();
                continue;
            }
            let rest = &mut bytes[at..];
            let before = rest.len();
            let mut input = Input::new(rest);
            let length = self.with(|connection, cx| match connection.receive(&mut input, cx) {
                Some(Event::Message { payload, .. }) => payload.as_slice().len(),
                other => panic!("no message but {other:?}"),
            });
            at += before - input.len();
            sum += length;
        }
        sum
    }

    /// Queues a message; from 64 KiB on only its header, where the payload can be written from where
    /// it lies, as the event loop does it.
    #[inline(always)]
    pub fn encode(&mut self, kind: MessageType, payload: &[u8]) {
        if payload.len() >= IN_PLACE_BYTES {
            let header = self.with(|connection, cx| {
                connection.check_send(kind, payload).unwrap();
                connection.header_in_place(kind, payload.len(), Choice::BySize, cx)
            });
            if let Some(header) = header {
                std::hint::black_box((header.as_bytes(), payload));
                return;
            }
        }
        let Endpoint { connection, output, .. } = self;
        if !(connection.answers_plainly() && put_message(output, kind, payload)) {
            self.with(|connection, cx| {
                connection.check_send(kind, payload).unwrap();
                connection.send(kind, payload, cx).unwrap();
            });
        }
    }

    /// What waits is written: returns how much that was.
    #[inline(always)]
    pub fn write(&mut self) -> usize {
        let count = std::hint::black_box(self.output.unsent()).len();
        self.output.advance(count);
        count
    }

    /// A server reads the request and answers it; returns the bytes of the answer.
    pub fn shake_hands(&mut self, request: &mut [u8]) -> usize {
        self.connection = Connection::server(Arc::clone(&self.settings), self.now, 0);
        let mut input = Input::new(request);
        self.with(|connection, cx| {
            assert!(matches!(connection.receive(&mut input, cx), Some(Event::Request(_))));
            connection.accept(None, &Fields::default(), cx).unwrap();
            assert!(matches!(connection.receive(&mut input, cx), Some(Event::Open)));
        });
        self.write()
    }
}
