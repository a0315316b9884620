// echo_server: sends every message back.
//
//   echo_server [--listen ws://127.0.0.1:9001]
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string_view>

#include <oxws.hpp>

static oxws::LoopRef running;

static void stop(int) {
    (void)running.stop(); // allowed in a signal handler
}

int main(int argc, char **argv) {
    const bool has_url = argc == 3 && std::string_view(argv[1]) == "--listen";
    if (argc != 1 && !has_url) {
        std::cerr << "usage: echo_server [--listen URL]\n";
        return 2;
    }
    const char *url = has_url ? argv[2] : "ws://127.0.0.1:9001";

    oxws::Loop loop;
    if (!loop) {
        std::cerr << "echo_server: " << std::strerror(errno) << '\n';
        return 1;
    }
    oxws::Config config;
    // A peer that does not read its echoes has to wait: what it sends next stays with it.
    (void)config.pause_while_queued(true);
    config.on_message([](oxws::Connection connection, oxws::Message message) {
        (void)connection.send(message); // it fails only if the connection is closing
    });

    auto listener = loop.listen(url, config);
    if (!listener) {
        std::cerr << "echo_server: " << url << ": " << listener.status().message();
        if (loop.os_error() != 0) std::cerr << ": " << std::strerror(loop.os_error());
        std::cerr << '\n';
        return 1;
    }
    std::cout << "listening on port " << listener->port().value_or(0) << std::endl;
    running = loop;
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    return loop.run() ? 0 : 1;
} // the loop tells its peers that it goes away
