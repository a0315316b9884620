//! A message that does not lie whole in the receive buffer: fragmented, or still on its way.

use super::buffer::Buffer;
use super::coding::Coding;
use super::deflate::streams::INFLATER_BYTES;
use super::error::ErrorCode;
use super::frame::FrameHeader;
use super::mask;
use super::opcode::MessageType;
use super::pool::Pooled;
use super::settings::Limits;
use super::utf8::Utf8Stream;

/// Bytes of message that excuse one more fragment.
const BYTES_A_FRAGMENT: u64 = 16;

/// A message while it is put together.
#[derive(Debug)]
pub struct Assembly {
    kind: MessageType,
    buffer: Buffer,
    utf8: Utf8Stream,
    /// Bytes of payload that have come.
    received: u64,
    frames: u32,
    frame: FrameRest,
    /// Whether a piece has been reported.
    is_reported: bool,
    coding: Coding,
    /// Bytes that were inflated and are not in the buffer any more.
    handed_over: u64,
    /// Bytes that were inflated before the current frame.
    before_frame: u64,
}

impl Default for Assembly {
    fn default() -> Assembly {
        Assembly {
            kind: MessageType::Binary,
            buffer: Buffer::default(),
            utf8: Utf8Stream::default(),
            received: 0,
            frames: 0,
            frame: FrameRest::default(),
            is_reported: false,
            coding: Coding::Plain,
            handed_over: 0,
            before_frame: 0,
        }
    }
}

/// Where in its message a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkPlace {
    /// Nothing of the message was reported before.
    pub is_first: bool,
    /// Nothing of it follows.
    pub is_last: bool,
}

impl Pooled for Assembly {
    fn occupied_bytes(&self) -> usize {
        self.buffer.occupied_bytes()
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.utf8 = Utf8Stream::default();
        self.received = 0;
        self.frame = FrameRest::default();
        self.is_reported = false;
        self.handed_over = 0;
        self.before_frame = 0;
    }
}

/// What is left of the frame that is being received.
#[derive(Debug, Clone, Copy, Default)]
struct FrameRest {
    bytes: u64,
    /// Bytes of the whole frame, with its header.
    size: u64,
    key: [u8; 4],
    fin: bool,
}

impl Assembly {
    /// Begins a message with the frame `header`.
    pub fn begin(&mut self, kind: MessageType, coding: Coding, header: &FrameHeader) {
        self.kind = kind;
        self.coding = coding;
        self.frames = 1;
        self.frame = FrameRest::of(header);
    }

    /// What its frames carry.
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// Bytes of payload up to the end of the current frame, whether they have come or not, as they
    /// are on the wire: the same however the frame is cut on its way.
    pub fn declared(&self) -> u64 {
        self.received.saturating_add(self.frame.bytes)
    }

    /// Bytes that were inflated.
    fn inflated(&self) -> u64 {
        self.handed_over + self.buffer.len() as u64
    }

    /// How many bytes the message may have come to at the end of its current frame.
    pub fn frame_limit(&self, max_inflated_frame_bytes: u64) -> u64 {
        self.before_frame.saturating_add(max_inflated_frame_bytes)
    }

    /// How many of so many bytes of message may be in the buffer.
    pub fn limit_of_buffer(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.handed_over)
    }

    /// Unmasks payload of the current frame, at most what is missing.
    pub fn unmask(&mut self, piece: &mut [u8]) {
        mask::apply(piece, self.frame.key);
        self.pass(piece.len());
    }

    /// Lets `inflate` append to the message, and checks what it has appended.
    ///
    /// # Errors
    ///
    /// Those of `inflate`, and `TextUtf8` at the first impossible byte.
    pub fn fill(
        &mut self,
        inflate: impl FnOnce(&mut Buffer) -> Result<(), ErrorCode>,
    ) -> Result<(), ErrorCode> {
        let from = self.buffer.len();
        inflate(&mut self.buffer)?;
        let new = self.buffer.as_slice().get(from..).unwrap_or_default();
        Assembly::check(&mut self.utf8, self.kind, new)
    }

    /// Moves what has been inflated into `chunk`; returns where in the message it stands.
    pub fn hand_over(&mut self, chunk: &mut Assembly) -> ChunkPlace {
        self.handed_over += self.buffer.len() as u64;
        std::mem::swap(&mut self.buffer, &mut chunk.buffer);
        let is_first = !std::mem::replace(&mut self.is_reported, true);
        ChunkPlace { is_first, is_last: self.is_complete() }
    }

    /// Goes on with the frame `header`, whose size [`Assembly::admit`] has passed.
    pub fn continue_with(&mut self, header: &FrameHeader) {
        self.before_frame = self.inflated();
        self.frames = self.frames.saturating_add(1);
        self.frame = FrameRest::of(header);
    }

    /// Whether a continuation frame may be added.
    ///
    /// # Errors
    ///
    /// `MessageTooBig` from the declared length alone, `TooManyFragments`.
    pub fn admit(&self, header: &FrameHeader, limits: &Limits) -> Result<(), ErrorCode> {
        let total = self.received.checked_add(header.length).ok_or(ErrorCode::MessageTooBig)?;
        if total > self.coding.max_bytes(limits) {
            return Err(ErrorCode::MessageTooBig);
        }
        let excused = u64::from(limits.max_fragments) + total / BYTES_A_FRAGMENT;
        if u64::from(self.frames) >= excused {
            return Err(ErrorCode::TooManyFragments);
        }
        Ok(())
    }

    /// Bytes of the current frame that have not come yet.
    pub fn missing(&self) -> u64 {
        self.frame.bytes
    }

    /// Whether the current frame has not been dealt with: its payload is missing, or it ends the
    /// message.
    pub fn is_in_frame(&self) -> bool {
        self.frame.bytes > 0 || self.frame.fin
    }

    /// Bytes of the current frame, with its header, whether they have come or not.
    pub fn frame_bytes(&self) -> u64 {
        self.frame.size
    }

    /// Bytes of memory that the message pins, with the stream that inflates it.
    pub fn pinned_bytes(&self) -> usize {
        let of_stream = match self.coding {
            Coding::Plain => 0,
            Coding::Deflated => INFLATER_BYTES,
        };
        self.buffer.capacity() + of_stream
    }

    /// Whether the last frame has come whole.
    pub fn is_complete(&self) -> bool {
        self.frame.bytes == 0 && self.frame.fin
    }

    /// Takes in masked payload of the current frame, at most what is missing.
    ///
    /// # Errors
    ///
    /// `TextUtf8` at the first impossible byte, `OutOfMemory`.
    pub fn append(&mut self, piece: &[u8]) -> Result<(), ErrorCode> {
        let place = self.buffer.append(piece, self.frame.bytes)?;
        mask::apply(place, self.frame.key);
        let checked = Assembly::check(&mut self.utf8, self.kind, place);
        self.pass(piece.len());
        checked
    }

    /// Unmasks and checks payload of the current frame where it lies, at most what is missing;
    /// nothing of it is kept. Returns where in the message it stands.
    ///
    /// # Errors
    ///
    /// `TextUtf8` at the first impossible byte, or where the text ends inside a character.
    pub fn look_at(&mut self, piece: &mut [u8]) -> Result<ChunkPlace, ErrorCode> {
        mask::apply(piece, self.frame.key);
        Assembly::check(&mut self.utf8, self.kind, piece)?;
        self.pass(piece.len());
        let is_last = self.is_complete();
        if is_last && !self.may_end() {
            return Err(ErrorCode::TextUtf8);
        }
        let is_first = !std::mem::replace(&mut self.is_reported, true);
        Ok(ChunkPlace { is_first, is_last })
    }

    /// `count` bytes have come.
    fn pass(&mut self, count: usize) {
        self.received += count as u64;
        self.frame.pass(count);
    }

    /// Room into which the transport may read payload of the current frame.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub fn room(&mut self) -> Result<&mut [u8], ErrorCode> {
        self.buffer.room(self.frame.bytes)
    }

    /// The transport has read `count` bytes into the room.
    ///
    /// # Errors
    ///
    /// `TextUtf8` at the first impossible byte.
    pub fn commit(&mut self, count: usize) -> Result<(), ErrorCode> {
        let piece = self.buffer.commit(count);
        mask::apply(piece, self.frame.key);
        let len = piece.len();
        let checked = Assembly::check(&mut self.utf8, self.kind, piece);
        self.pass(len);
        checked
    }

    /// Whether the content may end here: a text not inside a character.
    pub fn may_end(&self) -> bool {
        self.kind == MessageType::Binary || self.utf8.is_complete()
    }

    /// The type of the message.
    pub fn kind(&self) -> MessageType {
        self.kind
    }

    /// What has come of the message.
    pub fn as_slice(&self) -> &[u8] {
        self.buffer.as_slice()
    }

    fn check(utf8: &mut Utf8Stream, kind: MessageType, piece: &[u8]) -> Result<(), ErrorCode> {
        match kind {
            MessageType::Text => utf8.push(piece).map_err(|_| ErrorCode::TextUtf8),
            MessageType::Binary => Ok(()),
        }
    }
}

impl FrameRest {
    fn of(header: &FrameHeader) -> FrameRest {
        let FrameHeader { length: bytes, key, fin, .. } = *header;
        FrameRest { bytes, size: header.frame_bytes(), key, fin }
    }

    /// `count` bytes have come: fewer are missing, and the key turns with them.
    fn pass(&mut self, count: usize) {
        self.bytes = self.bytes.saturating_sub(count as u64);
        self.key = mask::rotate(self.key, count);
    }
}
