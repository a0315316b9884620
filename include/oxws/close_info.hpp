// How a connection ended. Included by <oxws.hpp>.
#ifndef OXWS_CLOSE_INFO_HPP
#define OXWS_CLOSE_INFO_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/close_code.hpp>
#include <oxws/request.hpp>
#include <oxws/status.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// The first two bytes of a frame: flags and opcode, then the mask bit and the length or its form.
struct FrameStart {
    std::uint8_t first_byte;  ///< FIN, reserved bits, opcode.
    std::uint8_t second_byte; ///< 0 if it had not come when the first was refused.
};

class CloseInfo;

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
    /// The HTTP status with which this side answered the request, or the server or a proxy refused it; 0
    /// if the handshake did not end so.
    std::uint16_t http_status() const noexcept { return oxws_close_info_http_status(info_); }
    /// The reply with which a SOCKS proxy refused the connection (RFC 1928 section 6); 0 if none did.
    std::uint8_t socks_reply() const noexcept { return oxws_close_info_socks_reply(info_); }
    /// The answer of the server that refused the handshake, with up to 64 KiB of its body.
    std::optional<Response> response() const noexcept {
        const oxws_response *response = oxws_close_info_response(info_);
        if (response == nullptr) return std::nullopt;
        return Response(response);
    }
    /// What the connection was doing when it ended.
    Stage stage() const noexcept { return static_cast<Stage>(oxws_close_info_stage(info_)); }
    /// How long a connection that has never been open was at a stage of its opening; zero otherwise.
    std::chrono::microseconds stage_time(Stage stage) const noexcept {
        return std::chrono::microseconds(static_cast<std::int64_t>(
            oxws_close_info_stage_us(info_, static_cast<std::int32_t>(stage))));
    }
    /// What a client that wants to stay connected does after this end.
    Reconnect reconnect() const noexcept {
        return static_cast<Reconnect>(oxws_close_info_reconnect(info_));
    }
    /// Which deadline ended it.
    Timeout timeout() const noexcept { return static_cast<Timeout>(oxws_close_info_timeout(info_)); }
    /// The number of the TLS alert that ended it (RFC 8446 section 6).
    std::optional<int> tls_alert() const noexcept {
        const int alert = oxws_close_info_tls_alert(info_);
        if (alert < 0) return std::nullopt;
        return alert;
    }
    /// The name of the header field that is missing or wrong; NULL if none is. Lives as long as the
    /// library.
    const char *header_name() const noexcept { return oxws_close_info_header_name(info_); }
    /// Where the fault is: in a head that was refused, or where the frame that was refused begins in all
    /// that the peer sent behind the head.
    std::optional<std::uint64_t> byte_offset() const noexcept {
        const std::uint64_t offset = oxws_close_info_byte_offset(info_);
        if (offset == UINT64_MAX) return std::nullopt;
        return offset;
    }
    /// The last frames that were received, 4 at most, the newest last: a range of `FrameStart`.
    detail::Indexed<const oxws_close_info *, FrameStart> frames() const noexcept {
        return {info_, oxws_close_info_frame_count, frame_at};
    }
    /// Why the connection ended, in one line for a log.
    Result<std::string> to_text() const { return detail::form_of<oxws_close_info_to_text>(info_); }
    /// All of it as a JSON object, whose members oxws.h names.
    Result<std::string> to_json() const { return detail::form_of<oxws_close_info_to_json>(info_); }
    /// A copy that outlives the handler, for any thread.
    CloseInfo clone() const noexcept;

protected:
    /// The record in C.
    const oxws_close_info *info_;

private:
    static FrameStart frame_at(const oxws_close_info *info, std::size_t index) noexcept {
        FrameStart start{0, 0};
        oxws_close_info_frame_at(info, index, &start.first_byte, &start.second_byte);
        return start;
    }
    static std::optional<CloseCode> sent(std::uint16_t code) noexcept {
        if (code == 0) return std::nullopt;
        return static_cast<CloseCode>(code);
    }
};

/// A copy of how a connection ended, which belongs to no loop. Thread: one at a time.
class CloseInfo : public CloseInfoView {
public:
    /// No record; what it tells is nothing.
    CloseInfo() noexcept : CloseInfoView(nullptr) {}
    /// Takes over a copy that `oxws_close_info_clone` made.
    explicit CloseInfo(oxws_close_info *info) noexcept : CloseInfoView(info), owned_(info) {}
    ~CloseInfo() { oxws_close_info_free(owned_); }
    /// The one that is moved from is empty.
    CloseInfo(CloseInfo &&other) noexcept
        : CloseInfoView(std::exchange(other.info_, nullptr)),
          owned_(std::exchange(other.owned_, nullptr)) {}
    /// The one that is moved from is empty.
    CloseInfo &operator=(CloseInfo &&other) noexcept {
        CloseInfo moved(std::move(other));
        std::swap(info_, moved.info_);
        std::swap(owned_, moved.owned_);
        return *this;
    }

    /// Whether there is a record.
    explicit operator bool() const noexcept { return owned_ != nullptr; }

private:
    oxws_close_info *owned_ = nullptr;
};

inline CloseInfo CloseInfoView::clone() const noexcept {
    return CloseInfo(oxws_close_info_clone(info_));
}

} // namespace oxws

#endif
