// Without the loop's own sockets: endpoints in memory, sockets taken over and given back, frames by hand.
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "check.hpp"

using oxws::bytes;
using oxws::CloseCode;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using oxws::Event;
using oxws::EventType;
using oxws::Loop;
using oxws::Protocol;
using oxws::Role;

namespace {

constexpr Protocol::Time now{1000};
constexpr oxws::MaskingKey key = {0x37, 0xFA, 0x21, 0x3D};

// Carries what one endpoint has written to the other, and has its events dealt with.
template <class OnEvent>
void carry(Protocol &from, Protocol &to, OnEvent on_event) {
    const bytes output = from.output();
    std::vector<std::uint8_t> data(output.begin(), output.end());
    CHECK(from.output_written(data.size(), now));
    if (!data.empty()) CHECK(to.receive(data.data(), data.size(), now));
    while (Event event = to.next()) on_event(event);
}

void endpoints_in_memory() {
    Config config;
    CHECK(config.add_subprotocol("chat"));
    Protocol server = Protocol::server(config, now);
    auto dialled = Protocol::client(config, "ws://chat.example/path", now);
    CHECK(server && dialled);
    Protocol client = std::move(*dialled);
    std::string log;
    const auto at_server = [&](Event event) {
        switch (event.type()) {
        case EventType::Request:
            log += "request ";
            CHECK(event.request().path() == "/path");
            CHECK(event.request().peer_address() == std::nullopt);
            CHECK(!server.wants_input());
            CHECK(server.accept());
            break;
        case EventType::Open: log += "open "; break;
        case EventType::Message:
            log += event.message().text();
            log += ' ';
            CHECK(server.send(event.message(), now));
            break;
        case EventType::Ping: log += "ping "; break;
        case EventType::Pong: CHECK(!event.round_trip()); break;
        case EventType::Closed:
            log += "closed ";
            CHECK(event.close_info().code() == CloseCode::Normal);
            CHECK(event.close_info().reason() == "done");
            break;
        default: CHECK(false);
        }
    };
    const auto at_client = [&](Event event) {
        switch (event.type()) {
        case EventType::Response:
            log += "response ";
            CHECK(event.response().status() == 101);
            break;
        case EventType::Open:
            log += "open ";
            CHECK(client.state() == oxws::State::Open && client.subprotocol() == "chat");
            CHECK(client.set_test_masking_key(key));
            CHECK(client.send("hello", now));
            CHECK(client.ping(oxws::as_bytes("p"), now));
            CHECK(client.pong({}, now));
            CHECK(client.pause_reading() && !client.wants_input());
            CHECK(client.resume_reading(now) && client.wants_input());
            break;
        case EventType::Message:
            log += "echo ";
            CHECK(client.close(CloseCode::Normal, "done", now));
            CHECK(client.close_state() == oxws::CloseState::CloseSent);
            break;
        case EventType::Pong:
            log += "pong ";
            CHECK(event.round_trip() == Protocol::Time(0));
            break;
        case EventType::Closed: log += "closed "; break;
        default: CHECK(false);
        }
    };
    for (int round = 0; round < 4; round++) {
        carry(client, server, at_server);
        carry(server, client, at_client);
    }
    CHECK(log.find("request open response open hello ping ") == 0);
    CHECK(log.find("echo pong ") != std::string::npos);
    CHECK(server.end_of_input(now) && client.wants_close() && server.wants_close());
    CHECK(client.unused().empty());
    CHECK(client.send("late", now) == Error::Closed);
    CHECK(!Protocol() && Protocol().send("x", now) == Error::NullArgument);
    CHECK(Protocol::client(config, "nonsense", now).status() == Error::InvalidUrl);
}

void changed_and_paused() {
    Config config;
    config.on_connecting([](Connection, oxws::Connecting) { CHECK(false); });
    Protocol client = *Protocol::client(config, "ws://chat.example/", now);
    CHECK(client.output().empty());
    const Event event = client.next();
    CHECK(event.type() == EventType::Connecting);
    CHECK(event.connecting().set_resource("/changed"));
    CHECK(!client.next());
    CHECK(client.output().text().substr(0, 13) == "GET /changed ");

    Protocol server = Protocol::server(config, now);
    std::string request(client.output().text());
    CHECK(server.receive(&request[0], request.size(), now));
    CHECK(server.pause_reading());
    CHECK(!server.wants_input());
    CHECK(server.receive(&request[0], request.size(), now) == Error::InvalidState);
    CHECK(!server.next());
    CHECK(server.resume_reading(now));
    CHECK(server.next().request().path() == "/changed");
}

void deadlines_and_ends() {
    Config config;
    CHECK(config.handshake_timeout(std::chrono::seconds(1)));
    Protocol server = Protocol::server(config, now);
    CHECK(server.deadline() && *server.deadline() > now);
    CHECK(server.advance(now));
    CHECK(!server.next());
    CHECK(server.advance(now + std::chrono::seconds(2)));
    bool is_closed = false;
    while (Event event = server.next()) is_closed = event.type() == EventType::Closed;
    CHECK(server.output_written(server.output().size(), now));
    while (Event event = server.next()) is_closed = event.type() == EventType::Closed;
    CHECK(is_closed && server.wants_close());

    Protocol refusing = Protocol::server(config, now), other = Protocol::server(config, now);
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string again = request;
    CHECK(refusing.receive(&request[0], request.size(), now));
    CHECK(refusing.next().type() == EventType::HttpRequest);
    CHECK(refusing.accept(oxws::Reply()) == Error::InvalidState);
    CHECK(refusing.deny(404, "none"));
    CHECK(refusing.output().text().substr(0, 12) == "HTTP/1.1 404");
    CHECK(other.receive(&again[0], again.size(), now));
    CHECK(other.next().type() == EventType::HttpRequest);
    CHECK(other.respond(oxws::Reply(200)));
    CHECK(other.lost(104, now));
    Protocol client = *Protocol::client(config, "ws://a/", now);
    CHECK(client.abort());
    const Event end = client.next();
    CHECK(end.type() == EventType::Closed && end.close_info().status() == Error::Cancelled);
}

// A connection is made by hand, taken over, and given back.
void taken_over_and_given_back() {
    int fds[2], destroyed = 0, given_back = -1;
    std::string unread, heard;
    bool is_closed = false, is_open = false;
    Loop loop;
    Config server, client;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    server.on_message([&](Connection connection, oxws::Message message) {
        heard = message.text();
        CHECK(connection.detach([&, kept = Counted(destroyed)](int fd, bytes rest) {
            CHECK(kept.is_alive());
            given_back = fd;
            unread = rest.text();
        }));
        CHECK(connection.detach([kept = Counted(destroyed)](int, bytes) { CHECK(false); }) ==
              Error::InvalidState);
    });
    server.on_close([&](Connection, oxws::CloseInfoView info) {
        CHECK(info.status() == Error::Detached);
        is_closed = true;
    });
    client.on_open([&](Connection connection) {
        is_open = true;
        CHECK(connection.send("over to you"));
    });
    CHECK(loop.adopt_server(fds[0], server));
    CHECK(loop.adopt_client(fds[1], "ws://chat.example/", client));
    CHECK(loop.adopt_client(-1, "ws://chat.example/", client).status() == Error::InvalidArgument);
    close(fds[0]);
    close(fds[1]);
    RUN_UNTIL(loop, is_closed);
    CHECK(is_open && heard == "over to you" && unread.empty());
    CHECK(given_back >= 0 && destroyed == 2);
    close(given_back);
}

void frames() {
    // RFC 6455 section 5.7.
    std::array<std::uint8_t, 11> masked = {0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D,
                                           0x7F, 0x9F, 0x4D, 0x51, 0x58};
    const auto made = oxws::make_frame(oxws::frame_text, oxws::as_bytes("Hello"), key);
    CHECK(made && std::vector<std::uint8_t>(masked.begin(), masked.end()) == *made);

    const auto header = oxws::decode_frame_header(masked, Role::Server);
    CHECK(header && header->payload_size == 5 && header->size == 6 && *header->key == key);
    CHECK(oxws::opcode_of(header->first_byte) == oxws::Opcode::Text);
    CHECK(oxws::has(header->first_byte, oxws::FrameFlag::Fin));
    CHECK(!oxws::has(header->first_byte, oxws::FrameFlag::Rsv1));
    CHECK(oxws::decode_frame_header(masked, Role::Client).status() == Error::MaskUnexpected);
    CHECK(oxws::decode_frame_header(bytes(masked.data(), 3), Role::Server).status() ==
          Error::FrameIncomplete);

    CHECK(oxws::read_frame(masked.data(), 10, Role::Server, 100).status() == Error::FrameIncomplete);
    CHECK(oxws::read_frame(masked.data(), 11, Role::Server, 4).status() == Error::FrameTooBig);
    const auto frame = oxws::read_frame(masked.data(), masked.size(), Role::Server, 100);
    CHECK(frame && frame->payload.text() == "Hello" && frame->size == 11);

    const auto encoded = oxws::encode_frame_header(oxws::frame_binary, 256, std::nullopt);
    const std::uint8_t wanted[] = {0x82, 0x7E, 0x01, 0x00};
    CHECK(encoded && encoded->size() == 4 && std::memcmp(encoded->data().data(), wanted, 4) == 0);
    CHECK(oxws::encode_frame_header(0x83, 0, std::nullopt).status() == Error::ReservedOpcode);
    std::uint8_t small[4];
    CHECK(oxws::write_frame(0x81, oxws::as_bytes("Hello"), std::nullopt, small, 4).status() ==
          Error::BufferTooSmall);

    std::string text = "Hello";
    CHECK(oxws::mask(&text[0], 2, key) && oxws::mask(&text[2], 3, key, 2));
    CHECK(text == "\x7F\x9F\x4D\x51\x58");
    CHECK(*oxws::accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(oxws::accept_key("x").status() == Error::HandshakeKey);
    CHECK(oxws::new_key()->size() == 24);
    CHECK(oxws::new_masking_key());
    CHECK(oxws::is_utf8("\xC3\xA9") && !oxws::is_utf8(std::string_view("\xC3")));
}

} // namespace

int main() {
    endpoints_in_memory();
    changed_and_paused();
    deadlines_and_ends();
    taken_over_and_given_back();
    frames();
    return check_end();
}
