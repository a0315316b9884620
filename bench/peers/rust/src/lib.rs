//! What the peers in Rust have in common: arguments, the loop that accepts, TLS, and who is there
//! for a broadcast. One thread, on tokio's runtime for one.

use std::fmt::Display;
use std::future::Future;
use std::process::exit;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{Sink, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub const LARGEST_MESSAGE: usize = 128 << 20;

/// What a connection is made of.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// A server on one of the libraries.
pub trait Peer: Copy + Send + 'static {
    /// A message as the library has it, cheap to clone.
    type Message: Clone + Send + 'static;

    /// Serves one connection that echoes.
    fn echo<S: Stream>(self, stream: S) -> impl Future<Output = ()> + Send + 'static;

    /// Serves one connection whose messages everyone gets.
    fn broadcast<S: Stream>(
        self,
        stream: S,
        everyone: Everyone<Self::Message>,
    ) -> impl Future<Output = ()> + Send + 'static;
}

/// The connections of a broadcast.
pub struct Everyone<M>(Arc<Mutex<Vec<UnboundedSender<M>>>>);

impl<M> Clone for Everyone<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Clone> Everyone<M> {
    fn new() -> Self {
        Self(Arc::default())
    }

    /// What others send comes out here.
    pub fn join(&self) -> UnboundedReceiver<M> {
        let (sender, receiver) = unbounded_channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Sends to all, and forgets those that are gone.
    pub fn send(&self, message: &M) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders.retain(|sender| sender.send(message.clone()).is_ok());
    }
}

/// Serves one connection whose messages everyone gets, where a library has messages as a stream and a
/// sink. What has come together leaves by one flush.
pub async fn broadcast<S, M, E>(mut socket: S, everyone: Everyone<M>, is_data: fn(&M) -> bool)
where
    S: futures_util::Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
    M: Clone,
{
    let mut from_all = everyone.join();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(message)) if is_data(&message) => everyone.send(&message),
                Some(Ok(_)) => {}
                _ => return,
            },
            Some(message) = from_all.recv() => {
                if write_all(&mut socket, message, &mut from_all).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Writes a message and those that wait behind it.
async fn write_all<S, M, E>(
    socket: &mut S,
    message: M,
    others: &mut UnboundedReceiver<M>,
) -> Result<(), E>
where
    S: Sink<M, Error = E> + Unpin,
{
    let mut next = Some(message);
    while let Some(message) = next {
        socket.feed(message).await?;
        next = others.try_recv().ok();
    }
    socket.flush().await
}

enum Mode {
    Echo,
    Broadcast,
    Tls(TlsAcceptor),
}

/// Reads the arguments, listens, and serves until the process is ended.
pub fn serve(name: &str, peer: impl Peer) {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (port, mode) = arguments(name, &words);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    or_exit(name, or_exit(name, runtime).block_on(accept(peer, port, mode)));
}

fn arguments(name: &str, words: &[String]) -> (u16, Mode) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [port, words @ ..] = words.as_slice() else {
        eprintln!("usage: {name} PORT [broadcast | tls CERTIFICATE KEY]");
        exit(2);
    };
    let mode = match words {
        [] => Mode::Echo,
        ["broadcast"] => Mode::Broadcast,
        ["tls", certificate, key] => Mode::Tls(acceptor(name, certificate, key)),
        _ => {
            eprintln!("{name}: {} is not supported", words.join(" "));
            exit(3);
        }
    };
    (or_exit(name, port.parse()), mode)
}

fn acceptor(name: &str, certificate: &str, key: &str) -> TlsAcceptor {
    let chain = or_exit(name, CertificateDer::pem_file_iter(certificate));
    let chain = or_exit(name, chain.collect::<Result<Vec<_>, _>>());
    let key = or_exit(name, PrivateKeyDer::from_pem_file(key));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions();
    let config = or_exit(name, config).with_no_client_auth().with_single_cert(chain, key);
    TlsAcceptor::from(Arc::new(or_exit(name, config)))
}

fn or_exit<T, E: Display>(name: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| {
        eprintln!("{name}: {error}");
        exit(1);
    })
}

async fn accept<P: Peer>(peer: P, port: u16, mode: Mode) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let everyone = Everyone::new();
    println!("ready");
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        match &mode {
            Mode::Echo => spawn(peer.echo(stream)),
            Mode::Broadcast => spawn(peer.broadcast(stream, everyone.clone())),
            Mode::Tls(acceptor) => spawn(secure(peer, stream, acceptor.clone())),
        }
    }
}

/// Without the budget that tokio gives each task, as the examples of these libraries do.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(tokio::task::unconstrained(task));
}

async fn secure<P: Peer>(peer: P, stream: TcpStream, acceptor: TlsAcceptor) {
    if let Ok(stream) = acceptor.accept(stream).await {
        peer.echo(stream).await;
    }
}
