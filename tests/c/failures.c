/*
 * What a report tells after the end: of refusals, of broken rules, of connections that were never
 * made; from a copy that outlives its loop, on another thread.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_config *config;
static oxws_close_info *last; /* a copy of the last report */

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)request, (void)user;
    CHECK_OK(oxws_deny(l, id, 403, "not for you"));
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)user;
    CHECK(last == NULL);
    last = oxws_close_info_clone(info);
}

static void begin(void) {
    loop = oxws_loop_new();
    config = check_config();
    CHECK_OK(oxws_config_on_close(config, on_close));
}

/* The loop ends; only the copy is left. */
static void end(void) {
    RUN_UNTIL(loop, last != NULL);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

static void forget(void) {
    oxws_close_info_free(last);
    last = NULL;
}

static void check_text(const char *wanted) {
    char text[400] = "";
    size_t len = 0;
    CHECK_OK(oxws_close_info_to_text(last, text, sizeof text, &len));
    check_context = text;
    CHECK(strcmp(text, wanted) == 0 && len == strlen(wanted));
    check_context = "";
}

static void check_json(const char *wanted) {
    char text[800] = "";
    size_t len = 0;
    CHECK_OK(oxws_close_info_to_json(last, text, sizeof text, &len));
    check_context = text;
    CHECK(strcmp(text, wanted) == 0 && len == strlen(wanted));
    check_context = "";
}

static void *look_at_a_refusal(void *argument) {
    const oxws_response *response = oxws_close_info_response(last);
    size_t len = 0;
    const uint8_t *body = oxws_response_body(response, &len);
    (void)argument;
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_HANDSHAKE);
    CHECK_NUMBER(oxws_close_info_http_status(last), 403);
    CHECK_NUMBER(oxws_response_status(response), 403);
    CHECK(len == 11 && memcmp(body, "not for you", 11) == 0);
    check_text("OXWS_ERROR_HANDSHAKE_STATUS (the server answered with a status other than 101) in "
               "the opening handshake: HTTP status 403");
    forget();
    return NULL;
}

static void a_refusal_outlives_its_loop_on_another_thread(void) {
    oxws_config *server;
    pthread_t thread;
    char url[64];
    begin();
    server = check_config();
    CHECK_OK(oxws_config_on_request(server, on_request));
    check_listen(loop, server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, config, NULL));
    oxws_config_free(server);
    end();
    CHECK(pthread_create(&thread, NULL, look_at_a_refusal, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void check_frame(size_t index, unsigned wanted_first, unsigned wanted_second) {
    uint8_t first = 0, second = 0;
    CHECK_OK(oxws_close_info_frame_at(last, index, &first, &second));
    CHECK(first == wanted_first && second == wanted_second);
    CHECK_OK(oxws_close_info_frame_at(last, index, NULL, NULL));
}

static void a_broken_rule_is_found_again(void) {
    /* "Hi" and a ping, masked with zeros, then a text that is not UTF-8. */
    static const char frames[] = CHECK_UPGRADE_REQUEST
        "\x81\x82\0\0\0\0Hi" "\x89\x80\0\0\0\0" "\x81\x81\0\0\0\0\xff";
    char url[64];
    int fd;
    begin();
    check_listen(loop, config, url, sizeof url);
    fd = check_raw_connect(url);
    CHECK(send(fd, frames, sizeof frames - 1, MSG_NOSIGNAL) == (ssize_t)sizeof frames - 1);
    end();
    close(fd);
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_OPEN);
    CHECK_NUMBER(oxws_close_info_byte_offset(last), 14);
    CHECK_NUMBER(oxws_close_info_frame_count(last), 3);
    check_frame(0, 0x81, 0x82);
    check_frame(1, 0x89, 0x80);
    check_frame(2, 0x81, 0x81);
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_close_info_frame_at(last, 3, NULL, NULL));
    check_text("OXWS_ERROR_TEXT_UTF8 (a text message is not UTF-8) while open: sent 1007, received "
               "nothing; frame at byte 14; last frames 81 82, 89 80, 81 81");
    check_json("{\"status\":-413,\"name\":\"OXWS_ERROR_TEXT_UTF8\","
               "\"message\":\"a text message is not UTF-8\",\"stage\":\"open\",\"timeout\":null,"
               "\"initiator\":\"local\",\"was_clean\":false,\"code\":1006,"
               "\"local\":{\"code\":1007,\"reason\":\"a text message is not UTF-8\"},"
               "\"remote\":null,\"http_status\":null,\"socks_reply\":null,\"header\":null,\"byte_offset\":14,"
               "\"os_error\":null,\"tls_alert\":null,\"frames\":[\"81 82\",\"89 80\",\"81 81\"],\"stage_us\":null}");
    forget();
}

/* A server that answers with `answer`, or with nothing and keeps the connection. */
static void connect_to_a_server_that_says(const char *answer, uint32_t timeout_ms) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    char url[64];
    int fd, peer;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)ntohs(address.sin_port));
    begin();
    CHECK_OK(oxws_config_handshake_timeout_ms(config, timeout_ms));
    CHECK_OK(oxws_connect(loop, url, config, NULL));
    peer = accept(fd, NULL, NULL);
    CHECK(peer >= 0);
    check_raw_send(peer, answer);
    end();
    close(peer);
    close(fd);
}

static void a_head_is_refused_at_a_byte_or_for_a_field(void) {
    connect_to_a_server_that_says("HTTP/1.1 10x", 60000);
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_MALFORMED, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_byte_offset(last), 11);
    CHECK(oxws_close_info_header_name(last) == NULL);
    forget();

    connect_to_a_server_that_says("HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                                  60000);
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_ACCEPT, oxws_close_info_status(last));
    CHECK(oxws_close_info_byte_offset(last) == UINT64_MAX);
    CHECK(strcmp(oxws_close_info_header_name(last), "Sec-WebSocket-Accept") == 0);
    CHECK_NUMBER(oxws_close_info_timeout(last), OXWS_TIMEOUT_NONE);
    forget();
}

static void a_deadline_is_named(void) {
    uint32_t timeout_ms;
    /* On a slow machine it may have passed before the connection was seen to be there. */
    for (timeout_ms = 100; timeout_ms < CHECK_PATIENCE_MS; timeout_ms *= 8) {
        connect_to_a_server_that_says("", timeout_ms);
        if (oxws_close_info_stage(last) == OXWS_STAGE_HANDSHAKE) break;
        forget();
    }
    CHECK_NUMBER(oxws_close_info_timeout(last), OXWS_TIMEOUT_HANDSHAKE);
    CHECK_NUMBER(oxws_close_info_reconnect(last), OXWS_RECONNECT_BACK_OFF);
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_HANDSHAKE);
    check_text("OXWS_ERROR_HANDSHAKE_TIMEOUT (the opening handshake did not end before its "
               "deadline) in the opening handshake");
    forget();
}

static void connections_that_were_never_made(void) {
    begin();
    CHECK_OK(oxws_connect(loop, "ws+unix:/tmp/oxws-test-nobody-listens-here", config, NULL));
    end();
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_CONNECT);
    CHECK_NUMBER(oxws_close_info_os_error(last), ENOENT);
    forget();

    begin();
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    end();
    CHECK_STATUS(OXWS_ERROR_RESOLVE_FAILED, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_RESOLVE);
    CHECK_NUMBER(oxws_close_info_tls_alert(last), -1);
    forget();
}

int main(void) {
    check_begin();
    a_refusal_outlives_its_loop_on_another_thread();
    a_broken_rule_is_found_again();
    a_head_is_refused_at_a_byte_or_for_a_field();
    a_deadline_is_named();
    connections_that_were_never_made();
    check_wait_for_lookups();
    return check_end();
}
