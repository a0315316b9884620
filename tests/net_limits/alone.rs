//! Runs a test in a process of its own, and says what that process costs.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Names the test that a process was started for.
const VARIABLE: &str = "OXWS_TEST_ALONE";

/// The size of a page, in bytes.
const PAGE_BYTES: usize = 4096;

/// Clock ticks a second in `/proc/*/stat`; Linux shows this number whatever it uses itself.
const TICKS: u64 = 100;

/// Runs `body` in a process of its own; `name` is the test that calls this, with its module.
#[track_caller]
pub(crate) fn alone(name: &str, body: fn()) {
    if is_started_for(name) {
        return body();
    }
    let status = start(&[], name).wait().unwrap();
    assert!(status.success(), "{name}: {status}");
}

/// Whether this process was started for the test.
pub(crate) fn is_started_for(name: &str) -> bool {
    std::env::var(VARIABLE).is_ok_and(|wanted| wanted == name)
}

/// Starts a process for the test, through a command such as `strace -f`. What it writes to its
/// standard error can be read.
pub(crate) fn start_piped(through: &[&str], name: &str) -> Child {
    command(through, name).stderr(Stdio::piped()).spawn().unwrap()
}

fn start(through: &[&str], name: &str) -> Child {
    command(through, name).spawn().unwrap()
}

fn command(through: &[&str], name: &str) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = match through {
        [] => Command::new(this),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(this);
            command
        }
    };
    command
        .args([name, "--exact", "--include-ignored", "--nocapture"])
        .arg("--test-threads=1")
        .env(VARIABLE, name)
        // What is freed goes back to the system: not what malloc keeps is to be measured.
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// Memory of this process that is resident, in bytes.
pub(crate) fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * PAGE_BYTES
}

/// Processor time that a process has used.
pub(crate) fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name of the program, in parentheses, may have spaces.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: u64 =
        fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// Open descriptors of this process.
pub(crate) fn descriptors() -> usize {
    // One of them is that of the directory itself.
    std::fs::read_dir("/proc/self/fd").unwrap().count() - 1
}
