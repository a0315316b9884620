/*
 * ws_floor: the least that a WebSocket server can do for an echo.
 *
 *   ws_floor PORT [broadcast]
 *
 * Frames are unmasked where they were received and move up to stand behind one another with their new
 * headers, so that a batch is one read and one write. A frame that is there in part is sent on in part.
 * No rule of the protocol is checked, UTF-8 neither; a connection's state is a few words.
 */
#include "floor.h"
#include <immintrin.h>
#include <stdint.h>

enum { CLOSE = 8, PING = 9, PONG = 10, LONGEST_HEADER = 14 };

static int is_broadcast;

/* --- The handshake: SHA-1 and base64 of the key --------------------------------------------- */

static uint32_t rotated(uint32_t word, int by) { return word << by | word >> (32 - by); }

static void sha1_block(uint32_t state[5], const unsigned char *block) {
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t words[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    int i;
    for (i = 0; i < 16; i++) {
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (; i < 80; i++) words[i] = rotated(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (i = 0; i < 80; i++) {
        uint32_t mixed = i < 20   ? (b & c) | (~b & d)
                         : i < 40 ? b ^ c ^ d
                         : i < 60 ? (b & c) | (b & d) | (c & d)
                                  : b ^ c ^ d;
        uint32_t next = rotated(a, 5) + mixed + e + constants[i / 20] + words[i];
        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* The answer to a key of 24 characters; with the GUID they are 60 bytes, and two blocks. */
static void accept_key(const unsigned char *key, char out[29]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char blocks[128] = {0}, hash[21] = {0};
    int i;
    memcpy(blocks, key, 24);
    memcpy(blocks + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    blocks[60] = 0x80;
    blocks[126] = 60 * 8 >> 8;
    blocks[127] = 60 * 8 & 255;
    sha1_block(state, blocks);
    sha1_block(state, blocks + 64);
    for (i = 0; i < 20; i++) hash[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
    for (i = 0; i < 7; i++) {
        uint32_t word = (uint32_t)hash[3 * i] << 16 | (uint32_t)hash[3 * i + 1] << 8 | hash[3 * i + 2];
        out[4 * i] = digits[word >> 18];
        out[4 * i + 1] = digits[word >> 12 & 63];
        out[4 * i + 2] = digits[word >> 6 & 63];
        out[4 * i + 3] = digits[word & 63];
    }
    out[27] = '=';
    out[28] = 0;
}

/* Answers a request that is whole; returns its length, 0 for one that is not. */
static size_t shake_hands(connection_t *connection, unsigned char *bytes, size_t len) {
    static const char name[] = "\r\nsec-websocket-key:";
    unsigned char *end_of_head = memmem(bytes, len, "\r\n\r\n", 4), *at;
    char accepted[29], answer[256];
    if (end_of_head == NULL) return 0;
    for (at = bytes; at + sizeof name + 25 < end_of_head + 4; at++) {
        if (*at != '\r' || strncasecmp((char *)at, name, sizeof name - 1) != 0) continue;
        at += sizeof name - 1;
        while (*at == ' ') at++;
        accept_key(at, accepted);
        sprintf(answer,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Accept: %s\r\n\r\n",
                accepted);
        send_bytes(connection, (unsigned char *)answer, strlen(answer));
        connection->is_open = 1;
        return (size_t)(end_of_head + 4 - bytes);
    }
    end(connection);
    return len;
}

/* --- Frames --------------------------------------------------------------------------------- */

/* Unmasks len bytes from `from` to `to`, which is the same place or in front of it. */
static void unmask(unsigned char *to, const unsigned char *from, size_t len, const unsigned char mask[4]) {
    uint32_t word;
    size_t i = 0;
    memcpy(&word, mask, 4);
#ifdef __AVX2__
    for (; i + 32 <= len; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(from + i));
        _mm256_storeu_si256((__m256i *)(to + i), _mm256_xor_si256(bytes, _mm256_set1_epi32((int)word)));
    }
#endif
    for (; i + 16 <= len; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(from + i));
        _mm_storeu_si128((__m128i *)(to + i), _mm_xor_si128(bytes, _mm_set1_epi32((int)word)));
    }
    for (; i < len; i++) to[i] = from[i] ^ mask[i & 3];
}

/* Length of the header of the frame at `at`, 0 while it is not whole; the payload's is set. */
static size_t read_header(const unsigned char *at, size_t len, unsigned long long *payload) {
    size_t i;
    if (len < 6) return 0;
    *payload = at[1] & 127;
    if (*payload < 126) return 6;
    if (*payload == 126) {
        *payload = (unsigned long long)at[2] << 8 | at[3];
        return len < 8 ? 0 : 8;
    }
    if (len < LONGEST_HEADER) return 0;
    for (*payload = 0, i = 2; i < 10; i++) *payload = *payload << 8 | at[i];
    return LONGEST_HEADER;
}

static void write_out(connection_t *connection, const unsigned char *bytes, size_t len) {
    connection_t *each, *next;
    if (!is_broadcast) {
        send_bytes(connection, bytes, len);
        return;
    }
    for (each = all.next; each != &all; each = next) {
        next = each->next;
        if (each->is_open && !each->is_ending) send_bytes(each, bytes, len);
    }
}

/* Moves what is there of the current payload up to `out`; returns how much that is. */
static size_t move_payload(connection_t *connection, unsigned char *out, const unsigned char *in, size_t len) {
    unsigned char mask[4];
    size_t i, n = connection->left < len ? (size_t)connection->left : len;
    if (!connection->is_skipped) unmask(out, in, n, connection->mask);
    connection->left -= n;
    if (connection->left > 0) {
        for (i = 0; i < 4; i++) mask[i] = connection->mask[(n + i) & 3];
        memcpy(connection->mask, mask, 4);
    }
    return n;
}

static size_t on_bytes(connection_t *connection, unsigned char *bytes, size_t len) {
    size_t in = 0, out = 0;
    if (!connection->is_open) {
        in = shake_hands(connection, bytes, len);
        if (in == 0 || connection->is_ending) return in;
        out = in;
    }
    {
        size_t begin = out;
        int is_over = 0;
        while (in < len && !is_over) {
            size_t n;
            if (connection->left == 0) {
                unsigned char *at = bytes + in;
                size_t header = read_header(at, len - in, &connection->left);
                int opcode = at[0] & 15;
                /* What goes to others must not stop in the middle of a frame. */
                if (header == 0 || (is_broadcast && len - in - header < connection->left)) {
                    connection->left = 0;
                    break;
                }
                memcpy(connection->mask, at + header - 4, 4);
                connection->is_skipped = opcode == PONG;
                is_over = opcode == CLOSE;
                in += header;
                if (!connection->is_skipped) {
                    unsigned char first = opcode == PING ? (unsigned char)(0x80 | PONG) : at[0];
                    memmove(bytes + out, at, header - 4);
                    bytes[out] = first;
                    bytes[out + 1] &= 127;
                    out += header - 4;
                }
            }
            n = move_payload(connection, bytes + out, bytes + in, len - in);
            in += n;
            if (!connection->is_skipped) out += n;
        }
        if (out > begin) write_out(connection, bytes + begin, out - begin);
        if (is_over) {
            connection->is_ending = 1;
            watch(connection);
            return len;
        }
    }
    return in;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: ws_floor PORT [broadcast]\n");
        return 2;
    }
    is_broadcast = argc > 2 && strcmp(argv[2], "broadcast") == 0;
    if (argc > 2 && !is_broadcast) {
        fprintf(stderr, "ws_floor: %s is not supported\n", argv[2]);
        return 3;
    }
    serve(atoi(argv[1]));
}
