// What calls a function of the program's: timers and watched descriptors. Included by <oxws.hpp>.
#ifndef OXWS_TIMER_HPP
#define OXWS_TIMER_HPP

#include <cstdint>
#include <utility>

#include <oxws.h>
#include <oxws/detail/state.hpp>
#include <oxws/status.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

namespace detail {

/// A function that a timer or a watch calls, as long as that lives.
template <class Function>
struct RepeatedFunction final : Repeated {
    RepeatedFunction(LoopState *owner, Function taken) : state(owner), function(std::move(taken)) {}

    LoopState *state;
    Function function;
};

/// Calls the function, and lets go of it if that was the last time. It lives until it has returned.
template <class Function, class... Arguments>
void repeat(RepeatedById LoopState::*all, RepeatedFunction<Function> &repeated,
            Arguments... arguments) noexcept {
    LoopState &state = *repeated.state;
    repeated.is_running = true;
    guarded(state, [&] { call(repeated.function, arguments...); });
    repeated.is_running = false;
    if (repeated.is_once || repeated.is_over) {
        const RepeatedById::node_type last = (state.*all).extract(repeated.id);
    }
}

/// Has a timer or a watch that was cancelled let go of its function, now or when that returns.
inline void forget(RepeatedById &all, std::uint64_t id) noexcept {
    const auto place = all.find(id);
    if (place == all.end()) return;
    if (place->second->is_running) {
        place->second->is_over = true;
    } else {
        const RepeatedById::node_type last = all.extract(place);
    }
}

} // namespace detail

/// Names one timer of a loop: a number that is copied like one, and never used twice.
class Timer {
public:
    /// No timer.
    Timer() noexcept = default;
    /// For the library itself.
    Timer(detail::LoopState *state, oxws_timer id) noexcept : state_(state), id_(id) {}

    /// The id in C.
    oxws_timer id() const noexcept { return id_; }
    /// Ends the timer: its function is not called any more, and destroyed; inside itself when it has
    /// returned. Errors: `NotFound` if it has fired for the last time. Thread: the loop's.
    Status cancel() const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        const oxws_status status = oxws_timer_cancel(state_->loop, id_);
        if (status == OXWS_OK) detail::forget(state_->timers, id_);
        return Status(status);
    }

private:
    detail::LoopState *state_ = nullptr;
    oxws_timer id_ = 0;
};

/// Names one watched descriptor of a loop: a number that is copied like one, and never used twice.
class Watch {
public:
    /// No watch.
    Watch() noexcept = default;
    /// For the library itself.
    Watch(detail::LoopState *state, oxws_watch id) noexcept : state_(state), id_(id) {}

    /// The id in C.
    oxws_watch id() const noexcept { return id_; }
    /// Changes what the descriptor is watched for. Thread: the loop's.
    Status change(Interest interest) const noexcept {
        return Status(oxws_watch_change(state_ == nullptr ? nullptr : state_->loop, id_,
                                        static_cast<std::uint32_t>(interest)));
    }
    /// Ends the watching: the function is not called any more, and destroyed; inside itself when it has
    /// returned. Thread: the loop's.
    Status stop() const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        const oxws_status status = oxws_watch_stop(state_->loop, id_);
        if (status == OXWS_OK) detail::forget(state_->watches, id_);
        return Status(status);
    }

private:
    detail::LoopState *state_ = nullptr;
    oxws_watch id_ = 0;
};

} // namespace oxws

#endif
