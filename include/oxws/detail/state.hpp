// What belongs to a loop beyond the loop in C: the handlers that its listeners and connections use, and
// the functions that timers, watches and posts carry. Included by <oxws.hpp>; not for programs.
#ifndef OXWS_DETAIL_STATE_HPP
#define OXWS_DETAIL_STATE_HPP

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <oxws.h>
#include <oxws/status.hpp>

namespace oxws {
namespace detail {

/// Something that a list owns. Joining and leaving a list cannot fail.
struct Node {
    Node() noexcept = default;
    virtual ~Node() = default;
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;

    Node *previous = this;
    Node *next = this;
};

/// A list that owns what is in it.
class Nodes {
public:
    Nodes() noexcept = default;
    ~Nodes() { clear(); }
    Nodes(const Nodes &) = delete;
    Nodes &operator=(const Nodes &) = delete;

    bool empty() const noexcept { return head_.next == &head_; }
    Node *first() const noexcept { return head_.next; }
    const Node *end() const noexcept { return &head_; }
    void add(std::unique_ptr<Node> owned) noexcept {
        Node *node = owned.release();
        node->previous = head_.previous;
        node->next = &head_;
        head_.previous->next = node;
        head_.previous = node;
    }
    /// Takes a node out of the list that it is in.
    static std::unique_ptr<Node> take(Node *node) noexcept {
        node->previous->next = node->next;
        node->next->previous = node->previous;
        node->previous = node->next = node;
        return std::unique_ptr<Node>(node);
    }
    /// What is destroyed may put other things into the list; they go too.
    void clear() noexcept {
        while (!empty()) take(first());
    }

private:
    Node head_;
};

/// The handlers of a config, by what they are for. Never changed once a listener or a connection has
/// them: a config that is changed makes new ones.
struct Handlers {
    std::shared_ptr<void> origin, request, http_request, connecting, response, open, message, chunk,
        ping, pong, writable, disconnect, close;
};

/// Something of a program that lives as long as a connection.
struct Datum {
    const void *type;
    std::unique_ptr<void, void (*)(void *)> object;
};

/// Its address tells one type from another, without RTTI.
template <class T>
struct TypeMark {
    inline static char mark = 0;
};

/// The function of a timer or a watch.
struct Repeated {
    virtual ~Repeated() = default;

    std::uint64_t id = 0;
    bool is_once = false;
    bool is_running = false;
    bool is_over = false;
};

/// Timers, or watches, by their ids.
using RepeatedById = std::unordered_map<std::uint64_t, std::unique_ptr<Repeated>>;

struct LoopState {
    explicit LoopState(oxws_loop *made) noexcept : loop(made) {}

    oxws_loop *const loop;
    /// The loop was given up in one of its own rounds, and goes when that is over.
    std::atomic<bool> is_orphan{false};
    /// What a handler threw in this round, which then also stops the loop.
    std::exception_ptr thrown;
    /// The program stopped the loop.
    std::atomic<bool> is_stop_asked{false};
    /// The next run ends when no connection is left.
    bool is_shutting_down = false;
    /// Listeners, and connections that were made one by one.
    Nodes endpoints;
    /// Listeners that have ended, of which there may be connections.
    Nodes retired;
    RepeatedById timers, watches;
    std::unordered_map<oxws_connection, Datum> data;
    /// What is to be called once, from wherever it was asked for: posts, ends of sending.
    std::mutex calls_lock;
    Nodes calls;
};

/// What the user pointer of a connection points to: the handlers of a listener or of one connection.
struct Endpoint final : Node {
    Endpoint(LoopState *owner, std::shared_ptr<const Handlers> used) noexcept
        : state(owner), handlers(std::move(used)) {}

    LoopState *state;
    std::shared_ptr<const Handlers> handlers;
    /// The listener, if it is that of one.
    oxws_listener listener = 0;
    /// Otherwise how many connections have not ended.
    unsigned connections = 1;
};

/// Runs something of the program's; what it throws is kept until the round is over.
template <class Body>
void guarded(LoopState &state, Body &&body) noexcept {
#if OXWS_HAS_EXCEPTIONS
    try {
        body();
    } catch (...) {
        if (!state.thrown) state.thrown = std::current_exception();
        oxws_loop_stop(state.loop);
    }
#else
    static_cast<void>(state);
    body();
#endif
}

/// Calls a function with the arguments, or without them if it takes none.
template <class Function, class... Arguments>
void call(Function &function, Arguments &&...arguments) {
    if constexpr (std::is_invocable_v<Function &, Arguments...>) {
        function(std::forward<Arguments>(arguments)...);
    } else {
        static_assert(std::is_invocable_v<Function &>, "a function that takes other arguments");
        function();
    }
}

/// A connection is over: what was kept for it alone goes.
inline void ended(Endpoint *endpoint, oxws_connection connection) noexcept {
    LoopState &state = *endpoint->state;
    // Both go at the end, as what they destroy may use the loop.
    std::unique_ptr<Node> last;
    std::unordered_map<oxws_connection, Datum>::node_type datum = state.data.extract(connection);
    if (endpoint->listener == 0 && --endpoint->connections == 0) last = Nodes::take(endpoint);
}

/// A function that is to be called once, on the loop's thread, as a callback of the library.
template <class Function>
struct Once final : Node {
    Once(LoopState *owner, Function taken) : state(owner), function(std::move(taken)) {}

    /// Calls the function, which goes then.
    template <class... Arguments>
    static void run(void *context, Arguments... arguments) noexcept {
        Once *once = static_cast<Once *>(context);
        LoopState &state = *once->state;
        std::unique_ptr<Node> owned;
        {
            const std::lock_guard<std::mutex> lock(state.calls_lock);
            owned = Nodes::take(once);
        }
        guarded(state, [&] { call(once->function, arguments...); });
    }

    LoopState *state;
    Function function;
};

/// Asks for something by `ask(context)` after which the function is called once; not if that fails.
template <class Function, class Ask>
Status ask_once(LoopState *state, std::unique_ptr<Once<Function>> made, Ask ask) {
    Once<Function> *once = made.get();
    // Under the lock, so that it is not called before it is in the list.
    const std::lock_guard<std::mutex> lock(state->calls_lock);
    const oxws_status status = ask(static_cast<void *>(once));
    if (status == OXWS_OK) state->calls.add(std::move(made));
    return Status(status);
}

/// Has listeners that are over retire: all of them, or one.
inline void retire(LoopState &state, oxws_listener listener = 0) noexcept {
    Node *node = state.endpoints.first();
    while (node != state.endpoints.end()) {
        Endpoint *endpoint = static_cast<Endpoint *>(node);
        node = node->next;
        if (endpoint->listener != 0 && (listener == 0 || endpoint->listener == listener)) {
            state.retired.add(Nodes::take(endpoint));
        }
    }
}

/// Frees a loop, or has the round that is under way do it.
inline void give_up(LoopState *state) noexcept {
    oxws_status status = oxws_loop_free(state->loop);
    if (status == OXWS_ERROR_WRONG_THREAD) {
        oxws_loop_attach(state->loop);
        status = oxws_loop_free(state->loop);
    }
    if (status == OXWS_ERROR_BUSY) {
        state->is_orphan = true;
        oxws_loop_stop(state->loop);
        return;
    }
    delete state;
}

enum class Driver { Poll, Run };

/// A handler has thrown, which stopped the loop: leaves it stopped only if the program wants that too.
inline void settle_stop(LoopState &state, Driver driver, bool has_no_connections) noexcept {
    const bool is_over = state.is_shutting_down && has_no_connections;
    if (driver == Driver::Poll && !state.is_stop_asked) {
        // Returns at once, as the loop was stopped, and takes that back.
        oxws_loop_run(state.loop);
    }
    if (state.is_stop_asked || (driver == Driver::Run && is_over)) oxws_loop_stop(state.loop);
}

/// After rounds: lets go of what is not needed any more, and throws what a handler has thrown.
inline Status after_rounds(LoopState *state, oxws_status status, Driver driver) {
    if (status == OXWS_ERROR_BUSY || status == OXWS_ERROR_WRONG_THREAD) return Status(status);
    std::size_t count = 1;
    if (!state->retired.empty() || state->is_shutting_down) {
        oxws_loop_connection_count(state->loop, &count);
    }
    if (count == 0) state->retired.clear();
    const std::exception_ptr thrown = std::exchange(state->thrown, nullptr);
    if (state->is_orphan) {
        give_up(state);
    } else if (thrown) {
        settle_stop(*state, driver, count == 0);
    } else if (driver == Driver::Run) {
        state->is_stop_asked = false;
        state->is_shutting_down = state->is_shutting_down && count != 0;
    }
#if OXWS_HAS_EXCEPTIONS
    if (thrown) std::rethrow_exception(thrown);
#endif
    return Status(status);
}

} // namespace detail
} // namespace oxws

#endif
