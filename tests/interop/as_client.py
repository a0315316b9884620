"""The example `client` against servers that were made with other implementations."""

import itertools
import subprocess
import sys
from pathlib import Path

from programs import Program, Server, check, check_client, client, example

HERE = Path(__file__).parent
# The versions that a server speaks, and its command.
SERVERS = {
    "websockets": ((13,), (sys.executable, str(HERE / "peer_server.py"))),
    "ws": ((13, 8), ("node", str(HERE / "peer_server.js"))),
}
SIZES = (0, 1, 125, 126, 65535, 65536, 1024 * 1024, 16 * 1024 * 1024)

# What is wrong, what the server sends, what the client says, and the code with which it closes.
BAD_FRAMES = (
    ("a reserved bit", "c100", "a reserved bit is set", 1002),
    ("a reserved opcode", "8300", "opcode", 1002),
    ("a masked frame", "818000000000", "masked", 1002),
    ("a ping of 126 bytes", "897e007e", "more than 125 bytes", 1002),
    ("a fragmented ping", "0900", "fragment", 1002),
    ("a continuation of nothing", "8000", "continu", 1002),
    ("a message inside a message", "01008100", "before the last one has ended", 1002),
    ("a length that is not minimal", "817e0001", "shortest", 1002),
    ("a 64-bit length with its top bit", "827f8000000000000000", "64-bit", 1002),
    ("a Close of one byte", "880103", "one byte", 1002),
    ("a Close with 1005", "880203ed", "code", 1002),
    ("text that is not UTF-8", "8101ff", "not UTF-8", 1007),
    ("a frame of 16 MiB and a byte", "827f0000000001000001", "larger than", 1009),
)

# How the server closes, the client's exit status, what it says, and the code that it answers with.
CLOSES = (
    ("code=1000", 0, "client: closed with 1000 NORMAL\n", 1000),
    ("code=1000&reason=that+is+all", 0, "client: closed with 1000 NORMAL: that is all\n", 1000),
    ("code=1001", 1, "client: closed with 1001 GOING_AWAY\n", 1001),
    ("code=1011&reason=oh+no", 1, "client: closed with 1011 INTERNAL_ERROR: oh no\n", 1011),
    ("code=3000", 1, "client: closed with 3000 UNAUTHORIZED\n", 3000),
    ("code=4999&reason=" + 123 * "r", 1, "client: closed with 4999: " + 123 * "r" + "\n", 4999),
)


class Visit:
    """A target of the server with a number of its own, by which the server tells how it ended."""

    numbers = itertools.count(1)

    def __init__(self, server, target):
        self.number = next(Visit.numbers)
        self.server = server
        self.url = f"{server.url}{target}{'&' if '?' in target else '?'}visit={self.number}"

    def ended(self):
        """The close code and the reason that the server got."""
        line = ""
        while not line.startswith(f"closed {self.number} "):
            line = self.server.line()
        _, _, code, *reason = line.split(" ", 3)
        return (int(code), *reason)


def talk(server, target, output, lines=(), options=()):
    """Sends lines, waits for this output, and ends the input: the client closes, with 1000."""
    visit = Visit(server, target)
    command = (example("client"), *options, visit.url)
    with Program(*command, stderr=subprocess.DEVNULL) as program:
        program.write(b"".join(line + b"\n" for line in lines))
        for line in output:
            check("a line of the output", program.line(), line.decode())
        program.process.stdin.close()
        check("the exit status", program.ended(), 0)
    check("what the server saw", visit.ended(), (1000,))


def listen(server, target, exit_code, says):
    """Has the client wait for what the server does, which ends the connection; what it saw."""
    visit = Visit(server, target)
    check_client(client(visit.url, "--wait", "60"), exit_code, b"", says)
    return visit.ended()


def echo(server, size):
    line = b"x" * (size % 3) + "\u20ac".encode() * (size // 3)
    talk(server, "/echo", [line], [line])


def many_echoes(server):
    lines = [b"line %d" % number for number in range(5000)]
    talk(server, "/echo", lines, lines)


def receives_text(server, size):
    talk(server, f"/text?bytes={size}", [b"x" * size])


def receives_binary(server, size):
    talk(server, f"/binary?bytes={size}", [b"<%d bytes of binary>" % size])


def fragments(server):
    talk(server, "/fragments", ["fragmented \u2713".encode()])


def ping_between_fragments(server):
    # "a" unfinished, a ping "p", the rest "b".
    talk(server, "/raw?bytes=010161890170800162", [b"ab"])


def ping(server):
    talk(server, "/ping", [b"there you are"])


def closed_by_the_server(server, query, exit_code, says, saw):
    check("what the server saw", listen(server, f"/close?{query}", exit_code, says)[0], saw)


def closed_by_the_server_without_a_code(server):
    saw = listen(server, "/raw?bytes=8800", 0, "client: closed with 1005")
    check("what the server saw", saw, (1005,))


def reset_by_the_server(server):
    check("what the server saw", listen(server, "/reset", 1, "client: ")[0], 1006)


def bad_frame(server, frame, says, code):
    check("the code that the server saw", listen(server, f"/raw?bytes={frame}", 1, says)[0], code)


def subprotocols(server):
    both = ("--subprotocol", "chat.v1", "--subprotocol", "chat.v2")
    talk(server, "/subprotocol", [b"chat.v2"], options=both)
    talk(server, "/subprotocol", [b"none"], options=("--subprotocol", "other"))


def header_fields(server):
    options = ("--header", "X-Test: some value", "--origin", "http://here.example")
    talk(server, "/fields", [b"some value http://here.example"], options=options)


def credentials(server):
    options = ("--user", "t\u00e9ster:a word: \u2713")
    talk(server, "/user", ["t\u00e9ster".encode()], options=options)


def wrong_credentials(server):
    for options in ((), ("--user", "t\u00e9ster:other")):
        result = client(server.url + "/user", *options)
        check_client(result, 1, b"", "client: the server answered 401 Unauthorized\n")


def version(server, number):
    options = ("--version", str(number), "--origin", "http://here.example")
    said = f"{number} http://here.example".encode()
    talk(server, "/version", [said], options=options)
    talk(server, "/echo", [b"line"], [b"line"], options)


def refusal(server):
    result = client(server.url + "/refuse")
    says = "client: the server answered 403 Forbidden\nnot for you\n"
    check_client(result, 1, b"", says)


def run(tests):
    for name, (versions, command) in SERVERS.items():
        with Server(*command) as server:
            run_against(tests, f"client against a server of {name}: ", server, versions)


def run_against(tests, prefix, server, versions):
    for size in SIZES:
        tests.run(f"{prefix}echo of {size} bytes", echo, server, size)
        tests.run(f"{prefix}text of {size} bytes", receives_text, server, size)
        tests.run(f"{prefix}binary of {size} bytes", receives_binary, server, size)
    for query, *expected in CLOSES:
        name = f"{prefix}closed by the server, {query[:30]}"
        tests.run(name, closed_by_the_server, server, query, *expected)
    for name, frame, says, code in BAD_FRAMES:
        tests.run(f"{prefix}the server sends {name}", bad_frame, server, frame, says, code)
    for number in versions:
        tests.run(f"{prefix}version {number}", version, server, number)
    for test in (
        many_echoes,
        fragments,
        ping_between_fragments,
        ping,
        closed_by_the_server_without_a_code,
        reset_by_the_server,
        subprotocols,
        header_fields,
        credentials,
        wrong_credentials,
        refusal,
    ):
        tests.run(prefix + test.__name__.replace("_", " "), test, server)
