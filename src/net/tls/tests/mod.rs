//! Sessions of both roles, joined in memory.

mod certificates;
mod exhausted;
mod facts;
mod line;
mod rules;
mod stream;

#[path = "../../../../tests/tls/authority.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod authority;

use std::sync::Arc;

use rustls::{ClientConnection, ServerConnection};

use super::{ClientTls, TlsFailure, TlsOptions, server_name};
use crate::protocol::error::ErrorCode;
use authority::{Authority, Pair};

/// Both sides of a handshake: open, or how they failed.
struct Joined {
    client: Result<ClientConnection, TlsFailure>,
    server: Result<ServerConnection, TlsFailure>,
}

impl Joined {
    /// The error and the alert of the client, and those of the server; nothing where it is open.
    #[track_caller]
    fn check(&self, client: Option<(ErrorCode, u8)>, server: Option<(ErrorCode, u8)>) {
        let seen = |failure: TlsFailure| (failure.error, failure.alert.unwrap_or(0));
        assert_eq!(self.client.as_ref().err().copied().map(seen), client, "the client");
        assert_eq!(self.server.as_ref().err().copied().map(seen), server, "the server");
    }

    /// The connections, which are open.
    #[track_caller]
    fn open(self) -> (ClientConnection, ServerConnection) {
        self.check(None, None);
        (self.client.unwrap(), self.server.unwrap())
    }
}

/// Has a client talk to a server until both have nothing more to say.
fn join(client: &TlsOptions, server: &TlsOptions, host: &str) -> Joined {
    join_with(&client.client().unwrap(), server, host)
}

/// As `join`, for a client that is ready.
fn join_with(client: &ClientTls, server: &TlsOptions, host: &str) -> Joined {
    let server = server.server().unwrap();
    let name = client.server_name.clone().unwrap_or_else(|| server_name(host).unwrap());
    let mut client = ClientConnection::new(Arc::clone(&client.config), name).unwrap();
    let mut server = ServerConnection::new(Arc::clone(&server.config)).unwrap();
    let (mut client_failure, mut server_failure) = (None, None);
    while client.wants_write() || server.wants_write() {
        let said = said(&mut client);
        hear(&mut server, &said, &mut server_failure);
        let said = self::said(&mut server);
        hear(&mut client, &said, &mut client_failure);
    }
    Joined {
        client: client_failure.map_or(Ok(client), Err),
        server: server_failure.map_or(Ok(server), Err),
    }
}

fn said<D>(side: &mut rustls::ConnectionCommon<D>) -> Vec<u8> {
    let mut bytes = Vec::new();
    while side.wants_write() {
        side.write_tls(&mut bytes).unwrap();
    }
    bytes
}

fn hear<D>(
    side: &mut rustls::ConnectionCommon<D>,
    mut bytes: &[u8],
    failure: &mut Option<TlsFailure>,
) where
    rustls::ConnectionCommon<D>: Sized,
{
    while !bytes.is_empty() && failure.is_none() {
        side.read_tls(&mut bytes).unwrap();
        *failure = side.process_new_packets().err().map(|error| TlsFailure::from(&error));
    }
}

/// A client that trusts this authority alone.
fn trusting(authority: &Authority) -> TlsOptions {
    let mut options = TlsOptions::default();
    options.trust_system(false).unwrap();
    options.add_authorities(authority.certificate().as_bytes()).unwrap();
    options
}

/// A server with this certificate.
fn showing(pair: &Pair) -> TlsOptions {
    let mut options = TlsOptions::default();
    options.add_certificate(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
    options
}
