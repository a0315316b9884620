//! A list of networks, for what is believed of some peers and not of others.

use std::net::IpAddr;

use super::error::ErrorCode;
use super::network_address::NetworkAddress;

/// How many networks one list may have.
const MAX_NETWORKS: usize = 1024;

/// Networks that somebody has named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    /// The addresses that begin with so many bits of this one.
    Ip { first: IpAddr, bits: u32 },
    /// The Unix domain.
    Unix,
}

impl Networks {
    /// Reads a list: networks as `10.0.0.0/8` and `fd00::/8`, single addresses, and `unix`, with commas
    /// or spaces between them.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: the list is empty; an element is none of these; a network has bits set behind
    /// its prefix, as `10.0.0.1/8` has. `TooLong` for more than 1024.
    pub fn parse(list: &str) -> Result<Networks, ErrorCode> {
        let elements = list.split([',', ' ', '\t', '\n']).filter(|element| !element.is_empty());
        let networks: Vec<Network> =
            elements.take(MAX_NETWORKS + 1).map(Network::parse).collect::<Result<_, _>>()?;
        match networks.len() {
            0 => Err(ErrorCode::InvalidArgument),
            count if count > MAX_NETWORKS => Err(ErrorCode::TooLong),
            _ => Ok(Networks(networks)),
        }
    }

    /// Whether an address lies in one of the networks. One of IPv4 that is written in IPv6 counts as
    /// what it is.
    pub fn contains(&self, address: NetworkAddress) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn parse(text: &str) -> Result<Network, ErrorCode> {
        if text == "unix" {
            return Ok(Network::Unix);
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ErrorCode::InvalidArgument)?;
        let bits = match bits {
            Some(digits) => number(digits)?,
            None => width(address),
        };
        Network::new(address, bits)
    }

    fn new(address: IpAddr, bits: u32) -> Result<Network, ErrorCode> {
        let first = address.to_canonical();
        // What is left out of the prefix is that of an address of IPv4 within IPv6.
        let left_out = width(address) - width(first);
        let bits = bits.checked_sub(left_out).ok_or(ErrorCode::InvalidArgument)?;
        if bits > width(first) || prefix(first, bits) != value(first) {
            return Err(ErrorCode::InvalidArgument);
        }
        Ok(Network::Ip { first, bits })
    }

    fn contains(&self, address: NetworkAddress) -> bool {
        match (self, address) {
            (Network::Unix, NetworkAddress::Unix) => true,
            (Network::Ip { first, bits }, NetworkAddress::Ip(address, _)) => {
                let address = address.to_canonical();
                first.is_ipv4() == address.is_ipv4() && prefix(address, *bits) == value(*first)
            }
            _ => false,
        }
    }
}

/// The bits of an address of this family.
fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn value(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The first bits of an address, with zeros behind them.
fn prefix(address: IpAddr, bits: u32) -> u128 {
    let rest = width(address).saturating_sub(bits);
    value(address).checked_shr(rest).and_then(|kept| kept.checked_shl(rest)).unwrap_or(0)
}

/// A number as people write it: digits, no sign, no zero in front.
fn number(digits: &str) -> Result<u32, ErrorCode> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero_in_front = digits.len() > 1 && digits.starts_with('0');
    match digits.parse() {
        Ok(number) if is_plain && !has_zero_in_front => Ok(number),
        _ => Err(ErrorCode::InvalidArgument),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> NetworkAddress {
        match text {
            "unix" => NetworkAddress::Unix,
            text => NetworkAddress::Ip(text.parse().unwrap(), Some(1)),
        }
    }

    #[test]
    fn an_address_is_in_a_network_or_not() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("10.0.0.0/8", &["10.0.0.0", "10.255.255.255"], &["9.255.255.255", "11.0.0.0", "unix"]),
            ("192.0.2.128/25", &["192.0.2.128", "192.0.2.255"], &["192.0.2.127", "192.0.3.128"]),
            ("192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"], &["192.0.2.6", "::192.0.2.7"]),
            ("192.0.2.7/32", &["192.0.2.7"], &["192.0.2.8"]),
            ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], &["::", "unix"]),
            ("::/0", &["::", "::1", "ff::"], &["1.2.3.4", "::ffff:1.2.3.4", "unix"]),
            ("::1", &["::1"], &["::2", "127.0.0.1", "0.0.0.1"]),
            ("fd00::/8", &["fd00::", "fdff::1"], &["fc00::1", "fe00::"]),
            ("2001:db8::/33", &["2001:db8:7fff::"], &["2001:db8:8000::"]),
            ("::ffff:10.0.0.0/104", &["10.1.2.3", "::ffff:10.1.2.3"], &["11.0.0.0", "::"]),
            ("::ffff:0.0.0.0/96", &["1.2.3.4"], &["::", "unix"]),
            ("unix", &["unix"], &["127.0.0.1", "::1"]),
            ("10.0.0.0/8, unix ::1", &["10.1.1.1", "unix", "::1"], &["::2", "127.0.0.1"]),
        ];
        for (list, inside, outside) in cases {
            let networks = Networks::parse(list).unwrap();
            for text in *inside {
                assert!(networks.contains(address(text)), "{text} in {list}");
            }
            for text in *outside {
                assert!(!networks.contains(address(text)), "{text} not in {list}");
            }
        }
        assert!(!Networks::default().contains(NetworkAddress::Unix));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let wrong = [
            "",
            " ,",
            "localhost",
            "*",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/8/8",
            "10.0.0.0/99999999999",
            "10.0.0",
            "010.0.0.0/8",
            "[::1]",
            "::1/129",
            "::1/64",
            "::ffff:10.0.0.0/95",
            "fe80::1%eth0",
            "Unix",
            "10.0.0.0/8;::1",
            "10.0.0.0/8, x",
        ];
        for list in wrong {
            assert_eq!(Networks::parse(list), Err(ErrorCode::InvalidArgument), "{list}");
        }
        assert!(Networks::parse(&"::1,".repeat(1024)).is_ok());
        assert_eq!(Networks::parse(&"::1,".repeat(1025)), Err(ErrorCode::TooLong));
    }

    proptest! {
        #[test]
        fn each_address_is_in_the_network_of_its_own_prefix(bits in 0u32..=32, value: u32, other: u32) {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            let first = std::net::Ipv4Addr::from(value & mask);
            let networks = Networks::parse(&format!("{first}/{bits}")).unwrap();
            let at = |value: u32| NetworkAddress::without_port(IpAddr::V4(value.into()));
            prop_assert!(networks.contains(at(value)));
            prop_assert_eq!(networks.contains(at(other)), other & mask == value & mask);
        }

        #[test]
        fn any_text_is_read_or_refused(list in "\\PC*") {
            let _ = Networks::parse(&list);
        }
    }
}
