//! What a driver sends: requests answered, messages, the closing handshake; and the output, which its
//! user writes.

use super::Driver;
use crate::protocol::close::CloseFrame;
use crate::protocol::connection::{Choice, Connection, Context, KeySource, Prepared};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::handshake::offer::select_subprotocol;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::opcode::MessageType;
use crate::protocol::output::Output;

impl<K: KeySource> Driver<K> {
    /// All that waits to be written.
    pub fn output(&self) -> &[u8] {
        self.output.unsent()
    }

    /// So much of the output has been written.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: there is less.
    pub fn output_written(&mut self, count: usize) -> Result<(), ErrorCode> {
        if count > self.output.len() {
            return Err(ErrorCode::InvalidArgument);
        }
        if count > 0 {
            self.progress = self.now;
        }
        self.output.advance(count);
        if self.output.is_empty() {
            // An idle connection owns no memory for output.
            self.output = Output::default();
            self.connection.output_drained(self.now);
        } else {
            self.output.set_congested();
        }
        self.weigh_silence();
        Ok(())
    }

    pub(super) fn drop_output(&mut self) {
        self.output = Output::default();
    }

    /// Client: queues the request. `nonce` must be fresh and random (RFC 6455 section 4.1).
    pub fn start_request(&mut self, nonce: [u8; 16]) {
        self.with_connection(|connection, cx| connection.start_request(nonce, cx));
    }

    /// Client: reports the request, to be changed and given to [`Driver::send_request`].
    pub fn announce_request(&mut self) {
        self.with_connection(|connection, _| connection.announce_request());
    }

    /// Client: queues the request that was reported, as it is now. `nonce` is as for
    /// [`Driver::start_request`].
    ///
    /// # Errors
    ///
    /// `InvalidState`, `Closed`.
    pub fn send_request(
        &mut self,
        request: &ClientRequest,
        nonce: [u8; 16],
    ) -> Result<(), ErrorCode> {
        self.with_connection(|connection, cx| connection.send_request(request, nonce, cx))
    }

    /// Accepts the request that waits, with the first of these subprotocols that the client offers.
    ///
    /// # Errors
    ///
    /// `InvalidState`, `Closed`.
    pub fn accept_first(
        &mut self,
        subprotocols: &[Box<str>],
        fields: &Fields,
    ) -> Result<(), ErrorCode> {
        self.with_connection(|connection, cx| {
            let chosen = select_subprotocol(connection.offer()?, subprotocols);
            connection.accept(chosen, fields, cx)
        })
    }

    /// Accepts the request that waits, with the subprotocol and the fields of a reply.
    ///
    /// # Errors
    ///
    /// `InvalidState`, `Closed`, `SubprotocolNotOffered`.
    pub fn accept(&mut self, reply: &Reply) -> Result<(), ErrorCode> {
        self.with_connection(|connection, cx| {
            connection.accept(reply.subprotocol(), reply.headers(), cx)
        })
    }

    /// Answers the request that waits with an ordinary response.
    ///
    /// # Errors
    ///
    /// `InvalidState`, `Closed`, `OutOfMemory`.
    pub fn respond(&mut self, reply: &Reply) -> Result<(), ErrorCode> {
        self.with_connection(|connection, cx| connection.respond(reply, cx))
    }

    /// Queues a message.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidUtf8`, `OutOfMemory`, `WouldExceed` if as much waits as may.
    pub fn send(&mut self, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        self.connection.check_send(kind, payload)?;
        self.queue(|connection, cx| connection.send(kind, payload, cx))
    }

    /// Queues a message that was prepared.
    ///
    /// # Errors
    ///
    /// As [`Driver::send`], without `InvalidUtf8`.
    pub fn send_prepared(&mut self, message: &Prepared) -> Result<(), ErrorCode> {
        self.connection.check_send(MessageType::Binary, &[])?;
        self.queue(|connection, cx| connection.send_prepared(message, cx))
    }

    /// Begins a message whose pieces follow.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState` while another one leaves in pieces.
    pub fn begin_message(&mut self, kind: MessageType, choice: Choice) -> Result<(), ErrorCode> {
        self.connection.begin_message(kind, choice)
    }

    /// Queues a piece of the message that was begun, the last one if `fin`.
    ///
    /// # Errors
    ///
    /// As [`Driver::send`], and `InvalidState` if no message was begun.
    pub fn send_piece(&mut self, bytes: &[u8], fin: bool) -> Result<(), ErrorCode> {
        self.connection.check_piece(bytes, fin)?;
        self.queue(|connection, cx| connection.send_piece(bytes, fin, cx))
    }

    /// Queues a ping; the pong that answers it is reported.
    ///
    /// # Errors
    ///
    /// As [`Driver::send`], and `TooLong`.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), ErrorCode> {
        self.queue(|connection, cx| connection.ping(payload, cx))
    }

    /// Queues a pong.
    ///
    /// # Errors
    ///
    /// As [`Driver::ping`].
    pub fn pong(&mut self, payload: &[u8]) -> Result<(), ErrorCode> {
        self.queue(|connection, cx| connection.pong(payload, cx))
    }

    /// Begins the closing handshake, or gives up a connection that is not open yet.
    ///
    /// # Errors
    ///
    /// `Closed`, `OutOfMemory`.
    pub fn close(&mut self, frame: CloseFrame) -> Result<(), ErrorCode> {
        self.with_connection(|connection, cx| connection.close(frame, cx))?;
        // The peer's Close frame has to be read.
        self.resume();
        Ok(())
    }

    /// Ends the connection at once; what waits is thrown away.
    ///
    /// # Errors
    ///
    /// `Closed`: it has ended already.
    pub fn abort(&mut self) -> Result<(), ErrorCode> {
        if self.connection.has_ended() {
            return Err(ErrorCode::Closed);
        }
        self.connection.abort(ErrorCode::Cancelled);
        self.drop_output();
        Ok(())
    }

    /// Queues something, unless as much waits as may.
    fn queue(
        &mut self,
        work: impl FnOnce(&mut Connection, &mut Context<'_>) -> Result<(), ErrorCode>,
    ) -> Result<(), ErrorCode> {
        if self.output.len() as u64 >= self.limits.max_queued_bytes {
            return Err(ErrorCode::WouldExceed);
        }
        self.with_connection(work)
    }
}
