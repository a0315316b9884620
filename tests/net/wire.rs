//! The other side of a connection: a socket that does not block, and bytes written by hand.
//!
//! Nothing here uses the library, so that it cannot agree with itself about a mistake.

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxws::protocol::url::Place;
use sha1::{Digest, Sha1};
use socket2::{Domain, MsgHdr, SockAddr, Socket, Type};

use crate::harness::{PATIENCE, loopback, port_of};

/// The example of RFC 6455 section 1.3.
pub(crate) const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\n\
    Host: a.example\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// What it is answered with.
pub(crate) const ACCEPTED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// First bytes of whole frames.
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;

/// How the other side ended the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It stopped sending.
    Finished,
    /// It broke the connection.
    Reset,
}

/// One connection of a peer.
pub(crate) struct Wire {
    pub(crate) socket: Socket,
    pub(crate) received: Vec<u8>,
    pub(crate) end: Option<End>,
    /// Bytes that the system has not taken, from `sent` on.
    waiting: Vec<u8>,
    sent: usize,
}

impl Wire {
    pub(crate) fn new(socket: Socket) -> Wire {
        socket.set_nonblocking(true).unwrap();
        Wire { socket, received: Vec::new(), end: None, waiting: Vec::new(), sent: 0 }
    }

    pub(crate) fn connect(place: &Place) -> Wire {
        Wire::connect_with_receive_buffer(place, None)
    }

    /// Connects with a receive buffer of about this many bytes.
    pub(crate) fn connect_with_receive_buffer(place: &Place, bytes: Option<usize>) -> Wire {
        let (domain, address) = match place {
            Place::Host { port, .. } => (Domain::IPV4, loopback(*port)),
            Place::Path(path) => (Domain::UNIX, SockAddr::unix(&**path).unwrap()),
        };
        let socket = Socket::new(domain, Type::STREAM, None).unwrap();
        if let Some(bytes) = bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        socket.connect(&address).unwrap();
        if domain == Domain::IPV4 {
            socket.set_tcp_nodelay(true).unwrap();
        }
        Wire::new(socket)
    }

    /// Sends bytes, as far as the system takes them now; `pump` sends the others.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
        self.pump_out();
    }

    /// Writes what waits and reads what has come.
    pub(crate) fn pump(&mut self) {
        self.pump_out();
        self.pump_in(usize::MAX);
    }

    /// Reads up to `limit` bytes of what has come.
    pub(crate) fn pump_in(&mut self, limit: usize) {
        let mut buffer = vec![0; limit.min(256 * 1024)];
        let mut left = limit;
        while self.end.is_none() && left > 0 {
            let room = left.min(buffer.len());
            match self.socket.read(&mut buffer[..room]) {
                Ok(0) => self.end = Some(End::Finished),
                Ok(count) => {
                    self.received.extend_from_slice(&buffer[..count]);
                    left -= count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.end = Some(End::Reset),
            }
        }
    }

    /// Reads until so many bytes are there, while the loop stands still.
    #[track_caller]
    pub(crate) fn pump_up_to(&mut self, bytes: usize) {
        let started = Instant::now();
        while self.received.len() < bytes {
            assert!(started.elapsed() < PATIENCE, "{} of {bytes} bytes", self.received.len());
            self.pump();
            std::thread::yield_now();
        }
    }

    /// Sends bytes and a descriptor of this process, in one call.
    pub(crate) fn say_with_descriptor(&self, bytes: &[u8], descriptor: BorrowedFd<'_>) {
        // The header of cmsg(3), the descriptor, and what fills it up to the next header.
        let mut control = Vec::new();
        control.extend((size_of::<libc::cmsghdr>() + 4).to_ne_bytes());
        control.extend(libc::SOL_SOCKET.to_ne_bytes());
        control.extend(libc::SCM_RIGHTS.to_ne_bytes());
        control.extend(descriptor.as_raw_fd().to_ne_bytes());
        control.resize(control.len().next_multiple_of(size_of::<usize>()), 0);
        let pieces = [IoSlice::new(bytes)];
        let message = MsgHdr::new().with_buffers(&pieces).with_control(&control);
        assert_eq!(self.socket.sendmsg(&message, 0).unwrap(), bytes.len());
    }

    fn pump_out(&mut self) {
        while self.sent < self.waiting.len() {
            match (&self.socket).write(&self.waiting[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // What the other side sent before it broke off can still be read.
                Err(_) => self.sent = self.waiting.len(),
            }
        }
        self.waiting.clear();
        self.sent = 0;
    }

    /// Bytes that the system has not taken yet.
    pub(crate) fn unsent(&self) -> usize {
        self.waiting.len() - self.sent
    }

    /// Stops sending.
    pub(crate) fn finish(&self) {
        // The other side may have broken off.
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Breaks the connection off: TCP sends a reset.
    pub(crate) fn reset(self) {
        self.socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Takes the whole frames of a server off what was received: first byte and payload.
    pub(crate) fn frames(&mut self) -> Vec<(u8, Vec<u8>)> {
        let mut frames = Vec::new();
        while let Some((first, payload, size)) = server_frame(&self.received) {
            frames.push((first, payload));
            self.received.drain(..size);
        }
        frames
    }

    /// What was received, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }
}

/// The first frame of a server: its first byte, its payload and its size.
fn server_frame(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    assert_eq!(second & 0x80, 0, "a server must not mask");
    let (length, start) = match second {
        126 => (u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap())), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap()), 10),
        short => (u64::from(short), 2),
    };
    let size = start + usize::try_from(length).unwrap();
    Some((first, bytes.get(start..size)?.to_vec(), size))
}

/// A frame of a client with the masking key 1, 2, 3, 4.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [1, 2, 3, 4];
    let mut bytes = header(first, 0x80, payload.len());
    bytes.extend_from_slice(&KEY);
    let masked = payload.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key);
    bytes.extend(masked);
    bytes
}

/// A frame of a server.
pub(crate) fn bare_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header(first, 0, payload.len());
    bytes.extend_from_slice(payload);
    bytes
}

fn header(first: u8, mask_bit: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(mask_bit | u8::try_from(length).unwrap()),
        126..=65_535 => {
            bytes.push(mask_bit | 126);
            bytes.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            bytes.push(mask_bit | 127);
            bytes.extend_from_slice(&u64::try_from(length).unwrap().to_be_bytes());
        }
    }
    bytes
}

/// A server that does only what a test tells it to.
pub(crate) struct RawServer {
    socket: Socket,
    pub(crate) place: Place,
}

impl RawServer {
    pub(crate) fn new() -> RawServer {
        RawServer::with_backlog(128)
    }

    pub(crate) fn with_backlog(backlog: i32) -> RawServer {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&loopback(0)).unwrap();
        socket.listen(backlog).unwrap();
        socket.set_nonblocking(true).unwrap();
        let (host, port) = (Ipv4Addr::LOCALHOST.to_string().into(), port_of(&socket));
        let place = Place::Host { host, port };
        RawServer { socket, place }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap().as_socket().unwrap()
    }

    /// The next connection, if one has come.
    pub(crate) fn accept(&self) -> Option<Wire> {
        match self.socket.accept() {
            Ok((socket, _)) => Some(Wire::new(socket)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("accept: {error}"),
        }
    }
}

/// The 101 that answers a client's request, which has come whole.
pub(crate) fn accept_of(request: &[u8]) -> Vec<u8> {
    let request = std::str::from_utf8(request).unwrap();
    let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let accept = STANDARD.encode(digest);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}
