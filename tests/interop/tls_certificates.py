"""Bad certificates: each is refused with a sentence of its own, and the peer gets the alert."""

import subprocess

from authority import ELSEWHERE, LONG_AFTER, LONG_AGO, RSA, Authority, self_signed
from programs import SECONDS, check, check_client, client, echo_server, example
from tls_openssl import check_in, s_client, s_server, shown

OTHER_HOSTS = "the certificate is for other hosts"
OTHER_USE = "the certificate is for another use"
BY_ITSELF = "the certificate is signed by itself and not trusted"
NOBODY = "no authority that is trusted vouches for the certificate"


def of_servers(folder, root, intermediate):
    """Name, certificate, and what the client says of it; None for good ones."""
    stranger = Authority(folder, "stranger")
    second = Authority(folder, "second", intermediate)
    first, last = intermediate.cert.read_text(), second.cert.read_text()
    issue, rearranged = intermediate.issue, intermediate.rearranged
    return (
        ("a good one", issue("good"), None),
        ("one for RSA", issue("rsa", key=RSA), None),
        ("one of the root itself", root.issue("direct"), None),
        ("more than is needed", rearranged("more", lambda own, rest: own + rest + last), None),
        ("another order", second.rearranged("order", lambda own, _: own + first + last), None),
        ("an expired one", issue("expired", valid=LONG_AGO), "the certificate is no longer valid"),
        ("one to come", issue("early", valid=LONG_AFTER), "the certificate is not valid yet"),
        ("one for another host", issue("other", names=ELSEWHERE), OTHER_HOSTS),
        ("one for no host", issue("nameless", names=None), OTHER_HOSTS),
        ("one of a stranger", stranger.issue("strange"), NOBODY),
        ("one signed by itself", self_signed(folder), BY_ITSELF),
        ("an authority's own", self_signed(folder, is_authority=True), BY_ITSELF),
        ("one of clients", issue("usage", usage="clientAuth"), OTHER_USE),
        ("the intermediate missing", rearranged("bare", lambda own, _: own), NOBODY),
    )


def refused_by_client(root, identity, says):
    """Its only words are these, and s_server hears of it."""
    with s_server(identity) as (program, port):
        result = client(f"wss://127.0.0.1:{port}/", "--ca", str(root.cert))
        check_client(result, 1, b"", "client: ")
        check("what it says", result.stderr.decode(), f"client: {says}\n")
        heard = ""
        while "ERROR" not in heard:
            heard = program.line()
        check_in(program.line(), "alert")


def taken_by_client(root, identity):
    with echo_server(*identity.of_server(), listen="wss://127.0.0.1:0") as server:
        result = client(server.url, "--ca", str(root.cert), lines=b"hello\n")
        check_client(result, 0, b"hello\n")


def revoked(root, intermediate):
    identity = intermediate.issue("revoked_later")
    lists = intermediate.revoke(identity)
    options = ("--ca", str(root.cert), "--crl", str(lists))
    with echo_server(*identity.of_server(), listen="wss://127.0.0.1:0") as server:
        result = client(server.url, *options)
        check_client(result, 1, b"", "client: the certificate has been revoked\n")
    good = intermediate.issue("not_revoked")
    with echo_server(*good.of_server(), listen="wss://127.0.0.1:0") as server:
        check_client(client(server.url, *options, lines=b"hello\n"), 0, b"hello\n")


def wrong_order(intermediate):
    """A server has to have its own certificate first in the file."""
    identity = intermediate.rearranged("wrong_order", lambda alone, between: between + alone)
    command = (example("echo_server"), "--listen", "wss://127.0.0.1:0", *identity.of_server())
    result = subprocess.run(command, capture_output=True, timeout=SECONDS)
    check("whether it listens", result.stdout, b"")
    says = f"{identity.cert}: the private key is not that of the certificate\n"
    check_in(result.stderr.decode(), f"echo_server: {says}")


def of_clients(folder, intermediate, stranger):
    """What is wrong, the certificate, and a part of the alert that the peer gets."""

    def issue(name, who=intermediate, **options):
        return who.issue(name, names=None, usage="clientAuth", **options)

    bare = intermediate.rearranged("c_bare", lambda own, _: own, names=None, usage="clientAuth")
    return (
        ("an expired one", issue("c_expired", valid=LONG_AGO), "certificate expired"),
        ("one to come", issue("c_early", valid=LONG_AFTER), "certificate expired"),
        ("one of a stranger", issue("c_strange", stranger), "unknown ca"),
        ("one of servers", intermediate.issue("c_usage"), "unsupported certificate"),
        ("one signed by itself", self_signed(folder), "unknown ca"),
        ("the intermediate missing", bare, "unknown ca"),
    )


def refused_by_server(listener, root, user, alert):
    for option in ("-tls1_2", "-tls1_3"):
        said = s_client(listener, root, option, *shown(user))
        check("whether it got the page", "HTTP/1.1 200" in said, False)
        check_in(said, f"alert {alert}")
    result = client(listener.url, "--ca", str(root.cert), *user.of_client())
    check_client(result, 1, b"", "client: the peer ended TLS with an alert\n")


def shows_none(listener, root):
    result = client(listener.url, "--ca", str(root.cert))
    check_client(result, 1, b"", "client: the peer ended TLS with an alert\n")


def may_show_none(listener, root):
    for option in ("-tls1_2", "-tls1_3"):
        check_in(s_client(listener, root, option), "HTTP/1.1 200")
    check_client(client(listener.url, "--ca", str(root.cert), lines=b"hello\n"), 0, b"hello\n")
    told = listener.line()
    check(f"whether {told!r} names nobody", "CN=" in told, False)


def is_named(listener, root, user, name):
    for option in ("-tls1_2", "-tls1_3"):
        check_in(s_client(listener, root, option, *shown(user)), "HTTP/1.1 200")
    result = client(listener.url, "--ca", str(root.cert), *user.of_client(), lines=b"hello\n")
    check_client(result, 0, b"hello\n")
    told = listener.line()
    check(f"whom {told!r} names", told.partition(", ")[2], f"CN={name}")


def run(tests, folder, root, intermediate, server):
    prefix = "TLS, client is shown "
    for name, identity, says in of_servers(folder, root, intermediate):
        if says is None:
            tests.run(prefix + name, taken_by_client, root, identity)
        else:
            tests.run(prefix + name, refused_by_client, root, identity, says)
    tests.run(prefix + "one that was revoked", revoked, root, intermediate)
    tests.run("TLS, echo_server has a chain in wrong order", wrong_order, intermediate)
    prefix = "TLS, echo_server is shown "
    wanted = ("--tls-client-ca", str(root.cert))
    stranger = Authority(folder, "another_stranger")
    with echo_server(*server.of_server(), *wanted, listen="wss://127.0.0.1:0") as listener:
        for name, user, alert in of_clients(folder, intermediate, stranger):
            tests.run(prefix + name, refused_by_server, listener, root, user, alert)
        tests.run(prefix + "none at all", shows_none, listener, root)
    prefix = "TLS, echo_server, which needs none, is shown "
    options = (*server.of_server(), *wanted, "--tls-client-optional", "--verbose")
    good = intermediate.issue("c_good", names=None, usage="clientAuth")
    with echo_server(*options, listen="wss://127.0.0.1:0") as listener:
        tests.run(prefix + "none", may_show_none, listener, root)
        tests.run(prefix + "a good one", is_named, listener, root, good, "c_good")
        for name, user, alert in of_clients(folder, intermediate, stranger):
            tests.run(prefix + name, refused_by_server, listener, root, user, alert)
