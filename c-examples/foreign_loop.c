/*
 * foreign_loop: the library inside a program's own event loop. The program has an epoll set with a
 * timer, its input and its signals; the loop of an echo server is one descriptor more in that set.
 *
 *   foreign_loop [--listen ws://127.0.0.1:9001]
 *
 * Every second it prints how many messages it has echoed, if there were any. A line "quit" on the
 * input, SIGINT or SIGTERM ends it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <oxws.h>

static oxws_loop *loop;
static unsigned long echoed, echoed_before;

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)user;
    if (oxws_send(l, connection, type, data, len) == OXWS_OK) echoed++;
}

static int watch(int set, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};

    return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

static int timer_descriptor(void) {
    struct itimerspec second = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

    timerfd_settime(fd, 0, &second, NULL);
    return fd;
}

static int signal_descriptor(void) {
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void report(int timer) {
    uint64_t times;
    size_t connections = 0;

    if (read(timer, &times, sizeof times) < 0 || echoed == echoed_before) return;
    echoed_before = echoed;
    oxws_loop_connection_count(loop, &connections);
    printf("%lu messages echoed, %zu connections\n", echoed, connections);
    fflush(stdout);
}

/* Returns whether the user wants to go on. */
static int obey_input(int set) {
    char line[256];
    ssize_t count = read(STDIN_FILENO, line, sizeof line - 1);

    if (count <= 0) { /* the input has ended; the server goes on */
        epoll_ctl(set, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
        return 1;
    }
    line[count] = '\0';
    return strncmp(line, "quit\n", 5) != 0;
}

/* The program's own loop. Returns when it is to end. */
static oxws_status run(int signals) {
    int set = epoll_create1(EPOLL_CLOEXEC), timer = timer_descriptor(), goes_on = 1;
    int32_t library, timeout_ms;
    oxws_status status = oxws_loop_fd(loop, &library);

    watch(set, library);
    watch(set, timer);
    watch(set, signals);
    watch(set, STDIN_FILENO); /* cannot be watched if it is a file, and is not needed then */
    while (goes_on && status == OXWS_OK) {
        struct epoll_event events[8];
        int i, count;

        /* What the library was asked for since may have brought its next deadline nearer. */
        oxws_loop_timeout_ms(loop, &timeout_ms);
        count = epoll_wait(set, events, 8, timeout_ms);
        for (i = 0; i < count; i++) {
            if (events[i].data.fd == timer) report(timer);
            if (events[i].data.fd == signals) goes_on = 0;
            if (events[i].data.fd == STDIN_FILENO) goes_on = goes_on && obey_input(set);
        }
        /* Its descriptor is readable, or its deadline is there, or neither: then this is quick. */
        status = oxws_loop_poll(loop, 0);
    }
    close(timer);
    close(set);
    return status;
}

/* Prints the address with the port that was really taken. */
static void announce(const char *url, oxws_listener listener) {
    const char *host = url + strcspn(url, "/") + 2;
    uint16_t port = 0;

    oxws_listener_port(loop, listener, &port);
    if (port == 0) { /* a Unix-domain socket */
        printf("listening on %s\n", url);
    } else {
        size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
        printf("listening on ws://%.*s:%u/\n", (int)len, host, (unsigned)port);
    }
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *url = "ws://127.0.0.1:9001";
    oxws_config *config;
    oxws_listener listener;
    oxws_status status;
    int signals = signal_descriptor(); /* before any signal can come that counts */

    if (argc == 3 && strcmp(argv[1], "--listen") == 0) {
        url = argv[2];
    } else if (argc != 1) {
        fprintf(stderr, "usage: foreign_loop [--listen URL]\n");
        return 2;
    }
    loop = oxws_loop_new();
    if (loop == NULL) {
        perror("foreign_loop: oxws_loop_new");
        return 1;
    }
    config = oxws_config_new();
    oxws_config_on_message(config, on_message);
    oxws_config_pause_while_queued(config, 1); /* who does not read its echoes has to wait */
    status = oxws_listen(loop, url, config, &listener);
    oxws_config_free(config);
    if (status == OXWS_OK) {
        announce(url, listener);
        status = run(signals);
    }
    if (status != OXWS_OK) {
        fprintf(stderr, "foreign_loop: %s: %s\n", url, oxws_status_message(status));
    }
    oxws_loop_free(loop);
    close(signals);
    return status == OXWS_OK ? 0 : 1;
}
