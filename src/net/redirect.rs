//! Redirects that are followed: a client whose server leads elsewhere goes there, behind the same id and
//! within the same time.
//!
//! Where an answer leads, and what goes along, is decided in `protocol::redirect`.

use std::rc::Rc;

use super::dialled::Detour;
use super::endpoint::{Endpoint, Host, Security};
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::tls::TlsOptions;
use super::way::Way;
use crate::protocol::error::ErrorCode;
use crate::protocol::failure::Stage;
use crate::protocol::handshake::response::Response;
use crate::protocol::proxy::choice::Proxies;
use crate::protocol::redirect::{is_redirect, is_same_site, request_to, target};

/// How redirects are followed.
#[derive(Debug, Clone)]
pub struct Redirects {
    /// How many for each attempt to connect.
    pub max: u32,
    /// What streams to `wss` go through.
    pub tls: TlsOptions,
    /// The proxies that lead to other addresses.
    pub proxies: Proxies,
    /// What streams to proxies go through.
    pub proxy_tls: TlsOptions,
}

impl<C> Endpoint<C> {
    /// Turns to where an answer leads, if it leads anywhere and that is followed.
    ///
    /// # Errors
    ///
    /// `TooManyRedirects`, `RedirectRefused`; those of [`Way::to`] and [`Security::to`].
    fn follow(&self, response: &Response) -> Result<bool, ErrorCode> {
        let mut dialled = self.dialled.borrow_mut();
        let (Some(redirects), Some(dialled), true) =
            (&self.options.redirects, dialled.as_mut(), is_redirect(response.status()))
        else {
            return Ok(false);
        };
        let count = dialled.detour.as_ref().map_or(0, |detour| detour.count);
        if count >= redirects.max {
            return Err(ErrorCode::TooManyRedirects);
        }
        let (from, request) = dialled.current();
        let address = target(from, response)?;
        let request = request_to(from, &address, request)?;
        let is_elsewhere = !is_same_site(&dialled.address, &address);
        let way = Way::to(&address, &redirects.proxies, &redirects.proxy_tls)?;
        let security = Security::to(&address, &redirects.tls)?;
        *self.way.borrow_mut() = way.map(Box::new);
        let before = self.security.replace(security);
        let security = match dialled.detour.take() {
            Some(detour) => detour.security,
            None => before,
        };
        let detour = Detour { address, request, count: count + 1, is_elsewhere, security };
        dialled.detour = Some(Box::new(detour));
        Ok(true)
    }

    /// Turns to where the connection was to go at first.
    pub(super) fn end_detour(&self) {
        let detour = self.dialled.borrow_mut().as_mut().and_then(|dialled| dialled.detour.take());
        if let Some(detour) = detour {
            self.security.replace(detour.security);
            self.way.borrow_mut().clone_from(&self.options.way);
        }
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// The server has answered: goes where that leads, if it leads anywhere and that is followed. Where it
    /// leads nowhere this counts as the error of the connection, which has ended.
    pub(super) fn follow(&mut self, index: u32, response: &Response) -> bool {
        let id = self.slots.id_of(index);
        let is_shut = self.is_shut;
        let (Some(Resource::Peer(peer)), Some(id), false) = (self.slots.at_mut(index), id, is_shut)
        else {
            return false;
        };
        let endpoint = Rc::clone(&peer.endpoint);
        match endpoint.follow(response) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                peer.connection.blame(error);
                return false;
            }
        }
        let next = endpoint.dialled.borrow().as_ref().map(|dialled| {
            let (address, request) = dialled.current();
            (address.place.clone(), request.clone(), dialled.deadline)
        });
        let Some((place, request, deadline)) = next else {
            return false;
        };
        self.replace(index, request, Link::Down, Stage::Connect, false);
        if let Some(Resource::Peer(peer)) = self.slots.at_mut(index) {
            peer.connection.set_opening_deadline(deadline);
        }
        let pending = self.dial(&place, &endpoint, id);
        self.set_pending(index, pending);
        true
    }
}
