//! The address of one end of a connection, as a socket, a proxy or a header field tells it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetworkAddress {
    /// An address of IPv4 or IPv6, never one of IPv4 in the clothes of IPv6, and a port where it is
    /// known.
    Ip(IpAddr, Option<u16>),
    /// On the same machine, over a Unix-domain socket.
    Unix,
}

impl NetworkAddress {
    /// An address without a port.
    pub fn without_port(address: IpAddr) -> NetworkAddress {
        NetworkAddress::Ip(address.to_canonical(), None)
    }

    /// The IP address, if it is one.
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            NetworkAddress::Ip(address, _) => Some(address),
            NetworkAddress::Unix => None,
        }
    }
}

impl From<SocketAddr> for NetworkAddress {
    fn from(address: SocketAddr) -> NetworkAddress {
        NetworkAddress::Ip(address.ip().to_canonical(), Some(address.port()))
    }
}

impl fmt::Display for NetworkAddress {
    /// As in a URL: an address of IPv6 stands in brackets, also without a port.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NetworkAddress::Ip(address, Some(port)) => SocketAddr::new(address, port).fmt(out),
            NetworkAddress::Ip(IpAddr::V4(address), None) => address.fmt(out),
            NetworkAddress::Ip(IpAddr::V6(address), None) => write!(out, "[{address}]"),
            NetworkAddress::Unix => out.write_str("unix:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::NetworkAddress;

    #[test]
    fn addresses_are_told_as_in_a_url() {
        let cases = [
            ("192.0.2.1:80", "192.0.2.1:80", "192.0.2.1"),
            ("[2001:db8::1]:65535", "[2001:db8::1]:65535", "[2001:db8::1]"),
            ("[::ffff:192.0.2.1]:0", "192.0.2.1:0", "192.0.2.1"),
        ];
        for (text, whole, alone) in cases {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(NetworkAddress::from(address).to_string(), whole);
            assert_eq!(NetworkAddress::without_port(address.ip()).to_string(), alone);
        }
        assert_eq!(NetworkAddress::Unix.to_string(), "unix:");
    }
}
