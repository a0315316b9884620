//! Paths of Unix-domain sockets: what a listener replaces and removes, and what it leaves alone.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use oxws::net::endpoint::Endpoint;
use oxws::protocol::url::Place;

use crate::harness::{Reaction, Server, World, echo, ignore, options, socket_path};

fn place(path: &Path) -> Place {
    Place::Path(path.to_str().unwrap().into())
}

fn refusal(world: &mut World, path: &Path) -> ErrorKind {
    let reaction: Reaction = ignore;
    let endpoint = Rc::new(Endpoint::new(options(), reaction));
    world.event_loop.listen(&place(path), endpoint).unwrap_err().kind()
}

/// A path with a socket on which nobody listens any more.
fn abandoned() -> PathBuf {
    let path = socket_path();
    drop(UnixListener::bind(&path).unwrap());
    path
}

fn close(world: &mut World, server: &Server) {
    world.event_loop.close_listener(server.id).unwrap();
}

#[test]
fn a_path_comes_and_goes_with_its_listener() {
    let mut world = World::new();
    for path in [socket_path(), abandoned()] {
        let server = world.listen_at(&place(&path), options(), echo);
        world.open(&server);
        close(&mut world, &server);
        assert!(!path.exists(), "{path:?}");
    }
}

#[test]
fn what_is_no_abandoned_socket_is_left_alone() {
    let mut world = World::new();
    let file = socket_path();
    fs::write(&file, "precious").unwrap();
    assert_eq!(refusal(&mut world, &file), ErrorKind::AddrInUse);
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    fs::remove_file(file).unwrap();

    let directory = socket_path();
    fs::create_dir(&directory).unwrap();
    assert_eq!(refusal(&mut world, &directory), ErrorKind::AddrInUse);
    fs::remove_dir(directory).unwrap();

    let (link, target) = (socket_path(), abandoned());
    symlink(&target, &link).unwrap();
    assert_eq!(refusal(&mut world, &link), ErrorKind::AddrInUse);
    fs::remove_file(link).unwrap();
    fs::remove_file(target).unwrap();

    let path = socket_path();
    let server = world.listen_at(&place(&path), options(), echo);
    assert_eq!(refusal(&mut world, &path), ErrorKind::AddrInUse);
    world.open(&server);
}

#[test]
fn a_path_that_another_process_has_taken_over_stays() {
    let mut world = World::new();
    let path = socket_path();
    let server = world.listen_at(&place(&path), options(), echo);
    fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    close(&mut world, &server);
    assert!(path.exists());
    drop(other);
    fs::remove_file(path).unwrap();
}
