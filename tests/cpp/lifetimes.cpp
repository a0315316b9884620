// What handlers capture is destroyed once and at the right time, whatever is closed, moved, changed or
// destroyed, and wherever.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "check.hpp"

using oxws::CloseInfoView;
using oxws::Config;
using oxws::Connection;
using oxws::Loop;
using oxws::Message;

namespace {

// A config whose handlers count their end, and which echoes.
Config counting(int &destroyed) {
    Config config;
    config.on_message([kept = Counted(destroyed)](Connection connection, Message message) {
        CHECK(kept.is_alive());
        CHECK(connection.send(message));
    });
    return config;
}

void config_alone() {
    int destroyed = 0;
    {
        Config config = counting(destroyed);
        Config other = std::move(config);
        CHECK(config.max_message_bytes(1) == oxws::Error::NullArgument);
        config = std::move(other);
        CHECK(destroyed == 0);
        config.on_message(nullptr);
        CHECK(destroyed == 1);
        config.on_open([kept = Counted(destroyed)](Connection) {});
        config = Config();
        CHECK(destroyed == 2);
    }
    CHECK(destroyed == 2);
}

// The handlers of a client go with its connection, those of a listener when all is over.
void connections_and_listeners() {
    int of_server = 0, of_client = 0;
    bool is_closed = false;
    Loop loop;
    oxws::Listener listener;
    std::string url;
    {
        Config server = counting(of_server);
        url = listen(loop, server, &listener);
        Config client;
        client.on_open([](Connection c) { CHECK(c.send("hello")); });
        client.on_message([kept = Counted(of_client)](Connection connection, Message) {
            CHECK(kept.is_alive());
            CHECK(connection.close());
        });
        client.on_close([&](Connection, CloseInfoView) {
            CHECK(of_client == 0);
            is_closed = true;
        });
        CHECK(loop.connect(url, client));
    }
    CHECK(of_server == 0 && of_client == 0);
    RUN_UNTIL(loop, is_closed);
    CHECK(of_client == 1);
    CHECK(of_server == 0);
    CHECK(listener.close());
    CHECK(listener.close() == oxws::Error::NotFound);
    RUN_UNTIL(loop, *loop.connection_count() == 0);
    CHECK(loop.poll(std::chrono::milliseconds(0)));
    CHECK(of_server == 1);
}

// A connection keeps the handlers that it began with.
void changed_config() {
    int first = 0, second = 0;
    std::string heard;
    Loop loop;
    Config server;
    server.on_message([&heard, kept = Counted(first)](Connection, Message) {
        CHECK(kept.is_alive());
        heard += "first ";
    });
    const std::string one = listen(loop, server);
    server.on_message([&heard, kept = Counted(second)](Connection, Message) {
        CHECK(kept.is_alive());
        heard += "second ";
    });
    CHECK(first == 0);
    const std::string two = listen(loop, server);
    Config client;
    client.on_open([](Connection c) { CHECK(c.send("x")); });
    CHECK(loop.connect(one, client));
    RUN_UNTIL(loop, heard == "first ");
    CHECK(loop.connect(two, client));
    RUN_UNTIL(loop, heard == "first second ");
    CHECK(loop.shutdown());
    CHECK(loop.run());
    CHECK(first == 1 && second == 0);
    server.on_message(nullptr);
    CHECK(second == 1);
}

// Everything ends with the loop: handlers, data, timers, watches, posts.
void destroyed_loop() {
    int destroyed = 0, closed = 0;
    {
        Loop loop;
        Config server = counting(destroyed);
        Config client;
        bool is_open = false;
        client.on_open([&](Connection connection) {
            CHECK(connection.emplace_data<Counted>(destroyed) != nullptr);
            is_open = true;
        });
        client.on_close([&, kept = Counted(destroyed)](Connection connection, CloseInfoView info) {
            CHECK(kept.is_alive());
            CHECK(info.status() == oxws::Error::LoopFreed);
            CHECK(connection.data<Counted>() != nullptr);
            closed++;
        });
        CHECK(loop.connect(listen(loop, server), client));
        RUN_UNTIL(loop, is_open);
        CHECK(loop.start_timer(std::chrono::hours(1), [kept = Counted(destroyed)] {}));
        CHECK(loop.post([kept = Counted(destroyed)] { CHECK(false); }));
        CHECK(destroyed == 0);
    }
    CHECK(closed == 1);
    CHECK(destroyed == 5);
}

// A loop that is destroyed in one of its handlers goes at the end of the round.
void destroyed_inside(bool runs) {
    int destroyed = 0, closed = 0;
    auto loop = std::make_unique<Loop>();
    const oxws::LoopRef ref = *loop;
    Config server, client;
    server.on_message([&, kept = Counted(destroyed)](Connection connection, Message message) {
        loop.reset();
        CHECK(kept.is_alive());
        CHECK(connection.send(message));
    });
    server.on_close([&](Connection, CloseInfoView info) {
        CHECK(info.status() == oxws::Error::LoopFreed);
        closed++;
    });
    client.on_open([](Connection connection) { CHECK(connection.send("x")); });
    const std::string url = listen(ref, server);
    CHECK(ref.connect(url, client));
    server = Config();
    if (runs) {
        CHECK(ref.run());
    } else {
        while (loop) CHECK(ref.poll(std::chrono::milliseconds(20)));
    }
    CHECK(closed == 1);
    CHECK(destroyed == 1);
}

// A loop may be moved at any time, also in a handler; what refers to it refers to it still.
void moved_loop() {
    Loop loop;
    std::unique_ptr<Loop> other;
    Config server, client;
    int messages = 0, fired = 0;
    server.on_message([](Connection connection, Message message) { CHECK(connection.send(message)); });
    client.on_open([](Connection connection) { CHECK(connection.send("x")); });
    client.on_message([&](Connection connection, Message message) {
        if (++messages == 1) {
            other = std::make_unique<Loop>(std::move(loop));
            CHECK(!loop && loop.stop() == oxws::Error::NullArgument);
            CHECK(connection.loop() == *other);
            CHECK(connection.send(message));
        } else {
            CHECK(connection.loop().start_timer(std::chrono::milliseconds(1), [&](oxws::Timer) {
                fired++;
                CHECK(other->stop());
            }));
        }
    });
    CHECK(loop.connect(listen(loop, server), client));
    CHECK(loop.run());
    CHECK(messages == 2 && fired == 1);
    loop = std::move(*other);
    CHECK(*loop.connection_count() == 2);
    loop = Loop();
    CHECK(*loop.connection_count() == 0);
}

void data_of_connections() {
    struct Guest {
        int id;
        std::string name;
        Counted kept;
    };
    int destroyed = 0, closed = 0;
    bool is_denied = false;
    Loop loop;
    Config server, client;
    server.on_request([&](Connection connection, oxws::Request request) {
        CHECK(connection.data<Guest>() == nullptr);
        Guest *guest = connection.emplace_data<Guest>(7, "somebody", Counted(destroyed));
        CHECK(guest != nullptr && connection.data<Guest>() == guest);
        CHECK(connection.data<int>() == nullptr);
        is_denied = request.path() != "/";
        CHECK(is_denied ? connection.deny(403) : connection.accept());
    });
    server.on_message([&](Connection connection, Message) {
        CHECK(connection.data<Guest>()->id == 7);
        CHECK(*connection.emplace_data<std::string>("other") == "other");
        CHECK(destroyed == 1);
        CHECK(connection.emplace_data<Guest>(8, "nobody", Counted(destroyed)) != nullptr);
        CHECK(connection.close());
    });
    server.on_close([&](Connection connection, CloseInfoView) {
        CHECK(connection.data<Guest>() != nullptr);
        closed++;
    });
    client.on_open([](Connection connection) { CHECK(connection.send("x")); });
    const std::string url = listen(loop, server);
    const Connection connection = *loop.connect(url, client);
    RUN_UNTIL(loop, closed == 1);
    CHECK(destroyed == 2);
    CHECK(loop.connect(url + "elsewhere", client));
    RUN_UNTIL(loop, closed == 2);
    CHECK(is_denied && destroyed == 3);
    RUN_UNTIL(loop, !connection.state());
    CHECK(connection.emplace_data<int>(1) == nullptr);
    CHECK(connection.data<int>() == nullptr);
}

// Connections are aborted, and listeners closed, by their own handlers.
void ended_inside() {
    int destroyed = 0, closed = 0;
    Loop loop;
    oxws::Listener listener;
    Config server, client;
    server.on_message([&, kept = Counted(destroyed)](Connection connection, Message) {
        CHECK(listener.close());
        CHECK(connection.abort());
        CHECK(connection.send("x") == oxws::Error::Closed || !connection.state());
        CHECK(kept.is_alive());
    });
    server.on_close([&](Connection, CloseInfoView info) {
        CHECK(info.status() == oxws::Error::Cancelled);
        closed++;
    });
    client.on_open([kept = Counted(destroyed)](Connection connection) {
        CHECK(connection.send("x"));
        CHECK(kept.is_alive());
    });
    client.on_close([&](Connection, CloseInfoView) { closed++; });
    const std::string url = listen(loop, server, &listener);
    CHECK(loop.connect(url, client));
    client = Config();
    server = Config();
    RUN_UNTIL(loop, closed == 2);
    CHECK(loop.poll(std::chrono::milliseconds(0)));
    CHECK(destroyed == 2);
}

// What a handler captures may itself begin connections when it is destroyed.
void busy_destructors() {
    struct Reconnect {
        oxws::LoopRef loop;
        int *left;
        explicit Reconnect(oxws::LoopRef l, int *n) : loop(l), left(n) {}
        Reconnect(Reconnect &&other) noexcept
            : loop(std::exchange(other.loop, oxws::LoopRef())), left(other.left) {}
        ~Reconnect() {
            if (!loop || --*left == 0) return;
            Config config;
            config.on_close([kept = Reconnect(loop, left)](Connection, CloseInfoView) {});
            CHECK(loop.connect("ws+unix:/nowhere/at/all", config));
        }
    };
    int left = 5;
    Loop loop;
    {
        const Reconnect first(loop, &left);
    }
    RUN_UNTIL(loop, left == 0);
    CHECK(*loop.connection_count() == 0);
}

} // namespace

int main() {
    config_alone();
    connections_and_listeners();
    changed_config();
    destroyed_loop();
    destroyed_inside(true);
    destroyed_inside(false);
    moved_loop();
    data_of_connections();
    ended_inside();
    busy_destructors();
    return check_end();
}
