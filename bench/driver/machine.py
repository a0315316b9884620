"""The machine: its processors, what disturbs it, how it is called."""

import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/bench"


class Failure(Exception):
    """What ends the benchmark, as a sentence."""


def cpus():
    """The processor of the servers and that of the load."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2:
        raise Failure("there is one processor here, and two are needed: server and load have one each")
    return available[0], available[-1]


def stolen_ticks(numbers):
    """Ticks that the host took from these processors, and all their ticks."""
    stolen = total = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name in {f"cpu{number}" for number in numbers}:
            ticks = [int(tick) for tick in ticks[:8]]
            stolen += ticks[7]
            total += sum(ticks)
    return stolen, total


def resident_bytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+) kB", status)[1]) * 1024


def run(*command):
    """What a program prints; its end with another status than 0 is a failure."""
    words = [str(word) for word in command]
    try:
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(words, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise Failure(f"{words[0]} is missing: run scripts/setup bench") from None
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def first_line(*command):
    try:
        return run(*command).splitlines()[0]
    except (Failure, IndexError):
        return "unknown"


def describe():
    """What the figures depend on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "processor": model[1].strip() if model else platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "c_compiler": first_line("cc", "--version"),
        "openssl": first_line("openssl", "version").split(" (")[0],
        "rust_compiler": first_line("rustc", "--version"),
    }
