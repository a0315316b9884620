/*
 * Ways to listen: several loops at one address, and a descriptor that was bound by somebody else.
 */
#include "check.h"

#define CLIENTS 64

static uint16_t listen_at(oxws_loop *loop, const char *url, const oxws_config *config) {
    oxws_listener listener = 0;
    uint16_t port = 0;
    CHECK_OK(oxws_listen(loop, url, config, &listener));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    return port;
}

static int dial(uint16_t port) {
    struct sockaddr_in to;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* The system shares connections out among listeners that all allow it. */
static void loops_share_an_address(void) {
    oxws_loop *one = oxws_loop_new(), *other = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    size_t of_one = 0, of_other = 0;
    int fds[CLIENTS], i;
    char url[64];
    uint16_t port;

    CHECK_OK(oxws_config_reuse_port(config, 1));
    port = listen_at(one, "ws://127.0.0.1:0", config);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u", (unsigned)port);
    CHECK_NUMBER(listen_at(other, url, config), port);
    for (i = 0; i < CLIENTS; i++) fds[i] = dial(port);
    while (of_one + of_other < CLIENTS) {
        CHECK_OK(oxws_loop_poll(one, 1));
        CHECK_OK(oxws_loop_poll(other, 1));
        CHECK_OK(oxws_loop_connection_count(one, &of_one));
        CHECK_OK(oxws_loop_connection_count(other, &of_other));
    }
    /* By chance alone, one of them gets none once in 2^63 times. */
    CHECK(of_one > 0 && of_other > 0);
    for (i = 0; i < CLIENTS; i++) close(fds[i]);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(one));
    CHECK_OK(oxws_loop_free(other));
}

/* Without the permission of both, an address that is taken is an error that says so. */
static void an_address_that_is_taken_is_an_error(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    oxws_listener untouched = 77;
    char url[64];

    snprintf(url, sizeof url, "ws://127.0.0.1:%u",
             (unsigned)listen_at(loop, "ws://127.0.0.1:0", config));
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen(loop, url, config, &untouched));
    CHECK_NUMBER(oxws_loop_os_error(loop), EADDRINUSE);
    CHECK_NUMBER(untouched, 77);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

/* The descriptor is duplicated: the caller's may be closed at once. */
static void a_bound_descriptor_is_listened_on(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    oxws_listener listener;
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    size_t count = 0;
    uint16_t port = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client;

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
    /* Bound, but it does not listen yet. */
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen_fd(loop, fd, config, NULL));
    CHECK(listen(fd, 8) == 0);
    CHECK_OK(oxws_listen_fd(loop, fd, config, &listener));
    CHECK(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    close(fd);
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    CHECK_NUMBER(port, ntohs(at.sin_port));
    client = dial(port);
    while (count == 0) {
        CHECK_OK(oxws_loop_poll(loop, 10));
        CHECK_OK(oxws_loop_connection_count(loop, &count));
    }
    close(client);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    loops_share_an_address();
    an_address_that_is_taken_is_an_error();
    a_bound_descriptor_is_listened_on();
    return check_end();
}
