"""How TLS begins and ends, by records that Python's ssl makes and the tests send as they like."""

import contextlib
import socket
import ssl
import threading
from urllib.parse import urlsplit

from programs import SECONDS, Failure, check, check_client, client, echo_server
from tls_openssl import REQUEST, answer

HELLO = b"\x81\x05hello"
CLOSE = b"\x88\x02\x03\xe8"
MASKED_HELLO = b"\x81\x85" + bytes(4) + b"hello"
MASKED_CLOSE = b"\x88\x82" + bytes(4) + b"\x03\xe8"


class Wire:
    """TLS over a socket, of which the records are sent by hand."""

    def __init__(self, connection, context, **role):
        self.socket = connection
        self.socket.settimeout(SECONDS)
        self.received, self.unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.session = context.wrap_bio(self.received, self.unsent, **role)
        self.piece = None  # how much goes into one send; None for all

    def send_records(self):
        data = self.unsent.read()
        size = self.piece or max(len(data), 1)
        for start in range(0, len(data), size):
            self.socket.sendall(data[start : start + size])

    def work(self, act, *arguments):
        """Does something, for which records may have to be sent and received first."""
        while True:
            try:
                result = act(*arguments)
            except ssl.SSLWantReadError:
                self.send_records()
                data = self.socket.recv(65536)
                if not data:
                    self.received.write_eof()
                self.received.write(data)
            else:
                return result

    def shake_hands(self):
        self.work(self.session.do_handshake)
        self.send_records()

    def say(self, data):
        self.session.write(data)
        self.send_records()

    def until(self, part):
        seen = b""
        while part not in seen:
            piece = self.work(self.session.read, 65536)
            if not piece:
                raise Failure(f"{part!r} is not in {seen!r}")
            seen += piece
        return seen

    def add_end(self):
        """Makes the record that tells of the end, to be sent with those before."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.session.unwrap()


def trusting(root):
    return ssl.create_default_context(cafile=str(root.cert))


def dial(server, root):
    port = urlsplit(server.url).port
    connection = socket.create_connection(("127.0.0.1", port))
    return Wire(connection, trusting(root), server_hostname="127.0.0.1")


def opened(server, root):
    wire = dial(server, root)
    wire.shake_hands()
    wire.say(REQUEST)
    wire.until(b"\r\n\r\n")
    return wire


def all_at_once_to_the_server(server, root):
    wire = opened(server, root)
    wire.session.write(MASKED_HELLO)
    wire.session.write(MASKED_CLOSE)
    wire.add_end()
    wire.send_records()
    wire.socket.shutdown(socket.SHUT_WR)
    check("what came", wire.until(CLOSE), HELLO + CLOSE)
    with contextlib.suppress(ssl.SSLZeroReturnError):
        check("what came after that", wire.work(wire.session.read, 1), b"")


def byte_by_byte(server, root):
    wire = dial(server, root)
    wire.piece = 1
    wire.shake_hands()
    wire.say(REQUEST + MASKED_HELLO)
    wire.until(HELLO)


def records_of_one_byte(server, root):
    wire = opened(server, root)
    for _ in range(50):
        for number in range(len(MASKED_HELLO)):
            wire.session.write(MASKED_HELLO[number : number + 1])
    wire.send_records()
    wire.until(50 * HELLO)


def no_end_to_the_server(server, root):
    wire = opened(server, root)
    wire.say(MASKED_HELLO)
    wire.until(HELLO)
    wire.socket.close()
    # It goes on for others.
    records_of_one_byte(server, root)


def plain_http(server, root):
    port = urlsplit(server.url).port
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(REQUEST)
        came = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(4096):
                came += piece
    # An alert, fatal.
    check("the type of the record", came[:2], b"\x15\x03")
    check("whether the alert is fatal", came[5], 2)
    records_of_one_byte(server, root)


def nobody_goes_on(server, root):
    """Connections that end in the middle of the handshake."""
    for length in (0, 1, 5, 50):
        wire = dial(server, root)
        with contextlib.suppress(ssl.SSLWantReadError):
            wire.session.do_handshake()
        wire.socket.sendall(wire.unsent.read()[:length])
        wire.socket.close()
    records_of_one_byte(server, root)


def tls_to_a_plain_port(root):
    with echo_server() as server:
        url = server.url.replace("ws", "wss", 1)
        result = client(url, "--ca", str(root.cert))
        check_client(result, 1, b"", "client: what came is not TLS\n")
        check_client(client(server.url, lines=b"hello\n"), 0, b"hello\n")


def plain_to_a_tls_port(server):
    result = client(server.url.replace("wss", "ws", 1), lines=b"hello\n")
    check_client(result, 1, b"", "client: ")


@contextlib.contextmanager
def peer(identity, talk):
    """A server for one connection, which talks so once the WebSocket is open; its URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.cert, identity.key)

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            wire = Wire(connection, context, server_side=True)
            wire.shake_hands()
            wire.session.write(answer(wire.until(b"\r\n\r\n")))
            talk(wire)
            wire.send_records()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"wss://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


def all_at_once_to_the_client(root, identity):
    def talk(wire):
        wire.session.write(HELLO)
        wire.session.write(CLOSE)
        wire.add_end()

    with peer(identity, talk) as url:
        check_client(client_that_waits(url, root), 0, b"hello\n", "closed with 1000")


def end_after_the_close(root, identity):
    """Who has closed in WebSocket need not tell of the end of TLS."""

    def talk(wire):
        wire.session.write(HELLO + CLOSE)

    with peer(identity, talk) as url:
        check_client(client_that_waits(url, root), 0, b"hello\n", "closed with 1000")


def no_end_to_the_client(root, identity):
    with peer(identity, lambda wire: wire.session.write(HELLO)) as url:
        result = client_that_waits(url, root)
        check_client(result, 1, b"hello\n", "the stream ended without the end of TLS\n")


def end_of_tls_alone(root, identity):
    def talk(wire):
        wire.session.write(HELLO)
        wire.add_end()

    with peer(identity, talk) as url:
        result = client_that_waits(url, root)
        check_client(result, 1, b"hello\n", "client: ")
        said = result.stderr.decode()
        check("whether that is a lack of an end of TLS", "without the end of TLS" in said, False)


def client_that_waits(url, root):
    return client(url, "--ca", str(root.cert), "--wait", str(SECONDS))


def run(tests, root, server):
    prefix = "TLS, echo_server: "
    with echo_server(*server.of_server(), listen="wss://127.0.0.1:0") as listener:
        for test in (
            all_at_once_to_the_server,
            byte_by_byte,
            records_of_one_byte,
            no_end_to_the_server,
            plain_http,
            nobody_goes_on,
        ):
            tests.run(prefix + test.__name__.replace("_", " "), test, listener, root)
        tests.run("TLS, client: plain to a TLS port", plain_to_a_tls_port, listener)
    tests.run("TLS, client: TLS to a plain port", tls_to_a_plain_port, root)
    for test in (
        all_at_once_to_the_client,
        end_after_the_close,
        no_end_to_the_client,
        end_of_tls_alone,
    ):
        tests.run("TLS, client: " + test.__name__.replace("_", " "), test, root, server)
