/*
 * Opening handshakes: so many visits at a time, each connects, asks as a browser does, checks the
 * answer, and resets the connection, so that no port stays taken.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "link.h"
#include "meter.h"
#include "modes.h"
#include "program.h"

enum { EVENTS = 256 };

typedef struct {
    int fd;
    size_t have;
    char answer[2048];
} visit_t;

static int server_port, epoll;
static char request[1024];
static size_t request_len;

static void make_request(void) {
    request_len = (size_t)snprintf(
        request, sizeof request,
        "GET /chat?room=7 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
        "Pragma: no-cache\r\nCache-Control: no-cache\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
        "Upgrade: websocket\r\nOrigin: http://127.0.0.1:%d\r\nSec-WebSocket-Version: 13\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server_port, server_port);
}

static void begin(visit_t *visit) {
    struct linger reset = {1, 0};
    struct epoll_event event = {EPOLLIN, {visit}};
    visit->fd = dial(server_port);
    visit->have = 0;
    setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    write_all(visit->fd, request, request_len);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, visit->fd, &event) != 0) fail("epoll_ctl");
}

/* Returns whether the answer is there. */
static int go_on(visit_t *visit) {
    ssize_t n = recv(visit->fd, visit->answer + visit->have, sizeof visit->answer - 1 - visit->have, 0);
    if (n == 0) errno = 0;
    if (n <= 0) fail("handshake");
    visit->have += (size_t)n;
    visit->answer[visit->have] = '\0';
    if (visit->have < 4 || strcmp(visit->answer + visit->have - 4, "\r\n\r\n") != 0) return 0;
    check_answer(visit->answer);
    close(visit->fd);
    return 1;
}

/* Shakes hands until it is time; then, or if none is to follow, the visits end. Returns how many. */
static double visit_until(uint64_t end, int *open, int is_last) {
    struct epoll_event events[EVENTS];
    double count = 0;
    while (is_last ? *open > 0 : now_ns() < end) {
        int i, ready = epoll_wait(epoll, events, EVENTS, SILENCE_MS);
        errno = 0;
        if (ready == 0) fail("nothing has come for %d s", SILENCE_MS / 1000);
        for (i = 0; i < ready; i++) {
            visit_t *visit = events[i].data.ptr;
            if (!go_on(visit)) continue;
            count++;
            if (is_last) *open -= 1;
            else begin(visit);
        }
    }
    return count;
}

void mode_handshakes(int port) {
    int at_once = (int)words_number("at_once", 32), open = at_once, i;
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9, count;
    visit_t *visits = take_memory(sizeof *visits * (size_t)at_once);
    meter_t meter;
    words_end();
    server_port = port;
    make_request();
    epoll = epoll_create1(0);
    for (i = 0; i < at_once; i++) begin(&visits[i]);
    visit_until(now_ns() + (uint64_t)warm, &open, 0);
    meter = meter_begin();
    count = visit_until(meter.began + (uint64_t)seconds, &open, 0);
    meter_report(&meter, "mode=handshakes", "handshakes", count);
    visit_until(0, &open, 1);
}
