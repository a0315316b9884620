// A server and a client in one loop: every handler, every function of a connection, all through oxws.hpp.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"

using oxws::CloseCode;
using oxws::CloseInfoView;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using oxws::Message;

namespace {

struct Side {
    std::string log;
    Connection connection;
    std::optional<CloseCode> code;
    std::string reason;
    bool is_closed = false;
};

void note_close(Side &side, Connection connection, CloseInfoView info) {
    CHECK(info.status().ok());
    CHECK(info.was_clean());
    CHECK(connection == side.connection);
    side.code = info.code();
    side.reason = info.reason();
    side.log += "close ";
    side.is_closed = true;
}

void talk() {
    oxws::Loop loop;
    Config server, client;
    Side at_server, at_client;

    CHECK(server.add_subprotocol("chat.v1"));
    server.on_request([&](Connection connection, oxws::Request request) {
        at_server.connection = connection;
        at_server.log += "request ";
        CHECK(request.method() == "GET");
        CHECK(request.target() == "/path?a=b");
        CHECK(request.path() == "/path");
        CHECK(request.query() == "a=b");
        CHECK(request.origin() == std::nullopt);
        CHECK(request.header("X-NAME") == "value");
        CHECK(request.header("x-name", 1) == std::nullopt);
        CHECK(request.version() == oxws::Version::V13);
        CHECK(request.version() == oxws::Version::Latest);
        CHECK(request.host().substr(0, 10) == "127.0.0.1:");
        std::vector<std::string> names;
        for (std::string_view name : request.subprotocols()) names.emplace_back(name);
        CHECK((names == std::vector<std::string>{"chat.v2", "chat.v1"}));
        CHECK(request.subprotocols()[1] == "chat.v1");
        bool is_found = false;
        for (oxws::Field field : request.headers()) {
            is_found = is_found || (field.name == "X-Name" && field.value == "value");
        }
        CHECK(is_found);
        oxws::Reply reply;
        CHECK(reply.set_subprotocol("chat.v1"));
        CHECK(reply.add_header("X-Answer", "42"));
        CHECK(connection.accept(reply));
        CHECK(connection.accept() == Error::InvalidState);
    });
    server.on_open([&](Connection connection) {
        at_server.log += "open ";
        CHECK(connection == at_server.connection);
        CHECK(*connection.state() == oxws::State::Open);
        CHECK(*connection.subprotocol() == "chat.v1");
        CHECK(connection.peer_address()->substr(0, 10) == "127.0.0.1:");
        CHECK(connection.local_address()->substr(0, 10) == "127.0.0.1:");
    });
    server.on_message([&](Connection connection, Message message) {
        at_server.log += oxws::to_string(message.type());
        at_server.log += " ";
        CHECK(connection.send(message));
        CHECK(*connection.queued_bytes() > 0);
    });
    server.on_ping([&](Connection, oxws::bytes data) {
        at_server.log += "ping ";
        CHECK(data.text() == "tick");
    });
    server.on_close([&](Connection c, CloseInfoView info) { note_close(at_server, c, info); });

    CHECK(client.add_subprotocol("chat.v2"));
    CHECK(client.add_subprotocol("chat.v1"));
    CHECK(client.add_header("X-Name", "value"));
    client.on_response([&](Connection, oxws::Response response) {
        at_client.log += "response ";
        CHECK(response.status() == 101);
        CHECK(!response.phrase().empty());
        CHECK(response.header("x-answer") == "42");
        CHECK(response.subprotocol() == "chat.v1");
        CHECK(response.body().empty());
        CHECK(response.headers().size() >= 4);
    });
    client.on_open([&](Connection connection) {
        at_client.log += "open ";
        const std::vector<std::uint8_t> data = {0, 255};
        CHECK(connection.send("hello"));
        CHECK(connection.send(data));
        CHECK(connection.send("\xFF") == Error::InvalidUtf8);
        CHECK(connection.ping(oxws::as_bytes("tick")));
    });
    client.on_message([&](Connection, Message message) {
        at_client.log += oxws::to_string(message.type());
        at_client.log += " ";
        CHECK(message.is_text() ? message.text() == "hello" : message.data()[1] == 255);
        CHECK(message.is_text() != message.is_binary());
    });
    client.on_pong([&](Connection connection, oxws::bytes data,
                       std::optional<std::chrono::microseconds> round_trip) {
        at_client.log += "pong ";
        CHECK(data.text() == "tick");
        CHECK(round_trip.has_value());
        CHECK(connection.close(CloseCode{4001}, "done"));
        CHECK(connection.close() == Error::Closed);
    });
    client.on_close([&](Connection c, CloseInfoView info) { note_close(at_client, c, info); });

    std::string url = listen(loop, server) + "path?a=b";
    auto connecting = loop.connect(url, client);
    CHECK(connecting);
    at_client.connection = *connecting;
    RUN_UNTIL(loop, at_server.is_closed && at_client.is_closed);
    CHECK(at_server.log == "request open TEXT BINARY ping close ");
    CHECK(at_client.log == "response open TEXT BINARY pong close ");
    CHECK(at_server.code == CloseCode{4001});
    CHECK(at_server.reason == "done");
    CHECK(connecting->state().status() == Error::NotFound);
    CHECK(connecting->send("late") == Error::NotFound);
    CHECK(connecting->loop() == loop);
}

void ordinary_requests() {
    oxws::Loop loop;
    Config server, client;
    std::uint16_t status = 0;
    std::string body;
    bool is_closed = false;
    server.on_request([](Connection connection, oxws::Request request) {
        oxws::Reply reply(401);
        CHECK(reply);
        CHECK(reply.set_phrase("Who Are You"));
        CHECK(reply.set_body("no entry"));
        CHECK(request.path() == "/" ? connection.respond(reply) : connection.deny(404, "nothing"));
    });
    client.on_response([&](Connection, oxws::Response response) {
        status = response.status();
        body = response.phrase();
        body += ": ";
        body += response.body().text();
    });
    client.on_close([&](Connection, CloseInfoView info) {
        CHECK(!info.status());
        CHECK(info.http_status() == status);
        CHECK(info.code() == CloseCode::Abnormal);
        CHECK(info.local_code() == std::nullopt && info.remote_code() == std::nullopt);
        CHECK(info.initiator() == oxws::Initiator::None);
        is_closed = true;
    });
    const std::string url = listen(loop, server);
    CHECK(loop.connect(url, client));
    RUN_UNTIL(loop, is_closed);
    CHECK(status == 401);
    CHECK(body == "Who Are You: no entry");
    is_closed = false;
    CHECK(loop.connect(url + "other", client));
    RUN_UNTIL(loop, is_closed);
    CHECK(status == 404);
    CHECK(body == "Not Found: nothing");
    CHECK(!oxws::Reply(100));
}

// What is queued beyond the limit is refused, and on_writable tells when there is room.
void backpressure() {
    oxws::Loop loop;
    Config server, client;
    std::size_t received = 0, sent = 0;
    bool is_refused = false, is_writable = false;
    const std::string large(100'000, 'x');
    CHECK(client.max_queued_bytes(1'000'000));
    server.on_message([&](Connection, Message message) { received += message.size(); });
    client.on_open([&](Connection connection) {
        oxws::Status status;
        while ((status = connection.send(large))) sent += large.size();
        CHECK(status == Error::WouldExceed);
        is_refused = true;
    });
    client.on_writable([&](Connection) { is_writable = true; });
    CHECK(loop.connect(listen(loop, server), client));
    RUN_UNTIL(loop, is_writable && received == sent);
    CHECK(is_refused);
}

void limits_and_times() {
    Config config;
    CHECK(config.handshake_timeout(std::chrono::seconds(3)));
    CHECK(config.close_timeout(std::chrono::milliseconds(100)));
    CHECK(config.ping_interval(std::chrono::minutes(1)));
    CHECK(config.pong_timeout(std::chrono::minutes(1)));
    CHECK(config.idle_timeout(std::chrono::hours(1)));
    CHECK(config.write_stall_timeout(std::chrono::seconds(0)));
    CHECK(config.idle_timeout(std::chrono::milliseconds(-1)) == Error::InvalidArgument);
    CHECK(config.idle_timeout(std::chrono::hours(10'000)) == Error::InvalidArgument);
    CHECK(config.max_message_bytes(0) == Error::InvalidArgument);
    CHECK(config.max_message_bytes(1000));
    CHECK(config.max_frame_bytes(1000));
    CHECK(config.max_fragments(10));
    CHECK(config.control_limit(1, 0) == Error::InvalidArgument);
    CHECK(config.max_connections(10));
    CHECK(config.max_connections_per_address(10));
    CHECK(config.backlog(70'000) == Error::InvalidArgument);
    CHECK(config.reuse_port(true));
    CHECK(config.pause_while_queued(true));
    CHECK(config.add_subprotocol("not a token") == Error::InvalidSubprotocol);
    CHECK(config.add_header("Upgrade", "x") == Error::InvalidHeader);
    CHECK(config.origin("https://example.com"));
    CHECK(config.allow_origin("nonsense") == Error::InvalidArgument);
    CHECK(config.allow_any_origin());
    // A NUL inside a text does not cut it short.
    CHECK(!config.add_header("X-Name", std::string("a\0b", 3)));
    CHECK(!config.origin(std::string_view("https://a\0b", 11)));
}

void failures() {
    oxws::Loop loop;
    Config config;
    bool is_closed = false;
    CHECK(loop.listen("nonsense", config).status() == Error::InvalidUrl);
    CHECK(loop.connect("http://127.0.0.1/", config).status() == Error::InvalidUrl);
    CHECK(loop.listen_fd(-1, config).status() == Error::InvalidArgument);
    CHECK(loop.listen_fd(0, config).status() == Error::ListenFailed);
    CHECK(loop.os_error() != 0);
    config.on_close([&](Connection, CloseInfoView info) {
        CHECK(info.status() == Error::ConnectFailed);
        CHECK(info.os_error() != 0);
        is_closed = true;
    });
    CHECK(loop.connect("ws+unix:/nowhere/at/all", config));
    RUN_UNTIL(loop, is_closed);

    const oxws::LoopRef none;
    CHECK(!none && none.get() == nullptr);
    CHECK(none.poll() == Error::NullArgument && none.run() == Error::NullArgument);
    CHECK(none.stop() == Error::NullArgument && none.post([] {}) == Error::NullArgument);
    CHECK(none.listen("ws://*:0", config).status() == Error::NullArgument);
    CHECK(none.start_timer(std::chrono::seconds(1), [] {}).status() == Error::NullArgument);
    const Connection nobody;
    CHECK(!nobody && nobody.send("x") == Error::NullArgument && nobody.data<int>() == nullptr);
    CHECK(oxws::Listener().close() == Error::NullArgument);
    CHECK(oxws::Timer().cancel() == Error::NullArgument);
    CHECK(oxws::Watch().stop() == Error::NullArgument);
}

} // namespace

int main() {
    talk();
    ordinary_requests();
    backpressure();
    limits_and_times();
    failures();
    return check_end();
}
