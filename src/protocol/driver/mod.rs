//! A connection with all that it needs besides a transport: its output, the bytes that it has left, the
//! time. It is for users who move the bytes themselves; an event loop shares these among its
//! connections instead.
//!
//! Like the connection it is pulled: bytes and ends are noted, then [`Driver::step`] gives one event
//! after another.

mod kept;
mod send;

use std::sync::Arc;

use super::connection::{Connection, Context, Input, KeySource};
use super::deflate::streams::Streams;
use super::error::ErrorCode;
use super::event::Event;
use super::handshake::client_request::ClientRequest;
use super::output::Output;
use super::pool::Pool;
use super::settings::Settings;
use super::time::Time;
use kept::{Kept, SPLICE_BYTES};

/// From so much output on, only the newest pong is kept: nobody seems to write it.
const CONGESTED_BYTES: usize = 64 * 1024;

/// How long streams that nobody uses are kept, in milliseconds.
const STREAMS_KEPT_MS: u32 = 1000;

/// What a connection may leave waiting.
#[derive(Debug, Clone, Copy)]
pub struct OutputLimits {
    /// Bytes that may wait before a further send is refused.
    pub max_queued_bytes: u64,
    /// Whether nothing of the peer's is used while half or more of that waits for it.
    pub pauses_while_queued: bool,
    /// How long none of it may be written, in milliseconds; 0 is for ever.
    pub write_stall_timeout_ms: u32,
}

/// A connection without a transport.
#[derive(Debug)]
pub struct Driver<K> {
    connection: Connection,
    output: Output,
    limits: OutputLimits,
    keys: K,
    now: Time,
    /// When output began to wait, or the last of it was written.
    progress: Time,
    kept: Kept,
    /// Streams that wait for the next compressed message.
    streams: Streams,
    /// When they are dropped.
    streams_until: Option<Time>,
    end: Option<End>,
    /// Whether the user wants nothing of the peer's for now.
    is_paused: bool,
    /// Whether silence counts against the peer: not while this side does not listen.
    is_suspended: bool,
}

/// How the transport has ended, which is reported once all that came before has been used.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The peer has stopped sending.
    OfInput,
    /// It is broken, with this error number.
    Lost(i32),
    /// However it was, the connection knows.
    Told,
}

/// What a step came to.
#[derive(Debug)]
pub enum Step<'b> {
    /// Something to report.
    Event(Event<'b>),
    /// Nothing to report; there is more to do.
    Again,
    /// Nothing is left to do; the input has been taken.
    Done,
}

impl<K: KeySource> Driver<K> {
    /// A server's side. `jitter` spreads the keepalive pings of different connections.
    pub fn server(
        settings: Arc<Settings>,
        limits: OutputLimits,
        keys: K,
        now: Time,
        jitter: u8,
    ) -> Driver<K> {
        Driver::new(Connection::server(settings, now, jitter), limits, keys, now)
    }

    /// A client's side, whose request waits for [`Driver::start_request`] or
    /// [`Driver::announce_request`].
    pub fn client(
        settings: Arc<Settings>,
        limits: OutputLimits,
        keys: K,
        now: Time,
        request: ClientRequest,
        jitter: u8,
    ) -> Driver<K> {
        let connection = Connection::client(settings, Box::new(request), now, jitter);
        Driver::new(connection, limits, keys, now)
    }

    fn new(connection: Connection, limits: OutputLimits, keys: K, now: Time) -> Driver<K> {
        Driver {
            connection,
            output: Output::default(),
            limits,
            keys,
            now,
            progress: now,
            kept: Kept::default(),
            streams: Streams::default(),
            streams_until: None,
            end: None,
            is_paused: false,
            is_suspended: false,
        }
    }

    /// The connection, to be asked.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Where the masking keys come from.
    pub fn keys_mut(&mut self) -> &mut K {
        &mut self.keys
    }

    /// Whether bytes of the peer can be used now: not while a request waits for its decision or the peer
    /// has to read first, in a pause, or after the end.
    pub fn wants_input(&self) -> bool {
        self.end.is_none() && self.takes_input()
    }

    /// Whether bytes of the peer can be used now or later.
    pub fn may_want_input(&self) -> bool {
        self.end.is_none() && !self.connection.has_ended()
    }

    fn takes_input(&self) -> bool {
        let waits = self.is_paused || self.is_held_back();
        !waits && self.connection.wants_input() && !self.connection.has_ended()
    }

    /// Whether the peer has to read before more of its bytes are used.
    fn is_held_back(&self) -> bool {
        let OutputLimits { pauses_while_queued, max_queued_bytes, .. } = self.limits;
        pauses_while_queued && self.output.len() as u64 >= max_queued_bytes / 2
    }

    /// Uses nothing more of the peer's until [`Driver::resume`].
    pub fn pause(&mut self) {
        self.is_paused = true;
        self.weigh_silence();
    }

    /// Goes on with what the peer has sent.
    pub fn resume(&mut self) {
        self.is_paused = false;
        self.weigh_silence();
    }

    /// While this side does not listen, silence says nothing about the peer.
    fn weigh_silence(&mut self) {
        let is_deaf = self.is_paused || self.is_held_back();
        if std::mem::replace(&mut self.is_suspended, is_deaf) == is_deaf {
            return;
        }
        match is_deaf {
            true => self.connection.suspend_liveness(),
            false => self.connection.resume_liveness(self.now),
        }
    }

    /// Notes the time, which never goes back.
    pub fn set_now(&mut self, now: Time) {
        self.now = self.now.max(now);
    }

    /// The peer has stopped sending.
    pub fn end_of_input(&mut self) {
        self.end = self.end.or(Some(End::OfInput));
    }

    /// The transport is broken, with this error number or 0. Nothing can be written any more.
    pub fn lost(&mut self, os_error: i32) {
        self.end = Some(End::Lost(os_error));
        self.drop_output();
    }

    /// The next event out of what is there, or `Done`. Bytes of `input` that cannot be used yet are
    /// kept, so that it is empty then.
    pub fn step<'b>(&'b mut self, input: &mut Input<'b>) -> Step<'b> {
        self.kept.tidy();
        if self.output.len() >= CONGESTED_BYTES {
            self.output.set_congested();
        }
        if !self.takes_input() {
            return self.step_without_input(input);
        }
        match (self.kept.is_used_up(), input.is_empty()) {
            (true, true) => self.step_without_input(input),
            _ if self.kept.len() > 0 => self.step_kept(input),
            _ => self.step_input(input),
        }
    }

    /// What the input says.
    fn step_input<'b>(&mut self, input: &mut Input<'b>) -> Step<'b> {
        match self.with_connection(|connection, cx| connection.receive(input, cx)) {
            Some(event) => Step::Event(event),
            None => {
                self.keep(input);
                self.kept.seen = self.kept.len();
                Step::Again
            }
        }
    }

    /// What the kept bytes say, together with the front of the input, where a frame goes on that was
    /// begun in them.
    fn step_kept<'b>(&'b mut self, input: &mut Input<'b>) -> Step<'b> {
        let old = self.kept.len();
        let added = input.len().min(SPLICE_BYTES);
        if let Err(error) = self.kept.append(input.bytes().get(..added).unwrap_or_default()) {
            self.with_connection(|connection, cx| connection.fail_later(error, cx));
            return Step::Again;
        }
        let Kept { bytes, start, end, seen } = &mut self.kept;
        let mut joined = Input::new(bytes.get_mut(*start..*end).unwrap_or_default());
        let mut cx = Context {
            now: self.now,
            output: &mut self.output,
            messages: &mut Pool::default(),
            streams: &mut self.streams,
            keys: &mut self.keys,
        };
        let event = self.connection.receive(&mut joined, &mut cx);
        let taken = old + added - joined.len();
        *seen = 0;
        if taken >= old {
            // What is left of the copy is still in the input.
            input.take(taken - old);
            *start = *end;
        } else {
            *start += taken;
            match event {
                Some(_) => *end -= added,
                None => {
                    input.take(added);
                    *seen = *end - *start;
                }
            }
        }
        keep_streams(&self.streams, &mut self.streams_until, self.now);
        event.map_or(Step::Again, Step::Event)
    }

    /// What is to be done where no bytes can be used.
    fn step_without_input<'b>(&mut self, input: &mut Input<'b>) -> Step<'b> {
        self.keep(input);
        if self.connection.has_event() {
            let none = &mut Input::new(&mut []);
            let event = self.with_connection(|connection, cx| connection.receive(none, cx));
            return event.map_or(Step::Again, Step::Event);
        }
        match self.end {
            Some(End::Lost(number)) => {
                let error = match number {
                    0 => ErrorCode::ConnectionLost,
                    _ => ErrorCode::ConnectionReset,
                };
                self.end = Some(End::Told);
                self.connection.lost(error, number);
                // What was sent, or answered, since then.
                self.drop_output();
                Step::Again
            }
            Some(End::OfInput) if self.takes_input() => {
                self.end = Some(End::Told);
                match self.connection.end_of_input() {
                    Some(event) => Step::Event(event),
                    None => Step::Again,
                }
            }
            _ => Step::Done,
        }
    }

    /// Keeps what is left of the input.
    fn keep(&mut self, input: &mut Input<'_>) {
        if self.kept.append(input.bytes()).is_err() {
            self.with_connection(|connection, cx| {
                connection.fail_later(ErrorCode::OutOfMemory, cx);
            });
        }
        input.take(input.len());
    }

    /// Keeps bytes for which no step can be made any more.
    pub fn keep_unused(&mut self, input: &mut Input<'_>) {
        self.kept.tidy();
        self.keep(input);
    }

    /// What was received and has not been used: a part of a frame, what follows a request that waits,
    /// or what follows the end.
    pub fn unused(&self) -> &[u8] {
        self.kept.as_slice()
    }

    /// When [`Driver::advance`] is to be called at the latest.
    pub fn deadline(&self) -> Option<Time> {
        let connection = self.connection.deadline();
        Time::earliest([connection, self.stall_deadline(), self.streams_until])
    }

    fn stall_deadline(&self) -> Option<Time> {
        let ms = self.limits.write_stall_timeout_ms;
        (ms != 0 && !self.output.is_empty()).then(|| self.progress.after_ms(ms))
    }

    /// Does what is due.
    pub fn advance(&mut self) {
        if self.stall_deadline().is_some_and(|at| self.now >= at) {
            self.connection.lost(ErrorCode::WriteStalled, 0);
            self.drop_output();
        }
        if self.streams_until.is_some_and(|at| self.now >= at) {
            self.streams.trim();
            self.streams_until = None;
        }
        self.with_connection(|connection, cx| connection.deadline_passed(cx));
    }

    /// Lets the connection work with all that it needs. What it puts messages together in is not kept
    /// for the next one: there may be many drivers, most of them idle. Streams, which are dear to make,
    /// are kept for a while.
    fn with_connection<R>(
        &mut self,
        work: impl FnOnce(&mut Connection, &mut Context<'_>) -> R,
    ) -> R {
        if self.output.is_empty() {
            self.progress = self.now;
        }
        let mut cx = Context {
            now: self.now,
            output: &mut self.output,
            messages: &mut Pool::default(),
            streams: &mut self.streams,
            keys: &mut self.keys,
        };
        let result = work(&mut self.connection, &mut cx);
        keep_streams(&self.streams, &mut self.streams_until, self.now);
        self.weigh_silence();
        result
    }
}

/// Sees to it that streams which wait are dropped some time.
fn keep_streams(streams: &Streams, until: &mut Option<Time>, now: Time) {
    if until.is_none() && streams.has_spare() {
        *until = Some(now.after_ms(STREAMS_KEPT_MS));
    }
}
