"""The example `client` comes back to a server of websockets that is started anew on its port."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from authority import Authority
from programs import Program, Server, check, example

COMMAND = (sys.executable, str(Path(__file__).parent / "peer_server.py"))
# How a server that is killed ends its connections, and how one that is interrupted.
BREAKS = {"ws": "OXWS_ERROR_CONNECTION_LOST", "wss": "OXWS_ERROR_TLS_TRUNCATED"}
GOES_AWAY = "1001"


def server(port, files):
    """What Python says when it is interrupted is not shown."""
    return Server(*COMMAND, port, *files, stderr=subprocess.DEVNULL)


def echo(talk, word):
    """The echo comes, perhaps behind what the client tells of attempts that nobody heard."""
    line = talk.line()
    while line.endswith(" ms"):
        line = talk.line()
    check("the echo", line, word)


def loss(talk, says):
    """The client tells so of a loss, perhaps behind what it tells of attempts that nobody heard."""
    line = talk.line()
    while line.startswith("client: OXWS_ERROR_CONNECT_FAILED "):
        line = talk.line()
    check(f"whether the client says {says!r} in {line!r}", says in line, True)
    check(f"whether it says in {line!r} when it comes back", line.endswith(" ms"), True)


def comes_back(number, says, files, trust):
    """The server ends twice, by a signal; what is written meanwhile arrives at the next one."""
    with server("0", files) as first:
        port = str(urlsplit(first.url).port)
        command = (example("client"), "--reconnect", *trust, f"{first.url}/echo?visit=1")
        with Program(*command, stderr=subprocess.STDOUT) as talk:
            talk.write(b"hello\n")
            echo(talk, "hello")
            first.stop(number)
            for word in ("while it is away", "and once more"):
                loss(talk, says)
                talk.write(word.encode() + b"\n")
                with server(port, files) as again:
                    echo(talk, word)
                    talk.write(b"there again\n")
                    echo(talk, "there again")
                    if word == "and once more":
                        talk.process.stdin.close()
                        check("the exit status", talk.ended(), 0)
                        check("what the server saw", again.line(), "closed 1 1000")
                    else:
                        again.stop(number)


def run(tests):
    with tempfile.TemporaryDirectory() as folder:
        root = Authority(folder, "root")
        identity = root.issue("server")
        over_tls = ((str(identity.cert), str(identity.key)), ("--ca", str(root.cert)))
        for scheme, (files, trust) in (("ws", ((), ())), ("wss", over_tls)):
            for number, says in ((signal.SIGINT, GOES_AWAY), (signal.SIGKILL, BREAKS[scheme])):
                name = f"client comes back over {scheme} to a server of websockets, {number.name}"
                tests.run(name, comes_back, number, says, files, trust)
