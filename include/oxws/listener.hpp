// A listener. Included by <oxws.hpp>.
#ifndef OXWS_LISTENER_HPP
#define OXWS_LISTENER_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/detail/state.hpp>
#include <oxws/status.hpp>
#include <oxws/tls.hpp>

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
    /// Exchanges the certificates, and everything else that a TLS config says, for connections that come
    /// from now on. Errors: `InvalidState` if the listener does not speak TLS; `TlsNotConfigured`. Thread:
    /// the loop's.
    Status tls(const TlsConfig &tls) const noexcept {
        if (state_ == nullptr) return Error::NullArgument;
        return Status(oxws_listener_tls(state_->loop, id_, tls.get()));
    }

private:
    detail::LoopState *state_ = nullptr;
    oxws_listener id_ = 0;
};

/// The descriptors that a service manager has handed over under this name (FileDescriptorName=), or all
/// for `nullptr`; none is no error. For `Loop::listen_fd`. Errors: `InvalidState` if its variables in the
/// environment cannot be read. Thread: any, while no other changes the environment.
inline Result<std::vector<int>> inherited_fds(const Text &name = nullptr) {
    std::size_t count = 0;
    const oxws_status status = oxws_inherited_fds(name.c_str(), nullptr, 0, &count);
    if (status != OXWS_OK) return Status(status);
    std::vector<std::int32_t> fds(count);
    const oxws_status filled = oxws_inherited_fds(name.c_str(), fds.data(), count, nullptr);
    if (filled != OXWS_OK) return Status(filled);
    return std::vector<int>(fds.begin(), fds.end());
}

} // namespace oxws

#endif
