"""Compression (RFC 7692) between the examples and Python's websockets, in both roles: every
combination of what can be agreed on. The rules of section 7.1 are written down here once more."""

import asyncio
import functools
import itertools
import json
import random
import zlib

from programs import Failure, check, echo_server, example
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.headers import parse_extension

AT_ONCE = 12  # connections
BITS = (None, 8, 9, 10, 11, 12, 13, 14, 15)
SERVER_FORGETS, CLIENT_FORGETS = "server_no_context_takeover", "client_no_context_takeover"
SERVER_BITS, CLIENT_BITS = "server_max_window_bits", "client_max_window_bits"

# zlib deflates no raw stream with 8 window bits, so that websockets refuses to. With 9 it refers
# back 250 bytes at the most, which the 256 of 8 bits hold: with these two, it keeps the promise.


def renamed(parameters, before, after):
    return [after if parameter == before else parameter for parameter in parameters]


class ClientFactory(ClientPerMessageDeflateFactory):
    """A client that may be limited to 8 bits; it notes the answer."""

    def __init__(self, server_forgets, client_forgets, server_bits, client_bits):
        self.offers_8 = client_bits == 8
        self.answer = None
        bits = 9 if self.offers_8 else client_bits
        super().__init__(server_forgets, client_forgets, server_bits, bits)

    def get_request_params(self):
        parameters = super().get_request_params()
        if self.offers_8:
            parameters = renamed(parameters, (CLIENT_BITS, "9"), (CLIENT_BITS, "8"))
        return parameters

    def process_response_params(self, params, accepted_extensions):
        self.answer = params
        params = renamed(params, (CLIENT_BITS, "8"), (CLIENT_BITS, "9"))
        return super().process_response_params(params, accepted_extensions)


class ServerFactory(ServerPerMessageDeflateFactory):
    """A server that may be limited to 8 bits; it notes the offer."""

    def __init__(self, server_forgets, client_forgets, server_bits, client_bits):
        self.is_limited_to_8 = server_bits == 8
        self.offer = None
        bits = 9 if self.is_limited_to_8 else server_bits
        super().__init__(server_forgets, client_forgets, bits, client_bits)

    def process_request_params(self, params, accepted_extensions):
        self.offer = params
        asks_for_8 = (SERVER_BITS, "8") in params
        params = renamed(params, (SERVER_BITS, "8"), (SERVER_BITS, "9"))
        params, extension = super().process_request_params(params, accepted_extensions)
        if asks_for_8 or self.is_limited_to_8:
            params = renamed(params, (SERVER_BITS, "9"), (SERVER_BITS, "8"))
        return params, extension


def parameters_of(parameters):
    """A dictionary, once it is clear that none comes twice and that each value may be one."""
    names = [name for name, _ in parameters]
    check("the parameters", sorted(names), sorted(set(names)))
    for name, value in parameters:
        if name in (SERVER_FORGETS, CLIENT_FORGETS):
            check(f"the value of {name}", value, None)
        elif value is not None:
            check(f"whether {name} may be {value!r}", value in map(str, range(8, 16)), True)
    return dict(parameters)


def check_answer(answer, offer, forgets, bits):
    """Whether the answer of a server that forgets, with these window bits, is one to the offer."""
    server_forgets, client_forgets, server_bits, client_bits = offer
    known = {SERVER_FORGETS, CLIENT_FORGETS, SERVER_BITS, CLIENT_BITS}
    check("the unknown parameters", set(answer) - known, set())
    # 7.1.1.1: what is asked for has to be done; and nothing is forgotten unless somebody wants it.
    check(SERVER_FORGETS, SERVER_FORGETS in answer, server_forgets or forgets)
    # 7.1.1.2: the server may demand it, whether or not the client has hinted at it.
    check(CLIENT_FORGETS, CLIENT_FORGETS in answer, client_forgets or forgets)
    # 7.1.2.1: not more than the client wants, and said if the client wants it to be.
    most = min(server_bits or 15, bits)
    check(SERVER_BITS, int(answer.get(SERVER_BITS) or 15), most)
    check(f"whether {SERVER_BITS} is there", SERVER_BITS in answer, bool(server_bits) or most < 15)
    # 7.1.2.2: only where the client has said that it can, and not more than it has said.
    if client_bits is None:
        check(f"whether {CLIENT_BITS} is there", CLIENT_BITS in answer, False)
    else:
        most = min(15 if client_bits is True else client_bits, bits)
        check(CLIENT_BITS, int(answer.get(CLIENT_BITS, 15)), most)


def check_offer(offer, forgets, bits):
    """Whether the offer of the example is what its options say."""
    check(f"whether {SERVER_FORGETS} is offered", SERVER_FORGETS in offer, forgets)
    check(f"whether {CLIENT_FORGETS} is offered", CLIENT_FORGETS in offer, forgets)
    limit = str(bits) if bits < 15 else None
    check(f"the offered {SERVER_BITS}", offer.get(SERVER_BITS), limit)
    check(f"the offered {CLIENT_BITS}", offer.get(CLIENT_BITS, "nothing"), limit)


def records(rng, count):
    """JSON in which names come again and again, and numbers do not."""
    names = ("Ada", "Grace", "Edsger", "Barbara", "Zo\u00eb", "\u6797")
    rows = [
        {"id": rng.randrange(10**6), "name": rng.choice(names), "is_active": rng.random() < 0.5}
        for _ in range(count)
    ]
    return json.dumps(rows, ensure_ascii=False)


def texts(rng):
    """Fifty of one line each, in which little, much or nothing comes again."""
    for turn in range(50):
        yield (
            records(rng, 4),
            rng.randbytes(rng.randrange(600)).hex(),
            f"{turn} " * rng.randrange(1, 200),
            "x",
            "",
            "abc" * 100,
            records(rng, 1000)[:70_000] if turn == 27 else records(rng, 1),
            rng.choice("abc\u00e9"),
            records(rng, 10),
            rng.randbytes(300).hex() * 2,
        )[turn % 10]


def messages(rng):
    """Texts, binary messages, and messages of several frames: lists."""
    for turn, text in enumerate(texts(rng)):
        yield text
        if turn % 5 == 0:
            yield rng.randbytes(70_000 if turn == 30 else rng.randrange(3000))
        if turn % 7 == 0:
            yield [text[:turn], "", text[turn:]]
        if turn % 16 == 0:
            yield [text.encode(), b"", rng.randbytes(300), text.encode()]


@functools.cache
def conversation(make, number):
    return list(make(random.Random(number)))


def chosen(make, combination):
    """One of a few conversations, as making them takes longer than having them."""
    return conversation(make, zlib.crc32(repr(combination).encode()) % 7)


def lines_of(combination):
    return "".join(text + "\n" for text in chosen(texts, combination)).encode()


def whole(message):
    return type(message[0])().join(message) if isinstance(message, list) else message


async def all_of(talk, combinations):
    """Has a talk with each combination, several at once. A failure says with which one."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(combination):
        async with free:
            try:
                await asyncio.wait_for(talk(combination), 60)
            except Exception as error:
                why = str(error) or type(error).__name__
                raise Failure(f"{named(combination)}: {why}") from error

    async with asyncio.TaskGroup() as group:
        for combination in combinations:
            group.create_task(one(combination))


def named(combination):
    names = (SERVER_FORGETS, CLIENT_FORGETS, SERVER_BITS, CLIENT_BITS)
    return ", ".join(f"{name}={value}" for name, value in zip(names, combination, strict=True))


def run_all(talk, combinations):
    try:
        asyncio.run(all_of(talk, combinations))
    except* Exception as group:
        first, *others = group.exceptions
        raise Failure(f"{first} ({len(others)} more)") from first


async def talk_to_server(url, offer, forgets, bits):
    """A client of websockets and echo_server."""
    factory = ClientFactory(*offer)
    async with connect(url, compression=None, extensions=[factory]) as connection:
        check("whether it is compressed", len(connection.protocol.extensions), 1)
        check_answer(parameters_of(factory.answer), offer, forgets, bits)
        for message in chosen(messages, offer):
            await connection.send(message)
            check("the echo", await connection.recv(), whole(message))


async def talk_to_client(limits, forgets, bits, options):
    """The example client and a server of websockets."""
    factory = ServerFactory(*limits)
    lines = lines_of(limits)
    compressed = []

    async def echo(connection):
        compressed.append(len(connection.protocol.extensions))
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0, compression=None, extensions=[factory]) as server:
        port = server.sockets[0].getsockname()[1]
        await check_lines(lines, *options, f"ws://127.0.0.1:{port}/")
    check("whether it was compressed", compressed, [1])
    check_offer(parameters_of(factory.offer), forgets, bits)


async def check_lines(lines, *arguments):
    """Whether the client gets its lines back."""
    process = await asyncio.create_subprocess_exec(
        example("client"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        process.stdin.write(lines)
        output = await process.stdout.readexactly(len(lines))
        check("the output", output, lines)
        process.stdin.close()
        check("further output", await process.stdout.read(), b"")
        check("what it complained of", await process.stderr.read(), b"")
        check("the exit status", await process.wait(), 0)
    except asyncio.IncompleteReadError:
        raise Failure(f"it ended with {await process.stderr.read()!r}") from None
    finally:
        if process.returncode is None:
            process.kill()


def options_of(forgets, bits):
    takeover = ["--no-context-takeover"] if forgets else []
    return ["--deflate", *takeover, *(["--window-bits", str(bits)] if bits else [])]


# Of a peer: whether the server and the client forget, and their windows.
EACH_TAKEOVER = tuple(itertools.product((False, True), (False, True)))


def each_combination(client_bits):
    windows = itertools.product(BITS, client_bits)
    return [(*takeover, *window) for window in windows for takeover in EACH_TAKEOVER]


def each_window(client_bits):
    """Each window of the server and each of the client, not each with each."""
    cycle = itertools.cycle(BITS)
    windows = [*zip(cycle, client_bits), *zip(cycle, reversed(client_bits))]
    return [(False, False, *window) for window in dict.fromkeys(windows)]


# What the example is told: whether to forget, and its window bits. What is combined with that.
ENDPOINTS = [(forgets, None, each_combination) for forgets in (False, True)]
ENDPOINTS += [(False, bits, each_window) for bits in range(8, 16)]
ENDPOINTS += [(True, bits, each_window) for bits in (8, 15)]


def against_server(forgets, bits, combinations):
    with echo_server(*options_of(forgets, bits)) as server:

        async def talk(offer):
            await talk_to_server(server.url, offer, forgets, bits or 15)

        run_all(talk, combinations((*BITS, True)))


def against_client(forgets, bits, combinations):
    options = options_of(forgets, bits)

    async def talk(limits):
        await talk_to_client(limits, forgets, bits or 15, options)

    run_all(talk, combinations(BITS))


def refuses_8_bits():
    """What this part works around: if it is no longer so, the two factories can go."""
    for factory, name in (
        (ClientPerMessageDeflateFactory, CLIENT_BITS),
        (ServerPerMessageDeflateFactory, SERVER_BITS),
    ):
        try:
            factory(**{name: 8})
        except ValueError:
            continue
        raise Failure(f"websockets takes {name}=8")


async def server_that_declines():
    """A server of websockets itself declines an offer of 8 bits: then nothing is compressed."""
    extensions = []

    async def echo(connection):
        answer = connection.response.headers.get("Sec-WebSocket-Extensions")
        extensions.append(answer and parse_extension(answer))
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await check_lines(lines_of(()), *options_of(False, 8), url)
    check("what was answered", extensions, [None])


def run(tests):
    for role, against in (("echo_server", against_server), ("client", against_client)):
        for forgets, bits, combinations in ENDPOINTS:
            name = f"{role} {' '.join(options_of(forgets, bits))} and websockets"
            tests.run(name, against, forgets, bits, combinations)
    tests.run("websockets refuses to deflate with 8 bits", refuses_8_bits)
    name = "client --deflate --window-bits 8 and a server of websockets that declines"
    tests.run(name, lambda: asyncio.run(asyncio.wait_for(server_that_declines(), 60)))
