//
// beast_echo: an echo server over TLS on Boost.Beast and OpenSSL.
//
//   beast_echo PORT CERTIFICATE KEY
//
// One thread, coroutines left out: each connection reads a message, writes it back, reads the next.
// Sessions are resumed by tickets, as OpenSSL does by itself. No compression is offered.
//
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::asio::ip::tcp;
using boost::system::error_code;

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, asio::ssl::context& tls) : stream_(std::move(socket), tls) {}

    void run() {
        beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true));
        stream_.next_layer().async_handshake(
            asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
                if (!error) self->accept();
            });
    }

private:
    void accept() {
        stream_.auto_fragment(false); // a message is one frame, as with the other servers
        stream_.async_accept([self = shared_from_this()](error_code error) {
            if (!error) self->read();
        });
    }

    void read() {
        stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) self->write();
        });
    }

    void write() {
        stream_.text(stream_.got_text());
        stream_.async_write(buffer_.data(),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                self->buffer_.clear();
                                if (!error) self->read();
                            });
    }

    websocket::stream<beast::ssl_stream<beast::tcp_stream>> stream_;
    beast::flat_buffer buffer_;
};

static void accept_next(tcp::acceptor& acceptor, asio::ssl::context& tls) {
    acceptor.async_accept([&](error_code error, tcp::socket socket) {
        if (!error) std::make_shared<Session>(std::move(socket), tls)->run();
        if (acceptor.is_open()) accept_next(acceptor, tls);
    });
}

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: beast_echo PORT CERTIFICATE KEY\n");
        return 2;
    }
    asio::io_context loop(1);
    asio::ssl::context tls(asio::ssl::context::tls_server);
    tls.use_certificate_chain_file(argv[2]);
    tls.use_private_key_file(argv[3], asio::ssl::context::pem);
    // Without a name for them, sessions of clients that have shown no certificate are resumed as well.
    SSL_CTX_set_session_id_context(tls.native_handle(), reinterpret_cast<const unsigned char*>("echo"), 4);
    const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), port});
    asio::signal_set signals(loop, SIGTERM);
    signals.async_wait([&](error_code, int) { loop.stop(); });
    accept_next(acceptor, tls);
    std::printf("listening on %d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    loop.run();
    return 0;
}
