/*
 * tcp_echo: sends back what it receives, without WebSocket: what the system asks of any echo server.
 *
 *   tcp_echo PORT
 */
#include "floor.h"

static size_t on_bytes(connection_t *connection, unsigned char *bytes, size_t len) {
    send_bytes(connection, bytes, len);
    return len;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, argc < 2 ? "usage: tcp_echo PORT\n" : "tcp_echo: %s is not supported\n", argv[argc - 1]);
        return argc < 2 ? 2 : 3;
    }
    serve(atoi(argv[1]));
}
