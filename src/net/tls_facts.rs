//! What both sides of a TLS connection have agreed on, for whoever asks.

/// What is known of a TLS session whose handshake has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TlsFacts<'s> {
    /// The number of the version (RFC 8446 section 4.2.1): 0x0303 for 1.2, 0x0304 for 1.3.
    pub version: u16,
    /// The registered name of the cipher suite, such as `TLS_AES_128_GCM_SHA256`.
    pub cipher_suite: &'static str,
    /// The name that the client has asked for, if it has (RFC 6066 section 3).
    pub server_name: Option<&'s str>,
    /// The protocol above TLS that was agreed on by name (RFC 7301).
    pub alpn: Option<&'s [u8]>,
    /// Whether an earlier session was gone on with.
    pub is_resumed: bool,
    /// The certificate of the peer in DER, if it has shown one.
    pub peer_certificate: Option<&'s [u8]>,
}
