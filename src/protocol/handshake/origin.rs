//! Which web pages may open a connection (RFC 6455 section 10.2).
//!
//! A browser sends the cookies of the user to whatever server a page connects to, so without this
//! check any page could act as the user.

use super::host::Host;
use crate::protocol::characters::run;
use crate::protocol::error::ErrorCode;

/// Which origins a server takes. A request without an Origin field does not come from a web page
/// and always passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OriginPolicy {
    /// The host and port of the origin are those of the request.
    #[default]
    SameHost,
    /// Every origin.
    Any,
    /// These origins: `https://example.com`, with a port where it is not the usual one,
    /// `https://*.example.com` for each host below that domain but not the domain itself, or `null`.
    List(Vec<Box<str>>),
}

impl OriginPolicy {
    /// Whether a request for `host` with this Origin may pass.
    pub fn allows(&self, origin: Option<&str>, host: &str) -> bool {
        let Some(origin) = origin else { return true };
        match self {
            OriginPolicy::Any => true,
            OriginPolicy::SameHost => is_same_host(origin, host),
            OriginPolicy::List(patterns) => {
                patterns.iter().any(|pattern| matches_pattern(origin, pattern))
            }
        }
    }
}

/// Whether the text can stand in [`OriginPolicy::List`].
///
/// # Errors
///
/// `InvalidArgument`: neither `null` nor `scheme://host[:port]`, with or without `*.` before the host.
pub fn check_origin_pattern(pattern: &str) -> Result<(), ErrorCode> {
    if pattern == "null" || Pattern::parse(pattern).is_some() {
        return Ok(());
    }
    Err(ErrorCode::InvalidArgument)
}

/// An origin that is not `null` (RFC 6454 section 6.1).
struct Origin<'a> {
    scheme: &'a str,
    host: Host<'a>,
}

impl<'a> Origin<'a> {
    fn parse(text: &'a str) -> Option<Origin<'a>> {
        let (scheme, host) = split_scheme(text)?;
        Some(Origin { scheme, host: Host::parse(host)? })
    }

    fn default_port(&self) -> Option<u16> {
        let is_one_of =
            |names: [&str; 2]| names.iter().any(|name| self.scheme.eq_ignore_ascii_case(name));
        if is_one_of(["http", "ws"]) {
            return Some(80);
        }
        is_one_of(["https", "wss"]).then_some(443)
    }
}

/// One entry of the list.
enum Pattern<'a> {
    Exact(Origin<'a>),
    /// Every host that ends with a dot and this one.
    Below(Origin<'a>),
}

impl<'a> Pattern<'a> {
    fn parse(text: &'a str) -> Option<Pattern<'a>> {
        let (scheme, host) = split_scheme(text)?;
        match host.strip_prefix("*.") {
            Some(domain) => Some(Pattern::Below(Origin { scheme, host: Host::parse(domain)? })),
            None => Origin::parse(text).map(Pattern::Exact),
        }
    }

    fn matches(&self, origin: &Origin<'_>) -> bool {
        let (Pattern::Exact(wanted) | Pattern::Below(wanted)) = self;
        if !wanted.scheme.eq_ignore_ascii_case(origin.scheme) {
            return false;
        }
        let name = match self {
            Pattern::Exact(_) => Some(origin.host.name),
            Pattern::Below(domain) => domain_part(origin.host.name, domain.host.name),
        };
        let host = name.map(|name| Host { name, port: origin.host.port });
        host.is_some_and(|host| host.is_same(&wanted.host, wanted.default_port()))
    }
}

/// The end of `name` that is as long as `domain`, where a dot and at least one byte stand before it.
fn domain_part<'a>(name: &'a str, domain: &str) -> Option<&'a str> {
    let start = name.len().checked_sub(domain.len())?;
    let (below, end) = name.split_at_checked(start)?;
    (below.len() > 1 && below.ends_with('.')).then_some(end)
}

/// A scheme (RFC 3986 section 3.1), and what stands behind its two slashes.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let (scheme, rest) = text.split_at_checked(run(text.as_bytes(), is_of_scheme))?;
    let starts_right = scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    starts_right.then(|| rest.strip_prefix("://")).flatten().map(|host| (scheme, host))
}

fn matches_pattern(origin: &str, pattern: &str) -> bool {
    if origin == "null" {
        return pattern == "null";
    }
    match (Origin::parse(origin), Pattern::parse(pattern)) {
        (Some(origin), Some(pattern)) => pattern.matches(&origin),
        _ => false,
    }
}

fn is_same_host(origin: &str, host: &str) -> bool {
    match (Origin::parse(origin), Host::parse(host)) {
        (Some(origin), Some(host)) => origin.host.is_same(&host, origin.default_port()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{OriginPolicy, check_origin_pattern};
    use crate::protocol::error::ErrorCode;

    #[test]
    fn c10_the_default_takes_pages_of_the_same_host() {
        let cases = [
            ("http://a.example", "a.example", true),
            ("http://A.Example", "a.eXAMPLE", true),
            ("http://a.example", "a.example:80", true),
            ("http://a.example:80", "a.example", true),
            ("https://a.example", "a.example:443", true),
            ("https://a.example:443", "a.example", true),
            ("https://a.example", "a.example", true),
            ("ws://a.example", "a.example:80", true),
            ("wss://a.example", "a.example:443", true),
            ("http://a.example:8080", "a.example:8080", true),
            ("app://a.example", "a.example", true),
            ("http://[::1]:9001", "[::1]:9001", true),
            ("http://a.example", "a.example:443", false),
            ("https://a.example", "a.example:80", false),
            ("https://a.example", "a.example:8443", false),
            ("http://a.example:8080", "a.example", false),
            ("http://a.example:8080", "a.example:8081", false),
            ("app://a.example", "a.example:80", false),
            ("http://b.example", "a.example", false),
            ("http://a.example.evil.example", "a.example", false),
            ("http://evil.example/a.example", "a.example", false),
            ("http://a.example/", "a.example", false),
            ("http://a.example@evil.example", "a.example", false),
            ("http://evil.example@a.example", "a.example", false),
            ("http://a.example, http://b.example", "a.example", false),
            ("http://a.example http://b.example", "a.example", false),
            ("http://sub.a.example", "a.example", false),
            ("null", "a.example", false),
            ("null", "null", false),
            ("", "a.example", false),
            ("a.example", "a.example", false),
            ("://a.example", "a.example", false),
            ("http://", "a.example", false),
        ];
        for (origin, host, want) in cases {
            let policy = OriginPolicy::default();
            assert_eq!(policy.allows(Some(origin), host), want, "{origin} at {host}");
        }
    }

    #[test]
    fn c10_a_list_names_origins_and_domains() {
        let list = |entries: &[&str]| {
            OriginPolicy::List(entries.iter().map(|entry| Box::from(*entry)).collect())
        };
        let policy = list(&["https://a.example", "http://b.example:8080", "https://*.c.example"]);
        let cases = [
            ("https://a.example", true),
            ("HTTPS://A.EXAMPLE", true),
            ("https://a.example:443", true),
            ("http://a.example", false),
            ("http://a.example:443", false),
            ("https://a.example:444", false),
            ("https://x.a.example", false),
            ("http://b.example:8080", true),
            ("http://b.example", false),
            ("https://x.c.example", true),
            ("https://x.y.C.example:443", true),
            ("https://c.example", false),
            ("https://.c.example", false),
            ("https://xc.example", false),
            ("https://evilc.example", false),
            ("http://x.c.example", false),
            ("https://x.c.example:8443", false),
            ("https://x.c.example.evil.example", false),
            ("https://evil.example/x.c.example", false),
            ("null", false),
            ("", false),
        ];
        for (origin, want) in cases {
            assert_eq!(policy.allows(Some(origin), "a.example"), want, "{origin}");
        }
        assert!(list(&["null"]).allows(Some("null"), "a.example"));
        assert!(!list(&["null"]).allows(Some("https://null"), "a.example"));
        assert!(!list(&[]).allows(Some("https://a.example"), "a.example"));
    }

    #[test]
    fn c10_no_origin_passes_and_any_takes_all() {
        for policy in [OriginPolicy::SameHost, OriginPolicy::Any, OriginPolicy::List(Vec::new())] {
            assert!(policy.allows(None, "a.example"), "{policy:?}");
        }
        for origin in ["null", "", "http://b.example", "nonsense"] {
            assert!(OriginPolicy::Any.allows(Some(origin), "a.example"), "{origin}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        for pattern in ["null", "https://a.example", "app://a:1", "https://*.a.example:8443"] {
            assert_eq!(check_origin_pattern(pattern), Ok(()), "{pattern}");
        }
        let wrong = [
            "",
            "*",
            "a.example",
            "https://",
            "https://*",
            "https://*.",
            "*://a.example",
            "https://a.*.example",
            "https://a.example/",
            "https://u@a.example",
            "://a.example",
            "https://a example",
            "https://a.example:0",
        ];
        for pattern in wrong {
            let want = Err(ErrorCode::InvalidArgument);
            assert_eq!(check_origin_pattern(pattern), want, "{pattern}");
        }
    }
}
