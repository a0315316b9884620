//! TLS in a build without it: nothing here can be made, and what a stream would do is what its socket
//! does.

#[path = "tls_absent_options.rs"]
mod options;
#[path = "tls/terms.rs"]
mod terms;

pub use options::TlsOptions;
pub use terms::{ClientCertificates, TlsVersion};

use crate::protocol::error::ErrorCode;

/// What a client's sessions would begin with.
#[derive(Debug, Clone)]
pub struct ClientTls(());

/// What a server's sessions would begin with.
#[derive(Debug, Clone)]
pub struct ServerTls(());

/// How a TLS session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsFailure {
    /// The library's own error.
    pub error: ErrorCode,
    /// The alert that was received or sent.
    pub alert: Option<u8>,
}

impl From<ErrorCode> for TlsFailure {
    fn from(error: ErrorCode) -> TlsFailure {
        TlsFailure { error, alert: None }
    }
}

impl ClientTls {
    /// Whether there can be a session with this host: there is none.
    pub fn check_host(&self, _host: &str) -> Result<(), ErrorCode> {
        Err(ErrorCode::Unsupported)
    }

    pub(in crate::net) fn session(&self, _host: &str) -> Result<session::Session, ErrorCode> {
        Err(ErrorCode::Unsupported)
    }
}

impl ServerTls {
    pub(in crate::net) fn session(&self) -> Result<session::Session, ErrorCode> {
        Err(ErrorCode::Unsupported)
    }
}

pub mod certificate {
    //! Certificates, which nobody shows.

    /// Whom a certificate is about.
    pub fn subject(_certificate: &[u8]) -> Option<String> {
        None
    }

    /// Who vouches for it.
    pub fn issuer(_certificate: &[u8]) -> Option<String> {
        None
    }

    /// The names that it is for.
    pub fn names(_certificate: &[u8]) -> Vec<String> {
        Vec::new()
    }
}

pub(crate) mod session {
    //! A session.

    /// One side of a TLS connection.
    #[derive(Debug)]
    pub(crate) struct Session(());
}

pub(in crate::net) mod stream {
    //! A stream.

    use super::TlsFailure;
    use super::session::Session;
    use crate::net::socket::Stream;
    use crate::net::tls_facts::TlsFacts;
    use crate::net::transfer::Transfer;
    use crate::protocol::error::ErrorCode;
    use crate::protocol::output::Output;

    /// What the streams of a loop use while they work.
    #[derive(Debug, Default)]
    pub(in crate::net) struct Workroom(());

    impl Workroom {
        pub(in crate::net) fn has_large(&self) -> bool {
            false
        }

        pub(in crate::net) fn trim(&mut self) {}
    }

    /// A stream whose bytes go through TLS.
    #[derive(Debug)]
    pub(in crate::net) struct TlsStream {
        socket: Stream,
    }

    /// How far a handshake has come.
    #[expect(dead_code, reason = "without TLS there is only one end")]
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::net) enum Shaken {
        Waiting,
        Later,
        Done,
        Ended,
        Broken(i32),
        Failed(TlsFailure),
    }

    impl TlsStream {
        pub(in crate::net) fn new(socket: Stream, _session: Session) -> TlsStream {
            TlsStream { socket }
        }

        pub(in crate::net) fn socket(&self) -> &Stream {
            &self.socket
        }

        pub(in crate::net) fn facts(&self) -> Option<TlsFacts<'_>> {
            None
        }

        pub(in crate::net) fn socket_mut(&mut self) -> &mut Stream {
            &mut self.socket
        }

        pub(in crate::net) fn shake_hands(&mut self, _room: &mut Workroom) -> Shaken {
            Shaken::Failed(ErrorCode::Unsupported.into())
        }

        pub(in crate::net) fn read(&mut self, place: &mut [u8], _room: &mut Workroom) -> Transfer {
            self.socket.read_raw(place)
        }

        pub(in crate::net) fn is_drained(&self) -> bool {
            self.socket.is_drained_by_short_read()
        }

        pub(in crate::net) fn seal(
            &mut self,
            _plaintext: &[u8],
            _records: &mut Output,
        ) -> Result<(), TlsFailure> {
            Err(ErrorCode::Unsupported.into())
        }

        pub(in crate::net) fn failure(&self) -> Option<TlsFailure> {
            None
        }

        pub(in crate::net) fn has_heard(&self) -> bool {
            false
        }

        pub(in crate::net) fn pinned_bytes(&self) -> usize {
            0
        }

        pub(in crate::net) fn has_records(&self) -> bool {
            false
        }

        pub(in crate::net) fn move_records(
            &mut self,
            _records: &mut Output,
        ) -> Result<(), ErrorCode> {
            Ok(())
        }

        pub(in crate::net) fn say_goodbye(&mut self) {}

        pub(in crate::net) fn receive_early(
            &mut self,
            _received: &[u8],
            _room: &mut Workroom,
        ) -> Result<(), ErrorCode> {
            Err(ErrorCode::Unsupported)
        }
    }
}
