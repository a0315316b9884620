//! What a test does to a simulated network and its clock.

use std::net::IpAddr;
use std::rc::Rc;

use super::super::endpoint::{Endpoint, Host};
use super::super::event_loop::{EventLoop, Resource};
use super::super::link::Link;
use super::super::pending::Pending;
use super::super::slots::Id;
use super::super::socket::Stream;
use super::End;
use super::line::Travel;
use super::network::{Network, Number, Route};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::time::Time;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// The simulated time.
    ///
    /// # Errors
    ///
    /// `InvalidState` on an ordinary loop, as for all that follows here.
    pub fn simulated_now(&self) -> Result<Time, ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        Ok(simulation.now.get())
    }

    /// Whether something happens before the clock moves any further.
    ///
    /// # Errors
    ///
    /// `InvalidState`.
    pub fn has_news(&self) -> Result<bool, ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        let next = [self.next_deadline(), simulation.next_news_in()].into_iter().flatten().min();
        Ok(next.is_some_and(|left| left.is_zero()))
    }

    /// Masks every frame with this key and takes nonces and jitter from it too; `None`: at random.
    ///
    /// # Errors
    ///
    /// `InvalidState`.
    pub fn fix_masking_key(&mut self, key: Option<[u8; 4]>) -> Result<(), ErrorCode> {
        if self.simulation.is_none() {
            return Err(ErrorCode::InvalidState);
        }
        self.kit.random.fix(key);
        Ok(())
    }

    /// Cuts what a connection sends into pieces that arrive one after another, and lets each be
    /// under way so long; without a connection for all that are made from now on.
    ///
    /// # Errors
    ///
    /// `InvalidState`; `NotFound`; `Closed` if nothing connects it any more.
    pub fn set_link(
        &mut self,
        id: Option<Id>,
        piece_bytes: u32,
        delay_ms: u32,
    ) -> Result<(), ErrorCode> {
        self.change_travel(id, |travel| {
            travel.piece_bytes = piece_bytes;
            travel.delay_ms = delay_ms;
        })
    }

    /// Limits how much of what a connection sends may be under way, or wait to be read.
    ///
    /// # Errors
    ///
    /// As for [`EventLoop::set_link`].
    pub fn set_capacity(&mut self, id: Option<Id>, bytes: usize) -> Result<(), ErrorCode> {
        self.change_travel(id, |travel| travel.capacity_bytes = bytes)
    }

    fn change_travel(
        &mut self,
        id: Option<Id>,
        change: impl FnOnce(&mut Travel),
    ) -> Result<(), ErrorCode> {
        match id {
            Some(id) => self.at_end(id, |network, end| network.change_travel(end, change)),
            None => {
                let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
                change(&mut simulation.network.borrow_mut().travel);
                Ok(())
            }
        }
    }

    /// Breaks a connection with an error number, for both sides; with 0 both find that the other
    /// one has stopped sending.
    ///
    /// # Errors
    ///
    /// As for [`EventLoop::set_link`].
    pub fn break_connection(&mut self, id: Id, os_error: i32) -> Result<(), ErrorCode> {
        self.at_end(id, |network, end| network.break_off(end, os_error))
    }

    /// Lets nothing arrive of what a connection sends, or lets all of it arrive again.
    ///
    /// # Errors
    ///
    /// As for [`EventLoop::set_link`].
    pub fn freeze(&mut self, id: Id, is_frozen: bool) -> Result<(), ErrorCode> {
        self.at_end(id, |network, end| network.freeze(end, is_frozen))
    }

    /// Lets a connection receive bytes as if its peer had sent them.
    ///
    /// # Errors
    ///
    /// As for [`EventLoop::set_link`].
    pub fn inject(&mut self, id: Id, bytes: &[u8]) -> Result<(), ErrorCode> {
        self.at_end(id, |network, end| network.inject(end, bytes))
    }

    /// Lets so many next attempts to connect fail; with 0 as the error number nobody answers them.
    ///
    /// # Errors
    ///
    /// `InvalidState`.
    pub fn refuse_connects(&mut self, count: u32, os_error: i32) -> Result<(), ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        simulation.network.borrow_mut().refusals = (count, os_error);
        Ok(())
    }

    /// Lets every attempt to connect to an address take so long, and fail then unless the error
    /// number is 0.
    ///
    /// # Errors
    ///
    /// `InvalidState`.
    pub fn set_route(
        &mut self,
        address: IpAddr,
        delay_ms: u32,
        os_error: i32,
    ) -> Result<(), ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        let route = Route { delay_ms, error: os_error };
        simulation.network.borrow_mut().routes.insert(address, route);
        Ok(())
    }

    /// A server and a client that are connected to each other without a listener.
    ///
    /// # Errors
    ///
    /// `InvalidState`; `LoopFreed` while the loop is shut down; `OutOfMemory` if it is full.
    pub fn pair(
        &mut self,
        server: Rc<Endpoint<H::Context>>,
        request: ClientRequest,
        client: Rc<Endpoint<H::Context>>,
    ) -> Result<(Id, Id), ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        if self.is_shut {
            return Err(ErrorCode::LoopFreed);
        }
        let network = Rc::clone(&simulation.network);
        let (dialling, accepted) = network.borrow_mut().pair();
        let [dialling, accepted] = [dialling, accepted].map(|number| End::new(&network, number));
        self.refresh_now();
        let stream = Stream::Memory(accepted);
        let server = self.add_server_peer(stream, None, server).ok_or(ErrorCode::OutOfMemory)?;
        if let Some(Resource::Peer(peer)) = self.slots.at_mut(server) {
            // Its id is known, so that its end must be told in any case.
            peer.connection.announce();
        }
        let dial = Pending::of(Stream::Memory(dialling));
        let client = self.add_client(request, client, |_, _| dial)?;
        let server = self.slots.id_of(server).ok_or(ErrorCode::NotFound)?;
        Ok((server, client))
    }

    /// Does something to the network where a connection ends.
    fn at_end(&self, id: Id, work: impl FnOnce(&mut Network, Number)) -> Result<(), ErrorCode> {
        let simulation = self.simulation.as_ref().ok_or(ErrorCode::InvalidState)?;
        let stream = match &self.peer(id)?.link {
            Link::Up(stream) => Some(stream),
            Link::Pending(pending) => pending.stream(),
            Link::Down => None,
        };
        match stream.map(Stream::carrier) {
            Some(Stream::Memory(end)) => {
                work(&mut simulation.network.borrow_mut(), end.number());
                Ok(())
            }
            _ => Err(ErrorCode::Closed),
        }
    }
}
