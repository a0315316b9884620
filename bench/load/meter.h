/* What was used while something was measured: time, and the CPU of the server and of the load. */
#ifndef METER_H
#define METER_H

#include <stdint.h>

typedef struct {
    uint64_t began, server_cpu, server_wait, load_cpu, load_wait;
} meter_t;

/* Nanoseconds of a clock that only goes on. */
uint64_t now_ns(void);

/* Says which process is the server. */
void meter_server(int pid);
meter_t meter_begin(void);
/*
 * Prints one line: WORDS, then what has been used since, by COUNT of what NAME says: `name=`,
 * `rate=` a second, `cpu_ns=` of the server for each, and as shares of the time `server=` and
 * `load=`, the CPU of both, `server_wait=` and `load_wait=`, when they could have run and another
 * process did; last `bound=`, who had no time left.
 */
void meter_report(const meter_t *since, const char *words, const char *name, double count);

#endif
