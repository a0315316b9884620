"""A server made with Python's websockets, which does what the path of a request says. The same as
peer_server.js. It prints how each connection ended for it: `closed PATH CODE REASON`."""

import asyncio
import base64
import os
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.datastructures import Headers

LARGEST = 64 * 1024 * 1024


async def behave(connection):
    url = urlsplit(connection.request.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    match url.path:
        case "/echo":
            async for message in connection:
                await connection.send(message)
        case "/close":
            await connection.close(int(query["code"]), query.get("reason", ""))
        case "/close-without-code":
            connection.transport.write(b"\x88\x00")
            await connection.wait_closed()
        case "/reset":
            connection.transport.abort()
        case "/subprotocol":
            await connection.send(connection.subprotocol or "none")
        case "/fields":
            headers = connection.request.headers
            await connection.send(f"{headers.get('X-Test')} {headers.get('Origin')}")
        case "/text":
            await connection.send("x" * int(query["bytes"]))
        case "/binary":
            await connection.send(bytes(int(query["bytes"])))
        case "/fragments":
            await connection.send(["frag", "", "mented ", "\u2713"])
        case "/ping":
            answer = await connection.ping(b"are you there")
            await answer
            await connection.send("pong")
        case "/raw":
            connection.transport.write(base64.b16decode(query["bytes"]))
            await connection.wait_closed()


async def handle(connection):
    try:
        await behave(connection)
        await connection.wait_closed() if connection.request.path.startswith("/close") else None
        if not connection.request.path.startswith("/echo"):
            await wait_for_the_client(connection)
    except ConnectionClosed:
        pass
    await connection.wait_closed()
    reason = connection.close_reason or ""
    print(f"closed {connection.request.path} {connection.close_code} {reason}".rstrip(), flush=True)


async def wait_for_the_client(connection):
    async for _ in connection:
        pass


def refuse(connection, request):
    if request.path == "/refuse":
        body = b"not for you\n"
        headers = Headers({"Content-Length": str(len(body)), "Content-Type": "text/plain"})
        return Response(403, "Forbidden", headers, body)
    return None


async def main():
    async with serve(
        handle,
        "127.0.0.1",
        0,
        process_request=refuse,
        subprotocols=["chat.v1", "chat.v2"],
        max_size=LARGEST,
        compression="deflate" if "COMPRESSION" in os.environ else None,
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}/", flush=True)
        await server.serve_forever()


asyncio.run(main())
