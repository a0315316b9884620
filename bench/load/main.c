/*
 * load: a load for a WebSocket server, without the library, so that the server is what is measured.
 *
 *   load echo       port=N pid=N [connections=50] [payload=16] [in_flight=16] [text=1]
 *   load latency    port=N pid=N [connections=1] [payload=128] [rate=0] [text=1]
 *   load handshakes port=N pid=N [at_once=32]
 *   load broadcast  port=N pid=N [connections=1000] [payload=128] [in_flight=1] [text=1]
 *   load idle       port=N [connections=1000] [payload=16]
 *   load rounds     port=N [connections=50] [payload=16] [in_flight=16] [rounds=1] [idle=1]
 *
 * `raw=1` is for a server without WebSocket. The first four measure for `seconds=1`
 * after `warm=0.3`, and print one line of `name=value`: meter.h says which all have. Each file of a
 * mode begins with what it does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "meter.h"
#include "modes.h"
#include "program.h"

static const struct {
    const char *name;
    void (*run)(int port);
    int measures;
} MODES[] = {
    {"echo", mode_echo, 1},           {"latency", mode_latency, 1}, {"handshakes", mode_handshakes, 1},
    {"broadcast", mode_broadcast, 1}, {"idle", mode_idle, 0},       {"rounds", mode_rounds, 0},
};

int main(int argc, char **argv) {
    size_t i;
    int pid;
    if (argc < 2) {
        fprintf(stderr, "usage: load MODE port=N [pid=N] [NAME=VALUE]...\n");
        return 2;
    }
    words_begin(argc - 2, argv + 2);
    for (i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        if (strcmp(argv[1], MODES[i].name) != 0) continue;
        pid = (int)words_number("pid", 0);
        if (MODES[i].measures) meter_server(pid);
        MODES[i].run((int)words_number("port", 0));
        return 0;
    }
    errno = 0;
    fail("no such mode: %s", argv[1]);
}
