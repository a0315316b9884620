//! Each error can be had: here in memory where that is possible, otherwise in the test that is named.

use std::path::Path;

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::{Connection, Context};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::frame;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::proxy_header::ProxyHeaderReader;
use oxws::protocol::settings::{Limits, Settings};
use oxws::protocol::time::Time;
use oxws::protocol::url::Address;
use oxws::protocol::version::Version;

use crate::harness::{ANSWER, Driver, REQUEST};

/// How an error is had.
pub(crate) enum How {
    /// In memory: the error that came.
    Here(fn() -> Option<ErrorCode>),
    /// By the function of this name in this file.
    There(&'static str, &'static str),
}

use How::{Here, There};

const ARGUMENTS: &str = "tests/c/f09_a16_arguments.c";
const FAILURES: &str = "src/net/tls/failure.rs";
const OPTIONS: &str = "tests/tls/options.rs";

/// Every error of the library, in the order of their numbers.
pub(crate) const ERRORS: &[(ErrorCode, How)] = &[
    (ErrorCode::InvalidArgument, Here(|| Reply::new(99).err())),
    (ErrorCode::NullArgument, There(ARGUMENTS, "f09_loop")),
    (
        ErrorCode::WrongThread,
        There("tests/c/f12_threads.c", "f12_the_loops_functions_are_refused_elsewhere"),
    ),
    (ErrorCode::Busy, There("tests/c/f03_f05_teardown.c", "on_close")),
    (ErrorCode::InvalidUtf8, Here(|| of_open(|driver| check_text(&driver.connection, b"\xff")))),
    (ErrorCode::InvalidUrl, Here(|| Address::parse_dial("http://a/").err())),
    (ErrorCode::TooLong, Here(|| of_open(|driver| driver.with(|c, cx| c.ping(&[0; 126], cx))))),
    (ErrorCode::InvalidHeader, Here(|| Fields::default().add("a b", "").err())),
    (ErrorCode::SubprotocolNotOffered, Here(|| of_request(|c, cx| accept(c, Some("other"), cx)))),
    (ErrorCode::Unsupported, Here(|| request().set_version(Version::V4).err())),
    (ErrorCode::InvalidState, Here(|| of_open(|driver| driver.with(|c, cx| accept(c, None, cx))))),
    (ErrorCode::InvalidCloseCode, Here(|| CloseFrame::new(Some(CloseCode::NO_STATUS), "").err())),
    (ErrorCode::Forked, There("tests/c/e22_forks.c", "own_loop")),
    (ErrorCode::InvalidSubprotocol, Here(|| request().add_subprotocol("a b").err())),
    (ErrorCode::Duplicate, There("tests/c/reasons.c", "names_and_codes_are_given_once")),
    (ErrorCode::BufferTooSmall, There("tests/c/f09_failure.c", "f14_a_text_that_does_not_fit")),
    (
        ErrorCode::Closed,
        Here(|| {
            of_open(|driver| {
                close(driver);
                check_text(&driver.connection, b"")
            })
        }),
    ),
    (ErrorCode::NotFound, There(ARGUMENTS, "f09_ids_that_name_nothing_are_not_found")),
    (
        ErrorCode::WouldExceed,
        There(
            "tests/net/backpressure.rs",
            "e02_a_send_beyond_the_limit_queues_nothing_and_room_is_told_of_below_half",
        ),
    ),
    (ErrorCode::NotOpen, Here(|| check_text(&begin(Role::Client).connection, b"").err())),
    (
        ErrorCode::Cancelled,
        Here(|| {
            let mut driver = begin(Role::Client);
            close(&mut driver);
            end_of(driver)
        }),
    ),
    (ErrorCode::LoopFreed, There("tests/c/f03_f05_teardown.c", "run_row")),
    (ErrorCode::Detached, There("tests/c/detach.c", "between_two_messages")),
    (ErrorCode::HandshakeMalformed, Here(|| asked(b"\0"))),
    (ErrorCode::HandshakeMethod, Here(|| asked_with("GET ", "POST "))),
    (ErrorCode::HandshakeHttpVersion, Here(|| asked_with("HTTP/1.1", "HTTP/1.0"))),
    (ErrorCode::HandshakeHost, Here(|| asked_with("Host: ", "Guest: "))),
    (ErrorCode::HandshakeUpgrade, Here(|| answered_with("Upgrade: websocket", "Upgrade: h2c"))),
    (
        ErrorCode::HandshakeConnection,
        Here(|| answered_with("Connection: Upgrade", "Connection: close")),
    ),
    (ErrorCode::HandshakeKey, Here(|| asked_with("Sec-WebSocket-Key: ", "Key: "))),
    (ErrorCode::HandshakeVersion, Here(|| asked_with("Version: 13", "Version: 12"))),
    (
        ErrorCode::HandshakeOrigin,
        Here(|| {
            let settings = Settings::new(Limits::server());
            assert_eq!(settings.origin, OriginPolicy::SameHost);
            let driver = Driver::begin_with(Role::Server, settings);
            fed(driver, &replaced(REQUEST, "Host:", "Origin: http://other\r\nHost:"))
        }),
    ),
    (ErrorCode::HandshakeBody, Here(|| asked_with("Host:", "Content-Length: 1\r\nHost:"))),
    (ErrorCode::HandshakeUriTooLong, Here(|| asked(&[b"GET /", &[b'a'; 9000][..]].concat()))),
    (
        ErrorCode::HandshakeHeadTooLarge,
        Here(|| asked(&[b"GET / HTTP/1.1\r\n", &b"a: b\r\n".repeat(101)[..]].concat())),
    ),
    (ErrorCode::HandshakeTimeout, Here(|| due(begin(Role::Client), 10_000))),
    (ErrorCode::HandshakeDenied, Here(denied)),
    (ErrorCode::HandshakeStatus, Here(|| answered(b"HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n"))),
    (ErrorCode::HandshakeAccept, Here(|| answered_with("s3pPL", "s3pPM"))),
    (
        ErrorCode::HandshakeSubprotocol,
        Here(|| answered_with("Upgrade:", "Sec-WebSocket-Protocol: a\r\nUpgrade:")),
    ),
    (
        ErrorCode::HandshakeExtension,
        Here(|| answered_with("Upgrade:", "Sec-WebSocket-Extensions: a\r\nUpgrade:")),
    ),
    (
        ErrorCode::HandshakeTooManyConnections,
        Here(|| turned_away(REQUEST, ErrorCode::HandshakeTooManyConnections)),
    ),
    (
        ErrorCode::HandshakeUpgradeRequired,
        Here(|| {
            turned_away(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ErrorCode::HandshakeUpgradeRequired)
        }),
    ),
    (ErrorCode::HandshakeInterim, Here(|| answered(&b"HTTP/1.1 100 \r\n\r\n".repeat(6)))),
    (ErrorCode::HandshakeVersionMissing, Here(|| asked_with("Sec-WebSocket-Version", "Version"))),
    (
        ErrorCode::HandshakeUnauthorized,
        Here(|| answered(b"HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n")),
    ),
    (
        ErrorCode::HandshakeProxyHeader,
        Here(|| ProxyHeaderReader::default().feed(b"GET / HTTP/1.1\r\n").err()),
    ),
    (ErrorCode::ReservedBits, Here(|| received(b"\xc1\x00"))),
    (ErrorCode::ReservedOpcode, Here(|| received(b"\x83\x00"))),
    (ErrorCode::MaskMissing, Here(|| fed(open(Role::Server), b"\x81\x00"))),
    (ErrorCode::MaskUnexpected, Here(|| received(b"\x81\x80"))),
    (ErrorCode::LengthNotMinimal, Here(|| received(b"\x82\x7e\x00\x7d"))),
    (ErrorCode::LengthTopBit, Here(|| received(b"\x82\x7f\x80"))),
    (ErrorCode::ControlTooLong, Here(|| received(b"\x89\x7e"))),
    (ErrorCode::ControlFragmented, Here(|| received(b"\x09\x00"))),
    (ErrorCode::UnexpectedContinuation, Here(|| received(b"\x80\x00"))),
    (ErrorCode::ExpectedContinuation, Here(|| received(b"\x01\x01a\x81\x00"))),
    (ErrorCode::ClosePayloadLength, Here(|| received(b"\x88\x01\x03"))),
    (ErrorCode::CloseCodeNotAllowed, Here(|| received(b"\x88\x02\x03\xed"))),
    (ErrorCode::CloseReasonUtf8, Here(|| received(b"\x88\x03\x03\xe8\xff"))),
    (ErrorCode::TextUtf8, Here(|| received(b"\x81\x01\xff"))),
    (ErrorCode::FrameIncomplete, Here(|| frame::read(&mut [0x82, 1], Role::Client, 0, 9).err())),
    (
        ErrorCode::CompressedData,
        There("tests/protocol/compression.rs", "b05_damaged_messages_end_the_connection"),
    ),
    (ErrorCode::FrameTooBig, Here(|| limited(|limits| limits.max_frame_bytes = 1, b"\x82\x02"))),
    (
        ErrorCode::MessageTooBig,
        Here(|| limited(|limits| limits.max_message_bytes = 1, b"\x82\x02")),
    ),
    (
        ErrorCode::TooManyFragments,
        Here(|| limited(|limits| limits.max_fragments = 1, b"\x02\x01a\x00\x01b")),
    ),
    (
        ErrorCode::ControlFlood,
        Here(|| limited(|limits| limits.control_burst = 1, b"\x89\x00\x89\x00")),
    ),
    (ErrorCode::PongTimeout, Here(unanswered)),
    (
        ErrorCode::IdleTimeout,
        Here(|| due(Driver::open(Role::Client, |limits| limits.idle_timeout_ms = 10), 10)),
    ),
    (
        ErrorCode::CloseTimeout,
        Here(|| {
            let mut driver = open(Role::Client);
            close(&mut driver);
            driver.drain();
            due(driver, 5_000)
        }),
    ),
    (
        ErrorCode::WriteStalled,
        There(
            "tests/net/backpressure.rs",
            "e02_a_peer_that_takes_nothing_is_given_up_after_the_stall_timeout",
        ),
    ),
    (
        ErrorCode::BufferBudget,
        There("tests/net/unfinished.rs", "a07_the_largest_pays_and_not_the_last"),
    ),
    (
        ErrorCode::ResolveFailed,
        There("tests/net/names.rs", "d13_a_name_that_cannot_be_found_is_reported"),
    ),
    (
        ErrorCode::ConnectFailed,
        There(
            "tests/net/dialling.rs",
            "d14_a_port_that_is_closed_is_reported_at_once_with_its_number",
        ),
    ),
    (
        ErrorCode::ConnectTimeout,
        There("tests/net/dialling.rs", "d14_connecting_that_hangs_ends_at_the_deadline"),
    ),
    (
        ErrorCode::ConnectionLost,
        Here(|| {
            let mut driver = open(Role::Client);
            assert!(driver.connection.end_of_input().is_none());
            end_of(driver)
        }),
    ),
    (
        ErrorCode::ConnectionReset,
        There("tests/net/breaks.rs", "e07_a_server_survives_a_break_at_each_step"),
    ),
    (ErrorCode::ListenFailed, There("tests/c/listening.c", "an_address_that_is_taken_is_an_error")),
    (ErrorCode::SystemCallFailed, There(ARGUMENTS, "f09_timers_and_watches")),
    (
        ErrorCode::ProxyMalformed,
        There("tests/proxy/connect.rs", "d07_an_answer_that_cannot_be_read_is_told_so"),
    ),
    (
        ErrorCode::ProxyRefused,
        There("tests/proxy/connect.rs", "d07_a_refusal_is_told_with_its_status"),
    ),
    (
        ErrorCode::ProxyUnauthorized,
        There("tests/proxy/connect.rs", "d07_a_refusal_is_told_with_its_status"),
    ),
    (ErrorCode::TooManyRedirects, There("tests/net/redirected.rs", "d05_a_loop_ends_at_the_limit")),
    (
        ErrorCode::RedirectRefused,
        There("src/protocol/redirect.rs", "d05_a_location_that_is_not_followed"),
    ),
    (ErrorCode::TlsHandshake, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (ErrorCode::TlsAlert, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (ErrorCode::TlsTruncated, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (ErrorCode::TlsNotSpoken, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (
        ErrorCode::CertificateUnknownIssuer,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateExpired,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateNotYetValid,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateWrongName,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateWrongUsage,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateRevoked,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateMalformed,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (
        ErrorCode::CertificateMissing,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (ErrorCode::CertificatePin, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (ErrorCode::TlsIncompatible, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (ErrorCode::TlsNotConfigured, There(OPTIONS, "d08_what_cannot_be_used_is_said_at_once")),
    (ErrorCode::TlsBadCertificate, There(OPTIONS, "d08_what_cannot_be_used_is_said_at_once")),
    (ErrorCode::TlsBadKey, There(OPTIONS, "d08_what_cannot_be_used_is_said_at_once")),
    (ErrorCode::TlsKeyMismatch, There(OPTIONS, "d08_what_cannot_be_used_is_said_at_once")),
    (ErrorCode::TlsFileUnreadable, There(OPTIONS, "d08_what_cannot_be_used_is_said_at_once")),
    (
        ErrorCode::CertificateSelfSigned,
        There(FAILURES, "d08_each_failure_has_its_number_and_its_alert"),
    ),
    (ErrorCode::TlsRecord, There(FAILURES, "d08_each_failure_has_its_number_and_its_alert")),
    (
        ErrorCode::TlsEnded,
        There(
            "tests/net/secured_ends.rs",
            "c05_whoever_ends_tls_within_its_handshake_is_not_waited_for",
        ),
    ),
    (
        ErrorCode::Panic,
        There("src/ffi/tests/mod.rs", "f10_a_panic_in_any_call_poisons_the_loop_for_every_call"),
    ),
    (
        ErrorCode::Poisoned,
        There("src/ffi/tests/mod.rs", "f10_a_panic_in_any_call_poisons_the_loop_for_every_call"),
    ),
    (
        ErrorCode::OutOfMemory,
        There(
            "tests/alloc/starving.rs",
            "f13_without_memory_a_connection_ends_and_the_process_does_not",
        ),
    ),
];

#[test]
fn each_error_can_be_had() {
    let listed: Vec<ErrorCode> = ERRORS.iter().map(|(error, _)| *error).collect();
    assert_eq!(listed, ErrorCode::ALL);
    for (error, how) in ERRORS {
        match how {
            Here(raise) => assert_eq!(raise(), Some(*error)),
            There(file, function) => check_named(*error, file, function),
        }
    }
}

/// The file has the function, and asks for the error.
fn check_named(error: ErrorCode, file: &str, function: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = std::fs::read_to_string(path).unwrap();
    assert!(source.contains(&format!(" {function}(")), "{error:?}: {function} in {file}");
    let short = error.name().strip_prefix("OXWS_ERROR_").unwrap();
    let is_named = source.contains(&format!("ErrorCode::{error:?}")) || source.contains(short);
    assert!(is_named, "{error:?} in {file}");
}

fn begin(role: Role) -> Driver {
    Driver::begin(role, |_| ())
}

fn open(role: Role) -> Driver {
    Driver::open(role, |_| ())
}

fn request() -> ClientRequest {
    ClientRequest::new("server.example.com", "/chat").unwrap()
}

fn check_text(connection: &Connection, text: &[u8]) -> Result<(), ErrorCode> {
    connection.check_send(MessageType::Text, text)
}

fn accept(
    connection: &mut Connection,
    subprotocol: Option<&str>,
    cx: &mut Context<'_>,
) -> Result<(), ErrorCode> {
    connection.accept(subprotocol, &Fields::default(), cx)
}

fn close(driver: &mut Driver) {
    let frame = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
    driver.with(|connection, cx| connection.close(frame, cx)).unwrap();
}

/// What a call on an open connection fails with.
fn of_open(call: impl FnOnce(&mut Driver) -> Result<(), ErrorCode>) -> Option<ErrorCode> {
    call(&mut open(Role::Client)).err()
}

/// What a call on a server fails with that has a request to decide on.
fn of_request(
    call: impl FnOnce(&mut Connection, &mut Context<'_>) -> Result<(), ErrorCode>,
) -> Option<ErrorCode> {
    let mut driver = begin(Role::Server);
    driver.feed(REQUEST);
    driver.with(call).err()
}

/// The error with which the connection has ended.
fn end_of(mut driver: Driver) -> Option<ErrorCode> {
    driver.turn();
    driver.report.and_then(|report| report.error)
}

fn fed(mut driver: Driver, bytes: &[u8]) -> Option<ErrorCode> {
    driver.feed(bytes);
    end_of(driver)
}

/// An open client receives frames.
fn received(frames: &[u8]) -> Option<ErrorCode> {
    fed(open(Role::Client), frames)
}

fn limited(tweak: fn(&mut Limits), frames: &[u8]) -> Option<ErrorCode> {
    fed(Driver::open(Role::Client, tweak), frames)
}

/// A server is asked.
fn asked(head: &[u8]) -> Option<ErrorCode> {
    fed(begin(Role::Server), head)
}

/// A server gets the request of the sample with a part replaced.
fn asked_with(part: &str, other: &str) -> Option<ErrorCode> {
    asked(&replaced(REQUEST, part, other))
}

/// A client is answered.
fn answered(head: &[u8]) -> Option<ErrorCode> {
    fed(begin(Role::Client), head)
}

/// A client gets the answer of the sample with a part replaced.
fn answered_with(part: &str, other: &str) -> Option<ErrorCode> {
    answered(&replaced(ANSWER, part, other))
}

fn replaced(head: &[u8], part: &str, other: &str) -> Vec<u8> {
    let head = std::str::from_utf8(head).unwrap();
    assert!(head.contains(part), "{part}");
    head.replace(part, other).into_bytes()
}

/// The clock says `ms`.
fn due(mut driver: Driver, ms: u64) -> Option<ErrorCode> {
    driver.now = Time::from_micros(ms * 1000);
    driver.with(|connection, cx| connection.deadline_passed(cx));
    end_of(driver)
}

/// A ping goes out, and nothing comes.
fn unanswered() -> Option<ErrorCode> {
    let mut driver = open(Role::Client);
    driver.now = Time::from_micros(20_000_000);
    driver.with(|connection, cx| connection.deadline_passed(cx));
    driver.drain();
    due(driver, 40_000)
}

fn denied() -> Option<ErrorCode> {
    let mut driver = begin(Role::Server);
    driver.feed(REQUEST);
    let reply = Reply::new(403).unwrap();
    driver.with(|connection, cx| connection.respond(&reply, cx)).unwrap();
    end_of(driver)
}

/// The loop itself refuses a request, with the status of the error. That an ordinary request was
/// answered is reported as no error.
fn turned_away(head: &[u8], error: ErrorCode) -> Option<ErrorCode> {
    let mut driver = begin(Role::Server);
    driver.feed(head);
    driver.with(|connection, cx| connection.refuse_unannounced(error, cx)).unwrap();
    driver.turn();
    let report = driver.report.unwrap();
    assert!(report.error.is_none_or(|reported| reported == error));
    (Some(report.http_status) == error.http_status()).then_some(error)
}
