// The ways to send a message and to receive it: in parts, in pieces, lent, with word of its leaving.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"

using oxws::Chunk;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using oxws::Loop;
using oxws::Message;
using oxws::MessageType;
using oxws::SendFlag;
using oxws::Status;

namespace {

// Runs `send` on an open client's connection, until the server has closed; tells what it has heard.
template <class Send>
std::string heard(Loop &loop, Send send) {
    std::string log;
    bool is_closed = false;
    Config server, client;
    server.on_message([&](Connection connection, Message message) {
        log += message.is_text() ? "t:" : "b:";
        log += message.text();
        log += ' ';
        if (message.text() == "end") CHECK(connection.close());
    });
    client.on_open([&](Connection connection) {
        send(connection);
        CHECK(connection.send("end"));
    });
    client.on_close([&](Connection, oxws::CloseInfoView) { is_closed = true; });
    CHECK(loop.connect(listen(loop, server), client));
    RUN_UNTIL(loop, is_closed);
    return log;
}

void parts() {
    Loop loop;
    const std::vector<std::uint8_t> first = {'1', '2'};
    const std::string log = heard(loop, [&](Connection connection) {
        CHECK(connection.send_parts({"caf\xC3", "\xA9", ""}));
        CHECK(connection.send_parts({oxws::bytes(first), oxws::as_bytes("3")}));
        CHECK(connection.send_parts(std::vector<std::string_view>(40, "x")));
        CHECK(connection.send_parts(std::vector<oxws::bytes>()));
        CHECK(connection.send_parts({"\xC3"}) == Error::InvalidUtf8);
        CHECK(connection.send("plain", SendFlag::SkipCompression));
        CHECK(connection.send(first, SendFlag::SkipCompression));
        CHECK(connection.send("x", static_cast<SendFlag>(1024)) == Error::InvalidArgument);
    });
    CHECK(log == "t:caf\xC3\xA9 b:123 t:" + std::string(40, 'x') + " b: t:plain b:12 t:end ");
}

void fragments() {
    Loop loop;
    const std::string log = heard(loop, [](Connection connection) {
        CHECK(connection.send_append("x") == Error::InvalidState);
        CHECK(connection.send_begin(MessageType::Text));
        CHECK(connection.send("between") == Error::InvalidState);
        CHECK(connection.send_append("one \xC3"));
        CHECK(connection.send_append("\xA9 two"));
        CHECK(connection.send_end(" three"));
        CHECK(connection.send_begin(MessageType::Binary, SendFlag::SkipCompression));
        CHECK(connection.send_append(oxws::as_bytes("four")));
        CHECK(connection.send_end());
    });
    CHECK(log == "t:one \xC3\xA9 two three b:four t:end ");
}

void word_of_leaving() {
    int destroyed = 0, sent = 0;
    Loop loop;
    const std::string log = heard(loop, [&](Connection connection) {
        CHECK(connection.send_with("a", [&, kept = Counted(destroyed)](Status status) {
            CHECK(kept.is_alive() && status.ok());
            sent++;
        }));
        CHECK(connection.send_with(oxws::as_bytes("b"), [&, kept = Counted(destroyed)] { sent++; }));
        CHECK(connection.send_with("\xFF", [kept = Counted(destroyed)] { CHECK(false); }) ==
              Error::InvalidUtf8);
        CHECK(sent == 0 && destroyed == 1);
    });
    CHECK(log == "t:a b:b t:end ");
    CHECK(sent == 2 && destroyed == 3);
}

void lent_messages() {
    int destroyed = 0, released = 0;
    const std::string large(100'000, 'x');
    const auto shared = std::make_shared<const std::string>("shared text");
    {
        Loop loop;
        const std::string log = heard(loop, [&](Connection connection) {
            CHECK(connection.send_borrowed(large, [&, kept = Counted(destroyed)] { released++; }));
            CHECK(connection.send_borrowed(oxws::as_bytes("lent"), [&] { released++; }));
            CHECK(connection.send_shared(shared));
            CHECK(connection.send_shared(
                std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{'v'})));
            CHECK(connection.send_shared(std::shared_ptr<std::string>()) == Error::NullArgument);
        });
        CHECK(log == "t:" + large + " b:lent t:shared text b:v t:end ");
        CHECK(released == 2 && destroyed == 1);
        CHECK(shared.use_count() == 1);
    }
    // What does not leave is let go with the loop.
    {
        Loop loop;
        bool is_sent = false;
        Config config;
        config.on_open([&](Connection connection) {
            for (int number = 0; number < 5; number++) {
                (void)connection.send_borrowed(large, [&] { released++; });
                (void)connection.send_shared(shared);
            }
            is_sent = true;
        });
        CHECK(loop.connect(listen(loop, Config()), config));
        RUN_UNTIL(loop, is_sent);
    }
    CHECK(released == 7);
    CHECK(shared.use_count() == 1);
}

void pieces() {
    Loop loop;
    Config server, client;
    std::string log;
    int messages = 0;
    server.on_chunk([&](Connection, Chunk chunk) {
        if (chunk.is_first()) log += chunk.is_text() ? "[" : "<";
        log += chunk.text();
        if (chunk.is_last()) log += chunk.is_text() ? "]" : ">";
        messages += chunk.is_last() ? 1 : 0;
    });
    client.on_open([](Connection connection) {
        CHECK(connection.send("whole"));
        CHECK(connection.send_begin(MessageType::Binary));
        CHECK(connection.send_append(oxws::as_bytes("in ")));
        CHECK(connection.send_end(oxws::as_bytes("pieces")));
    });
    CHECK(loop.connect(listen(loop, server), client));
    RUN_UNTIL(loop, messages == 2);
    CHECK(log == "[whole]<in pieces>");
}

void pongs_by_hand() {
    Loop loop;
    Config server, client;
    std::string log;
    CHECK(server.auto_pong(false));
    server.on_ping([&](Connection connection, oxws::bytes data) {
        CHECK(connection.pong(oxws::as_bytes("unasked")));
        CHECK(connection.pong(data));
    });
    client.on_open([](Connection c) { CHECK(c.ping(oxws::as_bytes("asked"))); });
    client.on_pong([&](Connection, oxws::bytes data, auto round_trip) {
        log += data.text();
        log += round_trip ? "+ " : "- ";
    });
    CHECK(loop.connect(listen(loop, server), client));
    RUN_UNTIL(loop, log == "unasked- asked+ ");
}

} // namespace

int main() {
    parts();
    fragments();
    word_of_leaving();
    lent_messages();
    pieces();
    pongs_by_hand();
    return check_end();
}
