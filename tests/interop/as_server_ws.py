"""The example `echo_server` against clients that were made with ws."""

from node import run_script


def run(tests):
    run_script(tests, "echo_server against a client of ws: ", "client.js")
    prefix = "echo_server against a client of ws that speaks version 8: "
    run_script(tests, prefix, "client_of_version_8.js", options=("--allow-version", "8"))
