// How a connection ended. Included by <oxws.hpp>.
#ifndef OXWS_CLOSE_INFO_HPP
#define OXWS_CLOSE_INFO_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// How a connection ended: a view, lent to `on_close` until that returns, as are all texts from it.
/// Thread: the loop's.
class CloseInfoView {
public:
    /// A view of a record in C.
    explicit CloseInfoView(const oxws_close_info *info) noexcept : info_(info) {}
    /// The record in C.
    const oxws_close_info *get() const noexcept { return info_; }

    /// Success if both sides sent a Close frame, whatever its code is, or an ordinary HTTP request was
    /// answered; otherwise what went wrong.
    Status status() const noexcept { return Status(oxws_close_info_status(info_)); }
    /// The close code of the connection (RFC 6455 section 7.1.5): the peer's; `NoStatus` if its Close
    /// frame had none; `Abnormal` if no Close frame came.
    CloseCode code() const noexcept { return static_cast<CloseCode>(oxws_close_info_code(info_)); }
    /// The peer's reason, which is empty where the peer only answered.
    std::string_view reason() const noexcept {
        std::size_t len = 0;
        const char *data = oxws_close_info_reason(info_, &len);
        return detail::view(data, len);
    }
    /// The code of the Close frame that this side sent: `NoStatus` if it carried none.
    std::optional<CloseCode> local_code() const noexcept {
        return sent(oxws_close_info_local_code(info_));
    }
    /// The reason of the Close frame that this side sent.
    std::string_view local_reason() const noexcept {
        std::size_t len = 0;
        const char *data = oxws_close_info_local_reason(info_, &len);
        return detail::view(data, len);
    }
    /// The code of the Close frame that the peer sent: `NoStatus` if it carried none.
    std::optional<CloseCode> remote_code() const noexcept {
        return sent(oxws_close_info_remote_code(info_));
    }
    /// Who sent the first Close frame.
    Initiator initiator() const noexcept {
        return static_cast<Initiator>(oxws_close_info_initiator(info_));
    }
    /// Whether both sides sent a Close frame.
    bool was_clean() const noexcept { return oxws_close_info_was_clean(info_) != 0; }
    /// The error number (errno) of the system call that failed; 0 if none did.
    int os_error() const noexcept { return oxws_close_info_os_error(info_); }
    /// The HTTP status with which this side answered the request, or the server refused it; 0 if the
    /// handshake did not end so.
    std::uint16_t http_status() const noexcept { return oxws_close_info_http_status(info_); }

private:
    static std::optional<CloseCode> sent(std::uint16_t code) noexcept {
        if (code == 0) return std::nullopt;
        return static_cast<CloseCode>(code);
    }

    const oxws_close_info *info_;
};

} // namespace oxws

#endif
