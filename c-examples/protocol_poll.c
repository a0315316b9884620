/*
 * protocol_poll: an echo server without the library's loop. The program owns the sockets, the
 * poll() and the clock; endpoints turn bytes into events and back.
 *
 *   protocol_poll [--port N]      on 127.0.0.1, port 9001 unless told otherwise
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <oxws.h>

#define MAX_CLIENTS 64
#define LINGER_US 1000000

typedef struct {
    int fd; /* -1: this place is free */
    oxws_protocol *protocol;
    uint64_t leave_at_us; /* after its end the peer may read to the end until then; 0 before */
} client;

static client clients[MAX_CLIENTS];
static volatile sig_atomic_t is_interrupted;

static void on_signal(int number) {
    (void)number;
    is_interrupted = 1;
}

static uint64_t now_us(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void serve(oxws_protocol *protocol, const oxws_event *event) {
    const uint8_t *data;
    size_t len;

    switch (oxws_event_get_type(event)) {
    case OXWS_EVENT_REQUEST:
        oxws_protocol_accept(protocol, NULL);
        break;
    case OXWS_EVENT_HTTP_REQUEST:
        oxws_protocol_deny(protocol, 404, "There is only a WebSocket here.\n");
        break;
    case OXWS_EVENT_MESSAGE:
        data = oxws_event_data(event, &len);
        oxws_protocol_send(protocol, oxws_event_message_type(event), data, len, now_us());
        break;
    default:
        break; /* pings are answered, and an end shows in oxws_protocol_wants_close() */
    }
}

/* Takes the events and writes the output, until there is neither; 0 if the client is done with. */
static int go_on(client *c) {
    for (;;) {
        const oxws_event *event;
        const uint8_t *output;
        size_t len;
        ssize_t count;

        while ((event = oxws_protocol_next(c->protocol)) != NULL) {
            serve(c->protocol, event);
        }
        output = oxws_protocol_output(c->protocol, &len);
        if (len == 0) break;
        count = send(c->fd, output, len, MSG_NOSIGNAL);
        if (count >= 0) {
            oxws_protocol_output_written(c->protocol, (size_t)count, now_us());
        } else if (errno == EAGAIN || errno == EINTR) {
            return 1; /* poll() tells when there is room */
        } else {
            oxws_protocol_lost(c->protocol, errno, now_us());
        }
    }
    if (oxws_protocol_wants_close(c->protocol) && c->leave_at_us == 0) {
        c->leave_at_us = now_us() + LINGER_US;
        return shutdown(c->fd, SHUT_WR) == 0;
    }
    return 1;
}

/* Reads what has come; 0 if the client is done with. */
static int receive(client *c) {
    static unsigned char buffer[65536];
    ssize_t count = recv(c->fd, buffer, sizeof buffer, 0);

    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
    if (c->leave_at_us != 0) return count > 0; /* only waited for, and thrown away */
    if (count > 0) {
        oxws_protocol_receive(c->protocol, buffer, (size_t)count, now_us());
    } else if (count == 0) {
        oxws_protocol_end_of_input(c->protocol, now_us());
    } else {
        oxws_protocol_lost(c->protocol, errno, now_us());
    }
    return go_on(c); /* takes all events, so that the buffer can be used for others then */
}

static void welcome(int listener, const oxws_config *config) {
    int fd = accept(listener, NULL, NULL), i;

    if (fd < 0) return;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    for (i = 0; i < MAX_CLIENTS && clients[i].fd >= 0; i++) continue;
    clients[i].fd = fd;
    clients[i].protocol = oxws_protocol_new_server(config, now_us());
    clients[i].leave_at_us = 0;
}

static void dismiss(client *c) {
    oxws_protocol_free(c->protocol);
    close(c->fd);
    c->fd = -1;
}

/* What to wait for on a client's socket, and until when. */
static short interest(const client *c, uint64_t *until) {
    uint64_t deadline = UINT64_MAX;
    size_t waiting;
    short events = 0;

    oxws_protocol_deadline_us(c->protocol, &deadline);
    if (c->leave_at_us != 0) deadline = c->leave_at_us;
    if (deadline < *until) *until = deadline;
    oxws_protocol_output(c->protocol, &waiting);
    if (waiting > 0) events |= POLLOUT;
    if (c->leave_at_us != 0 || oxws_protocol_wants_input(c->protocol)) events |= POLLIN;
    return events;
}

static int listen_at(uint16_t port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0) return -1;
    getsockname(fd, (struct sockaddr *)&at, &len);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    printf("listening on ws://127.0.0.1:%u/\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

static int run(uint16_t port, const oxws_config *config) {
    int listener = listen_at(port), i;

    if (listener < 0) {
        perror("protocol_poll");
        return 1;
    }
    for (i = 0; i < MAX_CLIENTS; i++) clients[i].fd = -1;
    while (!is_interrupted) {
        struct pollfd fds[MAX_CLIENTS + 1];
        uint64_t until = UINT64_MAX, now = now_us();
        int timeout_ms = -1, has_room = 0;

        for (i = 0; i < MAX_CLIENTS; i++) {
            fds[i] = (struct pollfd){.fd = clients[i].fd};
            if (clients[i].fd >= 0) fds[i].events = interest(&clients[i], &until);
            has_room = has_room || clients[i].fd < 0;
        }
        fds[MAX_CLIENTS] = (struct pollfd){.fd = has_room ? listener : -1, .events = POLLIN};
        if (until != UINT64_MAX) timeout_ms = until > now ? (int)((until - now) / 1000 + 1) : 0;
        if (poll(fds, MAX_CLIENTS + 1, timeout_ms) < 0) continue; /* a signal */
        now = now_us();
        for (i = 0; i < MAX_CLIENTS; i++) {
            client *c = &clients[i];
            int stays = 1;

            if (c->fd < 0) continue;
            if (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) stays = receive(c);
            oxws_protocol_advance(c->protocol, now);
            if (stays && c->leave_at_us == 0) stays = go_on(c);
            if (!stays || (c->leave_at_us != 0 && now >= c->leave_at_us)) dismiss(c);
        }
        if (fds[MAX_CLIENTS].revents & POLLIN) welcome(listener, config);
    }
    for (i = 0; i < MAX_CLIENTS; i++) {
        if (clients[i].fd >= 0) dismiss(&clients[i]);
    }
    close(listener);
    return 0;
}

int main(int argc, char **argv) {
    struct sigaction action = {.sa_handler = on_signal};
    oxws_config *config = oxws_config_new();
    uint16_t port = 9001;
    int status;

    if (argc == 3 && strcmp(argv[1], "--port") == 0) {
        port = (uint16_t)atoi(argv[2]);
    } else if (argc != 1) {
        fprintf(stderr, "usage: protocol_poll [--port N]\n");
        return 2;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A peer that does not read its echoes has to wait with what it sends next. */
    oxws_config_pause_while_queued(config, 1);
    status = run(port, config);
    oxws_config_free(config);
    return status;
}
