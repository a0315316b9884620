/*
 * oxws_loop_shutdown ends all that a loop does, in good order: listeners close, open connections get
 * the closing handshake, a silent one that never spoke does not hold it up, and the run returns. The
 * loop can be used again.
 */
#include "check.h"

#define CLIENTS 3

static oxws_loop *loop;
static oxws_config *server_config, *client_config;
static int opened, closed_clients, closed_servers, refused;
static char url[64];

static void on_client_open(oxws_loop *l, oxws_connection c, void *user) {
    (void)c, (void)user;
    if (++opened == CLIENTS) CHECK_OK(oxws_loop_shutdown(l, OXWS_CLOSE_GOING_AWAY, "see you"));
}

static void on_client_close(oxws_loop *l, oxws_connection c, const oxws_close_info *info,
                            void *user) {
    size_t len;
    const char *reason = oxws_close_info_reason(info, &len);
    (void)c, (void)user;
    closed_clients++;
    CHECK_NUMBER(oxws_close_info_status(info), OXWS_OK);
    CHECK_NUMBER(oxws_close_info_was_clean(info), 1);
    /* Both sides of the loop shut down: who was first differs, the code does not. */
    CHECK_NUMBER(oxws_close_info_code(info), OXWS_CLOSE_GOING_AWAY);
    CHECK(len == 0 || (len == 7 && memcmp(reason, "see you", 7) == 0));
    /* A program that reconnects when it loses a connection must come to its end too. */
    if (oxws_connect(l, url, client_config, NULL) == OXWS_ERROR_INVALID_STATE) refused++;
}

static void on_server_close(oxws_loop *l, oxws_connection c, const oxws_close_info *info,
                            void *user) {
    (void)l, (void)c, (void)user;
    closed_servers++;
    CHECK_NUMBER(oxws_close_info_was_clean(info), 1);
}

static void serve_and_shut_down(void) {
    oxws_listener listener;
    uint16_t port;
    struct sockaddr_in to;
    int i, silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t count = 99;

    opened = closed_clients = closed_servers = refused = 0;
    CHECK_OK(oxws_listen(loop, "ws://127.0.0.1:0", server_config, &listener));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)port);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(silent, (struct sockaddr *)&to, sizeof to) == 0);
    for (i = 0; i < CLIENTS; i++) CHECK_OK(oxws_connect(loop, url, client_config, NULL));
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(opened, CLIENTS);
    CHECK_NUMBER(closed_clients, CLIENTS);
    CHECK_NUMBER(closed_servers, CLIENTS);
    CHECK_NUMBER(refused, CLIENTS);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_listener_port(loop, listener, &port));
    CHECK_OK(oxws_loop_connection_count(loop, &count));
    CHECK_NUMBER(count, 0);
    close(silent);
}

int main(void) {
    int64_t begin;
    check_begin();
    loop = oxws_loop_new();
    server_config = oxws_config_new();
    client_config = oxws_config_new();
    CHECK_OK(oxws_config_handshake_timeout_ms(server_config, 60000));
    CHECK_OK(oxws_config_close_timeout_ms(server_config, 60000));
    CHECK_OK(oxws_config_close_timeout_ms(client_config, 60000));
    oxws_config_on_close(server_config, on_server_close);
    oxws_config_on_open(client_config, on_client_open);
    oxws_config_on_close(client_config, on_client_close);
    begin = check_now_ms();
    serve_and_shut_down();
    /* Used anew. */
    serve_and_shut_down();
    /* Far below the minute that the silent connection could take for its handshake. */
    CHECK(check_now_ms() - begin < CHECK_PATIENCE_MS);
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE, oxws_loop_shutdown(loop, 1005, NULL));
    CHECK_OK(oxws_loop_shutdown(loop, 0, NULL));
    CHECK_OK(oxws_loop_run(loop));
    CHECK_OK(oxws_loop_free(loop));
    oxws_config_free(server_config);
    oxws_config_free(client_config);
    return check_end();
}
