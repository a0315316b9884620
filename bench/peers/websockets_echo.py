"""An echo server with permessage-deflate on the Python package websockets.

usage: websockets_echo.py

By itself websockets compresses at zlib's level 6 with windows of 12 bits and a memory level of 5.
Here it has windows of 15 bits and a memory level of 8, as the others have.
"""

import asyncio
import signal

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main():
    deflate = ServerPerMessageDeflateFactory(compress_settings={"level": 6, "memLevel": 8})
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set_result, None)
    async with serve(echo, "127.0.0.1", 0, extensions=[deflate], compression=None) as server:
        print("listening on", server.sockets[0].getsockname()[1], flush=True)
        await over


asyncio.run(main())
