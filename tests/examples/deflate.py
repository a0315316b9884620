"""What --deflate, --no-context-takeover and --window-bits of the examples do on the wire."""

import base64
import hashlib
import socket
import subprocess
import zlib

from programs import Program, check, echo_server, example

TAIL = b"\x00\x00\xff\xff"
# Larger than what is sent as it is, with little in it that comes again, so that only a message
# that refers to the one before is small.
LINE = b"".join(b"%d;" % (number * number % 9973) for number in range(60))

# Options of echo_server, what a client offers, and the answer.
ANSWERS = (
    ((), "permessage-deflate", None),
    (("--window-bits", "9"), "permessage-deflate", None),
    (("--no-context-takeover",), "permessage-deflate", None),
    (("--deflate",), None, None),
    (("--deflate",), "x-webkit-deflate-frame", None),
    (("--deflate",), "permessage-deflate; server_max_window_bits=16", None),
    (("--deflate",), "permessage-deflate", "permessage-deflate"),
    (("--deflate",), "permessage-deflate; client_max_window_bits", "permessage-deflate"),
    (
        ("--deflate", "--no-context-takeover"),
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ),
    (
        ("--no-context-takeover", "--window-bits", "8", "--deflate"),
        "permessage-deflate; client_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=8; client_max_window_bits=8",
    ),
    (
        ("--deflate", "--window-bits", "12"),
        "permessage-deflate",
        "permessage-deflate; server_max_window_bits=12",
    ),
    (("--deflate", "--window-bits", "15"), "permessage-deflate", "permessage-deflate"),
)

# Options of the client, and what it offers.
OFFERS = (
    ((), None),
    (("--window-bits", "9"), None),
    (("--no-context-takeover",), None),
    (("--deflate",), "permessage-deflate; client_max_window_bits"),
    (
        ("--deflate", "--no-context-takeover"),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "client_max_window_bits",
    ),
    (
        ("--window-bits", "8", "--deflate"),
        "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8",
    ),
    (("--deflate", "--window-bits", "15"), "permessage-deflate; client_max_window_bits"),
)

WRONG = (("--window-bits", "7"), ("--window-bits", "16"), ("--window-bits", "many"))


class Wire:
    """A connection of bytes."""

    def __init__(self, wire):
        self.wire = wire
        self.pending = b""

    def __enter__(self):
        self.wire.settimeout(60)
        return self

    def __exit__(self, *_):
        self.wire.close()

    def take(self, count):
        while len(self.pending) < count:
            data = self.wire.recv(65536)
            check("whether more has come", bool(data), True)
            self.pending += data
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken

    def head(self):
        """The fields of a request or response, and its first line under the name ``."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        first, *lines = head.decode().split("\r\n")[:-2]
        return {"": first} | {
            name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
        }

    def frame(self):
        """The first byte of a short frame, and its payload, unmasked."""
        first, length = self.take(2)
        is_masked, length = bool(length & 0x80), length & 0x7F
        if length == 126:
            length = int.from_bytes(self.take(2), "big")
        mask = self.take(4) if is_masked else bytes(4)
        payload = self.take(length)
        return first, bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))

    def send(self, first, payload, masks):
        bit, mask = (0x80, bytes(4)) if masks else (0, b"")
        if len(payload) < 126:
            length = bytes([bit | len(payload)])
        else:
            length = bytes([bit | 126]) + len(payload).to_bytes(2, "big")
        self.wire.sendall(bytes([first]) + length + mask + payload)


def connected(url, offer):
    """A connection to a server, and what it answered to an offer."""
    port = int(url.rstrip("/").rsplit(":", 1)[1])
    wire = Wire(socket.create_connection(("127.0.0.1", port)))
    extensions = f"Sec-WebSocket-Extensions: {offer}\r\n" if offer is not None else ""
    request = (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{extensions}"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    wire.wire.sendall(request.encode())
    fields = wire.head()
    check("the answer", fields[""], "HTTP/1.1 101 Switching Protocols")
    return wire, fields.get("sec-websocket-extensions")


def accepted(listener, answer):
    """A connection of a client that has been accepted with this answer, and its offer."""
    wire = Wire(listener.accept()[0])
    fields = wire.head()
    salted = fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(salted.encode()).digest()).decode()
    extensions = f"Sec-WebSocket-Extensions: {answer}\r\n" if answer is not None else ""
    response = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{extensions}\r\n"
    )
    wire.wire.sendall(response.encode())
    return wire, fields.get("sec-websocket-extensions")


def deflated_by_zlib(message):
    stream = zlib.compressobj(wbits=-15)
    return (stream.compress(message) + stream.flush(zlib.Z_SYNC_FLUSH))[: -len(TAIL)]


def check_deflated(frames, takes_over):
    """Whether each of two frames is LINE deflated, the second with or without the first."""
    stream = zlib.decompressobj(wbits=-15)
    for first, payload in frames:
        check("the first byte", first, 0xC1)
        check("whether it is smaller", len(payload) < len(LINE), True)
        if not takes_over:
            stream = zlib.decompressobj(wbits=-15)
        check("the message", stream.decompress(payload + TAIL), LINE)
    before, again = frames[0][1], frames[1][1]
    if takes_over:
        check("whether the second is smaller still", len(again) * 4 < len(before), True)
    else:
        check("the second", again, before)


def server_answers():
    for options, offer, answer in ANSWERS:
        with echo_server(*options) as server:
            wire, answered = connected(server.url, offer)
            with wire:
                check(f"the answer of {options} to {offer}", answered, answer)


def server_compresses(takes_over):
    options = () if takes_over else ("--no-context-takeover",)
    with echo_server("--deflate", *options) as server:
        wire, _ = connected(server.url, "permessage-deflate")
        with wire:
            for first, message in ((0x81, LINE), (0xC1, deflated_by_zlib(LINE))):
                wire.send(first, message, True)
            check_deflated([wire.frame(), wire.frame()], takes_over)
            wire.send(0x81, b"short", True)
            check("the echo of a short message", wire.frame(), (0x81, b"short"))


def server_does_not_compress():
    for options, offer in (((), "permessage-deflate"), (("--deflate",), None)):
        with echo_server(*options) as server:
            wire, _ = connected(server.url, offer)
            with wire:
                wire.send(0x81, LINE, True)
                check("the echo", wire.frame(), (0x81, LINE))


def visited(options, answer, talk):
    """Runs the client against a server that gives this answer, and lets them talk; its offer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        with Program(example("client"), *options, url, stderr=subprocess.PIPE) as client:
            wire, offer = accepted(listener, answer)
            with wire:
                talk(client, wire)
    return offer


def close(client, wire):
    client.process.stdin.close()
    check("the Close frame", wire.frame(), (0x88, b"\x03\xe8"))
    wire.send(0x88, b"\x03\xe8", False)
    check("the exit status", client.ended(), 0)


def client_offers():
    for options, offer in OFFERS:
        check(f"the offer of {options}", visited(options, None, close), offer)


def client_compresses(takes_over):
    def talk(client, wire):
        client.write(LINE + b"\n" + LINE + b"\nshort\n")
        check_deflated([wire.frame(), wire.frame()], takes_over)
        check("a short message", wire.frame(), (0x81, b"short"))
        wire.send(0xC1, deflated_by_zlib(LINE), False)
        check("the output", client.line(), LINE.decode())
        close(client, wire)

    hints = "; server_no_context_takeover; client_no_context_takeover"
    options = () if takes_over else ("--no-context-takeover",)
    visited(("--deflate", *options), "permessage-deflate" + ("" if takes_over else hints), talk)


def client_does_not_compress():
    def talk(client, wire):
        client.write(LINE + b"\n")
        check("the message", wire.frame(), (0x81, LINE))
        close(client, wire)

    for options in ((), ("--deflate",)):
        visited(options, None, talk)


def client_refuses_answers():
    def talk(client, _):
        check("the exit status", client.ended(), 1)
        complaint = client.process.stderr.read().decode()
        check("whether it tells of the extension", "extension" in complaint, True)

    for options, answer in (
        ((), "permessage-deflate"),
        (("--deflate",), "permessage-deflate; server_max_window_bits=16"),
        (("--deflate", "--no-context-takeover"), "permessage-deflate"),
        (("--deflate", "--window-bits", "9"), "permessage-deflate; server_max_window_bits=10"),
    ):
        visited(options, answer, talk)


def wrong_window_bits():
    for name, *last in (("echo_server",), ("client", "ws://127.0.0.1/")):
        for options in WRONG:
            command = [example(name), "--deflate", *options, *last]
            result = subprocess.run(command, capture_output=True, timeout=60)
            check(f"the exit status of {name} {options}", result.returncode, 2)
            complaint = f"{name}: {' '.join(options)}: an argument is out of range"
            check("the complaint", result.stderr.decode()[: len(complaint)], complaint)


def run(tests):
    for test in (
        server_answers,
        server_does_not_compress,
        client_offers,
        client_does_not_compress,
        client_refuses_answers,
        wrong_window_bits,
    ):
        tests.run(f"deflate: {test.__name__}", test)
    for test in (server_compresses, client_compresses):
        for takes_over in (True, False):
            name = f"deflate: {test.__name__}, {'with' if takes_over else 'without'} takeover"
            tests.run(name, test, takes_over)
