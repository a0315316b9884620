//! Host names looked up off the loop's thread, as the system's resolver blocks.
//!
//! The threads own what they work on and know the loop only by a key and a function that wakes it.
//! Nothing here waits for a lookup: not asking, not collecting, not dropping the resolver.

use std::collections::VecDeque;
use std::fmt;
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
        Resolver {
            shared: Arc::new(Shared {
                state,
                changed,
                wake,
                look_up,
                idle_time,
            }),
        }
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
            let started = self.shared.start_thread();
            match started {
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

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Resolver").finish_non_exhaustive()
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
                state.answers.push(Answer {
                    key: question.key,
                    result,
                });
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
    host.parse::<IpAddr>()
        .ok()
        .map(|address| SocketAddr::new(address, port))
}

fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(addresses)
}
