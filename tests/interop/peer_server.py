"""A server made with Python's websockets, which does what the path of a request says: the same as
peer_server.js. It prints how each connection ended for it: `closed VISIT CODE REASON`.

usage: peer_server.py [PORT] [CERTIFICATE KEY]      with these, over TLS"""

import asyncio
import ssl
import sys
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import basic_auth, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

LARGEST = 64 * 1024 * 1024


async def echo(connection, _):
    async for message in connection:
        await connection.send(message)


async def close(connection, query):
    await connection.close(int(query["code"]), query.get("reason", ""))


async def reset(connection, _):
    connection.transport.abort()


async def subprotocol(connection, _):
    await connection.send(connection.subprotocol or "none")


async def fields(connection, _):
    headers = connection.request.headers
    await connection.send(f"{headers.get('X-Test')} {headers.get('Origin')}")


async def version(connection, _):
    headers = connection.request.headers
    await connection.send(f"{headers.get('Sec-WebSocket-Version')} {headers.get('Origin')}")


async def user(connection, _):
    await connection.send(connection.username)


async def text(connection, query):
    await connection.send("x" * int(query["bytes"]))


async def binary(connection, query):
    await connection.send(bytes(int(query["bytes"])))


async def fragments(connection, _):
    await connection.send(["frag", "", "mented ", "\u2713"])


async def ping(connection, _):
    await (await connection.ping(b"are you there"))
    await connection.send("there you are")


async def raw(connection, query):
    connection.transport.write(bytes.fromhex(query["bytes"]))


BEHAVIOURS = {
    "/echo": echo,
    "/close": close,
    "/reset": reset,
    "/subprotocol": subprotocol,
    "/fields": fields,
    "/version": version,
    "/user": user,
    "/text": text,
    "/binary": binary,
    "/fragments": fragments,
    "/ping": ping,
    "/raw": raw,
}


async def handle(connection):
    url = urlsplit(connection.request.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    try:
        await BEHAVIOURS[url.path](connection, query)
        async for _ in connection:
            pass
    except ConnectionClosed:
        pass
    await connection.wait_closed()
    # `close_code` would be the code of whoever began.
    seen = connection.protocol.close_rcvd
    code, reason = (seen.code, seen.reason) if seen is not None else (1006, "")
    print(f"closed {query['visit']} {code} {reason}".rstrip(), flush=True)


ask_for_user = basic_auth(realm="tests", credentials=("t\u00e9ster", "a word: \u2713"))


async def refuse(connection, request):
    if request.path.startswith("/user"):
        return await ask_for_user(connection, request)
    if request.path != "/refuse":
        return None
    body = b"not for you\n"
    return Response(403, "Forbidden", Headers({"Content-Length": str(len(body))}), body)


def tls(files):
    if not files:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


async def main():
    words = sys.argv[1:]
    port = int(words.pop(0)) if len(words) % 2 == 1 else 0
    context = tls(words)
    async with serve(
        handle,
        "127.0.0.1",
        port,
        process_request=refuse,
        subprotocols=["chat.v1", "chat.v2"],
        select_subprotocol=lambda _, offered: "chat.v2" if "chat.v2" in offered else None,
        max_size=LARGEST,
        ssl=context,
    ) as server:
        port = server.sockets[0].getsockname()[1]
        scheme = "ws" if context is None else "wss"
        print(f"listening on {scheme}://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


asyncio.run(main())
