"""The options of the examples for TLS, and what is wrong with files that are named to them."""

import subprocess
import tempfile
from pathlib import Path

from authority import Authority
from programs import SECONDS, Failure, check, check_client, client, echo_server, example

LINES = "one\n\nzwei äöü\n".encode() + b"x" * 1_000_000 + b"\n"
LISTEN = "wss://127.0.0.1:0"
UNREADABLE = "the file cannot be opened or read"
NO_CERTIFICATE = (
    "the text or file has no certificate, or revocation list of version 2, that can be read"
)
NO_KEY = "the text or file has no private key that can be read"
OTHER_KEY = "the private key is not that of the certificate"


class Files:
    """An authority, what it has issued, and files that are of no use."""

    def __init__(self, folder):
        self.root = Authority(folder, "root")
        self.server = self.root.issue("server")
        self.user = self.root.issue("user", names=None, usage="clientAuth")
        stranger = Authority(folder, "stranger")
        self.stranger = stranger.issue("user", names=None, usage="clientAuth")
        self.missing = str(Path(folder) / "missing")
        self.nonsense = str(Path(folder) / "nonsense")
        Path(self.nonsense).write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
        self.trust = ("--ca", str(self.root.cert))


def lines_come_back(files):
    with echo_server(*files.server.of_server(), listen=LISTEN) as server:
        check_client(client(server.url, *files.trust, lines=LINES), 0, LINES)
        name = server.url.replace("127.0.0.1", "localhost")
        check_client(client(name, *files.trust, lines=LINES), 0, LINES)


def server_is_not_trusted(files):
    with echo_server(*files.server.of_server(), listen=LISTEN) as server:
        says = "client: no authority that is trusted vouches for the certificate\n"
        check_client(client(server.url, lines=LINES), 1, b"", says)


def certificates_of_clients(files):
    options = (*files.server.of_server(), "--tls-client-ca", str(files.root.cert))
    with echo_server(*options, listen=LISTEN) as server:
        shown = files.user.of_client()
        check_client(client(server.url, *files.trust, *shown, lines=LINES), 0, LINES)
        result = client(server.url, *files.trust, lines=LINES)
        check_client(result, 1, b"", "client: the peer ended TLS with an alert\n")


def certificates_that_clients_may_have(files):
    wanted = ("--tls-client-ca", str(files.root.cert), "--tls-client-optional")
    options = (*files.server.of_server(), *wanted, "--verbose")
    with echo_server(*options, listen=LISTEN) as server:
        shown = files.user.of_client()
        check_client(client(server.url, *files.trust, *shown, lines=LINES), 0, LINES)
        check("whom the server names", server.line().endswith(", CN=user"), True)
        check_client(client(server.url, *files.trust, lines=LINES), 0, LINES)
        check("whether the server names nobody", "CN=" in server.line(), False)
        bad = files.stranger.of_client()
        result = client(server.url, *files.trust, *bad, lines=LINES)
        check_client(result, 1, b"", "client: the peer ended TLS with an alert\n")


def revoked_certificate(files):
    with echo_server(*files.server.of_server(), listen=LISTEN) as server:
        other = files.root.revoke(files.root.issue("revoked"))
        options = (*files.trust, "--crl", str(other))
        check_client(client(server.url, *options, lines=LINES), 0, LINES)
        files.root.revoke(files.server)
        result = client(server.url, *options, lines=LINES)
        check_client(result, 1, b"", "client: the certificate has been revoked\n")


def complains(program, arguments, code, says):
    result = subprocess.run(
        [example(program), *map(str, arguments)], capture_output=True, timeout=SECONDS
    )
    complaint = result.stderr.decode()
    if not complaint.startswith(f"{program}: {says}\n"):
        raise Failure(f"{program} {' '.join(map(str, arguments))} wrote {complaint!r}")
    check("the exit status", result.returncode, code)


def wrong_files_of_a_server(files):
    cert, key, other_key = files.server.cert, files.server.key, files.user.key
    cases = (
        (files.missing, key, files.missing, UNREADABLE),
        (cert, files.missing, cert, UNREADABLE),
        (files.nonsense, key, files.nonsense, NO_CERTIFICATE),
        (key, key, key, NO_CERTIFICATE),
        (cert, cert, cert, NO_KEY),
        (cert, other_key, cert, OTHER_KEY),
    )
    for shown, with_key, named, why in cases:
        arguments = ("--listen", LISTEN, "--tls-cert", shown, "--tls-key", with_key)
        complains("echo_server", arguments, 2, f"{named}: {why}")
    usual = ("--listen", LISTEN, *files.server.of_server(), "--tls-client-ca")
    complains("echo_server", (*usual, files.missing), 2, f"{files.missing}: {UNREADABLE}")
    complains("echo_server", (*usual, key), 2, f"{key}: {NO_CERTIFICATE}")
    both = "--tls-cert and --tls-key belong together"
    complains("echo_server", ("--listen", LISTEN, "--tls-cert", cert), 2, both)
    complains("echo_server", ("--listen", LISTEN, "--tls-key", key), 2, both)
    optional = ("--listen", LISTEN, *files.server.of_server(), "--tls-client-optional")
    complains("echo_server", optional, 2, "--tls-client-optional needs --tls-client-ca")


def server_without_a_certificate(_):
    needs = "what TLS needs is not set: a certificate to listen with, or an authority to trust"
    complains("echo_server", ("--listen", LISTEN), 1, f"{LISTEN}: {needs}")


def wrong_files_of_a_client(files):
    url = "wss://127.0.0.1:1/"
    cert, key, other_key = files.user.cert, files.user.key, files.server.key
    cases = (
        (("--ca", files.missing), files.missing, UNREADABLE),
        (("--ca", files.nonsense), files.nonsense, NO_CERTIFICATE),
        (("--crl", files.missing), files.missing, UNREADABLE),
        (("--crl", cert), cert, NO_CERTIFICATE),
        (("--cert", cert, "--key", files.missing), cert, UNREADABLE),
        (("--cert", cert, "--key", other_key), cert, OTHER_KEY),
        (("--cert", key, "--key", key), key, NO_CERTIFICATE),
    )
    for options, named, why in cases:
        complains("client", (*options, url), 2, f"{named}: {why}")
    for options in (("--cert", cert), ("--key", key)):
        complains("client", (*options, url), 2, "--cert and --key belong together")


def run(tests):
    with tempfile.TemporaryDirectory() as folder:
        files = Files(folder)
        for test in (
            lines_come_back,
            server_is_not_trusted,
            certificates_of_clients,
            certificates_that_clients_may_have,
            wrong_files_of_a_server,
            server_without_a_certificate,
            wrong_files_of_a_client,
            revoked_certificate,
        ):
            tests.run(f"TLS: {test.__name__}", test, files)
