/*
 * uwebsockets: an echo server on uWebSockets.
 *
 *   uwebsockets PORT [broadcast | tls CERTIFICATE KEY | deflate]
 *
 * Messages of one read are answered by one write, as uWebSockets does by itself while it calls back
 * (it corks). Broadcast is its publish and subscribe. Compressed, one compressor serves all
 * connections, which is how it avoids to keep one each.
 */
#include "App.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

enum class Mode { plain, broadcast, tls, deflate };

struct Nothing {};

template <bool TLS>
static int serve(uWS::TemplatedApp<TLS>&& app, int port, Mode mode) {
    typename uWS::TemplatedApp<TLS>::template WebSocketBehavior<Nothing> behavior;
    behavior.compression = mode == Mode::deflate ? uWS::CompressOptions(uWS::SHARED_COMPRESSOR | uWS::SHARED_DECOMPRESSOR)
                                                 : uWS::DISABLED;
    behavior.maxPayloadLength = 128 * 1024 * 1024;
    behavior.idleTimeout = 0;
    behavior.sendPingsAutomatically = false;
    behavior.maxBackpressure = 1024u * 1024 * 1024; // above it messages would be left out
    if (mode == Mode::broadcast) {
        behavior.open = [](auto* socket) { socket->subscribe("all"); };
        behavior.message = [&app](auto*, std::string_view message, uWS::OpCode kind) {
            app.publish("all", message, kind);
        };
    } else {
        const bool is_compressed = mode == Mode::deflate;
        behavior.message = [is_compressed](auto* socket, std::string_view message, uWS::OpCode kind) {
            socket->send(message, kind, is_compressed);
        };
    }
    app.template ws<Nothing>("/*", std::move(behavior)).listen("127.0.0.1", port, [](auto* listener) {
        if (listener == nullptr) std::exit(1);
        std::puts("ready");
        std::fflush(stdout);
    });
    app.run();
    return 1;
}

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: uwebsockets PORT [broadcast | tls CERTIFICATE KEY | deflate]\n");
        return 2;
    }
    const int port = std::atoi(argv[1]);
    const std::string word = argc > 2 ? argv[2] : "";
    if (word == "tls" && argc > 4) {
        uWS::SocketContextOptions options;
        options.cert_file_name = argv[3];
        options.key_file_name = argv[4];
        return serve<true>(uWS::SSLApp(options), port, Mode::tls);
    }
    if (word.empty()) return serve<false>(uWS::App(), port, Mode::plain);
    if (word == "broadcast") return serve<false>(uWS::App(), port, Mode::broadcast);
    if (word == "deflate") return serve<false>(uWS::App(), port, Mode::deflate);
    std::fprintf(stderr, "uwebsockets: %s is not supported\n", argv[2]);
    return 3;
}
