//! Sending on a connection: what is queued, what is written at once, and how much may wait.

use std::io::IoSlice;

use super::kit::Kit;
use super::link::Link;
use super::outbox::Outbox;
use super::parcel::{Delivery, Parcel};
use super::peer::{Intake, Life, Peer, Pressure, Writing};
use super::shown::Part;
use super::slots::Id;
use super::transfer::Transfer;
use crate::protocol::connection::{Choice, Connection, Context};
use crate::protocol::encoded_header::EncodedHeader;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::MAX_HEADER_BYTES;
use crate::protocol::opcode::MessageType;
use crate::protocol::time::Time;

/// From this size on a payload is written from where it lies, without being copied first.
pub(super) const IN_PLACE_BYTES: usize = 64 * 1024;

/// Parts of a message that are written from where they lie; more are copied.
const PARTS: usize = 14;

/// From this size on a payload that is lent is written from where it lies; below it a copy costs
/// less than keeping account.
const LENT_BYTES: usize = 4 * 1024;

impl<C> Peer<C> {
    /// Queues a message, or writes it at once if it is large.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` while a message leaves in pieces, `InvalidUtf8`,
    /// `OutOfMemory`, or `WouldExceed` if what waits has reached its limit and the system takes
    /// none of it; nothing is queued then.
    #[inline]
    pub(super) fn send(
        &mut self,
        kind: MessageType,
        choice: Choice,
        payload: &[u8],
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        self.connection.check_send(kind, payload)?;
        self.check_room(kit)?;
        if payload.len() >= IN_PLACE_BYTES {
            let length = payload.len();
            let header = |connection: &mut Connection, cx: &mut Context<'_>| {
                connection.header_in_place(kind, length, choice, cx)
            };
            let part = kit.shown.as_ref().and_then(|message| Part::of(message, payload));
            let is_sent = match part {
                Some(part) => self.send_on(header, part, kit)?,
                None => self.send_in_place(header, &[payload], kit)?,
            };
            if is_sent {
                return Ok(());
            }
        }
        self.with_connection(kit, |connection, cx| connection.send_as(kind, payload, choice, cx))
    }

    /// Queues a message that is a part of one that was received, from where it lies, and writes it at once.
    /// False if it has to be copied anyway.
    fn send_on(
        &mut self,
        header: impl FnOnce(&mut Connection, &mut Context<'_>) -> Option<EncodedHeader>,
        part: Part,
        kit: &mut Kit,
    ) -> Result<bool, ErrorCode> {
        let queued = self.with_connection(kit, |connection, cx| {
            let header = header(connection, cx)?;
            Some(cx.output.append(header.as_bytes()))
        });
        match (queued, &mut self.outbox) {
            (Some(queued), Some(outbox)) => queued.map(|()| outbox.stow_part(part))?,
            _ => return Ok(false),
        }
        self.flush(kit);
        Ok(true)
    }

    /// Queues a message that lies in several places, or writes it at once if it is large.
    ///
    /// # Errors
    ///
    /// As for [`Peer::send`].
    pub(super) fn send_parts(
        &mut self,
        kind: MessageType,
        parts: &[&[u8]],
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        let choice = Choice::BySize;
        self.connection.check_parts(kind, parts)?;
        self.check_room(kit)?;
        let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        if length >= IN_PLACE_BYTES {
            let header = |connection: &mut Connection, cx: &mut Context<'_>| {
                connection.header_in_place(kind, length, choice, cx)
            };
            if self.send_in_place(header, parts, kit)? {
                return Ok(());
            }
        }
        self.with_connection(kit, |connection, cx| connection.send_parts(kind, parts, choice, cx))
    }

    /// Queues a piece of the message that was begun, the last one if `fin`, or writes it at once
    /// if it is large.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` if no message was begun, `InvalidUtf8`, `OutOfMemory`,
    /// `WouldExceed`; nothing is queued then.
    pub(super) fn send_piece(
        &mut self,
        bytes: &[u8],
        fin: bool,
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        let piece = self.connection.check_piece(bytes, fin)?;
        self.check_room(kit)?;
        if bytes.len() >= IN_PLACE_BYTES {
            let length = bytes.len();
            let header = |connection: &mut Connection, cx: &mut Context<'_>| {
                connection.piece_in_place(&piece, length, cx)
            };
            if self.send_in_place(header, &[bytes], kit)? {
                self.connection.piece_sent(&piece);
                return Ok(());
            }
        }
        self.with_connection(kit, |connection, cx| connection.send_piece(bytes, fin, cx))
    }

    /// Queues the payload of a parcel as a message, from where it lies if that is worth it, and
    /// has the parcel delivered when it has been written. Limits do not count: see
    /// [`Peer::check_room`].
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState`, `InvalidUtf8`, `OutOfMemory`; nothing is queued then,
    /// and the parcel comes back.
    pub(super) fn send_parcel(
        &mut self,
        id: Id,
        kind: MessageType,
        choice: Choice,
        parcel: Box<dyn Parcel>,
        kit: &mut Kit,
    ) -> Result<(), (ErrorCode, Box<dyn Parcel>)> {
        let is_lent = match self.queue_lent(kind, choice, parcel.payload(), kit) {
            Ok(is_lent) => is_lent,
            Err(error) => return Err((error, parcel)),
        };
        match &mut self.outbox {
            Some(outbox) if is_lent => outbox.stow_payload(id, parcel),
            _ => self.note(id, parcel, kit),
        }
        Ok(())
    }

    /// Queues the header of a message whose payload stays where it lies, or, where it is short or
    /// must be masked, a copy of all of it; which of the two.
    fn queue_lent(
        &mut self,
        kind: MessageType,
        choice: Choice,
        payload: &[u8],
        kit: &mut Kit,
    ) -> Result<bool, ErrorCode> {
        self.connection.check_send(kind, payload)?;
        self.with_connection(kit, |connection, cx| {
            if payload.len() >= LENT_BYTES
                && let Some(header) = connection.header_in_place(kind, payload.len(), choice, cx)
            {
                return cx.output.append(header.as_bytes()).map(|()| true);
            }
            connection.send_as(kind, payload, choice, cx).map(|()| false)
        })
    }

    /// Has a parcel delivered when all that has been queued until now is written: at the next flush
    /// if it is already, so that an owner who sends again with each delivery lets the round end.
    pub(super) fn note(&mut self, id: Id, parcel: Box<dyn Parcel>, kit: &mut Kit) {
        if matches!(self.writing, Writing::Broken(_)) {
            kit.delivered.push_back(Delivery { id, parcel, result: Err(ErrorCode::Closed) });
            return;
        }
        self.outbox.get_or_insert_with(|| kit.outboxes.take()).stow_note(id, parcel);
    }

    /// Whether more may be queued.
    #[inline]
    pub(super) fn check_room(&mut self, kit: &mut Kit) -> Result<(), ErrorCode> {
        if (self.queued_bytes() as u64) < self.endpoint.options.max_queued_bytes {
            return Ok(());
        }
        self.flush(kit);
        if self.queued_bytes() as u64 >= self.endpoint.options.max_queued_bytes {
            self.set_pressure(Pressure::High, kit.now);
            return Err(ErrorCode::WouldExceed);
        }
        Ok(())
    }

    /// Writes what waits, a header and the parts of a payload in one system call, and queues what
    /// is left. False if the payload has to be copied anyway.
    fn send_in_place(
        &mut self,
        header: impl FnOnce(&mut Connection, &mut Context<'_>) -> Option<EncodedHeader>,
        parts: &[&[u8]],
        kit: &mut Kit,
    ) -> Result<bool, ErrorCode> {
        if !self.writes_in_place() || parts.len() > PARTS {
            return Ok(false);
        }
        let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let reserved = self.with_connection(kit, |connection, cx| {
            let header = header(connection, cx)?;
            // What the system does not take must find room, or nothing may be written.
            Some(cx.output.set_aside(length.saturating_add(MAX_HEADER_BYTES)).map(|()| header))
        });
        match reserved {
            None => Ok(false),
            Some(header) => self.write_past_queue(header?.as_bytes(), parts, kit).map(|()| true),
        }
    }

    /// Writes what waits, and then the header and the parts, for which room has been reserved.
    fn write_past_queue(
        &mut self,
        header: &[u8],
        parts: &[&[u8]],
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        let (Link::Up(stream), Some(outbox)) = (&mut self.link, &mut self.outbox) else {
            return Err(ErrorCode::NotOpen);
        };
        let output = &mut outbox.output;
        let waiting = output.len();
        let mut pieces = [IoSlice::new(&[]); PARTS + 2];
        let bytes = [output.unsent(), header].into_iter().chain(parts.iter().copied());
        pieces.iter_mut().zip(bytes).for_each(|(piece, bytes)| *piece = IoSlice::new(bytes));
        let written = match stream.write_vectored(&pieces) {
            Transfer::Bytes(count) => count,
            other => {
                self.writing = writing_after(other);
                0
            }
        };
        output.advance(written);
        let mut passed = written.saturating_sub(waiting);
        for bytes in [header].iter().chain(parts) {
            output.append(bytes.get(passed..).unwrap_or_default())?;
            passed = passed.saturating_sub(bytes.len());
        }
        if written > 0 {
            outbox.progress = kit.now;
        }
        if outbox.has_bytes() {
            self.flush(kit);
        }
        Ok(())
    }

    /// Whether a message may be written past the queue. A pong that is held would get in between,
    /// once the queue in front of it is empty.
    fn writes_in_place(&self) -> bool {
        let is_in_between = |outbox: &Outbox| {
            outbox.output.holds_pong() || (outbox.has_stowed() && outbox.has_bytes())
        };
        self.writing == Writing::Ready
            && matches!(&self.link, Link::Up(stream) if stream.tls().is_none())
            && !self.outbox.as_deref().is_some_and(is_in_between)
    }

    /// Writes as much of what waits as the system takes.
    pub(super) fn flush(&mut self, kit: &mut Kit) {
        if let (Link::Up(stream), Some(outbox)) = (&mut self.link, &mut self.outbox) {
            let mut wrote = false;
            let tries = self.writing == Writing::Ready;
            while self.writing == Writing::Ready && !outbox.is_empty() {
                match outbox.write_to(stream, &mut kit.joint, &mut kit.delivered) {
                    Transfer::Bytes(_) => wrote = true,
                    other => self.writing = writing_after(other),
                }
            }
            // The time of a stall begins with the first write that was refused; a system without
            // memory is not the peer's stalling, but only a write that was tried puts off the next.
            let is_short = tries && self.writing == Writing::Retry;
            if wrote || is_short || !outbox.output.is_congested() {
                outbox.progress = kit.now;
            }
            match self.writing {
                Writing::Broken(_) => outbox.give_up(&mut kit.delivered),
                _ if !outbox.is_empty() => outbox.output.set_congested(),
                _ => {}
            }
        }
        if !self.has_output() {
            if let Some(outbox) = self.outbox.take() {
                kit.outboxes.give_back(outbox);
                self.linger_from(kit.now);
            }
            self.connection.output_drained(kit.now);
        }
        self.measure_pressure(kit.now);
    }

    fn measure_pressure(&mut self, now: Time) {
        let above = self.queued_bytes() as u64 >= self.endpoint.half_queued_bytes;
        let pressure = match (self.pressure, above) {
            (_, true) => Pressure::High,
            (Pressure::High, false) => Pressure::Relieved,
            (other, false) => other,
        };
        self.set_pressure(pressure, now);
    }

    /// Notes how much waits. While that keeps this side from reading, silence says nothing about
    /// the peer.
    pub(super) fn set_pressure(&mut self, pressure: Pressure, now: Time) {
        // After the end nobody is told of anything.
        if self.life != Life::Live {
            return;
        }
        let before = std::mem::replace(&mut self.pressure, pressure);
        if !self.endpoint.options.pauses_while_queued {
            return;
        }
        match (before == Pressure::High, pressure == Pressure::High) {
            (false, true) => self.connection.suspend_liveness(),
            (true, false) if self.intake == Intake::Open => self.connection.resume_liveness(now),
            _ => {}
        }
    }

    /// Gives parcels back, as nothing is told of the connection any more after its end. Their
    /// bytes, which are no longer lent then, may still be written.
    pub(super) fn return_parcels(&mut self, kit: &mut Kit) {
        if let Some(outbox) = &mut self.outbox {
            outbox.take_over(&mut kit.delivered);
        }
    }

    /// Throws away what waits to be sent.
    pub(super) fn drop_output(&mut self, kit: &mut Kit) {
        if let Some(mut outbox) = self.outbox.take() {
            outbox.give_up(&mut kit.delivered);
            kit.outboxes.give_back(outbox);
        }
    }
}

/// What a write that moved nothing says about the next one.
pub(super) fn writing_after(transfer: Transfer) -> Writing {
    match transfer {
        Transfer::Bytes(_) => Writing::Ready,
        Transfer::WouldBlock => Writing::Blocked,
        Transfer::Retry => Writing::Retry,
        Transfer::End => Writing::Broken(libc::EPIPE),
        Transfer::Broken(number) => Writing::Broken(number),
        Transfer::Refused(_) => Writing::Broken(libc::EPROTO),
    }
}
