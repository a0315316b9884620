//! Writes the C header, and gives the shared library its name.
//!
//! The header is generated into the build directory; a test compares it with `include/oxws.h`.

use std::env;
use std::fs;
use std::path::Path;

/// Text that cbindgen cannot make constants of.
const PROTOCOL_MACROS: &str = "\n\n\
    /** What a server appends to the key of a request before it hashes it (RFC 6455 section 1.3). */\n\
    #define OXWS_PROTOCOL_GUID \"258EAFA5-E914-47DA-95CA-C5AB0DC85B11\"\n\n\
    /** The newest version, as the Sec-WebSocket-Version field carries it. */\n\
    #define OXWS_PROTOCOL_VERSION \"13\"";

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    println!("cargo:rerun-if-changed=build.rs");
    name_library();
    write_header();
}

/// rustc gives a shared library no name of its own; programs are bound to one that changes only
/// when old programs would break.
fn name_library() {
    let major = variable("CARGO_PKG_VERSION_MAJOR");
    match variable("CARGO_CFG_TARGET_OS").as_str() {
        "linux" | "android" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liboxws.so.{major}");
            // A library that started threads must not be unmapped under them.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" => {
            let name = format!("@rpath/liboxws.{major}.dylib");
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,{name}");
        }
        _ => {}
    }
}

fn write_header() {
    let root = variable("CARGO_MANIFEST_DIR");
    let target = Path::new(&variable("OUT_DIR")).join("oxws.h");
    let mut config = match cbindgen::Config::from_file(Path::new(&root).join("cbindgen.toml")) {
        Ok(config) => config,
        Err(error) => panic!("cbindgen.toml cannot be read: {error}"),
    };
    config.header = Some(include_str!("src/ffi/header_preamble.txt").trim_end().to_owned());
    config.after_includes = Some(version_macros() + PROTOCOL_MACROS);
    match cbindgen::Builder::new().with_crate(&root).with_config(config).generate() {
        Ok(bindings) => write_for_c(&bindings, &target),
        Err(error) => panic!("the C header cannot be generated: {error}"),
    }
}

/// What Rust calls safety is for C the general rule about pointers at the top of the header; the
/// same words at each function would hide what is particular to it. Comments end with their text,
/// and there is one empty line between declarations.
fn write_for_c(bindings: &cbindgen::Bindings, target: &Path) {
    let mut header = Vec::new();
    bindings.write(&mut header);
    let mut text = String::new();
    let mut is_safety = false;
    for line in String::from_utf8_lossy(&header).lines() {
        let is_comment = line.starts_with("///");
        is_safety = line == "/// # Safety" || (is_safety && is_comment);
        if !is_comment {
            text.truncate(text.trim_end_matches("///\n").len());
        }
        let is_one_too_many = line.is_empty() && text.ends_with("\n\n");
        if !is_safety && !is_one_too_many {
            text.push_str(line);
            text.push('\n');
        }
    }
    if let Err(error) = fs::write(target, text) {
        panic!("{}: {error}", target.display());
    }
}

fn version_macros() -> String {
    let part = |name: &str| -> u32 {
        match variable(name).parse() {
            Ok(number) => number,
            Err(_) => panic!("{name} is no number"),
        }
    };
    let major = part("CARGO_PKG_VERSION_MAJOR");
    let minor = part("CARGO_PKG_VERSION_MINOR");
    let patch = part("CARGO_PKG_VERSION_PATCH");
    format!(
        "\n/// The major version of this header.\n\
         #define OXWS_LIBRARY_VERSION_MAJOR {major}\n\
         /// The minor version of this header.\n\
         #define OXWS_LIBRARY_VERSION_MINOR {minor}\n\
         /// The patch of this header.\n\
         #define OXWS_LIBRARY_VERSION_PATCH {patch}\n\
         /// The version of this header as a number: major << 16 | minor << 8 | patch.\n\
         #define OXWS_LIBRARY_VERSION_NUMBER 0x{:06x}\n\
         /// The version of this header as text.\n\
         #define OXWS_LIBRARY_VERSION \"{major}.{minor}.{patch}\"",
        major << 16 | minor << 8 | patch
    )
}

fn variable(name: &str) -> String {
    match env::var(name) {
        Ok(value) => value,
        Err(error) => panic!("{name}: {error}"),
    }
}
