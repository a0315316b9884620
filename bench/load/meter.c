#define _GNU_SOURCE
#include "meter.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

static int server_pid;
static clockid_t server_clock;

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) fail("the clock of the server: has it ended?");
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

void meter_server(int pid) {
    int error = clock_getcpuclockid(pid, &server_clock);
    errno = error;
    if (error != 0) fail("no process %d", pid);
    server_pid = pid;
}

/* Nanoseconds that the threads of a process have waited for a CPU. */
static uint64_t wait_ns(int pid) {
    char pattern[64];
    glob_t found;
    uint64_t sum = 0;
    size_t i;
    snprintf(pattern, sizeof pattern, "/proc/%d/task/*/schedstat", pid);
    if (glob(pattern, 0, NULL, &found) != 0) fail("%s", pattern);
    for (i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        unsigned long long ns = 0;
        if (file == NULL) continue;
        if (fscanf(file, "%*u %llu", &ns) == 1) sum += ns;
        fclose(file);
    }
    globfree(&found);
    return sum;
}

meter_t meter_begin(void) {
    meter_t meter;
    meter.server_wait = wait_ns(server_pid);
    meter.load_wait = wait_ns(getpid());
    meter.load_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    meter.server_cpu = clock_ns(server_clock);
    meter.began = now_ns();
    return meter;
}

void meter_report(const meter_t *since, const char *words, const char *name, double count) {
    double ns = (double)(now_ns() - since->began);
    double server = (double)(clock_ns(server_clock) - since->server_cpu);
    double load = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - since->load_cpu) / ns;
    double server_wait = (double)(wait_ns(server_pid) - since->server_wait) / ns;
    double load_wait = (double)(wait_ns(getpid()) - since->load_wait) / ns;
    const char *bound = server / ns >= 0.9 ? "server" : load > 0.95 ? "load" : "none";
    errno = 0;
    if (count <= 0) fail("nothing has come back in %.1f s", ns / 1e9);
    printf("%s%s%s=%.0f seconds=%.3f rate=%.1f cpu_ns=%.1f ", words, *words != '\0' ? " " : "", name,
           count, ns / 1e9, count * 1e9 / ns, server / count);
    printf("server=%.4f load=%.4f server_wait=%.4f load_wait=%.4f bound=%s\n", server / ns, load,
           server_wait, load_wait, bound);
    fflush(stdout);
}
