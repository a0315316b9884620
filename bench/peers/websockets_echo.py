"""An echo server on the Python package websockets.

usage: websockets PORT [broadcast | tls CERTIFICATE KEY | deflate [takeover]]

By itself websockets compresses at zlib's level 6 with windows of 12 bits and a memory level of 5.
Here it has windows of 15 bits and a memory level of 8, as the others have. With `takeover` it is the
client who decides whether a message refers to those before it; without, none does.
"""

import asyncio
import ssl
import sys

from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

LARGEST_MESSAGE = 128 * 1024 * 1024
NOT_SUPPORTED = 3


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


everyone = set()


async def send_to_all(connection):
    everyone.add(connection)
    try:
        async for message in connection:
            broadcast(everyone, message)
    except ConnectionClosed:
        pass
    finally:
        everyone.remove(connection)


def deflate(takeover):
    return ServerPerMessageDeflateFactory(
        server_no_context_takeover=not takeover,
        client_no_context_takeover=not takeover,
        compress_settings={"level": 6, "memLevel": 8},
    )


async def main(port, *mode):
    handler, secure, extensions = echo, None, None
    match mode:
        case ():
            pass
        case ("broadcast",):
            handler = send_to_all
        case ("tls", certificate, key):
            secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            secure.load_cert_chain(certificate, key)
        case ("deflate", *words):
            extensions = [deflate(words == ["takeover"])]
        case _:
            print(f"websockets: {mode[0]} is not supported", file=sys.stderr)
            sys.exit(NOT_SUPPORTED)
    options = {"ssl": secure, "extensions": extensions, "compression": None}
    limits = {"max_size": LARGEST_MESSAGE, "ping_interval": None}
    async with serve(handler, "127.0.0.1", int(port), **options, **limits):
        print("ready", flush=True)
        await asyncio.get_running_loop().create_future()


if len(sys.argv) < 2:
    sys.exit("usage: websockets PORT [broadcast | tls CERTIFICATE KEY | deflate [takeover]]")
asyncio.run(main(*sys.argv[1:]))
