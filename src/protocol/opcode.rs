//! Frame opcodes (RFC 6455 section 5.2): the numbers and what class each belongs to.

/// The opcode of a frame, four bits on the wire.
///
/// A reserved opcode never becomes a value of this type: [`Opcode::from_bits`] refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// Goes on with a fragmented message.
    Continuation = 0x0,
    /// Begins a message of UTF-8 text.
    Text = 0x1,
    /// Begins a message of arbitrary bytes.
    Binary = 0x2,
    /// Begins or answers the closing handshake.
    Close = 0x8,
    /// Asks for a pong.
    Ping = 0x9,
    /// Answers a ping, or comes unasked.
    Pong = 0xA,
}

impl Opcode {
    /// The opcode in the low four bits of `bits`, or `None` where RFC 6455 reserves it.
    #[inline]
    pub fn from_bits(bits: u8) -> Option<Opcode> {
        match bits & 0x0F {
            0x0 => Some(Opcode::Continuation),
            0x1 => Some(Opcode::Text),
            0x2 => Some(Opcode::Binary),
            0x8 => Some(Opcode::Close),
            0x9 => Some(Opcode::Ping),
            0xA => Some(Opcode::Pong),
            _ => None,
        }
    }

    /// The four bits that stand on the wire.
    #[inline]
    pub fn bits(self) -> u8 {
        self as u8
    }

    /// Whether frames with this opcode control the connection (section 5.5).
    #[inline]
    pub fn is_control(self) -> bool {
        self.bits() & 0x8 != 0
    }
}

/// The type of a message: of its first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MessageType {
    /// UTF-8 text.
    Text = 1,
    /// Arbitrary bytes.
    Binary = 2,
}

impl MessageType {
    /// The opcode that the first frame of such a message carries.
    #[inline]
    pub fn opcode(self) -> Opcode {
        match self {
            MessageType::Text => Opcode::Text,
            MessageType::Binary => Opcode::Binary,
        }
    }
}

/// Which side of the connection this endpoint is. It decides who masks (section 5.1) and who
/// closes the TCP connection first (section 7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sent the opening request; masks what it sends.
    Client,
    /// Answered the opening request; never masks.
    Server,
}

#[cfg(test)]
mod tests {
    use super::Opcode;

    #[test]
    fn reserved_opcodes_are_refused_and_the_others_keep_their_bits() {
        let known = [0x0, 0x1, 0x2, 0x8, 0x9, 0xA];
        for bits in 0..16u8 {
            let opcode = Opcode::from_bits(bits);
            assert_eq!(opcode.is_some(), known.contains(&bits), "{bits:#x}");
            if let Some(opcode) = opcode {
                assert_eq!(opcode.bits(), bits);
                assert_eq!(opcode.is_control(), bits >= 8);
            }
        }
    }
}
