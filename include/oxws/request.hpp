// What the opening handshake is about: the request that a server gets, the answer that a client gets,
// and the reply that a server makes. Included by <oxws.hpp>.
#ifndef OXWS_REQUEST_HPP
#define OXWS_REQUEST_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// A request that has been read whole: a view, lent to `on_request` and `on_http_request` until they
/// return, as are all texts from it. Thread: the loop's.
class Request {
public:
    /// A view of a request in C.
    explicit Request(const oxws_request *request) noexcept : request_(request) {}
    /// The request in C.
    const oxws_request *get() const noexcept { return request_; }

    /// The method, such as "GET".
    std::string_view method() const noexcept { return text(oxws_request_method); }
    /// The target as it came: path and query, or a whole URL.
    std::string_view target() const noexcept { return text(oxws_request_target); }
    /// The path, which begins with "/" and is not decoded.
    std::string_view path() const noexcept { return text(oxws_request_path); }
    /// The query behind the "?", not decoded.
    std::optional<std::string_view> query() const noexcept { return maybe(oxws_request_query); }
    /// The Host: name or address, and the port if there is one.
    std::string_view host() const noexcept { return text(oxws_request_host); }
    /// The Origin. Only a browser's can be relied on.
    std::optional<std::string_view> origin() const noexcept { return maybe(oxws_request_origin); }
    /// The value of the header field number `index` of this name, in whatever case it is written.
    std::optional<std::string_view> header(const Text &name, std::size_t index = 0) const noexcept {
        std::size_t len = 0;
        const char *value = oxws_request_header(request_, name.c_str(), index, &len);
        return detail::maybe(value, len);
    }
    /// All header fields in their order: a range of `Field`.
    detail::Indexed<oxws_request, Field> headers() const noexcept {
        return {request_, oxws_request_header_count, header_at};
    }
    /// The subprotocols that the client offers, in its order: a range of `std::string_view`.
    detail::Indexed<oxws_request, std::string_view> subprotocols() const noexcept {
        return {request_, oxws_request_subprotocol_count, subprotocol_at};
    }
    /// The version of the protocol that the client asks for; `Unknown` for an ordinary request.
    Version version() const noexcept {
        return static_cast<Version>(oxws_request_version(request_));
    }

private:
    using Getter = const char *(*)(const oxws_request *, std::size_t *);

    std::string_view text(Getter getter) const noexcept {
        std::size_t len = 0;
        const char *data = getter(request_, &len);
        return detail::view(data, len);
    }
    std::optional<std::string_view> maybe(Getter getter) const noexcept {
        std::size_t len = 0;
        const char *data = getter(request_, &len);
        return detail::maybe(data, len);
    }
    static Field header_at(const oxws_request *request, std::size_t index) noexcept {
        std::size_t name_len = 0, value_len = 0;
        const char *value = nullptr;
        const char *name = oxws_request_header_at(request, index, &name_len, &value, &value_len);
        return {detail::view(name, name_len), detail::view(value, value_len)};
    }
    static std::string_view subprotocol_at(const oxws_request *request, std::size_t index) noexcept {
        std::size_t len = 0;
        const char *name = oxws_request_subprotocol_at(request, index, &len);
        return detail::view(name, len);
    }

    const oxws_request *request_;
};

/// The server's answer to the opening request: a view, lent to `on_response` until that returns, as
/// are all texts from it. Thread: the loop's.
class Response {
public:
    /// A view of a response in C.
    explicit Response(const oxws_response *response) noexcept : response_(response) {}
    /// The response in C.
    const oxws_response *get() const noexcept { return response_; }

    /// The HTTP status: 101 if the server has accepted.
    std::uint16_t status() const noexcept { return oxws_response_status(response_); }
    /// The phrase behind the status, which may be empty.
    std::string_view phrase() const noexcept {
        std::size_t len = 0;
        const char *data = oxws_response_phrase(response_, &len);
        return detail::view(data, len);
    }
    /// The value of the header field number `index` of this name, in whatever case it is written.
    std::optional<std::string_view> header(const Text &name, std::size_t index = 0) const noexcept {
        std::size_t len = 0;
        const char *value = oxws_response_header(response_, name.c_str(), index, &len);
        return detail::maybe(value, len);
    }
    /// All header fields in their order: a range of `Field`.
    detail::Indexed<oxws_response, Field> headers() const noexcept {
        return {response_, oxws_response_header_count, header_at};
    }
    /// The subprotocol that the server chose.
    std::optional<std::string_view> subprotocol() const noexcept {
        std::size_t len = 0;
        const char *data = oxws_response_subprotocol(response_, &len);
        return detail::maybe(data, len);
    }
    /// The body of a refusal, at most its first 64 KiB.
    bytes body() const noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_response_body(response_, &len);
        return bytes(data, data == nullptr ? 0 : len);
    }

private:
    static Field header_at(const oxws_response *response, std::size_t index) noexcept {
        std::size_t name_len = 0, value_len = 0;
        const char *value = nullptr;
        const char *name = oxws_response_header_at(response, index, &name_len, &value, &value_len);
        return {detail::view(name, name_len), detail::view(value, value_len)};
    }

    const oxws_response *response_;
};

/// An answer to a request, for `Connection::respond` and `Connection::accept`, which copy it: it may be
/// used for several requests. Thread: one at a time.
class Reply {
public:
    /// A reply with this HTTP status, its usual phrase, no fields and no body. With a status that is not
    /// 200 to 599 it is empty, and everything about it gives `Error::NullArgument`.
    explicit Reply(std::uint16_t http_status = 200) noexcept
        : reply_(oxws_reply_new(http_status)) {}
    ~Reply() { oxws_reply_free(reply_); }
    /// The one that is moved from is empty.
    Reply(Reply &&other) noexcept : reply_(std::exchange(other.reply_, nullptr)) {}
    /// The one that is moved from is empty.
    Reply &operator=(Reply &&other) noexcept {
        if (this != &other) {
            oxws_reply_free(reply_);
            reply_ = std::exchange(other.reply_, nullptr);
        }
        return *this;
    }

    /// Whether there is a reply.
    explicit operator bool() const noexcept { return reply_ != nullptr; }
    /// The reply in C, which stays this one's.
    const oxws_reply *get() const noexcept { return reply_; }

    /// Replaces the phrase behind the status.
    Status set_phrase(const Text &phrase) {
        return Status(oxws_reply_set_phrase(reply_, phrase.c_str()));
    }
    /// Adds a field, such as Content-Type or Set-Cookie; a name may come more than once.
    Status add_header(const Text &name, const Text &value) {
        return Status(oxws_reply_add_header(reply_, name.c_str(), value.c_str()));
    }
    /// Replaces the body by a copy of a text.
    Status set_body(std::string_view text) {
        return Status(oxws_reply_set_body(reply_, text.data(), text.size()));
    }
    /// Replaces the body by a copy of some bytes.
    Status set_body(bytes data) {
        return Status(oxws_reply_set_body(reply_, data.data(), data.size()));
    }
    /// Chooses the subprotocol with which `Connection::accept` accepts.
    Status set_subprotocol(const Text &name) {
        return Status(oxws_reply_set_subprotocol(reply_, name.c_str()));
    }

private:
    oxws_reply *reply_;
};

} // namespace oxws

#endif
