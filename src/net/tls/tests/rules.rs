//! Versions, protocols, names, resumption and certificates of clients.

use rcgen::{DnType, ExtendedKeyUsagePurpose};
use rustls::pki_types::ServerName;
use rustls::{HandshakeKind, ProtocolVersion};

use super::*;
use crate::net::tls::{ClientCertificates, TlsVersion, take_asked_name};

/// The first certificate that a peer has shown.
fn shown<D>(side: &rustls::ConnectionCommon<D>) -> Option<Vec<u8>> {
    side.peer_certificates()?.first().map(|certificate| certificate.to_vec())
}

fn der(text: &str) -> Vec<u8> {
    super::super::pem::certificates(text.as_bytes()).unwrap()[0].to_vec()
}

#[test]
fn d08_a_server_shows_the_certificate_for_the_name_that_is_asked_for() {
    let authority = Authority::new("root");
    let names = ["first.test", "a.test", "*.a.test", "x.a.test", "10.0.0.1"];
    let pairs = names.map(|name| authority.issue(&[name], |_| ()));
    let mut server = TlsOptions::default();
    for pair in &pairs {
        server.add_certificate(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
    }
    let mut client = TlsOptions::default();
    client.accept_any_certificate(true).unwrap();
    let rows = [
        ("a.test", 1, Some("a.test")),
        ("A.TEST", 1, Some("a.test")),
        // A name ends without a dot there (RFC 6066 section 3).
        ("a.test.", 1, Some("a.test")),
        ("y.a.test.", 2, Some("y.a.test")),
        ("a_b.test", 0, Some("a_b.test")),
        ("[fe80::1]", 0, None),
        ("x.a.test", 3, Some("x.a.test")),
        ("y.a.test", 2, Some("y.a.test")),
        ("z.y.a.test", 0, Some("z.y.a.test")),
        ("unknown.test", 0, Some("unknown.test")),
        ("first.test", 0, Some("first.test")),
        // An address is not asked for by name (RFC 6066 section 3).
        ("10.0.0.1", 0, None),
    ];
    for (host, place, asked) in rows {
        take_asked_name();
        let (client, _) = join(&client, &server, host).open();
        assert_eq!(shown(&client), Some(der(&pairs[place].certificate)), "{host}");
        let name = take_asked_name().map(|name| name.to_ascii_lowercase());
        assert_eq!(name.as_deref(), asked, "{host}");
        assert_eq!(take_asked_name(), None);
    }
}

#[test]
fn d08_another_name_can_be_asked_for_than_the_host() {
    let authority = Authority::new("root");
    let server = showing(&authority.issue(&["a.test"], |_| ()));
    let mut client = trusting(&authority);
    for name in ["a.test", "a.test."] {
        client.server_name(Some(name)).unwrap();
        join(&client, &server, "127.0.0.1").open();
    }
    client.server_name(Some("b.test")).unwrap();
    let refused = join(&client, &server, "a.test");
    refused.check(Some((ErrorCode::CertificateWrongName, 42)), Some((ErrorCode::TlsAlert, 42)));
}

#[test]
fn what_a_host_is_called_in_a_certificate() {
    for (host, name) in [("a.test", "a.test"), ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")] {
        assert_eq!(server_name(host), Ok(ServerName::try_from(name).unwrap().to_owned()));
    }
    for host in [
        "",
        "-",
        "a b",
        "[a.test]",
        "[::1",
        "ä.test",
        &"a".repeat(300),
        ".",
        "a..test",
        ".a.test",
        "a.test..",
        // No certificate names the zone of an address, which says something on one machine only.
        "fe80::1%eth0",
        "[fe80::1%eth0]",
        "[fe80::1%25eth0]",
    ] {
        let name = server_name(host);
        assert!(host == "[a.test]" || name == Err(ErrorCode::InvalidUrl), "{host}: {name:?}");
    }
}

#[test]
fn versions_are_those_that_both_sides_speak() {
    let authority = Authority::new("root");
    let pair = authority.issue(&["a.test"], |_| ());
    let (mut client, mut server) = (trusting(&authority), showing(&pair));
    let (open, _) = join(&client, &server, "a.test").open();
    assert_eq!(open.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    client.oldest_version(TlsVersion::Tls13).unwrap();
    server.oldest_version(TlsVersion::Tls13).unwrap();
    join(&client, &server, "a.test").open();
}

#[test]
fn http_1_1_is_offered_and_taken_and_a_client_of_something_else_refused() {
    let authority = Authority::new("root");
    let server = showing(&authority.issue(&["a.test"], |_| ()));
    let (client, server_side) = join(&trusting(&authority), &server, "a.test").open();
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(server_side.alpn_protocol(), Some(&b"http/1.1"[..]));

    let refused = Some((ErrorCode::TlsIncompatible, 120));
    for (offer, verdict) in [("", None), ("h2 http/1.1", None), ("h2", refused)] {
        let ready = trusting(&authority).client().unwrap();
        let mut config = rustls::ClientConfig::clone(&ready.config);
        config.alpn_protocols = offer.split_terminator(' ').map(Vec::from).collect();
        let name = server_name("a.test").unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut side = ServerConnection::new(server.server().unwrap().config).unwrap();
        let mut failure = None;
        hear(&mut side, &said(&mut client), &mut failure);
        let seen = failure.map(|failure| (failure.error, failure.alert.unwrap()));
        assert_eq!(seen, verdict, "{offer:?}");
    }
}

#[test]
fn sessions_are_resumed_unless_one_side_is_told_not_to() {
    let authority = Authority::new("root");
    let pair = authority.issue(&["a.test"], |_| ());
    for (client_resumes, server_resumes) in [(true, true), (false, true), (true, false)] {
        let (mut client, mut server) = (trusting(&authority), showing(&pair));
        client.resumption(client_resumes).unwrap();
        server.resumption(server_resumes).unwrap();
        join(&client, &server, "a.test").open();
        let (again, again_server) = join(&client, &server, "a.test").open();
        let kind = match client_resumes && server_resumes {
            true => HandshakeKind::Resumed,
            false => HandshakeKind::Full,
        };
        assert_eq!(again.handshake_kind(), Some(kind));
        assert_eq!(again_server.handshake_kind(), Some(kind));
        assert_eq!(shown(&again), Some(der(&pair.certificate)));

        // Who is changed begins anew.
        server.resumption(server_resumes).unwrap();
        let (anew, _) = join(&client, &server, "a.test").open();
        assert_eq!(anew.handshake_kind(), Some(HandshakeKind::Full));
    }
}

#[test]
fn d08_certificates_of_clients() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let server_pair = servers.issue(&["a.test"], |_| ());
    let issue = |authority: &Authority, usage: ExtendedKeyUsagePurpose| {
        authority.issue(&[], |params| {
            params.distinguished_name.push(DnType::CommonName, "someone");
            params.extended_key_usages = vec![usage];
            params.serial_number = Some(7.into());
        })
    };
    let good = issue(&clients, ExtendedKeyUsagePurpose::ClientAuth);
    let of_another = issue(&servers, ExtendedKeyUsagePurpose::ClientAuth);
    let of_a_server = issue(&clients, ExtendedKeyUsagePurpose::ServerAuth);
    let missing = Some((ErrorCode::CertificateMissing, 116));
    let unknown = Some((ErrorCode::CertificateUnknownIssuer, 48));
    let wrong_usage = Some((ErrorCode::CertificateWrongUsage, 43));
    let revoked = Some((ErrorCode::CertificateRevoked, 44));
    use ClientCertificates::{Optional, Required};
    let rows = [
        (ClientCertificates::None, Some(&of_another), false, None),
        (Optional, None, false, None),
        (Optional, Some(&good), false, None),
        (Optional, Some(&of_another), false, unknown),
        (Required, None, false, missing),
        (Required, Some(&good), false, None),
        (Required, Some(&of_another), false, unknown),
        (Required, Some(&of_a_server), false, wrong_usage),
        (Required, Some(&good), true, revoked),
    ];
    for (place, (wanted, pair, is_revoked, verdict)) in rows.into_iter().enumerate() {
        let (mut client, mut server) = (trusting(&servers), showing(&server_pair));
        server.client_certificates(wanted).unwrap();
        server.add_client_authorities(clients.certificate().as_bytes()).unwrap();
        if is_revoked {
            server.add_revocation_lists(clients.revoke(7).as_bytes()).unwrap();
        }
        if let Some(pair) = pair {
            client.add_certificate(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
        }
        let joined = join(&client, &server, "a.test");
        let seen = joined.server.as_ref().err().map(|failure| failure.error);
        assert_eq!(seen, verdict.map(|(error, _)| error), "row {place}");
        joined.check(verdict.map(|(_, alert)| (ErrorCode::TlsAlert, alert)), verdict);
        let is_seen = wanted != ClientCertificates::None && verdict.is_none();
        if let Ok(server) = &joined.server {
            assert_eq!(shown(server), pair.filter(|_| is_seen).map(|pair| der(&pair.certificate)));
        }
    }
}

#[test]
fn secrets_are_written_to_a_file_on_request_alone() {
    let authority = Authority::new("root");
    let (mut client, server) =
        (trusting(&authority), showing(&authority.issue(&["a.test"], |_| ())));
    let path = std::env::temp_dir().join(format!("oxws-key-log-{}", std::process::id()));
    client.key_log(Some(&path)).unwrap();
    join(&client, &server, "a.test").open();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let labels: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    let wanted = [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    ];
    assert!(wanted.iter().all(|label| labels.contains(label)), "{labels:?}");
    for line in text.lines() {
        let parts: Vec<usize> = line.split(' ').skip(1).map(str::len).collect();
        assert!(parts == [64, 64] || parts == [64, 96], "{line}");
    }
}

/// A client of TLS 1.2 alone, which the options cannot make.
fn only_tls12(authority: &Authority) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(der(&authority.certificate()).into()).unwrap();
    let builder = rustls::ClientConfig::builder_with_provider(super::super::provider::provider())
        .with_protocol_versions(&[&rustls::version::TLS12]);
    Arc::new(builder.unwrap().with_root_certificates(roots).with_no_client_auth())
}

#[test]
fn tls_1_2_is_spoken_unless_1_3_is_the_oldest() {
    let authority = Authority::new("root");
    let mut server = showing(&authority.issue(&["a.test"], |_| ()));
    let mut client = trusting(&authority).client().unwrap();
    client.config = only_tls12(&authority);
    for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
        let (open, other) = join_with(&client, &server, "a.test").open();
        assert_eq!(open.protocol_version(), Some(ProtocolVersion::TLSv1_2));
        assert_eq!(open.handshake_kind(), Some(kind));
        assert_eq!(other.handshake_kind(), Some(kind));
    }
    server.oldest_version(TlsVersion::Tls13).unwrap();
    let refused = join_with(&client, &server, "a.test");
    refused.check(Some((ErrorCode::TlsAlert, 70)), Some((ErrorCode::TlsIncompatible, 70)));
}
