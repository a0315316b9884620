//! One direction of a simulated connection: which bytes are under way, in which pieces, and when
//! they arrive.
//!
//! It knows neither of its ends and reads no clock: the time is an argument.

use std::collections::VecDeque;

use super::super::transfer::Transfer;
use crate::protocol::time::Time;

/// How bytes travel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Travel {
    /// So many arrive at once, and the next ones after them; 0 is any number.
    pub(super) piece_bytes: u32,
    /// How long a piece is under way, in milliseconds.
    pub(super) delay_ms: u32,
    /// How many bytes may be under way, or wait to be read.
    pub(super) capacity_bytes: usize,
}

impl Default for Travel {
    fn default() -> Travel {
        Travel { piece_bytes: 0, delay_ms: 0, capacity_bytes: 256 * 1024 }
    }
}

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) travel: Travel,
    bytes: VecDeque<u8>,
    /// How the bytes are cut, in the order in which they arrive.
    pieces: VecDeque<Piece>,
    last_arrival: Time,
    end: End,
    is_frozen: bool,
}

/// Bytes that arrive together.
#[derive(Debug)]
struct Piece {
    at: Time,
    len: usize,
    /// Whether one read takes nothing beyond it.
    stands_alone: bool,
}

/// Whether more can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    /// The writer has stopped, which arrives then.
    Stopped(Time),
    /// The connection is broken, with this error number.
    Broken(i32),
}

impl Line {
    pub(super) fn new(travel: Travel) -> Line {
        Line {
            travel,
            bytes: VecDeque::new(),
            pieces: VecDeque::new(),
            last_arrival: Time::default(),
            end: End::Open,
            is_frozen: false,
        }
    }

    /// Takes what there is room for; how much. `announce` is told the moments at which it arrives.
    pub(super) fn send(
        &mut self,
        bytes: &[u8],
        now: Time,
        announce: impl FnMut(Time),
    ) -> Result<usize, i32> {
        match self.end {
            End::Open => {}
            End::Stopped(_) => return Err(libc::EPIPE),
            End::Broken(number) => return Err(number),
        }
        let room = self.travel.capacity_bytes.saturating_sub(self.bytes.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.carry(taken, now, announce);
        Ok(taken.len())
    }

    /// Takes all of it, whether or not there is room.
    pub(super) fn carry(&mut self, bytes: &[u8], now: Time, mut announce: impl FnMut(Time)) {
        let Travel { piece_bytes, delay_ms, .. } = self.travel;
        let piece_bytes = if piece_bytes == 0 { bytes.len() } else { piece_bytes as usize };
        for piece in bytes.chunks(piece_bytes.max(1)) {
            let stands_alone = self.travel.piece_bytes != 0;
            // Pieces go one after another; without them only the order is kept.
            let at = match stands_alone {
                true => self.last_arrival.max(now).after_ms(delay_ms),
                false => self.last_arrival.max(now.after_ms(delay_ms)),
            };
            self.bytes.extend(piece);
            self.pieces.push_back(Piece { at, len: piece.len(), stands_alone });
            self.last_arrival = at;
            announce(at);
        }
    }

    /// Nothing more will be sent; when that arrives.
    pub(super) fn stop(&mut self, now: Time) -> Option<Time> {
        if self.end != End::Open {
            return None;
        }
        self.last_arrival = self.last_arrival.max(now.after_ms(self.travel.delay_ms));
        self.end = End::Stopped(self.last_arrival);
        Some(self.last_arrival)
    }

    /// Breaks the connection: what has not arrived is lost.
    pub(super) fn break_with(&mut self, number: i32, now: Time) {
        let arrived = self.arrived_pieces(now);
        self.pieces.truncate(arrived);
        self.bytes.truncate(self.pieces.iter().map(|piece| piece.len).sum());
        self.end = End::Broken(number);
        self.is_frozen = false;
    }

    /// Nobody reads any more.
    pub(super) fn forget(&mut self) {
        self.bytes.clear();
        self.pieces.clear();
    }

    pub(super) fn set_frozen(&mut self, is_frozen: bool) {
        self.is_frozen = is_frozen;
    }

    /// Reads what has arrived, at most one piece.
    pub(super) fn read(&mut self, buffer: &mut [u8], now: Time) -> Transfer {
        let mut count = 0;
        while let Some(piece) = self.pieces.front_mut() {
            let has_arrived = piece.at <= now && !self.is_frozen;
            let waits_for_own_read = piece.stands_alone && count > 0;
            if !has_arrived || waits_for_own_read || count == buffer.len() {
                break;
            }
            let len = piece.len.min(buffer.len() - count);
            let place = buffer.get_mut(count..count + len).unwrap_or_default();
            for (to, from) in place.iter_mut().zip(self.bytes.drain(..len)) {
                *to = from;
            }
            count += len;
            piece.len -= len;
            let was_alone = piece.stands_alone;
            if piece.len == 0 {
                self.pieces.pop_front();
            }
            if was_alone {
                break;
            }
        }
        match self.end {
            _ if count > 0 => Transfer::Bytes(count),
            End::Broken(number) => Transfer::Broken(number),
            End::Stopped(_) if self.has_ended(now) => Transfer::End,
            _ => Transfer::WouldBlock,
        }
    }

    /// Whether the reader can know that nothing more comes: all before it has arrived too.
    pub(super) fn has_ended(&self, now: Time) -> bool {
        match self.end {
            End::Open => false,
            End::Stopped(at) => at <= now && !self.is_frozen,
            End::Broken(_) => true,
        }
    }

    /// The error number that the connection broke with.
    pub(super) fn broken(&self) -> Option<i32> {
        match self.end {
            End::Broken(number) => Some(number),
            End::Open | End::Stopped(_) => None,
        }
    }

    /// Whether a write would find room.
    pub(super) fn has_room(&self) -> bool {
        self.bytes.len() < self.travel.capacity_bytes
    }

    fn arrived_pieces(&self, now: Time) -> usize {
        match self.is_frozen {
            true => 0,
            false => self.pieces.partition_point(|piece| piece.at <= now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Time {
        Time::from_micros(ms * 1000)
    }

    fn line(piece_bytes: u32, delay_ms: u32, capacity_bytes: usize) -> Line {
        Line::new(Travel { piece_bytes, delay_ms, capacity_bytes })
    }

    /// Sends, and gives back how much was taken and when it arrives, in milliseconds.
    fn send(line: &mut Line, bytes: &[u8], now_ms: u64) -> (Result<usize, i32>, Vec<u64>) {
        let mut arrivals = Vec::new();
        let sent = line.send(bytes, at(now_ms), |at| arrivals.push(at.millis()));
        (sent, arrivals)
    }

    /// What one read finds.
    fn read(line: &mut Line, now_ms: u64) -> Result<Vec<u8>, Transfer> {
        let mut buffer = [0; 8];
        match line.read(&mut buffer, at(now_ms)) {
            Transfer::Bytes(count) => Ok(buffer[..count].to_vec()),
            other => Err(other),
        }
    }

    #[test]
    fn bytes_without_pieces_take_the_delay_and_are_read_together() {
        let mut line = line(0, 10, 100);
        assert_eq!(send(&mut line, b"ab", 0), (Ok(2), vec![10]));
        assert_eq!(send(&mut line, b"cd", 5), (Ok(2), vec![15]));
        assert_eq!(read(&mut line, 9), Err(Transfer::WouldBlock));
        assert_eq!(read(&mut line, 10), Ok(b"ab".to_vec()));
        assert_eq!(send(&mut line, b"ef", 15), (Ok(2), vec![25]));
        assert_eq!(read(&mut line, 30), Ok(b"cdef".to_vec()));
    }

    #[test]
    fn pieces_follow_each_other_and_are_read_one_by_one() {
        let mut line = line(2, 10, 100);
        assert_eq!(send(&mut line, b"abcde", 0), (Ok(5), vec![10, 20, 30]));
        assert_eq!(send(&mut line, b"f", 1), (Ok(1), vec![40]));
        assert_eq!(line.stop(at(1)), Some(at(40)));
        for want in ["ab", "cd", "e", "f"] {
            assert_eq!(read(&mut line, 50), Ok(want.into()));
        }
        assert_eq!(read(&mut line, 50), Err(Transfer::End));
    }

    #[test]
    fn a_shorter_delay_overtakes_nothing() {
        let mut line = line(0, 10, 100);
        assert_eq!(send(&mut line, b"ab", 0).0, Ok(2));
        line.travel.delay_ms = 0;
        assert_eq!(send(&mut line, b"cd", 1), (Ok(2), vec![10]));
        assert_eq!(line.stop(at(2)), Some(at(10)));
        assert_eq!(line.stop(at(3)), None);
        assert!(!line.has_ended(at(9)));
        assert!(line.has_ended(at(10)));
        assert_eq!(send(&mut line, b"x", 11).0, Err(libc::EPIPE));
    }

    #[test]
    fn a_line_takes_what_it_holds_until_somebody_reads() {
        let mut line = line(0, 0, 3);
        assert_eq!(send(&mut line, b"abcde", 0).0, Ok(3));
        assert_eq!(send(&mut line, b"de", 0), (Ok(0), vec![]));
        assert!(!line.has_room());
        assert_eq!(read(&mut line, 0), Ok(b"abc".to_vec()));
        assert!(line.has_room());
        line.carry(b"defghij", at(0), |_| {});
        assert_eq!(read(&mut line, 0), Ok(b"defghij".to_vec()));
    }

    #[test]
    fn of_a_frozen_line_nothing_arrives_until_it_thaws() {
        let mut line = line(0, 0, 100);
        assert_eq!(send(&mut line, b"ab", 0).0, Ok(2));
        line.stop(at(0));
        line.set_frozen(true);
        assert_eq!(read(&mut line, 99), Err(Transfer::WouldBlock));
        line.set_frozen(false);
        assert_eq!(read(&mut line, 99), Ok(b"ab".to_vec()));
        assert_eq!(read(&mut line, 99), Err(Transfer::End));
    }

    #[test]
    fn what_had_arrived_is_read_before_the_break() {
        let mut line = line(0, 10, 100);
        assert_eq!(send(&mut line, b"ab", 0).0, Ok(2));
        assert_eq!(send(&mut line, b"cd", 5).0, Ok(2));
        line.break_with(libc::ECONNRESET, at(10));
        assert_eq!(line.broken(), Some(libc::ECONNRESET));
        assert_eq!(read(&mut line, 20), Ok(b"ab".to_vec()));
        assert_eq!(read(&mut line, 20), Err(Transfer::Broken(libc::ECONNRESET)));
        assert_eq!(send(&mut line, b"x", 20).0, Err(libc::ECONNRESET));
        assert_eq!(line.stop(at(20)), None);
    }
}
