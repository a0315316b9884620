/*
 * E9, C12, F6: closing twice, from both sides at once, before the connection is open, after its end;
 * and requests that are refused inside the callback with every HTTP status.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_config *server_config, *client_config;
static char url[64];
static oxws_connection client, server;
static int client_opens, server_opens, client_closes, server_closes, client_messages;
static oxws_status client_status, server_status;
static uint16_t client_code, server_code, client_http, server_http, denial;
static int client_clean, server_clean;

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)request, (void)user;
    server = id;
    if (denial == 0) {
        CHECK_OK(oxws_accept(l, id, NULL));
        return;
    }
    CHECK_OK(oxws_deny(l, id, denial, NULL));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_deny(l, id, denial, NULL));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_accept(l, id, NULL));
}
static void on_server_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    server_opens++;
}
static void on_client_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    client_opens++;
}
static void on_client_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                              const uint8_t *data, size_t len, void *user) {
    (void)l, (void)id, (void)type, (void)data, (void)len, (void)user;
    client_messages++;
}
static void on_server_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                            void *user) {
    (void)l, (void)id, (void)user;
    server_closes++;
    server_status = oxws_close_info_status(info);
    server_code = oxws_close_info_code(info);
    server_http = oxws_close_info_http_status(info);
    server_clean = oxws_close_info_was_clean(info);
}
static void on_client_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                            void *user) {
    (void)l, (void)id, (void)user;
    client_closes++;
    client_status = oxws_close_info_status(info);
    client_code = oxws_close_info_code(info);
    client_http = oxws_close_info_http_status(info);
    client_clean = oxws_close_info_was_clean(info);
}

static void begin(uint16_t with_denial) {
    client_opens = server_opens = client_closes = server_closes = client_messages = 0;
    server = 0;
    denial = with_denial;
    CHECK_OK(oxws_connect(loop, url, client_config, &client));
    if (denial == 0) RUN_UNTIL(loop, client_opens == 1 && server_opens == 1);
}

static void end(void) {
    int round;
    RUN_UNTIL(loop, client_closes == 1 && server_closes == 1);
    for (round = 0; round < 3; round++) CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK(client_closes == 1 && server_closes == 1);
}

static void e09_closing_twice_is_closing_once(void) {
    begin(0);
    CHECK_OK(oxws_close(loop, client, 4001, "first"));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_close(loop, client, 4002, "second"));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_send(loop, client, OXWS_MESSAGE_TEXT, "a", 1));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_ping(loop, client, "a", 1));
    end();
    CHECK_OK(client_status);
    CHECK_OK(server_status);
    CHECK(client_code == 4001 && server_code == 4001 && client_clean && server_clean);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_close(loop, client, 1000, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send(loop, server, OXWS_MESSAGE_TEXT, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_abort(loop, server));
}

static void e09_both_sides_close_at_once(void) {
    begin(0);
    CHECK_OK(oxws_close(loop, client, 4001, NULL));
    CHECK_OK(oxws_close(loop, server, 4002, NULL));
    end();
    CHECK_OK(client_status);
    CHECK_OK(server_status);
    CHECK(client_code == 4002 && server_code == 4001 && client_clean && server_clean);
}

static void e09_messages_before_the_close_are_delivered(void) {
    int i;
    begin(0);
    for (i = 0; i < 10; i++) CHECK_OK(oxws_send(loop, server, OXWS_MESSAGE_TEXT, "m", 1));
    CHECK_OK(oxws_close(loop, server, 0, NULL));
    end();
    CHECK_NUMBER(client_messages, 10);
    CHECK(client_code == 1005 && server_code == 1005);
}

static void e09_close_then_abort(void) {
    begin(0);
    CHECK_OK(oxws_close(loop, client, 1000, NULL));
    CHECK_OK(oxws_abort(loop, client));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_abort(loop, client));
    end();
    CHECK_STATUS(OXWS_ERROR_CANCELLED, client_status);
    CHECK_NUMBER(client_clean, 0);
}

static void e09_close_before_the_connection_is_open(void) {
    static const int rounds[] = {0, 1, 2};
    size_t i;
    int round, abort_it;
    for (i = 0; i < sizeof rounds / sizeof *rounds; i++) {
        for (abort_it = 0; abort_it < 2; abort_it++) {
            begin(599);
            for (round = 0; round < rounds[i] && client_closes == 0; round++) {
                CHECK_OK(oxws_loop_poll(loop, 0));
            }
            if (client_closes == 0) {
                CHECK_OK(abort_it ? oxws_abort(loop, client) : oxws_close(loop, client, 1000, NULL));
                CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_close(loop, client, 1000, NULL));
                RUN_UNTIL(loop, client_closes == 1);
                CHECK_STATUS(OXWS_ERROR_CANCELLED, client_status);
            }
            for (round = 0; round < 5; round++) CHECK_OK(oxws_loop_poll(loop, 5));
            CHECK(client_closes == 1 && server_closes <= 1 && client_opens == 0);
        }
    }
}

static void c12_any_status_refuses_inside_the_callback(void) {
    uint16_t status;
    for (status = 200; status <= 599; status++) {
        begin(status);
        end();
        CHECK_STATUS(status == 401 || status == 407 ? OXWS_ERROR_HANDSHAKE_UNAUTHORIZED
                                                    : OXWS_ERROR_HANDSHAKE_STATUS,
                     client_status);
        CHECK_STATUS(OXWS_ERROR_HANDSHAKE_DENIED, server_status);
        CHECK_NUMBER(client_http, status);
        CHECK_NUMBER(server_http, status);
        CHECK(client_opens == 0 && server_opens == 0);
    }
}

int main(void) {
    check_begin();
    loop = oxws_loop_new();
    server_config = check_config();
    client_config = check_config();
    CHECK_OK(oxws_config_on_request(server_config, on_request));
    CHECK_OK(oxws_config_on_open(server_config, on_server_open));
    CHECK_OK(oxws_config_on_close(server_config, on_server_close));
    CHECK_OK(oxws_config_on_open(client_config, on_client_open));
    CHECK_OK(oxws_config_on_message(client_config, on_client_message));
    CHECK_OK(oxws_config_on_close(client_config, on_client_close));
    check_listen(loop, server_config, url, sizeof url);
    e09_closing_twice_is_closing_once();
    e09_both_sides_close_at_once();
    e09_messages_before_the_close_are_delivered();
    e09_close_then_abort();
    e09_close_before_the_connection_is_open();
    c12_any_status_refuses_inside_the_callback();
    oxws_config_free(server_config);
    oxws_config_free(client_config);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
