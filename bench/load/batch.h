/* Masked frames that are built once and sent by every connection, and what their echo must be. */
#ifndef BATCH_H
#define BATCH_H

#include <stddef.h>

typedef struct {
    int count, is_raw;
    unsigned char *frames, *echoes;
    size_t frames_len, echoes_len;
} batch_t;

/* Writes the header of a final frame; returns its length. A masked one has the key 1, 2, 3, 4. */
size_t frame_header(unsigned char *out, int opcode, size_t payload, int is_masked);

/*
 * COUNT frames, text or binary, with payloads of so many bytes each: "oxwsoxws...". With the word
 * `raw=1` the server knows nothing of WebSocket, and sends back what it got.
 */
batch_t batch_make(int count, size_t payload, int is_text);

/* Gives up if these bytes, which came after so many of the echoes, are not what they must be. */
void batch_check(const batch_t *batch, size_t after, const unsigned char *bytes, size_t len);

#endif
