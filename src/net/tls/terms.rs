//! The words in which TLS is spoken of, with it and without.

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

/// What a server does about the certificates of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientCertificates {
    /// It asks for none.
    None,
    /// It asks for one, and checks it if there is one.
    Optional,
    /// It refuses clients without one.
    Required,
}
