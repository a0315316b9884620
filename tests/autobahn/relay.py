"""Passes bytes on between the suite, which speaks no TLS here, and an example that does.

usage: relay.py to PORT AUTHORITY          listens plainly, and speaks TLS to the server at PORT
       relay.py from PORT CERTIFICATE KEY  listens with TLS, and speaks plainly to that at PORT
"""

import asyncio
import contextlib
import ssl
import sys

HOST = "127.0.0.1"


def contexts(way, *files):
    """How it listens, and how it connects: over TLS, or None for plainly."""
    if way == "to":
        return None, ssl.create_default_context(cafile=files[0])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context, None


async def pass_on(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def main():
    way, port, *files = sys.argv[1:]
    listens, connects = contexts(way, *files)

    async def serve(reader, writer):
        options = {} if connects is None else {"ssl": connects, "server_hostname": HOST}
        there = await asyncio.open_connection(HOST, port, **options)
        await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))

    async with await asyncio.start_server(serve, HOST, 0, ssl=listens) as server:
        scheme = "ws" if listens is None else "wss"
        print(f"listening on {scheme}://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


asyncio.run(main())
