/*
 * Echoes in step, for counts that repeat: each connection sends a batch, then each reads its own to
 * the end, and so on for a number of rounds. With `idle=1` the connections stay at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "batch.h"
#include "dial.h"
#include "meter.h"
#include "modes.h"
#include "program.h"

static void read_echoes(int fd, const batch_t *batch, unsigned char *answer) {
    size_t have = 0;
    while (have < batch->echoes_len) {
        ssize_t n = read(fd, answer + have, batch->echoes_len - have);
        if (n == 0) errno = 0;
        if (n <= 0) fail("read");
        have += (size_t)n;
    }
    batch_check(batch, 0, answer, have);
}

void mode_rounds(int port) {
    int connections = (int)words_number("connections", 50), i;
    int in_flight = (int)words_number("in_flight", 16), stays = words_number("idle", 0) != 0;
    size_t payload = (size_t)words_number("payload", 16);
    long round, rounds = (long)words_number("rounds", 1);
    batch_t batch = batch_make(in_flight, payload, 0);
    unsigned char *answer = take_memory(batch.echoes_len);
    int *fds = take_memory(sizeof *fds * (size_t)connections);
    uint64_t began;
    words_end();
    for (i = 0; i < connections; i++) fds[i] = batch.is_raw ? dial(port) : dial_open(port);
    began = now_ns();
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < connections; i++) write_all(fds[i], batch.frames, batch.frames_len);
        for (i = 0; i < connections; i++) read_echoes(fds[i], &batch, answer);
    }
    printf("mode=rounds messages=%.0f seconds=%.3f\n", (double)rounds * connections * in_flight,
           (double)(now_ns() - began) / 1e9);
    fflush(stdout);
    if (stays) stay_idle();
}
