//! Signals that interrupt system calls a thousand times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use oxws::protocol::opcode::MessageType;

use crate::alone::alone;
use crate::harness::{World, echo, ignore, options};
use crate::wire::{BINARY, Wire, frame};

static SIGNALS: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::Relaxed);
}

/// Interrupts the thread that started it each millisecond, until it is dropped.
struct Storm {
    goes_on: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Storm {
    fn start() -> Storm {
        // SAFETY: all zeros is a value of the type, and the pointers are to locals that live
        // through the call. The handler only adds to an atomic number. Without SA_RESTART among the
        // flags no system call is restarted.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = count as extern "C" fn(libc::c_int) as libc::sighandler_t;
            let old = std::ptr::null_mut();
            assert_eq!(libc::sigaction(libc::SIGALRM, &action, old), 0);
        }
        // SAFETY: it has no conditions.
        let target = unsafe { libc::pthread_self() };
        let goes_on = Arc::new(AtomicBool::new(true));
        let also = Arc::clone(&goes_on);
        let thread = thread::spawn(move || {
            while also.load(Ordering::Relaxed) {
                // SAFETY: the target waits for this thread before it ends.
                assert_eq!(unsafe { libc::pthread_kill(target, libc::SIGALRM) }, 0);
                thread::park_timeout(Duration::from_millis(1));
            }
        });
        let thread = Some(thread);
        Storm { goes_on, thread }
    }
}

impl Drop for Storm {
    fn drop(&mut self) {
        self.goes_on.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell.
            let _ = thread.join();
        }
    }
}

#[test]
fn e11_a_storm_of_signals_changes_nothing() {
    alone("signals::e11_a_storm_of_signals_changes_nothing", || {
        let mut world = World::new();
        let server = world.listen(options(), echo);
        let mut wires: Vec<(Wire, u64)> = (0..5).map(|_| world.open(&server)).collect();
        let client = world.connect(&server.place, options(), ignore);
        let _storm = Storm::start();
        let mut rounds = 0_u8;
        while SIGNALS.load(Ordering::Relaxed) < 1_000 {
            rounds = rounds.wrapping_add(1);
            let payload = vec![rounds; 20_000 + usize::from(rounds) * 300];
            let message = frame(BINARY, &payload);
            wires.iter_mut().for_each(|(wire, _)| wire.say(&message));
            world.until("each answer comes", |_| {
                wires.iter_mut().for_each(|(wire, _)| wire.pump());
                wires
                    .iter()
                    .all(|(wire, _)| wire.received.len() == payload.len() + 4 + added(&payload))
            });
            for (wire, _) in &mut wires {
                assert!(wire.frames() == [(BINARY, payload.clone())]);
            }
            if world.opened().contains(&client) {
                let sent = world.event_loop.send(client, MessageType::Binary, &payload);
                assert_eq!(sent, Ok(()));
                let before = world.messages(client).len();
                world.until("the client's answer comes", |world| {
                    world.messages(client).len() > before
                });
                assert!(*world.messages(client).last().unwrap() == payload);
            }
            world.notes.retain(|note| !matches!(note.1, crate::harness::What::Message(_)));
            assert!(waits(&mut world), "a signal ends a wait");
        }
        assert!(world.ended().is_empty());
        assert!(world.opened().contains(&client));
    });
}

/// Bytes that a longer header takes.
fn added(payload: &[u8]) -> usize {
    if payload.len() > 65_535 { 6 } else { 0 }
}

/// Whether a wait takes its time when nothing but signals disturbs it. What the rounds before have
/// left to be told may end a few.
fn waits(world: &mut World) -> bool {
    let time = Duration::from_millis(20);
    (0..5).any(|_| {
        let began = Instant::now();
        world.event_loop.poll(Some(time)).unwrap();
        world.steps();
        began.elapsed() >= time
    })
}
