// As ../c/main.c, with oxws.hpp.
#include <oxws.hpp>

#include <chrono>
#include <iostream>
#include <string_view>

static int fail(std::string_view what, oxws::Status status = {}) {
    std::cerr << what << ": " << status.message() << '\n';
    return 1;
}

int main(int argc, char **argv) {
    const std::string_view wanted = argc == 2 ? argv[1] : "";
    if (wanted != OXWS_LIBRARY_VERSION) return fail("header's version");
    if (wanted != oxws::library_version()) return fail("library's version");
    if (oxws::library_version_number() != OXWS_LIBRARY_VERSION_NUMBER) return fail("number");

    oxws::Loop loop;
    oxws::Config config;
    bool is_called = false;
    if (!loop) return fail("no loop");
    config.on_message([](oxws::Connection connection, oxws::Message message) {
        (void)connection.send(message);
    });
    const auto listener = loop.listen("ws://127.0.0.1:0", config);
    if (!listener) return fail("listen", listener.status());
    if (listener->port().value_or(0) == 0) return fail("port");
    if (!loop.post([&] { is_called = true; })) return fail("post");
    const oxws::Status status = loop.poll(std::chrono::milliseconds(0));
    if (!status || !is_called) return fail("poll", status);

    std::cout << "oxws " << oxws::library_version() << '\n';
    return 0;
}
