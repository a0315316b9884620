//! Older versions as a connection lives them: what is agreed on, and what a client is told with which
//! nothing can be agreed on.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::handshake::versions::Versions;
use oxws::protocol::opcode::Role;
use oxws::protocol::settings::Settings;
use oxws::protocol::version::Version;

use crate::harness::{ANSWER, Driver, REQUEST, Seen, settings};
use crate::rows::{frame, text};

/// A server that speaks these versions besides 13.
fn server(allowed: &[Version]) -> Driver {
    let mut versions = Versions::default();
    allowed.iter().for_each(|version| versions.allow(*version).unwrap());
    Driver::begin_with(Role::Server, Settings { versions, ..settings(Role::Server, |_| ()) })
}

/// The sample's request with another version.
fn request(version: &str) -> Vec<u8> {
    let text = String::from_utf8(REQUEST.to_vec()).unwrap();
    text.replace("Version: 13", &format!("Version: {version}")).into_bytes()
}

#[test]
fn versions_8_and_7_have_the_frames_of_13() {
    let cases = [("13", Version::V13), ("8", Version::V8), ("7", Version::V7)];
    for (number, version) in cases {
        let mut driver = server(&[Version::V8, Version::V7]);
        driver.feed(&request(number));
        assert_eq!(driver.connection.offer().map(|offer| offer.version()), Ok(version));
        driver.accept();
        assert_eq!(driver.sent, ANSWER, "{number}");
        assert_eq!(driver.connection.version(), version);
        assert_eq!(driver.connection.subprotocol(), None);
        driver.forget();
        driver.feed(&frame(Role::Client, 0x81, b"hello"));
        driver.feed(&frame(Role::Client, 0x88, b"\x03\xe8"));
        assert_eq!(driver.seen.first(), Some(&text("hello")));
        assert_eq!(driver.end().error, None);
        assert_eq!(driver.sent, b"\x88\x02\x03\xe8");
    }
}

#[test]
fn the_version_and_the_subprotocol_are_kept_together() {
    let mut driver = server(&[Version::V8]);
    let lines = "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Protocol: a, b";
    let head = String::from_utf8(request("8")).unwrap();
    driver.feed(head.replace("Sec-WebSocket-Version: 8", lines).as_bytes());
    let fields = Fields::default();
    driver.with(|connection, cx| connection.accept(Some("b"), &fields, cx)).unwrap();
    assert_eq!(driver.connection.version(), Version::V8);
    assert_eq!(driver.connection.subprotocol(), Some("b"));
}

#[test]
fn what_is_spoken_is_listed_to_whom_it_is_refused() {
    use Version::{V7, V8};
    let lists: &[(&[Version], &str)] =
        &[(&[], "13"), (&[V8], "13, 8"), (&[V7], "13, 7"), (&[V7, V8], "13, 8, 7")];
    let missing = String::from_utf8(request("13")).unwrap();
    let missing = missing.replace("Sec-WebSocket-Version: 13\r\n", "");
    let hixie_76 = missing.replace("Sec-WebSocket-Key:", "Sec-WebSocket-Key1:") + "8 bytes!";
    let requests = [
        (request("4"), ErrorCode::HandshakeVersion),
        (request("14"), ErrorCode::HandshakeVersion),
        (hixie_76.into_bytes(), ErrorCode::HandshakeVersion),
        (missing.into_bytes(), ErrorCode::HandshakeVersionMissing),
    ];
    for (allowed, list) in lists {
        for (request, error) in &requests {
            let mut driver = server(allowed);
            driver.feed(request);
            let end = driver.end();
            let (got, status) = (end.error, end.http_status);
            assert_eq!((got, status, end.announced), (Some(*error), 426, false));
            let answer = String::from_utf8(driver.sent).unwrap();
            assert!(answer.starts_with("HTTP/1.1 426 Upgrade Required\r\n"), "{answer}");
            assert!(answer.contains(&format!("\r\nSec-WebSocket-Version: {list}\r\n")), "{answer}");
        }
    }
}

#[test]
fn a_426_of_the_application_lists_them_too() {
    for request in [&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], REQUEST] {
        let mut driver = server(&[Version::V8]);
        driver.feed(request);
        let reply = Reply::new(426).unwrap();
        driver.with(|connection, cx| connection.respond(&reply, cx)).unwrap();
        driver.turn();
        let answer = String::from_utf8(driver.sent).unwrap();
        assert!(answer.contains("\r\nSec-WebSocket-Version: 13, 8\r\n"), "{answer}");
        assert!(matches!(driver.seen.last(), Some(Seen::Closed(_))));
    }
}
