//! Good and bad certificates of servers: the host is always checked, and nothing else excuses it.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};

use super::*;

/// Names in a certificate, what else is about it, the host that is dialled, and what comes of it.
type Row = (&'static [&'static str], fn(&mut CertificateParams), &'static str, Verdict);

/// What a client makes of a certificate: nothing to say, or its error and the alert that it sends.
type Verdict = Option<(ErrorCode, u8)>;

fn common_name(params: &mut CertificateParams) {
    params.distinguished_name.push(DnType::CommonName, "a.test");
}

fn expired(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
}

fn of_the_future(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2999, 1, 1), date_time_ymd(3000, 1, 1));
}

fn of_a_client(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

fn of_a_server(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
}

fn of_an_authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

#[test]
fn d08_certificates_of_an_authority_that_is_trusted() {
    const WRONG_NAME: Verdict = Some((ErrorCode::CertificateWrongName, 42));
    const WRONG_USAGE: Verdict = Some((ErrorCode::CertificateWrongUsage, 43));
    let plain: fn(&mut CertificateParams) = |_| ();
    let rows: &[Row] = &[
        (&["a.test"], plain, "a.test", None),
        (&["a.test"], plain, "A.Test", None),
        (&["a.test"], plain, "a.test.", None),
        (&["a_b.test"], plain, "a_b.test", None),
        (&["a_b.test"], plain, "a_b.test.", None),
        (&["*.b.test"], plain, "_a.b.test", None),
        (&["*.test"], plain, "a.test", WRONG_NAME),
        (&["a-b.test"], plain, "a_b.test", WRONG_NAME),
        (&["*.a.test"], plain, "x.a.test.", None),
        (&["b.test", "a.test"], of_a_server, "a.test", None),
        (&["a.test"], plain, "b.test", WRONG_NAME),
        (&["a.test"], plain, "x.a.test", WRONG_NAME),
        (&["a.test"], plain, "test", WRONG_NAME),
        (&["a.test"], plain, "a.test.evil.test", WRONG_NAME),
        (&["*.a.test"], plain, "x.a.test", None),
        (&["*.a.test"], plain, "a.test", WRONG_NAME),
        (&["*.a.test"], plain, "y.x.a.test", WRONG_NAME),
        (&["127.0.0.1"], plain, "127.0.0.1", None),
        (&["::1"], plain, "[::1]", None),
        (&["::1"], plain, "::1", None),
        (&["fe80::1"], plain, "[fe80::1]", None),
        (&["127.0.0.2"], plain, "127.0.0.1", WRONG_NAME),
        (&["a.test"], plain, "127.0.0.1", WRONG_NAME),
        (&["127.0.0.1"], plain, "a.test", WRONG_NAME),
        (&[], common_name, "a.test", WRONG_NAME),
        (&["b.test"], common_name, "a.test", WRONG_NAME),
        (&["a.test"], expired, "a.test", Some((ErrorCode::CertificateExpired, 45))),
        (&["a.test"], of_the_future, "a.test", Some((ErrorCode::CertificateNotYetValid, 45))),
        (&["a.test"], of_a_client, "a.test", WRONG_USAGE),
        (&["a.test"], of_an_authority, "a.test", Some((ErrorCode::CertificateWrongUsage, 46))),
    ];
    let authority = Authority::new("root");
    let client = trusting(&authority);
    for (names, alter, host, verdict) in rows {
        let joined = join(&client, &showing(&authority.issue(names, alter)), host);
        let alert = verdict.map(|(_, alert)| (ErrorCode::TlsAlert, alert));
        let seen = joined.client.as_ref().err().map(|failure| failure.error);
        assert_eq!(seen, verdict.map(|(error, _)| error), "{names:?} for {host}");
        joined.check(*verdict, alert);
    }
}

#[test]
fn d08_certificates_that_nobody_vouches_for() {
    let known = Authority::new("root");
    let rows = [
        ("other", ErrorCode::CertificateUnknownIssuer, 48),
        // One that takes the name of another does not have its key.
        ("root", ErrorCode::CertificateMalformed, 51),
    ];
    for (name, error, alert) in rows {
        let server = showing(&Authority::new(name).issue(&["a.test"], |_| ()));
        let joined = join(&trusting(&known), &server, "a.test");
        joined.check(Some((error, alert)), Some((ErrorCode::TlsAlert, alert)));
    }

    let own = by_itself("a.test", |_| ());
    let refused = join(&trusting(&known), &showing(&own), "a.test");
    refused.check(Some((ErrorCode::CertificateSelfSigned, 46)), Some((ErrorCode::TlsAlert, 46)));

    let mut trusting_it = trusting(&known);
    trusting_it.add_authorities(own.certificate.as_bytes()).unwrap();
    join(&trusting_it, &showing(&own), "a.test").open();
    let elsewhere = join(&trusting_it, &showing(&own), "b.test");
    elsewhere.check(Some((ErrorCode::CertificateWrongName, 42)), Some((ErrorCode::TlsAlert, 42)));
}

#[test]
fn d08_an_authority_that_shows_its_own_certificate() {
    let known = Authority::new("known");
    let own =
        by_itself("a.test", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let refused = join(&trusting(&known), &showing(&own), "a.test");
    refused.check(Some((ErrorCode::CertificateSelfSigned, 46)), Some((ErrorCode::TlsAlert, 46)));

    let mut trusting_it = trusting(&known);
    trusting_it.add_authorities(own.certificate.as_bytes()).unwrap();
    let refused = join(&trusting_it, &showing(&own), "a.test");
    refused.check(Some((ErrorCode::CertificateWrongUsage, 46)), Some((ErrorCode::TlsAlert, 46)));
}

/// A certificate that is signed by itself, changed by `alter` before.
fn by_itself(name: &str, alter: impl FnOnce(&mut CertificateParams)) -> Pair {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    alter(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    Pair { certificate: certificate.pem(), key: key.serialize_pem() }
}

#[test]
fn d08_what_lies_between_a_certificate_and_its_authority() {
    let root = Authority::new("root");
    let upper = root.below("upper");
    let lower = upper.below("lower");
    let leaf = lower.issue(&["a.test"], |_| ());
    let chain = |certificates: &[String]| {
        let certificate = [std::slice::from_ref(&leaf.certificate), certificates].concat().concat();
        showing(&Pair { certificate, key: leaf.key.clone() })
    };
    let (root_text, upper, lower) = (root.certificate(), upper.certificate(), lower.certificate());
    let client = trusting(&root);
    join(&client, &chain(&[lower.clone(), upper.clone()]), "a.test").open();
    // RFC 8446 section 4.4.2 lets the order be any.
    join(&client, &chain(&[root_text, upper.clone(), lower.clone()]), "a.test").open();
    for missing in [&[][..], &[lower], &[upper]] {
        let joined = join(&client, &chain(missing), "a.test");
        joined.check(
            Some((ErrorCode::CertificateUnknownIssuer, 48)),
            Some((ErrorCode::TlsAlert, 48)),
        );
    }
}

#[test]
fn d08_a_certificate_that_is_revoked_is_refused_and_its_siblings_are_not() {
    let authority = Authority::new("root");
    let issue = |number: u64| {
        showing(&authority.issue(&["a.test"], |params| params.serial_number = Some(number.into())))
    };
    let mut client = trusting(&authority);
    join(&client, &issue(7), "a.test").open();
    client.add_revocation_lists(authority.revoke(7).as_bytes()).unwrap();
    let revoked = join(&client, &issue(7), "a.test");
    revoked.check(Some((ErrorCode::CertificateRevoked, 44)), Some((ErrorCode::TlsAlert, 44)));
    join(&client, &issue(8), "a.test").open();

    // What another authority revokes is nothing to it.
    let mut client = trusting(&authority);
    client.add_revocation_lists(Authority::new("other").revoke(7).as_bytes()).unwrap();
    join(&client, &issue(7), "a.test").open();
}

#[test]
fn d08_only_the_dangerous_option_accepts_whatever_is_shown() {
    let mut client = TlsOptions::default();
    client.trust_system(false).unwrap();
    client.accept_any_certificate(true).unwrap();
    let authority = Authority::new("root");
    for server in [showing(&by_itself("b.test", |_| ())), showing(&authority.issue(&[], expired))] {
        join(&client, &server, "a.test").open();
    }
    client.accept_any_certificate(false).unwrap();
    assert_eq!(client.client().err(), Some(ErrorCode::TlsNotConfigured));
}

#[test]
fn d08_a_pinned_key_is_wanted_besides_everything_else() {
    let authority = Authority::new("root");
    let key = KeyPair::generate().unwrap();
    let certificate = authority.sign(&key, &["a.test"]);
    let server = showing(&Pair { certificate, key: key.serialize_pem() });
    let own = pin_of(&key);
    let other = pin_of(&KeyPair::generate().unwrap());

    let mut client = trusting(&authority);
    client.add_pin(&other).unwrap();
    let refused = join(&client, &server, "a.test");
    refused.check(Some((ErrorCode::CertificatePin, 46)), Some((ErrorCode::TlsAlert, 46)));
    client.add_pin(&format!("pin-sha256=\"{own}\"")).unwrap();
    join(&client, &server, "a.test").open();
    let elsewhere = join(&client, &server, "b.test");
    elsewhere.check(Some((ErrorCode::CertificateWrongName, 42)), Some((ErrorCode::TlsAlert, 42)));

    // A pin is checked where nothing else is.
    for (pin, verdict) in [(own, None), (other, Some((ErrorCode::CertificatePin, 46)))] {
        let mut client = TlsOptions::default();
        client.accept_any_certificate(true).unwrap();
        client.add_pin(&pin).unwrap();
        let joined = join(&client, &server, "elsewhere.test");
        joined.check(verdict, verdict.map(|(_, alert)| (ErrorCode::TlsAlert, alert)));
    }
}

fn pin_of(key: &KeyPair) -> String {
    use base64::Engine;
    use rcgen::PublicKeyData;
    let hash = super::super::provider::sha256(&key.subject_public_key_info()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(hash)
}
