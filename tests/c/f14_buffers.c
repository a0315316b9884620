/*
 * F14: what is passed in is copied before the function returns: it is overwritten and freed at once
 * here. What is passed to a callback is a pointer and a length; a NUL inside is a byte as any other.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_connection client, server;
static int opens, messages, pings, pongs, closes, http_requests;
static size_t longest;

/* A text of its own on the heap, for one call. */
static char *lend(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(malloc(size), text, size);
}

static void take_back(char *text) { check_poison(text, strlen(text) + 1); }

/* The call gets copies of the texts, which are gone when it has returned. */
#define WITH_TEXT(wanted, text, call)     \
    do {                                  \
        char *a = lend(text);             \
        CHECK_STATUS(wanted, call);       \
        take_back(a);                     \
    } while (0)
#define WITH_TEXTS(wanted, first, second, call) \
    do {                                        \
        char *b = lend(second);                 \
        WITH_TEXT(wanted, first, call);         \
        take_back(b);                           \
    } while (0)

static int is(const void *data, size_t len, const char *wanted) {
    return data != NULL && len == strlen(wanted) && memcmp(data, wanted, len) == 0;
}

static oxws_reply *new_reply(uint16_t status) {
    oxws_reply *reply = oxws_reply_new(status);
    WITH_TEXT(OXWS_OK, "Well", oxws_reply_set_phrase(reply, a));
    WITH_TEXTS(OXWS_OK, "X-Field", "a value", oxws_reply_add_header(reply, a, b));
    WITH_TEXT(OXWS_OK, "a body", oxws_reply_set_body(reply, a, 6));
    return reply;
}

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    size_t len;
    const char *text;
    oxws_reply *reply = new_reply(200);
    (void)user;
    server = id;
    text = oxws_request_path(request, &len);
    CHECK(is(text, len, "/path"));
    text = oxws_request_query(request, &len);
    CHECK(is(text, len, "query"));
    text = oxws_request_header(request, "x-cookie", 0, &len);
    CHECK(is(text, len, "crumbs"));
    text = oxws_request_subprotocol_at(request, 0, &len);
    CHECK(is(text, len, "chat"));
    WITH_TEXT(OXWS_OK, "chat", oxws_reply_set_subprotocol(reply, a));
    CHECK_OK(oxws_accept_with(l, id, reply));
    oxws_reply_free(reply);
}
static void on_http_request(oxws_loop *l, oxws_connection id, const oxws_request *request,
                            void *user) {
    oxws_reply *reply = new_reply(202);
    (void)request, (void)user;
    http_requests++;
    CHECK_OK(oxws_respond(l, id, reply));
    oxws_reply_free(reply);
}
static void on_response(oxws_loop *l, oxws_connection id, const oxws_response *response, void *user) {
    size_t len;
    const char *text = oxws_response_header(response, "X-Field", 0, &len);
    (void)l, (void)id, (void)user;
    CHECK(is(text, len, "a value"));
    text = oxws_response_subprotocol(response, &len);
    CHECK(is(text, len, "chat"));
}
static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    opens++;
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    size_t i;
    (void)l, (void)id, (void)type, (void)user;
    CHECK(data != NULL);
    for (i = 0; i < len; i++) {
        if (data[i] != (uint8_t)(i % 5)) break;
    }
    CHECK(i == len);
    if (len > longest) longest = len;
    messages++;
}
static void on_ping(oxws_loop *l, oxws_connection id, const uint8_t *data, size_t len, void *user) {
    (void)l, (void)id, (void)user;
    CHECK(is(data, len, "ping") || (data != NULL && len == 0));
    pings++;
}
static void on_pong(oxws_loop *l, oxws_connection id, const uint8_t *data, size_t len,
                    uint64_t round_trip_us, void *user) {
    (void)l, (void)id, (void)round_trip_us, (void)user;
    CHECK(is(data, len, "ping") || (data != NULL && len == 0));
    pongs++;
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    size_t len, local_len;
    const char *reason = oxws_close_info_reason(info, &len);
    const char *local = oxws_close_info_local_reason(info, &local_len);
    (void)l, (void)user;
    /* The client gives the reason; the server answers with the code alone. */
    CHECK(id == client || id == server);
    CHECK(is(reason, len, id == server ? "gone" : ""));
    CHECK(is(local, local_len, id == client ? "gone" : ""));
    closes++;
}

static void set_up(void) {
    oxws_config *config = check_config();
    uint16_t port = 0;
    oxws_listener listener;
    char url[60];
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_http_request(config, on_http_request));
    CHECK_OK(oxws_config_on_response(config, on_response));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_ping(config, on_ping));
    CHECK_OK(oxws_config_on_pong(config, on_pong));
    CHECK_OK(oxws_config_on_close(config, on_close));
    WITH_TEXT(OXWS_OK, "chat", oxws_config_add_subprotocol(config, a));
    WITH_TEXTS(OXWS_OK, "X-Cookie", "crumbs", oxws_config_add_header(config, a, b));
    WITH_TEXT(OXWS_OK, "http://example.com", oxws_config_origin(config, a));
    WITH_TEXT(OXWS_OK, "http://example.com", oxws_config_allow_origin(config, a));
    WITH_TEXT(OXWS_OK, "ws://127.0.0.1:0", oxws_listen(loop, a, config, &listener));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/path?query", (unsigned)port);
    WITH_TEXT(OXWS_OK, url, oxws_connect(loop, a, config, &client));
    oxws_config_free(config);
    RUN_UNTIL(loop, opens == 2);
}

/* Sizes around every form of a length, and such that are written from where they lie. */
static void f14_messages_are_copied(void) {
    static const size_t sizes[] = {0, 1, 7, 125, 126, 127, 4096, 65535, 65536, 70000, 900000};
    size_t i, at;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *data = malloc(sizes[i] + 1);
        int before = messages;
        for (at = 0; at < sizes[i]; at++) data[at] = (uint8_t)(at % 5);
        CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_BINARY, data, sizes[i]));
        check_poison(data, sizes[i] + 1);
        RUN_UNTIL(loop, messages == before + 1);
        CHECK_NUMBER(longest, sizes[i]);
    }
}

static void f14_pings_and_reasons_are_copied(void) {
    WITH_TEXT(OXWS_OK, "ping", oxws_ping(loop, client, a, 4));
    CHECK_OK(oxws_ping(loop, server, NULL, 0));
    RUN_UNTIL(loop, pings == 2 && pongs == 2);
    WITH_TEXT(OXWS_OK, "gone", oxws_close(loop, client, 3000, a));
    RUN_UNTIL(loop, closes == 2);
}

static void f14_replies_are_copied(void) {
    static const char wanted[] =
        "HTTP/1.1 202 Well\r\nConnection: close\r\nContent-Length: 6\r\nX-Field: a value\r\n\r\na body";
    unsigned char got[400];
    size_t len = 0;
    oxws_config *config = check_config();
    char url[60];
    int raw;
    CHECK_OK(oxws_config_on_http_request(config, on_http_request));
    check_listen(loop, config, url, sizeof url);
    oxws_config_free(config);
    raw = check_raw_connect(url);
    check_raw_send(raw, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    RUN_UNTIL(loop, check_raw_read(raw, got, sizeof got, &len) != 0);
    CHECK(http_requests == 1 && is(got, len, wanted));
    close(raw);
}

int main(void) {
    check_begin();
    loop = oxws_loop_new();
    set_up();
    f14_messages_are_copied();
    f14_pings_and_reasons_are_copied();
    f14_replies_are_copied();
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
