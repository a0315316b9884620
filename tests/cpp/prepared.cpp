// Messages that are made once: copied as names, sent to one and to all, with word of their leaving.
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"

using oxws::Audience;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using oxws::Loop;
using oxws::Message;
using oxws::MessageType;
using oxws::Prepared;
using oxws::SendFlag;
using oxws::Status;

namespace {

void values() {
    auto text = Prepared::make("caf\xC3\xA9");
    CHECK(text && text->message().is_text() && text->message().text() == "caf\xC3\xA9");
    Prepared copy = *text, moved = std::move(*text);
    CHECK(!*text && copy && moved && copy.message().data().data() == moved.message().data().data());
    *text = copy;
    copy = std::move(moved);
    CHECK(*text && copy && !moved);
    CHECK(moved.message().size() == 0 && moved.message().is_binary());
    const std::vector<std::uint8_t> data = {1, 2, 255};
    auto binary = Prepared::make(data, SendFlag::SkipCompression);
    CHECK(binary && binary->message().is_binary() && binary->message().size() == 3);
    auto same = Prepared::make(binary->message());
    CHECK(same && same->message().data()[2] == 255 && same->get() != binary->get());
    CHECK(Prepared::make("\xC3").status() == Error::InvalidUtf8);
    CHECK(Prepared::make("x", static_cast<SendFlag>(64)).status() == Error::InvalidArgument);
    CHECK(!Prepared() && Prepared().get() == nullptr);
}

struct Room {
    Loop loop;
    std::vector<Connection> guests;
    std::vector<std::string> heard;
    int told = 0;
    oxws::Listener listener;

    explicit Room(std::size_t count) {
        Config server, client;
        server.on_open([this](Connection connection) { guests.push_back(connection); });
        client.on_message([this](Connection, Message message) { heard.emplace_back(message.text()); });
        auto listening = loop.listen("ws://127.0.0.1:0", server);
        CHECK(listening);
        listener = *listening;
        const std::string url = "ws://127.0.0.1:" + std::to_string(listener.port().value_or(0)) + "/";
        for (std::size_t index = 0; index < count; index++) CHECK(loop.connect(url, client));
        RUN_UNTIL(loop, guests.size() == count);
    }
};

void to_one_and_to_all() {
    Room room(3);
    const Prepared news = Prepared::make("news").value_or(Prepared());
    std::vector<Connection> refused;
    CHECK(room.guests[0].send(news));
    CHECK(room.guests[1].send_with(news, [&](Status status) { room.told += status.ok() ? 1 : 100; }));
    CHECK(room.guests[1].send(Prepared()) == Error::NullArgument);
    CHECK(room.guests[1].send_with(Prepared(), [&] { room.told += 100; }) == Error::NullArgument);
    CHECK(Connection().send(news) == Error::NullArgument);
    CHECK(room.loop.broadcast(news, Audience{room.listener, room.guests[2]}));
    CHECK(room.loop.broadcast(news, refused, Audience{room.listener, {}}).value_or(0) == 3);
    CHECK(refused.empty());
    CHECK(room.loop.broadcast(news, Audience{{}, room.guests[0]}));
    RUN_UNTIL(room.loop, room.heard.size() == 9 && room.told == 1);
    for (const std::string &line : room.heard) CHECK(line == "news");
    CHECK(room.loop.broadcast(Prepared()) == Error::NullArgument);
    CHECK(room.loop.broadcast(Prepared(), refused).status() == Error::NullArgument);
    CHECK(oxws::LoopRef().broadcast(news) == Error::NullArgument);
    CHECK(oxws::LoopRef().broadcast(news, refused).status() == Error::NullArgument);
}

void who_is_refused() {
    Room room(2);
    CHECK(room.guests[1].send_begin(MessageType::Text));
    const Prepared news = Prepared::make("news").value_or(Prepared());
    std::vector<Connection> refused = {room.guests[0]};
    CHECK(room.loop.broadcast(news, refused, Audience{room.listener, {}}).value_or(0) == 1);
    CHECK(refused.size() == 1 && refused[0] == room.guests[1]);
}

void from_another_thread() {
    Room room(2);
    std::thread other([&] {
        const Prepared news = Prepared::make("news").value_or(Prepared());
        std::vector<Connection> refused;
        CHECK(room.loop.broadcast(news, refused).status() == Error::WrongThread);
        CHECK(room.loop.broadcast(news, Audience{room.listener, {}}));
        CHECK(room.guests[0].send(news));
    });
    RUN_UNTIL(room.loop, room.heard.size() == 3);
    other.join();
}

void without_io() {
    const Prepared news = Prepared::make("news").value_or(Prepared());
    oxws::Protocol protocol = oxws::Protocol::server(Config(), oxws::Protocol::Time(0));
    CHECK(protocol.send(news, oxws::Protocol::Time(0)) == Error::NotOpen);
    CHECK(protocol.send(Prepared(), oxws::Protocol::Time(0)) == Error::NullArgument);
}

} // namespace

int main() {
    values();
    to_one_and_to_all();
    who_is_refused();
    from_another_thread();
    without_io();
    return check_end();
}
