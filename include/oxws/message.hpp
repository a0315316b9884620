// What is received: messages, and pieces of them. Included by <oxws.hpp>.
#ifndef OXWS_MESSAGE_HPP
#define OXWS_MESSAGE_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// A message that has been received whole: a view, lent to `on_message` until that returns.
class Message {
public:
    /// A message of this type and payload.
    Message(MessageType type, bytes data) noexcept : type_(type), data_(data) {}
    /// Text or binary.
    MessageType type() const noexcept { return type_; }
    /// Whether it is text, which is valid UTF-8.
    bool is_text() const noexcept { return type_ == MessageType::Text; }
    /// Whether it is binary.
    bool is_binary() const noexcept { return type_ == MessageType::Binary; }
    /// The payload as bytes.
    bytes data() const noexcept { return data_; }
    /// The payload as characters.
    std::string_view text() const noexcept { return data_.text(); }
    /// The bytes of the payload.
    std::size_t size() const noexcept { return data_.size(); }

private:
    MessageType type_;
    bytes data_;
};

/// A piece of a message as it comes: a view, lent to `on_chunk` until that returns. A text is checked as it
/// comes, and a piece of it may end inside a character.
class Chunk : public Message {
public:
    /// A piece with bits of `oxws_chunk_flag`.
    Chunk(MessageType type, bytes data, std::uint32_t flags) noexcept
        : Message(type, data), flags_(flags) {}
    /// Whether it is the first of its message.
    bool is_first() const noexcept { return (flags_ & OXWS_CHUNK_FIRST) != 0; }
    /// Whether it is the last of its message.
    bool is_last() const noexcept { return (flags_ & OXWS_CHUNK_LAST) != 0; }

private:
    std::uint32_t flags_;
};

} // namespace oxws

#endif
