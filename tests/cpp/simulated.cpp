// A loop with a simulated network and clock, as a program's own tests use it.
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string>

#include "check.hpp"

using oxws::CloseInfoView;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

void hours_in_milliseconds() {
    oxws::test::Loop loop;
    int fired = 0;
    CHECK(loop.now() == seconds(0));
    CHECK(loop.start_timer(hours(1), hours(1), [&] { fired++; }));
    CHECK(loop.advance(hours(24)));
    CHECK(fired == 24 && loop.now() == hours(24));
    CHECK(loop.advance(milliseconds(-1)) == Error::InvalidArgument);
    CHECK(!oxws::test::Loop().fd());
}

void links() {
    oxws::test::Loop loop;
    Config server, client;
    std::string heard;
    CHECK(loop.set_masking_key(oxws::MaskingKey{1, 2, 3, 4}));
    server.on_message([&](Connection, oxws::Message message) { heard = message.text(); });
    CHECK(loop.refuse_connects(1, ENETUNREACH));
    int refused = 0;
    client.on_close([&](Connection, CloseInfoView info) {
        CHECK(info.os_error() == ENETUNREACH);
        refused++;
    });
    CHECK(loop.listen("ws://chat.example:80", server));
    CHECK(loop.connect("ws://chat.example/", client));
    CHECK(loop.advance(milliseconds(0)));
    CHECK(refused == 1);

    client.on_close(nullptr);
    const Connection connection = *loop.connect("ws://chat.example/", client);
    CHECK(loop.advance(milliseconds(10)));
    CHECK(*connection.state() == oxws::State::Open);
    CHECK(loop.set_link(connection, 1, seconds(1)));
    CHECK(loop.set_link(connection, 1, hours(10'000)) == Error::InvalidArgument);
    CHECK(loop.set_capacity(connection, 100));
    CHECK(connection.send("slow"));
    CHECK(loop.advance(seconds(9)));
    CHECK(heard.empty());
    CHECK(loop.advance(seconds(2)));
    CHECK(heard == "slow");
}

void races() {
    oxws::test::Loop loop;
    Config server, client;
    CHECK(loop.listen("ws://*:80", server));
    CHECK(loop.set_route("192.0.2.1", hours(1000)));
    CHECK(loop.set_route("2001:db8::1", milliseconds(5), ECONNREFUSED));
    CHECK(loop.set_route("192.0.2.2", milliseconds(7)));
    CHECK(loop.set_route("192.0.2.2", hours(10'000)) == Error::InvalidArgument);
    CHECK(client.connection_attempt_delay(milliseconds(9)) == Error::InvalidArgument);
    CHECK(client.connection_attempt_delay(milliseconds(50)));
    CHECK(client.add_dial_address("192.0.2.9"));
    CHECK(client.clear_dial_addresses());
    CHECK(client.add_dial_address("a.example") == Error::InvalidArgument);
    for (const char *address : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
        CHECK(client.add_dial_address(address));
    }
    int opened = 0;
    client.on_open([&](Connection connection) {
        opened++;
        CHECK(*connection.stage_time(oxws::Stage::Connect) == milliseconds(62));
        CHECK(*connection.stage_time(oxws::Stage::Handshake) == milliseconds(0));
        CHECK(connection.stage_time(oxws::Stage::Open).status() == Error::InvalidArgument);
    });
    client.on_close([](Connection, CloseInfoView info) {
        CHECK(info.stage_time(oxws::Stage::Connect) == milliseconds(0));
    });
    const Connection connection = *loop.connect("ws://chat.example/", client);
    CHECK(loop.advance(milliseconds(61)));
    CHECK(*connection.state() == oxws::State::Connecting);
    CHECK(loop.advance(milliseconds(1)));
    CHECK(*connection.state() == oxws::State::Open);
    CHECK(*connection.peer_address() == "192.0.2.2:80");
    CHECK(opened == 1);
    CHECK(connection.stage_time(oxws::Stage::Connect).status() == Error::InvalidState);
}

void sockets() {
    Config config;
    CHECK(config.bind_address("127.0.0.2") && config.bind_address(""));
    CHECK(config.network_interface("lo") && config.network_interface(""));
    CHECK(config.network_interface("an-interface-of-too-many-bytes") == Error::InvalidArgument);
    CHECK(config.no_delay(false));
    CHECK(config.tcp_keepalive(seconds(60)) && config.tcp_keepalive(seconds(60), seconds(5), 3));
    CHECK(config.tcp_keepalive(seconds(-1)) == Error::InvalidArgument);
    CHECK(config.tcp_user_timeout(seconds(30)));
    CHECK(config.receive_buffer_bytes(65536) && config.send_buffer_bytes(65536));
}

void comes_back() {
    oxws::test::Loop loop;
    Config server, client;
    std::string story;
    int destroyed = 0;
    std::optional<Connection> at_server;
    CHECK(loop.set_masking_key(oxws::MaskingKey{1, 2, 3, 4}));
    server.on_open([&](Connection connection) { at_server = connection; });
    server.on_message([&](Connection, oxws::Message message) {
        story += std::string(message.text()) + " ";
    });
    client.on_open([&](Connection connection) { CHECK(connection.send("hello")); });
    client.on_disconnect([&](Connection connection, CloseInfoView info, milliseconds delay) {
        CHECK(*connection.state() == oxws::State::Waiting);
        CHECK(info.os_error() == ECONNRESET);
        story += "lost:" + std::to_string(delay.count()) + " ";
    });
    client.on_close([&, kept = Counted(destroyed)](Connection, CloseInfoView info) {
        CHECK(kept.is_alive() && info.status() == Error::Cancelled);
        CHECK(info.stage() == oxws::Stage::Waiting);
        story += "closed";
    });
    CHECK(client.reconnect(true));
    CHECK(client.reconnect_delay(milliseconds(0), seconds(1)) == Error::InvalidArgument);
    CHECK(client.reconnect_delay(seconds(2), seconds(1)) == Error::InvalidArgument);
    CHECK(client.reconnect_delay(seconds(1), hours(10'000)) == Error::InvalidArgument);
    CHECK(client.reconnect_delay(seconds(1), seconds(2)));
    CHECK(client.max_redirects(6) == Error::InvalidArgument && client.max_redirects(5));
    CHECK(client.reconnect_attempts(5));
    CHECK(client.reconnect_timeout(hours(1)));
    CHECK(client.reconnect_queue_bytes(100));
    CHECK(loop.listen("ws://chat.example:80", server));
    const Connection connection = *loop.connect("ws://chat.example/", client);
    client = Config();
    CHECK(connection.send("early"));
    CHECK(loop.advance(milliseconds(0)));
    CHECK(loop.break_connection(*at_server, ECONNRESET));
    CHECK(loop.advance(milliseconds(0)));
    CHECK(connection.send("late"));
    CHECK(loop.advance(milliseconds(424)));
    CHECK(loop.break_connection(*at_server, ECONNRESET));
    CHECK(loop.advance(milliseconds(0)));
    CHECK(destroyed == 0);
    CHECK(connection.abort());
    CHECK(loop.advance(milliseconds(0)));
    CHECK(story == "hello early lost:424 hello late lost:1409 closed");
    CHECK(destroyed == 1 && connection.state().status() == Error::NotFound);
}

void pairs() {
    oxws::test::Loop loop;
    Config server, client, both;
    int closed = 0, destroyed = 0;
    server.on_close([&](Connection, CloseInfoView info) {
        CHECK(info.status() == Error::TextUtf8);
        closed++;
    });
    client.on_close([&](Connection, CloseInfoView) { closed++; });
    const auto pair = loop.pair(server, client);
    CHECK(pair && loop.advance(milliseconds(1)));
    CHECK(*pair->server.state() == oxws::State::Open && *pair->client.state() == oxws::State::Open);
    CHECK(loop.freeze(pair->client));
    CHECK(pair->client.send("nothing of this"));
    CHECK(loop.advance(seconds(1)));
    CHECK(loop.freeze(pair->client, false));
    const std::uint8_t bad[] = {0x81, 0x81, 0, 0, 0, 0, 0xFF};
    CHECK(loop.inject(pair->server, bad));
    CHECK(loop.advance(seconds(60)));
    CHECK(closed == 2);

    // One config for both ends.
    both.on_close([&, kept = Counted(destroyed)](Connection, CloseInfoView info) {
        CHECK(kept.is_alive() && info.os_error() == ECONNRESET);
        closed++;
    });
    const auto other = loop.pair(both, both);
    both = Config();
    CHECK(other && loop.advance(milliseconds(1)));
    CHECK(loop.break_connection(other->client, ECONNRESET));
    CHECK(loop.advance(seconds(1)));
    CHECK(closed == 4 && destroyed == 1);
}

#if OXWS_HAS_EXCEPTIONS
void thrown() {
    oxws::test::Loop loop;
    CHECK(loop.start_timer(seconds(1), [] { throw std::runtime_error("at one"); }));
    std::string what;
    try {
        (void)loop.advance(seconds(2));
    } catch (const std::exception &exception) {
        what = exception.what();
    }
    CHECK(what == "at one");
    CHECK(loop.start_timer(seconds(1), [&] { CHECK(loop.stop()); }));
    CHECK(loop.run());
}
#endif

} // namespace

int main() {
    hours_in_milliseconds();
    links();
    races();
    sockets();
    comes_back();
    pairs();
#if OXWS_HAS_EXCEPTIONS
    thrown();
#endif
    return check_end();
}
