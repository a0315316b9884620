// The opening handshake of both sides in all its parts, and the record of how a connection ended.
#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.hpp"

using oxws::CloseInfoView;
using oxws::Config;
using oxws::Connecting;
using oxws::Connection;
using oxws::Error;
using oxws::Loop;
using oxws::Request;
using oxws::Version;

namespace {

bool contains(const oxws::Result<std::string> &text, std::string_view part) {
    return text && text->find(part) != std::string::npos;
}

void changed_request() {
    Loop loop;
    Config server, client;
    bool is_closed = false;
    client.on_connecting([](Connection connection, Connecting connecting) {
        CHECK(*connection.state() == oxws::State::Handshake);
        CHECK(connecting.host() == "127.0.0.1" && connecting.port() != 0);
        CHECK(connecting.peer_address().substr(0, 10) == "127.0.0.1:");
        CHECK(connecting.resource() == "/first" && !connecting.origin());
        CHECK(connecting.user_agent() == "agent/1");
        CHECK(connecting.header("authorization") == "Basic dXNlcjpwYXNz");
        CHECK(!contains(connecting.to_json(), "dXNlcjpwYXNz"));
        CHECK(contains(connecting.to_text(), "/first"));
        CHECK(connecting.subprotocols().empty());
        CHECK(connecting.set_host("chat.example:81"));
        CHECK(connecting.set_resource("/second?a=1&b=x+y&a=%C3%A9"));
        CHECK(connecting.set_origin("https://chat.example"));
        CHECK(connecting.set_user_agent("agent/2"));
        CHECK(connecting.add_header("X-Name", "one"));
        CHECK(connecting.add_header("X-Name", "two"));
        CHECK(connecting.set_header("X-Other", "three"));
        CHECK(connecting.remove_header("Authorization"));
        CHECK(connecting.set_subprotocols({"v2", "v1"}));
        CHECK(connecting.subprotocols()[1] == "v1");
        CHECK(connecting.set_subprotocols({"v2", "no token"}) == Error::InvalidSubprotocol);
        CHECK(connecting.set_header("X-Name", "a\r\nb") == Error::InvalidHeader);
        CHECK(connecting.port() == 81 && connecting.headers().size() >= 3);
    });
    server.on_origin([](Request request) { return request.origin() == "https://chat.example"; });
    server.on_request([](Connection connection, Request request) {
        CHECK(request.host() == "chat.example:81");
        CHECK(request.parameter("b") == "x y" && request.parameter("a", 1) == "\xC3\xA9");
        CHECK(request.parameter("c") == std::nullopt);
        std::string parameters;
        for (oxws::Field field : request.parameters()) {
            parameters += std::string(field.name) + "=" + std::string(field.value) + ";";
        }
        CHECK(parameters == "a=1;b=x y;a=\xC3\xA9;");
        CHECK(request.header("user-agent") == "agent/2");
        CHECK(request.header("x-name", 1) == "two" && request.header("x-other") == "three");
        CHECK(request.header("authorization") == std::nullopt);
        CHECK(request.cookie("theme") == "dark" && request.cookie("none") == std::nullopt);
        CHECK(request.peer_address()->substr(0, 10) == "127.0.0.1:");
        CHECK(request.subprotocols().size() == 2);
        CHECK(request.extensions().empty());
        CHECK(contains(request.to_json(), "\"path\":\"/second\""));
        CHECK(!contains(request.to_json(), "dark"));
        CHECK(contains(request.to_text(), "GET /second"));
        CHECK(connection.accept("v1"));
    });
    client.on_response([](Connection, oxws::Response response) {
        CHECK(response.version() == Version::V13 && response.extensions().empty());
        CHECK(response.peer_address()->substr(0, 10) == "127.0.0.1:");
        CHECK(contains(response.to_json(), "101") && contains(response.to_text(), "101"));
    });
    client.on_open([](Connection connection) {
        CHECK(*connection.version() == Version::V13);
        CHECK(*connection.close_state() == oxws::CloseState::Open);
        CHECK(connection.close());
        CHECK(*connection.close_state() == oxws::CloseState::CloseSent);
    });
    client.on_close([&](Connection, CloseInfoView) { is_closed = true; });
    CHECK(client.user_agent("agent/1"));
    CHECK(client.add_cookie("theme", "dark"));
    CHECK(client.add_cookie("theme", "a;b") == Error::InvalidHeader);
    CHECK(client.basic_credentials("user", "pass"));
    CHECK(client.basic_credentials("us:er", "pass") == Error::InvalidArgument);
    CHECK(client.proxy("socks5://proxy"));
    CHECK(client.proxy("ftp://proxy") == Error::InvalidUrl);
    CHECK(client.proxy_exempt("localhost, 10.0.0.0/8"));
    CHECK(client.proxy_add_header("User-Agent", "test"));
    CHECK(client.proxy_from_environment(false));
    CHECK(loop.connect(listen(loop, server) + "first", client));
    RUN_UNTIL(loop, is_closed);
}

void older_version() {
    Loop loop;
    Config server, client;
    std::optional<Version> version;
    CHECK(server.allow_version(Version::V8));
    CHECK(server.allow_version(Version::V6) == Error::Unsupported);
    CHECK(client.version(Version::V8));
    CHECK(client.version(Version::V0) == Error::Unsupported);
    server.on_request([](Connection connection, Request request) {
        CHECK(request.version() == Version::V8);
        CHECK(connection.version().status() == Error::NotOpen);
        CHECK(connection.accept());
    });
    client.on_open([&](Connection connection) { version = *connection.version(); });
    CHECK(loop.connect(listen(loop, server), client));
    RUN_UNTIL(loop, version == Version::V8);
}

// A request with an extension, by hand.
void extensions() {
    int fds[2];
    Loop loop;
    Config server;
    bool is_asked = false;
    server.on_request([&](Connection connection, Request request) {
        std::string all;
        for (auto extension : request.extensions()) {
            all += extension.name();
            for (oxws::ExtensionParameter parameter : extension.parameters()) {
                all += ";" + std::string(parameter.name);
                if (parameter.value) all += "=" + std::string(*parameter.value);
            }
            all += ",";
        }
        CHECK(all == "one;a=1;b,two,");
        CHECK(connection.deny(oxws::HttpStatus::Forbidden, "no"));
        is_asked = true;
    });
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Extensions: one; a=1; b, two\r\n\r\n";
    CHECK(loop.adopt_server(fds[0], server, oxws::as_bytes(request)));
    RUN_UNTIL(loop, is_asked);
    close(fds[0]);
    close(fds[1]);
}

// Who a client is behind a proxy that is believed.
void proxied() {
    const std::string value(300, 'x');
    const std::string header = std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\x01\x41", 16) +
                               "\xc0" + std::string("\0\x02\x01", 3) + "\xc6\x33\x64\x02\xc3\x50" +
                               "\x01\xbb" + std::string("\xe0\x01\x2c", 3) + value +
                               std::string("\x02\0\x03" "a.b", 6);
    Config server;
    Loop loop;
    bool is_open = false;
    CHECK(server.trust_proxy_header("127.0.0.1"));
    CHECK(server.trust_proxy_header("nobody") == Error::InvalidArgument);
    CHECK(server.trust_forwarded("192.0.2.0/24"));
    CHECK(server.forwarded_header("Forwarded"));
    server.on_open([&](Connection connection) {
        CHECK(*connection.peer_address() == "[2001:db8::1]");
        CHECK(connection.socket_peer_address()->substr(0, 10) == "127.0.0.1:");
        CHECK(*connection.destination_address() == "198.51.100.2:443");
        CHECK(*connection.proxy_value(oxws::ProxyValue::Authority) == "a.b");
        CHECK(*connection.proxy_value(static_cast<oxws::ProxyValue>(0xe0)) == value);
        CHECK(connection.proxy_value(oxws::ProxyValue::Alpn).status() == Error::NotFound);
        is_open = true;
    });
    const auto listener = loop.listen("ws://127.0.0.1:0", server);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(*listener->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0);
    const std::string request = header +
                                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Forwarded: for=\"[2001:db8::1]\"\r\n\r\n";
    CHECK(send(fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
    RUN_UNTIL(loop, is_open);
    close(fd);
    CHECK(oxws::inherited_fds()->empty());
    CHECK(oxws::inherited_fds("web")->empty());
}

// The refusal of a server is kept beyond its connection and its loop.
void record() {
    oxws::CloseInfo kept;
    CHECK(!kept && kept.stage() == oxws::Stage::None && !kept.response());
    {
        Loop loop;
        Config server, client;
        server.on_origin([](Request) { return false; });
        client.on_close([&](Connection, CloseInfoView info) { kept = info.clone(); });
        CHECK(loop.connect(listen(loop, server), client));
        RUN_UNTIL(loop, kept);
    }
    oxws::CloseInfo moved = std::move(kept);
    CHECK(!kept && moved);
    CHECK(moved.status() == Error::HandshakeStatus && moved.http_status() == 403);
    CHECK(moved.socks_reply() == 0);
    CHECK(moved.stage() == oxws::Stage::Handshake && moved.timeout() == oxws::Timeout::None);
    CHECK(moved.response()->status() == 403 && !moved.response()->body().empty());
    CHECK(moved.tls_alert() == std::nullopt && moved.frames().empty());
    CHECK(contains(moved.to_text(), "OXWS_ERROR_HANDSHAKE_STATUS"));
    CHECK(contains(moved.to_json(), "\"http_status\":403"));
    kept = std::move(moved);
    CHECK(kept && !moved);
}

// A frame that breaks a rule: its place and its first bytes.
void place_of_a_fault() {
    int fds[2];
    Loop loop;
    Config server;
    oxws::CloseInfo kept;
    server.on_close([&](Connection, CloseInfoView info) { kept = info.clone(); });
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    // A masked ping without a payload, then a frame that is not masked.
    const std::string frames("\x89\x80\x00\x00\x00\x00\x81\x01x", 9);
    CHECK(loop.adopt_open(fds[0], oxws::Role::Server, server, "chat", oxws::as_bytes(frames)));
    close(fds[0]);
    CHECK(shutdown(fds[1], SHUT_WR) == 0);
    RUN_UNTIL(loop, kept);
    CHECK(kept.status() == Error::MaskMissing && kept.stage() == oxws::Stage::Open);
    CHECK(kept.byte_offset() == 6u);
    CHECK(kept.header_name() == nullptr);
    CHECK(kept.frames().size() == 2);
    CHECK(kept.frames()[0].first_byte == 0x89 && kept.frames()[0].second_byte == 0x80);
    CHECK(kept.frames()[1].first_byte == 0x81);
    close(fds[1]);
}

} // namespace

int main() {
    changed_request();
    older_version();
    extensions();
    proxied();
    record();
    place_of_a_fault();
    return check_end();
}
