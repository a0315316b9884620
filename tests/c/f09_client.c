/*
 * F9: what is wrong with what a program says of a client's opening request.
 */
#include "check.h"

#define NO(call) CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, call)
#define NO_HEADER(call) CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, call)
#define NO_ARGUMENT(call) CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, call)
#define NO_URL(call) CHECK_STATUS(OXWS_ERROR_INVALID_URL, call)
#define NO_TEXT(call) CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, call)

static const char *const lines[] = {"a\r\nX: y", "a\nX: y", "a\rX: y", "\r\n", "a\x7f", "a\x01"};
static int called;

static void f09_config(void) {
    oxws_config *config = check_config();
    static const int32_t versions[] = {INT32_MIN, -1, 0, 4, 5, 6, 9, 12, 14, INT32_MAX};
    size_t i;

    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_version(config, versions[i]));
    }
    NO(oxws_config_version(NULL, 13));
    NO(oxws_config_user_agent(NULL, "a"));
    NO(oxws_config_user_agent(config, NULL));
    NO(oxws_config_add_cookie(NULL, "a", "b"));
    NO(oxws_config_add_cookie(config, NULL, "b"));
    NO(oxws_config_add_cookie(config, "a", NULL));
    NO(oxws_config_basic_credentials(NULL, "a", "b"));
    NO(oxws_config_basic_credentials(config, NULL, "b"));
    NO(oxws_config_basic_credentials(config, "a", NULL));
    NO(oxws_config_url_credentials(NULL, 1));
    NO(oxws_config_on_connecting(NULL, NULL));
    NO_HEADER(oxws_config_user_agent(config, ""));
    NO_HEADER(oxws_config_user_agent(config, " a"));
    NO_TEXT(oxws_config_user_agent(config, "\xff"));
    NO_HEADER(oxws_config_add_cookie(config, "", "a"));
    NO_HEADER(oxws_config_add_cookie(config, "a", "b; c=d"));
    NO_HEADER(oxws_config_add_cookie(config, "a", "b c"));
    NO_TEXT(oxws_config_add_cookie(config, "a", "\xff"));
    NO_ARGUMENT(oxws_config_basic_credentials(config, "a:b", "c"));
    NO_TEXT(oxws_config_basic_credentials(config, "\xff", ""));
    NO_TEXT(oxws_config_basic_credentials(config, "", "\xff"));
    NO_ARGUMENT(oxws_config_url_credentials(config, 2));
    NO_ARGUMENT(oxws_config_url_credentials(config, -1));
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        NO_HEADER(oxws_config_user_agent(config, lines[i]));
        NO_HEADER(oxws_config_add_cookie(config, "a", lines[i]));
        NO_HEADER(oxws_config_add_cookie(config, lines[i], "a"));
        NO_ARGUMENT(oxws_config_basic_credentials(config, lines[i], ""));
        NO_ARGUMENT(oxws_config_basic_credentials(config, "", lines[i]));
    }
    CHECK_OK(oxws_config_on_connecting(config, NULL));
    oxws_config_free(config);
}

static void f09_urls(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    oxws_connection connection = 77;
    static const char *const urls[] = {
        "ws://@127.0.0.1:1/",      "ws://u@v@127.0.0.1:1/",  "ws://u:%0a@127.0.0.1:1/",
        "ws://u:%@127.0.0.1:1/",   "ws://u:%ff@127.0.0.1:1/", "ws://u%3Av:p@127.0.0.1:1/",
        "ws://u:p@",
    };
    size_t i;

    NO_URL(oxws_connect(loop, "ws://u:p@127.0.0.1:1/", config, &connection));
    CHECK_OK(oxws_config_url_credentials(config, 1));
    for (i = 0; i < sizeof urls / sizeof *urls; i++) {
        NO_URL(oxws_connect(loop, urls[i], config, &connection));
    }
    CHECK_OK(oxws_config_url_credentials(config, 0));
    NO_URL(oxws_connect(loop, "ws://u:p@127.0.0.1:1/", config, &connection));
    CHECK_NUMBER(connection, 77);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

static void f09_connecting_null(void) {
    size_t len = 7;
    const char *value = NULL;
    char buffer[8];

    CHECK(oxws_connecting_peer_address(NULL, &len) == NULL && len == 0);
    len = 7;
    CHECK(oxws_connecting_host(NULL, &len) == NULL && len == 0);
    CHECK_NUMBER(oxws_connecting_port(NULL), 0);
    CHECK(oxws_connecting_resource(NULL, NULL) == NULL);
    CHECK(oxws_connecting_origin(NULL, NULL) == NULL);
    CHECK(oxws_connecting_user_agent(NULL, NULL) == NULL);
    CHECK(oxws_connecting_header(NULL, "a", 0, NULL) == NULL);
    CHECK_NUMBER(oxws_connecting_header_count(NULL), 0);
    CHECK(oxws_connecting_header_at(NULL, 0, &len, &value, &len) == NULL && value == NULL);
    CHECK_NUMBER(oxws_connecting_subprotocol_count(NULL), 0);
    CHECK(oxws_connecting_subprotocol_at(NULL, 0, NULL) == NULL);
    NO(oxws_connecting_to_json(NULL, buffer, sizeof buffer, NULL));
    NO(oxws_connecting_to_text(NULL, buffer, sizeof buffer, NULL));
    NO(oxws_connecting_set_host(NULL, "a"));
    NO(oxws_connecting_set_resource(NULL, "/"));
    NO(oxws_connecting_set_origin(NULL, "a"));
    NO(oxws_connecting_set_user_agent(NULL, "a"));
    NO(oxws_connecting_set_header(NULL, "a", "b"));
    NO(oxws_connecting_add_header(NULL, "a", "b"));
    NO(oxws_connecting_remove_header(NULL, "a"));
    NO(oxws_connecting_set_subprotocols(NULL, NULL, 0));
}

static void f09_response_null(void) {
    size_t len = 7;
    const char *value = NULL;
    char buffer[8];

    CHECK_NUMBER(oxws_response_version(NULL), OXWS_VERSION_UNKNOWN);
    CHECK(oxws_response_peer_address(NULL, &len) == NULL && len == 0);
    CHECK_NUMBER(oxws_response_extension_count(NULL), 0);
    CHECK(oxws_response_extension_at(NULL, 0, NULL) == NULL);
    CHECK_NUMBER(oxws_response_extension_parameter_count(NULL, 0), 0);
    CHECK(oxws_response_extension_parameter_at(NULL, 0, 0, &len, &value, &len) == NULL);
    CHECK(value == NULL);
    NO(oxws_response_to_json(NULL, buffer, sizeof buffer, NULL));
    NO(oxws_response_to_text(NULL, buffer, sizeof buffer, NULL));
}

static void missing(oxws_connecting *request) {
    const char *const names[] = {"a", NULL};
    char buffer[8] = "1234567";
    size_t len = 0, name_len = 7;
    const char *value = "unchanged";

    NO(oxws_connecting_set_host(request, NULL));
    NO(oxws_connecting_set_resource(request, NULL));
    NO(oxws_connecting_set_header(request, NULL, "a"));
    NO(oxws_connecting_set_header(request, "a", NULL));
    NO(oxws_connecting_add_header(request, NULL, "a"));
    NO(oxws_connecting_add_header(request, "a", NULL));
    NO(oxws_connecting_remove_header(request, NULL));
    NO(oxws_connecting_set_subprotocols(request, NULL, 1));
    NO(oxws_connecting_set_subprotocols(request, names, 2));
    NO_ARGUMENT(oxws_connecting_set_subprotocols(request, names, SIZE_MAX));
    CHECK(oxws_connecting_header(request, NULL, 0, &len) == NULL);
    CHECK(oxws_connecting_header(request, "\xff", 0, &len) == NULL);
    CHECK(oxws_connecting_header(request, "a", SIZE_MAX, &len) == NULL);
    CHECK(oxws_connecting_header_at(request, SIZE_MAX, &name_len, &value, &len) == NULL);
    CHECK(name_len == 7 && strcmp(value, "unchanged") == 0);
    CHECK(oxws_connecting_subprotocol_at(request, SIZE_MAX, NULL) == NULL);
    NO(oxws_connecting_to_json(request, NULL, 1, &len));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_connecting_to_json(request, buffer, 8, &len));
    CHECK(len > 8);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_connecting_to_text(request, buffer, 8, &len));
    CHECK(strcmp(buffer, "1234567") == 0);
    CHECK_OK(oxws_connecting_to_text(request, NULL, 0, NULL));
}

static void wrong(oxws_connecting *request) {
    const char *const twice[] = {"a", "a"};
    char resource[40];
    size_t i;

    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(resource, sizeof resource, "/%s", lines[i]);
        NO_URL(oxws_connecting_set_host(request, lines[i]));
        NO_URL(oxws_connecting_set_resource(request, resource));
        NO_HEADER(oxws_connecting_set_origin(request, lines[i]));
        NO_HEADER(oxws_connecting_set_user_agent(request, lines[i]));
        NO_HEADER(oxws_connecting_set_header(request, "X", lines[i]));
        NO_HEADER(oxws_connecting_set_header(request, lines[i], "a"));
        NO_HEADER(oxws_connecting_add_header(request, "X", lines[i]));
        NO_HEADER(oxws_connecting_add_header(request, lines[i], "a"));
        NO_HEADER(oxws_connecting_remove_header(request, lines[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL,
                     oxws_connecting_set_subprotocols(request, &lines[i], 1));
    }
    NO_URL(oxws_connecting_set_host(request, "a:0"));
    NO_URL(oxws_connecting_set_resource(request, "a"));
    NO_HEADER(oxws_connecting_set_origin(request, ""));
    NO_HEADER(oxws_connecting_set_user_agent(request, ""));
    NO_HEADER(oxws_connecting_set_header(request, "Host", "a"));
    NO_HEADER(oxws_connecting_add_header(request, "Origin", "a"));
    NO_HEADER(oxws_connecting_remove_header(request, "Sec-WebSocket-Key"));
    NO_TEXT(oxws_connecting_set_host(request, "\xff"));
    NO_TEXT(oxws_connecting_set_header(request, "a", "\xff"));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL,
                 oxws_connecting_set_subprotocols(request, twice, 2));
}

static void on_connecting(oxws_loop *loop, oxws_connection connection, oxws_connecting *request,
                          void *user) {
    (void)loop, (void)connection, (void)user;
    missing(request);
    wrong(request);
    called++;
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)loop, (void)connection, (void)info, (void)user;
    called++;
}

/* Whatever was refused, the request is the one that it would have been. */
static void f09_connecting(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    char url[64], text[1000];
    size_t len = 0;
    int server = check_raw_listen(url, sizeof url);
    int peer = -1;

    called = 0;
    CHECK_OK(oxws_config_on_connecting(config, on_connecting));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_connect(loop, url, config, NULL));
    RUN_UNTIL(loop, called == 1 && (peer >= 0 || (peer = accept(server, NULL, NULL)) >= 0));
    memset(text, 0, sizeof text);
    RUN_UNTIL(loop, check_raw_read(peer, (unsigned char *)text, sizeof text - 1, &len) == 0 &&
                        strstr(text, "\r\n\r\n") != NULL);
    CHECK(strncmp(text, "GET / HTTP/1.1\r\nHost: 127.0.0.1:", 32) == 0);
    CHECK(strstr(text, "\r\nX") == NULL && strstr(text, "Origin") == NULL);
    CHECK(strstr(text, "Sec-WebSocket-Version: 13\r\n\r\n") != NULL);
    close(peer);
    RUN_UNTIL(loop, called == 2);
    close(server);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    f09_config();
    f09_urls();
    f09_connecting_null();
    f09_response_null();
    f09_connecting();
    return check_end();
}
