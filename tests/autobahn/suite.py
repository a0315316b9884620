"""Starts the fuzzing client or the fuzzing server of Autobahn|Testsuite, on the loopback address.

usage: suite.py client FOLDER CASES URL      tests the server at URL
       suite.py server FOLDER CASES          serves, and announces its address

FOLDER is where the report goes, CASES are patterns such as 1.*,2.*; what the suite itself prints
goes to standard error. build/tools/autobahn has the Python that this needs."""

import socket
import sys

from autobahntestsuite import fuzzing
from twisted.internet import reactor

AGENT = "oxws"  # under this name are the results


def start_client(folder, cases, url):
    servers = [{"url": url, "agent": AGENT}]
    fuzzing.startClient({"outdir": folder, "cases": cases, "servers": servers})


def start_server(folder, cases):
    """At any free port: the suite's own way of listening takes a port, on all addresses."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)

    def listen(factory, _):
        factory.externalPort = None  # requests may name the port of a relay
        reactor.adoptStreamPort(listener.fileno(), socket.AF_INET, factory)

    url = f"ws://127.0.0.1:{listener.getsockname()[1]}"
    fuzzing.listenWS = listen
    fuzzing.startServer({"url": url, "outdir": folder, "cases": cases}, webport=0)
    print(f"listening on {url}", file=sys.__stdout__, flush=True)


def main():
    role, folder, cases, *url = sys.argv[1:]
    sys.stdout = sys.stderr
    start = {"client": start_client, "server": start_server}[role]
    start(folder, cases.split(","), *url)
    reactor.run()


main()
