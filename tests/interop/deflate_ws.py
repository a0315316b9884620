"""Compression between the examples and ws, in both roles, with every combination of options."""

from node import run_script_with_deflate, take_results
from programs import example

# What the servers are told: whether contexts are taken over, and the window bits.
SERVERS = ((True, None), (False, None), (True, 8), (False, 10))


def run(tests):
    prefix = "echo_server against a client of ws: "
    run_script_with_deflate(tests, prefix, "deflate_client.js", SERVERS)
    prefix = "client against a server of ws: "
    take_results(tests, prefix, "deflate_server.js", example("client"))
