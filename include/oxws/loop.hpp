// The event loop. Included by <oxws.hpp>.
#ifndef OXWS_LOOP_HPP
#define OXWS_LOOP_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <oxws.h>
#include <oxws/config.hpp>
#include <oxws/connection.hpp>
#include <oxws/detail/state.hpp>
#include <oxws/listener.hpp>
#include <oxws/prepared.hpp>
#include <oxws/timer.hpp>

namespace oxws {

/// Which of the connections of a loop that are open a message goes to.
struct Audience {
    Listener listener; ///< Those that it has accepted; all if there is none.
    Connection except; ///< But not this one, if there is one.
};

/// A loop that somebody else owns: what handlers get from `Connection::loop`, and other threads keep. It is
/// copied like a pointer, and may be used as long as the `Loop` lives, wherever that is moved to.
class LoopRef {
public:
    /// No loop; everything about it gives `Error::NullArgument`.
    LoopRef() noexcept = default;
    /// For the library itself.
    explicit LoopRef(detail::LoopState *state) noexcept : state_(state) {}

    /// Whether there is a loop.
    explicit operator bool() const noexcept { return state_ != nullptr; }
    /// The loop in C, which is not to be freed.
    oxws_loop *get() const noexcept { return state_ == nullptr ? nullptr : state_->loop; }

    /// Runs one round: waits until something is to be done, at most for this time or without limit, and
    /// does it, handlers included. Throws what a handler has thrown.
    ///
    /// Errors: `Busy` inside one of the loop's handlers; `SystemCallFailed`, see `os_error`.
    ///
    /// Thread: the loop's.
    Status poll(std::optional<std::chrono::milliseconds> timeout = std::nullopt) const {
        if (state_ == nullptr) return Error::NullArgument;
        constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
        std::int32_t ms = -1;
        if (timeout) ms = static_cast<std::int32_t>(std::clamp<std::int64_t>(timeout->count(), 0, most));
        detail::LoopState *state = state_;
        return detail::after_rounds(state, oxws_loop_poll(state->loop, ms), detail::Driver::Poll);
    }
    /// Runs rounds until `stop` is called, or `shutdown` and no connection is left. Throws what a handler
    /// has thrown, after that round. Errors: as for `poll`. Thread: the loop's.
    Status run() const {
        if (state_ == nullptr) return Error::NullArgument;
        detail::LoopState *state = state_;
        return detail::after_rounds(state, oxws_loop_run(state->loop), detail::Driver::Run);
    }
    /// Makes `run` return after the round that is under way. Thread: any, signal-safe.
    Status stop() const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        state_->is_stop_asked = true;
        return Status(oxws_loop_stop(state_->loop));
    }
    /// Makes `poll` return soon, or the next call of it. Thread: any, signal-safe.
    Status wake() const noexcept { return Status(oxws_loop_wake(get())); }
    /// Begins to end all that the loop does: listeners are closed, open connections get the closing
    /// handshake, others are given up. When no connection is left, `run` returns. Thread: the loop's.
    Status shutdown(CloseCode code = CloseCode::GoingAway, const Text &reason = nullptr) const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        const oxws_status status =
            oxws_loop_shutdown(state_->loop, static_cast<std::uint16_t>(code), reason.c_str());
        if (status != OXWS_OK) return Status(status);
        detail::retire(*state_);
        state_->is_shutting_down = true;
        return Status();
    }
    /// Moves the loop to the calling thread, while no other is inside a function of it. Thread: any.
    Status attach() const noexcept { return Status(oxws_loop_attach(get())); }

    /// The descriptor that is readable whenever the loop has something to do, for a loop of the program's
    /// own, which then calls `poll` with the time 0. It stays the loop's. Thread: the loop's.
    Result<int> fd() const {
        std::int32_t fd = -1;
        const oxws_status status = oxws_loop_fd(get(), &fd);
        if (status != OXWS_OK) return Status(status);
        return static_cast<int>(fd);
    }
    /// How long the loop may be left alone though its descriptor is not readable; no value: for ever.
    /// Thread: the loop's.
    Result<std::optional<std::chrono::milliseconds>> timeout() const {
        std::int32_t ms = 0;
        const oxws_status status = oxws_loop_timeout_ms(get(), &ms);
        if (status != OXWS_OK) return Status(status);
        std::optional<std::chrono::milliseconds> time;
        if (ms >= 0) time = std::chrono::milliseconds(ms);
        return time;
    }
    /// How many connections there are, of both roles, whose `on_close` has not been called. Thread: the
    /// loop's.
    Result<std::size_t> connection_count() const {
        std::size_t count = 0;
        const oxws_status status = oxws_loop_connection_count(get(), &count);
        if (status != OXWS_OK) return Status(status);
        return count;
    }
    /// Sets for how long a loop that has nothing to do keeps asking the system before it sleeps, a second
    /// at most; 0, as it is otherwise, to sleep at once. Thread: the loop's.
    Status set_busy_poll(std::chrono::microseconds time) const noexcept {
        const auto us = time.count();
        const bool fits = us >= 0 && us <= 1000000;
        return Status(oxws_loop_set_busy_poll_us(get(), fits ? static_cast<std::uint32_t>(us) : UINT32_MAX));
    }
    /// How many bytes the unfinished messages of all connections together may occupy; 256 MiB. Thread: the
    /// loop's.
    Status set_max_buffered_bytes(std::uint64_t bytes) const noexcept {
        return Status(oxws_loop_set_max_buffered_bytes(get(), bytes));
    }
    /// The error number (errno) behind the last function that failed for one; 0 if it has none. Thread:
    /// the loop's; 0 on any other.
    int os_error() const noexcept { return oxws_loop_os_error(get()); }

    /// Listens at a URL as a server: "ws://127.0.0.1:9001", "ws://*:9001" for all addresses,
    /// "ws+unix:/path/of/socket"; the port 0 takes any that is free.
    ///
    /// Errors: `InvalidUrl`; `Unsupported` for "wss:" without TLS; `ListenFailed`, see `os_error`.
    ///
    /// Thread: the loop's.
    Result<Listener> listen(const Text &url, const Config &config) const {
        return listen_with(config, [&](const oxws_config *with, oxws_listener *id) {
            return oxws_listen(get(), url.c_str(), with, id);
        });
    }
    /// Listens on a descriptor that is bound and listens already. It is duplicated: the caller's stays the
    /// caller's. Errors: `InvalidArgument`; `ListenFailed`, see `os_error`. Thread: the loop's.
    Result<Listener> listen_fd(int fd, const Config &config) const {
        return listen_with(config, [&](const oxws_config *with, oxws_listener *id) {
            return oxws_listen_fd(get(), fd, with, id);
        });
    }
    /// Begins to connect to a URL as a client: "ws://host:port/path?query" or
    /// "ws+unix:/path/of/socket:/path?query". It ends in `on_open` or in `on_close`.
    ///
    /// Errors, after which nothing is called back: `InvalidUrl`; `Unsupported` for "wss:" without TLS;
    /// `InvalidState` while `shutdown` is at work; `LoopFreed` while the loop is destroyed.
    ///
    /// Thread: the loop's.
    Result<Connection> connect(const Text &url, const Config &config) const {
        return connect_with(config, [&](const oxws_config *with, oxws_connection *id) {
            return oxws_connect(get(), url.c_str(), with, id);
        });
    }

    /// Serves a connection that the program has accepted: a connected stream socket, which is duplicated.
    /// `received` was read from it already. `on_close` is called in any case.
    ///
    /// Errors, after which nothing is called back: `InvalidArgument`; `SystemCallFailed`, see `os_error`;
    /// `TooLong` for more than 512 KiB; `Unsupported` on a test loop; those of `connect`.
    ///
    /// Thread: the loop's.
    Result<Connection> adopt_server(int fd, const Config &config, bytes received = {}) const {
        return connect_with(config, [&](const oxws_config *with, oxws_connection *id) {
            return oxws_adopt_server(get(), fd, received.data(), received.size(), with, id);
        });
    }
    /// Sends the opening request of a URL over a connection that the program has made. Errors: as for
    /// `adopt_server`, and `InvalidUrl`. Thread: the loop's.
    Result<Connection> adopt_client(int fd, const Text &url, const Config &config) const {
        return connect_with(config, [&](const oxws_config *with, oxws_connection *id) {
            return oxws_adopt_client(get(), fd, url.c_str(), with, id);
        });
    }
    /// Goes on with a connection whose opening handshake another program has done, as this side of it.
    /// `received` was read behind the handshake already. Errors: as for `adopt_server`, and
    /// `InvalidSubprotocol`. Thread: the loop's.
    Result<Connection> adopt_open(int fd, Role role, const Config &config,
                                  const Text &subprotocol = nullptr, bytes received = {}) const {
        return connect_with(config, [&](const oxws_config *with, oxws_connection *id) {
            return oxws_adopt_open(get(), fd, static_cast<std::int32_t>(role), subprotocol.c_str(),
                                   received.data(), received.size(), with, id);
        });
    }

    /// Sends a message that was prepared to all connections that are open, or to some of them. Several messages
    /// of one round leave each connection together. Who has as much waiting as may is passed over, and told of
    /// in `on_writable` when there is room.
    ///
    /// Errors: `NullArgument` if there is no message; `NotFound` if there is no such listener; from another
    /// thread `WouldExceed` if the mailbox is full.
    ///
    /// Thread: any.
    Status broadcast(const Prepared &message, Audience audience = {}) const noexcept {
        return Status(oxws_loop_broadcast(get(), message.get(), audience.listener.id(),
                                          audience.except.id(), nullptr, nullptr, 0, nullptr));
    }
    /// The same, and tells how many it is sent to; `refused` gets those that are passed over. Errors: as
    /// there, and `WrongThread`. Thread: the loop's.
    Result<std::size_t> broadcast(const Prepared &message, std::vector<Connection> &refused,
                                  Audience audience = {}) const {
        std::size_t count = 0, sent = 0;
        oxws_status status = oxws_loop_connection_count(get(), &count);
        if (status != OXWS_OK) return Status(status);
        std::vector<oxws_connection> ids(count);
        status = oxws_loop_broadcast(get(), message.get(), audience.listener.id(),
                                     audience.except.id(), &sent, ids.data(), count, &count);
        if (status != OXWS_OK) return Status(status);
        refused.clear();
        for (std::size_t index = 0; index < count; index++) refused.emplace_back(state_, ids[index]);
        return sent;
    }

    /// Calls `function(Timer)` or `function()` after a time, and then every `repeat`, or only once if that
    /// is 0. It is destroyed after the last call. Thread: the loop's.
    template <class Function>
    Result<Timer> start_timer(std::chrono::milliseconds delay, std::chrono::milliseconds repeat,
                              Function function) const {
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
        if (state_ == nullptr) return Error::NullArgument;
        if (delay.count() < 0 || repeat.count() < 0 || delay.count() > most || repeat.count() > most) {
            return Error::InvalidArgument;
        }
        auto owned = std::make_unique<detail::RepeatedFunction<Function>>(state_, std::move(function));
        owned->is_once = repeat.count() == 0;
        const auto start = [&](void *user, oxws_timer *id) {
            return oxws_timer_start(state_->loop, static_cast<std::uint32_t>(delay.count()),
                                    static_cast<std::uint32_t>(repeat.count()), fired<Function>,
                                    user, id);
        };
        return keep<Timer>(state_->timers, std::move(owned), start, oxws_timer_cancel);
    }
    /// Calls `function(Timer)` or `function()` once after a time. Thread: the loop's.
    template <class Function>
    Result<Timer> start_timer(std::chrono::milliseconds delay, Function function) const {
        return start_timer(delay, std::chrono::milliseconds(0), std::move(function));
    }
    /// Watches a descriptor of the program's own: calls `function(Watch, Interest)` or `function()` in each
    /// round in which it is ready. It stays the program's, and is not to be closed before `Watch::stop`.
    ///
    /// Errors: `InvalidArgument` for a negative descriptor; `SystemCallFailed` for one that cannot be
    /// watched or is watched already, see `os_error`.
    ///
    /// Thread: the loop's.
    template <class Function>
    Result<Watch> watch(int fd, Interest interest, Function function) const {
        if (state_ == nullptr) return Error::NullArgument;
        auto owned = std::make_unique<detail::RepeatedFunction<Function>>(state_, std::move(function));
        const auto start = [&](void *user, oxws_watch *id) {
            return oxws_watch_start(state_->loop, fd, static_cast<std::uint32_t>(interest),
                                    ready<Function>, user, id);
        };
        return keep<Watch>(state_->watches, std::move(owned), start, oxws_watch_stop);
    }
    /// Has `function(LoopRef)` or `function()` called once on the loop's thread, in one of its next rounds.
    /// What is posted by one thread is called in its order. If the loop is destroyed before, it is
    /// destroyed without a call.
    ///
    /// Errors: `WouldExceed` if the mailbox is full.
    ///
    /// Thread: any.
    template <class Function>
    Status post(Function function) const {
        if (state_ == nullptr) return Error::NullArgument;
        using Once = detail::Once<Function>;
        return detail::ask_once(state_, std::make_unique<Once>(state_, std::move(function)),
                                [&](void *context) {
                                    return oxws_loop_post(state_->loop, posted<Once>, context);
                                });
    }

    /// Whether both name the same loop.
    friend bool operator==(LoopRef a, LoopRef b) noexcept { return a.state_ == b.state_; }
    /// Whether they name different loops.
    friend bool operator!=(LoopRef a, LoopRef b) noexcept { return a.state_ != b.state_; }

protected:
    /// Notes that connections with this endpoint, or its listener, have begun.
    void begun(std::unique_ptr<detail::Endpoint> endpoint) const noexcept {
        state_->endpoints.add(std::move(endpoint));
        state_->is_shutting_down = false;
    }
    /// The handlers of a config as they are now, where the callbacks find them.
    std::unique_ptr<detail::Endpoint> endpoint_for(const Config &config) const {
        auto endpoint = std::make_unique<detail::Endpoint>(state_, config.handlers_);
        oxws_config_user(config.get(), endpoint.get());
        return endpoint;
    }

    /// What belongs to the loop.
    detail::LoopState *state_ = nullptr;

private:
    template <class Call>
    Result<Listener> listen_with(const Config &config, Call call) const {
        if (state_ == nullptr) return Error::NullArgument;
        auto endpoint = endpoint_for(config);
        const oxws_status status = call(config.get(), &endpoint->listener);
        if (status != OXWS_OK) return Status(status);
        const Listener listener(state_, endpoint->listener);
        begun(std::move(endpoint));
        return listener;
    }
    template <class Call>
    Result<Connection> connect_with(const Config &config, Call call) const {
        if (state_ == nullptr) return Error::NullArgument;
        auto endpoint = endpoint_for(config);
        oxws_connection id = 0;
        const oxws_status status = call(config.get(), &id);
        if (status != OXWS_OK) return Status(status);
        begun(std::move(endpoint));
        return Connection(state_, id);
    }
    /// Starts a timer or a watch and keeps its function; ends it again if that cannot be kept.
    template <class Name, class Function, class Start>
    Result<Name> keep(detail::RepeatedById &all,
                      std::unique_ptr<detail::RepeatedFunction<Function>> owned, Start start,
                      oxws_status (*end)(oxws_loop *, std::uint64_t)) const {
        const oxws_status status = start(owned.get(), &owned->id);
        if (status != OXWS_OK) return Status(status);
        struct Undo {
            oxws_status (*end)(oxws_loop *, std::uint64_t);
            oxws_loop *loop;
            std::uint64_t id;
            ~Undo() {
                if (id != 0) end(loop, id);
            }
        } undo{end, state_->loop, owned->id};
        const Name name(state_, owned->id);
        all.emplace(undo.id, std::move(owned));
        undo.id = 0;
        return name;
    }
    template <class Once>
    static void posted(oxws_loop *, void *context) {
        detail::LoopState *state = static_cast<Once *>(context)->state;
        Once::run(context, LoopRef(state));
    }
    template <class Function>
    static void fired(oxws_loop *, oxws_timer id, void *user) {
        auto &timer = *static_cast<detail::RepeatedFunction<Function> *>(user);
        detail::repeat(&detail::LoopState::timers, timer, Timer(timer.state, id));
    }
    template <class Function>
    static void ready(oxws_loop *, oxws_watch id, std::int32_t, std::uint32_t bits, void *user) {
        auto &watch = *static_cast<detail::RepeatedFunction<Function> *>(user);
        detail::repeat(&detail::LoopState::watches, watch, Watch(watch.state, id),
                       static_cast<Interest>(bits));
    }
};

inline LoopRef Connection::loop() const noexcept { return LoopRef(state_); }

/// An event loop: listeners, connections, timers and watched descriptors, all served by one thread, which
/// is at first the one that makes it. All functions are those of `LoopRef`, into which it turns by itself.
///
/// When it is destroyed, each connection that is alive gets its `on_close` with `Error::LoopFreed`, the peer
/// of an open one is sent a Close frame with the code 1001, and the handlers are destroyed. What these throw
/// is lost. It may be destroyed inside one of its own handlers: then all this comes at the end of the round,
/// and `run` returns.
class Loop : public LoopRef {
public:
    /// Makes a loop. If the system has no descriptor left it is empty, and errno tells why.
    Loop() : Loop(oxws_loop_new()) {}
    /// See the class. On another thread than the loop's, as at the end of the program, it is moved there
    /// before.
    ~Loop() {
        if (state_ != nullptr) detail::give_up(state_);
    }
    /// The one that is moved from is empty. What refers to the loop refers to it still.
    Loop(Loop &&other) noexcept : LoopRef(std::exchange(other.state_, nullptr)) {}
    /// The one that is moved from is empty. The loop that was there is destroyed.
    Loop &operator=(Loop &&other) noexcept {
        if (this != &other) {
            detail::LoopState *old = std::exchange(state_, std::exchange(other.state_, nullptr));
            if (old != nullptr) detail::give_up(old);
        }
        return *this;
    }

    /// The same loop, for those who do not own it.
    LoopRef ref() const noexcept { return *this; }

protected:
    /// Takes a loop over from C; NULL makes an empty one.
    explicit Loop(oxws_loop *loop)
        : LoopRef(loop == nullptr ? nullptr : new detail::LoopState(loop)) {}
};

} // namespace oxws

#endif
