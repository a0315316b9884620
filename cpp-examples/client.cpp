// client: sends each line of its input as a text message, and prints what comes.
//
//   client [--wait SECONDS] URL
//
// At the end of the input the connection is closed, after --wait seconds if the server needs time for its
// answers. Exit status: 0 if the connection closed with the code 1000 or none, 2 for wrong arguments,
// otherwise 1.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include <unistd.h>

#include <oxws.hpp>

// Lines from the standard input to a connection, no faster than that takes them.
class Lines {
public:
    explicit Lines(std::chrono::seconds wait) : wait_(wait) {}

    void start(oxws::Connection connection) {
        connection_ = connection;
        read_on();
    }

    // There is room for more.
    void go_on() {
        if (is_waiting_ && send()) read_on();
    }

private:
    void read_on() {
        const auto on_input = [this](oxws::Watch watch, oxws::Interest) {
            if (!read()) (void)watch.stop();
        };
        // Files cannot be watched, as they are always ready: a piece of them is read in each round.
        if (!connection_.loop().watch(STDIN_FILENO, oxws::Interest::Read, on_input)) read_in_rounds();
    }

    void read_in_rounds() {
        (void)connection_.loop().post([this] {
            if (read()) read_in_rounds();
        });
    }

    // Reads once, and sends what has become whole lines. Returns whether to go on reading.
    bool read() {
        char piece[65536];
        const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        is_at_end_ = count <= 0;
        if (count > 0) pending_.append(piece, static_cast<std::size_t>(count));
        return send() && !is_at_end_;
    }

    // Returns whether everything that could be sent was.
    bool send() {
        std::size_t sent = 0;
        is_waiting_ = false;
        while (sent < pending_.size()) {
            const std::size_t newline = pending_.find('\n', sent);
            if (newline == std::string::npos && !is_at_end_) break;
            const std::string_view line(pending_.data() + sent,
                                        std::min(newline, pending_.size()) - sent);
            const oxws::Status status = connection_.send(line);
            if (status == oxws::Error::WouldExceed) {
                is_waiting_ = true; // on_writable goes on
                break;
            }
            if (!status) std::cerr << "client: a line was not sent: " << status.message() << '\n';
            sent = std::min(newline, pending_.size() - 1) + 1;
        }
        pending_.erase(0, sent);
        if (is_at_end_ && !is_waiting_) {
            (void)connection_.loop().start_timer(wait_, [this] { (void)connection_.close(); });
        }
        return !is_waiting_;
    }

    std::chrono::seconds wait_;
    oxws::Connection connection_;
    std::string pending_;
    bool is_at_end_ = false;
    bool is_waiting_ = false;
};

static bool explain(const oxws::CloseInfoView &info) {
    const bool is_clean = info.status().ok() && (info.code() == oxws::CloseCode::Normal ||
                                                 info.code() == oxws::CloseCode::NoStatus);
    if (is_clean) return true;
    std::cerr << "client: " << info.status().message();
    if (info.os_error() != 0) std::cerr << ": " << std::strerror(info.os_error());
    if (info.http_status() != 0) std::cerr << ": " << info.http_status();
    if (const auto code = info.remote_code()) {
        std::cerr << ": closed with " << static_cast<int>(*code) << ' ' << to_string(*code) << ' '
                  << info.reason();
    }
    std::cerr << '\n';
    return false;
}

int main(int argc, char **argv) {
    const bool waits = argc == 4 && std::string_view(argv[1]) == "--wait";
    if (argc != 2 && !waits) {
        std::cerr << "usage: client [--wait SECONDS] URL\n";
        return 2;
    }
    Lines lines(std::chrono::seconds(waits ? std::atoi(argv[2]) : 0));
    bool is_clean = false;
    oxws::Loop loop;
    oxws::Config config;
    config.on_open([&](oxws::Connection connection) { lines.start(connection); });
    config.on_writable([&](oxws::Connection) { lines.go_on(); });
    config.on_message([](oxws::Connection, oxws::Message message) {
        if (message.is_text()) {
            std::cout << message.text() << std::endl;
        } else {
            std::cout << '<' << message.size() << " bytes of binary>" << std::endl;
        }
    });
    config.on_close([&](oxws::Connection connection, oxws::CloseInfoView info) {
        is_clean = explain(info);
        (void)connection.loop().stop();
    });

    auto connection = loop.connect(argv[argc - 1], config);
    if (!connection) {
        std::cerr << "client: " << connection.status().message() << '\n';
        return 1;
    }
    return loop.run() && is_clean ? 0 : 1;
}
