//! Proxies as a person types them.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::proxy::url::{Kind, Proxy};
use proptest::prelude::*;

#[test]
fn d07_urls_of_proxies_are_read() {
    let cases = [
        ("http://proxy", Kind::Http, "proxy", 80, false),
        ("http://proxy/", Kind::Http, "proxy", 80, false),
        ("http://Proxy.Example:3128", Kind::Http, "proxy.example", 3128, false),
        ("HTTP://proxy:", Kind::Http, "proxy", 80, false),
        ("proxy:3128", Kind::Http, "proxy", 3128, false),
        ("proxy", Kind::Http, "proxy", 80, false),
        ("user:pass@proxy:3128/", Kind::Http, "proxy", 3128, true),
        ("http://192.0.2.1:8080", Kind::Http, "192.0.2.1", 8080, false),
        ("http://[2001:DB8::1]:8080/", Kind::Http, "2001:db8::1", 8080, false),
        ("https://proxy", Kind::Https, "proxy", 443, false),
        ("https://user@proxy:1", Kind::Https, "proxy", 1, true),
        ("socks5://proxy", Kind::Socks5, "proxy", 1080, false),
        ("socks5h://proxy", Kind::Socks5, "proxy", 1080, false),
        ("socks5://a:b:c%40%2f%00e9@[::1]:65535", Kind::Socks5, "::1", 65535, true),
    ];
    for (url, kind, host, port, has_credentials) in cases {
        let url = url.replace("%00e9", "%C3%A9");
        let proxy = Proxy::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let read = (proxy.kind(), proxy.host(), proxy.port(), proxy.has_credentials());
        assert_eq!(read, (kind, host, port, has_credentials), "{url}");
    }
}

#[test]
fn d07_what_is_no_url_of_a_proxy_is_refused() {
    let long = "x".repeat(256);
    let wrong = [
        "",
        "http://",
        "http:///",
        "http://:3128",
        "http://*",
        "http://*:80",
        "http://proxy:0",
        "http://proxy:65536",
        "http://proxy:-1",
        "http://proxy:80x",
        "http://proxy//",
        "http://proxy/path",
        "http://proxy?query",
        "http://proxy#part",
        "http://pro xy",
        "http://proxy\r\nX: y",
        "http://proxy\0",
        "http://pr\u{f6}xy",
        "http://[::1",
        "http://::1",
        "http://[fe80::1%25eth0]",
        "http://@proxy",
        "http://a b@proxy",
        "http://a\r\n:b@proxy",
        "http://a%0d%0a:b@proxy",
        "http://a:%00@proxy",
        "http://a%3Ab:c@proxy",
        "http://%ff@proxy",
        "http://%4@proxy",
        "socks5://:password@proxy",
        "socks5://a%0a@proxy",
        &format!("socks5://{long}@proxy"),
        &format!("socks5://a:{long}@proxy"),
        "ws://proxy",
        "ftp://proxy",
        "socks://proxy",
        "://proxy",
        " http://proxy",
    ];
    for url in wrong {
        assert_eq!(Proxy::parse(url), Err(ErrorCode::InvalidUrl), "{url:?}");
    }
    for url in ["socks4://proxy", "SOCKS4A://proxy"] {
        assert_eq!(Proxy::parse(url), Err(ErrorCode::Unsupported), "{url:?}");
    }
    let just = "x".repeat(255);
    assert!(Proxy::parse(&format!("socks5://{just}:{just}@proxy")).is_ok());
}

#[test]
fn d07_credentials_show_nowhere() {
    for scheme in ["http", "https", "socks5"] {
        let proxy = Proxy::parse(&format!("{scheme}://alice:secret@proxy:3128")).unwrap();
        let shown = format!("{proxy:?} {proxy:#?}");
        for secret in ["alice", "secret", "YWxpY2U"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("proxy") && shown.contains("3128"), "{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d07_any_text_is_read_or_refused(
        url in "(http|https|socks5|)(://)?([a-z%:@/.\\[\\]0-9]{0,30}|\\PC{0,30})",
    ) {
        if let Ok(proxy) = Proxy::parse(&url) {
            prop_assert!(!proxy.host().is_empty() && proxy.port() != 0);
            prop_assert!(!proxy.host().contains(['@', '/', '[', ']', '%', ' ']));
        }
    }
}
