//! Which proxy is asked for which address, by configuration and by the environment.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::proxy::exempt::Exemptions;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::url::Address;

/// Variables; the proxy for ws; the proxy for wss.
type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>);

/// The host of the proxy for this URL.
fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
    let address = Address::parse_dial(url).expect("the URL is right");
    proxies.choose(&address).map(|proxy| proxy.host().to_owned())
}

fn of_environment(variables: &[(&str, &str)]) -> Result<Proxies, ErrorCode> {
    let mut proxies = Proxies::default();
    proxies.set_from_environment(|wanted| {
        let found = variables.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| (*value).to_owned())
    })?;
    Ok(proxies)
}

#[test]
fn d07_a_proxy_is_asked_unless_the_target_needs_none() {
    let mut proxies = Proxies::default();
    assert_eq!(chosen(&proxies, "ws://a"), None);
    proxies.set_proxy(Some(Proxy::parse("http://p").unwrap()));
    proxies.set_exempt(Exemptions::parse("b,c:444,10.0.0.0/8,[::1]").unwrap());
    let cases = [
        ("ws://a", Some("p")),
        ("wss://a", Some("p")),
        ("ws://B/", None),
        ("wss://x.b/", None),
        ("wss://c", Some("p")),
        ("wss://c:444", None),
        ("ws://10.1.1.1", None),
        ("ws://11.1.1.1", Some("p")),
        ("ws://[::1]:9", None),
        ("ws://[::2]:9", Some("p")),
        ("ws+unix:/socket", None),
        ("wss+unix:/socket", None),
    ];
    for (url, want) in cases {
        assert_eq!(chosen(&proxies, url).as_deref(), want, "{url}");
    }
    proxies.set_proxy(None);
    assert_eq!(chosen(&proxies, "ws://a"), None);
}

#[test]
fn d07_the_environment_names_a_proxy_for_each_scheme() {
    let cases: &[Row<'_>] = &[
        (&[], None, None),
        (&[("http_proxy", "p")], Some("p"), None),
        // What a client of a server that runs programs by CGI can set.
        (&[("HTTP_PROXY", "p")], None, None),
        (&[("https_proxy", "p")], None, Some("p")),
        (&[("HTTPS_PROXY", "p")], None, Some("p")),
        (&[("https_proxy", "p"), ("HTTPS_PROXY", "q")], None, Some("p")),
        (&[("all_proxy", "p"), ("ALL_PROXY", "q")], Some("p"), Some("p")),
        (&[("ALL_PROXY", "q")], Some("q"), Some("q")),
        (&[("all_proxy", "a"), ("http_proxy", "p"), ("https_proxy", "s")], Some("p"), Some("s")),
        (&[("http_proxy", ""), ("HTTPS_PROXY", ""), ("ALL_PROXY", "q")], Some("q"), Some("q")),
        (&[("ws_proxy", "p"), ("wss_proxy", "p")], None, None),
        (&[("all_proxy", "p"), ("no_proxy", "target")], None, None),
        (&[("all_proxy", "p"), ("NO_PROXY", "%%, target ,://")], None, None),
        (&[("all_proxy", "p"), ("NO_PROXY", "*"), ("no_proxy", "a")], Some("p"), Some("p")),
        (&[("all_proxy", "p"), ("no_proxy", "target:443")], Some("p"), None),
    ];
    for (variables, plain, secure) in cases {
        let proxies = of_environment(variables).unwrap();
        assert_eq!(chosen(&proxies, "ws://target").as_deref(), *plain, "{variables:?}");
        assert_eq!(chosen(&proxies, "wss://target").as_deref(), *secure, "{variables:?}");
    }
}

#[test]
fn d07_a_proxy_in_the_environment_that_cannot_be_read_is_an_error() {
    let cases = [
        (("http_proxy", "ftp://a"), ErrorCode::InvalidUrl),
        (("https_proxy", "a b"), ErrorCode::InvalidUrl),
        (("ALL_PROXY", "socks4://a"), ErrorCode::Unsupported),
    ];
    for (variable, want) in cases {
        assert_eq!(of_environment(&[variable]).map(drop), Err(want), "{variable:?}");
    }
}

#[test]
fn d07_an_environment_that_cannot_be_read_changes_nothing_and_one_that_is_empty_takes_all_away() {
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse("p").unwrap()));
    proxies.set_exempt(Exemptions::parse("b").unwrap());
    let wrong = |name: &str| (name == "https_proxy").then(|| "://".to_owned());
    assert_eq!(proxies.set_from_environment(wrong), Err(ErrorCode::InvalidUrl));
    assert_eq!(chosen(&proxies, "ws://a").as_deref(), Some("p"));
    assert_eq!(chosen(&proxies, "ws://b"), None);
    assert_eq!(proxies.set_from_environment(|_| None), Ok(()));
    assert_eq!(chosen(&proxies, "ws://a"), None);
}

#[test]
fn d07_headers_for_a_proxy_are_checked() {
    let mut proxies = Proxies::default();
    for (name, value) in [
        ("Host", "other"),
        ("hOST", "other"),
        ("Connection", "close"),
        ("Content-Length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("X Y", "z"),
        ("X", "a\r\nY: b"),
        ("X", "a\0"),
    ] {
        let added = proxies.add_header(name, value);
        assert_eq!(added, Err(ErrorCode::InvalidHeader), "{name:?}: {value:?}");
    }
    assert_eq!(proxies.add_header("User-Agent", "test"), Ok(()));
}

#[test]
fn d07_credentials_in_headers_show_nowhere() {
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse("http://proxy").unwrap()));
    proxies.add_header("Proxy-Authorization", "Bearer hidden").unwrap();
    let proxy = proxies.choose(&Address::parse_dial("ws://a").unwrap());
    let shown = format!("{proxy:?} {proxies:?}");
    assert!(shown.contains("Proxy-Authorization") && !shown.contains("hidden"), "{shown}");
}
