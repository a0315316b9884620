// A connection, and the messages on it. Included by <oxws.hpp>.
#ifndef OXWS_CONNECTION_HPP
#define OXWS_CONNECTION_HPP

#include <cstddef>
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/close_code.hpp>
#include <oxws/detail/state.hpp>
#include <oxws/message.hpp>
#include <oxws/prepared.hpp>
#include <oxws/request.hpp>
#include <oxws/status.hpp>
#include <oxws/tls.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

class LoopRef;

/// Names one connection of a loop: a number that is copied like one, and never used twice. Once its
/// `on_close` has returned, every function gives `Error::NotFound`, as long as the loop lives; after it
/// none may be called.
class Connection {
public:
    /// No connection; everything about it gives an error.
    Connection() noexcept = default;
    /// For the library itself.
    Connection(detail::LoopState *state, oxws_connection id) noexcept : state_(state), id_(id) {}

    /// The id in C.
    oxws_connection id() const noexcept { return id_; }
    /// Whether it names a connection, be it one that has ended.
    explicit operator bool() const noexcept { return id_ != 0; }
    /// The loop that it belongs to. Thread: any.
    LoopRef loop() const noexcept;

    /// Sends a text message, which must be UTF-8. The text is copied. Inside a handler it leaves when the
    /// connection's turn is over, otherwise at once; what the system does not take is queued.
    ///
    /// Errors: `NotFound`, `NotOpen`, `Closed`; `WouldExceed` if as much waits as may, to be tried again
    /// in `on_writable`; `InvalidUtf8`; `OutOfMemory`. Nothing of it is sent then.
    ///
    /// Thread: any.
    Status send(std::string_view text) const noexcept {
        return send(MessageType::Text, text.data(), text.size());
    }
    /// Sends a binary message, as text is sent. Thread: any.
    Status send(bytes data) const noexcept {
        return send(MessageType::Binary, data.data(), data.size());
    }
    /// Sends a message like one that was received. Thread: any.
    Status send(const Message &message) const noexcept {
        return send(message.type(), message.data().data(), message.size());
    }
    /// Sends a message that was prepared: a server's connection sends the same memory as all others. Errors:
    /// as for text; `NullArgument` if there is none. Thread: any.
    Status send(const Prepared &message) const noexcept {
        return Status(oxws_send_prepared(loop_in_c(), id_, message.get(), nullptr, nullptr));
    }
    /// Sends a message of this type. Thread: any.
    Status send(MessageType type, const void *data, std::size_t size) const noexcept {
        return Status(oxws_send(loop_in_c(), id_, static_cast<std::int32_t>(type), data, size));
    }
    /// Sends a text message in this way. Errors: as for `send`. Thread: any.
    Status send(std::string_view text, SendFlag flags) const noexcept {
        return send_plain(MessageType::Text, as_bytes(text), flags);
    }
    /// Sends a binary message in this way. Thread: any.
    Status send(bytes data, SendFlag flags) const noexcept {
        return send_plain(MessageType::Binary, data, flags);
    }
    /// Sends a text message, and calls `on_sent(Status)` or `on_sent()` once on the loop's thread, when the
    /// system has taken all of it, or it is clear that it will not. Not called if this fails. Thread: any.
    template <class Function>
    Status send_with(std::string_view text, Function on_sent, SendFlag flags = SendFlag::None) const {
        return send_noted(MessageType::Text, as_bytes(text), std::move(on_sent), flags);
    }
    /// Sends a binary message, and tells when it has left, as for text. Thread: any.
    template <class Function>
    Status send_with(bytes data, Function on_sent, SendFlag flags = SendFlag::None) const {
        return send_noted(MessageType::Binary, data, std::move(on_sent), flags);
    }
    /// Sends a message that was prepared, and tells when it has left, as for text. Thread: any.
    template <class Function>
    Status send_with(const Prepared &message, Function on_sent) const {
        if (state_ == nullptr) return Error::NullArgument;
        using Once = detail::Once<Function>;
        return detail::ask_once(state_, std::make_unique<Once>(state_, std::move(on_sent)),
                                [&](void *context) {
                                    return oxws_send_prepared(state_->loop, id_, message.get(),
                                                              sent<Once>, context);
                                });
    }
    /// Sends a text message that is lent, without a copy where that can be avoided, until `release()` is
    /// called on the loop's thread. Not called if this fails, nor by a loop that is poisoned, with which
    /// it is destroyed. Thread: any.
    template <class Function>
    Status send_borrowed(std::string_view text, Function release,
                         SendFlag flags = SendFlag::None) const {
        return send_lent(MessageType::Text, as_bytes(text), std::move(release), flags);
    }
    /// Sends a binary message that is lent, as for text. Thread: any.
    template <class Function>
    Status send_borrowed(bytes data, Function release, SendFlag flags = SendFlag::None) const {
        return send_lent(MessageType::Binary, data, std::move(release), flags);
    }
    /// Sends a message that is shared with others, as by `send_borrowed`, and keeps the object as long as
    /// that takes: a shared text is sent as text, other bytes as binary. Thread: any.
    template <class Object>
    Status send_shared(std::shared_ptr<Object> object, SendFlag flags = SendFlag::None) const {
        if (object == nullptr) return Error::NullArgument;
        using Data = std::conditional_t<std::is_convertible_v<const Object &, std::string_view>,
                                        std::string_view, bytes>;
        const Data data = *object;
        return send_borrowed(data, [kept = std::move(object)] { static_cast<void>(kept); }, flags);
    }
    /// Sends one text message that lies in several places. A character may lie across two. Thread: any.
    Status send_parts(std::initializer_list<std::string_view> parts) const {
        return send_vectored(MessageType::Text, parts.begin(), parts.size());
    }
    /// Sends one binary message that lies in several places. Thread: any.
    Status send_parts(std::initializer_list<bytes> parts) const {
        return send_vectored(MessageType::Binary, parts.begin(), parts.size());
    }
    /// Sends one text message that lies in several places. Thread: any.
    Status send_parts(const std::vector<std::string_view> &parts) const {
        return send_vectored(MessageType::Text, parts.data(), parts.size());
    }
    /// Sends one binary message that lies in several places. Thread: any.
    Status send_parts(const std::vector<bytes> &parts) const {
        return send_vectored(MessageType::Binary, parts.data(), parts.size());
    }
    /// Begins a message whose length is not known, each piece of which is a frame. Until it has ended, other
    /// messages give `InvalidState`. Thread: the loop's.
    Status send_begin(MessageType type, SendFlag flags = SendFlag::None) const noexcept {
        return Status(oxws_send_begin(loop_in_c(), id_, static_cast<std::int32_t>(type),
                                      static_cast<std::uint32_t>(flags)));
    }
    /// Sends a piece of the message that was begun. A character may lie across two. Thread: the loop's.
    Status send_append(std::string_view text) const noexcept { return send_append(as_bytes(text)); }
    /// Sends a piece of the message that was begun. Thread: the loop's.
    Status send_append(bytes data) const noexcept {
        return Status(oxws_send_append(loop_in_c(), id_, data.data(), data.size()));
    }
    /// Sends the last piece of the message that was begun. Thread: the loop's.
    Status send_end(std::string_view text) const noexcept { return send_end(as_bytes(text)); }
    /// Sends the last piece of the message that was begun, which may be empty. Thread: the loop's.
    Status send_end(bytes data = {}) const noexcept {
        return Status(oxws_send_end(loop_in_c(), id_, data.data(), data.size()));
    }
    /// Sends a ping with at most 125 bytes; `on_pong` tells of the answer. Errors: as for `send`, and
    /// `TooLong`. Thread: any.
    Status ping(bytes data = {}) const noexcept {
        return Status(oxws_ping(loop_in_c(), id_, data.data(), data.size()));
    }
    /// Sends a pong with at most 125 bytes: the answer to a ping where the library does not answer by itself
    /// (`Config::auto_pong`), or a sign of life. Errors: as for `ping`. Thread: any.
    Status pong(bytes data = {}) const noexcept {
        return Status(oxws_pong(loop_in_c(), id_, data.data(), data.size()));
    }
    /// Begins the closing handshake with a code that may be sent and a reason of at most 123 bytes;
    /// `CloseCode{0}` sends neither. A connection that is not open yet is given up. `on_close` follows.
    ///
    /// Errors: `NotFound`; `Closed` if it is closing already; `InvalidCloseCode`; `TooLong`;
    /// `InvalidUtf8`; `WouldExceed` if the mailbox is full.
    ///
    /// Thread: any.
    Status close(CloseCode code = CloseCode::Normal, const Text &reason = nullptr) const noexcept {
        return Status(
            oxws_close(loop_in_c(), id_, static_cast<std::uint16_t>(code), reason.c_str()));
    }
    /// Ends the connection at once; what waits to be sent is thrown away. `on_close` follows, with
    /// `Cancelled`. Thread: any.
    Status abort() const noexcept { return Status(oxws_abort(loop_in_c(), id_)); }
    /// Gives the socket back to the program: what waits leaves, then `function(int fd, bytes unread)` is
    /// called once with the descriptor, which is the program's from then on, and what was received and not
    /// used; -1 if the connection ended before. `on_close` follows, with `Detached`.
    ///
    /// Errors: `Closed`; `InvalidState` where a part of a message or a head has passed, and while it is
    /// being made or detached; `Unsupported` on a test loop.
    ///
    /// Thread: the loop's.
    template <class Function>
    Status detach(Function function) const {
        if (state_ == nullptr) return Error::NullArgument;
        using Once = detail::Once<Function>;
        return detail::ask_once(state_, std::make_unique<Once>(state_, std::move(function)),
                                [&](void *context) {
                                    return oxws_detach(state_->loop, id_, detached<Once>, context);
                                });
    }

    /// Accepts a request that `on_request` announced, with one of the subprotocols that the client
    /// offered or none. Messages can be sent from now on; `on_open` follows. Thread: any.
    Status accept(const Text &subprotocol = nullptr) const noexcept {
        return Status(oxws_accept(loop_in_c(), id_, subprotocol.c_str()));
    }
    /// Accepts a request with the subprotocol and the fields of a reply, whose status, phrase and body do
    /// not count. Thread: any.
    Status accept(const Reply &reply) const noexcept {
        return Status(oxws_accept_with(loop_in_c(), id_, reply.get()));
    }
    /// Answers a request with this HTTP status, 200 to 599, and a plain text; the connection ends, and
    /// `on_close` follows. Thread: any.
    Status deny(std::uint16_t http_status, const Text &text = nullptr) const noexcept {
        return Status(oxws_deny(loop_in_c(), id_, http_status, text.c_str()));
    }
    /// Answers a request with this HTTP status and a plain text. Thread: any.
    Status deny(HttpStatus http_status, const Text &text = nullptr) const noexcept {
        return deny(static_cast<std::uint16_t>(http_status), text);
    }
    /// Answers a request with a whole response; the connection ends, and `on_close` follows. Thread: any.
    Status respond(const Reply &reply) const noexcept {
        return Status(oxws_respond(loop_in_c(), id_, reply.get()));
    }

    /// Stops reading, so that the peer has to wait: nothing of it is reported, and no silence counts
    /// against it, until `resume_reading` or `close`. Thread: the loop's.
    Status pause_reading() const noexcept { return Status(oxws_pause_reading(loop_in_c(), id_)); }
    /// Reads again. Thread: the loop's.
    Status resume_reading() const noexcept {
        return Status(oxws_resume_reading(loop_in_c(), id_));
    }

    /// How far the connection has come. Thread: the loop's.
    Result<State> state() const {
        oxws_state state{};
        const oxws_status status = oxws_get_state(loop_in_c(), id_, &state);
        if (status != OXWS_OK) return Status(status);
        return static_cast<State>(state);
    }
    /// How far the closing handshake has come. Thread: the loop's.
    Result<CloseState> close_state() const {
        oxws_close_state state{};
        const oxws_status status = oxws_get_close_state(loop_in_c(), id_, &state);
        if (status != OXWS_OK) return Status(status);
        return static_cast<CloseState>(state);
    }
    /// The version of the protocol that the handshake agreed on. Errors: `NotOpen` before that. Thread: the
    /// loop's.
    Result<Version> version() const {
        oxws_version version{};
        const oxws_status status = oxws_get_version(loop_in_c(), id_, &version);
        if (status != OXWS_OK) return Status(status);
        return static_cast<Version>(version);
    }
    /// What was agreed on about compression; nothing if messages are not compressed. Thread: the loop's.
    Result<std::optional<Deflate>> deflate() const {
        std::int32_t agreed = 0, own = 0, peer = 0;
        Deflate terms;
        const oxws_status status = oxws_get_deflate(loop_in_c(), id_, &agreed, &own,
                                                    &terms.own_window_bits, &peer,
                                                    &terms.peer_window_bits);
        if (status != OXWS_OK) return Status(status);
        if (agreed == 0) return std::optional<Deflate>();
        terms.own_takeover = own != 0;
        terms.peer_takeover = peer != 0;
        return std::optional<Deflate>(terms);
    }
    /// How many bytes wait to be sent, frame headers included. Thread: the loop's.
    Result<std::size_t> queued_bytes() const {
        std::size_t count = 0;
        const oxws_status status = oxws_get_queued_bytes(loop_in_c(), id_, &count);
        if (status != OXWS_OK) return Status(status);
        return count;
    }
    /// The peer's address: "192.0.2.1:50000", "[2001:db8::1]:50000", "unix:", or empty while there is
    /// none. Behind a proxy that is believed it is the client's, which may have no port. Thread: the loop's.
    Result<std::string> peer_address() const { return text(oxws_get_peer_address); }
    /// How long the connection has been at a stage of its opening; known until `on_open` returns. Errors:
    /// `InvalidArgument` for a stage behind the opening; `InvalidState` when it has been forgotten. Thread:
    /// the loop's.
    Result<std::chrono::microseconds> stage_time(Stage stage) const {
        std::uint64_t us = 0;
        const oxws_status status =
            oxws_get_stage_us(loop_in_c(), id_, static_cast<std::int32_t>(stage), &us);
        if (status != OXWS_OK) return Status(status);
        return std::chrono::microseconds(static_cast<std::int64_t>(us));
    }
    /// This side's address, in the same form. Thread: the loop's.
    Result<std::string> local_address() const { return text(oxws_get_local_address); }
    /// The address at the other end of the socket, also where that is a proxy. Thread: the loop's.
    Result<std::string> socket_peer_address() const { return text(oxws_get_socket_peer_address); }
    /// What the client has connected to, as the PROXY header tells; empty if there was none. Thread: the
    /// loop's.
    Result<std::string> destination_address() const { return text(oxws_get_destination_address); }
    /// What the PROXY header has told besides; numbers that have no name can be asked for as well. Errors:
    /// `NotFound`, also if it was not told. Thread: the loop's.
    Result<std::string> proxy_value(ProxyValue kind) const {
        return detail::filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
            return oxws_get_proxy_value(loop_in_c(), id_, static_cast<std::int32_t>(kind), buffer,
                                        capacity, len);
        });
    }
    /// The subprotocol that the handshake agreed on, empty if none. Thread: the loop's.
    Result<std::string> subprotocol() const { return text(oxws_get_subprotocol); }

    /// The version of TLS; `TlsVersion::None` for a plain connection, and before the TLS handshake has
    /// ended. Thread: the loop's.
    Result<TlsVersion> tls_version() const {
        std::int32_t version = 0;
        const oxws_status status = oxws_get_tls_version(loop_in_c(), id_, &version);
        if (status != OXWS_OK) return Status(status);
        return static_cast<TlsVersion>(version);
    }
    /// Whether the TLS session was resumed. Thread: the loop's.
    Result<bool> tls_resumed() const {
        std::int32_t resumed = 0;
        const oxws_status status = oxws_get_tls_resumed(loop_in_c(), id_, &resumed);
        if (status != OXWS_OK) return Status(status);
        return resumed != 0;
    }
    /// The registered name of the cipher suite; empty for a plain connection. Thread: the loop's.
    Result<std::string> tls_cipher_suite() const { return text(oxws_get_tls_cipher_suite); }
    /// Server: the name that the client has asked for; empty if it has asked for none. Thread: the loop's.
    Result<std::string> tls_server_name() const { return text(oxws_get_tls_server_name); }
    /// The protocol above TLS that both sides have named: "http/1.1", or empty. Thread: the loop's.
    Result<std::string> tls_alpn() const { return text(oxws_get_tls_alpn); }
    /// Whom the peer's certificate names as its subject (RFC 4514); empty without one. Thread: the loop's.
    Result<std::string> tls_peer_subject() const { return text(oxws_get_tls_peer_subject); }
    /// Whom the peer's certificate names as the authority that vouches for it. Thread: the loop's.
    Result<std::string> tls_peer_issuer() const { return text(oxws_get_tls_peer_issuer); }
    /// The names that the peer's certificate is for: "DNS:example.com", "IP:192.0.2.1", "URI:...",
    /// "EMAIL:...". Thread: the loop's.
    Result<std::vector<std::string>> tls_peer_names() const {
        std::vector<std::string> names;
        for (;;) {
            auto name = detail::filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
                return oxws_get_tls_peer_name(loop_in_c(), id_, names.size(), buffer, capacity, len);
            });
            if (name) {
                names.push_back(std::move(*name));
                continue;
            }
            if (name.status() == Error::NotFound && tls_version()) return names;
            return name.status();
        }
    }
    /// The peer's own certificate in DER; empty if it has shown none. Thread: the loop's.
    Result<std::vector<std::uint8_t>> tls_peer_certificate() const {
        std::size_t len = 0;
        oxws_status status = oxws_get_tls_peer_certificate(loop_in_c(), id_, nullptr, 0, &len);
        if (status != OXWS_OK) return Status(status);
        std::vector<std::uint8_t> der(len);
        status = oxws_get_tls_peer_certificate(loop_in_c(), id_, der.data(), len, nullptr);
        if (status != OXWS_OK) return Status(status);
        return der;
    }

    /// Makes an object of the program's that lives until `on_close` has returned, in place of the one
    /// that there was. NULL if the connection is none of the loop's. Thread: the loop's.
    template <class T, class... Arguments>
    T *emplace_data(Arguments &&...arguments) const {
        if (!state()) return nullptr;
        T *object;
        if constexpr (std::is_constructible_v<T, Arguments...>) {
            object = new T(std::forward<Arguments>(arguments)...);
        } else {
            object = new T{std::forward<Arguments>(arguments)...};
        }
        std::unique_ptr<void, void (*)(void *)> owned(
            object, [](void *data) { delete static_cast<T *>(data); });
        detail::Datum datum{&detail::TypeMark<T>::mark, std::move(owned)};
        auto place = state_->data.find(id_);
        if (place == state_->data.end()) {
            state_->data.emplace(id_, std::move(datum));
        } else {
            // The old one is destroyed last, as it may use the connection.
            std::swap(place->second, datum);
        }
        return object;
    }
    /// The object that `emplace_data` made, which must be of the same type; otherwise NULL. Thread: the
    /// loop's.
    template <class T>
    T *data() const noexcept {
        if (state_ == nullptr) return nullptr;
        const auto place = state_->data.find(id_);
        if (place == state_->data.end() || place->second.type != &detail::TypeMark<T>::mark) {
            return nullptr;
        }
        return static_cast<T *>(place->second.object.get());
    }

    /// Whether both name the same connection.
    friend bool operator==(Connection a, Connection b) noexcept {
        return a.state_ == b.state_ && a.id_ == b.id_;
    }
    /// Whether they name different connections.
    friend bool operator!=(Connection a, Connection b) noexcept { return !(a == b); }
    /// An order without a meaning, for sets and maps.
    friend bool operator<(Connection a, Connection b) noexcept {
        const std::less<detail::LoopState *> less;
        return a.state_ == b.state_ ? a.id_ < b.id_ : less(a.state_, b.state_);
    }

private:
    using Filler = oxws_status (*)(const oxws_loop *, oxws_connection, char *, std::size_t,
                                   std::size_t *);

    oxws_loop *loop_in_c() const noexcept { return state_ == nullptr ? nullptr : state_->loop; }
    Result<std::string> text(Filler filler) const {
        return detail::filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
            return filler(loop_in_c(), id_, buffer, capacity, len);
        });
    }

    Status send_plain(MessageType type, bytes data, SendFlag flags) const noexcept {
        return Status(oxws_send_with(loop_in_c(), id_, static_cast<std::int32_t>(type), data.data(),
                                     data.size(), static_cast<std::uint32_t>(flags), nullptr,
                                     nullptr));
    }
    template <class Function>
    Status send_noted(MessageType type, bytes data, Function on_sent, SendFlag flags) const {
        if (state_ == nullptr) return Error::NullArgument;
        using Once = detail::Once<Function>;
        return detail::ask_once(state_, std::make_unique<Once>(state_, std::move(on_sent)),
                                [&](void *context) {
                                    return oxws_send_with(
                                        state_->loop, id_, static_cast<std::int32_t>(type),
                                        data.data(), data.size(), static_cast<std::uint32_t>(flags),
                                        sent<Once>, context);
                                });
    }
    template <class Function>
    Status send_lent(MessageType type, bytes data, Function release, SendFlag flags) const {
        if (state_ == nullptr) return Error::NullArgument;
        using Once = detail::Once<Function>;
        return detail::ask_once(state_, std::make_unique<Once>(state_, std::move(release)),
                                [&](void *context) {
                                    return oxws_send_borrowed(
                                        state_->loop, id_, static_cast<std::int32_t>(type),
                                        data.data(), data.size(), static_cast<std::uint32_t>(flags),
                                        released<Once>, context);
                                });
    }
    template <class Part>
    Status send_vectored(MessageType type, const Part *parts, std::size_t count) const {
        constexpr std::size_t few = 16;
        std::array<const void *, few> few_data{};
        std::array<std::size_t, few> few_sizes{};
        std::vector<const void *> many_data(count > few ? count : 0);
        std::vector<std::size_t> many_sizes(count > few ? count : 0);
        const void **data = count > few ? many_data.data() : few_data.data();
        std::size_t *sizes = count > few ? many_sizes.data() : few_sizes.data();
        for (std::size_t index = 0; index < count; index++) {
            data[index] = parts[index].data();
            sizes[index] = parts[index].size();
        }
        return Status(oxws_send_vectored(loop_in_c(), id_, static_cast<std::int32_t>(type), data,
                                         sizes, count));
    }
    template <class Once>
    static void sent(oxws_loop *, oxws_connection, oxws_status status, void *context) {
        Once::run(context, Status(status));
    }
    template <class Once>
    static void released(const void *, std::size_t, void *context) {
        Once::run(context);
    }
    template <class Once>
    static void detached(oxws_loop *, oxws_connection, std::int32_t fd, const std::uint8_t *unread,
                         std::size_t len, void *context) {
        Once::run(context, static_cast<int>(fd), bytes(unread, len));
    }

    detail::LoopState *state_ = nullptr;
    oxws_connection id_ = 0;
};

} // namespace oxws

namespace std {

/// So that connections can be the keys of unordered containers.
template <>
struct hash<oxws::Connection> {
    /// The hash of the id.
    size_t operator()(oxws::Connection connection) const noexcept {
        return hash<uint64_t>()(connection.id());
    }
};

} // namespace std

#endif
