"""Damaged, misplaced and too large compressed messages (RFC 7692), sent to both examples. They were
deflated by zlib, or written by hand."""

import asyncio
import zlib

from programs import Failure, check, check_client, echo_server, example
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)

# First bytes of frames: the last or only one of a message has 0x80, a deflated one 0x40.
TEXT, BINARY = 0xC1, 0xC2
HELLO = bytes.fromhex("f248cdc9c90700")
# "Hello" once more, by reference to the one before.
AGAIN = bytes.fromhex("f200110000")

# What is wrong, the frames, the code that answers them, and what the client says.
DAMAGED = (
    ("a block of no kind", [(BINARY, b"\xff")], 1007, "damaged"),
    ("a wrong complement", [(BINARY, b"\x00\x05\x00\x00\x00Hello\x00")], 1007, "damaged"),
    ("a distance beyond the beginning", [(TEXT, AGAIN)], 1007, "damaged"),
    ("a message that is cut off", [(TEXT, HELLO[:4])], 1007, "damaged"),
    ("a cut off block as it is", [(TEXT, b"\x00\x05\x00\xfa\xffHel")], 1007, "damaged"),
    ("two frames, cut off", [(0x41, HELLO[:3]), (0x80, HELLO[3:5])], 1007, "damaged"),
    ("text that is not UTF-8", [(TEXT, b"\x00\x01\x00\xfe\xff\xff\x00")], 1007, "UTF-8"),
    ("text that ends in a character", [(TEXT, b"\x00\x01\x00\xfe\xff\xc3\x00")], 1007, "UTF-8"),
    ("a marked continuation", [(0x41, HELLO[:3]), (0xC0, HELLO[3:])], 1002, "reserved bit"),
    ("a marked continuation of plain text", [(0x01, b"a"), (0xC0, b"b")], 1002, "reserved bit"),
    ("a marked ping", [(0xC9, b"")], 1002, "reserved bit"),
    ("a marked pong", [(0xCA, b"")], 1002, "reserved bit"),
    ("a marked Close", [(0xC8, b"\x03\xe8")], 1002, "reserved bit"),
    ("another reserved bit", [(0xA1, b"a")], 1002, "reserved bit"),
    ("both reserved bits", [(0xE1, HELLO)], 1002, "reserved bit"),
)

# What is unusual, the frames, and the messages in them.
UNUSUAL = (
    ("in two frames", [(0x41, HELLO[:3]), (0x80, HELLO[3:])], ["Hello"]),
    ("in empty frames", [(0x41, b""), (0x00, HELLO), (0x80, b"")], ["Hello"]),
    ("a ping inside", [(0x41, HELLO[:3]), (0x89, b"p"), (0x80, HELLO[3:])], ["Hello"]),
    ("nothing", [(TEXT, b""), (TEXT, HELLO), (TEXT, AGAIN)], ["", "Hello", "Hello"]),
    ("nothing, deflated", [(TEXT, b"\x00"), (TEXT, HELLO)], ["", "Hello"]),
    ("not compressed", [(TEXT, b"\x00\x05\x00\xfa\xffHello\x00")], ["Hello"]),
    ("two blocks", [(TEXT, bytes.fromhex("f24805000000ffffcac9c90700"))], ["Hello"]),
    ("a last block", [(TEXT, b"\xf3" + HELLO[1:] + b"\x00"), (TEXT, AGAIN)], ["Hello", "Hello"]),
    ("a bare last block", [(TEXT, b"\xf3" + HELLO[1:]), (TEXT, AGAIN)], ["Hello", "Hello"]),
    ("plain between", [(TEXT, HELLO), (0x81, b"a"), (TEXT, AGAIN)], ["Hello", "a", "Hello"]),
)

LIMIT = 1_000_000  # of the server
LIMIT_OF_CLIENT = 16 * 1024 * 1024
ZEROS = bytes(1024 * 1024)


def deflated_zeros(count):
    stream = zlib.compressobj(level=9, wbits=-15)
    whole, rest = divmod(count, len(ZEROS))
    data = b"".join(stream.compress(ZEROS) for _ in range(whole)) + stream.compress(ZEROS[:rest])
    return (data + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def limits(limit):
    """Messages of zeros: what they are, their frames, and whether they are within the limit."""
    exact, more = deflated_zeros(limit), deflated_zeros(limit + 1)
    half = len(more) // 2
    bomb = deflated_zeros(10 * limit)
    check("whether the bomb is one of 1000 to 1", len(bomb) * 1000 < 10 * limit, True)
    return (
        ("as much as may be", [(BINARY, exact)], True),
        ("a byte too much", [(BINARY, more)], False),
        ("a byte too much in two frames", [(0x42, more[:half]), (0x80, more[half:])], False),
        ("a bomb", [(BINARY, bomb)], False),
    )


def frame(first, payload, is_masked):
    """A frame, masked with zeros if a client sends it."""
    length = len(payload)
    bit, zeros = (0x80, bytes(4)) if is_masked else (0, b"")
    if length < 126:
        head = bytes([first, bit | length])
    elif length < 65536:
        head = bytes([first, bit | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first, bit | 127]) + length.to_bytes(8, "big")
    return head + zeros + payload


def as_client(frames):
    return b"".join(frame(first, payload, True) for first, payload in frames)


def as_server(frames):
    return b"".join(frame(first, payload, False) for first, payload in frames)


def connected(url, is_compressed=True):
    extensions = [ClientPerMessageDeflateFactory()] if is_compressed else None
    return connect(url, compression=None, extensions=extensions, max_size=None)


async def server_closes(url, frames, code, is_compressed=True):
    async with connected(url, is_compressed) as connection:
        check("the extensions", len(connection.protocol.extensions), int(is_compressed))
        connection.transport.write(as_client(frames))
        try:
            await connection.recv()
        except ConnectionClosed as closed:
            check("whether the server closed first", closed.rcvd_then_sent, True)
            check("the code", closed.rcvd.code, code)
        else:
            raise Failure("the server answered")


async def server_echoes(url, frames, messages):
    async with connected(url) as connection:
        connection.transport.write(as_client(frames))
        for message in messages:
            check("the echo", await connection.recv(), message)


async def server_forgets(url):
    async with connected(url) as connection:
        connection.transport.write(as_client([(TEXT, HELLO), (TEXT, AGAIN)]))
        check("the echo", await connection.recv(), "Hello")
        await connection.wait_closed()
        check("the code", connection.protocol.close_rcvd.code, 1007)


def most_memory(process):
    """The most that a process has had in memory at once, in KiB."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


async def server_survives_bombs(server):
    bomb = [(BINARY, deflated_zeros(100 * LIMIT))]
    async with connected(server.url) as other:
        await other.send("before")
        check("the echo", await other.recv(), "before")
        before = most_memory(server.process)
        bombs = [server_closes(server.url, bomb, 1009) for _ in range(8)]
        for closing in asyncio.as_completed(bombs):
            await closing
            await other.send("still there")
            check("the echo", await other.recv(), "still there")
        # Each may have up to the limit, 1 MB, and the 100 KB that came over the wire; not 100 MB.
        more = most_memory(server.process) - before
        check(f"whether {more} KiB more are few", more < 16 * 1024, True)


async def client_meets(frames, options=("--deflate",), close_code=None):
    """Runs the client with a server that sends these frames; its result, and the code it gave."""
    codes = []

    async def send(connection):
        connection.transport.write(as_server(frames))
        if close_code is not None:
            connection.transport.write(as_server([(0x88, close_code.to_bytes(2, "big"))]))
        await connection.wait_closed()
        codes.append(connection.protocol.close_rcvd.code)

    factory = ServerPerMessageDeflateFactory()
    async with serve(send, "127.0.0.1", 0, compression=None, extensions=[factory]) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        result = await client(url, "--wait", "60", *options)
    check("how often the client came", len(codes), 1)
    return result, codes[0]


class Result:
    """As subprocess tells it."""

    def __init__(self, returncode, stdout, stderr):
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr


async def client(url, *options):
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        example("client"), *options, url, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        stdout, stderr = await process.communicate()
        return Result(process.returncode, stdout, stderr)
    finally:
        if process.returncode is None:
            process.kill()


async def client_closes(frames, code, says, options=("--deflate",)):
    result, answered = await client_meets(frames, options)
    check_client(result, 1, b"", says)
    check("the code", answered, code)


async def client_prints(frames, messages):
    result, answered = await client_meets(frames, close_code=1000)
    said = "".join(f"{message}\n" for message in messages).encode()
    check_client(result, 0, said, "closed with 1000 NORMAL")
    check("the code", answered, 1000)


def run(tests):
    def test(name, coroutine, *arguments):
        tests.run(name, lambda: asyncio.run(asyncio.wait_for(coroutine(*arguments), 60)))

    deflated = [(TEXT, HELLO)]
    with echo_server("--deflate", "--max-message-bytes", str(LIMIT)) as server:
        for name, frames, code, _ in DAMAGED:
            test(f"echo_server gets {name}", server_closes, server.url, frames, code)
        for name, frames, messages in UNUSUAL:
            test(f"echo_server gets a message: {name}", server_echoes, server.url, frames, messages)
        for name, frames, fits in limits(LIMIT):
            name = f"echo_server gets {name}"
            if fits:
                test(name, server_echoes, server.url, frames, [bytes(LIMIT)])
            else:
                test(name, server_closes, server.url, frames, 1009)
        name = "echo_server gets what was not agreed on"
        test(name, server_closes, server.url, deflated, 1002, False)
        test("echo_server survives bombs", server_survives_bombs, server)
    with echo_server() as server:
        name = "echo_server without --deflate gets a deflated message"
        test(name, server_closes, server.url, deflated, 1002, False)
    with echo_server("--deflate", "--no-context-takeover") as server:
        name = "echo_server --no-context-takeover gets a reference to the message before"
        test(name, server_forgets, server.url)
    for name, frames, code, says in DAMAGED:
        test(f"client gets {name}", client_closes, frames, code, says)
    for name, frames, messages in UNUSUAL:
        test(f"client gets a message: {name}", client_prints, frames, messages)
    for name, frames, fits in limits(LIMIT_OF_CLIENT):
        name = f"client gets {name}"
        if fits:
            test(name, client_prints, frames, [f"<{LIMIT_OF_CLIENT} bytes of binary>"])
        else:
            test(name, client_closes, frames, 1009, "larger than")
    name = "client without --deflate gets a deflated message"
    test(name, client_closes, deflated, 1002, "reserved bit", ())
