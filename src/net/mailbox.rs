//! What other threads ask of a loop: a bounded queue and the means to wake it.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Waker;

use super::slots::Id;
use crate::protocol::close::CloseFrame;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::opcode::MessageType;

/// Bytes of payload that may wait in a mailbox.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Commands that may wait in a mailbox.
const MAX_COMMANDS: usize = 64 * 1024;

/// One thing to be done on the loop's thread.
#[derive(Debug)]
pub enum Command<A> {
    /// Send a message.
    Send(Id, MessageType, Box<[u8]>),
    /// Send a ping.
    Ping(Id, Box<[u8]>),
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
    /// Connections that have as much to send as they may have.
    congested: HashSet<Id>,
}

impl<A> Mailbox<A> {
    pub(super) fn new(waker: Arc<Waker>) -> Mailbox<A> {
        let queue = Queue {
            commands: VecDeque::new(),
            bytes: 0,
            congested: HashSet::new(),
        };
        let (awake, stop) = (AtomicBool::new(false), AtomicBool::new(false));
        Mailbox {
            queue: Mutex::new(queue),
            waker,
            awake,
            stop,
        }
    }

    /// Leaves a command and wakes the loop.
    ///
    /// # Errors
    ///
    /// `WouldExceed` if the mailbox is full, or the connection has too much to send already.
    pub fn put(&self, command: Command<A>) -> Result<(), ErrorCode> {
        {
            let mut queue = self.lock();
            let bytes = command.bytes();
            let is_full = queue.commands.len() >= MAX_COMMANDS || queue.bytes > MAX_BYTES;
            if is_full
                || command
                    .sends_to()
                    .is_some_and(|id| queue.congested.contains(&id))
            {
                return Err(ErrorCode::WouldExceed);
            }
            queue.bytes += bytes;
            queue.commands.push_back(command);
        }
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

    /// Takes the commands; wakes count anew from here.
    pub(super) fn take(&self, into: &mut VecDeque<Command<A>>) {
        if self.awake.swap(false, Ordering::AcqRel) {
            let mut queue = self.lock();
            queue.bytes = 0;
            into.append(&mut queue.commands);
        }
    }

    /// Whether there is something to take.
    pub(super) fn has_commands(&self) -> bool {
        self.awake.load(Ordering::Acquire)
    }

    /// Whether sends of other threads to the connection are refused from now on.
    pub(super) fn set_congested(&self, id: Id, congested: bool) {
        let mut queue = self.lock();
        match congested {
            true => queue.congested.insert(id),
            false => queue.congested.remove(&id),
        };
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

impl<A> Command<A> {
    fn bytes(&self) -> usize {
        match self {
            Command::Send(_, _, payload) => payload.len(),
            Command::Ping(_, payload) => payload.len(),
            Command::Accept(_, reply) | Command::Respond(_, reply) => reply.body_bytes(),
            Command::Close(..) | Command::Abort(_) | Command::Post(_) => 0,
        }
    }

    /// The connection whose queue the command makes longer.
    fn sends_to(&self) -> Option<Id> {
        match self {
            Command::Send(id, ..) | Command::Ping(id, _) => Some(*id),
            _ => None,
        }
    }
}
