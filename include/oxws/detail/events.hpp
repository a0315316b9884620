// The callbacks that stand between the library and the handlers of a config. Included by <oxws.hpp>; not
// for programs.
#ifndef OXWS_DETAIL_EVENTS_HPP
#define OXWS_DETAIL_EVENTS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <oxws.h>
#include <oxws/close_info.hpp>
#include <oxws/connecting.hpp>
#include <oxws/connection.hpp>
#include <oxws/detail/state.hpp>
#include <oxws/message.hpp>
#include <oxws/request.hpp>

namespace oxws {
namespace detail {

/// The handler of type `F` at a place of the handlers, called as a callback of the library.
template <class F, class... Arguments>
void invoke(Endpoint &endpoint, std::shared_ptr<void> Handlers::*place, Arguments... arguments) noexcept {
    F &handler = *static_cast<F *>((endpoint.handlers.get()->*place).get());
    guarded(*endpoint.state, [&] { handler(std::move(arguments)...); });
}

inline Endpoint &endpoint_of(void *user) noexcept { return *static_cast<Endpoint *>(user); }

/// Each event: where its handler is kept, how the library learns of it, what a handler takes, and the
/// callback that stands between both.
struct OnOrigin {
    static constexpr auto place = &Handlers::origin;
    static constexpr auto set = oxws_config_on_origin;
    template <class F>
    static constexpr bool takes = std::is_invocable_r_v<bool, F &, Request>;
    template <class F>
    static std::int32_t callback(const oxws_request *request, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        F &handler = *static_cast<F *>(endpoint.handlers->origin.get());
        bool is_let_in = false;
        guarded(*endpoint.state, [&] { is_let_in = handler(Request(request)); });
        return is_let_in ? 1 : 0;
    }
};

struct OnConnecting {
    static constexpr auto place = &Handlers::connecting;
    static constexpr auto set = oxws_config_on_connecting;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Connecting>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, oxws_connecting *connecting, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), Connecting(connecting));
    }
};

struct OnRequest {
    static constexpr auto place = &Handlers::request;
    static constexpr auto set = oxws_config_on_request;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Request>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const oxws_request *request, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), Request(request));
    }
};

struct OnHttpRequest {
    static constexpr auto place = &Handlers::http_request;
    static constexpr auto set = oxws_config_on_http_request;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Request>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const oxws_request *request, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), Request(request));
    }
};

struct OnResponse {
    static constexpr auto place = &Handlers::response;
    static constexpr auto set = oxws_config_on_response;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Response>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const oxws_response *response,
                         void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), Response(response));
    }
};

struct OnOpen {
    static constexpr auto place = &Handlers::open;
    static constexpr auto set = oxws_config_on_open;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id));
    }
};

struct OnMessage {
    static constexpr auto place = &Handlers::message;
    static constexpr auto set = oxws_config_on_message;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Message>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, oxws_message_type type,
                         const std::uint8_t *data, std::size_t len, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        const Message message(static_cast<MessageType>(type), bytes(data, len));
        invoke<F>(endpoint, place, Connection(endpoint.state, id), message);
    }
};

struct OnChunk {
    static constexpr auto place = &Handlers::chunk;
    static constexpr auto set = oxws_config_on_chunk;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, Chunk>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, oxws_message_type type,
                         const std::uint8_t *data, std::size_t len, std::uint32_t flags, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        const Chunk chunk(static_cast<MessageType>(type), bytes(data, len), flags);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), chunk);
    }
};

struct OnPing {
    static constexpr auto place = &Handlers::ping;
    static constexpr auto set = oxws_config_on_ping;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, bytes>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const std::uint8_t *data, std::size_t len,
                         void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), bytes(data, len));
    }
};

struct OnPong {
    using RoundTrip = std::optional<std::chrono::microseconds>;

    static constexpr auto place = &Handlers::pong;
    static constexpr auto set = oxws_config_on_pong;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, bytes, RoundTrip>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const std::uint8_t *data, std::size_t len,
                         std::uint64_t round_trip_us, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        RoundTrip round_trip;
        if (round_trip_us != UINT64_MAX) {
            round_trip = std::chrono::microseconds(static_cast<std::int64_t>(round_trip_us));
        }
        invoke<F>(endpoint, place, Connection(endpoint.state, id), bytes(data, len), round_trip);
    }
};

struct OnWritable {
    static constexpr auto place = &Handlers::writable;
    static constexpr auto set = oxws_config_on_writable;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id));
    }
};

struct OnDisconnect {
    static constexpr auto place = &Handlers::disconnect;
    static constexpr auto set = oxws_config_on_disconnect;
    template <class F>
    static constexpr bool takes =
        std::is_invocable_v<F &, Connection, CloseInfoView, std::chrono::milliseconds>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const oxws_close_info *info,
                         std::uint32_t delay_ms, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        const std::chrono::milliseconds delay(delay_ms);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), CloseInfoView(info), delay);
    }
};

struct OnClose {
    static constexpr auto place = &Handlers::close;
    static constexpr auto set = oxws_config_on_close;
    template <class F>
    static constexpr bool takes = std::is_invocable_v<F &, Connection, CloseInfoView>;
    template <class F>
    static void callback(oxws_loop *, oxws_connection id, const oxws_close_info *info, void *user) {
        Endpoint &endpoint = endpoint_of(user);
        invoke<F>(endpoint, place, Connection(endpoint.state, id), CloseInfoView(info));
        ended(&endpoint, id);
    }
    /// For a config without a handler.
    static void nothing(oxws_loop *, oxws_connection id, const oxws_close_info *, void *user) {
        ended(&endpoint_of(user), id);
    }
};

} // namespace detail
} // namespace oxws

#endif
