"""The example `echo_server` against clients that were made with Python's websockets."""

import asyncio
import tempfile

from programs import Failure, check, echo_server, foreign_loop
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

SIZES = (0, 1, 125, 126, 65535, 65536, 1024 * 1024, 16 * 1024 * 1024)
LARGEST = 16 * 1024 * 1024
LIMIT = ("--max-message-bytes", str(LARGEST))

# A mask of zeros leaves the payload as it is.
MASK = bytes(4)

# What is wrong, what the client sends, and the code with which the server closes.
BAD_FRAMES = (
    ("no mask", b"\x81\x01a", 1002),
    ("a reserved bit", b"\xc1\x80" + MASK, 1002),
    ("a reserved opcode", b"\x83\x80" + MASK, 1002),
    ("a ping of 126 bytes", b"\x89\xfe\x00\x7e" + MASK, 1002),
    ("a fragmented ping", b"\x09\x80" + MASK, 1002),
    ("a continuation of nothing", b"\x80\x80" + MASK, 1002),
    ("a message inside a message", b"\x01\x80" + MASK + b"\x81\x80" + MASK, 1002),
    ("a length that is not minimal", b"\x81\xfe\x00\x01" + MASK, 1002),
    ("a 64-bit length with its top bit", b"\x82\xff\x80" + bytes(7) + MASK, 1002),
    ("a Close of one byte", b"\x88\x81" + MASK + b"\x03", 1002),
    ("a Close with 1005", b"\x88\x82" + MASK + b"\x03\xed", 1002),
    ("text that is not UTF-8", b"\x81\x81" + MASK + b"\xff", 1007),
    ("a frame of 16 MiB and a byte", b"\x82\xff\x00\x00\x00\x00\x01\x00\x00\x01" + MASK, 1009),
)

# What the client closes with; the server answers with the same code.
CLOSES = ((1000, ""), (1000, "bye"), (1001, ""), (3000, "\u2713"), (4999, "r" * 123))


async def echo(url, message):
    async with connect(url, max_size=LARGEST) as connection:
        await connection.send(message)
        check("the echo", await connection.recv(), message)


async def echo_uncompressed(url, message):
    async with connect(url, max_size=LARGEST, compression=None) as connection:
        await connection.send(message)
        check("the echo", await connection.recv(), message)


async def many_echoes(url):
    messages = [f"message {number}" for number in range(5000)]
    async with connect(url) as connection:
        for message in messages:
            await connection.send(message)
        check("the echoes", [await connection.recv() for _ in messages], messages)


async def fragments(url):
    async with connect(url) as connection:
        await connection.send(["frag", "", "mented ", "\u2713"])
        check("the text", await connection.recv(), "fragmented \u2713")
        await connection.send([b"\x00" * 70_000, b"", b"\x01" * 5])
        check("the binary", await connection.recv(), b"\x00" * 70_000 + b"\x01" * 5)


async def fragments_inside_a_character(url):
    async with connect(url) as connection:
        # The three bytes of U+2713, one in each frame, and a ping between them.
        for frame in (b"\x01\x81%s\xe2", b"\x89\x80%s", b"\x00\x81%s\x9c", b"\x80\x81%s\x93"):
            connection.transport.write(frame % MASK)
        check("the text", await connection.recv(), "\u2713")


async def pings(url):
    async with connect(url) as connection:
        for payload in (b"", b"a", b"\xff" * 125):
            await (await connection.ping(payload))
        await connection.pong(b"nobody asked")
        await connection.send("still there")
        check("the echo", await connection.recv(), "still there")


async def compression_is_not_agreed_on(url):
    async with connect(url, compression="deflate") as connection:
        check("the extensions", connection.response.headers.get("Sec-WebSocket-Extensions"), None)


async def closed_by_the_client(url, code, reason):
    connection = await connect(url)
    await connection.close(code, reason)
    seen = connection.protocol.close_rcvd
    check("whether a Close frame came", seen is not None, True)
    check("the code", seen.code, code)


async def closed_without_a_code(url):
    async with connect(url) as connection:
        connection.transport.write(b"\x88\x80" + MASK)
        await connection.wait_closed()
        check("the code", connection.protocol.close_rcvd.code, 1005)


async def echoes_before_the_close(url):
    async with connect(url) as connection:
        # One segment: three messages and the Close frame behind them.
        frames = b"".join(b"\x81\x81" + MASK + letter for letter in (b"a", b"b", b"c"))
        connection.transport.write(frames + b"\x88\x82" + MASK + b"\x03\xe8")
        check("the echoes", [message async for message in connection], ["a", "b", "c"])
        check("the code", connection.protocol.close_rcvd.code, 1000)


async def bad_frame(url, frame, code):
    async with connect(url) as connection:
        connection.transport.write(frame)
        try:
            await connection.recv()
        except ConnectionClosed as closed:
            check("whether the server closed first", closed.rcvd_then_sent, True)
            check("the code", closed.rcvd.code, code)
        else:
            raise Failure("the server answered")


async def reset_by_the_client(url):
    connection = await connect(url)
    await connection.send("x" * 100_000)
    connection.transport.abort()
    await connection.wait_closed()
    await echo(url, "the server lives")


async def origins(url):
    same = url.replace("ws", "http", 1).rstrip("/")
    async with connect(url, origin=same) as connection:
        await connection.send("let in")
        check("the echo", await connection.recv(), "let in")
    try:
        await connect(url, origin="http://example.com")
    except InvalidStatus as refused:
        check("the status", refused.response.status_code, 403)
    else:
        raise Failure("another origin was let in")


async def subprotocols(url):
    cases = ((["x", "chat.v2", "chat.v1"], "chat.v2"), (["x"], None), (None, None))
    for offered, chosen in cases:
        async with connect(url, subprotocols=offered) as connection:
            check(f"the choice from {offered}", connection.subprotocol, chosen)


async def reads_only_after_sending(url):
    """The client sends as long as the server takes it, reading nothing; then it reads it all."""
    count, message = 1024, bytes(65536)
    async with connect(url, compression=None, max_queue=1) as connection:
        sent = 0

        async def send():
            nonlocal sent
            for _ in range(count):
                await connection.send(message)
                sent += 1

        sending = asyncio.create_task(send())
        before = -1
        while sent > before:  # until nothing has gone out for a while
            before = sent
            await asyncio.wait([sending], timeout=0.5)
        check("whether the server took everything", sent == count, False)
        for _ in range(count):
            check("the echo", await connection.recv(), message)
        await sending


async def fifty_at_once(url):
    async def talk(number):
        async with connect(url) as connection:
            for turn in range(20):
                await connection.send(f"{number}: {turn}")
                check("the echo", await connection.recv(), f"{number}: {turn}")

    await asyncio.gather(*(talk(number) for number in range(50)))


async def unix_socket(path):
    async with unix_connect(path) as connection:
        await connection.send("over a path")
        check("the echo", await connection.recv(), "over a path")


async def server_that_ends(server):
    async with connect(server.url) as connection:
        await connection.send("hello")
        check("the echo", await connection.recv(), "hello")
        server.process.terminate()
        await connection.wait_closed()
        check("the code", connection.protocol.close_rcvd.code, 1001)
        check("whether the server closed first", connection.protocol.close_rcvd_then_sent, True)
    check("the exit status", server.ended(), 0)


def run_at(tests, prefix, listen, *options):
    """Runs what does not depend on the kind of address, with further options of the server."""

    def test(name, coroutine, *arguments):
        tests.run(prefix + name, lambda: asyncio.run(asyncio.wait_for(coroutine(*arguments), 60)))

    usual = ("--subprotocol", "chat.v1", "--subprotocol", "chat.v2", *LIMIT)
    with echo_server(*usual, *options, listen=listen) as server:
        for size in SIZES:
            text = "x" * (size % 3) + "\u20ac" * (size // 3)
            test(f"text of {size} bytes", echo, server.url, text)
            test(f"binary of {size} bytes", echo_uncompressed, server.url, bytes(size))
        for name, frame, code in BAD_FRAMES:
            test(f"the client sends {name}", bad_frame, server.url, frame, code)
        for code, reason in CLOSES:
            name = f"closed by the client with {code} {reason[:9]}".rstrip()
            test(name, closed_by_the_client, server.url, code, reason)
        for coroutine in (
            many_echoes,
            fragments,
            fragments_inside_a_character,
            pings,
            compression_is_not_agreed_on,
            closed_without_a_code,
            echoes_before_the_close,
            reset_by_the_client,
            origins,
            subprotocols,
            reads_only_after_sending,
            fifty_at_once,
        ):
            test(coroutine.__name__.replace("_", " "), coroutine, server.url)
        test("server that ends", server_that_ends, server)


def run_compressed(tests, prefix, listen, *options):
    """Echoes with compression, with further options of the server."""
    with echo_server("--deflate", *LIMIT, *options, listen=listen) as server:
        for size in SIZES:
            text = "x" * (size % 3) + "\u20ac" * (size // 3)
            name = f"{prefix}text of {size} bytes"
            tests.run(name, lambda text=text: asyncio.run(echo(server.url, text)))
        tests.run(f"{prefix}many echoes", lambda: asyncio.run(many_echoes(server.url)))


def run(tests):
    prefix = "echo_server against a client of websockets: "
    run_at(tests, prefix, "ws://127.0.0.1:0")

    def test(name, coroutine, *arguments):
        tests.run(prefix + name, lambda: asyncio.run(asyncio.wait_for(coroutine(*arguments), 60)))

    with tempfile.TemporaryDirectory() as folder:
        with echo_server(listen=f"ws+unix:{folder}/socket"):
            test("unix socket", unix_socket, f"{folder}/socket")
    with foreign_loop() as server:
        for coroutine in (many_echoes, pings, reads_only_after_sending, fifty_at_once):
            name = f"foreign_loop, {coroutine.__name__.replace('_', ' ')}"
            test(name, coroutine, server.url)
