"""The example `echo_server` asked by curl: its page, and requests that it has to refuse."""

import subprocess
import tempfile

from programs import check, echo_server, foreign_loop

UPGRADE = ("Connection: Upgrade", "Upgrade: websocket")
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"

# What is asked for, options of curl, header fields, and the status of the answer.
CASES = (
    ("another path", "nope", (), (), 404),
    ("the root with a query", "?a=b", (), (), 200),
    ("POST", "", ("--data", "a=b"), (), 405),
    ("DELETE", "", ("--request", "DELETE"), (), 405),
    ("HTTP/1.0", "", ("--http1.0",), (), 505),
    ("a field of 20 KiB", "", (), ("X-Long: " + "x" * 20480,), 431),
    ("a target of 20 KiB", "x" * 20480, (), (), 414),
    ("a WebSocket of version 8", "", (), (*UPGRADE, KEY, "Sec-WebSocket-Version: 8"), 426),
    ("a WebSocket of no version", "", (), (*UPGRADE, KEY), 426),
    ("a WebSocket without a key", "", (), (*UPGRADE, VERSION), 400),
    ("a WebSocket with a short key", "", (), (*UPGRADE, VERSION, "Sec-WebSocket-Key: YQ=="), 400),
    ("a WebSocket with two keys", "", (), (*UPGRADE, VERSION, KEY, KEY), 400),
    (
        "a WebSocket from another origin",
        "",
        (),
        (*UPGRADE, VERSION, KEY, "Origin: http://example.com"),
        403,
    ),
)


def curl(url, *options, fields=()):
    """Asks, and returns the status, the fields by their names in lower case, and the body."""
    headers = [word for field in fields for word in ("--header", field)]
    command = ["curl", "--silent", "--show-error", "--include", "--max-time", "60"]
    result = subprocess.run([*command, *options, *headers, url], capture_output=True)
    check("what curl says", result.stderr.decode(), "")
    check("the exit status of curl", result.returncode, 0)
    head, _, body = result.stdout.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return int(first.split(" ")[1]), {name.lower(): value for name, value in pairs}, body


def page(url):
    status, fields, body = curl(url)
    check("the status", status, 200)
    check("the type", fields.get("content-type"), "text/html; charset=utf-8")
    check("the length", fields.get("content-length"), str(len(body)))
    check("the connection", fields.get("connection", "").lower(), "close")
    check("the beginning of the page", body[:15], b"<!doctype html>")


def head_of_the_page(url):
    _, fields, _ = curl(url)
    status, head_fields, body = curl(url, "--head")
    check("the status", status, 200)
    check("the length", head_fields.get("content-length"), fields["content-length"])
    check("the body", body, b"")


def answer(url, options, fields, expected):
    status, answered, _ = curl(url, *options, fields=fields)
    check("the status", status, expected)
    if expected == 426:
        check("the version", answered.get("sec-websocket-version"), "13")
    if expected == 405:
        check("the methods", answered.get("allow", "").split(", ")[0], "GET")


def page_over_a_unix_socket():
    with tempfile.TemporaryDirectory() as folder:
        with echo_server(listen=f"ws+unix:{folder}/socket"):
            status, _, _ = curl("http://localhost/", "--unix-socket", f"{folder}/socket")
            check("the status", status, 200)


def server_without_a_page():
    with foreign_loop() as server:
        status, fields, _ = curl(server.url.replace("ws", "http", 1))
        check("the status", status, 426)
        check("the upgrade", fields.get("upgrade"), "websocket")
        check("the version", fields.get("sec-websocket-version"), "13")


def run(tests):
    prefix = "curl asks echo_server for "
    with echo_server() as server:
        url = server.url.replace("ws", "http", 1)
        tests.run(prefix + "the page", page, url)
        tests.run(prefix + "the head of the page", head_of_the_page, url)
        for name, target, options, fields, status in CASES:
            tests.run(prefix + name, answer, url + target, options, fields, status)
    tests.run(prefix + "the page over a Unix-domain socket", page_over_a_unix_socket)
    tests.run("curl asks a server that has no page", server_without_a_page)
