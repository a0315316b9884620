//! Addresses as a person types them.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::url::{Address, Place, Scheme};
use proptest::prelude::*;

fn host(
    scheme: Scheme,
    host: &str,
    port: u16,
    target: &str,
    host_field: &str,
) -> Result<Address, ErrorCode> {
    let place = Place::Host { host: host.into(), port };
    Ok(Address { scheme, place, target: target.into(), host_field: host_field.into() })
}

fn socket(scheme: Scheme, path: &str, target: &str) -> Result<Address, ErrorCode> {
    let place = Place::Path(path.into());
    Ok(Address { scheme, place, target: target.into(), host_field: "localhost".into() })
}

#[test]
fn addresses_to_dial() {
    use Scheme::{Ws, Wss};
    let cases = [
        ("ws://example.com", host(Ws, "example.com", 80, "/", "example.com")),
        ("wss://example.com", host(Wss, "example.com", 443, "/", "example.com")),
        ("WSS://Example.COM/A", host(Wss, "example.com", 443, "/A", "example.com")),
        ("ws://example.com:80/", host(Ws, "example.com", 80, "/", "example.com")),
        ("ws://example.com:443/", host(Ws, "example.com", 443, "/", "example.com:443")),
        ("wss://example.com:80/", host(Wss, "example.com", 80, "/", "example.com:80")),
        ("wss://example.com:443/", host(Wss, "example.com", 443, "/", "example.com")),
        ("ws://example.com:/", host(Ws, "example.com", 80, "/", "example.com")),
        ("ws://example.com:0080/", host(Ws, "example.com", 80, "/", "example.com")),
        ("ws://example.com:65535", host(Ws, "example.com", 65535, "/", "example.com:65535")),
        ("ws://example.com:1", host(Ws, "example.com", 1, "/", "example.com:1")),
        ("ws://h/chat?room=1&x=/?", host(Ws, "h", 80, "/chat?room=1&x=/?", "h")),
        ("ws://h?room=1", host(Ws, "h", 80, "/?room=1", "h")),
        ("ws://h/?", host(Ws, "h", 80, "/?", "h")),
        ("ws://h//two///three", host(Ws, "h", 80, "//two///three", "h")),
        ("ws://h/a@b:c", host(Ws, "h", 80, "/a@b:c", "h")),
        ("ws://h?a@b", host(Ws, "h", 80, "/?a@b", "h")),
        ("ws://h/a/./b/../c", host(Ws, "h", 80, "/a/c", "h")),
        ("ws://h/../../up", host(Ws, "h", 80, "/up", "h")),
        ("ws://h/%0d%0aX:%20y", host(Ws, "h", 80, "/%0d%0aX:%20y", "h")),
        ("ws://h/\"<>`{}", host(Ws, "h", 80, "/%22%3C%3E%60%7B%7D", "h")),
        ("ws://h/?\"<>'", host(Ws, "h", 80, "/?%22%3C%3E%27", "h")),
        ("ws://my_host-1.lan./", host(Ws, "my_host-1.lan.", 80, "/", "my_host-1.lan.")),
        ("ws://xn--bcher-kva.example/", {
            host(Ws, "xn--bcher-kva.example", 80, "/", "xn--bcher-kva.example")
        }),
        ("ws://192.0.2.7:9001/", host(Ws, "192.0.2.7", 9001, "/", "192.0.2.7:9001")),
        ("ws://0x7f.1/", host(Ws, "127.0.0.1", 80, "/", "127.0.0.1")),
        ("ws://[::1]", host(Ws, "::1", 80, "/", "[::1]")),
        ("wss://[2001:DB8:0:0::1]:8443/x", {
            host(Wss, "2001:db8::1", 8443, "/x", "[2001:db8::1]:8443")
        }),
        ("ws+unix:/run/app.sock", socket(Ws, "/run/app.sock", "/")),
        ("WSS+UNIX:/run/app.sock", socket(Wss, "/run/app.sock", "/")),
        ("ws+unix:///run/app.sock", socket(Ws, "/run/app.sock", "/")),
        ("ws+unix:/run/app.sock:/", socket(Ws, "/run/app.sock", "/")),
        ("ws+unix:/run/app.sock:/a/../chat?x=:/y", socket(Ws, "/run/app.sock", "/chat?x=:/y")),
        ("ws+unix:/run/a:b%20@c", socket(Ws, "/run/a:b%20@c", "/")),
    ];
    for (url, want) in cases {
        assert_eq!(Address::parse_dial(url), want, "{url}");
    }
}

#[test]
fn addresses_to_listen_on() {
    use Scheme::{Ws, Wss};
    let cases = [
        ("ws://[::]:0", host(Ws, "::", 0, "/", "[::]:0")),
        ("ws://0.0.0.0:9001", host(Ws, "0.0.0.0", 9001, "/", "0.0.0.0:9001")),
        ("ws://127.0.0.1:0/", host(Ws, "127.0.0.1", 0, "/", "127.0.0.1:0")),
        ("ws://*:80", host(Ws, "*", 80, "/", "*")),
        ("wss://*", host(Wss, "*", 443, "/", "*")),
        ("wss://*:0/", host(Wss, "*", 0, "/", "*:0")),
        ("ws://localhost:9001", host(Ws, "localhost", 9001, "/", "localhost:9001")),
        ("ws://LOCALHOST:9001", host(Ws, "localhost", 9001, "/", "localhost:9001")),
        ("ws+unix:/run/app.sock", socket(Ws, "/run/app.sock", "/")),
        ("wss+unix:/run/app.sock:/", socket(Wss, "/run/app.sock", "/")),
    ];
    for (url, want) in cases {
        assert_eq!(Address::parse_listen(url), want, "{url}");
        assert_eq!(Address::parse_listen_anywhere(url), want, "{url}");
    }
}

#[test]
fn names_to_listen_on_in_a_simulated_network() {
    let want = host(Scheme::Ws, "chat.example", 80, "/", "chat.example");
    assert_eq!(Address::parse_listen_anywhere("ws://Chat.Example"), want);
    let want = host(Scheme::Ws, "a.example", 0, "/", "a.example:0");
    assert_eq!(Address::parse_listen_anywhere("ws://a.example:0/"), want);
    for url in ["ws://a.example/chat", "ws://a.example?x", "ws://a b", "http://a.example"] {
        assert_eq!(Address::parse_listen_anywhere(url), Err(ErrorCode::InvalidUrl), "{url}");
    }
}

#[test]
fn d06_what_no_address_may_be() {
    let cases = [
        "",
        ":",
        "ws",
        "ws:",
        "ws:/",
        "ws://",
        "ws:///",
        "ws:///run/x",
        "ws:localhost",
        "ws:/localhost",
        "//localhost",
        "localhost",
        "http://localhost",
        "https://localhost",
        "ws+tcp://localhost",
        "wsx://localhost",
        " ws://localhost",
        "ws://localhost ",
        "ws ://localhost",
        "ws://localhost/a b",
        "ws://localhost/\r\nX: y",
        "ws://local\thost",
        "ws://localhost/\0",
        "ws://localhost/\u{7f}",
        "ws://localhost/\u{e9}",
        "ws://b\u{fc}cher.example",
        "ws://localhost\u{2028}",
        "ws:\\\\localhost",
        "ws://localhost\\x",
        "ws://localhost/\\x",
        "ws://localhost#",
        "ws://localhost/#part",
        "ws+unix:/run/app.sock#part",
        "ws://user@localhost",
        "ws://user:word@localhost",
        "ws://:word@localhost",
        "ws://@localhost",
        "ws://[x@[::1]",
        "ws://[::1@[::1]:80/",
        "ws://:80",
        "ws://:80/x",
        "ws://?x",
        "ws://localhost:65536",
        "ws://localhost:99999999999999999999999",
        "ws://localhost:+80",
        "ws://localhost:-1",
        "ws://localhost:8o",
        "ws://localhost:80:80",
        "ws://[::1",
        "ws://[::1]80",
        "ws://[::1]x",
        "ws://[]",
        "ws://[::1:80",
        "ws://::1",
        "ws://[127.0.0.1]",
        "ws://[::g]",
        "ws://[fe80::1%25eth0]",
        "ws://[localhost]",
        "ws://localhost]",
        "ws://1.2.3.4.5",
        "ws://256.1.1.1",
        "ws://local%68ost",
        "ws://local host",
        "ws://**",
        "ws://*.example.com",
        "ws://a,b",
        "ws://a;b",
        "ws://a!b",
        "ws://xn--\u{61}-\u{62}\u{62}-",
        "ws+unix:",
        "ws+unix:run/app.sock",
        "ws+unix://run/app.sock",
        "ws+unix:////run/app.sock",
        "ws+unix:/run/app.sock?x",
        "ws+unix:/run/\0.sock",
        "ws+unix::/x",
    ];
    for url in cases {
        assert_eq!(Address::parse_dial(url), Err(ErrorCode::InvalidUrl), "dial {url:?}");
        assert_eq!(Address::parse_listen(url), Err(ErrorCode::InvalidUrl), "listen {url:?}");
    }
}

#[test]
fn d06_what_only_one_side_may_use() {
    for url in ["ws://localhost:0", "ws://127.0.0.1:00", "ws://*:80", "wss://*"] {
        assert_eq!(Address::parse_dial(url), Err(ErrorCode::InvalidUrl), "{url}");
        assert!(Address::parse_listen(url).is_ok(), "{url}");
    }
    let to_dial = [
        "ws://example.com",
        "ws://localhost./",
        "ws://localhost/chat",
        "ws://localhost/.",
        "ws://localhost/x/..",
        "ws://localhost/?",
        "ws://localhost?x",
        "ws+unix:/run/app.sock:/chat",
        "ws+unix:/run/app.sock:/?x",
        "ws+unix:/run/app.sock:/.",
    ];
    for url in to_dial {
        assert!(Address::parse_dial(url).is_ok(), "{url}");
        assert_eq!(Address::parse_listen(url), Err(ErrorCode::InvalidUrl), "{url}");
    }
}

#[test]
fn d06_lengths_at_their_limits() {
    for (length, valid) in [(1, true), (106, true), (107, true), (108, false), (70_000, false)] {
        let path = format!("/{}", "x".repeat(length - 1));
        let dialled = Address::parse_dial(&format!("ws+unix:{path}:/chat"));
        let want =
            if valid { socket(Scheme::Ws, &path, "/chat") } else { Err(ErrorCode::InvalidUrl) };
        assert_eq!(dialled, want, "{length}");
    }
    for (labels, valid) in [(126, true), (127, true), (128, false), (100_000, false)] {
        let url = format!("ws://{}", "x.".repeat(labels));
        assert_eq!(Address::parse_dial(&url).is_ok(), valid, "{labels}");
    }
}

#[test]
fn d06_a_long_address_is_read_in_linear_time() {
    let started = std::time::Instant::now();
    for part in ["a", "/", "/a", "/..", "/a/..", "%41", "?", "\"", ":/", "@", "-", "1.", "[", "x:"]
    {
        let long = part.repeat((1 << 18) / part.len());
        for start in ["ws://", "ws://h/", "ws://h?", "ws://h:", "ws+unix:/", "ws+unix:/x:/", ""] {
            let _ = Address::parse_dial(&format!("{start}{long}"));
        }
    }
    assert!(started.elapsed().as_secs() < 60, "98 addresses of 1 MiB: {:?}", started.elapsed());
}

fn is_clean(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'\\')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn d06_no_address_breaks_out_of_the_request_head(
        scheme in "(ws|wss|ws\\+unix|WS|http)?",
        colon in "(://|:/|:)?",
        rest in prop_oneof![
            any::<String>(),
            "[ -~]{0,40}",
            "[a-f0-9.:/?@%\\[\\]*-]{0,30}",
        ],
    ) {
        let url = format!("{scheme}{colon}{rest}");
        for address in [Address::parse_dial(&url), Address::parse_listen(&url)] {
            let Ok(address) = address else { continue };
            prop_assert!(address.target.starts_with('/') && is_clean(&address.target));
            prop_assert!(!address.host_field.is_empty() && is_clean(&address.host_field));
            prop_assert!(!address.host_field.contains(['/', '?', '@', ',']));
            match address.place {
                Place::Host { host, .. } => prop_assert!(!host.is_empty() && is_clean(&host)),
                Place::Path(path) => prop_assert!(path.starts_with('/') && path.len() <= 107),
            }
        }
    }
}
