// One endpoint without any I/O, for programs that have a transport of their own. Included by <oxws.hpp>.
#ifndef OXWS_PROTOCOL_HPP
#define OXWS_PROTOCOL_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/close_info.hpp>
#include <oxws/codec.hpp>
#include <oxws/config.hpp>
#include <oxws/connecting.hpp>
#include <oxws/connection.hpp>
#include <oxws/prepared.hpp>
#include <oxws/request.hpp>
#include <oxws/status.hpp>

namespace oxws {

/// What happened on an endpoint.
enum class EventType : std::int32_t {
    /// There is no event.
    None = OXWS_EVENT_NONE,
    /// Server: a client asks for a WebSocket; see `Protocol::accept`.
    Request = OXWS_EVENT_REQUEST,
    /// Server: an ordinary HTTP request; see `Protocol::respond`.
    HttpRequest = OXWS_EVENT_HTTP_REQUEST,
    /// Client: the server has answered, with 101 or with a refusal that ends the connection.
    Response = OXWS_EVENT_RESPONSE,
    /// The opening handshake has ended well.
    Open = OXWS_EVENT_OPEN,
    /// A whole message.
    Message = OXWS_EVENT_MESSAGE,
    /// A ping, which has been answered unless `Config::auto_pong` says otherwise.
    Ping = OXWS_EVENT_PING,
    /// A pong.
    Pong = OXWS_EVENT_PONG,
    /// The connection has ended; nothing follows. It is the last event of each endpoint.
    Closed = OXWS_EVENT_CLOSED,
    /// A piece of a message; instead of whole messages if the config has an `on_chunk`.
    Chunk = OXWS_EVENT_CHUNK,
    /// Client: the request is about to be written, which the next call of `Protocol::next` does; if the
    /// config has an `on_connecting`, which itself is not called.
    Connecting = OXWS_EVENT_CONNECTING,
};

/// Something that happened on an endpoint: a view, valid, with all that it gives, until the next call of
/// `next`, `receive` or `unused` on that endpoint.
class Event {
public:
    /// A view of an event in C.
    explicit Event(const oxws_event *event) noexcept : event_(event) {}
    /// The event in C.
    const oxws_event *get() const noexcept { return event_; }
    /// Whether there is an event.
    explicit operator bool() const noexcept { return event_ != nullptr; }

    /// What happened.
    EventType type() const noexcept { return static_cast<EventType>(oxws_event_get_type(event_)); }
    /// The message of `EventType::Message`.
    Message message() const noexcept { return Message(message_type(), data()); }
    /// The piece of a message of `EventType::Chunk`.
    Chunk chunk() const noexcept {
        return Chunk(message_type(), data(), oxws_event_chunk_flags(event_));
    }
    /// The bytes of a message, a piece of one, a ping or a pong; none for other events.
    bytes data() const noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_event_data(event_, &len);
        return bytes(data, len);
    }
    /// The time between a ping and the pong that answers it, if it answers one.
    std::optional<std::chrono::microseconds> round_trip() const noexcept {
        const std::uint64_t us = oxws_event_round_trip_us(event_);
        if (us == UINT64_MAX) return std::nullopt;
        return std::chrono::microseconds(static_cast<std::int64_t>(us));
    }
    /// The request of `EventType::Request` and `EventType::HttpRequest`.
    Request request() const noexcept { return Request(oxws_event_request(event_)); }
    /// The response of `EventType::Response`.
    Response response() const noexcept { return Response(oxws_event_response(event_)); }
    /// The request of `EventType::Connecting`, which may be changed.
    Connecting connecting() const noexcept { return Connecting(oxws_event_connecting(event_)); }
    /// How the connection ended, for `EventType::Closed`.
    CloseInfoView close_info() const noexcept {
        return CloseInfoView(oxws_event_close_info(event_));
    }

private:
    MessageType message_type() const noexcept {
        return static_cast<MessageType>(oxws_event_message_type(event_));
    }

    const oxws_event *event_;
};

/// One WebSocket endpoint, server or client, without any I/O: received bytes go in, events and bytes to be
/// sent come out. After each call that brings something in, the program takes the events by `next` until
/// there is none, and writes what `output` gives. No handler of the config is called.
///
/// It reads no clock: `now` is the time since any moment, the same for all calls on one endpoint.
///
/// Thread: one at a time.
class Protocol {
public:
    /// The time since a moment of the program's choice.
    using Time = std::chrono::microseconds;

    /// An endpoint that is empty; everything about it gives an error.
    Protocol() noexcept = default;
    /// Takes over an endpoint from C.
    explicit Protocol(oxws_protocol *protocol) noexcept : protocol_(protocol) {}
    /// A server's endpoint, for one connection that has come in. The config is copied. Empty if there is no
    /// memory.
    static Protocol server(const Config &config, Time now) noexcept {
        return Protocol(oxws_protocol_new_server(config.get(), us(now)));
    }
    /// A client's endpoint, for a connection that has been made; the request is in its output, or comes
    /// as `EventType::Connecting` before that if the config has an `on_connecting`. Errors:
    /// `InvalidUrl`; `InvalidHeader`.
    static Result<Protocol> client(const Config &config, const Text &url, Time now) {
        oxws_protocol *protocol = nullptr;
        const oxws_status status =
            oxws_protocol_new_client(config.get(), url.c_str(), us(now), &protocol);
        if (status != OXWS_OK) return Status(status);
        return Protocol(protocol);
    }
    ~Protocol() { oxws_protocol_free(protocol_); }
    /// The one that is moved from is empty.
    Protocol(Protocol &&other) noexcept : protocol_(std::exchange(other.protocol_, nullptr)) {}
    /// The one that is moved from is empty.
    Protocol &operator=(Protocol &&other) noexcept {
        Protocol moved(std::move(other));
        std::swap(protocol_, moved.protocol_);
        return *this;
    }

    /// Whether there is an endpoint.
    explicit operator bool() const noexcept { return protocol_ != nullptr; }
    /// The endpoint in C, which stays this one's.
    oxws_protocol *get() const noexcept { return protocol_; }

    /// Lends bytes that the peer has sent, until `next` has returned no event. They are changed: payloads
    /// are unmasked where they lie.
    ///
    /// Errors: `Closed` after the end; `InvalidState` while a request waits for its decision.
    Status receive(void *data, std::size_t size, Time now) noexcept {
        return Status(oxws_protocol_receive(protocol_, data, size, us(now)));
    }
    /// The next event; none if there is none for now.
    Event next() noexcept { return Event(oxws_protocol_next(protocol_)); }
    /// The peer has stopped sending.
    Status end_of_input(Time now) noexcept {
        return Status(oxws_protocol_end_of_input(protocol_, us(now)));
    }
    /// The transport is broken, with this error number (errno) or 0.
    Status lost(int os_error, Time now) noexcept {
        return Status(oxws_protocol_lost(protocol_, os_error, us(now)));
    }
    /// All that waits to be written, valid until the next call.
    bytes output() const noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_protocol_output(protocol_, &len);
        return bytes(data, len);
    }
    /// The first `count` bytes of the output have been written. Errors: `InvalidArgument`.
    Status output_written(std::size_t count, Time now) noexcept {
        return Status(oxws_protocol_output_written(protocol_, count, us(now)));
    }
    /// When `advance` is to be called at the latest, if there is a deadline.
    std::optional<Time> deadline() const noexcept {
        std::uint64_t at = UINT64_MAX;
        if (oxws_protocol_deadline_us(protocol_, &at) != OXWS_OK || at == UINT64_MAX) {
            return std::nullopt;
        }
        return Time(static_cast<std::int64_t>(at));
    }
    /// Does what is due; nothing if it is called too early.
    Status advance(Time now) noexcept { return Status(oxws_protocol_advance(protocol_, us(now))); }
    /// Whether received bytes can be used; until then they are left to the transport.
    bool wants_input() const noexcept { return oxws_protocol_wants_input(protocol_) != 0; }
    /// Whether the transport is to be closed once the output has been written.
    bool wants_close() const noexcept { return oxws_protocol_wants_close(protocol_) != 0; }
    /// What was received and has not been used, valid until the next call.
    bytes unused() noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_protocol_unused(protocol_, &len);
        return bytes(data, len);
    }

    /// How far the connection has come.
    State state() const noexcept { return static_cast<State>(oxws_protocol_state(protocol_)); }
    /// The version of the protocol that the handshake agreed on; the latest before that.
    Version version() const noexcept {
        return static_cast<Version>(oxws_protocol_get_version(protocol_));
    }
    /// How far the closing handshake has come.
    CloseState close_state() const noexcept {
        return static_cast<CloseState>(oxws_protocol_close_state(protocol_));
    }
    /// What was agreed on about compression; nothing if messages are not compressed.
    std::optional<Deflate> deflate() const noexcept {
        std::int32_t agreed = 0, own = 0, peer = 0;
        Deflate terms;
        const oxws_status status =
            oxws_protocol_get_deflate(protocol_, &agreed, &own, &terms.own_window_bits, &peer,
                                      &terms.peer_window_bits);
        if (status != OXWS_OK || agreed == 0) return std::nullopt;
        terms.own_takeover = own != 0;
        terms.peer_takeover = peer != 0;
        return terms;
    }
    /// The subprotocol that was agreed on.
    std::optional<std::string_view> subprotocol() const noexcept {
        std::size_t len = 0;
        const char *name = oxws_protocol_subprotocol(protocol_, &len);
        return detail::maybe(name, len);
    }

    /// Accepts the request that waits, as the config says. Errors: `InvalidState`; `Closed`.
    Status accept() noexcept { return Status(oxws_protocol_accept(protocol_, nullptr)); }
    /// Accepts the request that waits, with the subprotocol and the fields of a reply. Errors:
    /// `InvalidState`; `Closed`; `SubprotocolNotOffered`.
    Status accept(const Reply &reply) noexcept {
        return Status(oxws_protocol_accept(protocol_, reply.get()));
    }
    /// Answers the request that waits with a whole response. Errors: `InvalidState`; `Closed`.
    Status respond(const Reply &reply) noexcept {
        return Status(oxws_protocol_respond(protocol_, reply.get()));
    }
    /// Answers the request that waits with this HTTP status and a plain text. Errors: `InvalidState`;
    /// `Closed`; `InvalidArgument`.
    Status deny(std::uint16_t http_status, const Text &text = nullptr) noexcept {
        return Status(oxws_protocol_deny(protocol_, http_status, text.c_str()));
    }

    /// Queues a text message. Errors: `NotOpen`; `Closed`; `WouldExceed`; `InvalidUtf8`; `OutOfMemory`.
    Status send(std::string_view text, Time now) noexcept {
        return send(MessageType::Text, as_bytes(text), now);
    }
    /// Queues a binary message, as text.
    Status send(bytes data, Time now) noexcept { return send(MessageType::Binary, data, now); }
    /// Queues a message like one that was received.
    Status send(const Message &message, Time now) noexcept {
        return send(message.type(), message.data(), now);
    }
    /// Queues a message that was prepared.
    Status send(const Prepared &message, Time now) noexcept {
        return Status(oxws_protocol_send_prepared(protocol_, message.get(), us(now)));
    }
    /// Queues a message of this type.
    Status send(MessageType type, bytes data, Time now) noexcept {
        return Status(oxws_protocol_send(protocol_, static_cast<std::int32_t>(type), data.data(),
                                         data.size(), us(now)));
    }
    /// Begins a message whose length is not known; see `oxws_protocol_send_begin`. Errors: `NotOpen`;
    /// `Closed`; `InvalidState` if one has been begun already.
    Status send_begin(MessageType type) noexcept {
        return Status(oxws_protocol_send_begin(protocol_, static_cast<std::int32_t>(type), 0));
    }
    /// Queues a piece of the message that was begun. Errors: `Closed`; `InvalidState`; `WouldExceed`;
    /// `InvalidUtf8`; `OutOfMemory`.
    Status send_append(bytes data, Time now) noexcept {
        return Status(oxws_protocol_send_append(protocol_, data.data(), data.size(), us(now)));
    }
    /// Queues the last piece, which may be empty. Errors: as for `send_append`.
    Status send_end(bytes data, Time now) noexcept {
        return Status(oxws_protocol_send_end(protocol_, data.data(), data.size(), us(now)));
    }
    /// Queues a ping with at most 125 bytes. Errors: as for `send`, and `TooLong`.
    Status ping(bytes data, Time now) noexcept {
        return Status(oxws_protocol_ping(protocol_, data.data(), data.size(), us(now)));
    }
    /// Queues a pong with at most 125 bytes. Errors: as for `ping`.
    Status pong(bytes data, Time now) noexcept {
        return Status(oxws_protocol_pong(protocol_, data.data(), data.size(), us(now)));
    }
    /// Begins the closing handshake; `CloseCode{0}` sends neither code nor reason. Errors: `Closed`;
    /// `InvalidCloseCode`; `TooLong`; `InvalidUtf8`.
    Status close(CloseCode code, const Text &reason, Time now) noexcept {
        return Status(oxws_protocol_close(protocol_, static_cast<std::uint16_t>(code),
                                          reason.c_str(), us(now)));
    }
    /// Uses nothing more of what the peer has sent, and counts no silence against it, until
    /// `resume_reading` or `close`.
    Status pause_reading() noexcept { return Status(oxws_protocol_pause_reading(protocol_)); }
    /// Goes on with what the peer has sent; events may follow.
    Status resume_reading(Time now) noexcept {
        return Status(oxws_protocol_resume_reading(protocol_, us(now)));
    }
    /// Ends the connection at once. Errors: `Closed` if it has ended already.
    Status abort() noexcept { return Status(oxws_protocol_abort(protocol_)); }

    /// Masks what the endpoint sends from now on with this key, for tests that compare bytes; without one
    /// with random keys again.
    Status set_test_masking_key(const std::optional<MaskingKey> &key) noexcept {
        return Status(oxws_test_protocol_masking_key(protocol_, key ? key->data() : nullptr));
    }

private:
    static std::uint64_t us(Time now) noexcept {
        return now.count() < 0 ? 0 : static_cast<std::uint64_t>(now.count());
    }

    oxws_protocol *protocol_ = nullptr;
};

} // namespace oxws

#endif
