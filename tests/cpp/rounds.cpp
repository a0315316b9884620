// Timers, watched descriptors, posts from other threads, the loop in a loop of the program's own.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "check.hpp"

using oxws::Loop;
using std::chrono::milliseconds;

namespace {

void timers() {
    Loop loop;
    int once = 0, often = 0, destroyed = 0;
    CHECK(loop.start_timer(milliseconds(1), [&, kept = Counted(destroyed)] {
        CHECK(kept.is_alive());
        once++;
    }));
    auto repeated = loop.start_timer(
        milliseconds(0), milliseconds(1), [&, kept = Counted(destroyed)](oxws::Timer timer) {
            if (++often < 3) return;
            CHECK(timer.cancel());
            CHECK(timer.cancel() == oxws::Error::NotFound);
            CHECK(kept.is_alive());
        });
    CHECK(repeated);
    RUN_UNTIL(loop, once == 1 && often == 3);
    CHECK(destroyed == 2);
    CHECK(repeated->cancel() == oxws::Error::NotFound);

    auto never = loop.start_timer(milliseconds(0), [&, kept = Counted(destroyed)] { CHECK(false); });
    CHECK(never->cancel());
    CHECK(destroyed == 3);
    CHECK(loop.poll(milliseconds(5)));
    CHECK(loop.start_timer(milliseconds(-1), [] {}).status() == oxws::Error::InvalidArgument);
    CHECK(loop.start_timer(std::chrono::hours(10'000), [] {}).status() ==
          oxws::Error::InvalidArgument);
}

// A function object that can only be moved, as any other.
void move_only() {
    Loop loop;
    int sum = 0;
    auto value = std::make_unique<int>(42);
    CHECK(loop.post([&sum, value = std::move(value)] { sum += *value; }));
    CHECK(loop.post([&sum](oxws::LoopRef ref) {
        sum++;
        CHECK(ref);
    }));
    CHECK(loop.poll(milliseconds(0)));
    CHECK(sum == 43);
}

void watches() {
    Loop loop;
    int ends[2], destroyed = 0;
    std::string read_so_far;
    CHECK(pipe(ends) == 0);
    auto watch = loop.watch(ends[0], oxws::Interest::Read,
                            [&, kept = Counted(destroyed)](oxws::Watch self, oxws::Interest ready) {
                                char byte;
                                CHECK(has(ready, oxws::Interest::Read));
                                CHECK(!has(ready, oxws::Interest::Write));
                                CHECK(read(ends[0], &byte, 1) == 1);
                                read_so_far += byte;
                                if (byte == '.') CHECK(self.stop());
                            });
    CHECK(watch);
    CHECK(write(ends[1], "ab.", 3) == 3);
    RUN_UNTIL(loop, read_so_far == "ab.");
    CHECK(destroyed == 1);
    CHECK(watch->stop() == oxws::Error::NotFound);
    CHECK(watch->change(oxws::Interest::Write) == oxws::Error::NotFound);

    bool is_writable = false;
    auto other = loop.watch(ends[1], oxws::Interest::Read | oxws::Interest::Write,
                            [&] { is_writable = true; });
    CHECK(other->change(oxws::Interest::Write));
    RUN_UNTIL(loop, is_writable);
    CHECK(loop.watch(-1, oxws::Interest::Read, [] {}).status() == oxws::Error::InvalidArgument);
    CHECK(other->stop());
    close(ends[0]);
    close(ends[1]);
}

void posts_from_threads() {
    constexpr int threads = 4, posts = 500;
    Loop loop;
    const oxws::LoopRef ref = loop;
    int called = 0, destroyed = 0;
    std::vector<std::thread> all;
    for (int number = 0; number < threads; number++) {
        all.emplace_back([&, ref] {
            for (int post = 0; post < posts; post++) {
                CHECK(ref.post([&, kept = Counted(destroyed)] { called++; }));
            }
        });
    }
    RUN_UNTIL(loop, called == threads * posts);
    for (std::thread &thread : all) thread.join();
    CHECK(destroyed == threads * posts);
}

// A loop that is made here runs on another thread, which is sent messages from this one.
void loop_on_another_thread() {
    Loop loop;
    oxws::Config server, client;
    std::atomic<bool> is_done{false};
    std::atomic<int> heard{0};
    server.on_message([](oxws::Connection c, oxws::Message m) { CHECK(c.send(m)); });
    client.on_message([&](oxws::Connection connection, oxws::Message message) {
        CHECK(message.text() == "from elsewhere");
        if (++heard == 10) CHECK(connection.loop().shutdown());
    });
    std::atomic<bool> is_open{false};
    client.on_open([&](oxws::Connection) { is_open = true; });
    const oxws::Connection connection = *loop.connect(listen(loop, server), client);
    std::thread runner([&] {
        CHECK(loop.attach());
        CHECK(loop.run());
        is_done = true;
    });
    while (!is_open) std::this_thread::yield();
    for (int number = 0; number < 10; number++) CHECK(connection.send("from elsewhere"));
    CHECK(connection.pause_reading() == oxws::Error::WrongThread);
    runner.join();
    CHECK(is_done && heard == 10);
    CHECK(loop.poll(milliseconds(0)) == oxws::Error::WrongThread);
}

void foreign_loop() {
    Loop loop;
    bool is_over = false;
    CHECK(*loop.timeout() == std::nullopt);
    CHECK(loop.start_timer(milliseconds(1), [&] { is_over = true; }));
    CHECK(loop.timeout()->value() <= milliseconds(2));
    while (!is_over) {
        pollfd descriptor{*loop.fd(), POLLIN, 0};
        const auto time = *loop.timeout();
        ::poll(&descriptor, 1, time ? static_cast<int>(time->count()) : -1);
        CHECK(loop.poll(milliseconds(0)));
    }
    CHECK(loop.wake());
    CHECK(loop.poll());
    CHECK(loop.stop());
    CHECK(loop.run());
    CHECK(loop.set_max_buffered_bytes(0) == oxws::Error::InvalidArgument);
    CHECK(loop.set_busy_poll(std::chrono::microseconds(-1)) == oxws::Error::InvalidArgument);
    CHECK(loop.set_busy_poll(std::chrono::seconds(2)) == oxws::Error::InvalidArgument);
    CHECK(loop.set_busy_poll(std::chrono::microseconds(20)));
    CHECK(loop.post([&] { CHECK(loop.poll() == oxws::Error::Busy); }));
    CHECK(loop.poll(milliseconds(0)));
}

} // namespace

int main() {
    timers();
    move_only();
    watches();
    posts_from_threads();
    loop_on_another_thread();
    foreign_loop();
    return check_end();
}
