// A listener. Included by <oxws.hpp>.
#ifndef OXWS_LISTENER_HPP
#define OXWS_LISTENER_HPP

#include <cstdint>

#include <oxws.h>
#include <oxws/detail/state.hpp>
#include <oxws/status.hpp>

namespace oxws {

/// Names one listener of a loop: a number that is copied like one, and never used twice.
class Listener {
public:
    /// No listener; everything about it gives an error.
    Listener() noexcept = default;
    /// For the library itself.
    Listener(detail::LoopState *state, oxws_listener id) noexcept : state_(state), id_(id) {}

    /// The id in C.
    oxws_listener id() const noexcept { return id_; }
    /// Stops listening. Connections that were accepted live on, and so do the handlers: see `Config`.
    /// Thread: the loop's.
    Status close() const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        const oxws_status status = oxws_listener_close(state_->loop, id_);
        if (status == OXWS_OK) detail::retire(*state_, id_);
        return Status(status);
    }
    /// The port; 0 for a Unix-domain socket. Thread: the loop's.
    Result<std::uint16_t> port() const {
        std::uint16_t port = 0;
        if (state_ == nullptr) return Error::NullArgument;
        const oxws_status status = oxws_listener_port(state_->loop, id_, &port);
        if (status != OXWS_OK) return Status(status);
        return port;
    }

private:
    detail::LoopState *state_ = nullptr;
    oxws_listener id_ = 0;
};

} // namespace oxws

#endif
