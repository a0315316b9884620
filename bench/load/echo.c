/* Echoes: each connection has a batch on the way, and sends the next when all of it is back. */
#include <stdio.h>

#include "batch.h"
#include "link.h"
#include "meter.h"
#include "modes.h"
#include "program.h"

static void turn_until(links_t *links, uint64_t end, double *batches) {
    while (now_ns() < end) {
        int i;
        links_turn(links, SILENCE_MS);
        for (i = 0; i < links->done_count; i++) link_send(links, links->done[i]);
        *batches += links->done_count;
    }
}

/* What has come of batches that are not complete yet. */
static double pending(const links_t *links) {
    double bytes = 0;
    int i;
    for (i = 0; i < links->count; i++) bytes += (double)links->all[i].received;
    return bytes / (double)links->batch->echoes_len;
}

void mode_echo(int port) {
    int connections = (int)words_number("connections", 50), i;
    int in_flight = (int)words_number("in_flight", 16);
    size_t payload = (size_t)words_number("payload", 16);
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9;
    batch_t batch = batch_make(in_flight, payload, words_number("text", 0) != 0);
    double batches = 0, before;
    links_t links;
    meter_t meter;
    words_end();
    links = links_open(port, connections, &batch, CHECKED_OF);
    for (i = 0; i < connections; i++) link_send(&links, &links.all[i]);
    turn_until(&links, now_ns() + (uint64_t)warm, &batches);
    before = pending(&links);
    batches = 0;
    meter = meter_begin();
    turn_until(&links, meter.began + (uint64_t)seconds, &batches);
    meter_report(&meter, "mode=echo", "messages", (batches + pending(&links) - before) * in_flight);
    links_drain(&links, connections);
}
