//! The committed C header is the one that the source gives.

use std::path::Path;

const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/oxws.h"));

#[test]
fn the_committed_header_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/oxws.h");
    if std::env::var_os("OXWS_BLESS").is_some() {
        std::fs::write(&path, GENERATED).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == GENERATED, "include/oxws.h has drifted; `make header` writes it anew");
}

#[test]
fn f11_the_header_says_that_a_callback_must_return() {
    let text = GENERATED.replace("\n * ", " ");
    assert!(text.contains("an exception or longjmp through the library is undefined behaviour"));
}

/// A function that compares secrets would have to take the same time for all of them, and a test
/// that it does.
#[test]
fn c13_no_function_compares_credentials() {
    for word in ["password", "credential", "secret", "authorize", "authenticate"] {
        let is_comment = |line: &&str| line.trim_start().starts_with("///");
        let code: Vec<&str> = GENERATED.lines().filter(|line| !is_comment(line)).collect();
        let code = code.join("\n");
        // What a client is to send is given to its config, and compared with nothing.
        let is_setter = |declaration: &&str| declaration.contains("oxws_status oxws_config_");
        let mut declared = code.split(';').filter(|declaration| !is_setter(declaration));
        assert!(declared.all(|declaration| !declaration.contains(word)), "{word}");
    }
}
