/* F9: the endpoint without I/O and its events, with every bad argument. */
#include "check.h"

#include <limits.h>

static const char not_utf8[] = "a\xff";

static void no_endpoint(void) {
    size_t len = 77;
    uint64_t at = 88;

    oxws_protocol_free(NULL);
    CHECK(oxws_protocol_new_server(NULL, 0) == NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_receive(NULL, &len, 1, 0));
    CHECK(oxws_protocol_next(NULL) == NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_end_of_input(NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_lost(NULL, 0, 0));
    CHECK(oxws_protocol_output(NULL, NULL) == NULL);
    CHECK(oxws_protocol_output(NULL, &len) == NULL);
    CHECK_NUMBER(len, 0);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_output_written(NULL, 0, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_deadline_us(NULL, &at));
    CHECK_NUMBER(at, 88);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_advance(NULL, 0));
    CHECK_NUMBER(oxws_protocol_wants_input(NULL), 0);
    CHECK_NUMBER(oxws_protocol_wants_close(NULL), 1);
    CHECK_NUMBER(oxws_protocol_state(NULL), OXWS_STATE_CLOSED);
    CHECK_NUMBER(oxws_protocol_close_state(NULL), OXWS_CLOSE_STATE_CLOSED);
    CHECK(oxws_protocol_subprotocol(NULL, NULL) == NULL);
    CHECK(oxws_protocol_unused(NULL, NULL) == NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_accept(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_respond(NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_deny(NULL, 404, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send(NULL, 1, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_prepared(NULL, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_begin(NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_append(NULL, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_end(NULL, "x", 1, 0));
    CHECK_NUMBER(oxws_protocol_get_version(NULL), OXWS_VERSION_LATEST);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_ping(NULL, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_pong(NULL, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_close(NULL, 1000, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_pause_reading(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_resume_reading(NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_abort(NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_protocol_masking_key(NULL, NULL));
}

static void no_event(void) {
    size_t len = 77;

    CHECK_NUMBER(oxws_event_get_type(NULL), OXWS_EVENT_NONE);
    CHECK_NUMBER(oxws_event_message_type(NULL), 0);
    CHECK(oxws_event_data(NULL, NULL) == NULL);
    CHECK(oxws_event_data(NULL, &len) == NULL);
    CHECK_NUMBER(len, 0);
    CHECK_NUMBER(oxws_event_chunk_flags(NULL), 0);
    CHECK(oxws_event_round_trip_us(NULL) == UINT64_MAX);
    CHECK(oxws_event_request(NULL) == NULL);
    CHECK(oxws_event_connecting(NULL) == NULL);
    CHECK(oxws_event_response(NULL) == NULL);
    CHECK(oxws_event_close_info(NULL) == NULL);
}

static void bad_clients(const oxws_config *config) {
    oxws_protocol *made = NULL;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_new_client(NULL, "ws://a/", 0, &made));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_new_client(config, NULL, 0, &made));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_new_client(config, "ws://a/", 0, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_protocol_new_client(config, not_utf8, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_URL, oxws_protocol_new_client(config, "", 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_URL, oxws_protocol_new_client(config, "a b", 0, &made));
    CHECK(made == NULL);
}

/* An event of each kind says nothing of what others have. */
static void other_events(const oxws_event *event, oxws_event_type type) {
    size_t len = 77;
    int has_data = type == OXWS_EVENT_MESSAGE || type == OXWS_EVENT_PING || type == OXWS_EVENT_PONG;

    CHECK_NUMBER(oxws_event_get_type(event), type);
    CHECK((oxws_event_message_type(event) != 0) == (type == OXWS_EVENT_MESSAGE));
    CHECK((oxws_event_data(event, &len) != NULL) == has_data);
    CHECK(has_data || len == 0);
    CHECK_NUMBER(oxws_event_chunk_flags(event), 0);
    CHECK(oxws_event_round_trip_us(event) == UINT64_MAX);
    CHECK((oxws_event_request(event) != NULL) == (type == OXWS_EVENT_REQUEST));
    CHECK(oxws_event_connecting(event) == NULL);
    CHECK((oxws_event_response(event) != NULL) == (type == OXWS_EVENT_RESPONSE));
    CHECK((oxws_event_close_info(event) != NULL) == (type == OXWS_EVENT_CLOSED));
}

static void before_a_request(oxws_protocol *server) {
    char request[] = CHECK_UPGRADE_REQUEST;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_receive(server, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_receive(server, request, SIZE_MAX, 0));
    CHECK_OK(oxws_protocol_receive(server, NULL, 0, 0));
    CHECK(oxws_protocol_next(server) == NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_deadline_us(server, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_output_written(server, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_output_written(server, SIZE_MAX, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_accept(server, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_deny(server, 404, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_protocol_send(server, 1, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_protocol_ping(server, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_protocol_pong(server, "x", 1, 0));
    CHECK_OK(oxws_protocol_receive(server, request, sizeof request - 1, 0));
    other_events(oxws_protocol_next(server), OXWS_EVENT_REQUEST);
    CHECK(oxws_protocol_next(server) == NULL);
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_receive(server, request, 1, 0));
}

static void bad_decisions(oxws_protocol *server) {
    oxws_reply *reply = oxws_reply_new(200);

    CHECK_OK(oxws_reply_set_subprotocol(reply, "chat"));
    CHECK_STATUS(OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED, oxws_protocol_accept(server, reply));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_respond(server, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_deny(server, 0, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_deny(server, 101, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_protocol_deny(server, 404, not_utf8));
    CHECK_OK(oxws_protocol_accept(server, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_accept(server, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_respond(server, reply));
    other_events(oxws_protocol_next(server), OXWS_EVENT_OPEN);
    oxws_reply_free(reply);
}

static void bad_sends(oxws_protocol *server) {
    char reason[125];
    char text[126] = "";
    int type;

    memset(reason, 'r', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    for (type = -1; type <= 3; type++) {
        oxws_status wanted = type == 1 || type == 2 ? OXWS_OK : OXWS_ERROR_INVALID_ARGUMENT;
        CHECK_STATUS(wanted, oxws_protocol_send(server, type, "x", 1, 0));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_send(server, INT_MIN, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send(server, 1, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_send(server, 1, "x", SIZE_MAX, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_protocol_send(server, 1, not_utf8, 2, 0));
    CHECK_OK(oxws_protocol_send(server, 1, NULL, 0, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_prepared(server, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_send_append(server, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_send_end(server, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_send_begin(server, 0, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_protocol_send_begin(server, 1, 3));
    CHECK_OK(oxws_protocol_send_begin(server, 1, OXWS_SEND_SKIP_COMPRESSION));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_send_begin(server, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_send(server, 1, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_append(server, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_send_end(server, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_protocol_send_end(server, not_utf8, 2, 0));
    CHECK_OK(oxws_protocol_send_append(server, "a", 1, 0));
    CHECK_OK(oxws_protocol_send_end(server, "b", 1, 0));
    CHECK_NUMBER(oxws_protocol_get_version(server), OXWS_VERSION_V13);
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_protocol_ping(server, text, 126, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_ping(server, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_protocol_pong(server, text, 126, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_protocol_pong(server, NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE, oxws_protocol_close(server, 1005, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_CLOSE_CODE, oxws_protocol_close(server, 65535, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_protocol_close(server, 1000, not_utf8, 0));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_protocol_close(server, 1000, reason, 0));
    CHECK_NUMBER(oxws_protocol_state(server), OXWS_STATE_OPEN);
}

static void each_event(oxws_protocol *server) {
    char frames[] = "\x81\x81\0\0\0\0x\x89\x80\0\0\0\0\x8a\x80\0\0\0";

    CHECK_OK(oxws_protocol_pause_reading(server));
    CHECK_OK(oxws_protocol_pause_reading(server));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_protocol_receive(server, frames, 1, 0));
    CHECK_OK(oxws_protocol_resume_reading(server, 0));
    CHECK_OK(oxws_protocol_receive(server, frames, sizeof frames, 0));
    other_events(oxws_protocol_next(server), OXWS_EVENT_MESSAGE);
    other_events(oxws_protocol_next(server), OXWS_EVENT_PING);
    other_events(oxws_protocol_next(server), OXWS_EVENT_PONG);
    CHECK(oxws_protocol_next(server) == NULL);
    CHECK_OK(oxws_protocol_abort(server));
    other_events(oxws_protocol_next(server), OXWS_EVENT_CLOSED);
    CHECK(oxws_protocol_next(server) == NULL);
}

static void after_the_end(oxws_protocol *server) {
    char byte = 0;

    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_receive(server, &byte, 1, 0));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_accept(server, NULL));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_deny(server, 404, NULL));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_send(server, 1, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_ping(server, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_pong(server, "x", 1, 0));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_close(server, 1000, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_protocol_abort(server));
    CHECK_OK(oxws_protocol_pause_reading(server));
    CHECK_OK(oxws_protocol_resume_reading(server, 0));
    CHECK_OK(oxws_protocol_end_of_input(server, 0));
    CHECK_OK(oxws_protocol_lost(server, 5, 0));
    CHECK_OK(oxws_protocol_advance(server, UINT64_MAX));
    CHECK(oxws_protocol_next(server) == NULL);
    CHECK(oxws_protocol_unused(server, NULL) != NULL);
    CHECK(oxws_protocol_output(server, NULL) != NULL);
}

int main(void) {
    oxws_config *config;
    oxws_protocol *server;

    check_begin();
    config = check_config();
    no_endpoint();
    no_event();
    bad_clients(config);
    server = oxws_protocol_new_server(config, 0);
    oxws_config_free(config);
    before_a_request(server);
    bad_decisions(server);
    bad_sends(server);
    each_event(server);
    after_the_end(server);
    oxws_protocol_free(server);
    return check_end();
}
