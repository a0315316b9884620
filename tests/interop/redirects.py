"""The example `client` led elsewhere by servers that others have made: Python's http.server and
websockets, Node's http and ws."""

import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from authority import Authority
from programs import Program, Server, check, check_client, client, example

HERE = Path(__file__).parent
PYTHON = (sys.executable, str(HERE / "peer_redirects.py"))
KINDS = {
    "http.server": (*PYTHON, "http"),
    "websockets": (*PYTHON, "websockets"),
    "Node's http": ("node", str(HERE / "peer_redirects.js")),
}
FIVE = ("--max-redirects", "5")
SECRETS = ("--user", "alice:secret", "--header", "Cookie: a=b", "--header", "X-Plain: c")
CREDENTIALS = "Basic YWxpY2U6c2VjcmV0"
REFUSED = "client: the server led to an address that is not followed\n"


def started(kind, *files):
    return Server(*KINDS[kind], *map(str, files))


def over_tls(kind, server):
    return started(kind, server.cert, server.key)


def to(server, url, status=302):
    return f"{server.url}/to?status={status}&url={quote(url, safe='')}"


def echoes(url, *options):
    """Has the client talk with an echo. It waits for what comes: the server of websockets answers a Close
    frame although it has not sent all."""
    with Program(example("client"), *options, url, stderr=subprocess.PIPE) as talk:
        for line in (b"one", b"", b"two", b"x" * 100_000):
            talk.write(line + b"\n")
            check("the echo", talk.line(), line.decode())
        talk.process.stdin.close()
        check("the exit status", talk.ended(), 0)
        check("what it wrote to standard error", talk.process.stderr.read(), b"")


def asked(server, count):
    """What the server tells of so many requests: the target, and the fields that it got."""
    return [server.line().split("|")[1:] for _ in range(count)]


def five_are_followed(kind, status):
    with started(kind) as server:
        url = f"{server.url}/count/5?status={status}"
        echoes(url, *FIVE)
        targets = [target for target, *_ in asked(server, 6)]
        counted = [f"/count/{left}?status={status}" for left in (5, 4, 3, 2, 1)]
        check("what the server was asked", targets, [*counted, "/echo"])


def a_sixth_is_not(kind):
    with started(kind) as server:
        result = client(f"{server.url}/count/6?status=302", *FIVE)
        check_client(result, 1, b"", "client: the server led elsewhere too often\n")
        check("the last request", asked(server, 6)[-1][0], "/count/1?status=302")


def none_unless_it_is_asked_for(kind):
    with started(kind) as server:
        result = client(f"{server.url}/count/1?status=302")
        check_client(result, 1, b"", "client: the server answered 302 Found\nelsewhere\n")


def other_statuses(kind):
    with started(kind) as server:
        for status in (300, 304, 305):
            result = client(to(server, "/echo", status), *FIVE)
            check_client(result, 1, b"", f"client: the server answered {status} ")


def without_a_location(kind):
    with started(kind) as server:
        check_client(client(f"{server.url}/to?status=302", *FIVE), 1, b"", REFUSED)


def credentials_stay(kind):
    with started(kind) as server, started("websockets") as other:
        url = to(server, to(server, f"{other.url}/echo"))
        echoes(url, *FIVE, *SECRETS)
        for _, *fields in asked(server, 2):
            check("what the same server got", fields, [CREDENTIALS, "a=b", "c"])
        check("what the other one got", asked(other, 1), [["/echo", "-", "-", "c"]])


def to_http(kind):
    with started(kind) as server, started("websockets") as other:
        url = to(server, other.url.replace("ws:", "http:") + "/echo#part")
        echoes(url, *FIVE)


def from_ws_to_wss(kind, root, identity):
    trust = ("--ca", str(root.cert))
    with started(kind) as server, over_tls("websockets", identity) as other:
        for scheme in ("wss:", "https:"):
            url = to(server, other.url.replace("wss:", scheme) + "/echo")
            echoes(url, *FIVE, *SECRETS, *trust)
            check("what the other one got", asked(other, 1), [["/echo", "-", "-", "c"]])
        says = "client: no authority that is trusted vouches for the certificate\n"
        check_client(client(url, *FIVE), 1, b"", says)


def from_wss_to_wss(kind, root, identity):
    with over_tls(kind, identity) as server:
        options = (*FIVE, *SECRETS, "--ca", str(root.cert))
        echoes(f"{server.url}/count/5?status=307", *options)
        for _, *fields in asked(server, 5):
            check("what the server got", fields, [CREDENTIALS, "a=b", "c"])


def never_from_wss_to_ws(kind, root, identity):
    with over_tls(kind, identity) as server, started("websockets") as other:
        for scheme in ("ws:", "http:"):
            url = to(server, other.url.replace("ws:", scheme) + "/echo")
            result = client(url, *FIVE, "--ca", str(root.cert))
            check_client(result, 1, b"", REFUSED)
        other.process.terminate()
        other.ended()
        check("what the other one was asked", other.process.stdout.read(), b"")


def run(tests):
    with tempfile.TemporaryDirectory() as folder:
        root = Authority(folder, "root")
        identity = root.issue("server")
        for kind in KINDS:
            prefix = f"client led elsewhere by {kind}: "
            for status in (301, 302, 303, 307, 308):
                tests.run(f"{prefix}five times with {status}", five_are_followed, kind, status)
            for test in (
                a_sixth_is_not,
                none_unless_it_is_asked_for,
                other_statuses,
                without_a_location,
                credentials_stay,
                to_http,
            ):
                tests.run(prefix + test.__name__.replace("_", " "), test, kind)
            for test in (from_ws_to_wss, from_wss_to_wss, never_from_wss_to_ws):
                tests.run(prefix + test.__name__.replace("_", " "), test, kind, root, identity)
