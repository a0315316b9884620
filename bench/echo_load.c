/*
 * echo_load: a load for an echo server, without the library, so that the server is what is measured.
 *
 *   echo_load PORT CONNECTIONS PAYLOAD_BYTES IN_FLIGHT ROUNDS [idle]
 *
 * Opens the connections, then ROUNDS times sends IN_FLIGHT masked binary frames on each, as one
 * write, and reads until their echoes are there, checking the first and last byte of each. With
 * `idle` it then says `idle`, and keeps the connections open until its input ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char REQUEST[] =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

static void fail(const char *what) {
    fprintf(stderr, "echo_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static size_t header(unsigned char *out, size_t payload, int masked) {
    size_t n = 2;
    out[0] = 0x82;
    if (payload < 126) {
        out[1] = (unsigned char)payload;
    } else if (payload < 65536) {
        out[1] = 126;
        out[2] = (unsigned char)(payload >> 8);
        out[3] = (unsigned char)payload;
        n = 4;
    } else {
        int i;
        out[1] = 127;
        for (i = 0; i < 8; i++) out[2 + i] = (unsigned char)((unsigned long long)payload >> (56 - 8 * i));
        n = 10;
    }
    if (masked) {
        out[1] |= 0x80;
        memcpy(out + n, "\1\2\3\4", 4);
        n += 4;
    }
    return n;
}

static int dial(int port) {
    struct sockaddr_in to;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void handshake(int fd) {
    char answer[4096];
    size_t have = 0;
    if (write(fd, REQUEST, sizeof REQUEST - 1) != (ssize_t)(sizeof REQUEST - 1)) fail("write");
    while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4) != 0) {
        ssize_t n = read(fd, answer + have, sizeof answer - have);
        if (n <= 0) fail("handshake");
        have += (size_t)n;
    }
    if (memcmp(answer, "HTTP/1.1 101", 12) != 0) fail("not accepted");
}

static void write_all(int fd, const unsigned char *data, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0) fail("write");
        data += n;
        len -= (size_t)n;
    }
}

int main(int argc, char **argv) {
    int port, connections, in_flight, i;
    long rounds, round;
    size_t payload, frame, echo, want;
    unsigned char *batch, *answer;
    int *fds;
    struct timespec from, to;

    if (argc < 6) {
        fprintf(stderr, "usage: echo_load PORT CONNECTIONS PAYLOAD_BYTES IN_FLIGHT ROUNDS [idle]\n");
        return 2;
    }
    port = atoi(argv[1]);
    connections = atoi(argv[2]);
    payload = (size_t)atol(argv[3]);
    in_flight = atoi(argv[4]);
    rounds = atol(argv[5]);
    batch = malloc((payload + 14) * (size_t)in_flight);
    answer = malloc((payload + 14) * (size_t)in_flight);
    fds = malloc(sizeof *fds * (size_t)connections);
    frame = header(batch, payload, 1);
    for (i = 0; i < (int)payload; i++) {
        batch[frame + (size_t)i] = (unsigned char)("oxws"[i % 4] ^ (1 + i % 4));
    }
    frame += payload;
    for (i = 1; i < in_flight; i++) memcpy(batch + frame * (size_t)i, batch, frame);
    echo = frame - 4;
    want = echo * (size_t)in_flight;
    for (i = 0; i < connections; i++) {
        fds[i] = dial(port);
        handshake(fds[i]);
    }
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < connections; i++) write_all(fds[i], batch, frame * (size_t)in_flight);
        for (i = 0; i < connections; i++) {
            size_t have = 0;
            int k;
            while (have < want) {
                ssize_t n = read(fds[i], answer + have, want - have);
                if (n <= 0) fail("echo");
                have += (size_t)n;
            }
            for (k = 1; payload > 0 && k <= in_flight; k++) {
                if (answer[echo * (size_t)k - payload] != 'o' ||
                    answer[echo * (size_t)k - 1] != (unsigned char)"oxws"[(payload - 1) % 4]) {
                    errno = EBADMSG;
                    fail("echo");
                }
            }
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    {
        double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        double messages = (double)rounds * connections * in_flight;
        printf("%.0f messages, %.3f s, %.0f messages/s\n", messages, seconds, messages / seconds);
        fflush(stdout);
    }
    if (argc > 6) {
        printf("idle\n");
        fflush(stdout);
        while (getchar() != EOF) {}
    }
    return 0;
}
