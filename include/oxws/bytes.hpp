// Views of bytes and of typed text, which own nothing. Included by <oxws.hpp>; nothing here calls
// the library.
#ifndef OXWS_BYTES_HPP
#define OXWS_BYTES_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace oxws {

class bytes;

namespace detail {

template <class Container>
using element_pointer = decltype(std::data(std::declval<const Container &>()));

template <class Container, class = void>
struct holds_bytes : std::false_type {};

template <class Container>
struct holds_bytes<Container, std::void_t<element_pointer<Container>,
                                          decltype(std::size(std::declval<const Container &>()))>>
    : std::bool_constant<
          (std::is_convertible_v<element_pointer<Container>, const std::uint8_t *> ||
           std::is_convertible_v<element_pointer<Container>, const std::byte *>)> {};

inline std::string_view view(const char *data, std::size_t len) noexcept {
    return data == nullptr ? std::string_view() : std::string_view(data, len);
}

inline std::optional<std::string_view> maybe(const char *data, std::size_t len) noexcept {
    if (data == nullptr) return std::nullopt;
    return std::string_view(data, len);
}

} // namespace detail

/// Bytes that somebody else owns: a pointer and a length, as `std::span<const std::uint8_t>`, into
/// which it turns by itself in C++20.
///
/// Made of anything contiguous with elements of one byte that are no characters: a vector, an array,
/// a span of `std::uint8_t` or `std::byte`. Characters are made bytes by `as_bytes`, so that text is
/// not sent as binary by mistake. Valid as long as what it was made of.
class bytes {
public:
    using element_type = const std::uint8_t;        ///< As a container has it.
    using value_type = std::uint8_t;                ///< As a container has it.
    using size_type = std::size_t;                  ///< As a container has it.
    using difference_type = std::ptrdiff_t;         ///< As a container has it.
    using pointer = const std::uint8_t *;           ///< As a container has it.
    using reference = const std::uint8_t &;         ///< As a container has it.
    using iterator = const std::uint8_t *;          ///< As a container has it.
    using const_iterator = const std::uint8_t *;    ///< As a container has it.

    /// No bytes.
    constexpr bytes() noexcept = default;
    /// The `size` bytes at `data`.
    constexpr bytes(const std::uint8_t *data, std::size_t size) noexcept
        : data_(data), size_(size) {}
    /// The `size` bytes at `data`.
    bytes(const void *data, std::size_t size) noexcept
        : data_(static_cast<const std::uint8_t *>(data)), size_(size) {}
    /// The elements of a container of bytes.
    template <class Container,
              class = std::enable_if_t<detail::holds_bytes<Container>::value &&
                                       !std::is_same_v<std::decay_t<Container>, bytes>>>
    bytes(const Container &container) noexcept
        : bytes(static_cast<const void *>(std::data(container)), std::size(container)) {}

    /// The first byte; may be NULL if there is none.
    constexpr const std::uint8_t *data() const noexcept { return data_; }
    /// How many there are.
    constexpr std::size_t size() const noexcept { return size_; }
    /// Whether there is none.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// The first byte.
    constexpr iterator begin() const noexcept { return data_; }
    /// Behind the last byte.
    constexpr iterator end() const noexcept { return data_ + size_; }
    /// The byte at `index`, which must be below the size.
    constexpr const std::uint8_t &operator[](std::size_t index) const noexcept {
        return data_[index];
    }
    /// The same bytes as characters.
    std::string_view text() const noexcept {
        return detail::view(reinterpret_cast<const char *>(data_), size_);
    }

private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

/// The characters of a text as bytes. Valid as long as the text.
inline bytes as_bytes(std::string_view text) noexcept { return bytes(text.data(), text.size()); }

/// A text that a person types, as an argument: a literal or a `std::string`, which are not copied, or
/// a `std::string_view`, which is. `nullptr` is no text, where the function allows that. A text with a
/// NUL inside is refused by every function, as is one that is not UTF-8.
///
/// Only made by the way, for the duration of a call.
class Text {
public:
    /// No text.
    Text(std::nullptr_t) noexcept {}
    /// A literal, or no text for NULL.
    Text(const char *text) noexcept : text_(text) {}
    /// A string, which is not copied.
    Text(const std::string &text) noexcept : text_(checked(text)) {}
    /// A view, which is copied.
    Text(std::string_view text) : copy_(text), text_(checked(copy_)) {}
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;

    /// The text with a NUL behind it, or NULL.
    const char *c_str() const noexcept { return text_; }

private:
    static const char *checked(const std::string &text) noexcept {
        // What is no UTF-8 at all, the library refuses.
        return text.find('\0') == std::string::npos ? text.c_str() : "\xFF";
    }

    std::string copy_;
    const char *text_ = nullptr;
};

namespace detail {

/// The owner of what belongs to the library itself.
struct Library {};

/// What has a count and items by their number, as a range. The owner is a pointer or another small value.
template <class Owner, class Item>
class Indexed {
public:
    using Count = std::size_t (*)(Owner);
    using At = Item (*)(Owner, std::size_t);

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = Item;

        iterator(Owner owner, At at, std::size_t index) noexcept
            : owner_(owner), at_(at), index_(index) {}
        Item operator*() const { return at_(owner_, index_); }
        iterator &operator++() noexcept {
            ++index_;
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++index_;
            return before;
        }
        friend bool operator==(const iterator &a, const iterator &b) noexcept {
            return a.index_ == b.index_;
        }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

    private:
        Owner owner_;
        At at_;
        std::size_t index_;
    };

    Indexed(Owner owner, Count count, At at) noexcept
        : owner_(owner), at_(at), size_(count(owner)) {}
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    Item operator[](std::size_t index) const { return at_(owner_, index); }
    iterator begin() const noexcept { return iterator(owner_, at_, 0); }
    iterator end() const noexcept { return iterator(owner_, at_, size_); }

private:
    Owner owner_;
    At at_;
    std::size_t size_;
};

} // namespace detail

/// A name and its value, such as a header field.
struct Field {
    std::string_view name;  ///< Its name, as it was written.
    std::string_view value; ///< Its value, which may be empty.
};

} // namespace oxws

#endif
