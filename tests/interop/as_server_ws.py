"""The example `echo_server` against clients that were made with ws."""

from node import run_script


def run(tests):
    run_script(tests, "echo_server against a client of ws: ", "client.js")
