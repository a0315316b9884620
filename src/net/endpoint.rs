//! What the connections of one listener, or one dialled connection, have in common.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::dial::Dialling;
use super::dialled::{Dialled, Returning};
use super::redirect::Redirects;
use super::tcp_options::TcpOptions;
use super::tls::session::Session;
use super::tls::{ClientTls, ServerTls, TlsOptions};
use super::way::Way;
use crate::protocol::error::ErrorCode;
use crate::protocol::forwarded::Forwarding;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::networks::Networks;
use crate::protocol::settings::Settings;
use crate::protocol::url::{Address, Place, Scheme};

/// What a loop's owner attaches to the things in it.
pub trait Host {
    /// What belongs to an endpoint: in the C ABI, the callbacks.
    type Context;
    /// What deals with a message; a copy of it comes with each.
    type MessageHandler: Copy;
    /// What a timer, a watched descriptor or a post carries: in the C ABI, a callback.
    type Action: Copy;

    /// What deals with the messages of an endpoint, if it takes them whole.
    fn message_handler(context: &Self::Context) -> Self::MessageHandler;

    /// Whether an endpoint takes messages whole, and not in pieces as they come.
    fn takes_whole_messages(context: &Self::Context) -> bool;
}

/// How an endpoint treats its connections beyond what the protocol demands.
#[derive(Debug, Clone)]
pub struct Options {
    /// Limits and deadlines of the protocol.
    pub settings: Arc<Settings>,
    /// Bytes that may wait to be sent before a further send is refused.
    pub max_queued_bytes: u64,
    /// Whether nothing is read from a peer while half or more of that waits for it.
    pub pauses_while_queued: bool,
    /// How long the peer may take no byte of what waits, in milliseconds; 0 is for ever.
    pub write_stall_timeout_ms: u32,
    /// How many connections a listener may have at once.
    pub max_connections: u32,
    /// How many of them may come from one IP address; 0 is any number.
    pub max_connections_per_address: u32,
    /// How many connections the system may hold for a listener until they are accepted.
    pub backlog: i32,
    /// Whether several listeners may have the same address (`SO_REUSEPORT`).
    pub reuse_port: bool,
    /// Who may connect to a server and must say first for whom, by a PROXY header; without it anybody
    /// may connect, and nobody is believed.
    pub proxy_header: Option<Networks>,
    /// Who is believed, and where in a request, for whom it is passed on.
    pub forwarding: Option<Forwarding>,
    /// Whether the owner decides on opening requests; otherwise they are accepted.
    pub decides_requests: bool,
    /// Whether the owner answers ordinary requests; otherwise they get 426.
    pub answers_http: bool,
    /// Whether the owner sees a client's request before it is written.
    pub sees_requests: bool,
    /// The subprotocols that a server has, or a client offers.
    pub subprotocols: Vec<Box<str>>,
    /// What is attached to each new connection.
    pub user: usize,
    /// How TCP sockets are treated.
    pub tcp: Arc<TcpOptions>,
    /// Client: how addresses are tried.
    pub dialling: Arc<Dialling>,
    /// Client: the proxy through which the connection is made; `None` if it is made without one.
    pub way: Option<Box<Way>>,
    /// Client: how redirects are followed; `None` if they are not.
    pub redirects: Option<Box<Redirects>>,
    /// Client: how it comes back after its end; `None` if it does not.
    pub returning: Option<Returning>,
    /// Further fields of the 101 of a request that is accepted without the owner.
    pub fields: Fields,
}

/// What the streams of an endpoint go through.
#[derive(Debug, Clone)]
pub enum Security {
    /// Nothing.
    Plain,
    /// TLS, as the client of this host.
    Client {
        /// What is trusted and shown.
        tls: ClientTls,
        /// The name or address by which the server is known.
        host: Box<str>,
    },
    /// TLS, as the server.
    Server(ServerTls),
}

impl Security {
    /// What connections to an address go through.
    ///
    /// # Errors
    ///
    /// Those of [`TlsOptions::client`], and `InvalidUrl` for a host that no certificate can name.
    pub fn to(address: &Address, tls: &TlsOptions) -> Result<Security, ErrorCode> {
        if address.scheme == Scheme::Ws {
            return Ok(Security::Plain);
        }
        let host = match &address.place {
            Place::Host { host, .. } => host.clone(),
            Place::Path(_) => address.host_field.clone(),
        };
        let tls = tls.client()?;
        tls.check_host(&host)?;
        Ok(Security::Client { tls, host })
    }
}

/// The shared part of connections.
#[derive(Debug)]
pub struct Endpoint<C> {
    /// How they are treated.
    pub options: Options,
    /// What the owner attached.
    pub context: C,
    /// What new streams go through.
    pub(super) security: RefCell<Security>,
    /// What the connection of a client that comes back is made from.
    pub(super) dialled: RefCell<Option<Box<Dialled>>>,
    /// The proxy on the way to where the connection goes now.
    pub(super) way: RefCell<Option<Box<Way>>>,
    /// Connections that are alive.
    pub(super) live: Cell<u32>,
    /// From so many bytes that wait on, the queue of a connection counts as long.
    pub(super) half_queued_bytes: u64,
    /// How many bytes of payload may wait without the queue being long, with room for what else belongs
    /// to them.
    pub(super) turn_room: usize,
}

/// Bytes that one message may have besides its payload: its header, and what stays of it as it is
/// although it is compressed.
const AROUND_PAYLOAD: u64 = 1024;

impl<C> Endpoint<C> {
    /// An endpoint without connections.
    pub fn new(options: Options, context: C) -> Endpoint<C> {
        Endpoint::secured(options, Security::Plain, context)
    }

    /// An endpoint without connections, whose streams go through TLS.
    pub fn secured(options: Options, security: Security, context: C) -> Endpoint<C> {
        let (security, dialled) = (RefCell::new(security), RefCell::new(None));
        let way = RefCell::new(options.way.clone());
        let half_queued_bytes = (options.max_queued_bytes / 2).max(1);
        let turn_room = half_queued_bytes.saturating_sub(AROUND_PAYLOAD);
        Endpoint {
            options,
            context,
            security,
            dialled,
            way,
            live: Cell::new(0),
            half_queued_bytes,
            turn_room: usize::try_from(turn_room).unwrap_or(usize::MAX),
        }
    }

    /// Whether streams carry the protocol itself.
    pub(super) fn is_plain(&self) -> bool {
        matches!(*self.security.borrow(), Security::Plain)
    }

    /// The TLS session of a new stream; `None` for a plain one.
    ///
    /// # Errors
    ///
    /// `CertificateWrongName` for a host that no certificate can name, and what `TlsOptions` does
    /// not find out.
    pub(super) fn new_session(&self) -> Result<Option<Session>, ErrorCode> {
        Ok(match &*self.security.borrow() {
            Security::Plain => None,
            Security::Client { tls, host } => Some(tls.session(host)?),
            Security::Server(tls) => Some(tls.session()?),
        })
    }
}
