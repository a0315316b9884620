//! Addresses that are reached without the proxy: the list that is known as no_proxy.

use std::net::{IpAddr, Ipv6Addr};

use crate::protocol::error::ErrorCode;
use crate::protocol::network_address::NetworkAddress;
use crate::protocol::networks::Networks;
use crate::protocol::url::is_host;

/// How many elements one list may have.
const MAX_ELEMENTS: usize = 1024;

/// A list of what needs no proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exemptions(Vec<Exemption>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Exemption {
    Everything,
    /// A name and all that end in it behind a dot.
    Name {
        name: Box<str>,
        port: Option<u16>,
    },
    Address {
        address: IpAddr,
        port: Option<u16>,
    },
    /// Addresses of one network.
    Network(Networks),
}

impl Exemptions {
    /// Reads a list, with commas or spaces between its elements. Each is one of
    ///
    /// * `*`: everything;
    /// * `example.com`, and with the same meaning `.example.com` and `*.example.com`: this host and every
    ///   one below it;
    /// * an IP address, one of IPv6 with or without brackets;
    /// * a network such as `10.0.0.0/8` or `fd00::/8`, for targets that are IP addresses themselves: no
    ///   name is looked up for it;
    /// * any of the names and addresses with `:port`, for that port alone; an IPv6 address has brackets then.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: an element is none of these. `TooLong`: more than 1024.
    pub fn parse(list: &str) -> Result<Exemptions, ErrorCode> {
        let read: Vec<Exemption> = elements(list)
            .take(MAX_ELEMENTS + 1)
            .map(|element| Exemption::parse(element).ok_or(ErrorCode::InvalidArgument))
            .collect::<Result<_, _>>()?;
        if read.len() > MAX_ELEMENTS {
            return Err(ErrorCode::TooLong);
        }
        Ok(Exemptions(read))
    }

    /// As [`parse`](Exemptions::parse), without the elements that cannot be read and those beyond the
    /// limit: for a list that was written for other programs, too.
    pub fn parse_known(list: &str) -> Exemptions {
        let read = elements(list).filter_map(Exemption::parse).take(MAX_ELEMENTS);
        Exemptions(read.collect())
    }

    /// Whether this host, a name or an IP address without brackets, is reached without the proxy.
    pub fn contains(&self, host: &str, port: u16) -> bool {
        let host = without_end(host);
        let address: Option<IpAddr> = host.parse().ok();
        self.0.iter().any(|exemption| exemption.contains(host, address, port))
    }
}

impl Exemption {
    fn parse(text: &str) -> Option<Exemption> {
        if text == "*" {
            return Some(Exemption::Everything);
        }
        if text.contains('/') {
            return Networks::parse(text).ok().map(Exemption::Network);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Exemption::Address { address: address.to_canonical(), port: None });
        }
        let (host, port) = split_port(text)?;
        if let Some(inner) = host.strip_prefix('[') {
            let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
            return Some(Exemption::Address { address: address.to_canonical(), port });
        }
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Exemption::Address { address, port });
        }
        let name = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        let name = without_end(name.strip_prefix('.').unwrap_or(name));
        let is_name = is_host(name) && !name.starts_with('.') && name != "*";
        is_name.then(|| Exemption::Name { name: name.into(), port })
    }

    fn contains(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let is_port = |wanted: &Option<u16>| wanted.is_none_or(|wanted| wanted == port);
        match (self, address) {
            (Exemption::Everything, _) => true,
            // The end of an address is no domain.
            (Exemption::Name { name, port }, None) => is_port(port) && is_below(host, name),
            (Exemption::Address { address, port }, Some(target)) => {
                is_port(port) && *address == target.to_canonical()
            }
            (Exemption::Network(networks), Some(target)) => {
                networks.contains(NetworkAddress::without_port(target))
            }
            _ => false,
        }
    }
}

fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ', '\t']).filter(|element| !element.is_empty())
}

/// The host, with its brackets, and the port behind a colon, if there is one.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end = text.rfind(']').map_or(0, |bracket| bracket + 1);
    let (head, rest) = text.split_at_checked(end)?;
    let Some(colon) = rest.find(':') else {
        return (head.is_empty() || rest.is_empty()).then_some((text, None));
    };
    let host = text.get(..end + colon)?;
    let digits = rest.get(colon + 1..)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let port = digits.parse().ok().filter(|port| *port != 0)?;
    Some((host, Some(port)))
}

/// A name without the dot that may end it.
fn without_end(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether `host` is `name`, or a name below it.
fn is_below(host: &str, name: &str) -> bool {
    let Some((above, tail)) =
        host.len().checked_sub(name.len()).and_then(|at| host.split_at_checked(at))
    else {
        return false;
    };
    tail.eq_ignore_ascii_case(name) && (above.is_empty() || above.ends_with('.'))
}
