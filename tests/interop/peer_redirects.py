"""Servers that lead clients elsewhere, and at last to an echo. The first is made with Python's http.server
or with websockets, the last with websockets; for `websockets` both are one. They print what they are
asked: `asked PATH AUTHORIZATION COOKIE X-PLAIN`.

/count/N?status=S   leads to /count/N-1, and at N = 1 to the echo
/to?status=S&url=U  leads to U; without a U there is no Location
/echo               the echo, where websockets answers

usage: peer_redirects.py http|websockets [CERTIFICATE KEY]      with them, over TLS"""

import asyncio
import http
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response


def tell(path, headers):
    asked = (headers.get(name) or "-" for name in ("Authorization", "Cookie", "X-Plain"))
    print("asked", path, *asked, sep="|", flush=True)


def answer(target, echo):
    """Status and Location for a target; no status where the echo is."""
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path.startswith("/count/"):
        left = int(url.path.removeprefix("/count/"))
        return int(query["status"]), f"/count/{left - 1}?{url.query}" if left > 1 else echo
    if url.path == "/to":
        return int(query["status"]), query.get("url")
    return None, None


def tls(files):
    if not files:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


def start_http(echo, context):
    """Serves with http.server, which speaks HTTP/1.0, on a thread; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            tell(self.path, self.headers)
            status, location = answer(self.path, echo)
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(b"elsewhere\n")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


async def echo_back(connection):
    async for message in connection:
        await connection.send(message)


def lead(connection, request):
    tell(request.path, request.headers)
    status, location = answer(request.path, "/echo")
    if status is None:
        return None
    fields = {} if location is None else {"Location": location}
    body = b"elsewhere\n"
    headers = Headers({**fields, "Content-Length": str(len(body))})
    return Response(status, http.HTTPStatus(status).phrase, headers, body)


async def main():
    kind, *files = sys.argv[1:]
    context = tls(files)
    scheme = "ws" if context is None else "wss"
    async with serve(echo_back, "127.0.0.1", 0, process_request=lead, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        if kind == "http":
            port = start_http(f"{scheme}://127.0.0.1:{port}/echo", context)
        print(f"listening on {scheme}://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


asyncio.run(main())
