//! What the loop's owner puts into it besides connections: timers and descriptors.

use std::io;
use std::os::fd::RawFd;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::loop_event::{LoopEvent, Step};
use super::slots::Id;
use super::timers::TimerId;
use crate::protocol::error::ErrorCode;

/// What a descriptor is watched for, or is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readiness {
    /// It can be read, or the other side has closed.
    pub read: bool,
    /// It can be written.
    pub write: bool,
}

/// A timer of the owner.
#[derive(Debug)]
pub(super) struct UserTimer<A> {
    pub(super) timer: Option<TimerId>,
    due_ms: u64,
    repeat_ms: u32,
    action: A,
}

/// A descriptor of the owner, which stays the owner's.
#[derive(Debug)]
pub(super) struct Watch<A> {
    descriptor: RawFd,
    interest: Interest,
    ready: Readiness,
    action: A,
    pub(super) is_queued: bool,
}

impl<A> Watch<A> {
    /// Notes what the system said.
    pub(super) fn note(&mut self, readable: bool, writable: bool) {
        self.ready.read |= readable;
        self.ready.write |= writable;
    }

    fn watch_again(&self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.reregister(&mut SourceFd(&self.descriptor), token, self.interest)
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Starts a timer that goes off after `delay_ms`, and then every `repeat_ms` unless that is 0.
    ///
    /// # Errors
    ///
    /// `OutOfMemory` if the loop is full.
    pub fn start_timer(
        &mut self,
        delay_ms: u32,
        repeat_ms: u32,
        action: H::Action,
    ) -> Result<Id, ErrorCode> {
        let due_ms = self.clock.now().after_ms(delay_ms).millis_ceil();
        let timer = UserTimer { timer: None, due_ms, repeat_ms, action };
        let index = self.insert(Resource::Timer(Box::new(timer)))?;
        let id = self.timers.arm(due_ms, index);
        if let Some(Resource::Timer(timer)) = self.slots.at_mut(index) {
            timer.timer = Some(id);
        }
        self.slots.id_of(index).ok_or(ErrorCode::NotFound)
    }

    /// Ends a timer.
    ///
    /// # Errors
    ///
    /// `NotFound` if it has fired for the last time, or was cancelled.
    pub fn cancel_timer(&mut self, id: Id) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        let Some(Resource::Timer(timer)) = self.slots.at(index) else {
            return Err(ErrorCode::NotFound);
        };
        if let Some(timer) = timer.timer {
            self.timers.cancel(timer);
        }
        self.slots.remove(index);
        Ok(())
    }

    pub(super) fn user_timer_due<'b>(&mut self, index: u32) -> Step<'b, H> {
        let Some(id) = self.slots.id_of(index) else {
            return Step::Again;
        };
        let Some(Resource::Timer(timer)) = self.slots.at_mut(index) else {
            return Step::Again;
        };
        let action = timer.action;
        if timer.repeat_ms == 0 {
            self.slots.remove(index);
        } else {
            // In step with the first time; what was missed is not made up for.
            let now_ms = self.kit.now.millis();
            let next = timer.due_ms.saturating_add(u64::from(timer.repeat_ms));
            timer.due_ms = next.max(now_ms.saturating_add(1));
            timer.timer = Some(self.timers.arm(timer.due_ms, index));
        }
        Step::Event(LoopEvent::Timer { id, action })
    }

    /// Watches a descriptor, which stays the owner's and must not be closed before
    /// [`EventLoop::stop_watch`].
    ///
    /// # Errors
    ///
    /// What the system said, such as `PermissionDenied` for a regular file; `InvalidInput` if
    /// there is nothing to watch for.
    pub fn start_watch(
        &mut self,
        descriptor: RawFd,
        interest: Readiness,
        action: H::Action,
    ) -> io::Result<Id> {
        let interest = to_interest(interest).ok_or(io::ErrorKind::InvalidInput)?;
        let ready = Readiness::default();
        let watch = Watch { descriptor, interest, ready, action, is_queued: false };
        let index = self
            .insert(Resource::Watch(Box::new(watch)))
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        let source = &mut SourceFd(&descriptor);
        match self.poll.registry().register(source, Token(index as usize), interest) {
            Ok(()) => self.slots.id_of(index).ok_or_else(|| io::ErrorKind::NotFound.into()),
            Err(error) => {
                self.slots.remove(index);
                Err(error)
            }
        }
    }

    /// Changes what a descriptor is watched for.
    ///
    /// # Errors
    ///
    /// What the system said; `NotFound` for a stale id, `InvalidInput` if there is nothing to
    /// watch for.
    pub fn change_watch(&mut self, id: Id, interest: Readiness) -> io::Result<()> {
        let interest = to_interest(interest).ok_or(io::ErrorKind::InvalidInput)?;
        let index = self.slots.index_of(id).ok_or(io::ErrorKind::NotFound)?;
        let Some(Resource::Watch(watch)) = self.slots.at_mut(index) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        watch.interest = interest;
        watch.ready = Readiness::default();
        watch.watch_again(self.poll.registry(), Token(index as usize))
    }

    /// Ends the watching of a descriptor.
    ///
    /// # Errors
    ///
    /// `NotFound` for a stale id.
    pub fn stop_watch(&mut self, id: Id) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        let Some(Resource::Watch(watch)) = self.slots.at(index) else {
            return Err(ErrorCode::NotFound);
        };
        // It fails if the owner has closed the descriptor already; the watch ends all the same.
        let _ = self.poll.registry().deregister(&mut SourceFd(&watch.descriptor));
        self.slots.remove(index);
        Ok(())
    }

    pub(super) fn watch_ready<'b>(&mut self, index: u32) -> Step<'b, H> {
        let Some(id) = self.slots.id_of(index) else {
            return Step::Again;
        };
        let Some(Resource::Watch(watch)) = self.slots.at_mut(index) else {
            return Step::Again;
        };
        watch.is_queued = false;
        let readiness = std::mem::take(&mut watch.ready);
        if readiness == Readiness::default() {
            return Step::Again;
        }
        let (descriptor, action) = (watch.descriptor, watch.action);
        self.watched.push(index);
        Step::Event(LoopEvent::Watch { id, descriptor, readiness, action })
    }

    /// The system tells of changes only. Asking again makes it tell once more of what has not
    /// been used up, which is what an owner expects.
    #[inline(always)]
    pub(super) fn watch_again(&mut self) {
        if !self.watched.is_empty() {
            self.watch_all_again();
        }
    }

    fn watch_all_again(&mut self) {
        for index in self.watched.drain(..) {
            if let Some(Resource::Watch(watch)) = self.slots.at(index) {
                // It fails if the owner has closed the descriptor; then there is nothing to tell.
                let _ = watch.watch_again(self.poll.registry(), Token(index as usize));
            }
        }
    }
}

fn to_interest(readiness: Readiness) -> Option<Interest> {
    match (readiness.read, readiness.write) {
        (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
        (true, false) => Some(Interest::READABLE),
        (false, true) => Some(Interest::WRITABLE),
        (false, false) => None,
    }
}
