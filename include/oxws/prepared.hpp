// Messages that are made once and sent often. Included by <oxws.hpp>.
#ifndef OXWS_PREPARED_HPP
#define OXWS_PREPARED_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/message.hpp>
#include <oxws/status.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// A message that is framed once, and compressed once for each way of doing so that connections have agreed
/// on, however many it is sent to: what they send is the same memory. It never changes. A copy shares it.
///
/// Thread: any, several at once; one copy at a time is assigned to.
class Prepared {
public:
    /// No message; sending it gives `Error::NullArgument`.
    Prepared() noexcept = default;
    /// Takes over a handle from C.
    explicit Prepared(oxws_prepared *prepared) noexcept : prepared_(prepared) {}
    /// A text message, which must be UTF-8. Errors: `InvalidUtf8`; `InvalidArgument` for an unknown flag;
    /// `OutOfMemory`.
    static Result<Prepared> make(std::string_view text, SendFlag flags = SendFlag::None) {
        return made(MessageType::Text, text.data(), text.size(), flags);
    }
    /// A binary message. Errors: as for text.
    static Result<Prepared> make(bytes data, SendFlag flags = SendFlag::None) {
        return made(MessageType::Binary, data.data(), data.size(), flags);
    }
    /// A message like one that was received.
    static Result<Prepared> make(const Message &message, SendFlag flags = SendFlag::None) {
        return made(message.type(), message.data().data(), message.size(), flags);
    }
    ~Prepared() { oxws_prepared_free(prepared_); }
    /// Shares the message.
    Prepared(const Prepared &other) noexcept : prepared_(oxws_prepared_ref(other.prepared_)) {}
    /// The one that is moved from is empty.
    Prepared(Prepared &&other) noexcept : prepared_(std::exchange(other.prepared_, nullptr)) {}
    /// Shares the message, or takes it over from one that is moved.
    Prepared &operator=(Prepared other) noexcept {
        std::swap(prepared_, other.prepared_);
        return *this;
    }

    /// Whether there is a message.
    explicit operator bool() const noexcept { return prepared_ != nullptr; }
    /// The handle in C, which stays this one's.
    const oxws_prepared *get() const noexcept { return prepared_; }
    /// What it says, lent as long as this lives. Binary and empty if there is none.
    Message message() const noexcept {
        std::size_t len = 0;
        const std::uint8_t *data = oxws_prepared_data(prepared_, &len);
        return Message(static_cast<MessageType>(oxws_prepared_type(prepared_)), bytes(data, len));
    }

private:
    static Result<Prepared> made(MessageType type, const void *data, std::size_t size, SendFlag flags) {
        oxws_prepared *prepared = nullptr;
        const oxws_status status = oxws_prepared_new(static_cast<std::int32_t>(type), data, size,
                                                     static_cast<std::uint32_t>(flags), &prepared);
        if (status != OXWS_OK) return Status(status);
        return Prepared(prepared);
    }

    oxws_prepared *prepared_ = nullptr;
};

} // namespace oxws

#endif
