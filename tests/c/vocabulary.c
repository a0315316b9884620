/*
 * Names and numbers of the protocol: states, sides, opcodes, close codes, versions. What is wanted
 * stands here in numbers, so that a constant that moves is noticed.
 */
#include "check.h"

#include <string.h>

/* Whether both are NULL or the same text. */
static int same(const char *actual, const char *wanted) {
    return actual == NULL || wanted == NULL ? actual == wanted : strcmp(actual, wanted) == 0;
}

/* ---- states and sides ---- */

static void states_have_names(void) {
    static const char *const states[] = {NULL,        "RESOLVING", "CONNECTING", "TLS",    "PROXY",
                                         "HANDSHAKE", "OPEN",      "CLOSING",    "CLOSED", NULL};
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

int main(void) {
    check_begin();
    states_have_names();
    opcodes_have_names_and_kinds();
    constants_are_those_of_the_protocol();
    return check_end();
}
