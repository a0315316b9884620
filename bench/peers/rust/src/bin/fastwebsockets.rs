//! fastwebsockets: an echo server on the crate of that name, behind hyper, as its own upgrade is.
//!
//!   fastwebsockets PORT [broadcast | tls CERTIFICATE KEY]
//!
//! The crate writes each frame by itself. So it is given a stream that keeps what is written until
//! the crate wants to read more: frames that have come together are answered by one write.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use fastwebsockets::upgrade::{UpgradeFut, upgrade};
use fastwebsockets::{
    FragmentCollector, FragmentCollectorRead, Frame, OpCode, Payload, WebSocket, WebSocketError,
};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use peers::{Everyone, LARGEST_MESSAGE, Peer, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Above this, what is written leaves at once.
const MOST_KEPT: usize = 64 << 10;

/// Keeps what is written until more is to be read.
struct Gathering<S> {
    stream: S,
    kept: Vec<u8>,
    written: usize,
}

impl<S: AsyncWrite + Unpin> Gathering<S> {
    fn new(stream: S) -> Self {
        Self { stream, kept: Vec::new(), written: 0 }
    }

    fn write_kept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.kept.len() {
            let rest = &self.kept[self.written..];
            self.written += ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
        }
        self.kept.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Gathering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // A peer that does not read is not read from.
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathering<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.kept.len() + bytes.len() > MOST_KEPT {
            ready!(self.write_kept(context))?;
            if bytes.len() > MOST_KEPT {
                return Pin::new(&mut self.stream).poll_write(context, bytes);
            }
        }
        self.kept.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_kept(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_kept(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

type Socket = WebSocket<TokioIo<Upgraded>>;

/// A message, shared by those who get it.
#[derive(Clone)]
struct Shared {
    opcode: OpCode,
    payload: Bytes,
}

#[derive(Clone, Copy)]
struct Fastwebsockets;

/// Shakes hands on the stream; `then` has the connection.
async fn accept<S, T>(stream: S, then: impl Fn(Socket) -> T + Clone + Send + 'static)
where
    S: Stream,
    T: Future<Output = Result<(), WebSocketError>> + Send + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        let then = then.clone();
        async move {
            let Ok((response, upgraded)) = upgrade(&mut request) else {
                return Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()));
            };
            tokio::spawn(tokio::task::unconstrained(upgraded_then(upgraded, then)));
            Ok(response)
        }
    });
    let http = hyper::server::conn::http1::Builder::new();
    let stream = TokioIo::new(Gathering::new(stream));
    let _ = http.serve_connection(stream, service).with_upgrades().await;
}

async fn upgraded_then<T>(upgraded: UpgradeFut, then: impl Fn(Socket) -> T)
where
    T: Future<Output = Result<(), WebSocketError>>,
{
    if let Ok(mut socket) = upgraded.await {
        socket.set_max_message_size(LARGEST_MESSAGE);
        let _ = then(socket).await;
    }
}

fn is_data(frame: &Frame<'_>) -> bool {
    matches!(frame.opcode, OpCode::Text | OpCode::Binary)
}

async fn echo(socket: Socket) -> Result<(), WebSocketError> {
    let mut socket = FragmentCollector::new(socket);
    loop {
        let frame = socket.read_frame().await?;
        if frame.opcode == OpCode::Close {
            return Ok(());
        }
        if is_data(&frame) {
            socket.write_frame(frame).await?;
        }
    }
}

async fn broadcast(socket: Socket, everyone: Everyone<Shared>) -> Result<(), WebSocketError> {
    let mut from_all = everyone.join();
    let (read, mut write) = socket.split(tokio::io::split);
    let mut read = FragmentCollectorRead::new(read);
    let reading = async {
        loop {
            let frame = read.read_frame(&mut |_| async { Ok::<_, WebSocketError>(()) }).await?;
            if frame.opcode == OpCode::Close {
                return Err(WebSocketError::ConnectionClosed);
            }
            if is_data(&frame) {
                let payload = Bytes::copy_from_slice(&frame.payload);
                everyone.send(&Shared { opcode: frame.opcode, payload });
            }
        }
    };
    let writing = async {
        while let Some(message) = from_all.recv().await {
            let mut next = Some(message);
            while let Some(Shared { opcode, payload }) = next {
                let frame = Frame::new(true, opcode, None, Payload::Borrowed(&payload));
                write.write_frame(frame).await?;
                next = from_all.try_recv().ok();
            }
            write.flush().await?;
        }
        Ok(())
    };
    tokio::try_join!(reading, writing).map(|((), ())| ())
}

impl Peer for Fastwebsockets {
    type Message = Shared;

    async fn echo<S: Stream>(self, stream: S) {
        accept(stream, echo).await;
    }

    async fn broadcast<S: Stream>(self, stream: S, everyone: Everyone<Shared>) {
        accept(stream, move |socket| broadcast(socket, everyone.clone())).await;
    }
}

fn main() {
    peers::serve("fastwebsockets", Fastwebsockets);
}
