#include "batch.h"

#include <errno.h>
#include <string.h>

#include "program.h"

static const unsigned char KEY[4] = {1, 2, 3, 4};

size_t frame_header(unsigned char *out, int opcode, size_t payload, int is_masked) {
    size_t n = 2;
    int i;
    out[0] = (unsigned char)(0x80 | opcode);
    if (payload < 126) {
        out[1] = (unsigned char)payload;
    } else if (payload < 65536) {
        out[1] = 126;
        out[2] = (unsigned char)(payload >> 8);
        out[3] = (unsigned char)payload;
        n = 4;
    } else {
        out[1] = 127;
        for (i = 0; i < 8; i++) out[2 + i] = (unsigned char)((unsigned long long)payload >> (56 - 8 * i));
        n = 10;
    }
    if (is_masked) {
        out[1] |= 0x80;
        memcpy(out + n, KEY, sizeof KEY);
        n += sizeof KEY;
    }
    return n;
}

static size_t frame(unsigned char *out, int opcode, size_t payload, int is_masked) {
    size_t i, n = frame_header(out, opcode, payload, is_masked);
    for (i = 0; i < payload; i++) {
        out[n + i] = (unsigned char)("oxws"[i % 4] ^ (is_masked ? KEY[i % 4] : 0));
    }
    return n + payload;
}

batch_t batch_make(int count, size_t payload, int is_text) {
    batch_t batch = {count, words_number("raw", 0) != 0, NULL, NULL, 0, 0};
    size_t room = (payload + 14) * (size_t)count;
    int i, opcode = is_text ? 1 : 2;
    batch.frames = take_memory(room);
    batch.echoes = take_memory(room);
    for (i = 0; i < count; i++) {
        batch.frames_len += frame(batch.frames + batch.frames_len, opcode, payload, 1);
        batch.echoes_len += frame(batch.echoes + batch.echoes_len, opcode, payload, batch.is_raw);
    }
    return batch;
}

void batch_check(const batch_t *batch, size_t after, const unsigned char *bytes, size_t len) {
    const unsigned char *wanted = batch->echoes + after;
    size_t i, different = 0;
    if (memcmp(bytes, wanted, len) == 0) return;
    for (i = len; i-- > 0;) {
        if (bytes[i] != wanted[i]) different = i;
    }
    errno = 0;
    fail("the echo is another: byte %zu of %zu is %#x, not %#x", after + different, batch->echoes_len,
         bytes[different], wanted[different]);
}
