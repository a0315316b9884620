/*
 * How clients dial: addresses that are named and raced, and where connections come from; and what the
 * system has been told of their sockets, read back from it.
 */
#include "check.h"

#include <netinet/tcp.h>

static int closes, opens;
static int32_t os_error;
static oxws_status ended;
static oxws_connection accepted;
static int handed;

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop;
    opens++;
    if (user != NULL) accepted = connection;
}

static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)loop, (void)id, (void)user;
    closes++;
    ended = oxws_close_info_status(info);
    os_error = oxws_close_info_os_error(info);
}

static void on_detached(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    (void)loop, (void)id, (void)unread, (void)unread_len, (void)context;
    handed = fd;
}

static oxws_config *new_config(void) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    opens = closes = 0;
    ended = OXWS_OK;
    os_error = 0;
    return config;
}

static int option(int fd, int level, int name) {
    int value = -1;
    socklen_t len = sizeof value;
    CHECK(getsockopt(fd, level, name, &value, &len) == 0);
    return value;
}

/* The descriptor of an open connection, which ends by that. */
static int detached(oxws_loop *loop, oxws_connection connection) {
    handed = -2;
    CHECK_OK(oxws_detach(loop, connection, on_detached, NULL));
    RUN_UNTIL(loop, handed != -2);
    CHECK(handed >= 0);
    return handed;
}

static void check_defaults(int fd) {
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    CHECK_NUMBER(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
    close(fd);
}

static void check_options(int fd) {
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
    CHECK_NUMBER(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 61);
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 11);
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 4);
    CHECK_NUMBER(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 30500);
    /* Linux takes twice as much, for what it needs itself. */
    CHECK_NUMBER(option(fd, SOL_SOCKET, SO_RCVBUF), 2 * 30000);
    CHECK_NUMBER(option(fd, SOL_SOCKET, SO_SNDBUF), 2 * 20000);
    close(fd);
}

static void sockets_are_as_they_were_asked_for(int with_options) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = new_config();
    oxws_connection client = 0;
    char url[64];

    if (with_options) {
        CHECK_OK(oxws_config_no_delay(config, 0));
        CHECK_OK(oxws_config_tcp_keepalive(config, 61, 11, 4));
        CHECK_OK(oxws_config_tcp_user_timeout_ms(config, 30500));
        CHECK_OK(oxws_config_receive_buffer_bytes(config, 30000));
        CHECK_OK(oxws_config_send_buffer_bytes(config, 20000));
    }
    CHECK_OK(oxws_config_user(config, &accepted));
    check_listen(loop, config, url, sizeof url);
    CHECK_OK(oxws_config_user(config, NULL));
    CHECK_OK(oxws_connect(loop, url, config, &client));
    RUN_UNTIL(loop, opens == 2);
    (with_options ? check_options : check_defaults)(detached(loop, accepted));
    (with_options ? check_options : check_defaults)(detached(loop, client));
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

/* Dials a name that nobody knows, by an address, from an address, over an interface. */
static void a_client_comes_from_where_it_shall(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = new_config();
    oxws_connection client = 0;
    char url[64], elsewhere[64], local[64] = "", local_again[64] = "";

    check_listen(loop, config, url, sizeof url);
    snprintf(elsewhere, sizeof elsewhere, "ws://-:%s", strrchr(url, ':') + 1);
    CHECK_OK(oxws_config_add_dial_address(config, "::1"));
    CHECK_OK(oxws_config_add_dial_address(config, "127.0.0.1"));
    CHECK_OK(oxws_config_bind_address(config, "127.0.0.7"));
    CHECK_OK(oxws_connect(loop, elsewhere, config, &client));
    RUN_UNTIL(loop, opens == 2);
    CHECK_OK(oxws_get_local_address(loop, client, local, sizeof local, NULL));
    CHECK(strncmp(local, "127.0.0.7:", strlen("127.0.0.7:")) == 0);

    CHECK_OK(oxws_config_bind_address(config, NULL));
    CHECK_OK(oxws_config_interface(config, "lo"));
    CHECK_OK(oxws_connect(loop, elsewhere, config, &client));
    RUN_UNTIL(loop, opens == 4);
    CHECK_OK(oxws_get_local_address(loop, client, local_again, sizeof local_again, NULL));
    CHECK(strncmp(local_again, "127.0.0.1:", strlen("127.0.0.1:")) == 0);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

static void where_it_cannot_come_from_is_told(void) {
    static const struct {
        const char *to, *from, *over;
        int error;
    } cases[] = {
        {"127.0.0.1", "192.0.2.1", NULL, EADDRNOTAVAIL}, /* not of this machine */
        {"127.0.0.1", "::1", NULL, EADDRNOTAVAIL},       /* the other family */
        {"127.0.0.1", NULL, "no-such-thing", ENODEV},
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        oxws_loop *loop = oxws_loop_new();
        oxws_config *config = new_config();
        CHECK_OK(oxws_config_add_dial_address(config, cases[i].to));
        CHECK_OK(oxws_config_bind_address(config, cases[i].from));
        CHECK_OK(oxws_config_interface(config, cases[i].over));
        CHECK_OK(oxws_connect(loop, "ws://-:1/", config, NULL));
        RUN_UNTIL(loop, closes == 1);
        CHECK_STATUS(OXWS_ERROR_CONNECT_FAILED, ended);
        CHECK_NUMBER(os_error, cases[i].error);
        oxws_config_free(config);
        CHECK_OK(oxws_loop_free(loop));
    }
}

/* D14: an address that does not answer costs no more than the delay of an attempt. */
static void d14_addresses_are_raced(void) {
    static const struct {
        uint32_t delay_ms, takes_ms;
    } cases[] = {{250, 253}, {100, 103}, {0, 5003}};
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        oxws_loop *loop = oxws_test_loop_new();
        oxws_config *config = new_config();
        oxws_connection client = 0;
        char peer[64] = "";
        uint64_t now = 0;

        CHECK_OK(oxws_test_set_route(loop, "192.0.2.1", UINT32_MAX, 0));
        CHECK_OK(oxws_test_set_route(loop, "192.0.2.2", 3, 0));
        CHECK_OK(oxws_listen(loop, "ws://*:80", config, NULL));
        if (i > 0) {
            CHECK_OK(oxws_config_connection_attempt_delay_ms(config, cases[i].delay_ms));
        }
        CHECK_OK(oxws_config_handshake_timeout_ms(config, 10000));
        CHECK_OK(oxws_config_add_dial_address(config, "192.0.2.1"));
        CHECK_OK(oxws_config_add_dial_address(config, "192.0.2.2"));
        CHECK_OK(oxws_connect(loop, "ws://chat.example/", config, &client));
        RUN_UNTIL(loop, opens == 2);
        CHECK_OK(oxws_test_now_us(loop, &now));
        CHECK_NUMBER((long long)now, cases[i].takes_ms * 1000);
        CHECK_OK(oxws_get_peer_address(loop, client, peer, sizeof peer, NULL));
        CHECK(strcmp(peer, "192.0.2.2:80") == 0);
        oxws_config_free(config);
        CHECK_OK(oxws_loop_free(loop));
    }
}

static uint64_t spent[8];
static oxws_close_info *last;

static void on_open_timed(oxws_loop *l, oxws_connection connection, void *user) {
    (void)user;
    opens++;
    CHECK_OK(oxws_get_stage_us(l, connection, OXWS_STAGE_RESOLVE, &spent[OXWS_STAGE_RESOLVE]));
    CHECK_OK(oxws_get_stage_us(l, connection, OXWS_STAGE_CONNECT, &spent[OXWS_STAGE_CONNECT]));
    CHECK_OK(oxws_get_stage_us(l, connection, OXWS_STAGE_PROXY, &spent[OXWS_STAGE_PROXY]));
    CHECK_OK(oxws_get_stage_us(l, connection, OXWS_STAGE_TLS, &spent[OXWS_STAGE_TLS]));
    CHECK_OK(oxws_get_stage_us(l, connection, OXWS_STAGE_HANDSHAKE, &spent[OXWS_STAGE_HANDSHAKE]));
}

static void on_close_timed(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                           void *user) {
    (void)l, (void)id, (void)user;
    last = oxws_close_info_clone(info);
}

/* An address that answers after 7 ms; each way takes 20 ms behind it. */
static void each_stage_has_its_time(void) {
    oxws_loop *loop = oxws_test_loop_new();
    oxws_config *config = check_config();
    oxws_connection client = 0;
    uint64_t us = 0;

    opens = 0;
    CHECK_OK(oxws_config_add_dial_address(config, "192.0.2.1"));
    CHECK_OK(oxws_listen(loop, "ws://*:80", config, NULL));
    CHECK_OK(oxws_config_on_open(config, on_open_timed));
    CHECK_OK(oxws_test_set_route(loop, "192.0.2.1", 7, 0));
    CHECK_OK(oxws_test_set_link(loop, 0, 0, 20));
    CHECK_OK(oxws_connect(loop, "ws://chat.example/", config, &client));
    CHECK_OK(oxws_test_advance_ms(loop, 5));
    CHECK_OK(oxws_get_stage_us(loop, client, OXWS_STAGE_CONNECT, &us));
    CHECK_NUMBER((long long)us, 5000);
    CHECK_OK(oxws_test_advance_ms(loop, 42));
    CHECK_NUMBER(opens, 1);
    CHECK_NUMBER((long long)spent[OXWS_STAGE_RESOLVE], 0);
    CHECK_NUMBER((long long)spent[OXWS_STAGE_CONNECT], 7000);
    CHECK_NUMBER((long long)spent[OXWS_STAGE_PROXY], 0);
    CHECK_NUMBER((long long)spent[OXWS_STAGE_TLS], 0);
    CHECK_NUMBER((long long)spent[OXWS_STAGE_HANDSHAKE], 40000);

    /* One that fails tells it in the end. */
    CHECK_OK(oxws_config_on_close(config, on_close_timed));
    CHECK_OK(oxws_test_set_route(loop, "192.0.2.1", 11, ECONNREFUSED));
    CHECK_OK(oxws_connect(loop, "ws://chat.example/", config, NULL));
    CHECK_OK(oxws_test_advance_ms(loop, 100));
    CHECK(last != NULL);
    CHECK_NUMBER((long long)oxws_close_info_stage_us(last, OXWS_STAGE_CONNECT), 11000);
    CHECK_NUMBER((long long)oxws_close_info_stage_us(last, OXWS_STAGE_HANDSHAKE), 0);
    oxws_close_info_free(last);
    last = NULL;

    /* One that gets no answer to its request has the rest of its time in the handshake. */
    CHECK_OK(oxws_config_handshake_timeout_ms(config, 1000));
    CHECK_OK(oxws_test_set_route(loop, "192.0.2.1", 8, 0));
    CHECK_OK(oxws_connect(loop, "ws://chat.example/", config, &client));
    CHECK_OK(oxws_test_advance_ms(loop, 9));
    CHECK_OK(oxws_test_freeze(loop, client, 1));
    CHECK_OK(oxws_test_advance_ms(loop, 2000));
    CHECK(last != NULL);
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_HANDSHAKE);
    CHECK_NUMBER((long long)oxws_close_info_stage_us(last, OXWS_STAGE_CONNECT), 8000);
    CHECK_NUMBER((long long)oxws_close_info_stage_us(last, OXWS_STAGE_HANDSHAKE), 992000);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    oxws_close_info_free(last);
}

int main(void) {
    check_begin();
    sockets_are_as_they_were_asked_for(0);
    sockets_are_as_they_were_asked_for(1);
    a_client_comes_from_where_it_shall();
    where_it_cannot_come_from_is_told();
    d14_addresses_are_raced();
    each_stage_has_its_time();
    return check_end();
}
