/*
 * F9: close codes, reasons, payloads of Close frames and versions, with every bad argument in turn.
 */
#include "check.h"

static const char not_utf8[] = "a\xff";

static void f09_codes_and_reasons(void) {
    static const char *const bad_names[] = {"",     "1st", "a b", "a-b",    "a.b", " a",
                                            "a\n",  "a\t", "\xc3\xa9", "a\xc3\xa9", "(", "a;"};
    char long_text[1100];
    uint16_t code = 77;
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_code_from_name(NULL, &code));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_code_from_name("NORMAL", NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_close_code_from_name(not_utf8, &code));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_close_code_from_name("", &code));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_close_code_from_name("normal", &code));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_close_code_from_name("1000", &code));
    CHECK_NUMBER(code, 77);

    CHECK(oxws_reason_get(0) == NULL && oxws_reason_get(999) == NULL);
    CHECK(oxws_reason_get(5000) == NULL && oxws_reason_get(UINT16_MAX) == NULL);
    CHECK(oxws_reason_from_name(NULL) == NULL && oxws_reason_from_name("") == NULL);
    CHECK(oxws_reason_from_name(not_utf8) == NULL);
    CHECK(oxws_reason_at(SIZE_MAX) == NULL && oxws_reason_at(oxws_reason_count()) == NULL);

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reason_register(4000, NULL, ""));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reason_register(4000, "A", NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reason_register(4000, not_utf8, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reason_register(4000, "A", not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(0, "A", ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(1000, "NORMAL", ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(2999, "A", ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(5000, "A", ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(UINT16_MAX, "A", ""));
    for (i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reason_register(4000, bad_names[i], ""));
    }
    memset(long_text, 'a', sizeof long_text);
    long_text[65] = '\0';
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_reason_register(4000, long_text, ""));
    long_text[65] = 'a', long_text[1024] = '\0';
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_reason_register(4000, "A", long_text));
    CHECK_NUMBER(oxws_reason_is_known(oxws_reason_get(4000)), 0);
    long_text[1023] = '\0';
    CHECK_OK(oxws_reason_register(4000, long_text + 1023 - 64, long_text));
}

static void f09_no_reason(void) {
    CHECK_NUMBER(oxws_reason_code(NULL), 0);
    CHECK(strcmp(oxws_reason_name(NULL), "") == 0);
    CHECK(strcmp(oxws_reason_description(NULL), "") == 0);
    CHECK_NUMBER(oxws_reason_sender(NULL), OXWS_CLOSE_SENDER_NOBODY);
    CHECK_NUMBER(oxws_reason_range(NULL), OXWS_CLOSE_RANGE_INVALID);
    CHECK_NUMBER(oxws_reason_since_version(NULL), OXWS_VERSION_UNKNOWN);
    CHECK_NUMBER(oxws_reason_reconnect(NULL), OXWS_RECONNECT_NEVER);
    CHECK_NUMBER(oxws_reason_is_sendable(NULL), 0);
    CHECK_NUMBER(oxws_reason_is_local_only(NULL), 0);
    CHECK_NUMBER(oxws_reason_is_known(NULL), 0);
    CHECK_NUMBER(oxws_close_code_sender(0), OXWS_CLOSE_SENDER_NOBODY);
    CHECK_NUMBER(oxws_close_code_range(0), OXWS_CLOSE_RANGE_INVALID);
    CHECK_NUMBER(oxws_close_code_since_version(0), OXWS_VERSION_UNKNOWN);
    CHECK_NUMBER(oxws_close_code_reconnect(0), OXWS_RECONNECT_NEVER);
    CHECK_NUMBER(oxws_close_code_is_local_only(0), 0);
}

static void f09_payloads(void) {
    char buffer[8] = "untouch";
    const char *const with_null[] = {"a", NULL}, *const with_bytes[] = {"a", not_utf8};
    const char *const with_space[] = {"a b"}, *const name[] = {"a"};
    const char *reason = buffer;
    uint16_t code = 77;
    size_t len = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_payload_parse("", 0, NULL, &reason, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_payload_parse(NULL, 2, &code, &reason, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_close_payload_parse("", SIZE_MAX, &code, &reason, &len));
    CHECK(code == 77 && reason == buffer && len == 77);
    CHECK_OK(oxws_close_payload_parse(NULL, 0, &code, NULL, NULL));
    CHECK_NUMBER(code, OXWS_CLOSE_NO_STATUS);

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_payload_build(1000, "", 0, buffer, 8, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_payload_build(1000, NULL, 1, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_payload_build(1000, "", 0, NULL, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_close_payload_build(1000, "", SIZE_MAX, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_close_payload_build(1000, not_utf8, 2, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE,
                 oxws_close_payload_build(0, "a", 1, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_close_payload_build(1000, "", 0, buffer, 0, &len));
    CHECK_NUMBER(oxws_close_reason_fitting_len(NULL, 0), 0);
    CHECK_NUMBER(oxws_close_reason_fitting_len(NULL, 9), 0);
    CHECK_NUMBER(oxws_close_reason_fitting_len("", SIZE_MAX), 0);

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_close_reason_missing_extensions(NULL, 1, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_close_reason_missing_extensions(with_null, 2, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_close_reason_missing_extensions(name, 1, NULL, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_close_reason_missing_extensions(name, SIZE_MAX, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_close_reason_missing_extensions(with_space, 1, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_close_reason_missing_extensions(with_bytes, 2, buffer, 8, &len));
    CHECK_NUMBER(len, 77);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_close_reason_missing_extensions(name, 1, buffer, 1, &len));
    CHECK(len == strlen(name[0]) && strcmp(buffer, "untouch") == 0);
    CHECK_OK(oxws_close_reason_missing_extensions(name, 1, NULL, 0, NULL));
}

static void f09_versions(void) {
    static const int32_t unknown[] = {INT32_MIN, -2, -1, 1, 2, 3, 9, 12, 14, 256, 269, INT32_MAX};
    static const char *const texts[] = {"", " 13", "013", "13, 8", "hybi-08", "-1", not_utf8, NULL};
    size_t i;

    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        int32_t version = unknown[i];
        CHECK(oxws_version_name(version) == NULL && oxws_version_description(version) == NULL);
        CHECK(oxws_version_header_name(version) == NULL);
        CHECK(oxws_version_header_value(version) == NULL);
        CHECK(oxws_version_origin_header_name(version) == NULL);
        CHECK_NUMBER(oxws_version_first_draft(version), -1);
        CHECK_NUMBER(oxws_version_last_draft(version), -1);
        CHECK_NUMBER(oxws_version_key_scheme(version), OXWS_KEY_SCHEME_NONE);
        CHECK_NUMBER(oxws_version_mask_scheme(version), OXWS_MASK_SCHEME_NONE);
        CHECK_NUMBER(oxws_version_frame_format(version), OXWS_FRAME_FORMAT_SENTINEL);
        CHECK_NUMBER(oxws_version_opcode(version, OXWS_OPCODE_TEXT), -1);
        CHECK_NUMBER(oxws_version_knows_close_code(version, 1000), 0);
        CHECK_NUMBER(oxws_version_is_supported(version), 0);
    }
    CHECK_NUMBER(oxws_version_opcode(13, INT32_MIN), -1);
    CHECK_NUMBER(oxws_version_opcode(13, 16), -1);
    CHECK_NUMBER(oxws_version_opcode(13, 257), -1);
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_NUMBER(oxws_version_from_string(texts[i]), OXWS_VERSION_UNKNOWN);
    }
    CHECK_NUMBER(oxws_version_at(SIZE_MAX), OXWS_VERSION_UNKNOWN);
    CHECK_NUMBER(oxws_version_at(oxws_version_count()), OXWS_VERSION_UNKNOWN);
    CHECK(oxws_version_list() != NULL);
}

int main(void) {
    check_begin();
    f09_codes_and_reasons();
    f09_no_reason();
    f09_payloads();
    f09_versions();
    return check_end();
}
