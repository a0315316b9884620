//! Which certificate a server shows: that for the name which the client asks for.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::identity::Identity;

thread_local! {
    static ASKED: Cell<Option<Box<str>>> = const { Cell::new(None) };
}

/// The name that the last ClientHello on this thread asked for, once. A server's session does not
/// tell it, so it is taken right after the session has dealt with received bytes.
pub(crate) fn take_asked_name() -> Option<Box<str>> {
    // A loop may be freed when its thread ends, after what belongs to the thread.
    ASKED.try_with(Cell::take).ok().flatten()
}

/// The certificates of a server.
#[derive(Debug)]
pub(super) struct Chooser {
    identities: Vec<Arc<Identity>>,
    /// The places of those that are for a name; a wildcard stands there as it is written.
    by_name: HashMap<Box<str>, Vec<usize>>,
}

impl Chooser {
    pub(super) fn new(identities: Vec<Arc<Identity>>) -> Chooser {
        let mut by_name: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for (place, identity) in identities.iter().enumerate() {
            for name in identity.names() {
                by_name.entry(name.clone()).or_default().push(place);
            }
        }
        Chooser { identities, by_name }
    }

    /// The places of the certificates for a name: those that have it, or those for all of its kind.
    fn places(&self, name: &str) -> Option<&[usize]> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if let Some(places) = self.by_name.get(&*name) {
            return Some(places);
        }
        let (_, domain) = name.split_once('.')?;
        self.by_name.get(&*format!("*.{domain}")).map(Vec::as_slice)
    }

    /// The first of the certificates for the name for which `is_usable` says yes; without one for the
    /// name, of all. If it says yes to none, the first of them.
    fn choose(
        &self,
        name: Option<&str>,
        is_usable: impl Fn(&CertifiedKey) -> bool,
    ) -> Option<&Arc<Identity>> {
        let all: Vec<usize> = (0..self.identities.len()).collect();
        let places = name.and_then(|name| self.places(name)).unwrap_or(&all);
        let at = |place: &usize| self.identities.get(*place);
        let mut usable = places.iter().filter_map(at).filter(|one| is_usable(one.certified_key()));
        usable.next().or_else(|| places.first().and_then(at))
    }
}

impl ResolvesServerCert for Chooser {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let _ = ASKED.try_with(|asked| asked.set(hello.server_name().map(Box::from)));
        let schemes = hello.signature_schemes();
        let is_usable = |key: &CertifiedKey| key.key.choose_scheme(schemes).is_some();
        self.choose(hello.server_name(), is_usable).map(|one| Arc::clone(one.certified_key()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What belongs to a thread from before the first handshake, as a loop may.
    struct Older;

    impl Drop for Older {
        fn drop(&mut self) {
            assert_eq!(take_asked_name(), None);
        }
    }

    thread_local!(static OLDER: Older = const { Older });

    #[test]
    fn f03_a_loop_may_be_freed_at_the_end_of_its_thread() {
        let thread = std::thread::spawn(|| {
            OLDER.with(|_| ());
            ASKED.set(Some("a.example".into()));
        });
        assert!(thread.join().is_ok());
    }
}
