#!/usr/bin/env python3
"""The programs of cpp-examples, which OXWS_EXAMPLES names the place of: what they say they do.

usage: examples.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

from programs import Program, Tests, check, client, example  # noqa: E402


class Server(Program):
    """A program that announces its port."""

    url = None

    def __enter__(self):
        line = self.line()
        check("the beginning of the announcement", line[:18], "listening on port ")
        self.url = f"ws://127.0.0.1:{line[18:]}/"
        return self


def server(name):
    return Server(example(name), "--listen", "ws://127.0.0.1:0")


def check_client(result, status, output):
    check("the output of the client", result.stdout, output)
    check("the exit status of the client", result.returncode, status)


def lines_come_back():
    with server("echo_server") as echo:
        check_client(client(echo.url, "--wait", "1", lines=b"one\ntwo\n\nlast"), 0, b"one\ntwo\n\nlast\n")
        check("the exit status", echo.stop(), 0)


def conversation():
    with server("echo_server") as echo, Program(example("client"), echo.url) as talk:
        for text in ("first", "second"):
            talk.write(text.encode() + b"\n")
            check("the echo", talk.line(), text)
        talk.process.stdin.close()
        check("the exit status", talk.ended(), 0)


def more_than_may_wait():
    with server("echo_server") as echo:
        lines = b"".join(b"%0100000d\n" % number for number in range(100))
        check_client(client(echo.url, "--wait", "1", lines=lines), 0, lines)


def everybody_hears_everybody():
    with server("chat") as chat, Program(example("client"), chat.url + "?name=Ada") as ada:
        check("what Ada hears first", ada.line(), "Ada has come")
        with Program(example("client"), chat.url + "?name=Bob") as bob:
            check("what Ada hears", ada.line(), "Bob has come")
            check("what Bob hears first", bob.line(), "Bob has come")
            bob.write(b"hello\n")
            check("what Ada hears", ada.line(), "Bob: hello")
            check("what Bob hears", bob.line(), "Bob: hello")
            bob.process.stdin.close()
            check("the exit status", bob.ended(), 0)
        check("what Ada hears last", ada.line(), "Bob has gone")
        refused = client(chat.url)
        check("the exit status without a name", refused.returncode, 1)
        check("the complaint", b"400" in refused.stderr, True)


def wrong_arguments():
    for name in ("echo_server", "client", "chat"):
        with Program(example(name), "--nonsense", "x", "y", "z") as program:
            check(f"the exit status of {name}", program.ended(), 2)
    check("the exit status without a server", client("ws+unix:/nowhere/at/all").returncode, 1)
    check("the exit status for nonsense", client("nonsense").returncode, 1)


def main():
    tests = Tests()
    for test in (
        lines_come_back,
        conversation,
        more_than_may_wait,
        everybody_hears_everybody,
        wrong_arguments,
    ):
        tests.run(test.__name__, test)
    tests.finish()


if __name__ == "__main__":
    main()
