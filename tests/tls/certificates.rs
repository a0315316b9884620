//! Makes the certificates that the tests in C, C++ and of the examples need, in a directory.
//!
//! usage: certificates DIRECTORY

#![allow(clippy::unwrap_used)] // Without certificates there is no test.

#[allow(dead_code, reason = "other tests use more of it")]
mod authority;

use std::fs;
use std::path::Path;

use authority::{Authority, Pair};
use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};

fn main() {
    let directory = std::env::args_os().nth(1).expect("usage: certificates DIRECTORY");
    let directory = Path::new(&directory);
    fs::create_dir_all(directory).unwrap();
    let put = |name: &str, pair: &Pair| {
        fs::write(directory.join(format!("{name}.pem")), &pair.certificate).unwrap();
        fs::write(directory.join(format!("{name}.key")), &pair.key).unwrap();
    };
    let (root, clients) = (Authority::new("oxws test root"), Authority::new("oxws test clients"));
    fs::write(directory.join("root.pem"), root.certificate()).unwrap();
    fs::write(directory.join("clients.pem"), clients.certificate()).unwrap();
    let here = ["localhost", "127.0.0.1", "::1"];
    put("server", &root.issue(&here, |params| params.extended_key_usages = vec![ServerAuth]));
    put("other", &root.issue(&["a.test", "*.b.test"], |_| ()));
    let revoked = root.issue(&here, |params| params.serial_number = Some(7.into()));
    put("revoked", &revoked);
    fs::write(directory.join("revoked.crl"), root.revoke(7)).unwrap();
    put(
        "client",
        &clients.issue(&[], |params| {
            params.distinguished_name.push(rcgen::DnType::CommonName, "client, one");
            params.extended_key_usages = vec![ClientAuth];
        }),
    );
}
