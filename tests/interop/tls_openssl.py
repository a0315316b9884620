"""The examples against the commands `openssl s_client` and `s_server`, and curl, over TLS."""

import base64
import contextlib
import hashlib
import re
import subprocess

from authority import openssl
from programs import (
    SECONDS,
    Failure,
    Program,
    check,
    check_client,
    client,
    echo_server,
    example,
)

REQUEST = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PAGE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
VERSIONS = (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3"), ("-no_tls1_3", "TLSv1.2"))
# For every suite that is spoken: what s_client is told, and how the suite is called there.
SUITES = (
    ("-ciphersuites", "TLS_AES_128_GCM_SHA256", ()),
    ("-ciphersuites", "TLS_AES_256_GCM_SHA384", ()),
    ("-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", ()),
    ("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256", ("-tls1_2",)),
    ("-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384", ("-tls1_2",)),
    ("-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305", ("-tls1_2",)),
)
# What s_client is told that the server must refuse, and the alert that tells.
REFUSED = (
    ("h2 alone", ("-alpn", "h2"), "no application protocol"),
    ("CBC", ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"), "handshake failure"),
    ("TLS 1.1", ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), "handshake failure"),
    ("no group in common", ("-groups", "ffdhe2048", "-tls1_3"), "handshake failure"),
)


def key_hash(identity):
    """The SHA-256 of the public key in Base64."""
    key = openssl("pkey", "-in", identity.key, "-pubout")
    der = base64.b64decode("".join(key.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def address(server):
    return server.url.removeprefix("wss://").rstrip("/")


def shown(identity):
    """Options that have openssl show it."""
    return ("-cert", identity.cert, "-cert_chain", identity.cert, "-key", identity.key)


def s_client(server, root, *options, request=PAGE):
    """Asks for the page; the whole of what s_client says."""
    command = ["openssl", "s_client", "-connect", address(server), "-CAfile", str(root.cert)]
    command += ["-verify_return_error", "-verify_ip", "127.0.0.1", "-ign_eof", *map(str, options)]
    result = subprocess.run(command, input=request, capture_output=True, timeout=SECONDS)
    return (result.stdout + result.stderr).decode(errors="replace")


def check_in(text, *parts):
    for part in parts:
        if part not in text:
            raise Failure(f"{part!r} is not in {text[-1500:]!r}")


def version(server, root, option, name):
    said = s_client(server, root, option, "-alpn", "h2,http/1.1")
    parts = (name, "ALPN protocol: http/1.1", "Verify return code: 0 (ok)", "HTTP/1.1 200")
    check_in(said, *parts)


def without_alpn(server, root):
    check_in(s_client(server, root), "No ALPN negotiated", "HTTP/1.1 200")


def suite(server, root, option, name, others):
    check_in(s_client(server, root, option, name, *others), f"Cipher is {name}", "HTTP/1.1 200")


def refused(server, root, options, alert):
    said = s_client(server, root, *options)
    check_in(said, f"alert {alert}")
    check("whether it got the page", "HTTP/1.1 200" in said, False)


def resumed(server, root, option):
    path = root.folder / "session"
    check_in(s_client(server, root, option, "-sess_out", path), "New, TLSv1")
    check_in(s_client(server, root, option, "-sess_in", path), "Reused, TLSv1", "HTTP/1.1 200")


class Talk(Program):
    """An s_client that takes commands between what it is to send."""

    def __init__(self, server, root, *options):
        command = ("openssl", "s_client", "-connect", address(server), "-CAfile", str(root.cert))
        super().__init__(*command, *options, stderr=subprocess.STDOUT)
        self.seen = b""

    def until(self, part):
        """Reads on up to this."""
        while part not in self.seen:
            piece = self.process.stdout.read1(65536)
            if not piece:
                raise Failure(f"{part!r} is not in {self.seen[-1500:]!r}")
            self.seen += piece
        self.seen = self.seen.partition(part)[2]


def key_updates(server, root):
    with Talk(server, root, "-tls1_3") as talk:
        talk.write(REQUEST)
        talk.until(b"101 Switching")
        for number in range(20):
            # K changes the keys of both sides, k those of the client.
            talk.write(b"K\n" if number % 2 else b"k\n")
            talk.until(b"KEYUPDATE")
            word = b"echo %02d" % number
            talk.write(b"\x81\x87" + bytes(4) + word)
            talk.until(b"\x81\x07" + word)


def client_certificates(root, server, user):
    wanted = ("--tls-client-ca", str(root.cert))
    with echo_server(*server.of_server(), *wanted, listen="wss://127.0.0.1:0") as listener:
        for option in ("-tls1_2", "-tls1_3"):
            check_in(s_client(listener, root, option, *shown(user)), "HTTP/1.1 200")
            check_in(s_client(listener, root, option), "alert certificate required")
        trust = ("--ca", str(root.cert))
        result = client(listener.url, *trust, *user.of_client(), lines=b"one\n")
        check_client(result, 0, b"one\n")


def answer(request):
    """The answer to a request for a WebSocket."""
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request)[1]
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
    )


@contextlib.contextmanager
def s_server(identity, *options):
    """A server of OpenSSL that sends what is written to it; and its port."""
    files = map(str, shown(identity))
    command = ("openssl", "s_server", "-accept", "127.0.0.1:0", *files, *options)
    with Program(*command, stderr=subprocess.STDOUT) as program:
        said = ""
        while not said.startswith("ACCEPT"):
            said = program.line()
        yield program, said.rpartition(":")[2]


def our_client(root, server, options):
    with s_server(server, *options) as (program, port):
        command = (example("client"), "--ca", str(root.cert), f"wss://127.0.0.1:{port}/")
        with Program(*command, stderr=subprocess.STDOUT) as ours:
            request = b""
            while b"\r\n\r\n" not in request:
                request += program.process.stdout.read1(65536)
            # The answer, a message, a Close frame.
            program.write(answer(request) + b"\x81\x05hello\x88\x02\x03\xe8")
            check("the line", ours.line(), "hello")
            check("the exit status", ours.ended(), 0)


def curl(server, root):
    command = ["curl", "--silent", "--show-error", "--cacert", str(root.cert), "--max-time", "60"]
    url = server.url.replace("wss", "https", 1)
    result = subprocess.run([*command, url], capture_output=True)
    check("what curl says", result.stderr, b"")
    check("the beginning of the page", result.stdout[:15], b"<!doctype html>")


def run(tests, root, intermediate, server):
    prefix = "TLS, echo_server against openssl s_client: "
    with echo_server(*server.of_server(), listen="wss://127.0.0.1:0") as listener:
        for option, name in VERSIONS:
            tests.run(f"{prefix}{option}", version, listener, root, option, name)
        tests.run(f"{prefix}no application protocol", without_alpn, listener, root)
        for option, name, others in SUITES:
            tests.run(prefix + name, suite, listener, root, option, name, others)
        for name, options, alert in REFUSED:
            tests.run(f"{prefix}{name}", refused, listener, root, options, alert)
        for option in ("-tls1_2", "-tls1_3"):
            tests.run(f"{prefix}resumption {option}", resumed, listener, root, option)
        tests.run(f"{prefix}key updates", key_updates, listener, root)
        tests.run("TLS, curl asks echo_server for the page", curl, listener, root)
    user = intermediate.issue("user", names=None, usage="clientAuth")
    name = f"{prefix}certificates of clients"
    tests.run(name, client_certificates, root, server, user)
    prefix = "TLS, client against openssl s_server: "
    for options in (("-tls1_2",), ("-tls1_3",), ("-alpn", "http/1.1"), ("-num_tickets", "0")):
        tests.run(prefix + " ".join(options), our_client, root, server, options)
