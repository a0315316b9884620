// A handler that throws: the exception comes out of run() or poll(), and nothing is lost by it. Without
// exceptions there is nothing to test.
#include <stdexcept>
#include <string>

#include "check.hpp"

#if OXWS_HAS_EXCEPTIONS

using oxws::CloseInfoView;
using oxws::Config;
using oxws::Connection;
using oxws::Loop;
using oxws::Message;
using std::chrono::milliseconds;

namespace {

template <class Body>
std::string thrown_by(Body body) {
    try {
        body();
    } catch (const std::exception &exception) {
        return exception.what();
    }
    return "nothing";
}

void out_of_run() {
    Loop loop;
    Config server, client;
    int heard = 0, closed = 0;
    server.on_message([&](Connection, Message message) {
        if (++heard == 2) throw std::runtime_error(std::string(message.text()));
    });
    server.on_close([&](Connection, CloseInfoView) {
        closed++;
        throw std::runtime_error("from on_close");
    });
    client.on_open([](Connection connection) {
        for (const char *text : {"one", "two", "three"}) CHECK(connection.send(text));
    });
    client.on_close([&](Connection, CloseInfoView) { closed++; });
    CHECK(loop.connect(listen(loop, server), client));
    CHECK(thrown_by([&] { (void)loop.run(); }) == "two");
    // The messages behind it came all the same.
    CHECK(heard == 3);
    CHECK(*loop.connection_count() == 2);
    CHECK(loop.shutdown());
    CHECK(thrown_by([&] { (void)loop.run(); }) == "from on_close");
    // The shutdown is not forgotten either, whether it has come to its end by then or not.
    CHECK(loop.run());
    CHECK(closed == 2);
}

// Whoever stops the loop and then throws has stopped it.
void out_of_a_handler_that_stops() {
    Loop loop;
    CHECK(loop.post([&] {
        CHECK(loop.stop());
        throw std::runtime_error("stopped");
    }));
    CHECK(thrown_by([&] { (void)loop.run(); }) == "stopped");
    CHECK(loop.run());
    CHECK(loop.post([&] {
        CHECK(loop.stop());
        throw std::runtime_error("stopped in poll");
    }));
    CHECK(thrown_by([&] { (void)loop.poll(); }) == "stopped in poll");
    CHECK(loop.run());
}

// The loop goes on as before: what poll() throws does not stop the next run().
void out_of_poll() {
    Loop loop;
    int fired = 0;
    CHECK(loop.post([] { throw std::runtime_error("post"); }));
    CHECK(loop.post([] { throw std::runtime_error("second of the round"); }));
    CHECK(thrown_by([&] { (void)loop.poll(milliseconds(0)); }) == "post");
    CHECK(loop.start_timer(milliseconds(0), milliseconds(1), [&](oxws::Timer timer) {
        if (++fired == 1) throw std::runtime_error("timer");
        CHECK(timer.cancel());
        CHECK(loop.stop());
    }));
    CHECK(thrown_by([&] {
              while (fired == 0) (void)loop.poll(milliseconds(20));
          }) == "timer");
    CHECK(loop.run());
    CHECK(fired == 2);
}

// Destroyed by a handler that then throws.
void out_of_a_loop_that_is_gone() {
    int destroyed = 0;
    auto loop = std::make_unique<Loop>();
    const oxws::LoopRef ref = *loop;
    CHECK(loop->post([&, kept = Counted(destroyed)] {
        loop.reset();
        throw std::runtime_error("gone");
    }));
    CHECK(thrown_by([&] { (void)ref.run(); }) == "gone");
    CHECK(destroyed == 1);
}

void out_of_a_destructor() {
    bool is_open = false;
    int closed = 0;
    {
        Loop loop;
        Config server, client;
        server.on_close([&](Connection, CloseInfoView) {
            closed++;
            throw std::runtime_error("lost");
        });
        client.on_open([&](Connection) { is_open = true; });
        CHECK(loop.connect(listen(loop, server), client));
        RUN_UNTIL(loop, is_open);
    }
    CHECK(closed == 1);
}

void asked_for() {
    Config config;
    Loop loop;
    CHECK(thrown_by([&] { config.max_message_bytes(0).or_throw(); }) ==
          oxws::Status(oxws::Error::InvalidArgument).message());
    CHECK(thrown_by([&] { config.max_message_bytes(1).or_throw(); }) == "nothing");
    CHECK(loop.listen("ws://127.0.0.1:0", config).value_or_throw().id() != 0);
    try {
        (void)loop.listen("nonsense", config).value_or_throw();
        CHECK(false);
    } catch (const oxws::Exception &exception) {
        CHECK(exception.status() == oxws::Error::InvalidUrl);
    }
}

} // namespace

int main() {
    out_of_run();
    out_of_a_handler_that_stops();
    out_of_poll();
    out_of_a_loop_that_is_gone();
    out_of_a_destructor();
    asked_for();
    return check_end();
}

#else

int main() { return 0; }

#endif
