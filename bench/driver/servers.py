"""The servers that are compared, and how each is started."""

import os
import re
import select
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from . import versions
from .machine import BUILD, ROOT, Failure, run

NAMES = (
    "oxws",
    "tcp_echo",
    "ws_floor",
    "uwebsockets",
    "libwebsockets",
    "beast",
    "qtwebsockets",
    "tokio-tungstenite",
    "tokio-websockets",
    "fastwebsockets",
    "websockets",
)
OXWS = Path(os.environ.get("SERVER", ROOT / "build/examples/echo_server"))
SECONDS_TO_START = 20
# For one that crashes to be gone.
SECONDS_TO_END = 0.5
# What a peer, or the load, ends with when the server cannot do what it is asked to.
NOT_SUPPORTED = 3
MOST_BYTES = 64 * 2**20
CERTIFICATE, KEY = BUILD / "certificate.pem", BUILD / "key.pem"


class NotSupported(Exception):
    """The server has no such variant."""


def choose(names):
    unknown = set(names) - set(NAMES)
    if unknown:
        raise Failure(f"no such server: {', '.join(unknown)} (there are {', '.join(NAMES)})")
    return [Oxws() if name == "oxws" else Peer(name) for name in names]


def make_certificate(certificate=CERTIFICATE, key=KEY):
    """A certificate that signs itself, and its key, in these files."""
    words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
    words += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    run("openssl", "req", "-x509", *words, "-out", certificate, "-keyout", key)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """A server that has a process for each run."""

    # What the load must know of it, and the modes that it knows if those are not all.
    words = {}
    modes = None
    most_connections = 100_000

    def supports(self, cell):
        is_known = self.modes is None or cell.mode in self.modes
        return is_known and cell.words.get("connections", 0) <= self.most_connections

    @contextmanager
    def process(self, variant, port, prefix):
        """A process that listens. If what is done with it fails, its end and last words are told too."""
        command = [*prefix, *(str(word) for word in self.command(variant, port))]
        with tempfile.TemporaryFile() as words:
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words) as process:
                try:
                    self.wait_until_ready(process)
                    yield process
                except Failure as failure:
                    raise Failure(f"{failure}{self.fate(process, words)}") from None
                finally:
                    process.kill()

    def fate(self, process, words):
        """How the server has ended, if it has, and what it said last."""
        try:
            ended = f"; {self.name} has ended with {process.wait(SECONDS_TO_END)}"
        except subprocess.TimeoutExpired:
            ended = ""
        words.seek(0)
        said = words.read().decode(errors="replace").strip().splitlines()
        return ended + (f"; its last words: {said[-1]}" if said else "")

    def wait_until_ready(self, process):
        try:
            said = wait_for(process.stdout, (b"ready", b"listening"), SECONDS_TO_START)
        except TimeoutError:
            raise Failure(f"{self.name} was not ready after {SECONDS_TO_START} s") from None
        if said:
            return
        if process.wait() == NOT_SUPPORTED:
            raise NotSupported
        raise Failure(f"{self.name} did not start")


def wait_for(pipe, words, seconds):
    """Reads until one of the words comes; whether it did before the end. Nothing else may have read."""
    end = time.monotonic() + seconds
    said = b""
    while not any(word in said for word in words):
        left = end - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        piece = os.read(pipe.fileno(), 4096)
        if not piece:
            return False
        said += piece
    return True


class Oxws(Server):
    name = "oxws"

    def __init__(self):
        if not OXWS.exists():
            raise Failure(f"{OXWS} is missing: run make build")

    def command(self, variant, port):
        if variant == "broadcast":
            return [self.broadcast(), port]
        scheme = "wss" if variant == "tls" else "ws"
        # As for the peers: a server that is kept from running for long is not to ask who is there.
        command = [OXWS, "--listen", f"{scheme}://127.0.0.1:{port}", "--max-message-bytes", MOST_BYTES]
        command += ["--ping-interval", 0]
        if variant == "tls":
            command += ["--tls-cert", CERTIFICATE, "--tls-key", KEY]
        if variant == "deflate":
            command += ["--deflate", "--no-context-takeover"]
        return command

    def broadcast(self):
        source, program = ROOT / "bench/peers/oxws_broadcast.c", BUILD / "oxws_broadcast"
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            library = ROOT / "build/lib"
            paths = (f"-I{ROOT / 'include'}", f"-L{library}", f"-Wl,-rpath,{library}")
            run("cc", "-O2", "-Wall", "-o", program, source, *paths, "-loxws")
        return program

    def version(self):
        manifest = (ROOT / "Cargo.toml").read_text()
        return re.search(r'^version = "(.*)"', manifest, re.M)[1]


class Peer(Server):
    def __init__(self, name):
        self.name = name
        self.program = BUILD / "peers" / name
        if name == "tcp_echo":
            self.words = {"raw": 1}
            self.modes = ("echo", "latency", "idle")
        if name == "websockets":
            self.modes = ("deflate",)  # in Python: elsewhere it says nothing
        if name == "qtwebsockets":
            self.most_connections = 1000  # each takes longer than the one before: 10,000 a minute
        if not self.program.exists():
            raise Failure(f"{self.program} is missing: run scripts/setup bench, then bench/build-peers")

    def command(self, variant, port):
        files = [CERTIFICATE, KEY] if variant == "tls" else []
        return [self.program, port, *([variant] if variant else []), *files]

    def version(self):
        return versions.of(self.name)
