"""Runs tests that are written for Node: the echo server runs, a script connects to it."""

import subprocess
from pathlib import Path

from programs import SECONDS, echo_server

HERE = Path(__file__).parent


def run_script(tests, prefix, script, *arguments, options=()):
    """Runs a script, which prints `ok NAME` or `FAILED NAME: WHY` for each of its tests; `options`
    are further ones of the server."""
    usual = ("--max-message-bytes", str(16 * 1024 * 1024), "--subprotocol", "chat.v2")
    with echo_server(*usual, *options) as server:
        process = subprocess.Popen(
            ["node", str(HERE / script), server.url, str(server.process.pid), *arguments],
            stdout=subprocess.PIPE,
            text=True,
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
