/*
 * F9: every function of the header with every bad argument in turn. Each answers with a status and
 * leaves its outputs as they were. Nouns that came later have a file of their own, f09_NOUN.c;
 * tests/c/run sees to it that no function is missing in all of them.
 */
#include "check.h"

#include <limits.h>

static const char not_utf8[] = "a\xff";

static oxws_loop *loop;
static oxws_config *config;
static char url[64];
static oxws_listener listener;
static oxws_connection server, client, stale;
static oxws_timer timer;
static oxws_watch watch;
static int closes, requests, responses, pipes[2];

/* ---- callbacks that are only there to be given ---- */

static void on_timer(oxws_loop *l, oxws_timer id, void *user) {
    (void)l, (void)id, (void)user;
}
static void on_watch(oxws_loop *l, oxws_watch id, int32_t fd, uint32_t ready, void *user) {
    (void)l, (void)id, (void)fd, (void)ready, (void)user;
}
static void on_post(oxws_loop *l, void *user) {
    (void)l;
    ++*(int *)user;
}

/* ---- what is lent to callbacks ---- */

static void bad_request_arguments(const oxws_request *request) {
    const char *value = not_utf8;
    size_t len = 77, name_len = 88, value_len = 99;

    CHECK(oxws_request_method(request, NULL) != NULL);
    CHECK(oxws_request_target(request, NULL) != NULL);
    CHECK(oxws_request_path(request, NULL) != NULL);
    CHECK(oxws_request_query(request, NULL) == NULL);
    CHECK(oxws_request_host(request, NULL) != NULL);
    CHECK(oxws_request_origin(request, NULL) == NULL);
    CHECK(oxws_request_header(request, NULL, 0, &len) == NULL);
    CHECK(oxws_request_header(request, not_utf8, 0, &len) == NULL);
    CHECK(oxws_request_header(request, "", 0, &len) == NULL);
    CHECK(oxws_request_header(request, "Host", 1, &len) == NULL);
    CHECK(oxws_request_header(request, "Host", SIZE_MAX, NULL) == NULL);
    CHECK(oxws_request_header(request, "hOST", 0, NULL) != NULL);
    CHECK(oxws_request_header_at(request, oxws_request_header_count(request), &name_len, &value,
                                 &value_len) == NULL);
    CHECK(oxws_request_header_at(request, SIZE_MAX, &name_len, &value, &value_len) == NULL);
    CHECK(name_len == 88 && value == not_utf8 && value_len == 99);
    CHECK(oxws_request_header_at(request, 0, NULL, NULL, NULL) != NULL);
    CHECK_NUMBER(oxws_request_subprotocol_count(request), 0);
    CHECK(oxws_request_subprotocol_at(request, 0, &len) == NULL);
    CHECK(oxws_request_subprotocol_at(request, SIZE_MAX, NULL) == NULL);
    CHECK_NUMBER(oxws_request_version(request), OXWS_VERSION_V13);
}

static void no_request(void) {
    const char *value = not_utf8;
    size_t len = 77, name_len = 88, value_len = 99;

    CHECK(oxws_request_method(NULL, &len) == NULL);
    CHECK(oxws_request_target(NULL, &len) == NULL);
    CHECK(oxws_request_path(NULL, &len) == NULL);
    CHECK(oxws_request_query(NULL, &len) == NULL);
    CHECK(oxws_request_host(NULL, &len) == NULL);
    CHECK(oxws_request_origin(NULL, &len) == NULL);
    CHECK(oxws_request_header(NULL, "Host", 0, &len) == NULL);
    CHECK(oxws_request_subprotocol_at(NULL, 0, NULL) == NULL);
    CHECK_NUMBER(oxws_request_header_count(NULL), 0);
    CHECK_NUMBER(oxws_request_subprotocol_count(NULL), 0);
    CHECK(oxws_request_header_at(NULL, 0, &name_len, &value, &value_len) == NULL);
    CHECK(name_len == 88 && value == not_utf8 && value_len == 99);
    CHECK_NUMBER(oxws_request_version(NULL), OXWS_VERSION_UNKNOWN);
}

static void bad_response_arguments(const oxws_response *response) {
    const char *value = not_utf8;
    size_t len = 77, name_len = 88, value_len = 99;

    CHECK_NUMBER(oxws_response_status(response), 101);
    CHECK(oxws_response_phrase(response, NULL) != NULL);
    CHECK(oxws_response_header(response, NULL, 0, &len) == NULL);
    CHECK(oxws_response_header(response, not_utf8, 0, &len) == NULL);
    CHECK(oxws_response_header(response, "Upgrade", SIZE_MAX, NULL) == NULL);
    CHECK(oxws_response_header(response, "uPGRADE", 0, NULL) != NULL);
    CHECK(oxws_response_header_at(response, oxws_response_header_count(response), &name_len, &value,
                                  &value_len) == NULL);
    CHECK(oxws_response_header_at(response, SIZE_MAX, &name_len, &value, &value_len) == NULL);
    CHECK(name_len == 88 && value == not_utf8 && value_len == 99);
    CHECK(oxws_response_header_at(response, 0, NULL, NULL, NULL) != NULL);
    CHECK(oxws_response_subprotocol(response, NULL) == NULL);
    CHECK(oxws_response_body(response, &len) != NULL);
    CHECK_NUMBER(len, 0);
}

static void no_response(void) {
    const char *value = not_utf8;
    size_t len = 77, name_len = 88, value_len = 99;

    CHECK_NUMBER(oxws_response_status(NULL), 0);
    CHECK(oxws_response_phrase(NULL, &len) == NULL);
    CHECK(oxws_response_header(NULL, "Upgrade", 0, &len) == NULL);
    CHECK_NUMBER(oxws_response_header_count(NULL), 0);
    CHECK(oxws_response_header_at(NULL, 0, &name_len, &value, &value_len) == NULL);
    CHECK(name_len == 88 && value == not_utf8 && value_len == 99);
    CHECK(oxws_response_subprotocol(NULL, &len) == NULL);
    CHECK(oxws_response_body(NULL, &len) == NULL);
}

static void no_close_info(void) {
    size_t len = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_info_status(NULL));
    CHECK_NUMBER(oxws_close_info_code(NULL), 0);
    CHECK(oxws_close_info_reason(NULL, &len) != NULL);
    CHECK_NUMBER(len, 0);
    CHECK(oxws_close_info_reason(NULL, NULL) != NULL);
    CHECK_NUMBER(oxws_close_info_local_code(NULL), 0);
    CHECK(oxws_close_info_local_reason(NULL, NULL) != NULL);
    CHECK_NUMBER(oxws_close_info_remote_code(NULL), 0);
    CHECK_NUMBER(oxws_close_info_initiator(NULL), OXWS_INITIATOR_NONE);
    CHECK_NUMBER(oxws_close_info_was_clean(NULL), 0);
    CHECK_NUMBER(oxws_close_info_os_error(NULL), 0);
    CHECK_NUMBER(oxws_close_info_http_status(NULL), 0);
}

/* ---- a loop with one of each thing in it ---- */

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)user;
    requests++;
    bad_request_arguments(request);
    server = id;
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_accept(l, id, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_accept(l, id, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_accept(l, id, "a b"));
    CHECK_STATUS(OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED, oxws_accept(l, id, "chat"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_accept_with(l, id, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_respond(l, id, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(l, id, 0, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(l, id, 101, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(l, id, 199, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(l, id, 600, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_deny(l, id, UINT16_MAX, NULL));
    CHECK_OK(oxws_accept(l, id, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_accept(l, id, NULL));
}
static void on_response(oxws_loop *l, oxws_connection id, const oxws_response *response, void *user) {
    (void)l, (void)id, (void)user;
    responses++;
    bad_response_arguments(response);
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)user;
    CHECK(oxws_close_info_reason(info, NULL) != NULL);
    CHECK(oxws_close_info_local_reason(info, NULL) != NULL);
    closes++;
}

static int is_open(oxws_connection id) {
    oxws_state state = 0;
    return oxws_get_state(loop, id, &state) == OXWS_OK && state == OXWS_STATE_OPEN;
}

static void furnish(void) {
    oxws_connection dead;
    config = check_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_response(config, on_response));
    CHECK_OK(oxws_config_on_close(config, on_close));
    loop = oxws_loop_new();
    CHECK(loop != NULL);
    listener = check_listen(loop, config, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, config, &client));
    RUN_UNTIL(loop, is_open(client) && server != 0 && is_open(server));
    CHECK_OK(oxws_connect(loop, "ws+unix:/nowhere/at/all", config, &dead));
    RUN_UNTIL(loop, closes == 1);
    stale = dead;
    CHECK(pipe(pipes) == 0);
    CHECK_OK(oxws_timer_start(loop, UINT32_MAX, UINT32_MAX, on_timer, NULL, &timer));
    CHECK_OK(oxws_watch_start(loop, pipes[0], OXWS_INTEREST_READ, on_watch, NULL, &watch));
}

static void clear(void) {
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    close(pipes[0]);
    close(pipes[1]);
    CHECK_NUMBER(closes, 3);
    CHECK(requests == 1 && responses == 1);
}

/* ---- functions that take an id ---- */

static oxws_reply *reply;

static oxws_status by_send(oxws_loop *l, uint64_t id) {
    return oxws_send(l, id, OXWS_MESSAGE_TEXT, "a", 1);
}
static oxws_status by_ping(oxws_loop *l, uint64_t id) { return oxws_ping(l, id, "a", 1); }
static oxws_status by_close(oxws_loop *l, uint64_t id) { return oxws_close(l, id, 1000, "a"); }
static oxws_status by_abort(oxws_loop *l, uint64_t id) { return oxws_abort(l, id); }
static oxws_status by_accept(oxws_loop *l, uint64_t id) { return oxws_accept(l, id, NULL); }
static oxws_status by_accept_with(oxws_loop *l, uint64_t id) {
    return oxws_accept_with(l, id, reply);
}
static oxws_status by_deny(oxws_loop *l, uint64_t id) { return oxws_deny(l, id, 403, NULL); }
static oxws_status by_respond(oxws_loop *l, uint64_t id) { return oxws_respond(l, id, reply); }
static oxws_status by_pause(oxws_loop *l, uint64_t id) { return oxws_pause_reading(l, id); }
static oxws_status by_resume(oxws_loop *l, uint64_t id) { return oxws_resume_reading(l, id); }
static oxws_status by_queued(oxws_loop *l, uint64_t id) {
    size_t count = 77;
    oxws_status status = oxws_get_queued_bytes(l, id, &count);
    CHECK(count == 77);
    return status;
}
static oxws_status by_state(oxws_loop *l, uint64_t id) {
    oxws_state state = 77;
    oxws_status status = oxws_get_state(l, id, &state);
    CHECK(state == 77);
    return status;
}
static oxws_status by_set_user(oxws_loop *l, uint64_t id) { return oxws_set_user(l, id, &loop); }
static oxws_status by_get_user(oxws_loop *l, uint64_t id) {
    void *user = &loop;
    oxws_status status = oxws_get_user(l, id, &user);
    CHECK(user == &loop);
    return status;
}

typedef oxws_status (*text_getter)(const oxws_loop *, oxws_connection, char *, size_t, size_t *);

static oxws_status by_text(text_getter ask, oxws_loop *l, uint64_t id) {
    char buffer[4] = "xyz";
    size_t len = 77;
    oxws_status status = ask(l, id, buffer, sizeof buffer, &len);
    CHECK(len == 77 && strcmp(buffer, "xyz") == 0);
    return status;
}
static oxws_status by_peer_address(oxws_loop *l, uint64_t id) {
    return by_text(oxws_get_peer_address, l, id);
}
static oxws_status by_local_address(oxws_loop *l, uint64_t id) {
    return by_text(oxws_get_local_address, l, id);
}
static oxws_status by_subprotocol(oxws_loop *l, uint64_t id) {
    return by_text(oxws_get_subprotocol, l, id);
}
static oxws_status by_listener_close(oxws_loop *l, uint64_t id) {
    return oxws_listener_close(l, id);
}
static oxws_status by_listener_port(oxws_loop *l, uint64_t id) {
    uint16_t port = 77;
    oxws_status status = oxws_listener_port(l, id, &port);
    CHECK(port == 77);
    return status;
}
static oxws_status by_timer_cancel(oxws_loop *l, uint64_t id) { return oxws_timer_cancel(l, id); }
static oxws_status by_watch_change(oxws_loop *l, uint64_t id) {
    return oxws_watch_change(l, id, OXWS_INTEREST_WRITE);
}
static oxws_status by_watch_stop(oxws_loop *l, uint64_t id) { return oxws_watch_stop(l, id); }

enum kind { CONNECTION, LISTENER, TIMER, WATCH };

static const struct {
    const char *name;
    enum kind kind;
    oxws_status (*call)(oxws_loop *, uint64_t);
} id_functions[] = {
    {"oxws_send", CONNECTION, by_send},
    {"oxws_ping", CONNECTION, by_ping},
    {"oxws_close", CONNECTION, by_close},
    {"oxws_abort", CONNECTION, by_abort},
    {"oxws_accept", CONNECTION, by_accept},
    {"oxws_accept_with", CONNECTION, by_accept_with},
    {"oxws_deny", CONNECTION, by_deny},
    {"oxws_respond", CONNECTION, by_respond},
    {"oxws_pause_reading", CONNECTION, by_pause},
    {"oxws_resume_reading", CONNECTION, by_resume},
    {"oxws_get_queued_bytes", CONNECTION, by_queued},
    {"oxws_get_state", CONNECTION, by_state},
    {"oxws_set_user", CONNECTION, by_set_user},
    {"oxws_get_user", CONNECTION, by_get_user},
    {"oxws_get_peer_address", CONNECTION, by_peer_address},
    {"oxws_get_local_address", CONNECTION, by_local_address},
    {"oxws_get_subprotocol", CONNECTION, by_subprotocol},
    {"oxws_listener_close", LISTENER, by_listener_close},
    {"oxws_listener_port", LISTENER, by_listener_port},
    {"oxws_timer_cancel", TIMER, by_timer_cancel},
    {"oxws_watch_change", WATCH, by_watch_change},
    {"oxws_watch_stop", WATCH, by_watch_stop},
};

static void f09_ids_that_name_nothing_are_not_found(void) {
    oxws_loop *elsewhere = oxws_loop_new();
    oxws_timer foreign = 0;
    size_t f, i;

    for (i = 0; i < 100; i++) {
        CHECK_OK(oxws_timer_start(elsewhere, 1000, 0, on_timer, NULL, &foreign));
    }
    for (f = 0; f < sizeof id_functions / sizeof *id_functions; f++) {
        enum kind kind = id_functions[f].kind;
        const uint64_t ids[] = {
            0, stale, foreign, UINT64_MAX, client + 1000, client + ((uint64_t)1 << 32),
            client & UINT32_MAX, client | UINT32_MAX,
            kind == CONNECTION ? listener : client, kind == TIMER ? listener : timer,
            kind == WATCH ? listener : watch,
        };
        check_context = id_functions[f].name;
        for (i = 0; i < sizeof ids / sizeof *ids; i++) {
            CHECK_STATUS(OXWS_ERROR_NOT_FOUND, id_functions[f].call(loop, ids[i]));
        }
        CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, id_functions[f].call(NULL, client));
    }
    check_context = "";
    CHECK_OK(oxws_loop_free(elsewhere));
    CHECK(is_open(client) && is_open(server));
}

/* ---- the loop itself ---- */

static void f09_loop(void) {
    int32_t fd = 77, timeout = 77;
    size_t count = 77;
    int posted = 0;
    void *user = &posted;

    CHECK_OK(oxws_loop_free(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_attach(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_poll(NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_run(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_stop(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_wake(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_fd(NULL, &fd));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_fd(loop, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_timeout_ms(NULL, &timeout));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_timeout_ms(loop, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_connection_count(NULL, &count));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_connection_count(loop, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_set_max_buffered_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_loop_set_max_buffered_bytes(loop, 0));
    CHECK_OK(oxws_loop_set_max_buffered_bytes(loop, UINT64_MAX));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_set_busy_poll_us(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_loop_set_busy_poll_us(loop, 1000001));
    CHECK_OK(oxws_loop_set_busy_poll_us(loop, 1000000));
    CHECK_OK(oxws_loop_set_busy_poll_us(loop, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_shutdown(NULL, 1000, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE, oxws_loop_shutdown(loop, 1005, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_loop_shutdown(loop, 1000, not_utf8));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_set_user(NULL, &posted));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_get_user(NULL, &user));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_get_user(loop, NULL));
    CHECK(user == &posted);
    CHECK_NUMBER(oxws_loop_os_error(NULL), 0);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_post(NULL, on_post, &posted));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_loop_post(loop, NULL, &posted));
    CHECK(fd == 77 && timeout == 77 && count == 77);

    CHECK_OK(oxws_loop_wake(loop));
    CHECK_OK(oxws_loop_poll(loop, INT32_MIN));
    CHECK_OK(oxws_loop_stop(loop));
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(posted, 0);
}

/* ---- configs ---- */

static void f09_config_without_a_config(void) {
    oxws_config_free(NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_request(NULL, on_request));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_http_request(NULL, on_request));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_response(NULL, on_response));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_open(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_message(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_ping(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_pong(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_writable(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_close(NULL, on_close));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_user(NULL, &loop));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_message_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_frame_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_fragments(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_queued_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_handshake_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_close_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_ping_interval_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_pong_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_idle_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_write_stall_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_connections(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_connections_per_address(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_backlog(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_control_limit(NULL, 1, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reuse_port(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_pause_while_queued(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_add_subprotocol(NULL, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_add_header(NULL, "a", "b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_origin(NULL, "http://a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_allow_origin(NULL, "http://a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_allow_any_origin(NULL));
}

static void f09_config(void) {
    static const char *const fields[] = {
        "Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "sec-websocket-accept",
        "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
        "Content-Length", "Transfer-Encoding", "", "a b", "a:", "a\r\nb", "\xc3\xa9",
    };
    oxws_config *c = oxws_config_new();
    size_t i;

    CHECK(c != NULL);
    CHECK_OK(oxws_config_on_open(c, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_message_bytes(c, 0));
    CHECK_OK(oxws_config_max_message_bytes(c, UINT64_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_frame_bytes(c, 0));
    CHECK_OK(oxws_config_max_frame_bytes(c, UINT64_MAX));
    CHECK_OK(oxws_config_max_fragments(c, 0));
    CHECK_OK(oxws_config_max_fragments(c, UINT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_queued_bytes(c, 0));
    CHECK_OK(oxws_config_max_queued_bytes(c, UINT64_MAX));
    CHECK_OK(oxws_config_handshake_timeout_ms(c, UINT32_MAX));
    CHECK_OK(oxws_config_close_timeout_ms(c, UINT32_MAX));
    CHECK_OK(oxws_config_ping_interval_ms(c, UINT32_MAX));
    CHECK_OK(oxws_config_pong_timeout_ms(c, UINT32_MAX));
    CHECK_OK(oxws_config_idle_timeout_ms(c, UINT32_MAX));
    CHECK_OK(oxws_config_write_stall_timeout_ms(c, UINT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_connections(c, 0));
    CHECK_OK(oxws_config_max_connections(c, UINT32_MAX));
    CHECK_OK(oxws_config_max_connections_per_address(c, UINT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_backlog(c, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_backlog(c, 65536));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_backlog(c, UINT32_MAX));
    CHECK_OK(oxws_config_backlog(c, 65535));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_control_limit(c, 0, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_control_limit(c, 1, 0));
    CHECK_OK(oxws_config_control_limit(c, UINT32_MAX, UINT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reuse_port(c, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reuse_port(c, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reuse_port(c, INT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reuse_port(c, INT32_MIN));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_pause_while_queued(c, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_pause_while_queued(c, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_pause_while_queued(c, INT32_MAX));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_add_subprotocol(c, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_add_subprotocol(c, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_config_add_subprotocol(c, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_config_add_subprotocol(c, "a,b"));
    CHECK_OK(oxws_config_add_subprotocol(c, "a"));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_config_add_subprotocol(c, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_add_header(c, NULL, "b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_add_header(c, "a", NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_add_header(c, not_utf8, "b"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_add_header(c, "a", not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_add_header(c, "a", "b\r\nc: d"));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_add_header(c, "a", "\x7f"));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_add_header(c, "Origin", "http://a"));
    for (i = 0; i < sizeof fields / sizeof *fields; i++) {
        check_context = fields[i];
        CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_add_header(c, fields[i], "b"));
    }
    check_context = "";
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_origin(c, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_origin(c, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_origin(c, "http://a\r\n"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_allow_origin(c, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_allow_origin(c, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_allow_origin(c, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_allow_origin(c, "example.com"));
    CHECK_OK(oxws_config_allow_any_origin(c));
    oxws_config_free(c);
}

/* ---- listeners and connections ---- */

static const struct {
    const char *url;
    oxws_status listen, connect;
} urls[] = {
    {NULL, OXWS_ERROR_NULL_ARGUMENT, OXWS_ERROR_NULL_ARGUMENT},
    {not_utf8, OXWS_ERROR_INVALID_UTF8, OXWS_ERROR_INVALID_UTF8},
    {"", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws://", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"http://127.0.0.1:1", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws://127.0.0.1:65536", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws://127.0.0.1:-1", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws://a b:1", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws://user@127.0.0.1:1", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"ws+unix:", OXWS_ERROR_INVALID_URL, OXWS_ERROR_INVALID_URL},
    {"wss://127.0.0.1:0", OXWS_ERROR_TLS_NOT_CONFIGURED, OXWS_ERROR_INVALID_URL},
};

static void f09_urls(void) {
    size_t i;
    for (i = 0; i < sizeof urls / sizeof *urls; i++) {
        uint64_t id = 77;
        check_context = urls[i].url != NULL ? urls[i].url : "no URL";
        CHECK_STATUS(urls[i].listen, oxws_listen(loop, urls[i].url, config, &id));
        CHECK_STATUS(urls[i].connect, oxws_connect(loop, urls[i].url, config, &id));
        CHECK(id == 77);
    }
    check_context = "";
}

static void f09_listen(void) {
    oxws_listener id = 77;
    uint16_t port = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listen(NULL, "ws://127.0.0.1:0", config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listen(loop, "ws://127.0.0.1:0", NULL, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), 0);
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen(loop, url, config, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), EADDRINUSE);
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen(loop, "ws+unix:/nowhere/at/all", config, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), ENOENT);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listen_fd(NULL, pipes[0], config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listen_fd(loop, pipes[0], NULL, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_listen_fd(loop, -1, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_listen_fd(loop, INT32_MIN, config, &id));
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen_fd(loop, INT32_MAX, config, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), EBADF);
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen_fd(loop, pipes[0], config, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), ENOTSOCK);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listener_close(NULL, listener));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listener_port(NULL, listener, &port));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listener_port(loop, listener, NULL));
    CHECK(id == 77 && port == 77);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_connect(NULL, url, config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_connect(loop, url, NULL, &id));
    CHECK(id == 77);
}

static void f09_send(void) {
    static const int32_t kinds[] = {INT32_MIN, -1, 0, 3, 8, INT32_MAX};
    char long_ping[126];
    size_t i;

    memset(long_ping, 'a', sizeof long_ping);
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send(loop, client, kinds[i], "a", 1));
    }
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send(loop, client, OXWS_MESSAGE_TEXT, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send(loop, client, OXWS_MESSAGE_BINARY, NULL, SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send(loop, client, OXWS_MESSAGE_BINARY, "a", SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send(loop, client, OXWS_MESSAGE_TEXT, "a", (size_t)PTRDIFF_MAX + 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_send(loop, client, OXWS_MESSAGE_TEXT, not_utf8, 2));
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, NULL, 0));
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_BINARY, not_utf8, 2));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_ping(loop, client, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_ping(loop, client, long_ping, 126));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_ping(loop, client, long_ping, SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_ping(loop, client, NULL, SIZE_MAX));
    CHECK_OK(oxws_ping(loop, client, NULL, 0));
    CHECK_OK(oxws_ping(loop, client, long_ping, 125));
    CHECK(is_open(client) && is_open(server));
}

/* RFC 6455 section 7.4 and the header of OXWS_ERROR_INVALID_CLOSE_CODE. */
static int may_be_sent(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static void a16_bad_close_codes_and_reasons_send_nothing(void) {
    char reason[302];
    unsigned code;
    size_t len;

    for (code = 1; code <= UINT16_MAX; code++) {
        CHECK_NUMBER(oxws_close_code_is_sendable((uint16_t)code), may_be_sent(code));
        if (!may_be_sent(code)) {
            CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE,
                         oxws_close(loop, client, (uint16_t)code, NULL));
        }
    }
    for (len = 124; len <= 300; len++) {
        memset(reason, 'a', len);
        reason[len] = '\0';
        CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_close(loop, client, 1000, reason));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_close(loop, client, 1000, not_utf8));
    CHECK(is_open(client) && is_open(server));
}

static void f09_getters(void) {
    static const text_getter getters[] = {oxws_get_peer_address, oxws_get_local_address};
    char buffer[8] = "untouch";
    size_t i, len;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_queued_bytes(loop, client, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_state(loop, client, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_user(loop, client, NULL));
    CHECK_OK(oxws_set_user(loop, client, NULL));
    for (i = 0; i < 2; i++) {
        /* "127.0.0.1:" and at most five digits of a port. */
        len = 0;
        CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, getters[i](loop, client, buffer, sizeof buffer, &len));
        CHECK(len >= 14 && len <= 15);
        len = 0;
        CHECK_OK(getters[i](loop, client, NULL, 0, &len));
        CHECK(len >= 14 && len <= 15);
        CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, getters[i](loop, client, buffer, 0, NULL));
        CHECK_OK(getters[i](loop, client, NULL, 0, NULL));
        len = 77;
        CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, getters[i](loop, client, NULL, SIZE_MAX, &len));
        CHECK_NUMBER(len, 77);
    }
    CHECK(memcmp(buffer, "untouch", sizeof buffer) == 0);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_get_subprotocol(loop, client, buffer, 0, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_subprotocol(loop, client, NULL, 1, NULL));
    CHECK_OK(oxws_get_subprotocol(loop, client, buffer, 1, &len));
    CHECK(len == 0 && buffer[0] == '\0');
}

/* ---- replies ---- */

static void f09_reply(void) {
    static const uint16_t bad[] = {0, 1, 100, 101, 199, 600, 999, UINT16_MAX};
    size_t i;

    for (i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(oxws_reply_new(bad[i]) == NULL);
    oxws_reply_free(NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_phrase(NULL, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_add_header(NULL, "a", "b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_body(NULL, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_subprotocol(NULL, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_phrase(reply, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reply_set_phrase(reply, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reply_set_phrase(reply, "a\r\nb: c"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_add_header(reply, NULL, "b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_add_header(reply, "a", NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reply_add_header(reply, not_utf8, "b"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reply_add_header(reply, "a", not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_reply_add_header(reply, "", "b"));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_reply_add_header(reply, "a", "b\nc"));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_reply_add_header(reply, "Content-Length", "1"));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_reply_add_header(reply, "connection", "close"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_body(reply, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_body(reply, NULL, SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_reply_set_body(reply, "a", SIZE_MAX));
    CHECK_OK(oxws_reply_set_body(reply, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_reply_set_subprotocol(reply, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_reply_set_subprotocol(reply, not_utf8));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_reply_set_subprotocol(reply, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL, oxws_reply_set_subprotocol(reply, "a;b"));
}

/* ---- timers and watches ---- */

static void f09_timers_and_watches(void) {
    static const uint32_t interests[] = {0, 4, 5, UINT32_MAX};
    uint64_t id = 77;
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_timer_start(NULL, 1, 1, on_timer, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_timer_start(loop, 1, 1, NULL, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_timer_cancel(NULL, timer));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_watch_start(NULL, pipes[1], 2, on_watch, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_watch_start(loop, pipes[1], 2, NULL, NULL, &id));
    for (i = 0; i < sizeof interests / sizeof *interests; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_watch_start(loop, pipes[1], interests[i], on_watch, NULL, &id));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_watch_change(loop, watch, interests[i]));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_watch_start(loop, -1, 1, on_watch, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_watch_start(loop, INT32_MIN, 1, on_watch, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_SYSTEM_CALL_FAILED,
                 oxws_watch_start(loop, INT32_MAX, 1, on_watch, NULL, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), EBADF);
    CHECK_STATUS(OXWS_ERROR_SYSTEM_CALL_FAILED,
                 oxws_watch_start(loop, pipes[0], 1, on_watch, NULL, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), EEXIST);
    CHECK_STATUS(OXWS_ERROR_SYSTEM_CALL_FAILED,
                 oxws_watch_start(loop, check_captured, 1, on_watch, NULL, &id));
    CHECK_NUMBER(oxws_loop_os_error(loop), EPERM);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_watch_change(NULL, watch, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_watch_stop(NULL, watch));
    CHECK(id == 77);
    CHECK_OK(oxws_timer_start(loop, UINT32_MAX, 0, on_timer, NULL, NULL));
}

/* ---- texts ---- */

static void f09_texts_of_unknown_numbers(void) {
    static const oxws_status unknown[] = {INT32_MIN, -99999, -99, -1, 1, 77, INT32_MAX};
    static const uint16_t codes[] = {0, 1, 999, 1016, 2999, 3001, 5000, UINT16_MAX};
    size_t i;

    CHECK(strcmp(oxws_library_version(), OXWS_LIBRARY_VERSION) == 0);
    CHECK_NUMBER(oxws_library_version_number(), OXWS_LIBRARY_VERSION_NUMBER);
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK(strcmp(oxws_status_name(unknown[i]), "OXWS_UNKNOWN") == 0);
        CHECK(oxws_status_message(unknown[i]) != NULL);
        CHECK_NUMBER(oxws_status_close_code(unknown[i]), 0);
        CHECK_NUMBER(oxws_status_http_status(unknown[i]), 0);
    }
    CHECK(strcmp(oxws_status_name(-101), "OXWS_ERROR_NULL_ARGUMENT") == 0);
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        CHECK(oxws_close_code_name(codes[i]) == NULL);
        CHECK(oxws_close_code_description(codes[i]) == NULL);
    }
    CHECK(strcmp(oxws_close_code_name(1001), "GOING_AWAY") == 0);
    CHECK(strlen(oxws_close_code_description(1001)) > 20);
}

int main(void) {
    check_begin();
    furnish();
    reply = oxws_reply_new(200);
    f09_ids_that_name_nothing_are_not_found();
    f09_urls();
    f09_listen();
    f09_loop();
    f09_config_without_a_config();
    f09_config();
    f09_send();
    a16_bad_close_codes_and_reasons_send_nothing();
    f09_getters();
    f09_reply();
    f09_timers_and_watches();
    f09_texts_of_unknown_numbers();
    no_request();
    no_response();
    no_close_info();
    CHECK(is_open(client) && is_open(server));
    oxws_reply_free(reply);
    clear();
    return check_end();
}
