"""Runs the example programs and keeps count of tests; for tests/examples and tests/interop."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = Path(os.environ.get("OXWS_EXAMPLES", ROOT / "build" / "examples"))
SECONDS = 60  # after which anything that a test waits for counts as missing


class Failure(Exception):
    """What a test expected did not happen."""


def check(what, actual, expected):
    """Fails unless both are equal; long values are shortened in the message."""
    if actual != expected:
        raise Failure(f"{what} is {shortened(actual)}, not {shortened(expected)}")


def shortened(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(value)} long)"


def example(name):
    path = EXAMPLES / name
    if not path.exists():
        sys.exit(f"{path} is missing: `make build` makes it")
    return str(path)


def which(name):
    """Where a program is, one for administrators too; None if it is not there."""
    return shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/sbin")))


class Program:
    """A program that runs beside the test, at most as long as the `with` that it is used in."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
        )
        self.pending = b""
        self.command = " ".join(command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def line(self):
        """The next line of its output."""
        deadline = time.monotonic() + SECONDS
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Failure(f"{self.command} printed no further line in {SECONDS} s")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise Failure(f"{self.command} ended its output")
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def ended(self):
        """Waits for its end; its exit status."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.command} does not end") from None

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.ended()


class Server(Program):
    """A program that announces its address, `url`."""

    url = None

    def __enter__(self):
        try:
            line = self.line()
            if not line.startswith("listening on "):
                raise Failure(f"{self.command} announced {line!r}")
        except Failure:
            self.__exit__()
            raise
        self.url = line[len("listening on ") :]
        return self


def echo_server(*options, listen="ws://127.0.0.1:0"):
    return Server(example("echo_server"), "--listen", listen, *options)


def protocol_poll():
    return Server(example("protocol_poll"), "--port", "0")


def upgrade():
    """The example with libmicrohttpd, which is built here: the library itself has no need of it."""
    source = ROOT / "c-examples" / "microhttpd" / "upgrade.c"
    program = EXAMPLES / "upgrade"
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "libmicrohttpd"], capture_output=True, check=True
    )
    command = [os.environ.get("CC", "cc"), "-g", "-Wall", "-Wextra", "-Werror"]
    command += ["-o", str(program), str(source)]
    command += [f"-I{ROOT}/include", f"-L{ROOT}/build/lib", "-loxws"]
    command += [f"-Wl,-rpath,{ROOT}/build/lib", *flags.stdout.decode().split()]
    subprocess.run(command, check=True)
    return Server(str(program), "--port", "0")


def foreign_loop(listen="ws://127.0.0.1:0"):
    return Server(example("foreign_loop"), "--listen", listen)


def client(url, *options, lines=b"", stdin=None):
    """Runs the client with these lines as its input, or this file; its result."""
    source = {"stdin": stdin} if stdin is not None else {"input": lines}
    try:
        return subprocess.run(
            [example("client"), *options, url], **source, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"client {url} does not end") from None


def check_client(result, code, output=None, error=None):
    """Compares exit status, output, and a part of what was written to standard error."""
    complaint = result.stderr.decode(errors="replace")
    if result.returncode != code:
        raise Failure(f"exit status {result.returncode}, not {code}; it wrote {complaint!r}")
    if output is not None:
        check("the output", result.stdout, output)
    if error is None:
        check("what it wrote to standard error", complaint, "")
    elif error not in complaint:
        raise Failure(f"{error!r} is not in what it wrote: {complaint!r}")


class Tests:
    """Runs tests one after the other, prints a line for each, and keeps count."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def run(self, name, test, *arguments):
        try:
            test(*arguments)
        except Exception as error:  # whatever it is, the other tests go on
            self.note(False, name, str(error) or type(error).__name__)
        else:
            self.note(True, name)

    def note(self, has_passed, name, why=""):
        if has_passed:
            self.passed += 1
            print(f"ok      {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {name}: {why}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(0 if self.failed == 0 else 1)
