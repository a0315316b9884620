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
static oxws_loop *asked_loop;
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

    asked_loop = loop;
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

/* What the callback for origins does to a connection whose id is known already, and says then. */
struct meddling {
    const char *name;
    oxws_status (*meddle)(oxws_loop *loop, oxws_connection id);
    oxws_status wanted;
    int32_t lets_in;
    int opens;
    oxws_status end;
};

static const struct meddling *meddling;
static oxws_loop *meddled_loop;
static oxws_connection meddled;
static oxws_status meddled_end;

static oxws_status do_nothing(oxws_loop *loop, oxws_connection id) {
    (void)loop, (void)id;
    return OXWS_OK;
}
static oxws_status do_accept(oxws_loop *loop, oxws_connection id) {
    return oxws_accept(loop, id, NULL);
}
static oxws_status do_deny(oxws_loop *loop, oxws_connection id) {
    return oxws_deny(loop, id, OXWS_HTTP_NOT_FOUND, NULL);
}
static oxws_status do_free(oxws_loop *loop, oxws_connection id) {
    (void)id;
    return oxws_loop_free(loop);
}
static oxws_status do_poll(oxws_loop *loop, oxws_connection id) {
    (void)id;
    return oxws_loop_poll(loop, 0);
}
static oxws_status do_shutdown(oxws_loop *loop, oxws_connection id) {
    (void)id;
    return oxws_loop_shutdown(loop, 1001, NULL);
}

static int32_t on_origin_meddling(const oxws_request *request, void *user) {
    (void)request, (void)user;
    seen.origins++;
    CHECK_STATUS(meddling->wanted, meddling->meddle(meddled_loop, meddled));
    return meddling->lets_in;
}

static void on_close_noting(oxws_loop *loop, oxws_connection id, const oxws_close_info *info,
                            void *user) {
    (void)loop, (void)user;
    CHECK(id == meddled);
    meddled_end = oxws_close_info_status(info);
    seen.closes++;
}

static void f01_origins_are_decided_whatever_the_callback_does(void) {
    static const struct meddling cases[] = {
        {"nothing", do_nothing, OXWS_OK, 0, 0, OXWS_ERROR_HANDSHAKE_ORIGIN},
        {"nothing", do_nothing, OXWS_OK, 1, 1, OXWS_ERROR_CONNECTION_LOST},
        {"accept", do_accept, OXWS_OK, 0, 0, OXWS_ERROR_CANCELLED},
        {"accept", do_accept, OXWS_OK, 1, 1, OXWS_ERROR_CONNECTION_LOST},
        {"deny", do_deny, OXWS_OK, 0, 0, OXWS_ERROR_HANDSHAKE_DENIED},
        {"deny", do_deny, OXWS_OK, 1, 0, OXWS_ERROR_HANDSHAKE_DENIED},
        {"abort", oxws_abort, OXWS_OK, 0, 0, OXWS_ERROR_CANCELLED},
        {"abort", oxws_abort, OXWS_OK, 1, 0, OXWS_ERROR_CANCELLED},
        {"free", do_free, OXWS_ERROR_BUSY, 0, 0, OXWS_ERROR_HANDSHAKE_ORIGIN},
        {"poll", do_poll, OXWS_ERROR_BUSY, 1, 1, OXWS_ERROR_CONNECTION_LOST},
        {"shutdown", do_shutdown, OXWS_OK, 0, 0, OXWS_ERROR_CANCELLED},
        {"shutdown", do_shutdown, OXWS_OK, 1, 0, OXWS_ERROR_CANCELLED}};
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        oxws_config *config = server_config();
        int pair[2];

        meddling = &cases[i];
        check_context = cases[i].name;
        meddled_loop = oxws_loop_new();
        CHECK_OK(oxws_config_on_origin(config, on_origin_meddling));
        CHECK_OK(oxws_config_on_close(config, on_close_noting));
        CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        CHECK_OK(oxws_adopt_server(meddled_loop, pair[0], FOREIGN, strlen(FOREIGN), config,
                                   &meddled));
        close(pair[0]);
        CHECK_NUMBER(shutdown(pair[1], SHUT_WR), 0);
        RUN_UNTIL(meddled_loop, seen.closes > 0);
        CHECK_NUMBER(seen.origins, 1);
        CHECK_NUMBER(seen.opens, cases[i].opens);
        CHECK_NUMBER(seen.closes, 1);
        CHECK_NUMBER(meddled_end, cases[i].end);
        close(pair[1]);
        oxws_config_free(config);
        CHECK_OK(oxws_loop_free(meddled_loop));
        CHECK_NUMBER(seen.closes, 1);
    }
    check_context = "";
}

static void shut_down(const oxws_request *request) {
    (void)request;
    CHECK_OK(oxws_loop_shutdown(asked_loop, 1001, NULL));
}

/* Its end is told to whoever was told of the request, and to nobody else. */
static void f02_of_what_ends_while_its_origin_is_asked_for_only_its_owner_hears(void) {
    static const struct {
        int32_t lets_in;
        int is_asked;
        int told;
    } cases[] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 1}};
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        oxws_config *config = server_config();
        CHECK_OK(oxws_config_on_origin(config, on_origin));
        if (cases[i].is_asked) CHECK_OK(oxws_config_on_request(config, on_request));
        seen.lets_in = cases[i].lets_in;
        seen.look = shut_down;
        CHECK(!IS_LET_IN(config, REQUEST("/", VERSION "13")));
        CHECK_NUMBER(seen.origins, 1);
        CHECK_NUMBER(seen.requests, cases[i].told);
        CHECK_NUMBER(seen.closes, cases[i].told);
        CHECK_NUMBER(seen.opens, 0);
        oxws_config_free(config);
    }
}

static int is(const char *text, size_t len, const char *wanted) {
    return text != NULL && len == strlen(wanted) && memcmp(text, wanted, len) == 0;
}

#define DETAILED                                                                     \
    REQUEST("/chat?room=a+b&x=%C3%A4&room=%00", VERSION                              \
            "13\r\nCookie: a=1; b=2; a=3\r\nSec-WebSocket-Protocol: x, y\r\n"        \
            "Sec-WebSocket-Extensions: permessage-deflate; max=\"15\"; flag, other")

static void look_at_details(const oxws_request *request) {
    const char *text, *value = "untouched";
    size_t len = 0, value_len = 77;

    text = oxws_request_parameter(request, "room", 0, &len);
    CHECK(is(text, len, "a b"));
    /* What was lent once stays where it is. */
    CHECK(oxws_request_parameter(request, "room", 0, NULL) == text);
    text = oxws_request_parameter(request, "room", 1, &len);
    CHECK(text != NULL && len == 1 && *text == '\0');
    CHECK(oxws_request_parameter(request, "room", 2, &len) == NULL && len == 0);
    CHECK_NUMBER(oxws_request_parameter_count(request), 3);
    text = oxws_request_parameter_at(request, 0, &len, &value, &value_len);
    CHECK(is(text, len, "room") && is(value, value_len, "a b"));
    text = oxws_request_parameter_at(request, 1, &len, &value, &value_len);
    CHECK(is(text, len, "x") && is(value, value_len, "\xc3\xa4"));

    text = oxws_request_cookie(request, "a", &len);
    CHECK(is(text, len, "1"));
    text = oxws_request_cookie(request, "b", &len);
    CHECK(is(text, len, "2"));
    CHECK(oxws_request_cookie(request, "c", &len) == NULL && len == 0);

    CHECK_NUMBER(oxws_request_extension_count(request), 2);
    text = oxws_request_extension_at(request, 0, &len);
    CHECK(is(text, len, "permessage-deflate"));
    text = oxws_request_extension_at(request, 1, &len);
    CHECK(is(text, len, "other"));
    CHECK_NUMBER(oxws_request_extension_parameter_count(request, 0), 2);
    CHECK_NUMBER(oxws_request_extension_parameter_count(request, 1), 0);
    text = oxws_request_extension_parameter_at(request, 0, 0, &len, &value, &value_len);
    CHECK(is(text, len, "max") && is(value, value_len, "15"));
    text = oxws_request_extension_parameter_at(request, 0, 1, &len, &value, &value_len);
    CHECK(is(text, len, "flag") && value == NULL && value_len == 0);
}

static void a_request_tells_its_details(void) {
    oxws_config *config = server_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    seen.look = look_at_details;
    seen.decide = accept_it;
    CHECK(IS_LET_IN(config, DETAILED));
    /* What offers nothing and agrees to nothing is told nothing of extensions. */
    CHECK(strstr(answer, "Extensions") == NULL);
    CHECK_NUMBER(seen.requests, 1);
    oxws_config_free(config);
}

/* The end of a text in which the peer's port stands, which is another each time. */
static const char *behind_peer(const char *text, const char *start) {
    CHECK(starts(text, start));
    text += strlen(start);
    return text + strspn(text, "0123456789");
}

static void look_at_descriptions(const oxws_request *request) {
    char text[2000];
    const char *peer, *end;
    size_t len = 0;

    peer = oxws_request_peer_address(request, &len);
    CHECK(peer != NULL && len > 10 && starts(peer, "127.0.0.1:"));
    CHECK(oxws_request_peer_address(request, NULL) == peer);
    CHECK_OK(oxws_request_to_json(request, text, sizeof text, &len));
    CHECK_NUMBER(len, strlen(text));
    end = behind_peer(text, "{\"peer\":\"127.0.0.1:");
    CHECK(strcmp(end, "\",\"method\":\"GET\",\"host\":\"server.example\",\"path\":\"/\","
                      "\"query\":\"a=%22\",\"parameters\":{\"a\":[\"\\\"\"]},\"headers\":["
                      "[\"Host\",\"server.example\"],[\"Upgrade\",\"websocket\"],"
                      "[\"Connection\",\"Upgrade\"],"
                      "[\"Sec-WebSocket-Key\",\"dGhlIHNhbXBsZSBub25jZQ==\"],"
                      "[\"Sec-WebSocket-Version\",\"13\"],[\"Cookie\",\"***\"]],"
                      "\"version\":13,\"origin\":null,\"subprotocols\":[],"
                      "\"extensions\":[]}") == 0);
    CHECK_OK(oxws_request_to_text(request, text, sizeof text, &len));
    CHECK_NUMBER(len, strlen(text));
    end = behind_peer(text, "GET /?a=%22 for server.example from 127.0.0.1:");
    CHECK(strcmp(end, ", version 13") == 0);
}

static void a_request_describes_itself(void) {
    oxws_config *config = server_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_origin(config, on_origin));
    seen.look = look_at_descriptions;
    seen.decide = accept_it;
    seen.lets_in = 1;
    CHECK(IS_LET_IN(config, REQUEST("/?a=%22", VERSION "13\r\nCookie: session=secret")));
    CHECK(seen.origins == 1 && seen.requests == 1);
    oxws_config_free(config);
}

/* Each call adds a line: a list of values is written by a call for each. */
static void accept_with_lines(oxws_loop *loop, oxws_connection id) {
    oxws_reply *reply = oxws_reply_new(200);
    CHECK_OK(oxws_reply_add_header(reply, "Set-Cookie", "a=1"));
    CHECK_OK(oxws_reply_add_header(reply, "X-Other", "x"));
    CHECK_OK(oxws_reply_add_header(reply, "Set-Cookie", "b=2"));
    CHECK_OK(oxws_reply_set_subprotocol(reply, "z"));
    CHECK_STATUS(OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED, oxws_accept_with(loop, id, reply));
    CHECK_OK(oxws_reply_set_subprotocol(reply, "y"));
    CHECK_OK(oxws_accept_with(loop, id, reply));
    oxws_reply_free(reply);
}

static void values_of_one_name_get_a_line_each(void) {
    oxws_config *config = server_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    seen.decide = accept_with_lines;
    CHECK(IS_LET_IN(config, DETAILED));
    CHECK(strstr(answer, "\r\nSec-WebSocket-Protocol: y\r\nSet-Cookie: a=1\r\nX-Other: x\r\n"
                         "Set-Cookie: b=2\r\n\r\n") != NULL);
    oxws_config_free(config);
}

/* A server that never decides: its deadline does. */
static void the_deadline_decides_by_itself(void) {
    oxws_config *config = server_config();
    uint32_t timeout_ms;
    CHECK_OK(oxws_config_on_request(config, on_request));
    /* A slow machine may need longer until the request is read. */
    for (timeout_ms = 1; seen.requests == 0 && timeout_ms < CHECK_PATIENCE_MS; timeout_ms *= 8) {
        CHECK_OK(oxws_config_handshake_timeout_ms(config, timeout_ms));
        ask(config, DETAILED);
    }
    CHECK(starts(answer, "HTTP/1.1 503 Service Unavailable\r\n"));
    CHECK(seen.requests == 1 && seen.closes == 1);
    oxws_config_free(config);
}

static void statuses_have_phrases_and_sentences(void) {
    static const struct {
        oxws_http_status status;
        uint16_t number;
        const char *phrase, *description;
    } statuses[] = {
        {OXWS_HTTP_BAD_REQUEST, 400, "Bad Request", "the request breaks a rule"},
        {OXWS_HTTP_UNAUTHORIZED, 401, "Unauthorized", "the client has to say who it is"},
        {OXWS_HTTP_FORBIDDEN, 403, "Forbidden", "the request is refused, whoever makes it"},
        {OXWS_HTTP_NOT_FOUND, 404, "Not Found",
         "there is nothing at this path; there may be later"},
        {OXWS_HTTP_NOT_ACCEPTABLE, 406, "Not Acceptable",
         "nothing that the server has suits the fields of the request"},
        {OXWS_HTTP_REQUEST_TIMEOUT, 408, "Request Timeout",
         "the client was too slow, and may ask again"},
        {OXWS_HTTP_MISDIRECTED_REQUEST, 421, "Misdirected Request",
         "the server does not answer for this host"},
        {OXWS_HTTP_UPGRADE_REQUIRED, 426, "Upgrade Required",
         "the client has to ask for a WebSocket, of a version that the server speaks"},
        {OXWS_HTTP_TOO_MANY_REQUESTS, 429, "Too Many Requests", "the client has asked too often"},
        {OXWS_HTTP_INTERNAL_SERVER_ERROR, 500, "Internal Server Error",
         "the server met something that it did not expect"},
        {OXWS_HTTP_NOT_IMPLEMENTED, 501, "Not Implemented",
         "the server cannot do what is asked for"},
        {OXWS_HTTP_SERVICE_UNAVAILABLE, 503, "Service Unavailable",
         "the server is overloaded or under maintenance for the time being"}};
    size_t i;

    for (i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        uint16_t number = statuses[i].number;
        CHECK_NUMBER(statuses[i].status, number);
        CHECK(strcmp(oxws_http_status_phrase(number), statuses[i].phrase) == 0);
        CHECK(strcmp(oxws_http_status_description(number), statuses[i].description) == 0);
    }
    CHECK(strcmp(oxws_http_status_phrase(200), "OK") == 0);
    CHECK(oxws_http_status_description(200) == NULL);
}

int main(void) {
    check_begin();
    older_versions_are_spoken_where_they_are_allowed();
    a_version_is_known_once_it_is_agreed_on();
    c10_a_callback_decides_on_origins();
    c10_without_another_decision_it_is_the_only_one();
    f01_origins_are_decided_whatever_the_callback_does();
    f02_of_what_ends_while_its_origin_is_asked_for_only_its_owner_hears();
    a_request_tells_its_details();
    a_request_describes_itself();
    values_of_one_name_get_a_line_each();
    the_deadline_decides_by_itself();
    statuses_have_phrases_and_sentences();
    return check_end();
}
