//
// beast: an echo server on Boost.Beast and OpenSSL.
//
//   beast PORT [broadcast | tls CERTIFICATE KEY | deflate]
//
// One thread without locks, coroutines left out: each connection reads a message, writes it back,
// reads the next; Beast has no way to write several messages at once. Sessions of TLS are resumed
// by tickets, as OpenSSL does by itself.
//
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::asio::ip::tcp;
using boost::system::error_code;

// The loop by its type, as a call through a base class at each step is spared by that.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Tls = beast::ssl_stream<Socket>;

template <class Next, bool is_compressed>
class Session : public std::enable_shared_from_this<Session<Next, is_compressed>> {
public:
    template <class... Args>
    explicit Session(Args&&... args) : stream_(std::forward<Args>(args)...) {
        beast::get_lowest_layer(stream_).set_option(tcp::no_delay(true));
        stream_.auto_fragment(false); // a message is one frame, as with the other servers
        stream_.read_message_max(128 * 1024 * 1024);
        if constexpr (is_compressed) {
            websocket::permessage_deflate deflate;
            deflate.server_enable = true;
            deflate.server_no_context_takeover = true;
            deflate.client_no_context_takeover = true;
            stream_.set_option(deflate);
        }
    }
    virtual ~Session() = default;

    void run() {
        if constexpr (std::is_same_v<Next, Tls>) {
            stream_.next_layer().async_handshake(asio::ssl::stream_base::server,
                                                 [self = this->shared_from_this()](error_code error) {
                                                     if (!error) self->accept();
                                                 });
        } else {
            accept();
        }
    }

protected:
    virtual void begin() { read(); }
    virtual void on_message() { write(); }

    void read() {
        stream_.async_read(buffer_, [self = this->shared_from_this()](error_code error, std::size_t) {
            if (!error) self->on_message();
        });
    }

    websocket::stream<Next, is_compressed> stream_;
    beast::flat_buffer buffer_;

private:
    void accept() {
        stream_.async_accept([self = this->shared_from_this()](error_code error) {
            if (!error) self->begin();
        });
    }

    void write() {
        stream_.text(stream_.got_text());
        stream_.async_write(buffer_.data(), [self = this->shared_from_this()](error_code error, std::size_t) {
            self->buffer_.clear();
            if (!error) self->read();
        });
    }
};

struct Message {
    std::string payload;
    bool is_text;
};

// A connection whose messages all get.
class Member : public Session<Socket, false> {
public:
    using Session::Session;
    ~Member() override { everyone.erase(this); }

private:
    void begin() override {
        everyone.insert(this);
        read();
    }

    void on_message() override {
        auto message = std::make_shared<Message>(Message{beast::buffers_to_string(buffer_.data()), stream_.got_text()});
        buffer_.clear();
        for (Member* each : everyone) each->send(message);
        read();
    }

    void send(const std::shared_ptr<Message>& message) {
        queue_.push_back(message);
        if (queue_.size() == 1) write_first();
    }

    void write_first() {
        stream_.text(queue_.front()->is_text);
        stream_.async_write(asio::buffer(queue_.front()->payload),
                            [this, self = shared_from_this()](error_code error, std::size_t) {
                                if (error) return;
                                queue_.pop_front();
                                if (!queue_.empty()) write_first();
                            });
    }

    static inline std::unordered_set<Member*> everyone;
    std::deque<std::shared_ptr<Message>> queue_;
};

template <class Start>
void accept_next(Acceptor& acceptor, Start start) {
    acceptor.async_accept([&acceptor, start](error_code error, Socket socket) {
        if (!error) start(std::move(socket));
        accept_next(acceptor, start);
    });
}

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: beast PORT [broadcast | tls CERTIFICATE KEY | deflate]\n");
        return 2;
    }
    asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
    const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
    Acceptor acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), port));
    asio::ssl::context tls(asio::ssl::context::tls_server);
    const std::string mode = argc > 2 ? argv[2] : "";
    if (mode.empty()) {
        accept_next(acceptor, [](Socket socket) {
            std::make_shared<Session<Socket, false>>(std::move(socket))->run();
        });
    } else if (mode == "broadcast") {
        accept_next(acceptor, [](Socket socket) { std::make_shared<Member>(std::move(socket))->run(); });
    } else if (mode == "deflate") {
        accept_next(acceptor, [](Socket socket) {
            std::make_shared<Session<Socket, true>>(std::move(socket))->run();
        });
    } else if (mode == "tls" && argc > 4) {
        tls.use_certificate_chain_file(argv[3]);
        tls.use_private_key_file(argv[4], asio::ssl::context::pem);
        // Without a name for them, sessions of clients that have shown no certificate are resumed as well.
        SSL_CTX_set_session_id_context(tls.native_handle(), reinterpret_cast<const unsigned char*>("echo"), 4);
        accept_next(acceptor, [&tls](Socket socket) {
            std::make_shared<Session<Tls, false>>(std::move(socket), tls)->run();
        });
    } else {
        std::fprintf(stderr, "beast: %s is not supported\n", mode.c_str());
        return 3;
    }
    std::puts("ready");
    std::fflush(stdout);
    loop.run();
    return 1;
}
