/*
 * Open connections that do not block. Each sends a batch and counts what comes back, until the
 * batch is complete. Of one batch in `checked_of` of a connection, the first among them, all bytes
 * are compared; those of the others the kernel throws away, which leaves the load time.
 */
#ifndef LINK_H
#define LINK_H

#include <stddef.h>

#include "batch.h"

/* Of how many batches one is checked where not all are; after how long nothing more is to come. */
enum { CHECKED_OF = 64, SILENCE_MS = 20000 };

typedef struct {
    int fd, is_blocked;
    size_t sent, received;
    unsigned long batches;
} link_t;

typedef struct {
    const batch_t *batch;
    int epoll, count, checked_of;
    link_t *all;
    /* Those whose batch the last turn completed. */
    int done_count;
    link_t **done;
} links_t;

links_t links_open(int port, int count, const batch_t *batch, int checked_of);

/* Sends a batch, as far as the kernel takes it; turns go on with it. */
void link_send(links_t *links, link_t *link);
/* Waits until something is there, at most for so long, and reads; fills `done`. */
void links_turn(links_t *links, int timeout_ms);
/* Turns until so many more batches are complete, and gives up if more comes than was sent. */
void links_drain(links_t *links, int batches);

#endif
