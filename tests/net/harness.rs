//! A loop on the test's own thread, and a record of what it reported.
//!
//! Peers are sockets that do not block (see `wire`), so one thread drives both sides: a test says
//! what a peer does, and lets rounds pass until a condition holds. Nothing sleeps.

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use oxws::net::endpoint::{Endpoint, Host, Options};
use oxws::net::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES};
use oxws::net::loop_event::{ConnectionEvent, LoopEvent, Step};
use oxws::net::parcel::Delivery;
use oxws::net::slots::Id;
use oxws::net::steady::Message;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{CloseReport, Event, Payload};
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::settings::{Limits, Settings};
use oxws::protocol::url::Place;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::wire::Wire;

/// Longer than anything here takes, so that only a failure reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a loop does about an event, besides its being noted.
pub(crate) type Reaction = fn(&mut Loop, Id, &ConnectionEvent<'_>);

pub(crate) type Loop = EventLoop<TestHost>;

pub(crate) struct TestHost;

impl Host for TestHost {
    type Context = Reaction;
    type MessageHandler = Reaction;
    type Action = u32;

    fn message_handler(reaction: &Reaction) -> Reaction {
        *reaction
    }

    fn takes_whole_messages(_: &Reaction) -> bool {
        true
    }
}

/// What happened on a connection.
#[derive(Debug)]
pub(crate) enum What {
    Request,
    HttpRequest,
    Connecting,
    Response(u16, Vec<u8>),
    Open,
    Message(Vec<u8>),
    Ping,
    Pong,
    Writable,
    Detached(Option<OwnedFd>, Vec<u8>),
    Disconnected(Box<CloseReport>, u32),
    Closed(Box<CloseReport>),
}

/// A loop and what it has reported so far.
pub(crate) struct World {
    pub(crate) event_loop: Loop,
    pub(crate) notes: Vec<(Id, What)>,
    pub(crate) posted: Vec<u32>,
    /// Parcels that came back, and how many notes there were before each.
    pub(crate) delivered: Vec<Delivery>,
    pub(crate) delivered_at: Vec<usize>,
    /// Messages, pings and pongs are counted instead of noted.
    pub(crate) only_counts: bool,
    pub(crate) counted: usize,
    buffer: Vec<u8>,
}

/// Where a loop listens.
pub(crate) struct Server {
    pub(crate) id: Id,
    pub(crate) place: Place,
}

impl World {
    pub(crate) fn new() -> World {
        World::with(EventLoop::new().unwrap())
    }

    /// A loop whose network and clock are simulated.
    pub(crate) fn simulated() -> World {
        World::with(EventLoop::simulated().unwrap())
    }

    fn with(event_loop: Loop) -> World {
        World {
            event_loop,
            notes: Vec::new(),
            posted: Vec::new(),
            delivered: Vec::new(),
            delivered_at: Vec::new(),
            only_counts: false,
            counted: 0,
            buffer: vec![0; RECEIVE_BUFFER_BYTES],
        }
    }

    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn listen(&mut self, options: Options, reaction: Reaction) -> Server {
        let host = "127.0.0.1".into();
        self.listen_at(&Place::Host { host, port: 0 }, options, reaction)
    }

    pub(crate) fn listen_at(
        &mut self,
        place: &Place,
        options: Options,
        reaction: Reaction,
    ) -> Server {
        self.listen_with(place, Endpoint::new(options, reaction))
    }

    pub(crate) fn listen_with(&mut self, place: &Place, endpoint: Endpoint<Reaction>) -> Server {
        let id = self.event_loop.listen(place, Rc::new(endpoint)).unwrap();
        let mut place = place.clone();
        if let Place::Host { port, .. } = &mut place {
            *port = self.event_loop.listener_port(id).unwrap();
        }
        Server { id, place }
    }

    /// Listens on a socket whose connections have a send buffer of about this many bytes.
    pub(crate) fn listen_with_send_buffer(
        &mut self,
        bytes: usize,
        options: Options,
        reaction: Reaction,
    ) -> Server {
        self.listen_with_buffers(bytes, None, options, reaction)
    }

    /// As [`World::listen_with_send_buffer`], perhaps with a receive buffer of about `receive`
    /// bytes.
    pub(crate) fn listen_with_buffers(
        &mut self,
        send: usize,
        receive: Option<usize>,
        options: Options,
        reaction: Reaction,
    ) -> Server {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_send_buffer_size(send).unwrap();
        if let Some(receive) = receive {
            socket.set_recv_buffer_size(receive).unwrap();
        }
        socket.bind(&loopback(0)).unwrap();
        socket.listen(128).unwrap();
        let port = port_of(&socket);
        let endpoint = Rc::new(Endpoint::new(options, reaction));
        let id = self.event_loop.listen_on(socket.into(), endpoint).unwrap();
        let host = "127.0.0.1".into();
        let place = Place::Host { host, port };
        Server { id, place }
    }

    pub(crate) fn connect(&mut self, place: &Place, options: Options, reaction: Reaction) -> Id {
        let request = ClientRequest::new("a.example", "/chat").unwrap();
        let endpoint = Rc::new(Endpoint::new(options, reaction));
        self.event_loop.connect(place, request, endpoint).unwrap()
    }

    /// A round that waits for at most a millisecond.
    pub(crate) fn round(&mut self) {
        self.event_loop.poll(Some(Duration::from_millis(1))).unwrap();
        self.steps();
    }

    /// Rounds until so much simulated time has passed and nothing is left to do.
    pub(crate) fn advance(&mut self, ms: u64) {
        let end = self.now_ms() + ms;
        while self.now_ms() < end || self.event_loop.has_news().unwrap() {
            let left = end - self.now_ms();
            self.event_loop.poll(Some(Duration::from_millis(left))).unwrap();
            self.steps();
        }
    }

    /// The simulated time.
    pub(crate) fn now_ms(&self) -> u64 {
        self.event_loop.simulated_now().unwrap().millis()
    }

    /// So many rounds, in which nothing can be waited for.
    pub(crate) fn rounds(&mut self, count: usize) {
        for _ in 0..count {
            self.round();
        }
    }

    /// The steps of a round that has begun.
    pub(crate) fn steps(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            // The same calls as the C ABI makes.
            if let Some(message) = self.event_loop.next_message(&mut buffer) {
                self.receive(&message);
                continue;
            }
            if let Some(message) = self.event_loop.next_turn(&mut buffer) {
                self.receive(&message);
                continue;
            }
            if let Some(message) = self.event_loop.next_message_of_any(&mut buffer) {
                self.receive(&message);
                continue;
            }
            match self.event_loop.step(&mut buffer) {
                Step::Event(event) => self.act(event),
                Step::Again => {}
                Step::Done => break,
            }
        }
        self.buffer = buffer;
    }

    fn receive(&mut self, message: &Message<'_, TestHost>) {
        let payload = Payload::Borrowed(message.payload);
        let event = Event::Message { kind: message.kind, payload };
        self.react(message.id, message.handler, ConnectionEvent::Protocol(event));
    }

    fn act(&mut self, event: LoopEvent<'_, TestHost>) {
        match event {
            LoopEvent::Connection { id, endpoint, event, .. } => {
                self.react(id, endpoint.context, event)
            }
            LoopEvent::Detached { id, descriptor, unread, action } => {
                self.posted.push(action);
                self.notes.push((id, What::Detached(descriptor, unread.to_vec())));
            }
            LoopEvent::Timer { action, .. }
            | LoopEvent::Watch { action, .. }
            | LoopEvent::Posted(action) => self.posted.push(action),
            LoopEvent::Delivery(delivery) => {
                self.delivered.push(delivery);
                self.delivered_at.push(self.notes.len());
            }
        }
    }

    fn react(&mut self, id: Id, reaction: Reaction, event: ConnectionEvent<'_>) {
        match event {
            ConnectionEvent::Protocol(Event::Message {
                kind,
                payload: Payload::Assembled(message),
            }) => {
                let shown = self.event_loop.show(message);
                let payload = Payload::Borrowed(shown.as_slice());
                let event = Event::Message { kind, payload };
                self.react_to(id, reaction, ConnectionEvent::Protocol(event));
                self.event_loop.put_away(shown);
            }
            event => self.react_to(id, reaction, event),
        }
    }

    fn react_to(&mut self, id: Id, reaction: Reaction, event: ConnectionEvent<'_>) {
        reaction(&mut self.event_loop, id, &event);
        let event = match event {
            ConnectionEvent::Writable => return self.notes.push((id, What::Writable)),
            ConnectionEvent::Disconnected { report, delay_ms } => {
                return self.notes.push((id, What::Disconnected(report, delay_ms)));
            }
            ConnectionEvent::Protocol(event) => event,
        };
        let counts = matches!(event, Event::Message { .. } | Event::Ping(_) | Event::Pong { .. });
        if counts && self.only_counts {
            self.counted += 1;
        } else {
            self.notes.push((id, what_of(&event)));
        }
    }

    /// Lets rounds pass until the condition holds.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut condition: impl FnMut(&mut World) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            assert!(started.elapsed() < PATIENCE, "{what}, after {} notes", self.notes.len());
            self.round();
        }
    }

    /// Lets rounds pass until the connection has ended; its report.
    #[track_caller]
    pub(crate) fn report(&mut self, id: Id) -> &CloseReport {
        self.until("the end is reported", |world| world.closed(id) > 0);
        let ended = self.notes.iter().find_map(|note| match note {
            (of, What::Closed(report)) if *of == id => Some(report),
            _ => None,
        });
        ended.unwrap()
    }

    /// How often the end of the connection was reported.
    pub(crate) fn closed(&self, id: Id) -> usize {
        let is_end = |note: &&(Id, What)| note.0 == id && matches!(note.1, What::Closed(_));
        self.notes.iter().filter(is_end).count()
    }

    /// The ids of all connections whose end was reported, in order.
    pub(crate) fn ended(&self) -> Vec<Id> {
        let ended = self.notes.iter().filter_map(|note| match note {
            (id, What::Closed(_)) => Some(*id),
            _ => None,
        });
        ended.collect()
    }

    /// The ids of all connections that were opened, in order.
    pub(crate) fn opened(&self) -> Vec<Id> {
        let opened = self.notes.iter().filter_map(|note| match note {
            (id, What::Open) => Some(*id),
            _ => None,
        });
        opened.collect()
    }

    /// The messages of a connection.
    pub(crate) fn messages(&self, id: Id) -> Vec<&[u8]> {
        let messages = self.notes.iter().filter_map(|note| match note {
            (of, What::Message(payload)) if *of == id => Some(payload.as_slice()),
            _ => None,
        });
        messages.collect()
    }

    /// What was reported of a connection, in order and by name.
    pub(crate) fn story(&self, id: Id) -> Vec<&'static str> {
        let own = self.notes.iter().filter(|note| note.0 == id);
        own.map(|note| name_of(&note.1)).collect()
    }

    /// How often the owner was told that there is room again.
    pub(crate) fn writable(&self, id: Id) -> usize {
        let is_told = |note: &&(Id, What)| note.0 == id && matches!(note.1, What::Writable);
        self.notes.iter().filter(is_told).count()
    }

    /// A connection to the server on which the opening handshake has ended.
    #[track_caller]
    pub(crate) fn open(&mut self, server: &Server) -> (Wire, Id) {
        let mut wire = Wire::connect(&server.place);
        let id = self.open_on(&mut wire);
        (wire, id)
    }

    /// Does the opening handshake on a connection that has just been made.
    #[track_caller]
    pub(crate) fn open_on(&mut self, wire: &mut Wire) -> Id {
        let before = self.opened().len();
        wire.say(crate::wire::REQUEST);
        self.until("the handshake ends", |world| {
            wire.pump();
            wire.received.len() >= crate::wire::ACCEPTED.len() && world.opened().len() > before
        });
        let accepted: Vec<u8> = wire.received.drain(..crate::wire::ACCEPTED.len()).collect();
        assert_eq!(String::from_utf8_lossy(&accepted), text(crate::wire::ACCEPTED));
        self.opened()[before]
    }

    /// Descriptors that the loop watches, as the system counts them.
    pub(crate) fn watched(&self) -> usize {
        let path = format!("/proc/self/fdinfo/{}", self.event_loop.descriptor());
        let info = std::fs::read_to_string(path).unwrap();
        info.lines().filter(|line| line.starts_with("tfd:")).count()
    }
}

fn name_of(what: &What) -> &'static str {
    match what {
        What::Request => "request",
        What::HttpRequest => "http request",
        What::Connecting => "connecting",
        What::Response(..) => "response",
        What::Open => "open",
        What::Message(_) => "message",
        What::Ping => "ping",
        What::Pong => "pong",
        What::Writable => "writable",
        What::Detached(Some(_), _) => "detached",
        What::Detached(None, _) => "detached in vain",
        What::Disconnected(..) => "disconnected",
        What::Closed(_) => "closed",
    }
}

fn what_of(event: &Event<'_>) -> What {
    match event {
        Event::Request(_) => What::Request,
        Event::HttpRequest(_) => What::HttpRequest,
        Event::Connecting(_) => What::Connecting,
        Event::Response(response) => What::Response(response.status(), response.body().to_vec()),
        Event::Open => What::Open,
        Event::Message { payload, .. } => What::Message(payload.as_slice().to_vec()),
        Event::Chunk { payload, .. } => What::Message(payload.as_slice().to_vec()),
        Event::Ping(_) => What::Ping,
        Event::Pong { .. } => What::Pong,
        Event::Closed(report) => What::Closed(report.clone()),
    }
}

/// Sends each message back.
pub(crate) fn echo(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { kind, payload }) = event {
        let sent = event_loop.send(id, *kind, payload.as_slice());
        assert!(
            matches!(sent, Ok(()) | Err(ErrorCode::Closed | ErrorCode::WouldExceed)),
            "{sent:?}"
        );
    }
}

/// Does nothing.
pub(crate) fn ignore(_: &mut Loop, _: Id, _: &ConnectionEvent<'_>) {}

/// What a server is like unless a test changes it: without keepalive pings.
pub(crate) fn options() -> Options {
    let limits = Limits { ping_interval_ms: 0, ..Limits::server() };
    Options {
        settings: Arc::new(Settings::new(limits)),
        max_queued_bytes: 1024 * 1024,
        write_stall_timeout_ms: 30_000,
        max_connections: 100_000,
        max_connections_per_address: 0,
        backlog: 4096,
        reuse_port: false,
        proxy_header: None,
        forwarding: None,
        decides_requests: false,
        answers_http: false,
        sees_requests: false,
        subprotocols: Vec::new(),
        user: 0,
        fields: Fields::default(),
        tcp: Default::default(),
        dialling: Default::default(),
        way: None,
        returning: None,
        redirects: None,
        pauses_while_queued: false,
    }
}

/// As [`options`], with other limits.
pub(crate) fn options_with(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = options();
    change(&mut Arc::get_mut(&mut options.settings).unwrap().limits);
    options
}

/// The address of a port of this machine.
pub(crate) fn loopback(port: u16) -> SockAddr {
    std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()
}

pub(crate) fn port_of(socket: &Socket) -> u16 {
    let address = socket.local_addr().unwrap();
    address.as_socket().unwrap().port()
}

/// A path for a Unix-domain socket that nothing else uses.
pub(crate) fn socket_path() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("oxws-net-{}-{count}.sock", std::process::id());
    std::env::temp_dir().join(name)
}

/// The place of a Unix-domain socket that nothing else uses.
pub(crate) fn unix_place() -> Place {
    Place::Path(socket_path().to_str().unwrap().into())
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
