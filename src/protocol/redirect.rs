//! Where a redirect leads (RFC 9110 section 15.4), and what of a request goes along.
//!
//! Nothing is sent here, and nobody counts how often it happens.

use url::Url;

use super::error::ErrorCode;
use super::handshake::client_request::ClientRequest;
use super::handshake::response::Response;
use super::url::{Address, Place, Scheme};

/// Whether an answer with this status leads elsewhere.
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The address to which an answer leads that came from another. `http` and `https` are read as `ws` and
/// `wss`; a fragment means nothing.
///
/// # Errors
///
/// `RedirectRefused`: there is not exactly one Location, or it is no URL that could be dialled, has a user
/// name or a password, leads from `wss` to `ws`, or from or to a Unix-domain socket.
pub fn target(from: &Address, response: &Response) -> Result<Address, ErrorCode> {
    let location = match (response.header("Location", 0), response.header("Location", 1)) {
        (Some(location), None) => location,
        _ => return Err(ErrorCode::RedirectRefused),
    };
    let to = resolve(from, location).ok_or(ErrorCode::RedirectRefused)?;
    let is_downgrade = from.scheme == Scheme::Wss && to.scheme == Scheme::Ws;
    if is_downgrade { Err(ErrorCode::RedirectRefused) } else { Ok(to) }
}

fn resolve(from: &Address, location: &[u8]) -> Option<Address> {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'\\';
    if location.is_empty() || !location.iter().all(is_plain) {
        return None;
    }
    let location = std::str::from_utf8(location).ok()?;
    let mut url = base(from)?.join(location).ok()?;
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    url.set_scheme(scheme).ok()?;
    url.set_fragment(None);
    Address::parse_dial(url.as_str()).ok()
}

/// The URL of an address, as far as another can be relative to it.
fn base(address: &Address) -> Option<Url> {
    let Place::Host { host, port } = &address.place else {
        return None;
    };
    let scheme = match address.scheme {
        Scheme::Ws => "ws",
        Scheme::Wss => "wss",
    };
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
    Url::parse(&format!("{scheme}://{host}:{port}{}", address.target)).ok()
}

/// Whether both are the same to whoever has a secret for one of them.
pub fn is_same_site(from: &Address, to: &Address) -> bool {
    from.scheme == to.scheme && from.place == to.place
}

/// The request to an address, made from the one to the address before. What may be a secret goes along
/// to the same site only.
///
/// # Errors
///
/// None: both were checked.
pub fn request_to(
    from: &Address,
    to: &Address,
    request: &ClientRequest,
) -> Result<ClientRequest, ErrorCode> {
    let mut next = request.clone();
    next.set_host(&to.host_field)?;
    next.set_target(&to.target)?;
    next.set_default_port(to.scheme.default_port());
    if !is_same_site(from, to) {
        for (name, _) in request.headers().iter().filter(|(name, _)| may_be_secret(name)) {
            next.remove_header(name)?;
        }
    }
    Ok(next)
}

/// Whether a field of this name may carry a secret: the known ones all have one of these words in their
/// names, and those of a service's own mostly do.
fn may_be_secret(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["auth", "cookie", "credential", "key", "password", "secret", "session", "token"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: &str) -> Response {
        let head = format!("HTTP/1.1 302 Found\r\n{fields}\r\n");
        Response::parse(head.into_bytes()).unwrap()
    }

    fn from(url: &str) -> Address {
        Address::parse_dial(url).unwrap()
    }

    #[test]
    fn d05_a_location_leads_where_it_says() {
        let rows = [
            ("ws://a.example/x/y?q", "/z", "ws://a.example/z"),
            ("ws://a.example/x/y?q", "z", "ws://a.example/x/z"),
            ("ws://a.example/x/y?q", "?r", "ws://a.example/x/y?r"),
            ("ws://a.example:81/x", "../../z#part", "ws://a.example:81/z"),
            ("ws://a.example/x", "//b.example/z", "ws://b.example/z"),
            ("ws://a.example/x", "ws://b.example:82", "ws://b.example:82/"),
            ("ws://a.example/x", "http://b.example/", "ws://b.example/"),
            ("ws://a.example/x", "https://b.example/", "wss://b.example/"),
            ("ws://a.example/x", "HTTPS://A.example/x", "wss://a.example/x"),
            ("ws://a.example/x", "wss://a.example:443/", "wss://a.example/"),
            ("wss://a.example/x", "https://b.example/", "wss://b.example/"),
            ("wss://a.example/x", "//b.example/", "wss://b.example/"),
            ("ws://[::1]:82/x", "y", "ws://[::1]:82/y"),
            ("ws://127.0.0.1:82/x", "y", "ws://127.0.0.1:82/y"),
        ];
        for (old, location, new) in rows {
            let response = answer(&format!("Location: {location}\r\n"));
            assert_eq!(target(&from(old), &response), Ok(from(new)), "{old} {location}");
        }
    }

    #[test]
    fn d05_a_location_that_is_not_followed() {
        let rows = [
            ("ws://a.example/", ""),
            ("ws://a.example/", "Location:\r\n"),
            ("ws://a.example/", "Location: /a\r\nLocation: /a\r\n"),
            ("ws://a.example/", "Location: /a b\r\n"),
            ("ws://a.example/", "Location: /\u{e9}\r\n"),
            ("ws://a.example/", "Location: \\\\b.example\\\r\n"),
            ("ws://a.example/", "Location: ftp://a.example/\r\n"),
            ("ws://a.example/", "Location: file:///etc/passwd\r\n"),
            ("ws://a.example/", "Location: ws+unix:/run/socket\r\n"),
            ("ws://a.example/", "Location: javascript:alert(1)\r\n"),
            ("ws://a.example/", "Location: ws://user@a.example/\r\n"),
            ("ws://a.example/", "Location: ws://user:secret@b.example/\r\n"),
            ("ws://a.example/", "Location: ws://b.example:0/\r\n"),
            ("ws://a.example/", "Location: ws://b.example:99999/\r\n"),
            ("ws://a.example/", "Location: ws:///\r\n"),
            ("wss://a.example/", "Location: ws://a.example/\r\n"),
            ("wss://a.example/", "Location: http://a.example/\r\n"),
            ("ws+unix:/run/socket", "Location: /other\r\n"),
            ("ws+unix:/run/socket", "Location: ws://a.example/\r\n"),
        ];
        for (old, fields) in rows {
            let refused = Err(ErrorCode::RedirectRefused);
            assert_eq!(target(&from(old), &answer(fields)), refused, "{old} {fields}");
        }
    }

    #[test]
    fn d05_what_may_be_a_secret_stays_where_it_belongs() {
        let secret = [
            "Authorization",
            "Cookie",
            "Proxy-Authorization",
            "X-Api-Key",
            "X-Auth-Token",
            "PRIVATE-TOKEN",
            "X-Session-Id",
            "My-Client-Secret",
        ];
        let public = ["Accept-Language", "User-Agent", "X-Request-Id"];
        let mut request = ClientRequest::new("a.example", "/x").unwrap();
        for name in secret.into_iter().chain(public) {
            request.add_header(name, "value").unwrap();
        }
        request.add_header("Cookie", "more").unwrap();
        request.set_origin(Some("https://page.example")).unwrap();
        request.add_subprotocol("chat").unwrap();
        let rows = [
            ("ws://a.example/x", "ws://a.example/y?z", true),
            ("ws://a.example/x", "ws://a.example:80/y?z", true),
            ("ws://a.example/x", "ws://b.example/y?z", false),
            ("ws://a.example/x", "ws://a.example:81/y?z", false),
            ("ws://a.example/x", "wss://a.example/y?z", false),
            ("ws://a.example/x", "wss://a.example:80/y?z", false),
        ];
        for (old, new, goes_along) in rows {
            let to = from(new);
            let next = request_to(&from(old), &to, &request).unwrap();
            for name in secret {
                assert_eq!(next.headers().get(name, 0).is_some(), goes_along, "{new} {name}");
            }
            assert!(public.iter().all(|name| next.headers().get(name, 0).is_some()), "{new}");
            assert_eq!((next.host(), next.target()), (&*to.host_field, "/y?z"));
            assert_eq!(
                next.port(),
                new.rsplit_once("e:").map_or_else(
                    || to.scheme.default_port(),
                    |(_, rest)| rest.split('/').next().unwrap().parse().unwrap(),
                )
            );
            assert_eq!(next.origin(), Some("https://page.example"));
            assert_eq!(next.subprotocols(), [Box::from("chat")]);
        }
    }

    #[test]
    fn the_statuses_that_lead_elsewhere() {
        let statuses = (100..600).filter(|status| is_redirect(*status)).collect::<Vec<_>>();
        assert_eq!(statuses, [301, 302, 303, 307, 308]);
    }
}
