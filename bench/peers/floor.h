/*
 * What the two floors share: one thread, epoll, one large buffer that every connection is read into,
 * and output that is written at once and kept only where the socket is full. No library is used, and
 * nothing is checked beyond what the loop needs: a server cannot well do less.
 *
 * The program defines on_bytes and calls serve.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER = 512 * 1024,      /* what one read may bring */
    EVENTS = 512,             /* of one wait */
    MOST_UNSENT = 1024 * 1024 /* above this a connection is not read from */
};

/* `bytes` is `len` long, begins at `from` and has room for `room`. */
typedef struct {
    unsigned char *bytes;
    size_t from, len, room;
} queue_t;

typedef struct connection {
    struct connection *next, *previous;
    int fd;
    unsigned interest;
    int is_open;      /* the handshake is over */
    int is_ending;    /* what is unsent leaves, then it is closed */
    queue_t unsent;   /* what the socket did not take */
    queue_t held;     /* what was received and cannot be used before more is there */
    unsigned long long left; /* bytes of payload that the current frame still has */
    unsigned char mask[4], is_skipped;
} connection_t;

/* The connections, as a ring with this one in it. */
static connection_t all = {.next = &all, .previous = &all, .fd = -1};
static int loop_fd;

/* Deals with what was received, in place, and says how much of it was used; the rest is held and
 * stands in front of what comes next. */
static size_t on_bytes(connection_t *connection, unsigned char *bytes, size_t len);

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void push(queue_t *queue, const void *bytes, size_t len) {
    if (len == 0) return;
    if (queue->from > 0 && queue->from + queue->len + len > queue->room) {
        memmove(queue->bytes, queue->bytes + queue->from, queue->len);
        queue->from = 0;
    }
    if (queue->len + len > queue->room) {
        queue->room = 2 * (queue->len + len);
        queue->bytes = realloc(queue->bytes, queue->room);
        if (queue->bytes == NULL) fail("realloc");
    }
    memcpy(queue->bytes + queue->from + queue->len, bytes, len);
    queue->len += len;
}

static void empty(queue_t *queue) {
    free(queue->bytes);
    memset(queue, 0, sizeof *queue);
}

static void watch(connection_t *connection) {
    struct epoll_event event;
    unsigned interest = connection->unsent.len > 0 ? EPOLLOUT : 0;
    if (connection->unsent.len < MOST_UNSENT && !connection->is_ending) interest |= EPOLLIN;
    if (interest == connection->interest) return;
    connection->interest = event.events = interest;
    event.data.ptr = connection;
    if (epoll_ctl(loop_fd, EPOLL_CTL_MOD, connection->fd, &event) != 0) fail("epoll_ctl");
}

/* Ends a connection at the next event: until then it stays in the ring, where others may be on it. */
static void end(connection_t *connection) {
    connection->is_ending = 1;
    empty(&connection->unsent);
    shutdown(connection->fd, SHUT_RDWR);
}

static void send_bytes(connection_t *connection, const unsigned char *bytes, size_t len) {
    if (len > 0 && connection->unsent.len == 0) {
        ssize_t sent = send(connection->fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            end(connection);
            return;
        }
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
    }
    push(&connection->unsent, bytes, len);
    watch(connection);
}

static void send_unsent(connection_t *connection) {
    queue_t *queue = &connection->unsent;
    ssize_t sent = send(connection->fd, queue->bytes + queue->from, queue->len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        end(connection);
        return;
    }
    if (sent > 0) {
        queue->from += (size_t)sent;
        queue->len -= (size_t)sent;
    }
    if (queue->len == 0) empty(queue);
    watch(connection);
}

static void forget(connection_t *connection) {
    close(connection->fd);
    empty(&connection->unsent);
    empty(&connection->held);
    connection->next->previous = connection->previous;
    connection->previous->next = connection->next;
    free(connection);
}

/* Whether there may be more of the connection. */
static int receive(connection_t *connection) {
    static unsigned char buffer[BUFFER];
    size_t have = connection->held.len, used;
    ssize_t n;
    if (have == sizeof buffer) return 0;
    if (have > 0) memcpy(buffer, connection->held.bytes + connection->held.from, have);
    n = recv(connection->fd, buffer + have, sizeof buffer - have, 0);
    if (n <= 0) return n < 0 && errno == EAGAIN;
    if (have > 0) empty(&connection->held);
    have += (size_t)n;
    used = on_bytes(connection, buffer, have);
    push(&connection->held, buffer + used, have - used);
    return 1;
}

static void accept_all(int listener) {
    int one = 1, fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        connection_t *connection = calloc(1, sizeof *connection);
        struct epoll_event event;
        if (connection == NULL) fail("calloc");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connection->fd = fd;
        connection->next = all.next;
        connection->previous = &all;
        all.next = all.next->previous = connection;
        connection->interest = event.events = EPOLLIN;
        event.data.ptr = connection;
        if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
    }
}

static int listen_on(int port) {
    struct sockaddr_in address;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
    if (listen(fd, 4096) != 0) fail("listen");
    return fd;
}

static void serve(int port) {
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data = {.ptr = &all}};
    struct rlimit files;
    int listener = listen_on(port);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    loop_fd = epoll_create1(0);
    if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll_ctl");
    puts("ready");
    fflush(stdout);
    for (;;) {
        int i, n = epoll_wait(loop_fd, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (i = 0; i < n; i++) {
            connection_t *connection = events[i].data.ptr;
            int goes_on = 1;
            if (connection == &all) {
                accept_all(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT && connection->unsent.len > 0) send_unsent(connection);
            if (connection->is_ending) {
                goes_on = connection->unsent.len > 0;
            } else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                goes_on = receive(connection);
                if (connection->is_ending && connection->unsent.len == 0) goes_on = 0;
            }
            if (!goes_on) forget(connection);
        }
    }
}

#endif
