//! What the specifications and the IANA registry say of each close code, as a table.

use super::close_code::{Reconnect, Sender};
use super::version::Version;

/// What is known of one code.
pub(super) struct Facts {
    pub(super) number: u16,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) sender: Sender,
    pub(super) since: Version,
    pub(super) reconnect: Reconnect,
}

/// Every code that a specification or the registry names, in order. The comments give the reasons
/// for the last column.
pub(super) const KNOWN: [Facts; 19] = [
    // Nothing is left to do.
    Facts {
        number: 1000,
        name: "NORMAL",
        description: "The purpose of the connection has been fulfilled.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    // The address is often served by others, who can be asked at once.
    Facts {
        number: 1001,
        name: "GOING_AWAY",
        description: "The endpoint goes away: a server shuts down, or a browser leaves the page.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Now,
    },
    // The same program would break the same rule.
    Facts {
        number: 1002,
        name: "PROTOCOL_ERROR",
        description: "The peer broke a rule of the protocol.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    // The data would be refused again, as after 1007 to 1009.
    Facts {
        number: 1003,
        name: "UNSUPPORTED_DATA",
        description: "The endpoint cannot accept this type of data.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    // Up to hybi-12 it said that a frame was too large.
    Facts {
        number: 1004,
        name: "RESERVED_1004",
        description: "Reserved; a meaning might be defined in the future.",
        sender: Sender::Nobody,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    // The peer closed on purpose and asked for nothing, as with 1000.
    Facts {
        number: 1005,
        name: "NO_STATUS",
        description: "The Close frame carried no code. Never sent.",
        sender: Sender::Nobody,
        since: Version::V8,
        reconnect: Reconnect::Never,
    },
    // A network or a server has failed; section 7.2.3 asks for patience.
    Facts {
        number: 1006,
        name: "ABNORMAL",
        description: "The connection ended without a Close frame. Never sent.",
        sender: Sender::Nobody,
        since: Version::V8,
        reconnect: Reconnect::BackOff,
    },
    Facts {
        number: 1007,
        name: "INVALID_PAYLOAD",
        description: "The bytes do not fit the type of the message, such as text that is not UTF-8.",
        sender: Sender::Either,
        since: Version::V8,
        reconnect: Reconnect::Never,
    },
    Facts {
        number: 1008,
        name: "POLICY_VIOLATION",
        description: "The message broke a policy of the endpoint.",
        sender: Sender::Either,
        since: Version::V13,
        reconnect: Reconnect::Never,
    },
    Facts {
        number: 1009,
        name: "MESSAGE_TOO_BIG",
        description: "The message is larger than the endpoint takes.",
        sender: Sender::Either,
        since: Version::V13,
        reconnect: Reconnect::Never,
    },
    // The server would not agree to it next time either.
    Facts {
        number: 1010,
        name: "MANDATORY_EXTENSION",
        description: "The client needs an extension that the server did not agree to.",
        sender: Sender::Client,
        since: Version::V13,
        reconnect: Reconnect::Never,
    },
    // It may pass, as may what 1012 to 1014 tell of; those ask to wait.
    Facts {
        number: 1011,
        name: "INTERNAL_ERROR",
        description: "The endpoint met a condition that it did not expect.",
        sender: Sender::Either,
        since: Version::V13,
        reconnect: Reconnect::BackOff,
    },
    Facts {
        number: 1012,
        name: "SERVICE_RESTART",
        description: "The service restarts; the client may reconnect after a random delay.",
        sender: Sender::Server,
        since: Version::V13,
        reconnect: Reconnect::BackOff,
    },
    Facts {
        number: 1013,
        name: "TRY_AGAIN_LATER",
        description: "The service is overloaded; the client should come back later.",
        sender: Sender::Server,
        since: Version::V13,
        reconnect: Reconnect::BackOff,
    },
    Facts {
        number: 1014,
        name: "BAD_GATEWAY",
        description: "A gateway got an invalid answer from the server behind it.",
        sender: Sender::Server,
        since: Version::V13,
        reconnect: Reconnect::BackOff,
    },
    // A certificate or a setting is wrong, which somebody has to put right.
    Facts {
        number: 1015,
        name: "TLS_HANDSHAKE",
        description: "The TLS handshake failed. Never sent.",
        sender: Sender::Nobody,
        since: Version::V13,
        reconnect: Reconnect::Never,
    },
    // Other credentials are needed first.
    Facts {
        number: 3000,
        name: "UNAUTHORIZED",
        description: "The client must authenticate itself first, as HTTP 401 says it.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    Facts {
        number: 3003,
        name: "FORBIDDEN",
        description: "The client may not do what it asked for, as HTTP 403 says it.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::Never,
    },
    // It may be faster another time.
    Facts {
        number: 3008,
        name: "TIMEOUT",
        description: "The peer took too long, as HTTP 408 says it.",
        sender: Sender::Either,
        since: Version::V6,
        reconnect: Reconnect::BackOff,
    },
];
