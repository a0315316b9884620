//! What both sides agree on (RFC 7692 section 7.1): offers made and answered, answers judged.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::NAME;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::extension::{ExtensionOffer, ExtensionParameter};
use crate::protocol::opcode::Role;

/// The sizes that a window may have, as powers of two.
pub const WINDOW_BITS: RangeInclusive<u8> = 8..=15;

/// The largest window, which is the one where nothing else is agreed on.
pub const MAX_WINDOW_BITS: u8 = 15;

/// What one endpoint wants of compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// What it does itself, at most.
    pub own: Direction,
    /// What the peer may do.
    pub peer: Direction,
}

/// How messages of one direction are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// Whether a message may refer to those before it, for which both sides keep a window.
    pub takes_over: bool,
    /// The window as a power of two, 8 to 15.
    pub window_bits: u8,
}

impl Direction {
    /// The largest window, forgotten after each message.
    pub const NO_TAKEOVER: Direction =
        Direction { takes_over: false, window_bits: MAX_WINDOW_BITS };
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes { own: Direction::NO_TAKEOVER, peer: Direction::NO_TAKEOVER }
    }
}

/// What has been agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What the server sends.
    pub server: Direction,
    /// What the client sends.
    pub client: Direction,
}

impl Terms {
    /// How the messages of this side are compressed.
    pub fn of(&self, role: Role) -> Direction {
        match role {
            Role::Server => self.server,
            Role::Client => self.client,
        }
    }

    /// How the messages of the other side are compressed.
    pub fn of_peer(&self, role: Role) -> Direction {
        match role {
            Role::Server => self.client,
            Role::Client => self.server,
        }
    }
}

/// The parameters of one offer or answer.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parameters {
    server_forgets: bool,
    client_forgets: bool,
    server_bits: Option<u8>,
    /// Offered without a value: `Some(None)`.
    client_bits: Option<Option<u8>>,
}

impl Parameters {
    /// Reads them: each at most once, with a value where there has to be one (sections 7.1.1 and
    /// 7.1.2). `None` if one is unknown or wrong.
    fn read(parameters: &[ExtensionParameter]) -> Option<Parameters> {
        let mut read = Parameters::default();
        for parameter in parameters {
            let value = parameter.value.as_deref();
            match &*parameter.name {
                "server_no_context_takeover" => note(&mut read.server_forgets, value)?,
                "client_no_context_takeover" => note(&mut read.client_forgets, value)?,
                "server_max_window_bits" if read.server_bits.is_none() => {
                    read.server_bits = Some(window_bits(value?)?);
                }
                "client_max_window_bits" if read.client_bits.is_none() => {
                    read.client_bits = Some(match value {
                        Some(value) => Some(window_bits(value)?),
                        None => None,
                    });
                }
                _ => return None,
            }
        }
        Some(read)
    }
}

/// Notes a parameter that has no value and comes once.
fn note(flag: &mut bool, value: Option<&str>) -> Option<()> {
    (value.is_none() && !std::mem::replace(flag, true)).then_some(())
}

/// A number from 8 to 15 without a sign or a leading zero.
fn window_bits(value: &str) -> Option<u8> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
    let bits = is_number.then(|| value.parse().ok()).flatten()?;
    WINDOW_BITS.contains(&bits).then_some(bits)
}

/// The offer of a client, as it stands in its request.
pub fn offer(wishes: &Wishes) -> String {
    let mut text = NAME.to_owned();
    if !wishes.peer.takes_over {
        text.push_str("; server_no_context_takeover");
    }
    if !wishes.own.takes_over {
        text.push_str("; client_no_context_takeover");
    }
    if wishes.peer.window_bits < MAX_WINDOW_BITS {
        put_bits(&mut text, "server", wishes.peer.window_bits);
    }
    if wishes.own.window_bits < MAX_WINDOW_BITS {
        put_bits(&mut text, "client", wishes.own.window_bits);
    } else {
        text.push_str("; client_max_window_bits");
    }
    text
}

/// The terms that a server agrees to, and its answer: to the first offer that it can accept. `None`
/// if there is none; then nothing is answered and nothing compressed.
pub fn accept(wishes: &Wishes, offers: &[ExtensionOffer]) -> Option<(Terms, String)> {
    let of_deflate = offers.iter().filter(|offer| *offer.name == *NAME);
    let read = of_deflate.filter_map(|offer| Parameters::read(&offer.parameters)).next()?;
    let server = Direction {
        takes_over: wishes.own.takes_over && !read.server_forgets,
        window_bits: wishes.own.window_bits.min(read.server_bits.unwrap_or(MAX_WINDOW_BITS)),
    };
    // A client that does not say that it can use a smaller window must not be told to.
    let client_bits = match read.client_bits {
        Some(most) => wishes.peer.window_bits.min(most.unwrap_or(MAX_WINDOW_BITS)),
        None => MAX_WINDOW_BITS,
    };
    let client = Direction {
        takes_over: wishes.peer.takes_over && !read.client_forgets,
        window_bits: client_bits,
    };
    let terms = Terms { server, client };
    Some((terms, answer(&terms, &read)))
}

fn answer(terms: &Terms, offered: &Parameters) -> String {
    let mut text = NAME.to_owned();
    if !terms.server.takes_over {
        text.push_str("; server_no_context_takeover");
    }
    if !terms.client.takes_over {
        text.push_str("; client_no_context_takeover");
    }
    if offered.server_bits.is_some() || terms.server.window_bits < MAX_WINDOW_BITS {
        put_bits(&mut text, "server", terms.server.window_bits);
    }
    if offered.client_bits.is_some() && terms.client.window_bits < MAX_WINDOW_BITS {
        put_bits(&mut text, "client", terms.client.window_bits);
    }
    text
}

fn put_bits(text: &mut String, side: &str, bits: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "; {side}_max_window_bits={bits}");
}

/// The terms that follow from the server's answer to [`offer`]; `None` if it has declined.
///
/// # Errors
///
/// `HandshakeExtension`: the answer names another extension or this one twice, has a parameter that
/// is unknown, repeated or out of range, or does not do what was asked for.
pub fn conclude(wishes: &Wishes, answers: &[ExtensionOffer]) -> Result<Option<Terms>, ErrorCode> {
    let answer = match answers {
        [] => return Ok(None),
        [answer] if *answer.name == *NAME => answer,
        _ => return Err(ErrorCode::HandshakeExtension),
    };
    let read = Parameters::read(&answer.parameters);
    read.and_then(|read| judge(wishes, &read)).map(Some).ok_or(ErrorCode::HandshakeExtension)
}

fn judge(wishes: &Wishes, read: &Parameters) -> Option<Terms> {
    let server_bits = match read.server_bits {
        Some(bits) if bits > wishes.peer.window_bits => return None,
        None if wishes.peer.window_bits < MAX_WINDOW_BITS => return None,
        bits => bits.unwrap_or(MAX_WINDOW_BITS),
    };
    let client_bits = match read.client_bits {
        // In an answer it has a value, and none beyond the offer's.
        Some(bits) => bits.filter(|bits| *bits <= wishes.own.window_bits)?,
        None => wishes.own.window_bits,
    };
    if !wishes.peer.takes_over && !read.server_forgets {
        return None;
    }
    let takes_over = wishes.own.takes_over && !read.client_forgets;
    Some(Terms {
        server: Direction { takes_over: !read.server_forgets, window_bits: server_bits },
        client: Direction { takes_over, window_bits: client_bits },
    })
}

#[cfg(test)]
mod tests {
    use super::window_bits;

    #[test]
    fn b02_only_whole_numbers_from_8_to_15_are_window_bits() {
        for number in 0..100_u8 {
            let text = number.to_string();
            let want = (8..=15).contains(&number).then_some(number);
            assert_eq!(window_bits(&text), want, "{text}");
            assert_eq!(window_bits(&format!("0{text}")), None, "0{text}");
            assert_eq!(window_bits(&format!("+{text}")), None, "+{text}");
        }
        for text in ["", " 9", "9 ", "1o", "-9", "9.", "0x9", "\u{ff19}"] {
            assert_eq!(window_bits(text), None, "{text:?}");
        }
    }
}
