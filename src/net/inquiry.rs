//! What an owner can ask of a connection by its id, and what it attaches to it. Nothing here changes
//! what the connection does.

use super::endpoint::Host;
use super::event_loop::EventLoop;
use super::link::Link;
use super::operations::live;
use super::slots::Id;
use super::tls_facts::TlsFacts;
use super::turn::Turn;
use crate::protocol::connection::CloseState;
use crate::protocol::deflate::terms::Direction;
use crate::protocol::error::ErrorCode;
use crate::protocol::stage_times::StageTimes;
use crate::protocol::version::Version;

/// How far a connection has come, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not made yet, but waits to come back.
    Waiting,
    /// The name is being looked up.
    Resolving,
    /// An address is being tried.
    Connecting,
    /// A proxy is asked for the way.
    Proxy,
    /// Both sides agree on keys.
    Tls,
    /// The opening handshake has not ended.
    Handshake,
    /// Messages pass.
    Open,
    /// A Close frame has passed.
    Closing,
    /// It has ended, and its end will be reported.
    Closed,
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Bytes that wait to be sent.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn queued_bytes(&mut self, id: Id) -> Result<usize, ErrorCode> {
        // In its turn the output of most connections is kept at hand, where it may stay.
        if let Some(turn) = &self.turn
            && turn.id == id
            && let Some(outbox) = self.slots.held_part()
        {
            return Ok(outbox.len());
        }
        Ok(live(self.slots.get_mut(id))?.queued_bytes())
    }

    /// How far a connection has come.
    ///
    /// # Errors
    ///
    /// `NotFound`, also after its end has been reported.
    pub fn state(&self, id: Id) -> Result<State, ErrorCode> {
        let peer = self.peer(id)?;
        let connection = &peer.connection;
        Ok(match connection.close_state() {
            CloseState::Closed => State::Closed,
            CloseState::CloseSent | CloseState::CloseReceived => State::Closing,
            CloseState::Open if peer.link.waits_until().is_some() => State::Waiting,
            CloseState::Open if peer.link.is_resolving() => State::Resolving,
            CloseState::Open if peer.link.is_asking_proxy() => State::Proxy,
            CloseState::Open if peer.link.is_securing() => State::Tls,
            CloseState::Open if matches!(peer.link, Link::Pending(_)) => State::Connecting,
            CloseState::Open if connection.is_opening() && !connection.is_agreed() => {
                State::Handshake
            }
            CloseState::Open => State::Open,
        })
    }

    /// What was agreed on for a connection through TLS, once its handshake has ended; `None` for a
    /// plain one.
    ///
    /// # Errors
    ///
    /// `NotFound`, also after its end has been reported.
    pub fn tls_facts(&self, id: Id) -> Result<Option<TlsFacts<'_>>, ErrorCode> {
        Ok(match &self.peer(id)?.link {
            Link::Up(stream) => stream.tls().and_then(|stream| stream.facts()),
            Link::Pending(_) | Link::Down => None,
        })
    }

    /// How long a connection has been at each stage of its opening; known until the turn ends in which it
    /// was reported as open.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `InvalidState` when it has been forgotten.
    pub fn stage_times(&self, id: Id) -> Result<StageTimes, ErrorCode> {
        if let Some(times) = self.peer(id)?.connection.stage_times(self.kit.now) {
            return Ok(times);
        }
        let has_opened = |turn: &Turn| turn.id == id && turn.has_opened;
        match self.turn.as_ref().is_some_and(has_opened) {
            true => Ok(self.opened_times),
            false => Err(ErrorCode::InvalidState),
        }
    }

    /// How far the closing handshake of a connection has come.
    ///
    /// # Errors
    ///
    /// `NotFound`, also after its end has been reported.
    pub fn close_state(&self, id: Id) -> Result<CloseState, ErrorCode> {
        Ok(self.peer(id)?.connection.close_state())
    }

    /// What the owner attached to a connection.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn user(&self, id: Id) -> Result<usize, ErrorCode> {
        Ok(self.peer(id)?.user)
    }

    /// Attaches something to a connection.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn set_user(&mut self, id: Id, user: usize) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        live(self.slots.at_mut(index))?.user = user;
        Ok(())
    }

    /// The subprotocol that was agreed on.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn subprotocol(&self, id: Id) -> Result<Option<&str>, ErrorCode> {
        Ok(self.peer(id)?.connection.subprotocol())
    }

    /// The version that was agreed on.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `NotOpen` before the opening handshake has ended.
    pub fn version(&self, id: Id) -> Result<Version, ErrorCode> {
        let connection = &self.peer(id)?.connection;
        if connection.is_opening() && !connection.is_agreed() {
            return Err(ErrorCode::NotOpen);
        }
        Ok(connection.version())
    }

    /// How this side's messages and the peer's are compressed, if that was agreed on.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn compression(&self, id: Id) -> Result<Option<(Direction, Direction)>, ErrorCode> {
        Ok(self.peer(id)?.connection.compression_of_sides())
    }

    /// This side's address; empty while there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn local_address(&self, id: Id) -> Result<String, ErrorCode> {
        match &self.peer(id)?.link {
            Link::Up(stream) => Ok(stream.local_address().unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }
}
