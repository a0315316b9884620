// chat: a room in which everybody hears everybody, with a page to talk in.
//
//   chat [--listen ws://127.0.0.1:9001]
//
// The query names the guest: ws://127.0.0.1:9001/?name=Ada. A guest who is silent for an hour has to leave.
#include <csignal>
#include <iostream>
#include <set>
#include <string>
#include <string_view>

#include <oxws.hpp>

static constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>oxws chat</title>
<form id="form"><input id="line" placeholder="Say something" autofocus autocomplete="off"></form>
<pre id="log"></pre>
<script>
const name = prompt("Your name") || "guest";
const socket = new WebSocket("ws://" + location.host + "/?name=" + encodeURIComponent(name));
const log = document.getElementById("log"), line = document.getElementById("line");
socket.onmessage = (event) => log.prepend(event.data + "\n");
socket.onclose = (event) => log.prepend("closed: " + event.code + " " + event.reason + "\n");
document.getElementById("form").onsubmit = (event) => {
    event.preventDefault();
    socket.send(line.value);
    line.value = "";
};
</script>
)";

struct Guest {
    std::string name;
};

class Room {
public:
    explicit Room(oxws::Config &config) {
        config.on_http_request([](oxws::Connection connection, oxws::Request request) {
            if (request.path() != "/") return void(connection.deny(404));
            oxws::Reply reply;
            (void)reply.add_header("Content-Type", "text/html; charset=utf-8");
            (void)reply.set_body(page);
            (void)connection.respond(reply);
        });
        config.on_request([](oxws::Connection connection, oxws::Request request) {
            const std::string name = name_of(request);
            if (name.empty()) return void(connection.deny(400, "?name= is missing"));
            connection.emplace_data<Guest>(name);
            (void)connection.accept();
        });
        config.on_open([this](oxws::Connection connection) {
            guests_.insert(connection);
            tell_all(connection.data<Guest>()->name + " has come");
        });
        config.on_message([this](oxws::Connection connection, oxws::Message message) {
            if (!message.is_text()) {
                return void(connection.close(oxws::CloseCode::UnsupportedData, "only text"));
            }
            tell_all(connection.data<Guest>()->name + ": " + std::string(message.text()));
        });
        config.on_close([this](oxws::Connection connection, oxws::CloseInfoView) {
            if (guests_.erase(connection) == 0) return; // it was never open
            tell_all(connection.data<Guest>()->name + " has gone");
        });
    }

private:
    static std::string name_of(oxws::Request request) {
        const std::string_view query = request.query().value_or("");
        constexpr std::string_view key = "name=";
        if (query.substr(0, key.size()) != key) return "";
        return std::string(query.substr(key.size(), 40));
    }

    void tell_all(const std::string &line) {
        const auto message = oxws::Prepared::make(line); // framed once, for all
        if (!message) return;
        for (oxws::Connection guest : guests_) {
            // Who does not keep up is better let go than waited for.
            if (guest.send(*message) == oxws::Error::WouldExceed) (void)guest.abort();
        }
    }

    std::set<oxws::Connection> guests_;
};

static oxws::LoopRef running;

int main(int argc, char **argv) {
    const bool has_url = argc == 3 && std::string_view(argv[1]) == "--listen";
    if (argc != 1 && !has_url) {
        std::cerr << "usage: chat [--listen URL]\n";
        return 2;
    }
    oxws::Config config;
    Room room(config);
    oxws::Loop loop; // goes before the room, whose handlers it calls
    (void)config.idle_timeout(std::chrono::hours(1));
    (void)config.max_message_bytes(4096);

    auto listener = loop.listen(has_url ? argv[2] : "ws://127.0.0.1:9001", config);
    if (!listener) {
        std::cerr << "chat: " << listener.status().message() << '\n';
        return 1;
    }
    std::cout << "listening on port " << listener->port().value_or(0) << std::endl;
    running = loop;
    std::signal(SIGINT, [](int) { (void)running.stop(); });
    std::signal(SIGTERM, [](int) { (void)running.stop(); });
    return loop.run() ? 0 : 1;
}
