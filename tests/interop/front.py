"""The example `echo_server` behind HAProxy and nginx: what passes, and whom the server takes for the client."""

import asyncio
import csv
import io
import os
import socket
import tempfile
import time
from pathlib import Path

from programs import SECONDS, Program, check, echo_server, which
from websockets.asyncio.client import connect

# An address of this machine that nobody else connects from.
CLIENT = "127.0.0.2"

HAPROXY = """
global
    stats socket {folder}/stats
defaults
    mode {mode}
    timeout check 60s
    timeout connect 60s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
    unique-id-format id-%rt
    {options}
listen front
    bind fd@{fd}
    server echo {server} {way}
"""

NGINX = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {server};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""

class Front:
    """A proxy that listens at a socket which is made here, so that nobody has to know a free port; `url`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/"
        self.program = None

    def start(self, config, *command, **variables):
        path = self.folder / "config"
        path.write_text(config)
        fd = self.socket.fileno()
        environment = {**os.environ, **variables}
        self.program = Program(*command, str(path), pass_fds=(fd,), env=environment)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Not killed: its children would live on.
        if self.program.process.poll() is None:
            self.program.stop()
        self.program.__exit__()
        self.socket.close()


def haproxy(folder, server, mode, way, options=""):
    front = Front(folder)
    fd = front.socket.fileno()
    config = HAPROXY.format(
        folder=folder, mode=mode, options=options, fd=fd, server=server, way=way
    )
    return front.start(config, which("haproxy"), "-db", "-q", "-f")


def nginx(folder, server):
    front = Front(folder)
    # Its children are to reach the folder, too.
    user = "user root;" if os.geteuid() == 0 else ""
    config = NGINX.format(folder=folder, user=user, port=front.port, server=server)
    # In this variable it finds the sockets of the process before it.
    inherited = f"{front.socket.fileno()};"
    log = str(front.folder / "errors")
    return front.start(config, which("nginx"), "-e", log, "-c", NGINX=inherited)


async def talk(url, fields):
    """Talks with the echo server; the address from which."""
    async with connect(
        url, local_addr=(CLIENT, 0), additional_headers=fields, max_size=None
    ) as connection:
        for message in ("hello", b"", "x" * 200_000, os.urandom(1_000_000)):
            await connection.send(message)
            check("the echo", await connection.recv(), message)
        await (await connection.ping(b"through all"))
        host, port = connection.local_address
        await connection.close(4000, "done")
        check("the code", connection.protocol.close_rcvd.code, 4000)
    return f"{host}:{port}"


def behind(make_front, *options, fields=(), is_unix=False, port_is_told=True):
    """Talks through a proxy, twice, and looks whom the server names."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/echo.socket"
        listen = f"ws+unix:{path}" if is_unix else "ws://127.0.0.1:0"
        with echo_server("--verbose", *options, listen=listen) as server:
            address = path if is_unix else server.url[len("ws://") : -1]
            with make_front(folder, address) as front:
                for _ in range(2):
                    client = asyncio.run(talk(front.url, fields))
                    told = client if port_is_told else CLIENT
                    check("whom the server names", server.line(), f"connected: {told}")
            check("the exit status", server.stop(), 0)


def state(folder):
    """What HAProxy says of its server."""
    with socket.socket(socket.AF_UNIX) as stats:
        stats.settimeout(SECONDS)
        stats.connect(f"{folder}/stats")
        stats.sendall(b"show stat\n")
        table = stats.makefile().read().removeprefix("# ")
    rows = csv.DictReader(io.StringIO(table))
    return next(row["check_status"] for row in rows if row["svname"] == "echo")


def health():
    """HAProxy asks for the page, in its own name."""
    ask = """option httpchk
    http-check send meth GET uri / ver HTTP/1.1 hdr Host localhost"""
    way = "send-proxy-v2 check inter 100ms fall 1 rise 1"
    with tempfile.TemporaryDirectory() as folder:
        with echo_server("--trust-proxy-header", "127.0.0.1") as server:
            address = server.url[len("ws://") : -1]
            with haproxy(folder, address, "http", way, ask):
                deadline = time.monotonic() + SECONDS
                found = ""
                # It begins with INI, and puts a star in front while it asks again. What was too slow
                # for it once is asked again, too.
                while found.lstrip("* ") != "L7OK" and time.monotonic() < deadline:
                    time.sleep(0.05)
                    if os.path.exists(f"{folder}/stats"):
                        found = state(folder)
                check("what HAProxy says", found.lstrip("* "), "L7OK")


def run(tests):
    trusted = ("--trust-proxy-header", "127.0.0.1")
    crc32c = "send-proxy-v2 proxy-v2-options crc32c,unique-id"
    forged = {"X-Forwarded-For": "192.0.2.1"}

    def by_haproxy(way, mode="tcp", options="", prefix=""):
        return lambda folder, server: haproxy(folder, prefix + server, mode, way, options)

    def by_nginx(prefix="http://", path=""):
        return lambda folder, server: nginx(folder, prefix + server + path)

    forward = ("--trust-forwarded", "127.0.0.1")
    tests.run("HAProxy, PROXY header of version 1", behind, by_haproxy("send-proxy"), *trusted)
    tests.run("HAProxy, PROXY header of version 2", behind, by_haproxy("send-proxy-v2"), *trusted)
    tests.run("HAProxy, PROXY header with a checksum", behind, by_haproxy(crc32c), *trusted)
    tests.run("HAProxy, whether the server is well", health)
    tests.run(
        "HAProxy, PROXY header over a Unix-domain socket",
        lambda: behind(
            by_haproxy("send-proxy-v2", prefix="unix@"),
            "--trust-proxy-header",
            "unix",
            is_unix=True,
        ),
    )
    tests.run(
        "HAProxy, X-Forwarded-For behind one that is forged",
        lambda: behind(
            by_haproxy("", mode="http", options="option forwardfor"),
            *forward,
            fields=forged,
            port_is_told=False,
        ),
    )
    tests.run(
        "nginx, X-Forwarded-For",
        lambda: behind(by_nginx(), *forward, port_is_told=False),
    )
    tests.run(
        "nginx, X-Forwarded-For behind one that is forged",
        lambda: behind(by_nginx(), *forward, fields=forged, port_is_told=False),
    )
    tests.run(
        "nginx, over a Unix-domain socket",
        lambda: behind(
            by_nginx("http://unix:", ":/"),
            "--trust-forwarded",
            "unix",
            is_unix=True,
            port_is_told=False,
        ),
    )
