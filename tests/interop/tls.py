"""TLS between the examples and others: OpenSSL, Python's ssl, Node, curl, Chromium."""

import contextlib
import os
import shutil
import ssl
import sys
import tempfile
from pathlib import Path

import as_client
import as_server
import tls_certificates
import tls_ends
import tls_openssl
from authority import Authority
from node import run_script
from programs import ROOT, Server
from tls_openssl import key_hash

HERE = Path(__file__).parent
LISTEN = "wss://127.0.0.1:0"


@contextlib.contextmanager
def believed(authority):
    """Has every program that is started meanwhile, and this one, believe an authority."""
    names = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(authority.cert) for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def with_websockets(tests, server):
    prefix = "TLS, echo_server against a client of websockets: "
    as_server.run_at(tests, prefix, LISTEN, *server.of_server())
    prefix = "TLS and compression, echo_server against a client of websockets: "
    as_server.run_compressed(tests, prefix, LISTEN, *server.of_server())


def with_servers(tests, server):
    for name, (versions, command) in as_client.SERVERS.items():
        with Server(*command, str(server.cert), str(server.key)) as peer:
            prefix = f"TLS, client against a server of {name}: "
            as_client.run_against(tests, prefix, peer, versions)


def in_a_browser(tests, server):
    """Chromium is told the hash of the server's key, as it has a list of authorities of its own."""
    reports = ROOT / "build" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    flag = f"--ignore-certificate-errors-spki-list={key_hash(server)}"
    arguments = (shutil.which("chromium"), str(reports), flag)
    options = {"options": server.of_server(), "listen": LISTEN}
    run_script(tests, "TLS, the page in Chromium: ", "browser.js", *arguments, **options)


def run(tests):
    with tempfile.TemporaryDirectory() as folder:
        root = Authority(folder, "root")
        intermediate = Authority(folder, "intermediate", root)
        server = intermediate.issue("server")
        tls_openssl.run(tests, root, intermediate, server)
        tls_certificates.run(tests, folder, root, intermediate, server)
        tls_ends.run(tests, root, server)
        with believed(root):
            with_websockets(tests, server)
            with_servers(tests, server)
            prefix = "TLS, echo_server against a client of ws: "
            options = {"options": server.of_server(), "listen": LISTEN}
            run_script(tests, prefix, "client.js", **options)
        in_a_browser(tests, server)
