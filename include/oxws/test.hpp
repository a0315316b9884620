// A loop with a simulated network and clock, for the tests of programs. Included by <oxws.hpp>.
#ifndef OXWS_TEST_HPP
#define OXWS_TEST_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <oxws.h>
#include <oxws/codec.hpp>
#include <oxws/config.hpp>
#include <oxws/loop.hpp>

namespace oxws {
/// What is for the tests of programs alone.
namespace test {

/// Two connections that are joined.
struct Pair {
    Connection server; ///< The end that has the server's config.
    Connection client; ///< The end that has the client's.
};

/// A loop that a program uses like any other, with the same configs, handlers and timers, but whose network
/// and clock are simulated: `listen` and `connect` take any host, and meet within this loop; hours pass in
/// milliseconds. oxws.h tells more at `oxws_test_loop_new`.
///
/// Thread: the loop's, for all of it.
class Loop : public oxws::Loop {
public:
    /// Makes a loop, at the time 0. If the system has no descriptor left it is empty.
    Loop() : oxws::Loop(oxws_test_loop_new()) {}

    /// The time since the loop was made.
    std::chrono::microseconds now() const noexcept {
        std::uint64_t us = 0;
        oxws_test_now_us(get(), &us);
        return std::chrono::microseconds(static_cast<std::int64_t>(us));
    }
    /// Runs rounds until so much simulated time has passed, deadline after deadline in their order. Throws
    /// what a handler has thrown. Errors: `InvalidState` if time does not pass for 100,000 rounds; those of
    /// `poll`.
    Status advance(std::chrono::milliseconds time) const {
        if (state_ == nullptr) return Error::NullArgument;
        if (time.count() < 0 || time.count() > std::numeric_limits<std::uint32_t>::max()) {
            return Error::InvalidArgument;
        }
        detail::LoopState *state = state_;
        const auto ms = static_cast<std::uint32_t>(time.count());
        return detail::after_rounds(state, oxws_test_advance_ms(state->loop, ms),
                                    detail::Driver::Poll);
    }
    /// Masks every frame that clients send with this key, and takes what else is random from it; without
    /// one all of it is random again.
    Status set_masking_key(const std::optional<MaskingKey> &key) const noexcept {
        return Status(oxws_test_set_masking_key(get(), key ? key->data() : nullptr));
    }
    /// Lets the next attempts to connect fail with an error number; with 0 nobody answers them.
    Status refuse_connects(std::uint32_t count, int os_error) const noexcept {
        return Status(oxws_test_refuse_connects(get(), count, os_error));
    }
    /// How connecting to an IP address goes: it takes so long, and fails then unless the error number is 0.
    Status set_route(const Text &address, std::chrono::milliseconds delay, int os_error = 0) const {
        if (delay.count() < 0 || delay.count() > std::numeric_limits<std::uint32_t>::max()) {
            return Error::InvalidArgument;
        }
        return Status(oxws_test_set_route(get(), address.c_str(),
                                          static_cast<std::uint32_t>(delay.count()), os_error));
    }
    /// Connects a server to a client without a listener; the handshake goes on while the loop runs. Errors:
    /// as for `connect`.
    Result<Pair> pair(const Config &server, const Config &client) const {
        if (state_ == nullptr) return Error::NullArgument;
        oxws_connection server_id = 0, client_id = 0;
        auto of_server = endpoint_for(server);
        // One config for both ends has one place for its handlers.
        auto of_client = &server == &client ? nullptr : endpoint_for(client);
        if (!of_client) of_server->connections = 2;
        const oxws_status status =
            oxws_test_pair(get(), server.get(), client.get(), &server_id, &client_id);
        if (status != OXWS_OK) return Status(status);
        begun(std::move(of_server));
        if (of_client) begun(std::move(of_client));
        return Pair{Connection(state_, server_id), Connection(state_, client_id)};
    }

    /// How travels what a connection sends from now on: in pieces of at most so many bytes (0: as it was
    /// sent), each of which takes so long. Without a connection: all that are made from now on.
    Status set_link(Connection connection, std::uint32_t piece_bytes,
                    std::chrono::milliseconds delay) const noexcept {
        if (delay.count() < 0 || delay.count() > std::numeric_limits<std::uint32_t>::max()) {
            return Error::InvalidArgument;
        }
        return Status(oxws_test_set_link(get(), connection.id(), piece_bytes,
                                         static_cast<std::uint32_t>(delay.count())));
    }
    /// How many bytes that a connection has sent may be under way or wait for the peer to read them.
    Status set_capacity(Connection connection, std::size_t bytes) const noexcept {
        return Status(oxws_test_set_capacity(get(), connection.id(), bytes));
    }
    /// Breaks a connection: both ends find this error number, or with 0 that the other has stopped sending.
    Status break_connection(Connection connection, int os_error) const noexcept {
        return Status(oxws_test_break(get(), connection.id(), os_error));
    }
    /// Lets nothing arrive of what a connection sends, or thaws it again.
    Status freeze(Connection connection, bool frozen = true) const noexcept {
        return Status(oxws_test_freeze(get(), connection.id(), frozen));
    }
    /// Lets a connection receive bytes as if its peer had sent them.
    Status inject(Connection connection, bytes data) const noexcept {
        return Status(oxws_test_inject(get(), connection.id(), data.data(), data.size()));
    }
};

} // namespace test
} // namespace oxws

#endif
