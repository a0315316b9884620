/*
 * A client's opening request: what the config makes of it, what on_connecting sees and changes, and
 * what a server gets of it, byte by byte.
 */
#include "check.h"

#define KEY_BYTES 24

typedef void (*reaction)(oxws_loop *loop, oxws_connection connection, oxws_connecting *request);

/* One connection to a socket that the test holds. */
struct visit {
    oxws_loop *loop;
    oxws_config *config;
    int listening;
    int peer;
    char url[64];
    reaction react;
    int connecting;
    int responses;
    int closed;
    oxws_status status;
    char received[2000];
    size_t len;
    char json[2000];
    char text[500];
};

static struct visit *visit;

static int is(const char *text, size_t len, const char *wanted) {
    return text != NULL && len == strlen(wanted) && memcmp(text, wanted, len) == 0;
}

#define CHECK_TEXT(call, wanted)       \
    do {                               \
        size_t len = 0;                \
        const char *text_ = (call);    \
        CHECK(is(text_, len, wanted)); \
    } while (0)

static void on_connecting(oxws_loop *loop, oxws_connection connection, oxws_connecting *request,
                          void *user) {
    CHECK(user == visit && visit->connecting == 0 && visit->closed == 0);
    visit->connecting++;
    if (visit->react != NULL) visit->react(loop, connection, request);
    CHECK_OK(oxws_connecting_to_json(request, visit->json, sizeof visit->json, NULL));
    CHECK_OK(oxws_connecting_to_text(request, visit->text, sizeof visit->text, NULL));
}

static void on_response(oxws_loop *loop, oxws_connection connection, const oxws_response *response,
                        void *user) {
    (void)loop, (void)connection, (void)response, (void)user;
    visit->responses++;
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)loop, (void)connection, (void)user;
    visit->closed++;
    visit->status = oxws_close_info_status(info);
}

static void begin(struct visit *new_visit, reaction react) {
    visit = new_visit;
    memset(visit, 0, sizeof *visit);
    visit->loop = oxws_loop_new();
    visit->config = check_config();
    visit->listening = check_raw_listen(visit->url, sizeof visit->url);
    visit->peer = -1;
    visit->react = react;
    CHECK_OK(oxws_config_on_connecting(visit->config, on_connecting));
    CHECK_OK(oxws_config_on_response(visit->config, on_response));
    CHECK_OK(oxws_config_on_close(visit->config, on_close));
    CHECK_OK(oxws_config_user(visit->config, visit));
}

static void end(void) {
    if (visit->peer >= 0) close(visit->peer);
    close(visit->listening);
    RUN_UNTIL(visit->loop, visit->closed == 1);
    oxws_config_free(visit->config);
    CHECK_OK(oxws_loop_free(visit->loop));
    CHECK_NUMBER(visit->closed, 1);
}

/* Takes the connection, once it is there, and what has come on it; whether the peer has closed. */
static int look(void) {
    if (visit->peer < 0) visit->peer = accept(visit->listening, NULL, NULL);
    return visit->peer >= 0 && check_raw_read(visit->peer, (unsigned char *)visit->received,
                                              sizeof visit->received - 1, &visit->len) < 0;
}

/* Lets the request come; its bytes, with the key, which is random, replaced by "KEY". */
static void receive(const char *url) {
    char *key;
    CHECK_OK(oxws_connect(visit->loop, url, visit->config, NULL));
    CHECK_NUMBER(visit->connecting, 0);
    RUN_UNTIL(visit->loop, look() == 0 && strstr(visit->received, "\r\n\r\n") != NULL);
    key = strstr(visit->received, "Sec-WebSocket-Key: ");
    CHECK(key != NULL);
    if (key == NULL) return;
    key += strlen("Sec-WebSocket-Key: ");
    memcpy(key, "KEY", 3);
    memmove(key + 3, key + KEY_BYTES, strlen(key + KEY_BYTES) + 1);
}

static unsigned port(void) {
    return (unsigned)strtoul(strrchr(visit->url, ':') + 1, NULL, 10);
}

/* Compares with a text in which %u stands for the port. */
static void check_with_port(int line, const char *actual, const char *wanted) {
    char text[2000];
    char *place = text;
    for (; *wanted != '\0' && place < text + sizeof text - 8; wanted++) {
        if (strncmp(wanted, "%u", 2) == 0) {
            place += sprintf(place, "%u", port());
            wanted++;
        } else {
            *place++ = *wanted;
        }
    }
    *place = '\0';
    if (strcmp(actual, text) != 0) check_fail(__FILE__, line, actual);
}

#define CHECK_WITH_PORT(actual, wanted) check_with_port(__LINE__, actual, wanted)

#define HEAD                                            \
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"     \
    "Sec-WebSocket-Key: KEY\r\n"

static void config_for_views(void) {
    oxws_config *config = visit->config;
    CHECK_OK(oxws_config_origin(config, "http://b.example"));
    CHECK_OK(oxws_config_add_subprotocol(config, "chat"));
    CHECK_OK(oxws_config_add_subprotocol(config, "superchat"));
    CHECK_OK(oxws_config_add_header(config, "User-Agent", "old/1"));
    CHECK_OK(oxws_config_add_header(config, "X-List", "one"));
    CHECK_OK(oxws_config_add_header(config, "x-list", "two"));
    CHECK_OK(oxws_config_add_header(config, "Authorization", "Bearer secret"));
    CHECK_OK(oxws_config_user_agent(config, "new/2"));
    CHECK_OK(oxws_config_basic_credentials(config, "Aladdin", "open sesame"));
    CHECK_OK(oxws_config_add_cookie(config, "a", "b"));
    CHECK_OK(oxws_config_add_cookie(config, "c", "d"));
}

static void see(oxws_loop *loop, oxws_connection connection, oxws_connecting *request) {
    char address[64], wanted[64];
    oxws_state state;
    const char *value;
    size_t value_len = 0;

    CHECK_OK(oxws_get_state(loop, connection, &state));
    CHECK_NUMBER(state, OXWS_STATE_HANDSHAKE);
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "a", 1));
    CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_poll(loop, 0));
    CHECK_OK(oxws_get_peer_address(loop, connection, address, sizeof address, NULL));
    snprintf(wanted, sizeof wanted, "127.0.0.1:%u", port());
    CHECK(strcmp(address, wanted) == 0);
    CHECK_TEXT(oxws_connecting_peer_address(request, &len), wanted);
    CHECK_TEXT(oxws_connecting_host(request, &len), "127.0.0.1");
    CHECK_NUMBER(oxws_connecting_port(request), port());
    CHECK_TEXT(oxws_connecting_resource(request, &len), "/a?b");
    CHECK_TEXT(oxws_connecting_origin(request, &len), "http://b.example");
    CHECK_TEXT(oxws_connecting_user_agent(request, &len), "new/2");
    CHECK_TEXT(oxws_connecting_header(request, "X-LIST", 1, &len), "two");
    CHECK(oxws_connecting_header(request, "X-List", 2, NULL) == NULL);
    CHECK_NUMBER(oxws_connecting_header_count(request), 5);
    CHECK_TEXT(oxws_connecting_header_at(request, 0, &len, &value, &value_len), "User-Agent");
    CHECK(is(value, value_len, "new/2"));
    CHECK_TEXT(oxws_connecting_header_at(request, 4, &len, &value, &value_len), "Cookie");
    CHECK(is(value, value_len, "a=b; c=d"));
    CHECK_NUMBER(oxws_connecting_subprotocol_count(request), 2);
    CHECK_TEXT(oxws_connecting_subprotocol_at(request, 1, &len), "superchat");
    CHECK(oxws_connecting_subprotocol_at(request, 2, NULL) == NULL);
}

static void what_is_configured_is_seen_and_sent(void) {
    struct visit own;
    char url[80];
    begin(&own, see);
    config_for_views();
    snprintf(url, sizeof url, "%sa?b", own.url);
    receive(url);
    CHECK_WITH_PORT(own.received,
                    "GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n" HEAD
                    "Sec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://b.example\r\n"
                    "User-Agent: new/2\r\nX-List: one\r\nx-list: two\r\n"
                    "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
                    "Cookie: a=b; c=d\r\n\r\n");
    CHECK_WITH_PORT(own.json,
                    "{\"peer\":\"127.0.0.1:%u\",\"host\":\"127.0.0.1\",\"port\":%u,"
                    "\"resource\":\"/a?b\",\"version\":13,\"origin\":\"http://b.example\","
                    "\"subprotocols\":[\"chat\",\"superchat\"],\"headers\":["
                    "[\"User-Agent\",\"new/2\"],[\"X-List\",\"one\"],[\"x-list\",\"two\"],"
                    "[\"Authorization\",\"***\"],[\"Cookie\",\"***\"]]}");
    CHECK_WITH_PORT(own.text,
                    "GET /a?b for 127.0.0.1:%u to 127.0.0.1:%u, version 13, "
                    "origin http://b.example, subprotocols chat superchat");
    end();
}

static void change_all(oxws_loop *loop, oxws_connection connection, oxws_connecting *request) {
    const char *const names[] = {"three", "two", "one"};
    (void)loop, (void)connection;
    CHECK_OK(oxws_connecting_set_host(request, "[2001:db8::1]"));
    CHECK_NUMBER(oxws_connecting_port(request), 80);
    CHECK_OK(oxws_connecting_set_resource(request, "/other"));
    CHECK_OK(oxws_connecting_set_origin(request, NULL));
    CHECK_OK(oxws_connecting_set_user_agent(request, NULL));
    CHECK(oxws_connecting_user_agent(request, NULL) == NULL);
    CHECK(oxws_connecting_origin(request, NULL) == NULL);
    CHECK_OK(oxws_connecting_set_header(request, "X-LIST", "only"));
    CHECK_OK(oxws_connecting_add_header(request, "X-Late", "\xc3\xa4"));
    CHECK_OK(oxws_connecting_remove_header(request, "authorization"));
    CHECK_OK(oxws_connecting_remove_header(request, "Cookie"));
    CHECK_OK(oxws_connecting_remove_header(request, "Absent"));
    CHECK_OK(oxws_connecting_set_subprotocols(request, names, 3));
}

static void what_is_changed_is_sent(void) {
    struct visit own;
    begin(&own, change_all);
    config_for_views();
    receive(own.url);
    CHECK_WITH_PORT(own.received,
                    "GET /other HTTP/1.1\r\nHost: [2001:db8::1]\r\n" HEAD
                    "Sec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: three, two, one\r\n"
                    "X-LIST: only\r\nX-Late: \xc3\xa4\r\n\r\n");
    CHECK_WITH_PORT(own.json,
                    "{\"peer\":\"127.0.0.1:%u\",\"host\":\"[2001:db8::1]\",\"port\":80,"
                    "\"resource\":\"/other\",\"version\":13,\"origin\":null,"
                    "\"subprotocols\":[\"three\",\"two\",\"one\"],\"headers\":["
                    "[\"X-LIST\",\"only\"],[\"X-Late\",\"\xc3\xa4\"]]}");
    CHECK_WITH_PORT(own.text,
                    "GET /other for [2001:db8::1]:80 to 127.0.0.1:%u, version 13, "
                    "subprotocols three two one");
    end();
}

static void older_versions(void) {
    static const int32_t versions[] = {13, 8, 7};
    size_t i;
    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct visit own;
        char wanted[500];
        begin(&own, NULL);
        CHECK_OK(oxws_config_origin(own.config, "null"));
        CHECK_OK(oxws_config_version(own.config, versions[i]));
        receive(own.url);
        snprintf(wanted, sizeof wanted,
                 "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n" HEAD
                 "Sec-WebSocket-Version: %d\r\n%sOrigin: null\r\n\r\n",
                 port(), (int)versions[i], versions[i] < 13 ? "Sec-WebSocket-" : "");
        CHECK_WITH_PORT(own.received, wanted);
        end();
    }
}

static void credentials_of_the_url(void) {
    struct visit own;
    char url[100];
    begin(&own, NULL);
    CHECK_OK(oxws_config_basic_credentials(own.config, "other", "word"));
    CHECK_OK(oxws_config_url_credentials(own.config, 1));
    snprintf(url, sizeof url, "ws://%%C3%%A4%%40:p:%%2f@127.0.0.1:%u/", port());
    receive(url);
    CHECK_WITH_PORT(own.received,
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n" HEAD
                    "Sec-WebSocket-Version: 13\r\nAuthorization: Basic w6RAOnA6Lw==\r\n\r\n");
    CHECK(strstr(own.json, "[\"Authorization\",\"***\"]") != NULL);
    CHECK(strstr(own.json, "w6RAOnA6Lw") == NULL && strstr(own.text, "Basic") == NULL);
    end();

    /* Without any in the URL those of the config count. */
    begin(&own, NULL);
    CHECK_OK(oxws_config_basic_credentials(own.config, "Aladdin", "open sesame"));
    CHECK_OK(oxws_config_url_credentials(own.config, 1));
    receive(own.url);
    CHECK(strstr(own.received, "\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") != NULL);
    end();
}

static void walk_away_softly(oxws_loop *loop, oxws_connection connection, oxws_connecting *request) {
    CHECK_OK(oxws_close(loop, connection, 1000, NULL));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_close(loop, connection, 1000, NULL));
    CHECK_OK(oxws_connecting_set_resource(request, "/late"));
}

static void walk_away(oxws_loop *loop, oxws_connection connection, oxws_connecting *request) {
    CHECK_OK(oxws_abort(loop, connection));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_abort(loop, connection));
    CHECK_OK(oxws_connecting_set_resource(request, "/late"));
}

static void walking_away(void) {
    static const reaction ways[] = {walk_away, walk_away_softly};
    size_t i;
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct visit own;
        begin(&own, ways[i]);
        CHECK_OK(oxws_connect(own.loop, own.url, own.config, NULL));
        RUN_UNTIL(own.loop, look() && own.closed == 1);
        CHECK_NUMBER(own.len, 0);
        CHECK_STATUS(OXWS_ERROR_CANCELLED, own.status);
        CHECK_NUMBER(own.responses, 0);
        end();
    }
}

static void unauthorized(void) {
    static const struct {
        const char *answer;
        oxws_status status;
    } cases[] = {
        {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
         OXWS_ERROR_HANDSHAKE_UNAUTHORIZED},
        {"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", OXWS_ERROR_HANDSHAKE_UNAUTHORIZED},
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", OXWS_ERROR_HANDSHAKE_STATUS},
    };
    size_t i;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct visit own;
        begin(&own, NULL);
        receive(own.url);
        check_raw_send(own.peer, cases[i].answer);
        RUN_UNTIL(own.loop, own.closed == 1);
        CHECK_STATUS(cases[i].status, own.status);
        CHECK_NUMBER(own.responses, 1);
        end();
    }
}

static void a_connection_that_never_comes_about(void) {
    struct visit own;
    begin(&own, NULL);
    close(own.listening);
    own.listening = -1;
    CHECK_OK(oxws_connect(own.loop, own.url, own.config, NULL));
    RUN_UNTIL(own.loop, own.closed == 1);
    CHECK_NUMBER(own.connecting, 0);
    CHECK_STATUS(OXWS_ERROR_CONNECT_FAILED, own.status);
    end();
}

int main(void) {
    check_begin();
    what_is_configured_is_seen_and_sent();
    what_is_changed_is_sent();
    older_versions();
    credentials_of_the_url();
    walking_away();
    unauthorized();
    a_connection_that_never_comes_about();
    return check_end();
}
