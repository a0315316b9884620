//! The bytes of one HTTP/1.1 head (RFC 9112): where it ends, and whether it is well-formed so far.
//!
//! Bytes are looked at when they arrive, those of a field that comes in pieces once more, and the first
//! one that cannot stand where it does ends the reading. Nothing here knows what a field means; that
//! belongs to `handshake`.

use super::characters::{is_target_byte, is_text_byte, is_token_byte, run, run_of_text};
use super::error::ErrorCode;

/// How much of a head is taken before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadLimits {
    /// Bytes of the whole head, with the empty line at its end.
    pub total_bytes: usize,
    /// Bytes of one line, without its line end.
    pub line_bytes: usize,
    /// Number of fields.
    pub fields: usize,
}

impl Default for HeadLimits {
    fn default() -> HeadLimits {
        HeadLimits { total_bytes: 16_384, line_bytes: 8_192, fields: 100 }
    }
}

/// Fields for which memory is asked at once.
const FEW_FIELDS: usize = 12;

/// The version that is spoken, and its length.
const VERSION: &[u8] = b"HTTP/1.1";
const VERSION_BYTES: u8 = VERSION.len() as u8;

/// How a line ends.
const LINE_END: &[u8] = b"\r\n";

/// Which of the two heads is read: they differ in their first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadKind {
    /// A request: method, target, version.
    Request,
    /// A response: version, status, phrase.
    Response,
}

/// What [`HeadReader::feed`] did with its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// Bytes taken from the input; fewer than all only where the head ended.
    pub consumed: usize,
    /// Whether the head is complete.
    pub complete: bool,
}

/// Where a field stands in its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldPlace {
    /// Where its name begins.
    pub start: usize,
    /// Where its colon is.
    pub colon: usize,
    /// Where its line ends.
    pub end: usize,
}

/// A head that has been read whole.
#[derive(Debug)]
pub struct WholeHead {
    /// Its bytes, with the empty line at the end.
    pub bytes: Vec<u8>,
    /// Its fields, in their order.
    pub fields: Vec<FieldPlace>,
}

/// Gathers the bytes of one head and checks each as it comes.
///
/// Stricter than RFC 9112 asks of a recipient, since what two readers understand differently can be
/// used against one of them: lines end with CR LF only, no line is folded, no empty line comes first.
#[derive(Debug)]
pub struct HeadReader {
    limits: HeadLimits,
    kind: HeadKind,
    state: State,
    /// Bytes of the line that is being read, without its line end.
    line_bytes: usize,
    fields: Vec<FieldPlace>,
    bytes: Vec<u8>,
    /// How often a byte was looked at.
    #[cfg(test)]
    looks: u32,
}

/// Where in the head the next byte stands.
///
/// A request goes `MethodStart, Method, TargetStart, Target, Version(0..=8), FirstLineEnd`, a response
/// `Version(0..=8), Status(0..=2), StatusEnd, Phrase, FirstLineEnd`; both then go round
/// `FieldStart, Name, Value, FieldEnd` until a line begins with CR: `HeadEnd, Complete`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    MethodStart,
    Method,
    TargetStart,
    Target,
    /// This many bytes of `HTTP/1.1` have come.
    Version(u8),
    /// This many of the three digits have come.
    Status(u8),
    StatusEnd,
    Phrase,
    FirstLineEnd,
    FieldStart,
    Name,
    Value,
    FieldEnd,
    HeadEnd,
    Complete,
}

impl HeadReader {
    /// A reader that has seen nothing, and owns no memory yet.
    pub fn new(kind: HeadKind, limits: HeadLimits) -> HeadReader {
        HeadReader {
            limits,
            kind,
            state: match kind {
                HeadKind::Request => State::MethodStart,
                HeadKind::Response => State::Version(0),
            },
            line_bytes: 0,
            fields: Vec::new(),
            bytes: Vec::new(),
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Takes bytes up to the end of the head, never one behind it. Not to be called again after an error,
    /// in front of which as many bytes are well-formed as have been gathered.
    ///
    /// # Errors
    ///
    /// * `HandshakeMalformed`: a byte cannot stand where it does (RFC 9112 sections 2.2, 3 and 5).
    /// * `HandshakeHttpVersion`: the version is well-formed and not 1.1; a response may also be of 1.0.
    /// * `HandshakeUriTooLong`: the request line is beyond the limit.
    /// * `HandshakeHeadTooLarge`: another line, the whole head or the number of fields is.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed, ErrorCode> {
        let mut consumed = 0;
        let mut taken = Ok(());
        while self.state != State::Complete {
            consumed += self.take_run(input.get(consumed..).unwrap_or_default(), consumed);
            let Some(&byte) = input.get(consumed) else {
                break;
            };
            taken = self.take(byte, consumed);
            if taken.is_err() {
                break;
            }
            consumed += 1;
        }
        self.bytes.extend_from_slice(input.get(..consumed).unwrap_or_default());
        taken.map(|()| Fed { consumed, complete: self.state == State::Complete })
    }

    /// The head, once it is complete.
    pub fn into_head(self) -> WholeHead {
        WholeHead { bytes: self.bytes, fields: self.fields }
    }

    /// Bytes gathered so far.
    pub fn buffered_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Goes on by the bytes at the beginning of `input` that need no step each, and says how many they
    /// are. They keep to the limits, and come after `pending` others of the same input.
    fn take_run(&mut self, input: &[u8], pending: usize) -> usize {
        let start = self.bytes.len() + pending;
        let left_of_head = self.limits.total_bytes.saturating_sub(start);
        let input = input.get(..left_of_head).unwrap_or(input);
        let mut count = 0;
        loop {
            let part = self.take_part(input.get(count..).unwrap_or_default(), start + count);
            #[cfg(test)]
            {
                // The byte at which it stopped as well.
                self.looks += u32::try_from(part + 1).unwrap_or(u32::MAX);
            }
            if part == 0 {
                break;
            }
            count += part;
        }
        count
    }

    /// Goes on by whole fields, or by what is there of a part of a line; `input` begins at the byte `at` of
    /// the head.
    fn take_part(&mut self, input: &[u8], at: usize) -> usize {
        let left_of_line = self.limits.line_bytes.saturating_sub(self.line_bytes);
        let line = input.get(..left_of_line).unwrap_or(input);
        let taken = match self.state {
            State::FieldStart => return self.take_fields(input, at),
            State::MethodStart | State::Method => {
                self.take_word(line, is_token_byte, State::Method, State::TargetStart)
            }
            State::TargetStart | State::Target => {
                self.take_word(line, is_target_byte, State::Target, State::Version(0))
            }
            State::Version(0) if line.starts_with(VERSION) => {
                self.state = State::Version(VERSION_BYTES);
                VERSION.len()
            }
            State::Name => run(line, is_token_byte),
            State::Phrase | State::Value => run_of_text(line),
            _ => 0,
        };
        self.line_bytes += taken;
        taken
    }

    /// Goes on by a word of the first line, or the rest of it, and the space behind it.
    fn take_word(
        &mut self,
        line: &[u8],
        is_of_kind: impl Fn(u8) -> bool,
        within: State,
        behind: State,
    ) -> usize {
        let word = run(line, is_of_kind);
        if word > 0 {
            self.state = within;
        }
        let has_space = self.state == within && line.get(word) == Some(&b' ');
        if has_space {
            self.state = behind;
        }
        word + usize::from(has_space)
    }

    /// Goes on by the fields that are there whole, with their line ends. What is there of another one is
    /// looked at once more when it is taken.
    fn take_fields(&mut self, input: &[u8], at: usize) -> usize {
        let mut taken = 0;
        while self.fields.len() < self.limits.fields
            && let Some(field) = whole_field(input.get(taken..).unwrap_or_default(), at + taken)
            && field.end - field.start <= self.limits.line_bytes
        {
            self.push_field(field);
            taken = field.end + LINE_END.len() - at;
        }
        #[cfg(test)]
        {
            // The caller counts the first byte of it.
            let rest = input.get(taken + 1..).unwrap_or_default();
            self.looks += u32::try_from(run(rest, |byte| byte != b'\r')).unwrap_or(u32::MAX);
        }
        taken
    }

    /// Goes on by a byte that comes after `pending` others of the same input.
    fn take(&mut self, byte: u8, pending: usize) -> Result<(), ErrorCode> {
        let (state, at) = (self.step(byte)?, self.bytes.len() + pending);
        match (self.state, state) {
            (State::FieldStart, State::Name) => self.begin_field(at)?,
            (State::Name, State::Value) => self.end_name(at),
            (State::Value, State::FieldEnd) => self.end_field(at),
            _ => {}
        }
        self.check_limits(byte, at)?;
        self.state = state;
        Ok(())
    }

    /// Counts the byte `at` of the head.
    fn check_limits(&mut self, byte: u8, at: usize) -> Result<(), ErrorCode> {
        if !matches!(byte, b'\r' | b'\n') {
            self.line_bytes += 1;
        }
        if self.line_bytes > self.limits.line_bytes {
            return Err(self.line_too_long());
        }
        if at >= self.limits.total_bytes {
            return Err(ErrorCode::HandshakeHeadTooLarge);
        }
        Ok(())
    }

    fn line_too_long(&self) -> ErrorCode {
        match self.state {
            State::FieldStart | State::Name | State::Value => ErrorCode::HandshakeHeadTooLarge,
            _ if self.kind == HeadKind::Response => ErrorCode::HandshakeHeadTooLarge,
            _ => ErrorCode::HandshakeUriTooLong,
        }
    }

    /// The state after `byte`.
    fn step(&mut self, byte: u8) -> Result<State, ErrorCode> {
        #[cfg(test)]
        {
            self.looks += 1;
        }
        match (self.state, byte) {
            (State::MethodStart | State::Method, byte) if is_token_byte(byte) => Ok(State::Method),
            (State::Method, b' ') => Ok(State::TargetStart),
            (State::TargetStart | State::Target, byte) if is_target_byte(byte) => Ok(State::Target),
            (State::Target, b' ') => Ok(State::Version(0)),
            (State::Version(place), byte) => self.step_version(place, byte),
            (State::Status(place), b'0'..=b'9') if place < 2 => Ok(State::Status(place + 1)),
            (State::Status(_), b'0'..=b'9') => Ok(State::StatusEnd),
            (State::StatusEnd, b' ') => Ok(State::Phrase),
            // RFC 9112 section 4 wants the space also where no phrase follows; many servers omit it.
            (State::StatusEnd | State::Phrase, b'\r') => Ok(State::FirstLineEnd),
            (State::Phrase, byte) if is_text_byte(byte) => Ok(State::Phrase),
            (State::FirstLineEnd, b'\n') => Ok(self.next_line()),
            (State::FieldStart, b'\r') => Ok(State::HeadEnd),
            (State::FieldStart, byte) if is_token_byte(byte) => Ok(State::Name),
            (State::Name, byte) if is_token_byte(byte) => Ok(State::Name),
            (State::Name, b':') => Ok(State::Value),
            (State::Value, b'\r') => Ok(State::FieldEnd),
            (State::Value, byte) if is_text_byte(byte) => Ok(State::Value),
            (State::FieldEnd, b'\n') => Ok(self.next_line()),
            (State::HeadEnd, b'\n') => Ok(State::Complete),
            _ => Err(ErrorCode::HandshakeMalformed),
        }
    }

    /// One byte of `HTTP/1.1`, or what follows it.
    fn step_version(&self, place: u8, byte: u8) -> Result<State, ErrorCode> {
        let is_expected = match (place, byte) {
            (0, b'H') | (1 | 2, b'T') | (3, b'P') | (4, b'/') | (5, b'1') | (6, b'.') => true,
            (7, b'1') => true,
            // A server that only knows HTTP/1.0 can still refuse in it.
            (7, b'0') => self.kind == HeadKind::Response,
            _ => false,
        };
        match (place, byte, self.kind) {
            _ if is_expected => Ok(State::Version(place + 1)),
            (5 | 7, b'0'..=b'9', _) => Err(ErrorCode::HandshakeHttpVersion),
            (8, b'\r', HeadKind::Request) => Ok(State::FirstLineEnd),
            (8, b' ', HeadKind::Response) => Ok(State::Status(0)),
            _ => Err(ErrorCode::HandshakeMalformed),
        }
    }

    fn next_line(&mut self) -> State {
        self.line_bytes = 0;
        State::FieldStart
    }

    fn begin_field(&mut self, at: usize) -> Result<(), ErrorCode> {
        if self.fields.len() >= self.limits.fields {
            return Err(ErrorCode::HandshakeHeadTooLarge);
        }
        self.push_field(FieldPlace { start: at, colon: at, end: at });
        Ok(())
    }

    fn push_field(&mut self, field: FieldPlace) {
        if self.fields.is_empty() {
            self.fields.reserve(FEW_FIELDS);
        }
        self.fields.push(field);
    }

    fn end_name(&mut self, at: usize) {
        if let Some(field) = self.fields.last_mut() {
            field.colon = at;
        }
    }

    fn end_field(&mut self, at: usize) {
        if let Some(field) = self.fields.last_mut() {
            field.end = at;
        }
    }
}

/// The field at the beginning of `input`, the byte `at` of a head, where it is there with its line end.
fn whole_field(input: &[u8], at: usize) -> Option<FieldPlace> {
    let name = run(input, is_token_byte);
    let value = input.get(name..)?.strip_prefix(b":").filter(|_| name > 0)?;
    let value_bytes = run_of_text(value);
    let colon = at + name;
    let field = FieldPlace { start: at, colon, end: colon + 1 + value_bytes };
    value.get(value_bytes..)?.starts_with(LINE_END).then_some(field)
}

#[cfg(test)]
mod tests;
