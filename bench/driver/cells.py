"""What is measured: a cell is one row of the tables."""

from dataclasses import dataclass

from .machine import Failure

MODES = ("echo", "latency", "handshakes", "broadcast", "idle", "tls", "tls-handshakes", "deflate")


@dataclass(frozen=True)
class Cell:
    """What is measured (mode and title), and how: the load's words, and as what the server is started."""

    mode: str
    title: str
    words: dict
    is_quick: bool = False
    variant: str = ""
    load: str = "load"
    load_mode: str = ""
    is_timed: bool = True
    most_rounds: int = 100

    @property
    def key(self):
        return f"{self.mode}: {self.title}"


def size(count):
    for unit, name in ((2**20, "MiB"), (2**10, "KiB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    return f"{count} B"


def echo(payload, in_flight, connections, is_quick=False, text=0):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections, "text": text}
    kind = ", text" if text else ""
    title = f"{size(payload)} x {in_flight}, {connections} connections{kind}"
    return Cell("echo", title, words, is_quick)


def latency(payload, connections, rate, is_quick=False):
    words = {"payload": payload, "connections": connections, "rate": rate}
    title = f"{size(payload)}, one connection, one message after another"
    if rate:
        title = f"{size(payload)}, {connections} connections, {rate:,} messages a second"
    return Cell("latency", title, words, is_quick)


def broadcast(payload, in_flight, connections, is_quick=False):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections}
    title = f"{size(payload)} x {in_flight} to {connections:,} connections"
    return Cell("broadcast", title, words, is_quick, variant="broadcast")


def idle(connections, is_quick=False):
    words = {"payload": 16, "connections": connections}
    title = f"{connections:,} connections, after an echo each"
    return Cell("idle", title, words, is_quick, is_timed=False, most_rounds=2)


def secured(payload, in_flight, connections, is_quick=False):
    words = {"payload": payload, "in_flight": in_flight, "connections": connections}
    title = f"{size(payload)} x {in_flight}, {connections} connections"
    return Cell("tls", title, words, is_quick, "tls", "tls_load", "echo")


def secured_handshakes(resumed):
    words = {"resumed": resumed, "at_once": 8}
    title = f"{'resumed' if resumed else 'full'}, 8 at a time"
    return Cell("tls-handshakes", title, words, True, "tls", "tls_load", "handshakes")


def compressed(connections, messages, is_quick=False):
    words = {"connections": connections, "in_flight": 8, "messages": messages}
    title = f"texts of 4 KiB x 8, {connections} connection{'s' if connections > 1 else ''}"
    return Cell("deflate", title, words, is_quick, "deflate", "deflate_load", "alone", is_timed=False)


CELLS = (
    # Payload in bytes, messages in flight on each connection, connections.
    echo(16, 1, 50),
    echo(125, 1, 50),
    echo(1024, 1, 50, is_quick=True),
    echo(16384, 1, 50),
    echo(65536, 1, 50, is_quick=True),
    echo(1048576, 1, 4),
    echo(16, 16, 50, is_quick=True),
    echo(125, 16, 50),
    echo(1024, 16, 50, is_quick=True),
    echo(16384, 16, 50),
    echo(1024, 16, 50, text=1),
    echo(65536, 1, 50, text=1),
    latency(128, 1, 0, is_quick=True),
    latency(128, 64, 20_000, is_quick=True),
    latency(16384, 64, 5_000),
    Cell("handshakes", "32 at a time", {"at_once": 32}, is_quick=True),
    broadcast(128, 1, 1000, is_quick=True),
    broadcast(1024, 8, 1000),
    idle(1000, is_quick=True),
    idle(9000),
    secured(1024, 16, 50, is_quick=True),
    secured(16384, 1, 50),
    secured_handshakes(0),
    secured_handshakes(1),
    compressed(50, 400, is_quick=True),
    compressed(1, 20_000),
)


def choose(modes, is_quick):
    unknown = set(modes) - set(MODES)
    if unknown:
        raise Failure(f"no such mode: {', '.join(unknown)} (there are {', '.join(MODES)})")
    return [cell for cell in CELLS if cell.mode in modes and (cell.is_quick or not is_quick)]
