//! A stream through TLS over a socket of the system.

use std::net::{Ipv4Addr, TcpListener};

use super::*;
use crate::net::socket::Stream;
use crate::net::tls::stream::{Shaken, TlsStream, Workroom, shaken_after};
use crate::net::transfer::Transfer;
use crate::protocol::output::Output;

/// Both ends of a connection on this machine, their handshake ended.
fn ends(room: &mut Workroom) -> (TlsStream, TlsStream) {
    let authority = Authority::new("root");
    let server = showing(&authority.issue(&["a.test"], |_| ())).server().unwrap();
    let client = trusting(&authority).client().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let dialled = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (accepted, _) = listener.accept().unwrap();
    let [dialled, accepted] = [dialled, accepted].map(|socket| {
        socket.set_nonblocking(true).unwrap();
        Stream::Tcp(socket.into())
    });
    let mut client = TlsStream::new(dialled, client.session("a.test").unwrap());
    let mut server = TlsStream::new(accepted, server.session().unwrap());
    while [client.shake_hands(room), server.shake_hands(room)] != [Shaken::Done; 2] {}
    (client, server)
}

/// Sends plaintext, which the socket takes at once.
fn say(stream: &mut TlsStream, plaintext: &[u8]) {
    let mut records = Output::default();
    stream.seal(plaintext, &mut records).unwrap();
    let len = records.unsent().len();
    assert_eq!(stream.socket_mut().write(records.unsent()), Transfer::Bytes(len));
}

/// Reads as soon as something is there.
fn read(stream: &mut TlsStream, place: &mut [u8], room: &mut Workroom) -> usize {
    loop {
        match stream.read(place, room) {
            Transfer::Bytes(count) => return count,
            other => assert_eq!(other, Transfer::WouldBlock),
        }
    }
}

/// The read that made it had emptied the socket; the system has told of what came since, and does not tell
/// again.
#[test]
fn d11_what_did_not_fit_says_nothing_of_the_socket() {
    let mut room = Workroom::default();
    let (mut client, mut server) = ends(&mut room);
    say(&mut client, &[1; 5000]);
    let mut place = [0; 8000];
    assert_eq!(read(&mut server, &mut place[..1000], &mut room), 1000);
    say(&mut client, &[2; 500]);
    // All that did not fit, in less than the room for it.
    assert_eq!(read(&mut server, &mut place, &mut room), 4000);
    assert_eq!(place[..4000], [1; 4000]);
    assert!(!server.is_drained());
    assert_eq!(read(&mut server, &mut place, &mut room), 500);
    assert_eq!(place[..500], [2; 500]);
    assert!(server.is_drained());
}

#[test]
fn d11_a_handshake_goes_on_when_there_is_reason_to() {
    use Transfer::{Broken, Bytes, End, Refused, Retry, WouldBlock};
    let failure = TlsFailure::from(ErrorCode::TlsHandshake);
    let rows = [
        (Bytes(0), Bytes(0), None),
        (Bytes(0), WouldBlock, None),
        (WouldBlock, Bytes(0), Some(Shaken::Waiting)),
        (WouldBlock, WouldBlock, Some(Shaken::Waiting)),
        // The system had no memory for what is to be said, and will not tell when it has.
        (WouldBlock, Retry, Some(Shaken::Later)),
        (Retry, Bytes(0), Some(Shaken::Later)),
        (End, Bytes(0), Some(Shaken::Ended)),
        (WouldBlock, Broken(32), Some(Shaken::Broken(32))),
        (Broken(104), Broken(32), Some(Shaken::Broken(104))),
        (Refused(failure), Broken(32), Some(Shaken::Failed(failure))),
    ];
    for (read, written, wanted) in rows {
        assert_eq!(shaken_after(read, written), wanted, "{read:?} {written:?}");
    }
}

#[test]
fn a_stream_on_which_nothing_happens_holds_no_memory() {
    let mut room = Workroom::default();
    let (mut client, mut server) = ends(&mut room);
    // What comes behind the handshake, such as tickets.
    assert_eq!(client.read(&mut [0; 100], &mut room), Transfer::WouldBlock);
    assert_eq!((client.pinned_bytes(), server.pinned_bytes()), (0, 0));
    say(&mut client, &[1; 5000]);
    assert_eq!(read(&mut server, &mut [0; 1000], &mut room), 1000);
    assert!((4000..=5000).contains(&server.pinned_bytes()), "{}", server.pinned_bytes());
    assert_eq!(read(&mut server, &mut [0; 8000], &mut room), 4000);
    assert_eq!(server.pinned_bytes(), 0);
}
