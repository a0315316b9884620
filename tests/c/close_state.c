/*
 * The closing handshake as oxws_get_close_state tells it, on both sides of a connection.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_connection server, client;
static int opens, closes;

static oxws_close_state close_state(oxws_connection id) {
    oxws_close_state state = 77;
    CHECK_OK(oxws_get_close_state(loop, id, &state));
    return state;
}

static void on_server_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)user;
    server = id;
    opens++;
    CHECK_NUMBER(close_state(id), OXWS_CLOSE_STATE_OPEN);
}
static void on_client_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    opens++;
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)info, (void)user;
    closes++;
    CHECK_NUMBER(close_state(id), OXWS_CLOSE_STATE_CLOSED);
}

static void whoever_closes_has_sent_its_frame(const char *url) {
    oxws_config *config = check_config();
    oxws_close_state state = 77;

    CHECK_OK(oxws_config_on_open(config, on_client_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    opens = closes = 0;
    CHECK_OK(oxws_connect(loop, url, config, &client));
    CHECK_NUMBER(close_state(client), OXWS_CLOSE_STATE_OPEN);
    RUN_UNTIL(loop, opens == 2);
    CHECK_OK(oxws_close(loop, client, OXWS_CLOSE_NORMAL, NULL));
    CHECK_NUMBER(close_state(client), OXWS_CLOSE_STATE_CLOSE_SENT);
    CHECK_NUMBER(close_state(server), OXWS_CLOSE_STATE_OPEN);
    RUN_UNTIL(loop, closes == 2);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_close_state(loop, client, &state));
    CHECK_NUMBER(state, 77);
    oxws_config_free(config);
}

/* The answer of a server waits behind more than its peer has room for. */
static void whoever_has_to_answer_has_received_a_frame(const char *url) {
    static const unsigned char close_frame[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8};
    static const unsigned char payload[1 << 20];
    oxws_status status = OXWS_OK;
    int fd = check_raw_connect(url), i;

    opens = closes = 0;
    check_raw_send(fd, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, opens == 1);
    for (i = 0; i < 64 && status == OXWS_OK; i++) {
        status = oxws_send(loop, server, OXWS_MESSAGE_BINARY, payload, sizeof payload);
    }
    CHECK_NUMBER(close_state(server), OXWS_CLOSE_STATE_OPEN);
    CHECK(send(fd, close_frame, sizeof close_frame, MSG_NOSIGNAL) == sizeof close_frame);
    RUN_UNTIL(loop, close_state(server) != OXWS_CLOSE_STATE_OPEN);
    CHECK_NUMBER(close_state(server), OXWS_CLOSE_STATE_CLOSE_RECEIVED);
    close(fd);
    RUN_UNTIL(loop, closes == 1);
}

int main(void) {
    oxws_config *config;
    char url[64];

    check_begin();
    loop = oxws_loop_new();
    config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_server_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    check_listen(loop, config, url, sizeof url);
    oxws_config_free(config);
    whoever_closes_has_sent_its_frame(url);
    whoever_has_to_answer_has_received_a_frame(url);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
