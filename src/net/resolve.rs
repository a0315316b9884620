//! Host names looked up off the loop's thread, as the system's resolver blocks.
//!
//! The threads own what they work on and know the loop only by a key and a function that wakes it.
//! Nothing here waits for a lookup: not asking, not collecting, not dropping the resolver.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Lookups that may be under way at once; further ones queue.
const MAX_THREADS: usize = 4;
/// How long a thread without work stays.
const IDLE_TIME: Duration = Duration::from_secs(10);

/// The key by which the asker knows a lookup; it means nothing to the resolver.
pub type Lookup = u64;

/// How a lookup ended.
#[derive(Debug)]
pub struct Answer {
    /// The key that was given to [`Resolver::resolve`].
    pub key: Lookup,
    /// The host that was looked up.
    pub host: Box<str>,
    /// The port of its addresses.
    pub port: u16,
    /// At least one address, in the order of preference of the system, or why there is none.
    pub result: io::Result<Vec<SocketAddr>>,
}

/// Looks up names with the system's resolver, on up to four threads of its own.
///
/// A thread is started when no other is free, and ends after 10 s without work. It inherits the
/// signal mask of the thread that calls [`resolve`](Resolver::resolve): a host whose signal handlers
/// may run on some threads only blocks the signals around that call.
///
/// There is no cancelling: an asker that lost interest ignores the answer.
pub struct Resolver {
    shared: Arc<Shared>,
}

type LookUp = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// What the resolver and its threads have in common.
struct Shared {
    state: Mutex<State>,
    /// Told when there is a question, and when the resolver is dropped.
    changed: Condvar,
    wake: Arc<dyn Fn() + Send + Sync>,
    look_up: LookUp,
    idle_time: Duration,
}

#[derive(Default)]
struct State {
    questions: VecDeque<Question>,
    answers: Vec<Answer>,
    threads: usize,
    /// Threads that wait for a question, among them those that were told of one already.
    idle: usize,
    /// Whether the resolver has been dropped.
    abandoned: bool,
}

struct Question {
    key: Lookup,
    host: Box<str>,
    port: u16,
}

impl Resolver {
    /// A resolver that calls `wake` once for each answer that [`finished`](Resolver::finished) has.
    ///
    /// `wake` runs on a thread of the resolver, which holds a lock meanwhile: it must not block and
    /// not call the resolver. It is not called any more once the resolver has been dropped.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Resolver {
        Resolver::with_lookup(wake, look_up, IDLE_TIME)
    }

    fn with_lookup(
        wake: Arc<dyn Fn() + Send + Sync>,
        look_up: LookUp,
        idle_time: Duration,
    ) -> Resolver {
        let (state, changed) = Default::default();
        Resolver { shared: Arc::new(Shared { state, changed, wake, look_up, idle_time }) }
    }

    /// Asks for the addresses of `host`, each of them with `port`.
    ///
    /// # Errors
    /// What the system said when it refused the first thread, in which case no answer will come.
    /// If it refuses a further one, the question waits for a thread that there is.
    pub fn resolve(&self, key: Lookup, host: Box<str>, port: u16) -> io::Result<()> {
        let mut state = self.shared.lock();
        state.questions.push_back(Question { key, host, port });
        if state.idle < state.questions.len() && state.threads < MAX_THREADS {
            match self.shared.start_thread() {
                Ok(()) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    state.questions.pop_back();
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        drop(state);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Moves the answers that have come to the end of `into`, in the order in which they came.
    pub fn finished(&self, into: &mut Vec<Answer>) {
        into.append(&mut self.shared.lock().answers);
    }
}

impl Drop for Resolver {
    /// Forgets all questions and returns without waiting: a thread in the middle of a lookup ends
    /// after it.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.abandoned = true;
        state.questions.clear();
        state.answers.clear();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// No code that can panic runs under the lock but `wake`, after which the state is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_thread(self: &Arc<Shared>) -> io::Result<()> {
        let shared = Arc::clone(self);
        let builder = thread::Builder::new().name("oxws-resolve".to_owned());
        builder.spawn(move || shared.work()).map(drop)
    }

    /// The life of a thread.
    fn work(&self) {
        while let Some(question) = self.next_question() {
            let result = (self.look_up)(&question.host, question.port);
            let mut state = self.lock();
            if !state.abandoned {
                let Question { key, host, port } = question;
                state.answers.push(Answer { key, host, port, result });
                // Under the lock, so that dropping the resolver is the end of the calls.
                (self.wake)();
            }
        }
    }

    /// Waits for a question; `None` ends the thread, which no longer counts then.
    fn next_question(&self) -> Option<Question> {
        let mut state = self.lock();
        state.idle += 1;
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, self.idle_time, |state| {
                state.questions.is_empty() && !state.abandoned
            })
            .unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        let question = state.questions.pop_front();
        if question.is_none() {
            state.threads -= 1;
        }
        question
    }
}

/// The address of a host that is an IP address, without brackets, and needs no lookup.
pub fn literal(host: &str, port: u16) -> Option<SocketAddr> {
    host.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, port))
}

fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use super::*;

    /// More than any step here takes, so that only a failure reaches it.
    const LONG: Duration = Duration::from_secs(30);

    fn until(what: &str, mut condition: impl FnMut() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < LONG, "{what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn counter() -> (Arc<AtomicUsize>, Arc<dyn Fn() + Send + Sync>) {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&wakes);
        let wake = move || {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        (wakes, Arc::new(wake))
    }

    fn answers(resolver: &Resolver, count: usize) -> Vec<Answer> {
        let mut answers = Vec::new();
        until("the answers have not come", || {
            resolver.finished(&mut answers);
            answers.len() >= count
        });
        answers.sort_by_key(|answer| answer.key);
        answers
    }

    /// A lookup that lasts while a test holds the lock, and counts who is in it.
    struct Gate {
        closed: Mutex<()>,
        inside: AtomicUsize,
        most: AtomicUsize,
    }

    impl Gate {
        const fn new() -> Gate {
            Gate { closed: Mutex::new(()), inside: AtomicUsize::new(0), most: AtomicUsize::new(0) }
        }

        fn pass(&self, port: u16) -> io::Result<Vec<SocketAddr>> {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(inside, Ordering::SeqCst);
            drop(self.closed.lock().unwrap());
            self.inside.fetch_sub(1, Ordering::SeqCst);
            Ok(vec![SocketAddr::from(([192, 0, 2, 1], port))])
        }

        fn inside(&self) -> usize {
            self.inside.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn literals_need_no_lookup() {
        let cases = [
            ("127.0.0.1", Some(SocketAddr::from(([127, 0, 0, 1], 80)))),
            ("::1", Some(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 80)))),
            ("[::1]", None),
            ("127.1", None),
            ("localhost", None),
            ("*", None),
            ("", None),
        ];
        for (host, want) in cases {
            assert_eq!(literal(host, 80), want, "{host}");
        }
    }

    #[test]
    fn d13_a_name_is_answered_under_its_key() {
        let (wakes, wake) = counter();
        let resolver = Resolver::new(wake);
        resolver.resolve(1, "localhost".into(), 9001).unwrap();
        resolver.resolve(2, "-".into(), 9001).unwrap();
        resolver.resolve(3, "a\0b".into(), 9001).unwrap();
        let answers = answers(&resolver, 3);
        assert_eq!(answers.iter().map(|answer| answer.key).collect::<Vec<_>>(), [1, 2, 3]);
        let addresses = answers[0].result.as_ref().unwrap();
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|at| at.ip().is_loopback() && at.port() == 9001));
        assert!(answers[1].result.is_err() && answers[2].result.is_err());
        until("one wake for each answer", || wakes.load(Ordering::SeqCst) == 3);
    }

    #[test]
    fn d13_dropping_does_not_wait_and_ends_the_wakes() {
        static GATE: Gate = Gate::new();
        let (wakes, wake) = counter();
        let resolver = Resolver::with_lookup(wake, |_, port| GATE.pass(port), LONG);
        let closed = GATE.closed.lock().unwrap();
        for key in 0..6 {
            resolver.resolve(key, "slow".into(), 80).unwrap();
        }
        until("the lookups have not begun", || GATE.inside() == 4);
        let threads = Arc::downgrade(&resolver.shared);
        drop(resolver);
        assert_eq!(GATE.inside(), 4, "dropped while the lookups were under way");
        drop(closed);
        until("the threads have not ended", || threads.strong_count() == 0);
        assert_eq!(wakes.load(Ordering::SeqCst), 0);
        assert_eq!(GATE.most.load(Ordering::SeqCst), 4, "what was queued was forgotten");
    }

    #[test]
    fn d13_four_lookups_run_at_once_and_the_others_queue() {
        static GATE: Gate = Gate::new();
        let (wakes, wake) = counter();
        let resolver = Resolver::with_lookup(wake, |_, port| GATE.pass(port), LONG);
        let closed = GATE.closed.lock().unwrap();
        for key in 0..9 {
            resolver.resolve(key, "slow".into(), 80).unwrap();
        }
        until("the lookups have not begun", || GATE.inside() == 4);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(resolver.shared.lock().questions.len(), 5);
        drop(closed);
        let keys: Vec<u64> = answers(&resolver, 9).iter().map(|answer| answer.key).collect();
        assert_eq!(keys, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        until("one wake for each answer", || wakes.load(Ordering::SeqCst) == 9);
        assert_eq!(GATE.most.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn d13_a_slow_lookup_does_not_delay_another() {
        static GATE: Gate = Gate::new();
        fn slow_or_fast(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            if host == "slow" { GATE.pass(port) } else { Ok(Vec::new()) }
        }
        let resolver = Resolver::with_lookup(counter().1, slow_or_fast, LONG);
        let closed = GATE.closed.lock().unwrap();
        resolver.resolve(1, "slow".into(), 80).unwrap();
        for key in 2..50 {
            resolver.resolve(key, "fast".into(), 80).unwrap();
            assert_eq!(answers(&resolver, 1)[0].key, key);
        }
        assert!(resolver.shared.lock().threads <= 3, "a thread that is free is used again");
        drop(closed);
        assert_eq!(answers(&resolver, 1)[0].key, 1);
    }

    #[test]
    fn d13_a_thread_without_work_ends_and_another_follows() {
        let idle_time = Duration::from_millis(5);
        let resolver = Resolver::with_lookup(counter().1, |_, _| Ok(Vec::new()), idle_time);
        for key in 0..3 {
            resolver.resolve(key, "name".into(), 80).unwrap();
            assert_eq!(answers(&resolver, 1)[0].key, key);
            until("the thread has not ended", || Arc::strong_count(&resolver.shared) == 1);
            assert_eq!(resolver.shared.lock().threads, 0);
        }
    }
}
