//! The other side of a connection through TLS: rustls in its ordinary form over a `Wire`.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection,
};

use crate::authority::Pair;
use crate::wire::{End, Wire};

pub(crate) struct TlsWire {
    pub(crate) wire: Wire,
    pub(crate) tls: Connection,
    /// Plaintext.
    pub(crate) received: Vec<u8>,
    /// What rustls said when it failed.
    pub(crate) error: Option<rustls::Error>,
    /// Whether the other side has ended TLS.
    pub(crate) said_goodbye: bool,
}

impl TlsWire {
    pub(crate) fn client(wire: Wire, authority: &str) -> TlsWire {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("a.example").unwrap();
        TlsWire::over(wire, ClientConnection::new(Arc::new(config), name).unwrap().into())
    }

    /// A server whose records have at most so many bytes, as rustls counts them.
    pub(crate) fn server(wire: Wire, pair: &Pair, fragment: Option<usize>) -> TlsWire {
        let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
        let builder = ServerConfig::builder().with_no_client_auth();
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.max_fragment_size = fragment;
        TlsWire::over(wire, ServerConnection::new(Arc::new(config)).unwrap().into())
    }

    fn over(wire: Wire, mut tls: Connection) -> TlsWire {
        tls.set_buffer_limit(None);
        TlsWire { wire, tls, received: Vec::new(), error: None, said_goodbye: false }
    }

    /// Makes records of plaintext, which wait.
    pub(crate) fn write(&mut self, plaintext: &[u8]) {
        self.tls.writer().write_all(plaintext).unwrap();
    }

    /// Sends plaintext.
    pub(crate) fn say(&mut self, plaintext: &[u8]) {
        self.write(plaintext);
        self.flush();
    }

    /// The records that wait, for a test that sends them in its own way.
    pub(crate) fn records(&mut self) -> Vec<u8> {
        let mut records = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut records).unwrap();
        }
        records
    }

    pub(crate) fn flush(&mut self) {
        let records = self.records();
        self.wire.say(&records);
    }

    /// Reads what has come, and answers as TLS wants it.
    pub(crate) fn pump(&mut self) {
        self.wire.pump();
        let received = std::mem::take(&mut self.wire.received);
        let mut rest = &received[..];
        while !rest.is_empty() && self.error.is_none() {
            self.tls.read_tls(&mut rest).unwrap();
            match self.tls.process_new_packets() {
                Ok(state) => self.said_goodbye |= state.peer_has_closed(),
                Err(error) => self.error = Some(error),
            }
            self.take_plaintext();
        }
        self.take_plaintext();
        self.flush();
    }

    fn take_plaintext(&mut self) {
        let mut plaintext = [0; 4096];
        while let Ok(count @ 1..) = self.tls.reader().read(&mut plaintext) {
            self.received.extend_from_slice(&plaintext[..count]);
        }
    }

    /// Plaintext, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.wire.end == Some(End::Finished) || self.wire.end == Some(End::Reset)
    }
}
