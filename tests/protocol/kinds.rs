//! What a program may want to tell apart, coarsely, has errors of its own.

use oxws::protocol::close::CloseCode;
use oxws::protocol::error::ErrorCode;

use crate::errors::ERRORS;

const KINDS: &[(&str, &[ErrorCode])] = &[
    (
        "no handshake",
        &[
            ErrorCode::HandshakeUpgrade,
            ErrorCode::HandshakeConnection,
            ErrorCode::HandshakeUpgradeRequired,
        ],
    ),
    ("no version", &[ErrorCode::HandshakeVersionMissing]),
    ("an unsupported version", &[ErrorCode::HandshakeVersion]),
    ("no key", &[ErrorCode::HandshakeKey]),
    ("no proof, or a wrong one", &[ErrorCode::HandshakeAccept]),
    ("not authorized", &[ErrorCode::HandshakeUnauthorized]),
    ("too big", &[ErrorCode::FrameTooBig, ErrorCode::MessageTooBig]),
    ("incomplete", &[ErrorCode::FrameIncomplete]),
    ("reserved bits", &[ErrorCode::ReservedBits]),
    ("a reserved opcode", &[ErrorCode::ReservedOpcode]),
    ("a client's frame without a mask", &[ErrorCode::MaskMissing]),
    (
        "another violation of the protocol",
        &[
            ErrorCode::MaskUnexpected,
            ErrorCode::LengthNotMinimal,
            ErrorCode::LengthTopBit,
            ErrorCode::ControlTooLong,
            ErrorCode::ControlFragmented,
            ErrorCode::UnexpectedContinuation,
            ErrorCode::ExpectedContinuation,
            ErrorCode::ClosePayloadLength,
            ErrorCode::CloseCodeNotAllowed,
        ],
    ),
];

#[test]
fn kinds_of_failure_are_told_apart_and_each_happens() {
    let mut told: Vec<ErrorCode> = Vec::new();
    for (kind, errors) in KINDS {
        for error in *errors {
            assert!(!told.contains(error), "{error:?}: {kind}, and something else");
            assert!(ERRORS.iter().any(|(raised, _)| raised == error), "{error:?}: {kind}");
        }
        told.extend_from_slice(errors);
    }
}

#[test]
fn every_violation_that_a_peer_is_told_of_is_of_a_kind() {
    let is_violation = |error: &&ErrorCode| error.close_code() == Some(CloseCode::PROTOCOL_ERROR);
    for error in ErrorCode::ALL.iter().filter(is_violation) {
        assert!(KINDS.iter().any(|(_, errors)| errors.contains(error)), "{error:?}");
    }
}
