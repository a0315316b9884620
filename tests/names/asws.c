/* The rows of websocket.reasons. */
#include "names.h"

/* Whether a code has one object, which says this of it. */
static int is_reason(uint16_t code, uint16_t number, oxws_close_sender sender) {
    const oxws_reason *reason = oxws_reason_get(number);

    return is_code(code, number, sender != OXWS_CLOSE_SENDER_NOBODY) && reason != NULL &&
           oxws_reason_get(code) == reason && oxws_reason_code(reason) == number &&
           oxws_reason_from_name(oxws_reason_name(reason)) == reason &&
           oxws_reason_description(reason)[0] != '\0' && oxws_reason_is_known(reason) == 1 &&
           oxws_reason_sender(reason) == sender;
}

static void all(void) {
    row("Reasons", oxws_reason_from_name("GOING_AWAY") == oxws_reason_get(OXWS_CLOSE_GOING_AWAY));
    row("Reasons.NORMAL", is_reason(OXWS_CLOSE_NORMAL, 1000, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.GOING_AWAY", is_reason(OXWS_CLOSE_GOING_AWAY, 1001, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.PROTOCOL_ERROR",
        is_reason(OXWS_CLOSE_PROTOCOL_ERROR, 1002, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.UNACCEPTABLE_DATA",
        is_reason(OXWS_CLOSE_UNSUPPORTED_DATA, 1003, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.RESERVED", is_reason(OXWS_CLOSE_RESERVED_1004, 1004, OXWS_CLOSE_SENDER_NOBODY));
    row("Reasons.NO_STATUS", is_reason(OXWS_CLOSE_NO_STATUS, 1005, OXWS_CLOSE_SENDER_NOBODY));
    row("Reasons.ABNORMAL_CLOSE", is_reason(OXWS_CLOSE_ABNORMAL, 1006, OXWS_CLOSE_SENDER_NOBODY));
    row("Reasons.INCONSISTENT_DATA",
        is_reason(OXWS_CLOSE_INVALID_PAYLOAD, 1007, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.POLICY_VIOLATION",
        is_reason(OXWS_CLOSE_POLICY_VIOLATION, 1008, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.MESSAGE_TOO_BIG",
        is_reason(OXWS_CLOSE_MESSAGE_TOO_BIG, 1009, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.EXTENSION_NOT_PRESENT",
        is_reason(OXWS_CLOSE_MANDATORY_EXTENSION, 1010, OXWS_CLOSE_SENDER_CLIENT));
    row("Reasons.UNEXPECTED_CONDITION",
        is_reason(OXWS_CLOSE_INTERNAL_ERROR, 1011, OXWS_CLOSE_SENDER_EITHER));
    row("Reasons.TLS_HANDSHAKE_FAILURE",
        is_reason(OXWS_CLOSE_TLS_HANDSHAKE, 1015, OXWS_CLOSE_SENDER_NOBODY));
}

static void objects(void) {
    const oxws_reason *unknown = oxws_reason_get(4321);
    size_t i;
    int is_ascending = oxws_reason_count() >= 16;

    row("Reason", unknown != NULL && oxws_reason_get(4321) == unknown);
    row("Reason.get", oxws_reason_description(unknown)[0] == '\0' &&
                          oxws_reason_is_known(unknown) == 0 && oxws_reason_get(999) == NULL &&
                          oxws_reason_get(5000) == NULL);
    row("Reason.code", oxws_reason_code(unknown) == 4321);
    for (i = 1; i < oxws_reason_count(); i++) {
        is_ascending &=
            oxws_reason_code(oxws_reason_at(i - 1)) < oxws_reason_code(oxws_reason_at(i));
    }
    row("Reason.INSTANCES", is_ascending && oxws_reason_at(oxws_reason_count()) == NULL);

    row("Reason.set_description",
        oxws_reason_register(4321, "TEA_IS_READY", "The tea is ready.") == OXWS_OK &&
            oxws_reason_register(1000, "X", "x") == OXWS_ERROR_INVALID_ARGUMENT);
    row("Reason.description",
        strcmp(oxws_reason_description(oxws_reason_get(4321)), "The tea is ready.") == 0);
    row("Reason(code)", oxws_reason_register(4321, "TEA_IS_READY", "The tea is ready.") == OXWS_OK);
    row("DuplicateReasonException",
        oxws_reason_register(4321, "COFFEE", "No tea.") == OXWS_ERROR_DUPLICATE);
}

static int parses(const void *data, size_t len, uint16_t wanted_code, const char *wanted_reason) {
    uint16_t code = 0;
    const char *reason = NULL;
    size_t reason_len = 0;

    return oxws_close_payload_parse(data, len, &code, &reason, &reason_len) == OXWS_OK &&
           code == wanted_code && reason_len == strlen(wanted_reason) &&
           memcmp(reason == NULL ? "" : reason, wanted_reason, reason_len) == 0;
}

static oxws_status parse_error(const void *data, size_t len) {
    uint16_t code = 0;
    const char *reason = NULL;
    size_t reason_len = 0;

    return oxws_close_payload_parse(data, len, &code, &reason, &reason_len);
}

static void payloads(void) {
    row("Reason.from_bytes", parses("", 0, 1005, "") && parses("\x03\xE8\x62ye", 5, 1000, "bye") &&
                                 parses("\x10\xE1", 2, 4321, "") &&
                                 parse_error("\x03", 1) == OXWS_ERROR_CLOSE_PAYLOAD_LENGTH &&
                                 parse_error("\x03\xED", 2) == OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED &&
                                 parse_error("\x03\xE8\xFF", 3) == OXWS_ERROR_CLOSE_REASON_UTF8 &&
                                 oxws_status_close_code(OXWS_ERROR_CLOSE_REASON_UTF8) == 1007);
    row("INVALID_CODES",
        oxws_close_code_is_local_only(1005) == 1 && oxws_close_code_is_local_only(1006) == 1 &&
            oxws_close_code_is_local_only(1015) == 1 && oxws_close_code_is_local_only(1000) == 0 &&
            oxws_close_code_is_sendable(1004) == 0);
    row("UNDEFINED_CODES",
        oxws_close_code_is_sendable(1012) == 1 && oxws_close_code_is_sendable(1014) == 1 &&
            oxws_close_code_is_sendable(1016) == 0 && oxws_close_code_is_sendable(2999) == 0);
}

void check_asws(void) {
    objects();
    all();
    payloads();
}
