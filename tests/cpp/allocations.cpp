// Messages cost no allocation of C++: neither to receive nor to send.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "check.hpp"

static std::size_t allocations;

// Not seen through by the compiler, which would take the pair for one that does not match.
[[gnu::noinline]] void *operator new(std::size_t size) {
    allocations++;
    void *memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) std::abort();
    return memory;
}
[[gnu::noinline]] void operator delete(void *memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }

int main() {
    constexpr int wanted = 10'000;
    oxws::Loop loop;
    oxws::Config server, client;
    int echoed = 0;
    std::size_t before = 0;
    server.on_message([](oxws::Connection c, oxws::Message message) { CHECK(c.send(message)); });
    client.on_open([](oxws::Connection c) {
        c.emplace_data<int>(0);
        CHECK(c.send("a message that does not fit into a short string by far"));
    });
    client.on_message([&](oxws::Connection c, oxws::Message message) {
        if (++echoed == 1) before = allocations;
        ++*c.data<int>();
        if (echoed == wanted) {
            CHECK(allocations == before);
            CHECK(*c.data<int>() == wanted);
            CHECK(c.loop().stop());
        } else {
            CHECK(c.send(message.text()));
            CHECK(c.ping(message.data()) == oxws::Status());
        }
    });
    CHECK(loop.connect(listen(loop, server), client));
    CHECK(loop.run());
    CHECK(echoed == wanted);
    return check_end();
}
