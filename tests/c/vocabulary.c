/*
 * Names and numbers of the protocol: states, sides, opcodes, close codes, versions. What is wanted
 * stands here in numbers, so that a constant that moves is noticed.
 */
#include "check.h"

/* Whether both are NULL or the same text. */
static int same(const char *actual, const char *wanted) {
    return actual == NULL || wanted == NULL ? actual == wanted : strcmp(actual, wanted) == 0;
}

/* ---- states and sides ---- */

static void states_have_names(void) {
    static const char *const states[] = {NULL,        "RESOLVING", "CONNECTING", "TLS",    "PROXY",
                                         "HANDSHAKE", "OPEN",      "CLOSING",    "CLOSED",
                                         "WAITING",   NULL};
    static const char *const close_states[] = {"OPEN", "CLOSE_SENT", "CLOSE_RECEIVED", "CLOSED",
                                               NULL};
    static const char *const roles[] = {NULL, "CLIENT", "SERVER", NULL};
    int i;

    for (i = 0; i < 10; i++) CHECK(same(oxws_state_name(i), states[i]));
    for (i = 0; i < 5; i++) CHECK(same(oxws_close_state_name(i), close_states[i]));
    for (i = 0; i < 4; i++) CHECK(same(oxws_role_name(i), roles[i]));
    CHECK(same(oxws_state_name(OXWS_STATE_OPEN), "OPEN"));
    CHECK(same(oxws_close_state_name(OXWS_CLOSE_STATE_CLOSE_RECEIVED), "CLOSE_RECEIVED"));
    CHECK(same(oxws_role_name(OXWS_ROLE_CLIENT), "CLIENT"));
    CHECK_NUMBER(OXWS_ROLE_SERVER, 2);
    CHECK_NUMBER(OXWS_CLOSE_STATE_CLOSED, 3);
}

/* ---- opcodes and constants ---- */

static void opcodes_have_names_and_kinds(void) {
    static const struct {
        int opcode;
        const char *name;
        int is_control, is_reserved;
    } wanted[] = {
        {0, "CONTINUATION", 0, 0}, {1, "TEXT", 0, 0},         {2, "BINARY", 0, 0},
        {3, "RESERVED_3", 0, 1},   {4, "RESERVED_4", 0, 1},   {5, "RESERVED_5", 0, 1},
        {6, "RESERVED_6", 0, 1},   {7, "RESERVED_7", 0, 1},   {8, "CLOSE", 1, 0},
        {9, "PING", 1, 0},         {10, "PONG", 1, 0},        {11, "RESERVED_11", 1, 1},
        {12, "RESERVED_12", 1, 1}, {13, "RESERVED_13", 1, 1}, {14, "RESERVED_14", 1, 1},
        {15, "RESERVED_15", 1, 1},
    };
    size_t i;

    for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        CHECK(same(oxws_opcode_name(wanted[i].opcode), wanted[i].name));
        CHECK_NUMBER(oxws_opcode_is_control(wanted[i].opcode), wanted[i].is_control);
        CHECK_NUMBER(oxws_opcode_is_reserved(wanted[i].opcode), wanted[i].is_reserved);
    }
    CHECK_NUMBER(OXWS_OPCODE_CONTINUATION, 0);
    CHECK_NUMBER(OXWS_OPCODE_RESERVED_7, 7);
    CHECK_NUMBER(OXWS_OPCODE_CLOSE, 8);
    CHECK_NUMBER(OXWS_OPCODE_PONG, 10);
    CHECK_NUMBER(OXWS_OPCODE_RESERVED_15, 15);
}

static void constants_are_those_of_the_protocol(void) {
    CHECK_NUMBER(OXWS_FRAME_FLAG_FIN, 0x80);
    CHECK_NUMBER(OXWS_FRAME_FLAG_RSV1, 0x40);
    CHECK_NUMBER(OXWS_FRAME_FLAG_RSV2, 0x20);
    CHECK_NUMBER(OXWS_FRAME_FLAG_RSV3, 0x10);
    CHECK_NUMBER(OXWS_OPCODE_MASK, 0x0F);
    CHECK_NUMBER(OXWS_FRAME_TEXT, 0x81);
    CHECK_NUMBER(OXWS_FRAME_BINARY, 0x82);
    CHECK_NUMBER(OXWS_MAX_CONTROL_BYTES, 125);
    CHECK_NUMBER(OXWS_MAX_REASON_BYTES, 123);
    CHECK_NUMBER(OXWS_MAX_FRAME_HEADER_BYTES, 14);
    CHECK(same(OXWS_PROTOCOL_GUID, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    CHECK(same(oxws_protocol_guid(), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    CHECK(same(OXWS_PROTOCOL_VERSION, "13"));
    CHECK(same(oxws_protocol_version(), "13"));
}

/* ---- close codes ---- */

/* Codes from a number on, up to the next row, and what is wanted of them. */
static const struct {
    unsigned from;
    int sender, range, since, reconnect, is_local_only;
} codes[] = {
    {0, 0, 0, -1, 0, 0},    {1000, 1, 1, 6, 0, 0},  {1001, 1, 1, 6, 1, 0},  {1002, 1, 1, 6, 0, 0},
    {1004, 0, 1, 6, 0, 0},  {1005, 0, 1, 8, 0, 1},  {1006, 0, 1, 8, 2, 1},  {1007, 1, 1, 8, 0, 0},
    {1008, 1, 1, 13, 0, 0}, {1010, 2, 1, 13, 0, 0}, {1011, 1, 1, 13, 2, 0}, {1012, 3, 1, 13, 2, 0},
    {1015, 0, 1, 13, 0, 1}, {1016, 0, 1, -1, 0, 0}, {3000, 1, 2, 6, 0, 0},  {3008, 1, 2, 6, 2, 0},
    {3009, 1, 2, 6, 0, 0},  {4000, 1, 3, 6, 0, 0},  {5000, 0, 0, -1, 0, 0},
};

static void a15_every_close_code_is_told(void) {
    size_t rows = sizeof codes / sizeof *codes, row = 0;
    unsigned number;

    for (number = 0; number <= UINT16_MAX; number++) {
        uint16_t code = (uint16_t)number;
        const oxws_reason *reason = oxws_reason_get(code);
        int is_reason = number >= 1000 && number <= 4999;
        if (row + 1 < rows && codes[row + 1].from == number) row++;
        CHECK_NUMBER(oxws_close_code_sender(code), codes[row].sender);
        CHECK_NUMBER(oxws_close_code_range(code), codes[row].range);
        CHECK_NUMBER(oxws_close_code_since_version(code), codes[row].since);
        CHECK_NUMBER(oxws_close_code_reconnect(code), codes[row].reconnect);
        CHECK_NUMBER(oxws_close_code_is_local_only(code), codes[row].is_local_only);
        CHECK_NUMBER(oxws_close_code_is_sendable(code), codes[row].sender != 0);
        CHECK((reason != NULL) == is_reason);
        CHECK_NUMBER(oxws_reason_code(reason), is_reason ? number : 0);
        CHECK_NUMBER(oxws_reason_sender(reason), codes[row].sender);
        CHECK_NUMBER(oxws_reason_range(reason), codes[row].range);
        CHECK_NUMBER(oxws_reason_since_version(reason), codes[row].since);
        CHECK_NUMBER(oxws_reason_reconnect(reason), codes[row].reconnect);
        CHECK_NUMBER(oxws_reason_is_local_only(reason), codes[row].is_local_only);
        CHECK_NUMBER(oxws_reason_is_sendable(reason), codes[row].sender != 0);
    }
    CHECK_NUMBER(row, rows - 1);
}

static void close_codes_have_numbers_of_their_own(void) {
    CHECK_NUMBER(OXWS_CLOSE_SENDER_EITHER, 1);
    CHECK_NUMBER(OXWS_CLOSE_SENDER_SERVER, 3);
    CHECK_NUMBER(OXWS_CLOSE_RANGE_PRIVATE, 3);
    CHECK_NUMBER(OXWS_RECONNECT_BACK_OFF, 2);
    CHECK_NUMBER(OXWS_CLOSE_UNAUTHORIZED, 3000);
    CHECK_NUMBER(OXWS_CLOSE_FORBIDDEN, 3003);
    CHECK_NUMBER(OXWS_CLOSE_TIMEOUT, 3008);
    CHECK(same(oxws_close_code_name(3000), "UNAUTHORIZED"));
    CHECK(same(oxws_close_code_name(1010), "MANDATORY_EXTENSION"));
}

/* ---- versions ---- */

static const struct {
    int version;
    const char *name, *header_name, *header_value, *origin;
    int first_draft, last_draft, key_scheme, mask_scheme, frame_format, is_supported;
} versions[] = {
    {0, "hybi-00", "Sec-WebSocket-Draft", "0", "Origin", 0, 0, 1, 0, 0, 0},
    {4, "hybi-04", "Sec-WebSocket-Version", "4", "Sec-WebSocket-Origin", 4, 4, 2, 1, 1, 0},
    {5, "hybi-05", "Sec-WebSocket-Version", "5", "Sec-WebSocket-Origin", 5, 5, 3, 2, 1, 0},
    {6, "hybi-06", "Sec-WebSocket-Version", "6", "Sec-WebSocket-Origin", 6, 6, 3, 2, 1, 0},
    {7, "hybi-07", "Sec-WebSocket-Version", "7", "Sec-WebSocket-Origin", 7, 7, 3, 2, 2, 1},
    {8, "hybi-08", "Sec-WebSocket-Version", "8", "Sec-WebSocket-Origin", 8, 12, 3, 2, 2, 1},
    {13, "RFC 6455", "Sec-WebSocket-Version", "13", "Origin", 13, 17, 3, 2, 2, 1},
};
#define VERSIONS (sizeof versions / sizeof *versions)

static void every_version_is_told(void) {
    size_t i;

    CHECK_NUMBER(oxws_version_count(), VERSIONS);
    CHECK_NUMBER(oxws_version_at(VERSIONS), OXWS_VERSION_UNKNOWN);
    CHECK(same(oxws_version_list(), "13, 8, 7"));
    for (i = 0; i < VERSIONS; i++) {
        int version = versions[i].version;
        CHECK_NUMBER(oxws_version_at(i), version);
        CHECK_NUMBER(oxws_version_from_string(versions[i].header_value), version);
        CHECK(same(oxws_version_name(version), versions[i].name));
        CHECK(strlen(oxws_version_description(version)) > 20);
        CHECK(same(oxws_version_header_name(version), versions[i].header_name));
        CHECK(same(oxws_version_header_value(version), versions[i].header_value));
        CHECK(same(oxws_version_origin_header_name(version), versions[i].origin));
        CHECK_NUMBER(oxws_version_first_draft(version), versions[i].first_draft);
        CHECK_NUMBER(oxws_version_last_draft(version), versions[i].last_draft);
        CHECK_NUMBER(oxws_version_key_scheme(version), versions[i].key_scheme);
        CHECK_NUMBER(oxws_version_mask_scheme(version), versions[i].mask_scheme);
        CHECK_NUMBER(oxws_version_frame_format(version), versions[i].frame_format);
        CHECK_NUMBER(oxws_version_is_supported(version), versions[i].is_supported);
    }
    CHECK_NUMBER(OXWS_KEY_SCHEME_KEY_SHA1, 3);
    CHECK_NUMBER(OXWS_MASK_SCHEME_XOR, 2);
    CHECK_NUMBER(OXWS_FRAME_FORMAT_CURRENT, 2);
}

/* The opcodes of today in each format, and the first and last of the close codes of a version. */
static void versions_have_opcodes_and_close_codes_of_their_own(void) {
    static const int early[] = {0, 4, 5, -1, -1, -1, -1, -1, 1, 2, 3};
    static const int current[] = {0, 1, 2, -1, -1, -1, -1, -1, 8, 9, 10};
    size_t i;
    int opcode;
    unsigned code;

    for (i = 0; i < VERSIONS; i++) {
        int version = versions[i].version;
        unsigned last = version < 6 ? 0 : version < 8 ? 1004 : version < 13 ? 1007 : 1015;
        for (opcode = -1; opcode < 20; opcode++) {
            int wanted = -1;
            if (opcode >= 0 && opcode <= 10 && version >= 4) {
                wanted = version < 7 ? early[opcode] : current[opcode];
            }
            CHECK_NUMBER(oxws_version_opcode(version, opcode), wanted);
        }
        for (code = 0; code <= UINT16_MAX; code++) {
            int wanted = (code >= 1000 && code <= last) ||
                         (version >= 6 && code >= 3000 && code <= 4999);
            CHECK_NUMBER(oxws_version_knows_close_code(version, (uint16_t)code), wanted);
        }
    }
}

int main(void) {
    check_begin();
    states_have_names();
    opcodes_have_names_and_kinds();
    constants_are_those_of_the_protocol();
    a15_every_close_code_is_told();
    close_codes_have_numbers_of_their_own();
    every_version_is_told();
    versions_have_opcodes_and_close_codes_of_their_own();
    return check_end();
}
