// As ../c/main.c, in C++.
#include <oxws.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

struct Free {
    void operator()(oxws_loop *loop) const { oxws_loop_free(loop); }
    void operator()(oxws_config *config) const { oxws_config_free(config); }
};

static int fail(const std::string &what, oxws_status status) {
    std::cerr << what << ": " << oxws_status_message(status) << '\n';
    return 1;
}

int main(int argc, char **argv) {
    const std::string wanted = argc == 2 ? argv[1] : "";
    if (wanted != OXWS_LIBRARY_VERSION) return fail("header's version", 0);
    if (wanted != oxws_library_version()) return fail("library's version", 0);
    if (oxws_library_version_number() != OXWS_LIBRARY_VERSION_NUMBER) return fail("number", 0);

    const std::unique_ptr<oxws_loop, Free> loop(oxws_loop_new());
    const std::unique_ptr<oxws_config, Free> config(oxws_config_new());
    oxws_listener listener = 0;
    std::uint16_t port = 0;
    if (!loop || !config) return fail("out of memory", 0);

    oxws_status status = oxws_listen(loop.get(), "ws://127.0.0.1:0", config.get(), &listener);
    if (status != OXWS_OK) return fail("listen", status);
    status = oxws_listener_port(loop.get(), listener, &port);
    if (status != OXWS_OK || port == 0) return fail("port", status);
    status = oxws_loop_poll(loop.get(), 0);
    if (status != OXWS_OK) return fail("poll", status);

    std::cout << "oxws " << oxws_library_version() << '\n';
    return 0;
}
