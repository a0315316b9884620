/* One connection publishes a batch, and all, its own too, receive each message of it. */
#include <stdio.h>

#include "batch.h"
#include "link.h"
#include "meter.h"
#include "modes.h"
#include "program.h"

/* Publishes until it is time, each batch when all have had the one before; returns how many. */
static double publish_until(links_t *links, uint64_t end) {
    double batches = 0;
    while (now_ns() < end) {
        int left = links->count;
        link_send(links, &links->all[0]);
        while (left > 0) {
            links_turn(links, SILENCE_MS);
            left -= links->done_count;
        }
        batches++;
    }
    return batches;
}

void mode_broadcast(int port) {
    int connections = (int)words_number("connections", 1000);
    int in_flight = (int)words_number("in_flight", 1);
    size_t payload = (size_t)words_number("payload", 128);
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9, batches;
    batch_t batch = batch_make(in_flight, payload, words_number("text", 0) != 0);
    links_t links;
    meter_t meter;
    words_end();
    links = links_open(port, connections, &batch, CHECKED_OF);
    publish_until(&links, now_ns() + (uint64_t)warm);
    meter = meter_begin();
    batches = publish_until(&links, meter.began + (uint64_t)seconds);
    meter_report(&meter, "mode=broadcast", "messages", batches * in_flight * connections);
    links_drain(&links, 0);
}
