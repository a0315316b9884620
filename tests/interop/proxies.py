"""The example `client` through proxies that others have made: tinyproxy (HTTP), also behind
HAProxy through TLS, and microsocks (SOCKS 5)."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from programs import SECONDS, Failure, check, check_client, client, echo_server, example, which

USER, PASSWORD = "alice", "pa:ss w%rd"
IN_A_URL = "alice:pa%3Ass%20w%25rd"
LINES = b"one\n\ntwo\n" + b"x" * 1000000 + b"\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def is_there(port):
    with contextlib.suppress(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


class Proxy:
    """A proxy that runs as long as the `with` that it is used in; what it logs."""

    def __init__(self, command, port, log):
        self.command = command
        self.port = port
        self.log = log

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS
        while not is_there(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise Failure(f"{self.command[0]} does not start: {self.log.read_text()}")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def has_connected_to(self, server):
        """What it says of a connection to the server is in its log, at the latest soon."""
        port = urlsplit(server.url).port
        deadline = time.monotonic() + SECONDS
        while f":{port}" not in self.log.read_text(errors="replace"):
            if time.monotonic() > deadline:
                raise Failure(f"{self.command[0]} was not used: {self.log.read_text()}")


def tinyproxy(folder, is_locked):
    port = free_port()
    config = folder / "tinyproxy.conf"
    lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "LogLevel Connect"]
    if is_locked:
        # What stands in its file can have no special characters.
        lines.append(f"BasicAuth {USER} password")
    config.write_text("\n".join(lines) + "\n")
    return Proxy(["tinyproxy", "-d", "-c", str(config)], port, folder / "log")


def microsocks(folder, is_locked):
    port = free_port()
    login = ["-u", USER, "-P", PASSWORD] if is_locked else []
    command = ["microsocks", "-i", "127.0.0.1", "-p", str(port), *login]
    return Proxy(command, port, folder / "log")


# The scheme, how it is started, and the credentials in its URL.
KINDS = {
    "tinyproxy": ("http", tinyproxy, f"{USER}:password"),
    "microsocks": ("socks5", microsocks, IN_A_URL),
}


@contextlib.contextmanager
def started(name, is_locked=False):
    """A proxy and the URL for it, without credentials."""
    scheme, start, _ = KINDS[name]
    with tempfile.TemporaryDirectory() as folder:
        with start(Path(folder), is_locked) as proxy:
            yield proxy, f"{scheme}://127.0.0.1:{proxy.port}"


def with_credentials(url, credentials):
    return url.replace("://", f"://{credentials}@")


def check_echo(result):
    check_client(result, 0, LINES)


def goes_through(name, host):
    with echo_server() as server, started(name) as (proxy, url):
        target = server.url.replace("127.0.0.1", host)
        check_echo(client(target, "--proxy", url, lines=LINES))
        proxy.has_connected_to(server)


def wants_credentials(name):
    credentials = KINDS[name][2]
    with echo_server() as server, started(name, is_locked=True) as (proxy, url):
        locked = with_credentials(url, credentials)
        check_echo(client(server.url, "--proxy", locked, lines=LINES))
        proxy.has_connected_to(server)
        for wrong in (url, with_credentials(url, f"{USER}:wrong")):
            result = client(server.url, "--proxy", wrong, lines=LINES)
            check_client(result, 1, b"", "the proxy wants credentials")


def finds_nobody(name, answer):
    with started(name) as (_, url):
        result = client(f"ws://127.0.0.1:{free_port()}/", "--proxy", url)
        check_client(result, 1, b"", "the proxy does not let the connection through")
        check("what the proxy answered", answer in result.stderr.decode(), True)


def named_by_the_environment(name):
    with echo_server() as server, started(name) as (proxy, url):
        command = [example("client"), "--proxy", "environment", server.url]
        for exempt in ("other.example", "127.0.0.0/8"):
            environment = {**os.environ, "http_proxy": url, "no_proxy": exempt}
            if exempt == "127.0.0.0/8":
                environment["http_proxy"] = f"http://127.0.0.1:{free_port()}"
            result = subprocess.run(
                command, input=LINES, capture_output=True, timeout=SECONDS, env=environment
            )
            check_echo(result)
        proxy.has_connected_to(server)


def certificate(folder):
    """Makes a certificate for 127.0.0.1 that vouches for itself; where it and its key are."""
    names = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=tests", "-out", names[0], "-keyout", names[1]]
    command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    result = subprocess.run(command, capture_output=True)
    check("the exit status of openssl", result.returncode, 0)
    return tuple(map(str, names))


def tls_goes_through(name):
    with tempfile.TemporaryDirectory() as folder:
        shown, key = certificate(Path(folder))
        files = ("--tls-cert", shown, "--tls-key", key)
        with echo_server(*files, listen="wss://127.0.0.1:0") as server, started(name) as (proxy, url):
            check_echo(client(server.url, "--ca", shown, "--proxy", url, lines=LINES))
            proxy.has_connected_to(server)


def in_front_of(proxy, folder, shown, key):
    """HAProxy, which speaks TLS and passes on what is in it."""
    port = free_port()
    both = folder / "both.pem"
    both.write_text(Path(shown).read_text() + Path(key).read_text())
    config = folder / "haproxy.cfg"
    config.write_text(
        "defaults\n  mode tcp\n  timeout connect 60s\n  timeout client 60s\n  timeout server 60s\n"
        f"listen proxy\n  bind 127.0.0.1:{port} ssl crt {both}\n"
        f"  server proxy 127.0.0.1:{proxy.port}\n"
    )
    return Proxy([which("haproxy"), "-db", "-f", str(config)], port, folder / "haproxy.log")


def tls_to_the_proxy(listen):
    with tempfile.TemporaryDirectory() as folder:
        shown, key = certificate(Path(folder))
        files = ("--tls-cert", shown, "--tls-key", key) if listen.startswith("wss:") else ()
        with echo_server(*files, listen=listen) as server, started("tinyproxy") as (proxy, _):
            with in_front_of(proxy, Path(folder), shown, key) as front:
                url = f"https://127.0.0.1:{front.port}"
                check_echo(client(server.url, "--ca", shown, "--proxy", url, lines=LINES))
                proxy.has_connected_to(server)
                result = client(server.url, "--proxy", url, lines=LINES)
                check_client(result, 1, b"", "client: ")


def run(tests):
    for name, answer in (("tinyproxy", "answered 500"), ("microsocks", "answered 5")):
        prefix = f"client through {name}: "
        tests.run(prefix + "to an address", goes_through, name, "127.0.0.1")
        tests.run(prefix + "to a name", goes_through, name, "localhost")
        tests.run(prefix + "with credentials and without", wants_credentials, name)
        tests.run(prefix + "to nobody", finds_nobody, name, answer)
        tests.run(prefix + "named by the environment", named_by_the_environment, name)
        tests.run(prefix + "with TLS to the server", tls_goes_through, name)
    for listen in ("ws://127.0.0.1:0", "wss://127.0.0.1:0"):
        name = f"client through TLS to a proxy, to {listen[:-2]}"
        tests.run(name, tls_to_the_proxy, listen)
