//! Addresses in a simulated network: every name is one of this machine.

use std::net::{Ipv4Addr, SocketAddr};

use super::super::resolve::literal;
use crate::protocol::url::Place;

/// Where an end is.
#[derive(Debug, Clone)]
pub(super) enum Address {
    Ip(SocketAddr),
    Path(Box<str>),
}

impl Address {
    pub(super) fn of(place: &Place) -> Address {
        match place {
            Place::Host { host, port } => {
                let by_name = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
                Address::Ip(literal(host, *port).unwrap_or(by_name))
            }
            Place::Path(path) => Address::Path(path.clone()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Ip(address) => address.fmt(f),
            Address::Path(path) => write!(f, "unix:{path}"),
        }
    }
}

/// The place by the name that is compared: this machine has one.
pub(super) fn canonical(place: &Place) -> Place {
    match place {
        Place::Host { host, port } if &**host == "localhost" => {
            Place::Host { host: "127.0.0.1".into(), port: *port }
        }
        place => place.clone(),
    }
}
