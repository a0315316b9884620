/*
 * Frames, keys and text without any connection. What is wanted are the examples of RFC 6455 (sections
 * 1.3 and 5.7) and lengths written out by hand.
 */
#include "check.h"

static const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};

/* ---- frames ---- */

static const struct {
    uint8_t first_byte;
    int is_masked;
    const char *payload;
    size_t payload_len;
    const char *wire;
    size_t wire_len;
} examples[] = {
    {OXWS_FRAME_TEXT, 0, "Hello", 5, "\x81\x05Hello", 7},
    {OXWS_FRAME_TEXT, 1, "Hello", 5, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11},
    {OXWS_OPCODE_TEXT, 0, "Hel", 3, "\x01\x03Hel", 5},
    {OXWS_FRAME_FLAG_FIN | OXWS_OPCODE_CONTINUATION, 0, "lo", 2, "\x80\x02lo", 4},
    {OXWS_FRAME_FLAG_FIN | OXWS_OPCODE_PING, 0, "Hello", 5, "\x89\x05Hello", 7},
    {OXWS_FRAME_FLAG_FIN | OXWS_OPCODE_PONG, 1, "Hello", 5,
     "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11},
    {OXWS_FRAME_BINARY, 0, "", 0, "\x82\x00", 2},
    {OXWS_FRAME_BINARY, 1, "", 0, "\x82\x80\x37\xfa\x21\x3d", 6},
};

static void the_examples_of_the_rfc(void) {
    size_t i;

    for (i = 0; i < sizeof examples / sizeof *examples; i++) {
        const unsigned char *mask = examples[i].is_masked ? key : NULL;
        int32_t receiver = examples[i].is_masked ? OXWS_ROLE_SERVER : OXWS_ROLE_CLIENT;
        size_t wire_len = examples[i].wire_len, payload_len = examples[i].payload_len, cut, len = 0;
        unsigned char wire[32], got_key[4] = {9, 9, 9, 9};
        uint8_t first_byte = 0, *payload = NULL;
        uint64_t long_len = 0;

        CHECK_OK(oxws_frame_write(examples[i].first_byte, examples[i].payload, payload_len, mask, wire,
                                  sizeof wire, &len));
        CHECK_NUMBER(len, wire_len);
        CHECK(memcmp(wire, examples[i].wire, wire_len) == 0);
        CHECK_OK(oxws_frame_encode_header(examples[i].first_byte, payload_len, mask, wire, 6, &len));
        CHECK_NUMBER(len, wire_len - payload_len);
        CHECK(memcmp(wire, examples[i].wire, len) == 0);
        CHECK_OK(oxws_frame_decode_header(wire, len, receiver, 0, &first_byte, &long_len, got_key,
                                          &len));
        CHECK(first_byte == examples[i].first_byte && long_len == payload_len);
        CHECK_NUMBER(len, wire_len - payload_len);
        CHECK(memcmp(got_key, mask != NULL ? mask : (const unsigned char *)"\0\0\0\0", 4) == 0);

        memcpy(wire, examples[i].wire, wire_len);
        for (cut = 0; cut < wire_len; cut++) {
            CHECK_STATUS(OXWS_ERROR_FRAME_INCOMPLETE,
                         oxws_frame_read(wire, cut, receiver, 0, 125, &first_byte, &payload,
                                         &payload_len, &len));
        }
        CHECK(payload == NULL && memcmp(wire, examples[i].wire, wire_len) == 0);
        first_byte = 0;
        CHECK_OK(oxws_frame_read(wire, sizeof wire, receiver, 0, 125, &first_byte, &payload,
                                 &payload_len, &len));
        CHECK(first_byte == examples[i].first_byte && len == wire_len);
        CHECK_NUMBER(payload_len, examples[i].payload_len);
        CHECK(payload == wire + wire_len - payload_len);
        CHECK(memcmp(payload, examples[i].payload, payload_len) == 0);
    }
}

/* Lengths at the borders of their forms, in each place a buffer may end. */
static void a20_lengths_at_the_borders(void) {
    static const struct {
        uint64_t payload_len;
        const char *bytes;
        size_t len;
    } lengths[] = {
        {0, "\x00", 1},
        {125, "\x7d", 1},
        {126, "\x7e\x00\x7e", 3},
        {65535, "\x7e\xff\xff", 3},
        {65536, "\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 9},
        {INT64_MAX, "\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 9},
    };
    size_t i, capacity, len;
    uint64_t payload_len;

    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int is_masked;
        for (is_masked = 0; is_masked < 2; is_masked++) {
            const unsigned char *mask = is_masked ? key : NULL;
            int32_t receiver = is_masked ? OXWS_ROLE_SERVER : OXWS_ROLE_CLIENT;
            size_t wanted = 1 + lengths[i].len + (is_masked ? 4 : 0);
            unsigned char header[OXWS_MAX_FRAME_HEADER_BYTES];
            for (capacity = 0; capacity <= sizeof header; capacity++) {
                memset(header, 0xEE, sizeof header);
                len = 77;
                CHECK_STATUS(capacity < wanted ? OXWS_ERROR_BUFFER_TOO_SMALL : OXWS_OK,
                             oxws_frame_encode_header(0x82, lengths[i].payload_len, mask, header,
                                                      capacity, &len));
                CHECK_NUMBER(len, capacity < wanted ? 77 : wanted);
                CHECK(capacity >= wanted || header[0] == 0xEE);
            }
            CHECK(header[0] == 0x82 && header[1] == ((unsigned char)*lengths[i].bytes | is_masked << 7));
            CHECK(memcmp(header + 2, lengths[i].bytes + 1, lengths[i].len - 1) == 0);
            CHECK_OK(oxws_frame_encode_header(0x82, lengths[i].payload_len, mask, NULL, 0, &len));
            CHECK_NUMBER(len, wanted);
            for (capacity = 0; capacity <= wanted; capacity++) {
                len = 77, payload_len = 78;
                CHECK_STATUS(capacity < wanted ? OXWS_ERROR_FRAME_INCOMPLETE : OXWS_OK,
                             oxws_frame_decode_header(header, capacity, receiver, 0, NULL,
                                                      &payload_len, NULL, &len));
                CHECK_NUMBER(len, capacity < wanted ? 77 : wanted);
                CHECK(payload_len == (capacity < wanted ? 78 : lengths[i].payload_len));
            }
        }
    }
}

static void headers_that_break_a_rule(void) {
    static const struct {
        const char *header;
        size_t len;
        int32_t receiver;
        uint8_t reserved_bits;
        oxws_status status;
    } broken[] = {
        {"\xc1", 1, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_RESERVED_BITS},
        {"\xa1", 1, OXWS_ROLE_SERVER, OXWS_FRAME_FLAG_RSV1, OXWS_ERROR_RESERVED_BITS},
        {"\xc1", 1, OXWS_ROLE_SERVER, OXWS_FRAME_FLAG_RSV1, OXWS_ERROR_FRAME_INCOMPLETE},
        {"\x83", 1, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_RESERVED_OPCODE},
        {"\x8f", 1, OXWS_ROLE_SERVER, 0, OXWS_ERROR_RESERVED_OPCODE},
        {"\x09", 1, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_CONTROL_FRAGMENTED},
        {"\x81\x01", 2, OXWS_ROLE_SERVER, 0, OXWS_ERROR_MASK_MISSING},
        {"\x81\x81", 2, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_MASK_UNEXPECTED},
        {"\x88\x7e", 2, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_CONTROL_TOO_LONG},
        {"\x81\x7e\x00\x7d", 4, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_LENGTH_NOT_MINIMAL},
        {"\x81\x7f\x80", 3, OXWS_ROLE_CLIENT, 0, OXWS_ERROR_LENGTH_TOP_BIT},
    };
    size_t i, len = 77, payload_len = 77;
    uint64_t long_len = 78;

    for (i = 0; i < sizeof broken / sizeof *broken; i++) {
        unsigned char data[8];
        uint8_t *payload = data;
        memcpy(data, broken[i].header, broken[i].len);
        CHECK_STATUS(broken[i].status,
                     oxws_frame_decode_header(data, broken[i].len, broken[i].receiver,
                                              broken[i].reserved_bits, NULL, &long_len, NULL, &len));
        CHECK_STATUS(broken[i].status,
                     oxws_frame_read(data, broken[i].len, broken[i].receiver,
                                     broken[i].reserved_bits, 10, NULL, &payload, &payload_len, &len));
        CHECK(long_len == 78 && len == 77 && payload_len == 77 && payload == data);
        CHECK(memcmp(data, broken[i].header, broken[i].len) == 0);
    }
    CHECK_STATUS(OXWS_ERROR_RESERVED_OPCODE, oxws_frame_encode_header(0x83, 0, NULL, NULL, 0, &len));
    CHECK_STATUS(OXWS_ERROR_CONTROL_FRAGMENTED,
                 oxws_frame_encode_header(0x08, 0, NULL, NULL, 0, &len));
    CHECK_STATUS(OXWS_ERROR_CONTROL_TOO_LONG,
                 oxws_frame_encode_header(0x89, 126, NULL, NULL, 0, &len));
    CHECK_STATUS(OXWS_ERROR_LENGTH_TOP_BIT,
                 oxws_frame_encode_header(0x82, (uint64_t)1 << 63, NULL, NULL, 0, &len));
    CHECK_NUMBER(len, 77);
    CHECK_OK(oxws_frame_encode_header(0xf1, 0, NULL, NULL, 0, &len));
}

static void a01_frames_over_the_limit(void) {
    unsigned char data[] = {0x82, 126, 1, 0};
    uint8_t *payload = NULL;
    size_t payload_len, len;

    CHECK_STATUS(OXWS_ERROR_FRAME_TOO_BIG,
                 oxws_frame_read(data, 4, OXWS_ROLE_CLIENT, 0, 255, NULL, &payload, &payload_len, &len));
    CHECK_STATUS(OXWS_ERROR_FRAME_INCOMPLETE,
                 oxws_frame_read(data, 4, OXWS_ROLE_CLIENT, 0, 256, NULL, &payload, &payload_len, &len));
    CHECK_NUMBER(oxws_status_close_code(OXWS_ERROR_FRAME_TOO_BIG), 1009);
}

/* Several frames in one buffer, as they come from a socket. */
static void a_stream_of_frames(void) {
    static const char *const texts[] = {"one", "", "three"};
    unsigned char stream[64];
    size_t end = 0, at = 0, i, len, payload_len;
    uint8_t *payload;

    for (i = 0; i < 3; i++) {
        unsigned char fresh[4];
        CHECK_OK(oxws_masking_key_new(fresh));
        CHECK_OK(oxws_frame_write(OXWS_FRAME_TEXT, texts[i], strlen(texts[i]), fresh, stream + end,
                                  sizeof stream - end, &len));
        end += len;
    }
    for (i = 0; i < 3; i++) {
        CHECK_OK(oxws_frame_read(stream + at, end - at, OXWS_ROLE_SERVER, 0, 100, NULL, &payload,
                                 &payload_len, &len));
        CHECK(payload_len == strlen(texts[i]) && memcmp(payload, texts[i], payload_len) == 0);
        at += len;
    }
    CHECK_NUMBER(at, end);
}

/* Wherever the payload lies in the buffer, the frame is the same. */
static void a_payload_may_lie_in_the_buffer(void) {
    static const unsigned char wanted[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
                                           0x7f, 0x9f, 0x4d, 0x51, 0x58};
    size_t at, len;

    for (at = 0; at <= 11; at++) {
        unsigned char buffer[16];
        memcpy(buffer + at, "Hello", 5);
        CHECK_OK(oxws_frame_write(OXWS_FRAME_TEXT, buffer + at, 5, key, buffer, 11, &len));
        CHECK(len == 11 && memcmp(buffer, wanted, 11) == 0);
    }
}

static void frames_of_every_size_pass(void) {
    static const size_t sizes[] = {0, 1, 63, 64, 65, 125, 126, 127, 4096, 65535, 65536, 100001};
    static unsigned char sent[100001], wire[100001 + OXWS_MAX_FRAME_HEADER_BYTES];
    size_t i, at, len, payload_len;
    uint8_t *payload;

    for (at = 0; at < sizeof sent; at++) sent[at] = (unsigned char)(at * 7 + at / 256);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        CHECK_OK(oxws_frame_write(OXWS_FRAME_BINARY, sent, sizes[i], key, NULL, 0, &len));
        CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                     oxws_frame_write(OXWS_FRAME_BINARY, sent, sizes[i], key, wire, len - 1, &len));
        CHECK_OK(oxws_frame_write(OXWS_FRAME_BINARY, sent, sizes[i], key, wire, len, &len));
        CHECK_OK(oxws_frame_read(wire, len, OXWS_ROLE_SERVER, 0, UINT64_MAX, NULL, &payload,
                                 &payload_len, &len));
        CHECK(payload_len == sizes[i] && memcmp(payload, sent, payload_len) == 0);
    }
}

/* ---- masks, keys, text ---- */

static void a21_masks_at_every_offset(void) {
    unsigned char data[70], plain[70];
    size_t from, len, i;

    for (i = 0; i < sizeof plain; i++) plain[i] = (unsigned char)(i * 5);
    for (from = 0; from < 9; from++) {
        for (len = 0; from + len <= sizeof data; len++) {
            memcpy(data, plain, sizeof data);
            CHECK_OK(oxws_mask(data + from, len, key, from));
            for (i = 0; i < sizeof data; i++) {
                int is_inside = i >= from && i < from + len;
                if (data[i] != (is_inside ? plain[i] ^ key[i % 4] : plain[i])) break;
            }
            CHECK_NUMBER(i, sizeof data);
        }
    }
    memcpy(data, "Hello", 5);
    CHECK_OK(oxws_mask(data, 5, key, UINT64_MAX - 3));
    CHECK(memcmp(data, "\x7f\x9f\x4d\x51\x58", 5) == 0);
}

static void keys_and_their_answers(void) {
    char answer[29] = "", first[25], second[25];
    size_t len = 0;
    unsigned char masks[2][4] = {{0}};
    int i, differ = 0;

    CHECK_OK(oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", answer, sizeof answer, &len));
    CHECK(len == 28 && strcmp(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0);
    CHECK_OK(oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", NULL, 0, &len));
    CHECK_OK(oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", answer, sizeof answer, NULL));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", answer, 28, &len));
    CHECK_OK(oxws_key_new(first, sizeof first, &len));
    CHECK_NUMBER(len, 24);
    CHECK_OK(oxws_key_new(second, sizeof second, NULL));
    CHECK(strlen(first) == 24 && strcmp(first, second) != 0);
    CHECK_OK(oxws_accept_key(first, answer, sizeof answer, NULL));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_key_new(first, 24, NULL));
    /* One in 2^64 that four pairs are all equal. */
    for (i = 0; i < 4; i++) {
        CHECK_OK(oxws_masking_key_new(masks[0]));
        CHECK_OK(oxws_masking_key_new(masks[1]));
        differ += memcmp(masks[0], masks[1], 4) != 0;
    }
    CHECK(differ > 0);
}

static void a14_text_is_told_from_other_bytes(void) {
    CHECK_NUMBER(oxws_is_utf8("", 0), 1);
    CHECK_NUMBER(oxws_is_utf8(NULL, 0), 1);
    CHECK_NUMBER(oxws_is_utf8("plain", 5), 1);
    CHECK_NUMBER(oxws_is_utf8("a\0b", 3), 1);
    CHECK_NUMBER(oxws_is_utf8("\xce\xba\xe2\x82\xac\xf0\x9f\x98\x80", 9), 1);
    CHECK_NUMBER(oxws_is_utf8("\xce\xba\xe2\x82\xac\xf0\x9f\x98\x80", 8), 0);
    CHECK_NUMBER(oxws_is_utf8("\xc0\xaf", 2), 0);
    CHECK_NUMBER(oxws_is_utf8("\xed\xa0\x80", 3), 0);
    CHECK_NUMBER(oxws_is_utf8("\xf4\x90\x80\x80", 4), 0);
    CHECK_NUMBER(oxws_is_utf8("\xff", 1), 0);
}

int main(void) {
    check_begin();
    the_examples_of_the_rfc();
    a20_lengths_at_the_borders();
    headers_that_break_a_rule();
    a01_frames_over_the_limit();
    a_stream_of_frames();
    a_payload_may_lie_in_the_buffer();
    frames_of_every_size_pass();
    a21_masks_at_every_offset();
    keys_and_their_answers();
    a14_text_is_told_from_other_bytes();
    return check_end();
}
