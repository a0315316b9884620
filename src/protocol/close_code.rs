//! Close codes (RFC 6455 section 7.4): who may send each, and what a client does after it.

use super::close_code_facts::{Facts, KNOWN};
use super::version::Version;

/// A close code. The set is open: 3000 to 4999 belong to libraries and applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

/// Who may send a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Nobody: it is reported, or stands for nothing.
    Nobody,
    /// Clients and servers.
    Either,
    /// Clients alone.
    Client,
    /// Servers alone.
    Server,
}

/// Whom a close code belongs to (section 7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// 0 to 999 and from 5000 on: never a close code.
    Invalid,
    /// 1000 to 2999: the protocol and its extensions.
    Protocol,
    /// 3000 to 3999: libraries and frameworks, by registration.
    Library,
    /// 4000 to 4999: whatever a client and its server agree on.
    Private,
}

/// What a client that wants to stay connected does after a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reconnect {
    /// It does not come back by itself: the same would happen again, or nobody wants it to.
    Never,
    /// It comes back at once, and backs off if that fails.
    Now,
    /// It waits, for a random time that grows with each attempt (section 7.2.3).
    BackOff,
}

impl CloseCode {
    /// The purpose of the connection has been fulfilled.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// The server goes down or the browser leaves the page.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// The peer broke a rule of the protocol.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// The type of the message cannot be accepted.
    pub const UNSUPPORTED_DATA: CloseCode = CloseCode(1003);
    /// Reserved; never on the wire.
    pub const RESERVED_1004: CloseCode = CloseCode(1004);
    /// Reported where a Close frame carried no code; never on the wire.
    pub const NO_STATUS: CloseCode = CloseCode(1005);
    /// Reported where no Close frame came; never on the wire.
    pub const ABNORMAL: CloseCode = CloseCode(1006);
    /// The bytes do not fit the type of the message, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: CloseCode = CloseCode(1007);
    /// The message broke a policy; the generic code.
    pub const POLICY_VIOLATION: CloseCode = CloseCode(1008);
    /// The message is larger than the receiver takes.
    pub const MESSAGE_TOO_BIG: CloseCode = CloseCode(1009);
    /// The client needs an extension that the server did not agree to.
    pub const MANDATORY_EXTENSION: CloseCode = CloseCode(1010);
    /// The endpoint met a condition that it did not expect.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);
    /// The server restarts.
    pub const SERVICE_RESTART: CloseCode = CloseCode(1012);
    /// The server is overloaded; come back later.
    pub const TRY_AGAIN_LATER: CloseCode = CloseCode(1013);
    /// A gateway got an invalid answer from the server behind it.
    pub const BAD_GATEWAY: CloseCode = CloseCode(1014);
    /// Reported where the TLS handshake failed; never on the wire.
    pub const TLS_HANDSHAKE: CloseCode = CloseCode(1015);
    /// The client must authenticate itself first.
    pub const UNAUTHORIZED: CloseCode = CloseCode(3000);
    /// The client may not do what it asked for.
    pub const FORBIDDEN: CloseCode = CloseCode(3003);
    /// The peer took too long.
    pub const TIMEOUT: CloseCode = CloseCode(3008);

    /// Every code that a specification or the registry names, in order.
    pub fn known() -> impl Iterator<Item = CloseCode> {
        KNOWN.iter().map(|facts| CloseCode(facts.number))
    }

    /// The number, whatever it is.
    pub fn from_number(number: u16) -> CloseCode {
        CloseCode(number)
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<CloseCode> {
        KNOWN.iter().find(|facts| facts.name == name).map(|facts| CloseCode(facts.number))
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Whether a Close frame may carry this code: 1000 to 1003, 1007 to 1014, 3000 to 4999.
    pub fn is_valid_on_wire(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }

    /// Whether an endpoint tells its own program with it what no Close frame says.
    pub fn is_local_only(self) -> bool {
        matches!(self, CloseCode::NO_STATUS | CloseCode::ABNORMAL | CloseCode::TLS_HANDSHAKE)
    }

    /// The name in capitals, or `None` where no specification names the code.
    pub fn name(self) -> Option<&'static str> {
        self.facts().map(|facts| facts.name)
    }

    /// One sentence on what the code says, or `None` where no specification names the code.
    pub fn description(self) -> Option<&'static str> {
        self.facts().map(|facts| facts.description)
    }

    /// Who may send the code.
    pub fn sender(self) -> Sender {
        match (self.facts(), self.range()) {
            (Some(facts), _) => facts.sender,
            (None, Range::Library | Range::Private) => Sender::Either,
            (None, Range::Invalid | Range::Protocol) => Sender::Nobody,
        }
    }

    /// Whom the code belongs to.
    pub fn range(self) -> Range {
        match self.0 {
            1000..=2999 => Range::Protocol,
            3000..=3999 => Range::Library,
            4000..=4999 => Range::Private,
            _ => Range::Invalid,
        }
    }

    /// The first version of the protocol that has the code or its range; `Unknown` if none has.
    pub fn since(self) -> Version {
        match (self.facts(), self.range()) {
            (Some(facts), _) => facts.since,
            (None, Range::Library | Range::Private) => Version::V6,
            (None, Range::Invalid | Range::Protocol) => Version::Unknown,
        }
    }

    /// What a client that wants to stay connected does after the code. Of a code without a public
    /// meaning only the two programs know: `Never` until they do.
    pub fn reconnect(self) -> Reconnect {
        self.facts().map_or(Reconnect::Never, |facts| facts.reconnect)
    }

    fn facts(self) -> Option<&'static Facts> {
        let place = KNOWN.binary_search_by_key(&self.0, |facts| facts.number).ok()?;
        KNOWN.get(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a15_every_code_has_its_sender_range_and_first_version() {
        for number in 0..=u16::MAX {
            let code = CloseCode::from_number(number);
            let sender = match number {
                1000..=1003 | 1007..=1009 | 1011 | 3000..=4999 => Sender::Either,
                1010 => Sender::Client,
                1012..=1014 => Sender::Server,
                _ => Sender::Nobody,
            };
            let range = match number {
                0..=999 | 5000.. => Range::Invalid,
                1000..=2999 => Range::Protocol,
                3000..=3999 => Range::Library,
                4000..=4999 => Range::Private,
            };
            let since = match number {
                1000..=1004 | 3000..=4999 => Version::V6,
                1005..=1007 => Version::V8,
                1008..=1015 => Version::V13,
                _ => Version::Unknown,
            };
            assert_eq!((code.sender(), code.range(), code.since()), (sender, range, since));
            assert_eq!(code.is_valid_on_wire(), sender != Sender::Nobody, "{number}");
            assert_eq!(code.is_local_only(), [1005, 1006, 1015].contains(&number), "{number}");
            let is_known = matches!(number, 1000..=1015 | 3000 | 3003 | 3008);
            assert_eq!(code.name().is_some(), is_known, "{number}");
            assert_eq!(code.description().is_some(), is_known, "{number}");
        }
    }

    #[test]
    fn clients_come_back_only_where_that_helps() {
        for number in 0..=u16::MAX {
            let want = match number {
                1001 => Reconnect::Now,
                1006 | 1011..=1014 | 3008 => Reconnect::BackOff,
                _ => Reconnect::Never,
            };
            assert_eq!(CloseCode::from_number(number).reconnect(), want, "{number}");
        }
    }

    #[test]
    fn names_lead_back_to_their_codes() {
        let mut before = 0;
        for code in CloseCode::known() {
            assert!(code.number() > before);
            before = code.number();
            let name = code.name().unwrap();
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
            );
            assert_eq!(CloseCode::from_name(name), Some(code));
            assert!(code.description().unwrap().ends_with('.'), "{name}");
        }
        assert_eq!(CloseCode::known().count(), 19);
        for name in ["", "normal", "NORMAL ", "1000", "OXWS_CLOSE_NORMAL"] {
            assert_eq!(CloseCode::from_name(name), None, "{name}");
        }
    }
}
