/*
 * F9 and A16: what has to do with requests, called with every argument that is wrong.
 */
#include "check.h"

static int32_t let_in(const oxws_request *request, void *user) {
    (void)request, (void)user;
    return 1;
}

static void f09_configs(void) {
    static const int32_t versions[] = {INT32_MIN, -2, -1, 0, 1, 4, 5, 6, 9, 12, 14, 269, INT32_MAX};
    oxws_config *config = oxws_config_new();
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_origin(NULL, let_in));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_allow_version(NULL, OXWS_VERSION_V8));
    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_allow_version(config, versions[i]));
    }
    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_LATEST));
    CHECK_OK(oxws_config_on_origin(config, let_in));
    CHECK_OK(oxws_config_on_origin(config, NULL));
    oxws_config_free(config);
}

static void f09_versions(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_version version = OXWS_VERSION_V5;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_version(NULL, 1, &version));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_version(loop, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_version(loop, 0, &version));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_version(loop, UINT64_MAX, &version));
    CHECK_NUMBER(version, OXWS_VERSION_V5);
    CHECK_OK(oxws_loop_free(loop));
}

static const oxws_request *none;

/* Without a request there is nothing, and places for the rest of a pair stay as they are. */
static void f09_no_request(void) {
    const char *value = "untouched";
    size_t len = 77, value_len = 77;
    char buffer[8] = "before";

    CHECK(oxws_request_peer_address(none, &len) == NULL && len == 0);
    len = 77;
    CHECK(oxws_request_parameter(none, "a", 0, &len) == NULL && len == 0);
    len = 77;
    CHECK(oxws_request_cookie(none, "a", &len) == NULL && len == 0);
    len = 77;
    CHECK(oxws_request_extension_at(none, 0, &len) == NULL && len == 0);
    len = 77;
    CHECK(oxws_request_parameter_at(none, 0, &len, &value, &value_len) == NULL);
    CHECK(oxws_request_extension_parameter_at(none, 0, 0, &len, &value, &value_len) == NULL);
    CHECK(len == 77 && value_len == 77 && strcmp(value, "untouched") == 0);
    CHECK_NUMBER(oxws_request_parameter_count(none), 0);
    CHECK_NUMBER(oxws_request_extension_count(none), 0);
    CHECK_NUMBER(oxws_request_extension_parameter_count(none, 0), 0);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_request_to_json(none, buffer, sizeof buffer, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_request_to_text(none, buffer, sizeof buffer, &len));
    CHECK(len == 77 && strcmp(buffer, "before") == 0);
}

typedef oxws_status (*describe)(const oxws_request *, char *, size_t, size_t *);

static void f09_buffers(const oxws_request *request) {
    static const describe ways[] = {oxws_request_to_json, oxws_request_to_text};
    char buffer[2000];
    size_t i;

    for (i = 0; i < 2; i++) {
        size_t wanted = 0, len = 0;
        CHECK_OK(ways[i](request, NULL, 0, &wanted));
        CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, ways[i](request, NULL, 1, &len));
        CHECK(wanted > 0 && wanted < sizeof buffer && len == 0);
        memset(buffer, '#', sizeof buffer);
        CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, ways[i](request, buffer, wanted, &len));
        CHECK(len == wanted && buffer[0] == '#');
        CHECK_OK(ways[i](request, buffer, wanted + 1, NULL));
        CHECK(strlen(buffer) == wanted && buffer[wanted + 1] == '#');
    }
}

static void f09_places(const oxws_request *request) {
    const char *value = "untouched";
    size_t len = 77, value_len = 77;

    CHECK(oxws_request_parameter(request, NULL, 0, &len) == NULL && len == 0);
    CHECK(oxws_request_parameter(request, "\xff", 0, NULL) == NULL);
    CHECK(oxws_request_parameter(request, "a", 1, NULL) == NULL);
    CHECK(oxws_request_parameter(request, "a", SIZE_MAX, NULL) == NULL);
    CHECK(oxws_request_cookie(request, NULL, NULL) == NULL);
    CHECK(oxws_request_cookie(request, "\xff", NULL) == NULL);
    CHECK(oxws_request_extension_at(request, 1, NULL) == NULL);
    CHECK(oxws_request_extension_at(request, SIZE_MAX, NULL) == NULL);
    CHECK_NUMBER(oxws_request_extension_parameter_count(request, 1), 0);
    CHECK_NUMBER(oxws_request_extension_parameter_count(request, SIZE_MAX), 0);
    len = 77;
    CHECK(oxws_request_parameter_at(request, 1, &len, &value, &value_len) == NULL);
    CHECK(oxws_request_parameter_at(request, SIZE_MAX, &len, &value, &value_len) == NULL);
    CHECK(oxws_request_extension_parameter_at(request, 0, 1, &len, &value, &value_len) == NULL);
    CHECK(oxws_request_extension_parameter_at(request, 1, 0, &len, &value, &value_len) == NULL);
    CHECK(oxws_request_extension_parameter_at(request, SIZE_MAX, SIZE_MAX, &len, &value,
                                              &value_len) == NULL);
    CHECK(len == 77 && value_len == 77 && strcmp(value, "untouched") == 0);
    /* Every place may be missing. */
    CHECK(oxws_request_peer_address(request, NULL) != NULL);
    CHECK(oxws_request_parameter(request, "a", 0, NULL) != NULL);
    CHECK(oxws_request_parameter_at(request, 0, NULL, NULL, NULL) != NULL);
    CHECK(oxws_request_cookie(request, "c", NULL) != NULL);
    CHECK(oxws_request_extension_at(request, 0, NULL) != NULL);
    CHECK(oxws_request_extension_parameter_at(request, 0, 0, NULL, NULL, NULL) != NULL);
}

static void on_request(oxws_loop *loop, oxws_connection id, const oxws_request *request,
                       void *user) {
    *(int *)user = 1;
    f09_buffers(request);
    f09_places(request);
    CHECK_OK(oxws_deny(loop, id, OXWS_HTTP_FORBIDDEN, NULL));
}

static void f09_requests(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    int seen = 0, fd;
    char url[64];

    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_user(config, &seen));
    check_listen(loop, config, url, sizeof url);
    fd = check_raw_connect(url);
    check_raw_send(fd, "GET /?a=1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nCookie: c=d\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Extensions: x;y\r\n\r\n");
    RUN_UNTIL(loop, seen);
    close(fd);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

static void f09_statuses(void) {
    static const uint16_t unknown[] = {0, 1, 99, 100, 199, 299, 418, 598, 600, 999, UINT16_MAX};
    size_t i;
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK(oxws_http_status_phrase(unknown[i]) == NULL);
        CHECK(oxws_http_status_description(unknown[i]) == NULL);
    }
}

int main(void) {
    check_begin();
    f09_configs();
    f09_versions();
    f09_no_request();
    f09_requests();
    f09_statuses();
    return check_end();
}
