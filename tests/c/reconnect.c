/*
 * Clients that come back, as a program sees it: at exact times of a test loop, behind the same id, with
 * subscriptions that are made again, fresh tokens, and messages that wait.
 */
#include "check.h"

static const uint8_t key[4] = {1, 2, 3, 4};

/* What the fixed random numbers make of a wait of at most 1000, 2000 and 4000 ms. */
enum { FIRST_MS = 424, SECOND_MS = 1409, THIRD_MS = 782 };

struct seen {
    oxws_loop *loop;
    oxws_config *server_config, *client_config;
    oxws_connection server, client;
    int connectings, opens, closes, disconnects;
    uint32_t delay_ms;   /* the last one */
    oxws_status reason;  /* of the last end that was not the last */
    oxws_status status;  /* of the last end of all */
    uint16_t http_status;
    oxws_stage stage;
    uint16_t refuse_with; /* the status with which the server refuses */
    const char *retry_after;
    int closes_when_told;
    char heard[256]; /* what the server has received, each behind a blank */
};

static uint64_t now_ms(const struct seen *seen) {
    uint64_t now = 0;
    CHECK_OK(oxws_test_now_us(seen->loop, &now));
    return now / 1000;
}

static oxws_state state_of(const struct seen *seen) {
    oxws_state state = OXWS_STATE_CLOSED;
    CHECK_OK(oxws_get_state(seen->loop, seen->client, &state));
    return state;
}

static void server_request(oxws_loop *loop, oxws_connection connection, const oxws_request *request,
                           void *user) {
    struct seen *seen = user;
    char token[32];
    size_t len = 0;
    const char *value = oxws_request_header(request, "X-Token", 0, &len);
    snprintf(token, sizeof token, "token-%d", seen->connectings);
    CHECK(value != NULL && len == strlen(token) && memcmp(value, token, len) == 0);
    if (seen->refuse_with == 0) {
        CHECK_OK(oxws_accept(loop, connection, NULL));
        return;
    }
    oxws_reply *reply = oxws_reply_new(seen->refuse_with);
    if (seen->retry_after != NULL) {
        CHECK_OK(oxws_reply_add_header(reply, "Retry-After", seen->retry_after));
    }
    CHECK_OK(oxws_respond(loop, connection, reply));
    oxws_reply_free(reply);
}

static void server_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop;
    ((struct seen *)user)->server = connection;
}

static void server_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                           const uint8_t *data, size_t len, void *user) {
    struct seen *seen = user;
    size_t at = strlen(seen->heard);
    (void)loop, (void)connection, (void)type;
    snprintf(seen->heard + at, sizeof seen->heard - at, " %.*s", (int)len, (const char *)data);
}

static void client_connecting(oxws_loop *loop, oxws_connection connection,
                              oxws_connecting *connecting, void *user) {
    struct seen *seen = user;
    char token[32];
    (void)loop;
    CHECK_NUMBER(connection, seen->client);
    snprintf(token, sizeof token, "token-%d", ++seen->connectings);
    CHECK_OK(oxws_connecting_set_header(connecting, "X-Token", token));
}

static void client_open(oxws_loop *loop, oxws_connection connection, void *user) {
    struct seen *seen = user;
    char text[32];
    CHECK_NUMBER(connection, seen->client);
    snprintf(text, sizeof text, "subscribe-%d", ++seen->opens);
    CHECK_OK(oxws_send(loop, connection, OXWS_MESSAGE_TEXT, text, strlen(text)));
}

static void client_disconnect(oxws_loop *loop, oxws_connection connection,
                              const oxws_close_info *info, uint32_t delay_ms, void *user) {
    struct seen *seen = user;
    CHECK_NUMBER(connection, seen->client);
    CHECK_NUMBER(state_of(seen), OXWS_STATE_WAITING);
    seen->disconnects++;
    seen->delay_ms = delay_ms;
    seen->reason = oxws_close_info_status(info);
    seen->http_status = oxws_close_info_http_status(info);
    if (seen->closes_when_told) CHECK_OK(oxws_close(loop, connection, OXWS_CLOSE_NORMAL, NULL));
}

static void client_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                         void *user) {
    struct seen *seen = user;
    (void)loop;
    CHECK_NUMBER(connection, seen->client);
    seen->closes++;
    seen->status = oxws_close_info_status(info);
    seen->stage = oxws_close_info_stage(info);
}

static void begin(struct seen *seen, int listens) {
    memset(seen, 0, sizeof *seen);
    seen->loop = oxws_test_loop_new();
    CHECK_OK(oxws_test_set_masking_key(seen->loop, key));
    seen->server_config = oxws_config_new();
    CHECK_OK(oxws_config_user(seen->server_config, seen));
    CHECK_OK(oxws_config_on_request(seen->server_config, server_request));
    CHECK_OK(oxws_config_on_open(seen->server_config, server_open));
    CHECK_OK(oxws_config_on_message(seen->server_config, server_message));
    seen->client_config = oxws_config_new();
    CHECK_OK(oxws_config_user(seen->client_config, seen));
    CHECK_OK(oxws_config_reconnect(seen->client_config, 1));
    CHECK_OK(oxws_config_on_connecting(seen->client_config, client_connecting));
    CHECK_OK(oxws_config_on_open(seen->client_config, client_open));
    CHECK_OK(oxws_config_on_disconnect(seen->client_config, client_disconnect));
    CHECK_OK(oxws_config_on_close(seen->client_config, client_close));
    if (listens) {
        CHECK_OK(oxws_listen(seen->loop, "ws://a.example/", seen->server_config, NULL));
    }
}

static void dial(struct seen *seen) {
    CHECK_OK(oxws_connect(seen->loop, "ws://a.example/", seen->client_config, &seen->client));
}

static void end(struct seen *seen) {
    oxws_config_free(seen->server_config);
    oxws_config_free(seen->client_config);
    CHECK_OK(oxws_loop_free(seen->loop));
}

static void lost_and_back(void) {
    struct seen seen;
    begin(&seen, 1);
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_NUMBER(seen.opens, 1);
    CHECK_OK(oxws_test_break(seen.loop, seen.server, ECONNRESET));
    CHECK_OK(oxws_test_advance_ms(seen.loop, FIRST_MS - 1));
    CHECK_NUMBER(seen.disconnects, 1);
    CHECK_NUMBER(seen.delay_ms, FIRST_MS);
    CHECK_NUMBER(seen.reason, OXWS_ERROR_CONNECTION_RESET);
    CHECK_NUMBER(state_of(&seen), OXWS_STATE_WAITING);
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN,
                 oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "lost", 4));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_NUMBER(seen.opens, 2);
    CHECK_NUMBER(seen.connectings, 2);
    CHECK_NUMBER(state_of(&seen), OXWS_STATE_OPEN);
    CHECK(strcmp(seen.heard, " subscribe-1 subscribe-2") == 0);
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_close(seen.loop, seen.client, OXWS_CLOSE_NORMAL, NULL));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 5000));
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.status, OXWS_OK);
    end(&seen);
}

static void messages_that_wait(void) {
    struct seen seen;
    begin(&seen, 1);
    CHECK_OK(oxws_config_reconnect_queue_bytes(seen.client_config, 8));
    dial(&seen);
    CHECK_OK(oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "one", 3));
    CHECK_OK(oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "two-two", 7));
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED,
                 oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "three", 5));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "\xff", 1));
    CHECK_STATUS(OXWS_ERROR_NOT_OPEN, oxws_ping(seen.loop, seen.client, "x", 1));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK(strcmp(seen.heard, " subscribe-1 one two-two") == 0);
    CHECK_OK(oxws_test_break(seen.loop, seen.server, ECONNRESET));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_OK(oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "again", 5));
    CHECK_OK(oxws_test_advance_ms(seen.loop, FIRST_MS));
    CHECK(strcmp(seen.heard, " subscribe-1 one two-two subscribe-2 again") == 0);
    CHECK_OK(oxws_abort(seen.loop, seen.client));
    CHECK_STATUS(OXWS_ERROR_CLOSED,
                 oxws_send(seen.loop, seen.client, OXWS_MESSAGE_TEXT, "late", 4));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_NUMBER(seen.status, OXWS_ERROR_CANCELLED);
    end(&seen);
}

/* Nobody listens: all attempts fail, the last of them for good. */
static void given_up(int by_time) {
    struct seen seen;
    begin(&seen, 0);
    if (by_time) {
        CHECK_OK(oxws_config_reconnect_timeout_ms(seen.client_config, FIRST_MS + SECOND_MS));
    } else {
        CHECK_OK(oxws_config_reconnect_attempts(seen.client_config, 2));
    }
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, FIRST_MS + SECOND_MS - 1));
    CHECK_NUMBER(seen.disconnects, 2);
    CHECK_NUMBER(seen.delay_ms, SECOND_MS);
    CHECK_NUMBER(seen.closes, 0);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
    CHECK_NUMBER(seen.disconnects, 2);
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.status, OXWS_ERROR_CONNECT_FAILED);
    CHECK_NUMBER(now_ms(&seen), FIRST_MS + SECOND_MS);
    end(&seen);
}

static void closed_when_told(void) {
    struct seen seen;
    begin(&seen, 0);
    seen.closes_when_told = 1;
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 100000));
    CHECK_NUMBER(seen.disconnects, 1);
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.status, OXWS_ERROR_CANCELLED);
    CHECK_NUMBER(seen.stage, OXWS_STAGE_WAITING);
    end(&seen);
}

/* What a refusal says decides: 401 is the end, 503 says for how long. */
static void refusals(void) {
    static const struct {
        uint16_t status;
        const char *retry_after;
        uint32_t delay_ms; /* UINT32_MAX: never */
    } rows[] = {
        {401, NULL, UINT32_MAX},       {403, NULL, UINT32_MAX}, {404, "5", UINT32_MAX},
        {503, NULL, FIRST_MS},         {503, "5", 5000 + FIRST_MS}, {429, "100", 60000},
        {503, "99999999999", 60000},   {503, "soon", FIRST_MS},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen;
        begin(&seen, 1);
        seen.refuse_with = rows[i].status;
        seen.retry_after = rows[i].retry_after;
        dial(&seen);
        CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
        if (rows[i].delay_ms == UINT32_MAX) {
            CHECK_NUMBER(seen.disconnects, 0);
            CHECK_NUMBER(seen.closes, 1);
        } else {
            CHECK_NUMBER(seen.delay_ms, rows[i].delay_ms);
            CHECK_NUMBER(seen.http_status, rows[i].status);
            seen.refuse_with = 0;
            CHECK_OK(oxws_test_advance_ms(seen.loop, rows[i].delay_ms - 1));
            CHECK_NUMBER(seen.opens, 0);
            CHECK_OK(oxws_test_advance_ms(seen.loop, 1));
            CHECK_NUMBER(seen.opens, 1);
        }
        end(&seen);
    }
}

/* A shutdown is the end of those that wait, and of those whose server goes away meanwhile. */
static void shut_down(void) {
    struct seen seen;
    begin(&seen, 0);
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_NUMBER(state_of(&seen), OXWS_STATE_WAITING);
    CHECK_OK(oxws_loop_shutdown(seen.loop, OXWS_CLOSE_GOING_AWAY, NULL));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_NUMBER(seen.closes, 1);
    end(&seen);

    begin(&seen, 1);
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, 0));
    CHECK_OK(oxws_loop_shutdown(seen.loop, OXWS_CLOSE_GOING_AWAY, NULL));
    CHECK_OK(oxws_test_advance_ms(seen.loop, 60000));
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.disconnects, 0);
    end(&seen);
}

/* Freed while it waits. */
static void freed(void) {
    struct seen seen;
    begin(&seen, 0);
    dial(&seen);
    CHECK_OK(oxws_test_advance_ms(seen.loop, FIRST_MS + SECOND_MS));
    CHECK_NUMBER(seen.delay_ms, THIRD_MS);
    CHECK_OK(oxws_loop_free(seen.loop));
    CHECK_NUMBER(seen.closes, 1);
    CHECK_NUMBER(seen.status, OXWS_ERROR_LOOP_FREED);
    oxws_config_free(seen.server_config);
    oxws_config_free(seen.client_config);
}

int main(void) {
    check_begin();
    lost_and_back();
    messages_that_wait();
    given_up(0);
    given_up(1);
    closed_when_told();
    refusals();
    shut_down();
    freed();
    return check_end();
}
