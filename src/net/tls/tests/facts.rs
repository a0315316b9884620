//! What certificates say, and what is made of those that say nothing sensible.

use proptest::prelude::*;
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, SanType};

use super::super::certificate::{issuer, names, subject};
use super::*;

/// A certificate in DER.
fn certificate(alter: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let text = Authority::new("Root, the first").issue(&["a.test"], alter).certificate;
    super::super::pem::certificates(text.as_bytes()).unwrap()[0].to_vec()
}

/// Escapes as in RFC 4514 section 2.4, the most significant part last.
#[test]
fn names_of_people_are_written_as_rfc_4514_says() {
    let der = certificate(|params| {
        params.distinguished_name = DistinguishedName::new();
        let name = &mut params.distinguished_name;
        name.push(DnType::CountryName, DnValue::PrintableString("GB".try_into().unwrap()));
        name.push(DnType::OrganizationName, "A, B + C");
        name.push(DnType::CommonName, " #\"x\"\\;<ä> ");
    });
    let wanted = "CN=\\ #\\\"x\\\"\\\\\\;\\<ä\\>\\ ,O=A\\, B \\+ C,C=GB";
    assert_eq!(subject(&der).as_deref(), Some(wanted));
    assert_eq!(issuer(&der).as_deref(), Some("CN=Root\\, the first"));
    let nobody = certificate(|params| params.distinguished_name = DistinguishedName::new());
    assert_eq!(subject(&nobody).as_deref(), Some(""));
}

#[test]
fn names_of_hosts_have_their_kind() {
    let der = certificate(|params| {
        params.subject_alt_names = vec![
            SanType::DnsName("*.a.test".try_into().unwrap()),
            SanType::IpAddress("192.0.2.1".parse().unwrap()),
            SanType::IpAddress("2001:db8::1".parse().unwrap()),
            SanType::URI("spiffe://a.test/x".try_into().unwrap()),
            SanType::Rfc822Name("x@a.test".try_into().unwrap()),
        ];
    });
    let wanted = [
        "DNS:*.a.test",
        "IP:192.0.2.1",
        "IP:2001:db8::1",
        "URI:spiffe://a.test/x",
        "EMAIL:x@a.test",
    ];
    assert_eq!(names(&der), wanted);
    assert!(names(&certificate(|params| params.subject_alt_names.clear())).is_empty());
}

#[test]
fn what_is_no_certificate_says_nothing() {
    let whole = certificate(|_| ());
    for len in 0..whole.len() {
        assert_eq!((subject(&whole[..len]), issuer(&whole[..len])), (None, None));
        assert!(names(&whole[..len]).is_empty());
    }
}

proptest! {
    #[test]
    fn a_damaged_certificate_does_no_harm(places in prop::collection::vec((0..600usize, any::<u8>()), 1..8)) {
        thread_local!(static WHOLE: Vec<u8> = certificate(|params| {
            params.distinguished_name.push(DnType::CommonName, "someone");
        }));
        let mut der = WHOLE.with(Clone::clone);
        for (place, byte) in places {
            let place = place % der.len();
            der[place] = byte;
        }
        let _ = (subject(&der), issuer(&der), names(&der));
    }
}
