//! What the options take, and what they refuse at once.

use std::path::Path;

use oxws::net::tls::{ClientCertificates, TlsOptions};
use oxws::protocol::error::ErrorCode;

use crate::authority::Authority;

#[test]
fn d08_what_cannot_be_used_is_said_at_once() {
    let authority = Authority::new("root");
    let (one, other) = (authority.issue(&["a.test"], |_| ()), authority.issue(&["b.test"], |_| ()));
    let (one_chain, one_key) = (one.certificate.as_bytes(), one.key.as_bytes());
    let missing = Path::new("/nothing/here.pem");
    let mut options = TlsOptions::default();

    assert_eq!(options.server().err(), Some(ErrorCode::TlsNotConfigured));
    let refused = [
        (options.add_authorities(b""), ErrorCode::TlsBadCertificate),
        (options.add_authorities(b"nothing"), ErrorCode::TlsBadCertificate),
        (options.add_authorities(one_key), ErrorCode::TlsBadCertificate),
        (options.add_authorities(b"\x30\x82\x01\x00"), ErrorCode::TlsBadCertificate),
        (options.add_authorities_of(missing), ErrorCode::TlsFileUnreadable),
        (options.add_authorities_of(Path::new("/")), ErrorCode::TlsFileUnreadable),
        (options.add_client_authorities(b""), ErrorCode::TlsBadCertificate),
        (options.add_client_authorities_of(missing), ErrorCode::TlsFileUnreadable),
        (options.add_revocation_lists(one_chain), ErrorCode::TlsBadCertificate),
        (options.add_revocation_lists_of(missing), ErrorCode::TlsFileUnreadable),
        (options.add_certificate(b"", one_key), ErrorCode::TlsBadCertificate),
        (options.add_certificate(one_chain, b""), ErrorCode::TlsBadKey),
        (options.add_certificate(one_chain, one_chain), ErrorCode::TlsBadKey),
        (options.add_certificate(one_chain, other.key.as_bytes()), ErrorCode::TlsKeyMismatch),
        (options.add_certificate_of(missing, missing), ErrorCode::TlsFileUnreadable),
        (options.key_log(Some(missing)), ErrorCode::TlsFileUnreadable),
        (options.server_name(Some("a b")), ErrorCode::InvalidArgument),
        (options.server_name(Some("")), ErrorCode::InvalidArgument),
        (options.add_pin("AAAA"), ErrorCode::InvalidArgument),
        (options.add_pin("!"), ErrorCode::InvalidArgument),
    ];
    for (place, (given, error)) in refused.into_iter().enumerate() {
        assert_eq!(given, Err(error), "{place}");
    }
    assert_eq!(options.server().err(), Some(ErrorCode::TlsNotConfigured));

    options.trust_system(false).unwrap();
    assert_eq!(options.client().err(), Some(ErrorCode::TlsNotConfigured));
    options.add_authorities(authority.certificate().as_bytes()).unwrap();
    options.client().unwrap();

    options.add_revocation_lists(authority.revoke(7).as_bytes()).unwrap();
    options.client().unwrap();

    options.add_certificate(one_chain, one_key).unwrap();
    options.server().unwrap();
    options.client_certificates(ClientCertificates::Required).unwrap();
    assert_eq!(options.server().err(), Some(ErrorCode::TlsNotConfigured));
    options.add_client_authorities(authority.certificate().as_bytes()).unwrap();
    options.server().unwrap();
}

/// What `openssl ca -gencrl` makes without a `crlnumber`, and with one.
const VERSION_1: &str = "-----BEGIN X509 CRL-----
MIGSMDkwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EXDTI2MTEyMTE3NDEwMVoX
DTI2MTIyMTE3NDEwMVowCgYIKoZIzj0EAwIDSQAwRgIhAJhFjkYji57C6SDngmXZ
oL5Tkt0kOJO51jeBmkASZI40AiEA1LabzSIAXFLVroa5zQqj+ohCu9KnT9XHvHE2
8JiZYvA=
-----END X509 CRL-----
";
const VERSION_2: &str = "-----BEGIN X509 CRL-----
MIGmME0CAQEwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EXDTI2MTEyMTE3NDEw
MVoXDTI2MTIyMTE3NDEwMVqgDzANMAsGA1UdFAQEAgIQADAKBggqhkjOPQQDAgNJ
ADBGAiEA66wXZRUkWhl4WF34FWycPu/DpvpTghFArSdk45UsqZMCIQDQcMtLLr8h
oDsTzHLijKkInSqTzo3SejFBSY0790/Ufw==
-----END X509 CRL-----
";

#[test]
fn d08_a_revocation_list_has_version_2() {
    let mut options = TlsOptions::default();
    let refused = options.add_revocation_lists(VERSION_1.as_bytes());
    assert_eq!(refused, Err(ErrorCode::TlsBadCertificate));
    assert!(ErrorCode::TlsBadCertificate.to_string().contains("version 2"));
    options.add_revocation_lists(VERSION_2.as_bytes()).unwrap();
}
