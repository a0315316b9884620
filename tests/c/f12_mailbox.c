/*
 * F12: what other threads ask of a loop goes through its mailbox: arguments are checked at once, a
 * full mailbox refuses and loses nothing, and so does a connection that has too much to send.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_listener listener;

static void in_a_thread(void *(*run)(void *), void *argument) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, argument) == 0);
    pthread_join(thread, NULL);
}

/* ---- what is refused at once, and what is accepted and comes to nothing ---- */

static void *bad_arguments_from_afar(void *unused) {
    static const char long_ping[126];
    (void)unused;
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send(loop, 1, 3, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send(loop, 1, OXWS_MESSAGE_TEXT, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_send(loop, 1, OXWS_MESSAGE_TEXT, "\xff", 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send(loop, 1, OXWS_MESSAGE_BINARY, "a", SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_ping(loop, 1, long_ping, sizeof long_ping));
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE, oxws_close(loop, 1, 1005, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_close(loop, 1, 1000, "\xff"));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_accept(loop, 1, "a b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_accept_with(loop, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_respond(loop, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(loop, 1, 101, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_post(loop, NULL, NULL));

    CHECK_OK(oxws_send(loop, 1, OXWS_MESSAGE_TEXT, "a", 1));
    CHECK_OK(oxws_ping(loop, listener, "a", 1));
    CHECK_OK(oxws_close(loop, UINT64_MAX, 1000, NULL));
    CHECK_OK(oxws_abort(loop, 0));
    CHECK_OK(oxws_accept(loop, 1, NULL));
    CHECK_OK(oxws_deny(loop, 1, 403, NULL));
    return NULL;
}

static void f12_arguments_are_checked_before_they_are_passed_on(void) {
    uint16_t port = 0;
    in_a_thread(bad_arguments_from_afar, NULL);
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
}

static int posted;

static void on_counted_post(oxws_loop *l, void *user) {
    (void)l, (void)user;
    posted++;
}

static void *fill_the_mailbox(void *argument) {
    int *accepted = argument;
    oxws_status status = OXWS_OK;
    while (status == OXWS_OK && *accepted < 1000000) {
        status = oxws_loop_post(loop, on_counted_post, NULL);
        if (status == OXWS_OK) ++*accepted;
    }
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, status);
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, oxws_abort(loop, 1));
    CHECK_OK(oxws_loop_wake(loop));
    CHECK_OK(oxws_loop_stop(loop));
    return NULL;
}

static void f12_a_full_mailbox_refuses_and_loses_nothing(void) {
    int accepted = 0;
    in_a_thread(fill_the_mailbox, &accepted);
    CHECK_OK(oxws_loop_run(loop));
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK(accepted >= 1000);
    CHECK_NUMBER(posted, accepted);
    CHECK_OK(oxws_loop_post(loop, on_counted_post, NULL));
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK_NUMBER(posted, accepted + 1);
}

/* ---- a connection that has too much to send ---- */

static int writable, congested_closes;
static oxws_connection congested_client, congested_server;
static unsigned long bytes_accepted, bytes_received;

static void on_congested_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)user;
    congested_server = id;
}
static void on_writable(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    writable++;
}
static void on_block(oxws_loop *l, oxws_connection id, oxws_message_type type, const uint8_t *data,
                     size_t len, void *user) {
    (void)l, (void)id, (void)type, (void)data, (void)user;
    bytes_received += len;
}
static void on_congested_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                               void *user) {
    (void)l, (void)id, (void)user;
    CHECK_OK(oxws_close_info_status(info));
    congested_closes++;
}

static void *send_until_refused(void *unused) {
    static const char block[10000];
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    oxws_status status = OXWS_OK;
    (void)unused;
    while (status == OXWS_OK && check_now_ms() < give_up_at) {
        status = oxws_send(loop, congested_server, OXWS_MESSAGE_BINARY, block, sizeof block);
        if (status == OXWS_OK) bytes_accepted += sizeof block;
        usleep(10);
    }
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, status);
    CHECK_OK(oxws_loop_stop(loop));
    return NULL;
}

static void *send_once_more(void *unused) {
    (void)unused;
    CHECK_OK(oxws_send(loop, congested_server, OXWS_MESSAGE_BINARY, "more", 4));
    bytes_accepted += 4;
    return NULL;
}

static void f12_a_congested_connection_refuses_sends_from_afar(void) {
    oxws_config *server = check_config(), *client = check_config();
    pthread_t thread;
    char where[80];
    CHECK_OK(oxws_config_on_open(server, on_congested_open));
    CHECK_OK(oxws_config_on_writable(server, on_writable));
    CHECK_OK(oxws_config_max_queued_bytes(server, 100000));
    CHECK_OK(oxws_config_on_close(server, on_congested_close));
    CHECK_OK(oxws_config_on_message(client, on_block));
    CHECK_OK(oxws_config_on_close(client, on_congested_close));
    check_listen_unix(loop, server, where, sizeof where);
    CHECK_OK(oxws_connect(loop, where, client, &congested_client));
    RUN_UNTIL(loop, congested_server != 0);
    CHECK_OK(oxws_pause_reading(loop, congested_client));
    CHECK(pthread_create(&thread, NULL, send_until_refused, NULL) == 0);
    CHECK_OK(oxws_loop_run(loop));
    pthread_join(thread, NULL);
    CHECK_NUMBER(writable, 0);
    CHECK_OK(oxws_resume_reading(loop, congested_client));
    RUN_UNTIL(loop, writable > 0);
    in_a_thread(send_once_more, NULL);
    RUN_UNTIL(loop, bytes_received == bytes_accepted);
    CHECK_OK(oxws_close(loop, congested_client, 1000, NULL));
    RUN_UNTIL(loop, congested_closes == 2);
    oxws_config_free(server);
    oxws_config_free(client);
}

int main(void) {
    oxws_config *config;
    char url[80];
    check_begin();
    config = check_config();
    loop = oxws_loop_new();
    listener = check_listen(loop, config, url, sizeof url);
    oxws_config_free(config);
    f12_arguments_are_checked_before_they_are_passed_on();
    f12_a_full_mailbox_refuses_and_loses_nothing();
    f12_a_congested_connection_refuses_sends_from_afar();
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
