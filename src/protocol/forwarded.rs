//! The client behind proxies that say in a header field whom they pass on: X-Forwarded-For and the
//! like, and Forwarded (RFC 7239).
//!
//! Anybody can send such a field, and each proxy adds to what has come. So it is read from its end, and
//! only as far as those who wrote it are trusted.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::error::ErrorCode;
use super::handshake::tokens::is_token;
use super::network_address::NetworkAddress;
use super::networks::Networks;

/// How many proxies one behind the other are believed.
const MAX_HOPS: usize = 64;

/// Whose word is taken, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarding {
    trusted: Networks,
    field: ForwardedField,
}

/// The field in which proxies tell the client's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedField {
    name: Box<str>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Addresses with commas between them.
    List,
    /// Pairs, of which `for` is one.
    Pairs,
}

impl Default for ForwardedField {
    /// X-Forwarded-For.
    fn default() -> ForwardedField {
        ForwardedField { name: "X-Forwarded-For".into(), form: Form::List }
    }
}

impl ForwardedField {
    /// The field of this name.
    ///
    /// # Errors
    ///
    /// `InvalidHeader` for what is no name of a field.
    pub fn new(name: &str) -> Result<ForwardedField, ErrorCode> {
        if !is_token(name) {
            return Err(ErrorCode::InvalidHeader);
        }
        let is_pairs = name.eq_ignore_ascii_case("Forwarded");
        let form = if is_pairs { Form::Pairs } else { Form::List };
        Ok(ForwardedField { name: name.into(), form })
    }
}

impl Forwarding {
    /// Proxies in these networks are believed what they say in this field.
    pub fn new(trusted: Networks, field: ForwardedField) -> Forwarding {
        Forwarding { trusted, field }
    }

    /// The name of the field.
    pub fn field_name(&self) -> &str {
        &self.field.name
    }

    /// Who has sent a request that came from `sender`, with these fields of that name in the order in
    /// which they came: the first address from the end that is not trusted. Where that cannot be read,
    /// the last one that could.
    pub fn client(&self, sender: NetworkAddress, fields: &[&[u8]]) -> NetworkAddress {
        let newest_first = fields.iter().rev().flat_map(|field| field.rsplit(|byte| *byte == b','));
        let mut client = sender;
        for element in newest_first.take(MAX_HOPS) {
            let told =
                std::str::from_utf8(element).ok().and_then(|text| self.field.form.read(text));
            match told {
                Some(address) if self.trusted.contains(client) => client = address,
                _ => break,
            }
        }
        client
    }
}

impl Form {
    fn read(self, element: &str) -> Option<NetworkAddress> {
        let element = element.trim_matches([' ', '\t']);
        match self {
            Form::List => read_address(element),
            Form::Pairs => read_address(unquoted(value_of_for(element)?)?),
        }
    }
}

/// The value of the one pair that is named `for`.
fn value_of_for(element: &str) -> Option<&str> {
    let pairs =
        element.split(';').filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='));
    let mut values = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// A token as it is, or what is quoted; in an address nothing needs a backslash.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"'),
        None => Some(value),
    }
}

fn read_address(text: &str) -> Option<NetworkAddress> {
    if text == "unix:" {
        return Some(NetworkAddress::Unix);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.into());
    }
    let in_brackets = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match in_brackets {
        Some(address) => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse::<IpAddr>().ok(),
    };
    address.map(NetworkAddress::without_port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRUSTED: &str = "10.0.0.0/8, fd00::/8, unix";

    fn client(field: &str, sender: &str, values: &[&str]) -> String {
        let field = ForwardedField::new(field).unwrap();
        let forwarding = Forwarding::new(Networks::parse(TRUSTED).unwrap(), field);
        let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        forwarding.client(read_address(sender).unwrap(), &values).to_string()
    }

    #[test]
    fn the_client_is_the_last_who_is_not_trusted() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("10.0.0.1:5", &[], "10.0.0.1:5"),
            ("10.0.0.1:5", &["192.0.2.1"], "192.0.2.1"),
            ("unix:", &["192.0.2.1"], "192.0.2.1"),
            ("[fd00::1]:5", &["2001:db8::1"], "[2001:db8::1]"),
            // Who is not trusted may say what he likes.
            ("192.0.2.9:5", &["192.0.2.1"], "192.0.2.9:5"),
            ("10.0.0.1:5", &["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1:5", &["1.1.1.1, 10.0.0.3, 192.0.2.1, 10.0.0.2"], "192.0.2.1"),
            // All are trusted: the first of them.
            ("10.0.0.1:5", &["10.0.0.4, 10.0.0.3,10.0.0.2"], "10.0.0.4"),
            // Several fields are one list.
            ("10.0.0.1:5", &["1.1.1.1", "192.0.2.1", "10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1:5", &["192.0.2.1, 10.0.0.3", "\t10.0.0.2 "], "192.0.2.1"),
            // What cannot be read ends the list.
            ("10.0.0.1:5", &["192.0.2.1, x, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1:5", &["192.0.2.1, , 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1:5", &["192.0.2.1,"], "10.0.0.1:5"),
            ("10.0.0.1:5", &["unknown"], "10.0.0.1:5"),
            ("10.0.0.1:5", &[""], "10.0.0.1:5"),
            ("10.0.0.1:5", &["192.0.2.1 192.0.2.2"], "10.0.0.1:5"),
            ("10.0.0.1:5", &["192.0.2.01"], "10.0.0.1:5"),
            ("10.0.0.1:5", &["\"192.0.2.1\""], "10.0.0.1:5"),
            ("10.0.0.1:5", &["for=192.0.2.1"], "10.0.0.1:5"),
            ("10.0.0.1:5", &["[192.0.2.1]"], "10.0.0.1:5"),
            // Some proxies tell the port.
            ("10.0.0.1:5", &["192.0.2.1:4711"], "192.0.2.1:4711"),
            ("10.0.0.1:5", &["[2001:db8::1]:4711"], "[2001:db8::1]:4711"),
            ("10.0.0.1:5", &["[2001:db8::1]"], "[2001:db8::1]"),
            ("10.0.0.1:5", &["192.0.2.1, 10.0.0.2:80"], "192.0.2.1"),
            ("10.0.0.1:5", &["::ffff:192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1:5", &["192.0.2.1, ::ffff:10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1:5", &["192.0.2.1, unix:"], "192.0.2.1"),
        ];
        for (sender, values, want) in cases {
            for field in ["X-Forwarded-For", "CF-Connecting-IP"] {
                assert_eq!(client(field, sender, values), *want, "{sender} {values:?}");
            }
        }
    }

    #[test]
    fn pairs_are_read_for_their_for() {
        let cases: &[(&[&str], &str)] = &[
            (&["for=192.0.2.1"], "192.0.2.1"),
            (&["For=\"192.0.2.1:4711\""], "192.0.2.1:4711"),
            (&["proto=https; FOR=192.0.2.1 ;by=10.0.0.1"], "192.0.2.1"),
            (&["for=\"[2001:db8::1]:4711\""], "[2001:db8::1]:4711"),
            (&["for=\"[2001:db8::1]\""], "[2001:db8::1]"),
            (&["for=192.0.2.1, for=10.0.0.2;by=10.0.0.1"], "192.0.2.1"),
            (&["for=192.0.2.1", "for=10.0.0.2"], "192.0.2.1"),
            (&["for=1.1.1.1, for=192.0.2.1"], "192.0.2.1"),
            (&["for=192.0.2.1, for=_hidden, for=10.0.0.2"], "10.0.0.2"),
            (&["for=unknown"], "10.0.0.1:5"),
            (&["for=192.0.2.1;for=192.0.2.2"], "10.0.0.1:5"),
            (&["for=\"192.0.2.1"], "10.0.0.1:5"),
            (&["by=192.0.2.1"], "10.0.0.1:5"),
            (&["192.0.2.1"], "10.0.0.1:5"),
        ];
        for (values, want) in cases {
            assert_eq!(client("forwarded", "10.0.0.1:5", values), *want, "{values:?}");
        }
    }

    #[test]
    fn only_so_many_are_believed() {
        let hops = |count: usize| format!("192.0.2.1{}", ", 10.0.0.2".repeat(count));
        assert_eq!(client("X-Forwarded-For", "unix:", &[&hops(63)]), "192.0.2.1");
        assert_eq!(client("X-Forwarded-For", "unix:", &[&hops(64)]), "10.0.0.2");
    }

    #[test]
    fn a_field_has_a_name() {
        for name in ["", "a b", "X-Forwarded-For:", "\u{e4}"] {
            assert_eq!(ForwardedField::new(name), Err(ErrorCode::InvalidHeader), "{name}");
        }
        let forwarding = Forwarding::new(Networks::default(), ForwardedField::default());
        assert_eq!(forwarding.field_name(), "X-Forwarded-For");
    }

    proptest! {
        #[test]
        fn whoever_is_not_trusted_is_the_client(values in prop::collection::vec("\\PC{0,40}", 0..4)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            for field in ["X-Forwarded-For", "Forwarded"] {
                prop_assert_eq!(client(field, "192.0.2.9:5", &values), "192.0.2.9:5");
                client(field, "10.0.0.1:5", &values);
            }
        }
    }
}
