"""Runs tests that are written for Node: echo servers run, a script connects to them."""

import contextlib
import json
import subprocess
from pathlib import Path

from programs import SECONDS, echo_server

HERE = Path(__file__).parent


def run_script(tests, prefix, script, *arguments, options=(), listen="ws://127.0.0.1:0"):
    """Runs a script with an echo server, of which `options` are further ones."""
    usual = ("--max-message-bytes", str(16 * 1024 * 1024), "--subprotocol", "chat.v2")
    with echo_server(*usual, *options, listen=listen) as server:
        take_results(tests, prefix, script, server.url, str(server.process.pid), *arguments)


def run_script_with_deflate(tests, prefix, script, servers, *arguments):
    """Runs a script with echo servers that compress; `servers` are of pairs: whether contexts are
    taken over, and the window bits or None."""
    with contextlib.ExitStack() as stack:
        told = []
        for takes_over, bits in servers:
            options = ["--deflate", *([] if takes_over else ["--no-context-takeover"])]
            options += [] if bits is None else ["--window-bits", str(bits)]
            server = stack.enter_context(echo_server(*options))
            facts = {"url": server.url, "takesOver": takes_over, "windowBits": bits or 15}
            told.append({"name": " ".join(options), **facts})
        take_results(tests, prefix, script, json.dumps(told), *arguments)


def take_results(tests, prefix, script, *arguments):
    """Runs a script, which prints `ok NAME` or `FAILED NAME: WHY` for each of its tests."""
    process = subprocess.Popen(
        ["node", str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        result, _, name = line.rstrip("\n").partition(" ")
        tests.note(result == "ok", prefix + name.partition(": ")[0], name.partition(": ")[2])
    try:
        status = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        status = "none: it was killed"
    process.stdout.close()
    if status != 0:
        tests.note(False, prefix + script, f"exit status {status}")
