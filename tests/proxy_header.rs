//! The header with which a proxy tells who the client is: whole, byte by byte and at every split.

// A helper outside of a test function may unwrap as a test may.
#![allow(clippy::unwrap_used)]

use oxws::protocol::error::ErrorCode;
use oxws::protocol::proxy_header::{ProxyHeader, ProxyHeaderReader};
use proptest::prelude::*;

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// What follows a header and is none of it.
const BEHIND: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

/// A header of version 2.
fn version2(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
    let len = u16::try_from(block.len()).unwrap();
    [SIGNATURE, &[command, family], &len.to_be_bytes(), block].concat()
}

/// The addresses that the tables use: 192.0.2.1:50000 and 198.51.100.2:443.
const V4: &[u8] = &[192, 0, 2, 1, 198, 51, 100, 2, 0xc3, 0x50, 1, 0xbb];

/// [2001:db8::1]:50000 and [2001:db8::2]:443.
const V6: &[u8] = &[
    0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 2, 0xc3, 0x50, 1, 0xbb,
];

fn with(addresses: &[u8], values: &[u8]) -> Vec<u8> {
    [addresses, values].concat()
}

/// What is told: "source destination", or "-".
fn told(header: &ProxyHeader) -> String {
    header.route.map_or("-".to_owned(), |route| format!("{} {}", route.source, route.destination))
}

/// Feeds pieces; what is told, and how many bytes were taken.
fn fed(pieces: &[&[u8]]) -> Result<(Option<ProxyHeader>, usize), ErrorCode> {
    let mut reader = ProxyHeaderReader::default();
    let mut taken = 0;
    for piece in pieces {
        let fed = reader.feed(piece)?;
        taken += fed.consumed;
        if fed.header.is_some() {
            return Ok((fed.header, taken));
        }
        assert_eq!(fed.consumed, piece.len());
    }
    Ok((None, taken))
}

/// A whole header in every way in which it can come, and with something behind it.
fn check_told(header: &[u8], want: &str) {
    let in_one = [header, BEHIND].concat();
    let bytes: Vec<&[u8]> = in_one.chunks(1).collect();
    let mut ways = vec![vec![header], vec![in_one.as_slice()], bytes];
    ways.extend((0..=in_one.len()).map(|at| vec![&in_one[..at], &in_one[at..]]));
    for pieces in ways {
        let (found, taken) = fed(&pieces).unwrap_or_else(|_| panic!("refused: {header:?}"));
        assert_eq!(found.as_ref().map(told).as_deref(), Some(want), "{header:?}");
        assert_eq!(taken, header.len(), "{header:?}");
    }
    for end in 0..header.len() {
        assert_eq!(fed(&[&header[..end]]), Ok((None, end)), "{header:?} to {end}");
    }
}

fn check_refused(header: &[u8]) {
    let refused = Err(ErrorCode::HandshakeProxyHeader);
    assert_eq!(fed(&[header]), refused, "{:?}", header.escape_ascii().to_string());
    let bytes: Vec<&[u8]> = header.chunks(1).collect();
    assert_eq!(fed(&bytes), refused, "{:?}", header.escape_ascii().to_string());
}

#[test]
fn version_1_tells_addresses_or_nothing() {
    let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(91));
    assert_eq!(longest.len(), 107);
    let rows: &[(&str, &str)] = &[
        ("PROXY TCP4 192.0.2.1 198.51.100.2 50000 443\r\n", "192.0.2.1:50000 198.51.100.2:443"),
        ("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0 255.255.255.255:65535"),
        (
            "PROXY TCP6 2001:db8::1 2001:DB8:0:0::2 50000 443\r\n",
            "[2001:db8::1]:50000 [2001:db8::2]:443",
        ),
        ("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1:1 [::1]:2"),
        ("PROXY UNKNOWN\r\n", "-"),
        ("PROXY UNKNOWN 192.0.2.1 x\0\t\r\n", "-"),
        (&longest, "-"),
    ];
    for (line, want) in rows {
        check_told(line.as_bytes(), want);
    }
}

#[test]
fn what_is_not_quite_version_1_is_refused() {
    let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(92));
    assert_eq!(long.len(), 108);
    let rows: &[&str] = &[
        "GET / HTTP/1.1\r\n",
        "proxy TCP4 192.0.2.1 198.51.100.2 50000 443\r\n",
        "PROXY\r\n",
        "PROXY \r\n",
        " PROXY UNKNOWN\r\n",
        "PROXY  UNKNOWN\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY UNKNOWN\n",
        "PROXY UNKNOWN\r \r\n",
        "PROXY UNKNOWN\r\r\n",
        "PROXY UNKNOWN \n\r\n",
        "PROXY TCP5 192.0.2.1 198.51.100.2 50000 443\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.2 50000 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 50000\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 50000 443 \r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 50000 443 1\r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.2 50000 443\r\n",
        "PROXY TCP4 192.0.2.1\t198.51.100.2 50000 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 50000 65536\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 050000 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 +5000 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2  443\r\n",
        "PROXY TCP4 192.0.2.01 198.51.100.2 50000 443\r\n",
        "PROXY TCP4 192.0.2 198.51.100.2 50000 443\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.2 50000 443\r\n",
        "PROXY TCP4 ::1 ::2 50000 443\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.2 50000 443\r\n",
        "PROXY TCP6 fe80::1%1 ::2 50000 443\r\n",
        "PROXY TCP6 [::1] ::2 50000 443\r\n",
        "PROXY TCP4 192.0.2.1 \u{661}98.51.100.2 50000 443\r\n",
        &long,
    ];
    for line in rows {
        check_refused(line.as_bytes());
    }
    // It does not take a line end to see that it is none.
    for start in [&b"H"[..], b"PROXX", b"PROXYT", b"\n", b"\0", b"\x16\x03\x01"] {
        check_refused(start);
    }
    check_refused(&[b"PROXY UNKNOWN ".as_slice(), &[b'x'; 94]].concat());
}

#[test]
fn version_2_tells_addresses_or_nothing() {
    let unix = [b"/a".as_slice(), &[0; 106], b"/b", &[0; 106]].concat();
    let largest = with(V4, &[&[0x05, 0x0f, 0xe1][..], &[7; 4065]].concat());
    let rows: &[(Vec<u8>, &str)] = &[
        (version2(0x21, 0x11, V4), "192.0.2.1:50000 198.51.100.2:443"),
        (version2(0x21, 0x12, V4), "192.0.2.1:50000 198.51.100.2:443"),
        (version2(0x21, 0x21, V6), "[2001:db8::1]:50000 [2001:db8::2]:443"),
        (version2(0x21, 0x22, V6), "[2001:db8::1]:50000 [2001:db8::2]:443"),
        (version2(0x21, 0x31, &unix), "unix: unix:"),
        (version2(0x21, 0x32, &unix), "unix: unix:"),
        (version2(0x21, 0x00, b""), "-"),
        (version2(0x21, 0x00, b"whatever"), "-"),
        (version2(0x21, 0x10, V4), "-"),
        (version2(0x21, 0x01, b""), "-"),
        // Its own connection: all that follows is passed over, whatever it is.
        (version2(0x20, 0x00, b""), "-"),
        (version2(0x20, 0x11, V4), "-"),
        (version2(0x20, 0x11, b"x"), "-"),
        (version2(0x20, 0xff, b"\x03\0\x01"), "-"),
        (version2(0x21, 0x11, &largest), "192.0.2.1:50000 198.51.100.2:443"),
    ];
    assert_eq!(rows.last().unwrap().0.len(), 4096);
    for (header, want) in rows {
        check_told(header, want);
    }
}

#[test]
fn what_is_not_quite_version_2_is_refused() {
    let rows: &[Vec<u8>] = &[
        b"\r\n\r\n\0\r\nQUIT\r".to_vec(),
        b"\r\n\r\n\r\n".to_vec(),
        // A version, a command, a family and a transport that there are not.
        version2(0x11, 0x11, V4),
        version2(0x31, 0x11, V4),
        version2(0x22, 0x11, V4),
        version2(0x21, 0x41, V4),
        version2(0x21, 0x13, V4),
        version2(0x21, 0x03, V4),
        // Too short for its addresses.
        version2(0x21, 0x11, &V4[..11]),
        version2(0x21, 0x21, V4),
        version2(0x21, 0x31, &[0; 215]),
        // Values that are not whole.
        version2(0x21, 0x11, &with(V4, b"\x02")),
        version2(0x21, 0x11, &with(V4, b"\x02\0")),
        version2(0x21, 0x11, &with(V4, b"\x02\0\x01")),
        version2(0x21, 0x11, &with(V4, b"\x02\0\x01a\x04\0\x02\0")),
        version2(0x21, 0x11, &with(V4, b"\x20\0\x04\x01\0\0\0")),
        version2(0x21, 0x11, &with(V4, b"\x20\0\x07\x01\0\0\0\0\x21\0")),
        version2(0x21, 0x11, &with(V4, b"\x20\0\x08\x01\0\0\0\0\x21\0\x01")),
        // Checksums that are wrong, and what is none.
        version2(0x21, 0x11, &with(V4, b"\x03\0\x04\0\0\0\0")),
        version2(0x21, 0x11, &with(V4, b"\x03\0\0")),
        version2(0x21, 0x11, &with(V4, b"\x03\0\x05\0\0\0\0\0")),
    ];
    for header in rows {
        check_refused(header);
    }
    // One that is too large is refused as soon as it says so.
    check_refused(&[SIGNATURE, &[0x21, 0x11, 0x0f, 0xf1]].concat());
    check_refused(&[SIGNATURE, &[0x20, 0x00, 0xff, 0xff]].concat());
}

#[test]
fn values_are_found_by_their_kind() {
    let tls = b"\x20\0\x1d\x07\0\0\0\0\x21\0\x07TLSv1.3\x22\0\x05alice\x24\0\0\x25\0\0";
    let values = [b"\x02\0\x03a.b".as_slice(), b"\x04\0\x02xy", tls, b"\x02\0\x01c\xea\0\x01\x01"];
    let header = version2(0x21, 0x11, &with(V4, &values.concat()));
    let (header, _) = fed(&[&header]).unwrap();
    let found = header.unwrap().values;
    let rows: &[(u8, Option<&[u8]>)] = &[
        (0x01, None),
        (0x02, Some(b"a.b")),
        (0x04, None),
        (0x20, Some(&tls[3..])),
        (0x21, Some(b"TLSv1.3")),
        (0x22, Some(b"alice")),
        (0x23, None),
        (0x24, Some(b"")),
        (0xea, Some(&[1])),
        (0xff, None),
    ];
    for (kind, want) in rows {
        assert_eq!(found.get(*kind), *want, "{kind:#x}");
    }
}

#[test]
fn a_checksum_must_be_that_of_the_header() {
    // Reckoned by another program over the header with zeros in place of the checksum.
    let rows: [(&[u8], &[u8], [u8; 4]); 2] = [
        (b"\x02\0\x01a", b"", [0xf6, 0xaa, 0x57, 0x50]),
        (b"", b"\x02\0\x01a\x04\0\0", [0x2c, 0xfa, 0x3f, 0xc3]),
    ];
    for (before, behind, checksum) in rows {
        let block = [V4, before, b"\x03\0\x04", &checksum, behind].concat();
        let header = version2(0x21, 0x11, &block);
        check_told(&header, "192.0.2.1:50000 198.51.100.2:443");
        let kind_of_the_checksum = 16 + V4.len() + before.len();
        for at in (16..header.len()).filter(|at| *at != kind_of_the_checksum) {
            let mut damaged = header.clone();
            damaged[at] ^= 1;
            check_refused(&damaged);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_wait_for_more(
        version in 0usize..3,
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        at: prop::sample::Index,
    ) {
        let start = [&b""[..], b"PROXY ", SIGNATURE][version];
        let bytes = [start, &bytes].concat();
        let at = at.index(bytes.len() + 1);
        prop_assert_eq!(fed(&[&bytes]), fed(&[&bytes[..at], &bytes[at..]]));
    }

    #[test]
    fn any_block_of_a_whole_header_is_read_or_refused(
        family: u8,
        block in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let header = version2(0x21, family, &block);
        if let Ok((found, taken)) = fed(&[&header, BEHIND]) {
            prop_assert_eq!((found.is_some(), taken), (true, header.len()));
        }
    }
}
