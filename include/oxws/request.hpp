// What the opening handshake is about: the request that a server gets, the answer that a client gets,
// and the reply that a server makes. Included by <oxws.hpp>.
#ifndef OXWS_REQUEST_HPP
#define OXWS_REQUEST_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>
#include <oxws/version.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// A parameter of an extension, such as "client_max_window_bits=10".
struct ExtensionParameter {
    std::string_view name;                 ///< Its name.
    std::optional<std::string_view> value; ///< Its value without quotes, if it has one.
};

namespace detail {

/// An extension that is offered or agreed on, with its parameters: a view, valid as long as what it is of.
template <class Owner, auto NameAt, auto ParameterCount, auto ParameterAt>
class Extension {
public:
    Extension(Owner owner, std::size_t index) noexcept : owner_(owner), index_(index) {}
    /// Its name, such as "permessage-deflate".
    std::string_view name() const noexcept {
        std::size_t len = 0;
        const char *name = NameAt(owner_, index_, &len);
        return view(name, len);
    }
    /// Its parameters in their order: a range of `ExtensionParameter`.
    Indexed<Extension, ExtensionParameter> parameters() const noexcept { return {*this, count, at}; }

private:
    static std::size_t count(Extension extension) noexcept {
        return ParameterCount(extension.owner_, extension.index_);
    }
    static ExtensionParameter at(Extension extension, std::size_t index) noexcept {
        std::size_t name_len = 0, value_len = 0;
        const char *value = nullptr;
        const char *name = ParameterAt(extension.owner_, extension.index_, index, &name_len, &value,
                                       &value_len);
        return {view(name, name_len), maybe(value, value_len)};
    }

    Owner owner_;
    std::size_t index_;
};

using RequestExtension =
    Extension<const oxws_request *, oxws_request_extension_at,
              oxws_request_extension_parameter_count, oxws_request_extension_parameter_at>;

using ResponseExtension =
    Extension<const oxws_response *, oxws_response_extension_at,
              oxws_response_extension_parameter_count, oxws_response_extension_parameter_at>;

/// The field at a place.
template <class Owner, auto At>
Field field_at(Owner owner, std::size_t index) noexcept {
    std::size_t name_len = 0, value_len = 0;
    const char *value = nullptr;
    const char *name = At(owner, index, &name_len, &value, &value_len);
    return {view(name, name_len), view(value, value_len)};
}

/// A text at a place.
template <class Owner, auto At>
std::string_view text_at(Owner owner, std::size_t index) noexcept {
    std::size_t len = 0;
    const char *text = At(owner, index, &len);
    return view(text, len);
}

/// A text of an object.
template <auto Getter, class Owner>
std::string_view text_of(const Owner *owner) noexcept {
    std::size_t len = 0;
    const char *text = Getter(owner, &len);
    return view(text, len);
}

/// A text of an object, which may be missing.
template <auto Getter, class Owner>
std::optional<std::string_view> maybe_text_of(const Owner *owner) noexcept {
    std::size_t len = 0;
    const char *text = Getter(owner, &len);
    return maybe(text, len);
}

/// The value of a name at a place, which may be missing.
template <auto Getter, class Owner>
std::optional<std::string_view> value_of(const Owner *owner, const Text &name,
                                         std::size_t index) noexcept {
    std::size_t len = 0;
    const char *value = Getter(owner, name.c_str(), index, &len);
    return maybe(value, len);
}

/// A form of an object that is copied into a buffer.
template <auto Filler, class Owner>
Result<std::string> form_of(const Owner *owner) {
    return filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
        return Filler(owner, buffer, capacity, len);
    });
}

} // namespace detail

/// A request that has been read whole: a view, lent to `on_request`, `on_http_request` and `on_origin` until
/// they return, as are all texts from it. Thread: the loop's.
class Request {
public:
    /// A view of a request in C.
    explicit Request(const oxws_request *request) noexcept : request_(request) {}
    /// The request in C.
    const oxws_request *get() const noexcept { return request_; }

    /// The method, such as "GET".
    std::string_view method() const noexcept { return detail::text_of<oxws_request_method>(request_); }
    /// The target as it came: path and query, or a whole URL.
    std::string_view target() const noexcept { return detail::text_of<oxws_request_target>(request_); }
    /// The path, which begins with "/" and is not decoded.
    std::string_view path() const noexcept { return detail::text_of<oxws_request_path>(request_); }
    /// The query behind the "?", not decoded.
    std::optional<std::string_view> query() const noexcept {
        return detail::maybe_text_of<oxws_request_query>(request_);
    }
    /// The value of the parameter number `index` of this name in the query, decoded.
    std::optional<std::string_view> parameter(const Text &name, std::size_t index = 0) const noexcept {
        return detail::value_of<oxws_request_parameter>(request_, name, index);
    }
    /// All parameters of the query in their order, decoded: a range of `Field`.
    detail::Indexed<const oxws_request *, Field> parameters() const noexcept {
        return {request_, oxws_request_parameter_count,
                detail::field_at<const oxws_request *, oxws_request_parameter_at>};
    }
    /// The Host: name or address, and the port if there is one.
    std::string_view host() const noexcept { return detail::text_of<oxws_request_host>(request_); }
    /// The Origin. Only a browser's can be relied on.
    std::optional<std::string_view> origin() const noexcept {
        return detail::maybe_text_of<oxws_request_origin>(request_);
    }
    /// Where it came from: "192.0.2.1:50000", "[2001:db8::1]:50000" or "unix:", if that is known.
    std::optional<std::string_view> peer_address() const noexcept {
        return detail::maybe_text_of<oxws_request_peer_address>(request_);
    }
    /// The value of the header field number `index` of this name, in whatever case it is written.
    std::optional<std::string_view> header(const Text &name, std::size_t index = 0) const noexcept {
        return detail::value_of<oxws_request_header>(request_, name, index);
    }
    /// All header fields in their order: a range of `Field`.
    detail::Indexed<const oxws_request *, Field> headers() const noexcept {
        return {request_, oxws_request_header_count,
                detail::field_at<const oxws_request *, oxws_request_header_at>};
    }
    /// The value of the first cookie of this name, as it came.
    std::optional<std::string_view> cookie(const Text &name) const noexcept {
        std::size_t len = 0;
        const char *value = oxws_request_cookie(request_, name.c_str(), &len);
        return detail::maybe(value, len);
    }
    /// The subprotocols that the client offers, in its order: a range of `std::string_view`.
    detail::Indexed<const oxws_request *, std::string_view> subprotocols() const noexcept {
        return {request_, oxws_request_subprotocol_count,
                detail::text_at<const oxws_request *, oxws_request_subprotocol_at>};
    }
    /// The extensions that the client offers, in its order: a range of what has a `name` and `parameters`.
    detail::Indexed<const oxws_request *, detail::RequestExtension> extensions() const noexcept {
        return {request_, oxws_request_extension_count, extension_at};
    }
    /// The version of the protocol that the client asks for; `Unknown` for an ordinary request.
    Version version() const noexcept {
        return static_cast<Version>(oxws_request_version(request_));
    }
    /// The request as a JSON object, whose members oxws.h names, without what is secret.
    Result<std::string> to_json() const { return detail::form_of<oxws_request_to_json>(request_); }
    /// The request in one line of ASCII for a log.
    Result<std::string> to_text() const { return detail::form_of<oxws_request_to_text>(request_); }

private:
    static detail::RequestExtension extension_at(const oxws_request *request,
                                                 std::size_t index) noexcept {
        return {request, index};
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
        return detail::text_of<oxws_response_phrase>(response_);
    }
    /// The value of the header field number `index` of this name, in whatever case it is written.
    std::optional<std::string_view> header(const Text &name, std::size_t index = 0) const noexcept {
        return detail::value_of<oxws_response_header>(response_, name, index);
    }
    /// All header fields in their order: a range of `Field`.
    detail::Indexed<const oxws_response *, Field> headers() const noexcept {
        return {response_, oxws_response_header_count,
                detail::field_at<const oxws_response *, oxws_response_header_at>};
    }
    /// The subprotocol that the server chose.
    std::optional<std::string_view> subprotocol() const noexcept {
        return detail::maybe_text_of<oxws_response_subprotocol>(response_);
    }
    /// The extensions that the server agreed to: a range of what has a `name` and `parameters`.
    detail::Indexed<const oxws_response *, detail::ResponseExtension> extensions() const noexcept {
        return {response_, oxws_response_extension_count, extension_at};
    }
    /// The version of the protocol that was accepted, or for a refusal the first one that the server lists;
    /// `Unknown` if it lists none.
    Version version() const noexcept {
        return static_cast<Version>(oxws_response_version(response_));
    }
    /// Where it came from, as `Request::peer_address` has it, if that is known.
    std::optional<std::string_view> peer_address() const noexcept {
        return detail::maybe_text_of<oxws_response_peer_address>(response_);
    }
    /// The response as a JSON object, whose members oxws.h names, without what is secret.
    Result<std::string> to_json() const { return detail::form_of<oxws_response_to_json>(response_); }
    /// The response in one line for a log.
    Result<std::string> to_text() const { return detail::form_of<oxws_response_to_text>(response_); }
    /// The body of a refusal, at most its first 64 KiB.
    bytes body() const noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_response_body(response_, &len);
        return bytes(data, data == nullptr ? 0 : len);
    }

private:
    static detail::ResponseExtension extension_at(const oxws_response *response,
                                                  std::size_t index) noexcept {
        return {response, index};
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
