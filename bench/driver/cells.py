"""What is measured: a cell is one row of the tables."""

from dataclasses import dataclass
from itertools import product

from .machine import Failure

MODES = (
    *("echo", "latency", "handshakes", "broadcast", "idle"),
    *("tls", "tls-handshakes", "tls-idle", "deflate"),
)
# Who is measured where a cell is not for all: these say what is the system's part, and what is ours.
CLOSEST = ("oxws", "tcp_echo", "ws_floor", "uwebsockets")

PAYLOADS = (16, 125, 1024, 16 * 1024, 256 * 1024, 2**20)
IN_FLIGHT = (1, 16)
CONNECTIONS = (1, 50, 500)
# More than this on the way at a time measures how the system waits for memory.
MOST_BYTES_ON_THE_WAY = 64 * 2**20


@dataclass(frozen=True)
class Cell:
    """What is measured (mode and title), and how: the load's words, and as what the server is started."""

    mode: str
    title: str
    words: dict
    is_quick: bool = False
    # The servers that are measured; none means all.
    only: tuple = ()
    variant: str = ""
    load: str = "load"
    load_mode: str = ""
    is_timed: bool = True
    # What is measured is the memory of the server, while the connections rest.
    is_idle: bool = False
    # How long a run is, as a multiple of the others'.
    weight: float = 1
    most_rounds: int = 100

    @property
    def key(self):
        return f"{self.mode}: {self.title}"

    def is_for(self, server):
        return not self.only or server.name in self.only


def size(count):
    for unit, name in ((2**20, "MiB"), (2**10, "KiB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    return f"{count} B"


def several(count, noun):
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def echo(payload, in_flight, connections, is_quick=False, text=0, only=()):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections, "text": text}
    kind = ", text" if text else ""
    title = f"{size(payload)} x {in_flight}, {several(connections, 'connection')}{kind}"
    # Few of the large ones come in a second: the one on the way at the end counts for more.
    return Cell("echo", title, words, is_quick, only, weight=2 if payload >= 2**20 else 1)


def latency(payload, connections, rate, is_quick=False):
    words = {"payload": payload, "connections": connections, "rate": rate}
    title = f"{size(payload)}, one connection, one message after another"
    if rate:
        title = f"{size(payload)}, {connections} connections, {rate:,} messages a second"
    return Cell("latency", title, words, is_quick, weight=2)


def broadcast(payload, in_flight, connections, is_quick=False):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections}
    title = f"{size(payload)} x {in_flight} to {connections:,} connections"
    return Cell("broadcast", title, words, is_quick, variant="broadcast")


def idle(connections, is_quick=False):
    words = {"payload": 16, "connections": connections}
    title = f"{connections:,} connections, after an echo each"
    return Cell("idle", title, words, is_quick, is_idle=True, most_rounds=1)


def secured(payload, in_flight, connections, is_quick=False):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections}
    title = f"{size(payload)} x {in_flight}, {connections} connections"
    return Cell("tls", title, words, is_quick, (), "tls", "tls_load", "echo")


def secured_handshakes(resumed):
    words = {"resumed": resumed, "at_once": 8}
    title = f"{'resumed' if resumed else 'full'}, 8 at a time"
    return Cell("tls-handshakes", title, words, True, (), "tls", "tls_load", "handshakes")


def secured_idle(connections):
    words = {"payload": 1024, "connections": connections}
    title = f"{connections:,} connections, after an echo of 1 KiB each"
    how = {"variant": "tls", "load": "tls_load", "load_mode": "idle", "is_idle": True, "most_rounds": 1}
    return Cell("tls-idle", title, words, **how)


def compressed(connections, messages, is_quick=False):
    words = {"connections": connections, "in_flight": 8, "messages": messages}
    title = f"texts of 4 KiB x 8, {several(connections, 'connection')}"
    return Cell("deflate", title, words, is_quick, (), "deflate", "deflate_load", "alone", is_timed=False)


def matrix(payloads, in_flight, connections, only=()):
    """Echoes in every combination that has room."""
    for count, messages, payload in product(connections, in_flight, payloads):
        if payload * messages * count <= MOST_BYTES_ON_THE_WAY:
            yield echo(payload, messages, count, only=only)


# Payload in bytes, messages in flight on each connection, connections.
FOR_ALL = (
    echo(16, 1, 50),
    echo(1024, 1, 50, is_quick=True),
    echo(16 * 1024, 1, 50),
    echo(256 * 1024, 1, 50, is_quick=True),
    echo(2**20, 1, 1),
    echo(16, 16, 50, is_quick=True),
    echo(1024, 16, 50, is_quick=True),
    echo(16 * 1024, 16, 50),
    echo(1024, 1, 500),
    echo(1024, 16, 50, text=1),
    latency(128, 1, 0, is_quick=True),
    latency(128, 50, 20_000, is_quick=True),
    latency(16 * 1024, 50, 5_000),
    Cell("handshakes", "32 at a time", {"at_once": 32}, is_quick=True),
    broadcast(128, 1, 1000, is_quick=True),
    broadcast(1024, 8, 1000),
    idle(1000, is_quick=True),
    idle(10_000),
    secured(1024, 16, 50, is_quick=True),
    secured(16 * 1024, 1, 50),
    secured_handshakes(0),
    secured_handshakes(1),
    secured_idle(1000),
    compressed(50, 300, is_quick=True),
    compressed(1, 15_000),
)

# How much more a message costs as there is more work, and a byte.
GROWTH = (
    (echo(125, 1, 50), echo(125, 1, 10_000), "10,000 connections instead of 50, for a message of 125 B", 1),
    (echo(2**20, 1, 1), echo(16 * 2**20, 1, 1), "16 MiB instead of 1 MiB, for a byte", 16),
)


def for_the_closest():
    """What is not for all: every combination, and what shows how cost grows."""
    known = {cell.key for cell in FOR_ALL}
    cells = [*matrix(PAYLOADS, IN_FLIGHT, CONNECTIONS, CLOSEST)]
    cells += [echo(64 * 1024, 1, 50, text=1, only=CLOSEST)]
    cells += [echo(**many.words, only=CLOSEST) for _, many, _, _ in GROWTH]
    return tuple(cell for cell in cells if cell.key not in known)


CELLS = (*for_the_closest(), *FOR_ALL)


def choose(modes, is_quick):
    unknown = set(modes) - set(MODES)
    if unknown:
        raise Failure(f"no such mode: {', '.join(sorted(unknown))} (there are {', '.join(MODES)})")
    return [cell for cell in CELLS if cell.mode in modes and (cell.is_quick or not is_quick)]
