//! Sending on a connection: what is queued, what is written at once, and how much may wait.

use std::io::IoSlice;

use super::peer::{Intake, Kit, Life, Link, Peer, Pressure, Writing};
use super::socket::Transfer;
use crate::protocol::error::ErrorCode;
use crate::protocol::frame::MAX_HEADER_BYTES;
use crate::protocol::opcode::MessageType;
use crate::protocol::time::Time;

/// From this size on a payload is written from where it lies, without being copied first.
const IN_PLACE_BYTES: usize = 64 * 1024;

impl<C> Peer<C> {
    /// Queues a short message of a server, if nothing stands against it.
    #[inline(always)]
    pub(super) fn send_short(&mut self, kind: MessageType, payload: &[u8], now: Time) -> bool {
        let Some(outbox) = &mut self.outbox else {
            return false;
        };
        let has_room = (outbox.output.len() as u64) < self.endpoint.options.max_queued_bytes;
        has_room && self.connection.send_short(kind, payload, now, &mut outbox.output)
    }

    /// Queues a message, or writes it at once if it is large.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidUtf8`, `OutOfMemory`, or `WouldExceed` if what waits has
    /// reached its limit and the system takes none of it; nothing is queued then.
    #[inline]
    pub(super) fn send(
        &mut self,
        kind: MessageType,
        payload: &[u8],
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        self.connection.check_send(kind, payload)?;
        self.check_room(kit)?;
        if payload.len() >= IN_PLACE_BYTES && self.send_in_place(kind, payload, kit)? {
            return Ok(());
        }
        self.with_connection(kit, |connection, cx| connection.send(kind, payload, cx))
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

    /// Writes what waits, a header and the payload in one system call, and queues what is left.
    /// False if the payload has to be copied anyway.
    fn send_in_place(
        &mut self,
        kind: MessageType,
        payload: &[u8],
        kit: &mut Kit,
    ) -> Result<bool, ErrorCode> {
        // A pong that is held would get in between, once the queue in front of it is empty.
        let holds_pong = self.outbox.as_ref().is_some_and(|outbox| outbox.output.holds_pong());
        if self.writing != Writing::Ready || holds_pong || !matches!(self.link, Link::Up(_)) {
            return Ok(false);
        }
        let reserve = payload.len().saturating_add(MAX_HEADER_BYTES);
        let header = self.with_connection(kit, |connection, cx| {
            let header = connection.header_in_place(kind, payload.len(), cx)?;
            // What the system does not take must find room, or nothing may be written.
            Some(cx.output.reserve(reserve).map(|()| header))
        });
        let header = match header {
            None => return Ok(false),
            Some(header) => header.map_err(|_| ErrorCode::OutOfMemory)?,
        };
        let (Link::Up(stream), Some(outbox)) = (&self.link, &mut self.outbox) else {
            return Ok(false);
        };
        let output = &mut outbox.output;
        let waiting = output.len();
        let pieces = [output.unsent(), header.as_bytes(), payload].map(IoSlice::new);
        let written = match stream.write_vectored(&pieces) {
            Transfer::Bytes(count) => count,
            other => {
                self.writing = writing_after(other);
                0
            }
        };
        output.advance(written);
        let of_frame = written.saturating_sub(waiting);
        let of_payload = of_frame.saturating_sub(header.as_bytes().len());
        // Room for both has been reserved.
        output.append(header.as_bytes().get(of_frame..).unwrap_or_default())?;
        output.append(payload.get(of_payload..).unwrap_or_default())?;
        if written > 0 {
            outbox.progress = kit.now;
        }
        if self.has_output() {
            self.flush(kit);
        }
        Ok(true)
    }

    /// Writes as much of what waits as the system takes.
    pub(super) fn flush(&mut self, kit: &mut Kit) {
        if let (Link::Up(stream), Some(outbox)) = (&self.link, &mut self.outbox) {
            let mut wrote = false;
            let tries = self.writing == Writing::Ready;
            while self.writing == Writing::Ready && !outbox.output.is_empty() {
                match stream.write(outbox.output.unsent()) {
                    Transfer::Bytes(count) => {
                        outbox.output.advance(count);
                        wrote = true;
                    }
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
                Writing::Broken(_) => outbox.output.clear(),
                _ if !outbox.output.is_empty() => outbox.output.set_congested(),
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
        let half = self.endpoint.options.max_queued_bytes / 2;
        let above = self.queued_bytes() as u64 >= half.max(1);
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

    /// Throws away what waits to be sent.
    pub(super) fn drop_output(&mut self, kit: &mut Kit) {
        if let Some(outbox) = self.outbox.take() {
            kit.outboxes.give_back(outbox);
        }
    }
}

/// What a write that moved nothing says about the next one.
fn writing_after(transfer: Transfer) -> Writing {
    match transfer {
        Transfer::Bytes(_) => Writing::Ready,
        Transfer::WouldBlock => Writing::Blocked,
        Transfer::Retry => Writing::Retry,
        Transfer::End => Writing::Broken(libc::EPIPE),
        Transfer::Broken(number) => Writing::Broken(number),
    }
}
