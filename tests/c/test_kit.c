/*
 * A program on a test loop: reconnects, keepalive, timeouts and stalls in simulated time, bytes split
 * everywhere, a hostile peer; the same each time.
 */
#include "check.h"

static const uint8_t key[4] = {1, 2, 3, 4};

/* What one test has seen; it hangs on both configs. */
struct seen {
    oxws_loop *loop;
    oxws_config *server_config, *client_config;
    oxws_connection server, client;
    int opens, closes, messages, writables;
    oxws_status status;    /* of the last end of the client */
    oxws_status at_server; /* of the last end of the server */
    int32_t os_error;
    uint16_t code;
    uint64_t closed_at_us;
    char text[64];
};

static uint64_t now_us(oxws_loop *loop) {
    uint64_t now = 0;
    CHECK_OK(oxws_test_now_us(loop, &now));
    return now;
}

static void server_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop;
    ((struct seen *)user)->server = connection;
}

/* The key of a request is made of the masking key too. */
static void server_request(oxws_loop *loop, oxws_connection connection,
                           const oxws_request *request, void *user) {
    size_t len = 0;
    const char *value = oxws_request_header(request, "Sec-WebSocket-Key", 0, &len);
    (void)user;
    CHECK(len == 24 && memcmp(value, "AQIDBAECAwQBAgMEAQIDBA==", 24) == 0);
    CHECK_OK(oxws_accept(loop, connection, NULL));
}

static void client_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->opens++;
}

static void server_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                           const uint8_t *data, size_t len, void *user) {
    (void)user;
    CHECK_OK(oxws_send(loop, connection, (int32_t)type, data, len));
}

static void client_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                           const uint8_t *data, size_t len, void *user) {
    struct seen *seen = user;
    (void)loop, (void)connection, (void)type;
    seen->messages++;
    snprintf(seen->text, sizeof seen->text, "%.*s", (int)len, (const char *)data);
}

static void client_writable(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->writables++;
}

static void server_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                         void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->at_server = oxws_close_info_status(info);
}

static void client_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                         void *user) {
    struct seen *seen = user;
    CHECK_NUMBER(connection, seen->client);
    seen->closes++;
    seen->status = oxws_close_info_status(info);
    seen->os_error = oxws_close_info_os_error(info);
    seen->code = oxws_close_info_code(info);
    seen->closed_at_us = now_us(loop);
}

static void begin(struct seen *seen) {
    memset(seen, 0, sizeof *seen);
    seen->loop = oxws_test_loop_new();
    CHECK(seen->loop != NULL);
    CHECK_OK(oxws_test_set_masking_key(seen->loop, key));
    seen->server_config = oxws_config_new();
    seen->client_config = oxws_config_new();
    CHECK_OK(oxws_config_user(seen->server_config, seen));
    CHECK_OK(oxws_config_user(seen->client_config, seen));
    CHECK_OK(oxws_config_on_request(seen->server_config, server_request));
    CHECK_OK(oxws_config_on_open(seen->server_config, server_open));
    CHECK_OK(oxws_config_on_message(seen->server_config, server_message));
    CHECK_OK(oxws_config_on_close(seen->server_config, server_close));
    CHECK_OK(oxws_config_on_open(seen->client_config, client_open));
    CHECK_OK(oxws_config_on_message(seen->client_config, client_message));
    CHECK_OK(oxws_config_on_writable(seen->client_config, client_writable));
    CHECK_OK(oxws_config_on_close(seen->client_config, client_close));
    CHECK_OK(oxws_config_ping_interval_ms(seen->server_config, 0));
    CHECK_OK(oxws_config_ping_interval_ms(seen->client_config, 0));
}

static void end(struct seen *seen) {
    CHECK_OK(oxws_loop_free(seen->loop));
    oxws_config_free(seen->server_config);
    oxws_config_free(seen->client_config);
}

/* An open pair with the configs as they are now. */
static void open_pair(struct seen *seen) {
    CHECK_OK(oxws_test_pair(seen->loop, seen->server_config, seen->client_config, &seen->server,
                            &seen->client));
    CHECK_OK(oxws_test_advance_ms(seen->loop, 0));
    CHECK_NUMBER(seen->opens, 1);
}

static void say(struct seen *seen, const char *text) {
    CHECK_OK(oxws_send(seen->loop, seen->client, OXWS_MESSAGE_TEXT, text, strlen(text)));
}

/* ---- reconnecting ---- */

static uint32_t wait_ms;
static int attempts;

static void dial_again(oxws_loop *loop, oxws_timer timer, void *user) {
    struct seen *seen = user;
    (void)timer;
    attempts++;
    CHECK_OK(oxws_connect(loop, "ws://chat.example:8080/room", seen->client_config, &seen->client));
}

/* The waits are 1, 2, 4 and then 8 seconds. */
static void reconnect(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                      void *user) {
    client_close(loop, connection, info, user);
    CHECK_OK(oxws_timer_start(loop, wait_ms, 0, dial_again, user, NULL));
    wait_ms = wait_ms < 8000 ? wait_ms * 2 : 8000;
}

static void a_client_comes_back_when_its_server_does(void) {
    static const uint64_t at_ms[] = {0, 1000, 3000, 7000, 15000, 23000};
    struct seen seen;
    int i;
    begin(&seen);
    wait_ms = 1000;
    attempts = 0;
    CHECK_OK(oxws_config_on_close(seen.client_config, reconnect));
    CHECK_OK(oxws_timer_start(seen.loop, 0, 0, dial_again, &seen, NULL));
    for (i = 0; i < 6; i++) {
        CHECK_OK(oxws_test_advance_ms(seen.loop, (uint32_t)(at_ms[i] - now_us(seen.loop) / 1000)));
        CHECK_NUMBER(attempts, i + 1);
        CHECK_NUMBER(seen.closes, i + 1);
        CHECK_NUMBER(seen.closed_at_us, at_ms[i] * 1000);
        CHECK_STATUS(OXWS_ERROR_CONNECT_FAILED, seen.status);
        CHECK_NUMBER(seen.os_error, ECONNREFUSED);
    }
    CHECK_OK(oxws_listen(seen.loop, "ws://chat.example:8080", seen.server_config, NULL));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 8000));
    CHECK_NUMBER(seen.opens, 1);
    wait_ms = 1000;
    CHECK_OK(oxws_test_break(seen.loop, seen.client, ECONNRESET));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 999));
    CHECK_STATUS(OXWS_ERROR_CONNECTION_RESET, seen.status);
    CHECK_NUMBER(seen.opens, 1);
    CHECK_OK(oxws_test_refuse_connects(seen.loop, 1, ENETUNREACH));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_NUMBER(seen.os_error, ENETUNREACH);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 2000));
    CHECK_NUMBER(seen.opens, 2);
    end(&seen);
}

/* ---- deadlines ---- */

static void a_peer_that_nobody_hears_is_given_up_by_keepalive(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_ping_interval_ms(seen.client_config, 20000));
    CHECK_OK(oxws_config_pong_timeout_ms(seen.client_config, 5000));
    open_pair(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 3600 * 1000));
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_freeze(seen.loop, seen.server, 1));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 4999));
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 20001));
    CHECK_NUMBER(seen.closes, 1);
    CHECK_STATUS(OXWS_ERROR_PONG_TIMEOUT, seen.status);
    end(&seen);
}

static void a_close_that_nobody_answers_ends_at_its_deadline(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_close_timeout_ms(seen.client_config, 5000));
    open_pair(&seen);
    CHECK_OK(oxws_test_freeze(seen.loop, seen.server, 1));
    CHECK_OK(oxws_close(seen.loop, seen.client, 1000, "enough"));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 4999));
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_STATUS(OXWS_ERROR_CLOSE_TIMEOUT, seen.status);
    CHECK_NUMBER(seen.closed_at_us, 5000 * 1000);
    CHECK_NUMBER(seen.code, 1006);
    end(&seen);
}

static void a_peer_that_takes_nothing_stalls(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_write_stall_timeout_ms(seen.client_config, 30000));
    open_pair(&seen);
    CHECK_OK(oxws_test_set_capacity(seen.loop, seen.client, 10));
    CHECK_OK(oxws_pause_reading(seen.loop, seen.server));
    say(&seen, "more than ten bytes");
    CHECK_OK(oxws_test_advance_ms(seen.loop, 29999));
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_STATUS(OXWS_ERROR_WRITE_STALLED, seen.status);
    end(&seen);
}

static void a_queue_fills_and_empties(void) {
    static const char kibibyte[1024] = "";
    struct seen seen;
    size_t queued = 0;
    oxws_status status = OXWS_OK;
    int sent = 0;
    begin(&seen);
    CHECK_OK(oxws_config_max_queued_bytes(seen.client_config, 8 * 1024));
    CHECK_OK(oxws_config_on_message(seen.server_config, NULL));
    open_pair(&seen);
    CHECK_OK(oxws_test_set_capacity(seen.loop, seen.client, 1024));
    CHECK_OK(oxws_pause_reading(seen.loop, seen.server));
    while (status == OXWS_OK && sent < 100) {
        status = oxws_send(seen.loop, seen.client, OXWS_MESSAGE_BINARY, kibibyte, 1024);
        sent += status == OXWS_OK;
    }
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, status);
    CHECK_NUMBER(sent, 9);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 10));
    CHECK_NUMBER(seen.writables, 0);
    CHECK_OK(oxws_resume_reading(seen.loop, seen.server));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 10));
    CHECK_NUMBER(seen.writables, 1);
    CHECK_OK(oxws_get_queued_bytes(seen.loop, seen.client, &queued));
    CHECK_NUMBER(queued, 0);
    end(&seen);
}

static void nobody_answers_until_the_handshake_timeout(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_handshake_timeout_ms(seen.client_config, 10000));
    CHECK_OK(oxws_listen(seen.loop, "ws://*", seen.server_config, NULL));
    CHECK_OK(oxws_test_refuse_connects(seen.loop, 1, 0));
    CHECK_OK(oxws_connect(seen.loop, "ws://a.example/", seen.client_config, &seen.client));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 9999));
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_STATUS(OXWS_ERROR_CONNECT_TIMEOUT, seen.status);
    end(&seen);
}

/* ---- bytes ---- */

static void bytes_that_come_one_by_one_are_the_same(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_test_set_link(seen.loop, 0, 1, 0));
    open_pair(&seen);
    say(&seen, "byte by byte");
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK(strcmp(seen.text, "byte by byte") == 0);
    /* The header of 2 bytes and 4 of text, 10 ms each. */
    CHECK_OK(oxws_test_set_link(seen.loop, seen.server, 1, 10));
    say(&seen, "slow");
    CHECK_OK(oxws_test_advance_ms(seen.loop, 59));
    CHECK_NUMBER(seen.messages, 1);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_NUMBER(seen.messages, 2);
    end(&seen);
}

static void every_split_of_a_hostile_frame_is_refused(void) {
    /* Reserved bits, then a reserved opcode, then a frame of a server that is masked. */
    static const char *const frames[] = {"\xf1\x03" "abc", "\x83\x03" "abc", "\x81\x83" "keyzabc"};
    static const oxws_status statuses[] = {OXWS_ERROR_RESERVED_BITS, OXWS_ERROR_RESERVED_OPCODE,
                                           OXWS_ERROR_MASK_UNEXPECTED};
    uint32_t piece;
    int i;
    for (i = 0; i < 3; i++) {
        for (piece = 1; piece <= 9; piece++) {
            struct seen seen;
            begin(&seen);
            open_pair(&seen);
            CHECK_OK(oxws_test_set_link(seen.loop, seen.server, piece, 0));
            CHECK_OK(oxws_test_inject(seen.loop, seen.client, "\x81\x02hi", 4));
            CHECK_OK(oxws_test_inject(seen.loop, seen.client, frames[i], strlen(frames[i])));
            CHECK_OK(oxws_test_advance_ms(seen.loop, 10000));
            CHECK(strcmp(seen.text, "hi") == 0);
            CHECK_NUMBER(seen.closes, 1);
            CHECK_STATUS(statuses[i], seen.status);
            end(&seen);
        }
    }
}

static void an_end_without_a_close_frame(void) {
    struct seen seen;
    begin(&seen);
    open_pair(&seen);
    CHECK_OK(oxws_test_break(seen.loop, seen.server, 0));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_STATUS(OXWS_ERROR_CONNECTION_LOST, seen.status);
    CHECK_STATUS(OXWS_ERROR_CONNECTION_LOST, seen.at_server);
    end(&seen);
}

/* ---- time ---- */

static int ticks;

static void on_tick(oxws_loop *loop, oxws_timer timer, void *user) {
    (void)timer, (void)user;
    if (++ticks == 24) CHECK_OK(oxws_loop_stop(loop));
}

static void a_day_passes_in_a_run(void) {
    oxws_loop *loop = oxws_test_loop_new();
    int32_t timeout = 77;
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_loop_poll(loop, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_loop_run(loop));
    CHECK_OK(oxws_loop_timeout_ms(loop, &timeout));
    CHECK_NUMBER(timeout, -1);
    CHECK_OK(oxws_loop_poll(loop, 250));
    CHECK_NUMBER(now_us(loop), 250000);
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK_NUMBER(now_us(loop), 250000);
    ticks = 0;
    CHECK_OK(oxws_timer_start(loop, 3600000, 3600000, on_tick, NULL, NULL));
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(ticks, 24);
    CHECK_NUMBER(now_us(loop), UINT64_C(86400250000));
    /* A wake is noticed before any time passes. */
    CHECK_OK(oxws_loop_wake(loop));
    CHECK_OK(oxws_loop_poll(loop, -1));
    CHECK_NUMBER(now_us(loop), UINT64_C(86400250000));
    CHECK_OK(oxws_loop_free(loop));
}

static void answer_for_ever(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                            const uint8_t *data, size_t len, void *user) {
    (void)user;
    CHECK_OK(oxws_send(loop, connection, (int32_t)type, data, len));
}

static void answers_for_ever_are_noticed(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_on_message(seen.client_config, answer_for_ever));
    open_pair(&seen);
    say(&seen, "and then?");
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_advance_ms(seen.loop, 1));
    CHECK_NUMBER(now_us(seen.loop), 0);
    end(&seen);
}

/* ---- other threads ---- */

static void *send_from_afar(void *user) {
    struct seen *seen = user;
    CHECK_OK(oxws_send(seen->loop, seen->client, OXWS_MESSAGE_TEXT, "from afar", 9));
    return NULL;
}

static void other_threads_reach_the_loop(void) {
    struct seen seen;
    pthread_t thread;
    begin(&seen);
    open_pair(&seen);
    CHECK(pthread_create(&thread, NULL, send_from_afar, &seen) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK(strcmp(seen.text, "from afar") == 0);
    end(&seen);
}

/* ---- ends ---- */

static void a_shutdown_ends_the_run(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_test_set_link(seen.loop, 0, 0, 40));
    CHECK_OK(oxws_test_pair(seen.loop, seen.server_config, seen.client_config, &seen.server,
                            &seen.client));
    /* The request arrives after 40 ms, its answer after 80. */
    CHECK_OK(oxws_test_advance_ms(seen.loop, 80));
    CHECK_NUMBER(seen.opens, 1);
    CHECK_OK(oxws_loop_shutdown(seen.loop, 1001, "good night"));
    CHECK_OK(oxws_loop_run(seen.loop));
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.code, 1001);
    end(&seen);
}

static void a_loop_is_freed_with_all_that_is_in_it(void) {
    struct seen seen;
    begin(&seen);
    CHECK_OK(oxws_config_on_close(seen.client_config, NULL));
    CHECK_OK(oxws_listen(seen.loop, "ws://a.example", seen.server_config, NULL));
    open_pair(&seen);
    CHECK_OK(oxws_connect(seen.loop, "ws://a.example/", seen.client_config, NULL));
    CHECK_OK(oxws_test_set_link(seen.loop, seen.client, 1, 1000));
    say(&seen, "under way");
    end(&seen);
}

int main(void) {
    check_begin();
    a_client_comes_back_when_its_server_does();
    a_peer_that_nobody_hears_is_given_up_by_keepalive();
    a_close_that_nobody_answers_ends_at_its_deadline();
    a_peer_that_takes_nothing_stalls();
    a_queue_fills_and_empties();
    nobody_answers_until_the_handshake_timeout();
    bytes_that_come_one_by_one_are_the_same();
    every_split_of_a_hostile_frame_is_refused();
    an_end_without_a_close_frame();
    a_day_passes_in_a_run();
    answers_for_ever_are_noticed();
    other_threads_reach_the_loop();
    a_shutdown_ends_the_run();
    a_loop_is_freed_with_all_that_is_in_it();
    return check_end();
}
