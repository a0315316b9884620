/*
 * F9: the codec with every bad argument in turn.
 */
#include "check.h"

static const int32_t bad_roles[] = {INT32_MIN, -1, 0, 3, 257, INT32_MAX};
static const uint8_t bad_bits[] = {0x01, 0x08, 0x0F, 0x80, 0xFF, 0x41};

static void f09_headers(void) {
    unsigned char data[] = {0x81, 0x00}, masked[] = {0x81, 0x80, 1, 2, 3, 4}, got_key[4] = {9, 9, 9, 9};
    uint8_t first_byte = 79;
    uint64_t payload_len = 78;
    size_t len = 77, i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_frame_decode_header(NULL, 2, 1, 0, &first_byte, &payload_len, got_key, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_frame_decode_header(data, 2, 1, 0, &first_byte, NULL, got_key, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_frame_decode_header(data, 2, 1, 0, &first_byte, &payload_len, got_key, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_frame_decode_header(data, SIZE_MAX, 1, 0, NULL, &payload_len, NULL, &len));
    CHECK_STATUS(OXWS_ERROR_FRAME_INCOMPLETE,
                 oxws_frame_decode_header(NULL, 0, 1, 0, &first_byte, &payload_len, got_key, &len));
    for (i = 0; i < sizeof bad_roles / sizeof *bad_roles; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_frame_decode_header(data, 2, bad_roles[i], 0, &first_byte, &payload_len,
                                              got_key, &len));
    }
    for (i = 0; i < sizeof bad_bits / sizeof *bad_bits; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_frame_decode_header(data, 2, 1, bad_bits[i], &first_byte, &payload_len,
                                              got_key, &len));
    }
    CHECK(first_byte == 79 && payload_len == 78 && len == 77 && memcmp(got_key, "\t\t\t\t", 4) == 0);
    CHECK_OK(oxws_frame_decode_header(masked, 6, 2, 0, NULL, &payload_len, NULL, &len));
    CHECK(payload_len == 0 && len == 6);
}

static void f09_header_buffers(void) {
    unsigned char buffer[16] = "untouched";
    size_t len = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_encode_header(0x81, 0, NULL, buffer, 16, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_encode_header(0x81, 0, NULL, NULL, 16, &len));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_frame_encode_header(0x81, 0, NULL, buffer, 0, &len));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_frame_encode_header(0x81, 0, NULL, buffer, 1, &len));
    CHECK_STATUS(OXWS_ERROR_LENGTH_TOP_BIT,
                 oxws_frame_encode_header(0x81, UINT64_MAX, NULL, buffer, 16, &len));
    CHECK(len == 77 && memcmp(buffer, "untouched", 10) == 0);
}

static void f09_whole_frames(void) {
    unsigned char data[] = {0x81, 0x81, 1, 2, 3, 4, 0x55}, buffer[16] = "untouched";
    uint8_t first_byte = 79, *payload = buffer;
    size_t payload_len = 78, len = 77, i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_read(NULL, 7, 2, 0, 9, &first_byte, &payload,
                                                           &payload_len, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_read(data, 7, 2, 0, 9, &first_byte, NULL,
                                                           &payload_len, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_read(data, 7, 2, 0, 9, &first_byte, &payload,
                                                           NULL, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_read(data, 7, 2, 0, 9, &first_byte, &payload,
                                                           &payload_len, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_frame_read(data, SIZE_MAX, 2, 0, 9, &first_byte,
                                                              &payload, &payload_len, &len));
    for (i = 0; i < sizeof bad_roles / sizeof *bad_roles; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_frame_read(data, 7, bad_roles[i], 0, 9, &first_byte, &payload, &payload_len,
                                     &len));
    }
    for (i = 0; i < sizeof bad_bits / sizeof *bad_bits; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_frame_read(data, 7, 2, bad_bits[i], 9, &first_byte, &payload, &payload_len,
                                     &len));
    }
    CHECK_STATUS(OXWS_ERROR_FRAME_INCOMPLETE,
                 oxws_frame_read(NULL, 0, 2, 0, 9, &first_byte, &payload, &payload_len, &len));
    CHECK(first_byte == 79 && payload == buffer && payload_len == 78 && len == 77 && data[6] == 0x55);

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_write(0x81, NULL, 1, NULL, buffer, 16, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_write(0x81, "a", 1, NULL, NULL, 16, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_frame_write(0x81, "a", 1, NULL, buffer, 16, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_frame_write(0x81, "a", SIZE_MAX, NULL, buffer, 16, &len));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_frame_write(0x81, "a", 1, NULL, buffer, 2, &len));
    CHECK_STATUS(OXWS_ERROR_RESERVED_OPCODE, oxws_frame_write(0x83, "a", 1, NULL, buffer, 16, &len));
    CHECK(len == 77 && memcmp(buffer, "untouched", 10) == 0);
    CHECK_OK(oxws_frame_write(0x81, NULL, 0, NULL, buffer, 2, &len));
}

static void f09_masks_and_keys(void) {
    static const char *const bad_keys[] = {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=",
                                           "dGhlIHNhbXBsZSBub25jZQ== ", "x", "AQIDBAUGBwgJCgsMDQ4="};
    char buffer[40] = "untouched";
    size_t len = 77, i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_mask(buffer, 9, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_mask(NULL, 9, (const uint8_t *)"abcd", 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_mask(buffer, SIZE_MAX, (const uint8_t *)"abcd", 0));
    CHECK_OK(oxws_mask(NULL, 0, (const uint8_t *)"abcd", UINT64_MAX));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_accept_key(NULL, buffer, 40, &len));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_accept_key("a\xff", buffer, 40, &len));
    for (i = 0; i < sizeof bad_keys / sizeof *bad_keys; i++) {
        CHECK_STATUS(OXWS_ERROR_HANDSHAKE_KEY, oxws_accept_key(bad_keys[i], buffer, 40, &len));
    }
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", NULL, 40, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_key_new(NULL, 40, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_masking_key_new(NULL));
    CHECK_NUMBER(len, 77);
    /* A text that does not fit tells its length. */
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", buffer, 0, &len));
    CHECK_NUMBER(len, 28);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_key_new(buffer, 0, &len));
    CHECK_NUMBER(len, 24);
    CHECK(strcmp(buffer, "untouched") == 0);
    len = 77;
    CHECK_OK(oxws_key_new(NULL, 0, &len));
    CHECK_NUMBER(len, 24);
    CHECK_OK(oxws_key_new(NULL, 0, NULL));
    CHECK_OK(oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", NULL, 0, NULL));

    CHECK_NUMBER(oxws_is_utf8(NULL, 1), 0);
    CHECK_NUMBER(oxws_is_utf8("", SIZE_MAX), 0);
}

int main(void) {
    check_begin();
    f09_headers();
    f09_header_buffers();
    f09_whole_frames();
    f09_masks_and_keys();
    return check_end();
}
