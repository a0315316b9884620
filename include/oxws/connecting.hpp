// A client's request before it is written. Included by <oxws.hpp>.
#ifndef OXWS_CONNECTING_HPP
#define OXWS_CONNECTING_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/request.hpp>
#include <oxws/status.hpp>

namespace oxws {

/// A client's request that is about to be written, and may be changed: a view, lent to `on_connecting` until
/// that returns. Texts from it are valid until it is changed. Thread: the loop's.
class Connecting {
public:
    /// A view of a request in C.
    explicit Connecting(oxws_connecting *connecting) noexcept : connecting_(connecting) {}
    /// The request in C.
    oxws_connecting *get() const noexcept { return connecting_; }

    /// The address that the stream is connected to.
    std::string_view peer_address() const noexcept { return text<oxws_connecting_peer_address>(); }
    /// The host for which the request is: a name, or an address, an IPv6 one in brackets.
    std::string_view host() const noexcept { return text<oxws_connecting_host>(); }
    /// The port for which the request is.
    std::uint16_t port() const noexcept { return oxws_connecting_port(connecting_); }
    /// Path and query.
    std::string_view resource() const noexcept { return text<oxws_connecting_resource>(); }
    /// The origin.
    std::optional<std::string_view> origin() const noexcept {
        return maybe<oxws_connecting_origin>();
    }
    /// The value of the User-Agent field.
    std::optional<std::string_view> user_agent() const noexcept {
        return maybe<oxws_connecting_user_agent>();
    }
    /// The value of the header field number `index` of this name, in whatever case it is written, without
    /// those that the library writes itself.
    std::optional<std::string_view> header(const Text &name, std::size_t index = 0) const noexcept {
        return detail::value_of<oxws_connecting_header>(connecting(), name, index);
    }
    /// These header fields in their order: a range of `Field`.
    detail::Indexed<const oxws_connecting *, Field> headers() const noexcept {
        return {connecting_, oxws_connecting_header_count,
                detail::field_at<const oxws_connecting *, oxws_connecting_header_at>};
    }
    /// The subprotocols that are offered, in the order of preference: a range of `std::string_view`.
    detail::Indexed<const oxws_connecting *, std::string_view> subprotocols() const noexcept {
        return {connecting_, oxws_connecting_subprotocol_count,
                detail::text_at<const oxws_connecting *, oxws_connecting_subprotocol_at>};
    }
    /// The request as a JSON object, whose members oxws.h names, without what is secret.
    Result<std::string> to_json() const {
        return detail::form_of<oxws_connecting_to_json>(connecting());
    }
    /// The request in one line for a log.
    Result<std::string> to_text() const {
        return detail::form_of<oxws_connecting_to_text>(connecting());
    }

    /// Sets the Host field: "host" or "host:port". The connection stays where it is.
    Status set_host(const Text &host) const noexcept {
        return Status(oxws_connecting_set_host(connecting_, host.c_str()));
    }
    /// Sets path and query.
    Status set_resource(const Text &resource) const noexcept {
        return Status(oxws_connecting_set_resource(connecting_, resource.c_str()));
    }
    /// Sets the origin; `nullptr`: none.
    Status set_origin(const Text &origin) const noexcept {
        return Status(oxws_connecting_set_origin(connecting_, origin.c_str()));
    }
    /// Sets the User-Agent field; `nullptr`: none.
    Status set_user_agent(const Text &user_agent) const noexcept {
        return Status(oxws_connecting_set_user_agent(connecting_, user_agent.c_str()));
    }
    /// Sets the only header field of this name. Errors: `InvalidHeader`.
    Status set_header(const Text &name, const Text &value) const noexcept {
        return Status(oxws_connecting_set_header(connecting_, name.c_str(), value.c_str()));
    }
    /// Adds a header field. Errors: `InvalidHeader`.
    Status add_header(const Text &name, const Text &value) const noexcept {
        return Status(oxws_connecting_add_header(connecting_, name.c_str(), value.c_str()));
    }
    /// Removes all header fields of this name. Errors: `InvalidHeader`.
    Status remove_header(const Text &name) const noexcept {
        return Status(oxws_connecting_remove_header(connecting_, name.c_str()));
    }
    /// Offers these subprotocols, in the order of preference, and no others. Errors:
    /// `InvalidSubprotocol`.
    Status set_subprotocols(const std::vector<std::string> &names) const {
        std::vector<const char *> all;
        for (const std::string &name : names) all.push_back(Text(name).c_str());
        return Status(oxws_connecting_set_subprotocols(connecting_, all.data(), all.size()));
    }

private:
    const oxws_connecting *connecting() const noexcept { return connecting_; }
    template <auto Getter>
    std::string_view text() const noexcept {
        return detail::text_of<Getter>(connecting());
    }
    template <auto Getter>
    std::optional<std::string_view> maybe() const noexcept {
        return detail::maybe_text_of<Getter>(connecting());
    }

    oxws_connecting *connecting_;
};

} // namespace oxws

#endif
