//! What is reached without the proxy.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::proxy::exempt::Exemptions;
use proptest::prelude::*;

#[test]
fn d07_a_list_names_what_needs_no_proxy() {
    // A list; what it has; what it has not.
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &[], &["a:1", "127.0.0.1:1"]),
        ("*", &["a:1", "127.0.0.1:1", "::1:1"], &[]),
        (
            "example.com",
            &["example.com:1", "a.example.com:1", "A.B.EXAMPLE.COM:2"],
            &["badexample.com:1", "example.com.evil:1", "example.co:1", "com:1"],
        ),
        (".example.com", &["example.com:1", "a.example.com:1"], &["aexample.com:1"]),
        ("*.Example.com", &["example.com:1", "a.example.com:1"], &["aexample.com:1"]),
        ("example.com.", &["example.com:1", "a.example.com.:1"], &["com:1"]),
        ("a.b:8080", &["a.b:8080", "x.a.b:8080"], &["a.b:80", "x.a.b:80"]),
        ("localhost", &["localhost:1", "x.localhost:1"], &["127.0.0.1:1", "::1:1"]),
        ("192.0.2.1", &["192.0.2.1:1", "::ffff:192.0.2.1:1"], &["192.0.2.10:1", "1.192.0.2:1"]),
        ("192.0.2.1:9", &["192.0.2.1:9"], &["192.0.2.1:8"]),
        ("2001:db8::1", &["2001:db8::1:1", "2001:DB8:0::1:1"], &["2001:db8::2:1"]),
        ("[2001:db8::1]", &["2001:db8::1:1"], &["2001:db8::2:1"]),
        ("[2001:db8::1]:9", &["2001:db8::1:9"], &["2001:db8::1:8"]),
        ("::ffff:192.0.2.1", &["192.0.2.1:1"], &["192.0.2.2:1"]),
        ("10.0.0.0/8", &["10.1.2.3:1", "::ffff:10.1.2.3:1"], &["11.0.0.1:1", "10.example:1"]),
        ("fd00::/8", &["fd12::1:1"], &["fe00::1:1", "10.0.0.1:1"]),
        // The end of an address is no domain.
        ("1", &["1:1", "a.1:1"], &["10.0.0.1:1", "192.0.2.1:1"]),
        ("0.1", &[], &["10.0.0.1:1"]),
        (" a , b\tc,,d:1 ", &["a:9", "b:9", "c:9", "d:1"], &["d:2", "e:1"]),
    ];
    for (list, inside, outside) in cases {
        let exempt = Exemptions::parse(list).unwrap_or_else(|error| panic!("{list}: {error}"));
        for (places, want) in [(inside, true), (outside, false)] {
            for place in *places {
                let (host, port) = place.rsplit_once(':').unwrap();
                let found = exempt.contains(host, port.parse().unwrap());
                assert_eq!(found, want, "{place} in {list:?}");
            }
        }
        assert_eq!(Exemptions::parse_known(list), exempt);
    }
}

#[test]
fn d07_what_cannot_be_read_is_refused_or_skipped() {
    let wrong = [
        ".",
        "*.",
        "*.*",
        "**",
        "*a",
        "a*",
        "a:0",
        "a:65536",
        "a:",
        "a:+1",
        "a:1:2",
        ":1",
        "a/b",
        "10.0.0.0/33",
        "10.0.0.0/8:80",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:",
        "[a]",
        "[10.0.0.1]",
        "a@b",
        "http://a",
        "\u{e4}",
        "a\r\nb",
        "fe80::1%eth0",
        "..a",
    ];
    for list in wrong {
        assert_eq!(Exemptions::parse(list), Err(ErrorCode::InvalidArgument), "{list:?}");
        let mixed = format!("a,{list},b");
        assert_eq!(Exemptions::parse(&mixed), Err(ErrorCode::InvalidArgument), "{mixed:?}");
        assert_eq!(Exemptions::parse_known(&mixed), Exemptions::parse("a,b").unwrap(), "{mixed}");
    }
    assert!(Exemptions::parse(&"a,".repeat(1024)).is_ok());
    assert_eq!(Exemptions::parse(&"a,".repeat(1025)), Err(ErrorCode::TooLong));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d07_any_list_is_read_or_refused(
        list in "([a-c0-9.:*/\\[\\], ]{0,30}|\\PC{0,30})",
        host in "[a-c0-9.:]{0,12}",
        port: u16,
    ) {
        let known = Exemptions::parse_known(&list);
        let _ = known.contains(&host, port);
        if let Ok(exempt) = Exemptions::parse(&list) {
            prop_assert_eq!(exempt, known);
        }
    }

    #[test]
    fn d07_a_name_has_itself_and_what_is_below_it(
        name in "[a-z]{1,5}(\\.[a-z]{1,5}){0,3}",
        below in "[a-z]{1,5}",
    ) {
        let exempt = Exemptions::parse(&name).unwrap();
        prop_assert!(exempt.contains(&name, 1));
        let (subdomain, lookalike) = (format!("{below}.{name}"), format!("{below}{name}"));
        prop_assert!(exempt.contains(&subdomain, 1));
        prop_assert!(!exempt.contains(&lookalike, 1));
    }
}
