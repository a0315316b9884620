//! What other threads ask of a loop: a bounded queue and the means to wake it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Waker;

use super::broadcast::Audience;
use super::parcel::Parcel;
use super::slots::Id;
use crate::protocol::close::CloseFrame;
use crate::protocol::connection::{Choice, Prepared};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::opcode::MessageType;

/// Bytes of payload that may wait in a mailbox.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Bytes of payload that may wait in a mailbox for one connection before a further one is refused.
const MAX_SHARE_BYTES: usize = 1024 * 1024;

/// Commands that may wait in a mailbox.
const MAX_COMMANDS: usize = 64 * 1024;

/// One thing to be done on the loop's thread.
#[derive(Debug)]
pub enum Command<A> {
    /// Send a message.
    Send(Id, MessageType, Box<[u8]>),
    /// Send the payload of a parcel as a message.
    SendParcel(Id, MessageType, Choice, Box<dyn Parcel>),
    /// Send a message that was prepared, perhaps with a parcel that is delivered after it.
    SendPrepared(Id, Arc<Prepared>, Option<Box<dyn Parcel>>),
    /// Send one to all open connections.
    Broadcast(Arc<Prepared>, Audience),
    /// Send a ping.
    Ping(Id, Box<[u8]>),
    /// Send a pong.
    Pong(Id, Box<[u8]>),
    /// Begin to close.
    Close(Id, CloseFrame),
    /// End without closing.
    Abort(Id),
    /// Let a client in; the reply holds the subprotocol and the fields.
    Accept(Id, Box<Reply>),
    /// Answer a request otherwise.
    Respond(Id, Box<Reply>),
    /// Hand the action back to the loop's owner.
    Post(A),
}

/// The side of a loop that other threads see.
#[derive(Debug)]
pub struct Mailbox<A> {
    queue: Mutex<Queue<A>>,
    waker: Arc<Waker>,
    /// Whether a wake is on its way, so that a thousand commands cost one system call.
    awake: AtomicBool,
    stop: AtomicBool,
}

#[derive(Debug)]
struct Queue<A> {
    commands: VecDeque<Command<A>>,
    bytes: usize,
    /// How many of the bytes are for which connection.
    shares: HashMap<Id, usize>,
    /// Connections of which a send was refused since the commands were taken.
    refused: HashSet<Id>,
    /// Connections that have as much to send as they may have.
    congested: HashSet<Id>,
    /// Whether the loop has come to its end and takes nothing more.
    is_shut: bool,
}

impl<A> Mailbox<A> {
    pub(super) fn new(waker: Arc<Waker>) -> Mailbox<A> {
        let queue = Queue {
            commands: VecDeque::new(),
            bytes: 0,
            shares: HashMap::new(),
            refused: HashSet::new(),
            congested: HashSet::new(),
            is_shut: false,
        };
        let (awake, stop) = (AtomicBool::new(false), AtomicBool::new(false));
        Mailbox { queue: Mutex::new(queue), waker, awake, stop }
    }

    /// Leaves a command and wakes the loop.
    ///
    /// # Errors
    ///
    /// `WouldExceed` if the mailbox is full, or its connection has too much to send already;
    /// `LoopFreed` after [`Mailbox::shut`].
    pub fn put(&self, command: Command<A>) -> Result<(), ErrorCode> {
        self.lock().put(command)?;
        self.wake_once();
        Ok(())
    }

    /// Makes the loop's wait return. Safe in a signal handler.
    pub fn wake(&self) {
        // It fails only if the system has no memory for eight bytes; then nothing helps.
        let _ = self.waker.wake();
    }

    /// Makes the loop stop running. Safe in a signal handler.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether the loop has been told to stop since the last call.
    pub fn take_stop(&self) -> bool {
        self.stop.swap(false, Ordering::AcqRel)
    }

    /// Takes the commands, and the connections of which sends were refused meanwhile; wakes count
    /// anew from here.
    pub(super) fn take(&self, commands: &mut VecDeque<Command<A>>, refused: &mut Vec<Id>) {
        // A look costs less than a swap, and nearly always there is nothing.
        if self.has_commands() && self.awake.swap(false, Ordering::AcqRel) {
            self.take_all(commands, refused);
        }
    }

    /// As [`Mailbox::take`], also what a thread has left without having come to wake the loop.
    pub(super) fn take_all(&self, commands: &mut VecDeque<Command<A>>, refused: &mut Vec<Id>) {
        let mut queue = self.lock();
        queue.bytes = 0;
        queue.shares.clear();
        commands.append(&mut queue.commands);
        refused.extend(queue.refused.drain());
    }

    /// Takes the last commands; from here on none is accepted.
    pub(super) fn shut(&self, commands: &mut VecDeque<Command<A>>) {
        let mut queue = self.lock();
        queue.is_shut = true;
        commands.append(&mut queue.commands);
    }

    /// Whether there is something to take.
    pub(super) fn has_commands(&self) -> bool {
        self.awake.load(Ordering::Acquire)
    }

    /// Whether sends of other threads to the connection are refused from now on. If they are no
    /// longer, returns whether one was.
    pub(super) fn set_congested(&self, id: Id, congested: bool) -> bool {
        let mut queue = self.lock();
        if congested {
            queue.congested.insert(id);
            return false;
        }
        queue.congested.remove(&id);
        queue.refused.remove(&id)
    }

    /// A refused send that was taken note of too early.
    pub(super) fn keep_refused(&self, id: Id) {
        self.lock().refused.insert(id);
    }

    fn wake_once(&self) {
        if !self.awake.swap(true, Ordering::AcqRel) {
            self.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A> Queue<A> {
    fn put(&mut self, command: Command<A>) -> Result<(), ErrorCode> {
        if self.is_shut {
            return Err(ErrorCode::LoopFreed);
        }
        let bytes = command.bytes();
        match command.sends_to() {
            Some(id) if !self.takes_send(id) => {
                self.refused.insert(id);
                return Err(ErrorCode::WouldExceed);
            }
            Some(id) => *self.shares.entry(id).or_default() += bytes,
            None if command.is_message() && self.is_filled(1) => {
                return Err(ErrorCode::WouldExceed);
            }
            // What is no message has room left when messages have filled theirs.
            None if self.is_filled(2) => return Err(ErrorCode::WouldExceed),
            None => {}
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.commands.push_back(command);
        Ok(())
    }

    fn takes_send(&self, id: Id) -> bool {
        let share = self.shares.get(&id).copied().unwrap_or(0);
        !self.is_filled(1) && share < MAX_SHARE_BYTES && !self.congested.contains(&id)
    }

    fn is_filled(&self, times: usize) -> bool {
        self.commands.len() >= times * MAX_COMMANDS || self.bytes >= times * MAX_BYTES
    }
}

impl<A> Command<A> {
    fn bytes(&self) -> usize {
        match self {
            Command::Send(_, _, payload) => payload.len(),
            Command::SendParcel(_, _, _, parcel) => parcel.payload().len(),
            Command::SendPrepared(_, message, _) | Command::Broadcast(message, _) => {
                message.payload().len()
            }
            Command::Ping(_, payload) | Command::Pong(_, payload) => payload.len(),
            Command::Accept(_, reply) | Command::Respond(_, reply) => reply.body_bytes(),
            Command::Close(..) | Command::Abort(_) | Command::Post(_) => 0,
        }
    }

    /// Whether it is a message, though not for one connection.
    fn is_message(&self) -> bool {
        matches!(self, Command::Broadcast(..))
    }

    /// The connection whose queue the command makes longer.
    fn sends_to(&self) -> Option<Id> {
        match self {
            Command::Send(id, ..)
            | Command::SendParcel(id, ..)
            | Command::SendPrepared(id, ..)
            | Command::Ping(id, _)
            | Command::Pong(id, _) => Some(*id),
            _ => None,
        }
    }
}
