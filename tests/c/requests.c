/*
 * Requests as a server's callbacks see them, which of them are let in, and what is answered.
 */
#include "check.h"

#define VERSION "Sec-WebSocket-Version: "
#define REQUEST(target, lines)                            \
    "GET " target " HTTP/1.1\r\nHost: server.example\r\n" \
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"       \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" lines "\r\n\r\n"

/* What has been called back, and what the callbacks are to say. */
struct server {
    int origins, requests, opens, closes;
    int32_t lets_in;
    oxws_connection id;
    void (*look)(const oxws_request *request);
    void (*decide)(oxws_loop *loop, oxws_connection id);
};

static struct server seen;
static char answer[8192];

static int32_t on_origin(const oxws_request *request, void *user) {
    CHECK(user == &seen && seen.requests == 0);
    seen.origins++;
    if (seen.look != NULL) seen.look(request);
    return seen.lets_in;
}

static void on_request(oxws_loop *loop, oxws_connection id, const oxws_request *request,
                       void *user) {
    CHECK(user == &seen);
    seen.requests++;
    seen.id = id;
    if (seen.look != NULL) seen.look(request);
    if (seen.decide != NULL) seen.decide(loop, id);
}

static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop, (void)id, (void)user;
    seen.opens++;
}

static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)loop, (void)id, (void)info, (void)user;
    seen.closes++;
}

static void accept_it(oxws_loop *loop, oxws_connection id) { CHECK_OK(oxws_accept(loop, id, NULL)); }

static oxws_config *server_config(void) {
    oxws_config *config = check_config();
    memset(&seen, 0, sizeof seen);
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_user(config, &seen));
    return config;
}

static int is_whole(void) { return strstr(answer, "\r\n\r\n") != NULL; }

/* Sends a request to a server like this and runs it until an answer has come; a version that was
 * agreed on is written to `version`. */
static const char *ask_version(oxws_config *config, const char *request, oxws_version *version) {
    oxws_loop *loop = oxws_loop_new();
    char url[64];
    size_t len = 0;
    int fd;

    memset(answer, 0, sizeof answer);
    check_listen(loop, config, url, sizeof url);
    fd = check_raw_connect(url);
    check_raw_send(fd, request);
    RUN_UNTIL(loop, check_raw_read(fd, (unsigned char *)answer, sizeof answer - 1, &len) != 0 ||
                        is_whole());
    if (version != NULL) CHECK_OK(oxws_get_version(loop, seen.id, version));
    close(fd);
    CHECK_OK(oxws_loop_free(loop));
    return answer;
}

static const char *ask(oxws_config *config, const char *request) {
    return ask_version(config, request, NULL);
}

static int starts(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

#define IS_LET_IN(config, request) starts(ask(config, request), "HTTP/1.1 101 ")

static void older_versions_are_spoken_where_they_are_allowed(void) {
    static const struct {
        const char *request;
        oxws_version version;
    } spoken[] = {{REQUEST("/", VERSION "13"), OXWS_VERSION_V13},
                  {REQUEST("/", VERSION "8"), OXWS_VERSION_V8},
                  {REQUEST("/", VERSION "7"), OXWS_VERSION_V7}};
    oxws_config *config = server_config();
    size_t i;

    CHECK_OK(oxws_config_on_request(config, on_request));
    seen.decide = accept_it;
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_allow_version(config, OXWS_VERSION_V6));
    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_V13));
    CHECK(!IS_LET_IN(config, spoken[1].request));
    CHECK(strstr(answer, "HTTP/1.1 426 ") != NULL);
    CHECK(strstr(answer, "\r\nSec-WebSocket-Version: 13\r\n") != NULL);
    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_V7));
    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_V8));
    for (i = 0; i < sizeof spoken / sizeof *spoken; i++) {
        oxws_version version = OXWS_VERSION_UNKNOWN;
        ask_version(config, spoken[i].request, &version);
        CHECK(starts(answer, "HTTP/1.1 101 "));
        CHECK_NUMBER(version, spoken[i].version);
    }
    CHECK(!IS_LET_IN(config, REQUEST("/", VERSION "6")));
    CHECK(strstr(answer, "\r\nSec-WebSocket-Version: 13, 8, 7\r\n") != NULL);
    CHECK_NUMBER(seen.requests, 3);
    oxws_config_free(config);
}

static void look_for_no_version(oxws_loop *loop, oxws_connection id) {
    oxws_version version = OXWS_VERSION_V4;
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_get_version(loop, id, &version));
    CHECK_NUMBER(version, OXWS_VERSION_V4);
    accept_it(loop, id);
    CHECK_OK(oxws_get_version(loop, id, &version));
    CHECK_NUMBER(version, OXWS_VERSION_V13);
}

static void a_version_is_known_once_it_is_agreed_on(void) {
    oxws_config *config = server_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    seen.decide = look_for_no_version;
    CHECK(IS_LET_IN(config, REQUEST("/", VERSION "13")));
    CHECK_NUMBER(seen.requests, 1);
    oxws_config_free(config);
}

#define FOREIGN REQUEST("/", VERSION "13\r\nOrigin: https://other.example")

static void c10_a_callback_decides_on_origins(void) {
    oxws_config *config = server_config();

    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK(!IS_LET_IN(config, FOREIGN));
    CHECK_OK(oxws_config_on_origin(config, on_origin));
    CHECK(!IS_LET_IN(config, FOREIGN));
    CHECK(starts(answer, "HTTP/1.1 403 ") && strstr(answer, "the Origin of the request") != NULL);
    /* Of what was refused nothing else is heard. */
    CHECK_NUMBER(seen.origins, 1);
    CHECK_NUMBER(seen.requests + seen.opens + seen.closes, 0);

    seen.lets_in = 1;
    seen.decide = accept_it;
    CHECK(IS_LET_IN(config, FOREIGN));
    CHECK_NUMBER(seen.origins, 2);
    CHECK_NUMBER(seen.requests, 1);
    CHECK_NUMBER(seen.closes, 1);
    seen.requests = 0;
    /* A request without an Origin is asked for too. */
    CHECK(IS_LET_IN(config, REQUEST("/", VERSION "13")));
    CHECK_NUMBER(seen.origins, 3);
    oxws_config_free(config);
}

static void c10_without_another_decision_it_is_the_only_one(void) {
    oxws_config *config = server_config();

    CHECK_OK(oxws_config_on_origin(config, on_origin));
    CHECK_OK(oxws_config_add_subprotocol(config, "chat"));
    CHECK_OK(oxws_config_add_header(config, "X-Name", "value"));
    seen.lets_in = -1;
    CHECK(IS_LET_IN(config, REQUEST("/", VERSION "13\r\nSec-WebSocket-Protocol: x, chat")));
    CHECK(strstr(answer, "\r\nSec-WebSocket-Protocol: chat\r\nX-Name: value\r\n") != NULL);
    CHECK_NUMBER(seen.opens, 1);
    CHECK_NUMBER(seen.closes, 1);
    seen.lets_in = 0;
    CHECK(!IS_LET_IN(config, REQUEST("/", VERSION "13")));
    CHECK_NUMBER(seen.opens, 1);
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.origins, 2);

    /* Without it the other rules count again, and what is no origin at all never got so far. */
    CHECK(!IS_LET_IN(config, REQUEST("/", VERSION "13\r\nOrigin: a\r\nOrigin: b")));
    CHECK_NUMBER(seen.origins, 2);
    CHECK_OK(oxws_config_on_origin(config, NULL));
    CHECK(!IS_LET_IN(config, FOREIGN));
    CHECK_NUMBER(seen.origins, 2);
    oxws_config_free(config);
}

int main(void) {
    check_begin();
    older_versions_are_spoken_where_they_are_allowed();
    a_version_is_known_once_it_is_agreed_on();
    c10_a_callback_decides_on_origins();
    c10_without_another_decision_it_is_the_only_one();
    return check_end();
}
