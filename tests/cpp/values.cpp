// Statuses, results, enums, bytes, texts: what needs no loop.
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

#include "check.hpp"

using oxws::bytes;
using oxws::Error;
using oxws::Result;
using oxws::Status;

// Owners can be moved and not be copied; names and views are copied freely.
template <class T>
constexpr bool is_owner = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                          std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
template <class T>
constexpr bool is_value = std::is_trivially_copyable_v<T>;

static_assert(is_owner<oxws::Loop> && is_owner<oxws::Config> && is_owner<oxws::Reply>);
static_assert(is_value<oxws::Connection> && is_value<oxws::Listener> && is_value<oxws::Timer>);
static_assert(is_value<oxws::Watch> && is_value<oxws::LoopRef> && is_value<Status>);
static_assert(is_value<oxws::Request> && is_value<oxws::Response> && is_value<oxws::CloseInfoView>);
static_assert(is_value<bytes> && is_value<oxws::Message>);

// Text is not taken for bytes by mistake.
static_assert(!std::is_convertible_v<std::string, bytes>);
static_assert(!std::is_convertible_v<const char *, bytes>);
static_assert(!std::is_convertible_v<std::vector<int>, bytes>);
static_assert(std::is_convertible_v<std::vector<std::uint8_t>, bytes>);
static_assert(std::is_convertible_v<std::array<std::byte, 4>, bytes>);

static_assert(std::is_same_v<std::underlying_type_t<oxws::CloseCode>, std::uint16_t>);
static_assert(std::is_same_v<std::underlying_type_t<oxws::Version>, std::int32_t>);

static_assert(oxws::qt::CloseCodeNormal == 1000 && oxws::qt::CloseCodeGoingAway == 1001);
static_assert(oxws::qt::CloseCodeProtocolError == 1002);
static_assert(oxws::qt::CloseCodeDatatypeNotSupported == 1003);
static_assert(oxws::qt::CloseCodeReserved1004 == 1004);
static_assert(oxws::qt::CloseCodeMissingStatusCode == 1005);
static_assert(oxws::qt::CloseCodeAbnormalDisconnection == 1006);
static_assert(oxws::qt::CloseCodeWrongDatatype == 1007);
static_assert(oxws::qt::CloseCodePolicyViolated == 1008);
static_assert(oxws::qt::CloseCodeTooMuchData == 1009);
static_assert(oxws::qt::CloseCodeMissingExtension == 1010);
static_assert(oxws::qt::CloseCodeBadOperation == 1011);
static_assert(oxws::qt::CloseCodeTlsHandshakeFailed == 1015);
static_assert(oxws::qt::VersionUnknown == -1 && oxws::qt::Version0 == 0 && oxws::qt::Version4 == 4);
static_assert(oxws::qt::Version5 == 5 && oxws::qt::Version6 == 6 && oxws::qt::Version7 == 7);
static_assert(oxws::qt::Version8 == 8 && oxws::qt::Version13 == 13);
static_assert(oxws::qt::VersionLatest == oxws::qt::Version13);

namespace {

void statuses() {
    const Status good, bad = Error::Closed;
    CHECK(good && good.ok() && good.code() == OXWS_OK);
    CHECK(good == Status(OXWS_OK));
    CHECK(!bad && bad.code() == OXWS_ERROR_CLOSED);
    CHECK(bad == Error::Closed && bad != Error::NotFound && good != bad);
    CHECK(std::string_view(bad.name()) == "OXWS_ERROR_CLOSED");
    CHECK(std::string_view(oxws::to_string(Error::Closed)) == "OXWS_ERROR_CLOSED");
    CHECK(std::string_view(oxws::to_string(good)) == "OXWS_OK");
    CHECK(std::strlen(bad.message()) > 5);
    CHECK(Status(Error::TextUtf8).close_code() == oxws::CloseCode::InvalidPayload);
    CHECK(Status(Error::InvalidUrl).close_code() == std::nullopt);
    CHECK(Status(Error::HandshakeOrigin).http_status() == 403);
}

Result<std::string> made(bool well) {
    if (!well) return Error::NotFound;
    return std::string("made");
}

void results() {
    const Result<std::string> good = made(true), bad = made(false);
    CHECK(good && good.has_value() && good.status().ok());
    CHECK(*good == "made" && good->size() == 4);
    CHECK(!bad && !bad.has_value() && bad.status() == Error::NotFound);
    CHECK(bad.value_or("other") == "other" && good.value_or("other") == "made");
    std::string moved = *made(true);
    CHECK(moved == "made");
}

void vocabulary() {
    using oxws::CloseCode;
    CHECK(std::string_view(to_string(CloseCode::GoingAway)) == "GOING_AWAY");
    CHECK(std::string_view(to_string(CloseCode{4999})).empty());
    CHECK(std::string_view(description(CloseCode::Normal)).size() > 5);
    CHECK(std::string_view(description(CloseCode{4999})).empty());
    CHECK(is_sendable(CloseCode::Normal) && !is_sendable(CloseCode::NoStatus));
    CHECK(static_cast<int>(oxws::Version::Latest) == 13);
    CHECK(std::string_view(to_string(oxws::MessageType::Binary)) == "BINARY");
    CHECK(std::string_view(to_string(oxws::Initiator::Remote)) == "REMOTE");
    CHECK(std::string_view(oxws::library_version()) == OXWS_LIBRARY_VERSION);
    CHECK(oxws::library_version_number() == OXWS_LIBRARY_VERSION_NUMBER);
}

void views_of_bytes() {
    const std::vector<std::uint8_t> vector = {1, 2, 3};
    const std::array<std::byte, 2> array = {std::byte{4}, std::byte{5}};
    const std::uint8_t plain[] = {6};
    const bytes from_vector = vector, from_array = array, from_plain = plain, none;
    CHECK(from_vector.size() == 3 && from_vector[2] == 3 && from_vector.data() == vector.data());
    CHECK(from_array.size() == 2 && from_array[1] == 5);
    CHECK(from_plain.size() == 1 && from_plain[0] == 6);
    CHECK(none.empty() && none.text().empty() && none.begin() == none.end());
    CHECK(oxws::as_bytes("text").text() == "text");
    int sum = 0;
    for (std::uint8_t byte : from_vector) sum += byte;
    CHECK(sum == 6);
    const std::vector<std::uint8_t> copy(from_vector.begin(), from_vector.end());
    CHECK(copy == vector);
#if __cplusplus >= 202002L
    const std::span<const std::uint8_t> span = from_vector;
    const bytes again = span;
    CHECK(span.size() == 3 && again.data() == vector.data());
#endif
}

std::string text_of(const oxws::Text &text) { return text.c_str() == nullptr ? "NULL" : text.c_str(); }

void texts() {
    const std::string string = "string";
    CHECK(text_of("literal") == "literal");
    CHECK(text_of(string) == "string");
    CHECK(text_of(std::string_view("string view").substr(0, 6)) == "string");
    CHECK(text_of(nullptr) == "NULL");
    CHECK(text_of(std::string("a\0b", 3)) == "\xFF");
}

void connections_as_keys() {
    std::unordered_set<oxws::Connection> set;
    set.insert(oxws::Connection());
    CHECK(set.count(oxws::Connection()) == 1);
    CHECK(!(oxws::Connection() < oxws::Connection()));
}

} // namespace

int main() {
    statuses();
    results();
    vocabulary();
    views_of_bytes();
    texts();
    connections_as_keys();
    return check_end();
}
