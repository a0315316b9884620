//! Requests of the drafts on the way to RFC 6455, as their clients wrote them, and which of them a
//! server speaks with that allows them.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::request::Request;
use oxws::protocol::handshake::versions::Versions;
use oxws::protocol::version::Version;

use crate::chunking::for_each_chunking;
use crate::serving::{Outcome, head, serve_versions};

/// hixie-76, which hybi-00 took over: two keys whose spaces count, and eight bytes behind the head.
const HIXIE_76: &[u8] = b"GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key2: 12 9 98 5Y3 1  .P00\r\n\
    Sec-WebSocket-Protocol: chat\r\n\
    Upgrade: WebSocket\r\n\
    Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\
    Origin: http://server.example.com\r\n\
    \r\n\
    8 bytes!";

const HYBI_04: &str = "\
    GET /chat HTTP/1.1\r\n\
    Host: server.example.com\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Origin: http://server.example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Version: 4\r\n\
    \r\n";

const REFUSED: Outcome = Outcome::Refused(ErrorCode::HandshakeVersion);

fn speaking(allowed: &[Version]) -> Versions {
    let mut versions = Versions::default();
    allowed.iter().for_each(|version| versions.allow(*version).expect("it can be spoken"));
    versions
}

fn let_in() -> Outcome {
    let answer = "HTTP/1.1 101 Switching Protocols\r\n\
        Upgrade: websocket\r\n\
        Connection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
        \r\n";
    Outcome::Upgrade { answer: answer.to_string(), left: Vec::new() }
}

#[test]
fn version_0_is_recognised_and_refused() {
    let versions = speaking(&[Version::V8, Version::V7]);
    for_each_chunking(HIXIE_76, |how, pieces| {
        assert_eq!(serve_versions(pieces, &OriginPolicy::SameHost, versions), REFUSED, "{how}");
    });
    let head = HIXIE_76.strip_suffix(b"8 bytes!").expect("they stand there");
    let request = Request::parse(head.to_vec()).expect("the request is well-formed");
    assert_eq!((request.version(), request.is_upgrade()), (Version::V0, true));
    assert_eq!(request.origin(), Some("http://server.example.com"));
}

#[test]
fn the_versions_of_hybi_04_to_hybi_12_are_recognised_and_those_allowed_are_spoken() {
    use Version::{V4, V5, V6, V7, V8};
    let (none, both) = (speaking(&[]), speaking(&[V8, V7]));
    let (eight, seven) = (speaking(&[V8]), speaking(&[V7]));
    let drafts = [("4", V4), ("5", V5), ("6", V6), ("7", V7), ("8", V8)];
    for (number, version) in drafts {
        let text = HYBI_04.replace("Version: 4", &format!("Version: {number}"));
        // hybi-11 and hybi-12, which are of version 8 too, say Origin.
        let late = text.replace("Sec-WebSocket-Origin", "Origin");
        for text in [text, late] {
            let request = Request::parse(text.clone().into_bytes()).expect("it is well-formed");
            assert_eq!((request.version(), request.is_upgrade()), (version, true));
            assert_eq!(request.origin(), Some("http://server.example.com"));
            for (versions, is_spoken) in [
                (none, false),
                (eight, version == V8),
                (seven, version == V7),
                (both, version == V7 || version == V8),
            ] {
                let want = || if is_spoken { let_in() } else { REFUSED };
                for_each_chunking(text.as_bytes(), |how, pieces| {
                    let outcome = serve_versions(pieces, &OriginPolicy::SameHost, versions);
                    assert_eq!(outcome, want(), "{how}: {number}, {versions:?}");
                });
            }
        }
    }
}

#[test]
fn versions_are_told_by_their_fields() {
    let cases: &[(&[&str], Version)] = &[
        (&[], Version::Unknown),
        (&["Sec-WebSocket-Version: 13"], Version::V13),
        (&["Sec-WebSocket-Version: 0"], Version::V0),
        (&["Sec-WebSocket-Version: 9"], Version::Unknown),
        (&["Sec-WebSocket-Version: 8, 13"], Version::Unknown),
        (&["Sec-WebSocket-Version: 8", "sec-websocket-version: 8"], Version::Unknown),
        (&["Sec-WebSocket-Key1: 1 2"], Version::V0),
        (&["Sec-WebSocket-Key2: 1 2"], Version::V0),
        (&["Sec-WebSocket-Draft: 0"], Version::V0),
        (&["Sec-WebSocket-Draft: 2", "Sec-WebSocket-Key1: 1 2"], Version::Unknown),
        (&["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key1: 1 2"], Version::V13),
        (&["Sec-WebSocket-Version: 9", "Sec-WebSocket-Key1: 1 2"], Version::Unknown),
    ];
    for (lines, want) in cases {
        let request = Request::parse(head("GET / HTTP/1.1", "Sec-WebSocket", lines))
            .expect("the request is well-formed");
        assert_eq!(request.version(), *want, "{lines:?}");
    }
}

#[test]
fn a_missing_version_and_a_strange_one_are_two_errors() {
    use ErrorCode::{HandshakeVersion, HandshakeVersionMissing};
    let cases: &[(&[&str], ErrorCode)] = &[
        (&[], HandshakeVersionMissing),
        (&["Sec-WebSocket-Draft: 3"], HandshakeVersionMissing),
        (&["Sec-WebSocket-Draft: 0"], HandshakeVersion),
        (&["Sec-WebSocket-Key1: 1 2"], HandshakeVersion),
        (&["Sec-WebSocket-Version:"], HandshakeVersion),
        (&["Sec-WebSocket-Version: 12"], HandshakeVersion),
        (&["Sec-WebSocket-Version: 08"], HandshakeVersion),
        (&["Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 8"], HandshakeVersion),
    ];
    let versions = speaking(&[Version::V8, Version::V7]);
    for (lines, want) in cases {
        let input = head("GET / HTTP/1.1", "Sec-WebSocket", lines);
        let outcome = serve_versions(&[&input], &OriginPolicy::SameHost, versions);
        assert_eq!(outcome, Outcome::Refused(*want), "{lines:?}");
    }
}

#[test]
fn c10_the_origin_is_read_from_the_field_of_the_version() {
    const OWN: &str = "Origin: http://server.example.com";
    const OTHER: &str = "Origin: http://other.example.com";
    const EARLY_OWN: &str = "Sec-WebSocket-Origin: http://server.example.com";
    const EARLY_OTHER: &str = "Sec-WebSocket-Origin: http://other.example.com";
    // The fields, and whether they let in versions 13, and 8 and 7.
    let cases: &[(&[&str], bool, bool)] = &[
        (&[], true, true),
        (&[OWN], true, true),
        (&[EARLY_OWN], true, true),
        (&[OTHER], false, false),
        (&[EARLY_OTHER], true, false),
        (&[OWN, EARLY_OWN], true, true),
        (&[OTHER, EARLY_OTHER], false, false),
        (&[OWN, EARLY_OTHER], false, false),
        (&[OTHER, EARLY_OWN], false, false),
        (&[EARLY_OWN, EARLY_OWN], false, false),
        (&["Sec-WebSocket-Origin: null"], true, false),
        (&["Sec-WebSocket-Origin: \u{e4}"], false, false),
    ];
    let versions = speaking(&[Version::V8, Version::V7]);
    for (lines, latest, older) in cases {
        for (number, is_let_in) in [("13", latest), ("8", older), ("7", older)] {
            let version = format!("Sec-WebSocket-Version: {number}");
            let lines: Vec<&str> = lines.iter().copied().chain([version.as_str()]).collect();
            let input = head("GET / HTTP/1.1", "Sec-WebSocket-Version", &lines);
            let refused = Outcome::Refused(ErrorCode::HandshakeOrigin);
            let want = if *is_let_in { let_in() } else { refused };
            let outcome = serve_versions(&[&input], &OriginPolicy::SameHost, versions);
            assert_eq!(outcome, want, "{lines:?}");
        }
    }
}
