/*
 * Round trips. With `rate=0` each connection sends the next message when the last is back. With a
 * rate, messages are due at even times, whatever the server does, and each counts from when it was
 * due: one that had to wait because all connections were waiting has waited for the server too.
 * The load does not sleep, so that its own waking is not measured.
 */
#include <stdio.h>

#include "batch.h"
#include "link.h"
#include "meter.h"
#include "modes.h"
#include "program.h"

/* Times by size: SLOTS for each power of two, which is exact to 1/SLOTS. */
enum { SLOT_BITS = 7, SLOTS = 1 << SLOT_BITS, POWERS = 40 };

typedef struct {
    unsigned long counts[POWERS * SLOTS], count;
    uint64_t most;
} times_t;

typedef struct {
    links_t links;
    /* When the message of each connection was due, and the connections that have none. */
    uint64_t *due;
    link_t **rested;
    int rested_count;
    uint64_t interval, next;
    times_t times;
} trips_t;

static size_t slot_of(uint64_t ns) {
    int power = 0;
    while (ns >> power >= 2 * SLOTS) power++;
    return (size_t)power * SLOTS + (size_t)(ns >> power);
}

static void note(times_t *times, uint64_t ns) {
    size_t slot = slot_of(ns), last = POWERS * SLOTS - 1;
    times->counts[slot < last ? slot : last]++;
    times->count++;
    if (ns > times->most) times->most = ns;
}

/* Microseconds below which this share of the times is. */
static double share_us(const times_t *times, double share) {
    double wanted = share * (double)times->count, seen = 0;
    size_t slot = 0, power;
    while (seen < wanted && slot < POWERS * SLOTS) seen += (double)times->counts[slot++];
    power = slot < 2 * SLOTS ? 0 : slot / SLOTS - 1;
    return (double)((uint64_t)(slot - power * SLOTS) << power) / 1e3;
}

static void start_due(trips_t *trips) {
    uint64_t now = now_ns();
    while (trips->rested_count > 0 && (trips->interval == 0 || trips->next <= now)) {
        link_t *link = trips->rested[--trips->rested_count];
        trips->due[link - trips->links.all] = trips->interval == 0 ? now : trips->next;
        trips->next += trips->interval;
        link_send(&trips->links, link);
    }
}

static void end_done(trips_t *trips) {
    uint64_t now = now_ns();
    int i;
    for (i = 0; i < trips->links.done_count; i++) {
        link_t *link = trips->links.done[i];
        note(&trips->times, now - trips->due[link - trips->links.all]);
        trips->rested[trips->rested_count++] = link;
    }
}

static void run_until(trips_t *trips, uint64_t end) {
    uint64_t heard = now_ns(), now = heard;
    while (now < end) {
        start_due(trips);
        links_turn(&trips->links, 0);
        end_done(trips);
        now = now_ns();
        if (trips->links.done_count > 0) heard = now;
        if (trips->rested_count < trips->links.count && now - heard > SILENCE_MS * 1000000ull) {
            fail("nothing has come for %d s", SILENCE_MS / 1000);
        }
    }
}

void mode_latency(int port) {
    static trips_t trips;
    int connections = (int)words_number("connections", 1), i;
    double rate = words_number("rate", 0);
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9;
    batch_t batch = batch_make(1, (size_t)words_number("payload", 128), words_number("text", 0) != 0);
    char words[160];
    const times_t *times = &trips.times;
    meter_t meter;
    words_end();
    trips.links = links_open(port, connections, &batch, 1);
    trips.due = take_memory(sizeof *trips.due * (size_t)connections);
    trips.rested = take_memory(sizeof *trips.rested * (size_t)connections);
    for (i = 0; i < connections; i++) trips.rested[i] = &trips.links.all[i];
    trips.rested_count = connections;
    trips.interval = rate > 0 ? (uint64_t)(1e9 / rate) : 0;
    trips.next = now_ns();
    run_until(&trips, now_ns() + (uint64_t)warm);
    trips.times = (times_t){{0}, 0, 0};
    meter = meter_begin();
    run_until(&trips, meter.began + (uint64_t)seconds);
    snprintf(words, sizeof words, "mode=latency p50_us=%.2f p99_us=%.2f p999_us=%.2f most_us=%.2f",
             share_us(times, 0.5), share_us(times, 0.99), share_us(times, 0.999),
             (double)times->most / 1e3);
    meter_report(&meter, words, "messages", (double)times->count);
    links_drain(&trips.links, connections - trips.rested_count);
}
