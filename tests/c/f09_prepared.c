/*
 * F9: messages that are prepared, with every bad argument in turn. Nothing is made, nothing is sent, and
 * outputs stay as they were.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_listener listener;
static oxws_connection server, client;
static int opens, calls, messages;

static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l;
    opens++;
    *(oxws_connection *)user = connection;
}
static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)connection, (void)type, (void)data, (void)len, (void)user;
    messages++;
}
static void on_sent(oxws_loop *l, oxws_connection connection, oxws_status status, void *context) {
    (void)l, (void)connection, (void)status, (void)context;
    calls++;
}

static const char not_utf8[] = "a\xff";

static void making(void) {
    oxws_prepared *const untouched = (oxws_prepared *)(void *)&calls, *made = untouched;
    size_t len = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_prepared_new(2, "a", 1, 0, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_prepared_new(2, NULL, 1, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(2, "a", SIZE_MAX, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(0, "a", 1, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(3, "a", 1, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(-1, "a", 1, 0, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(2, "a", 1, 3, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(2, "a", 1, 4, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_prepared_new(2, "a", 1, UINT32_MAX, &made));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_prepared_new(1, not_utf8, 2, 0, &made));
    CHECK(made == untouched);
    CHECK(oxws_prepared_ref(NULL) == NULL);
    CHECK_NUMBER(oxws_prepared_type(NULL), OXWS_MESSAGE_BINARY);
    CHECK(oxws_prepared_data(NULL, NULL) == NULL);
    CHECK(oxws_prepared_data(NULL, &len) == NULL);
    CHECK_NUMBER(len, 0);
    oxws_prepared_free(NULL);
}

static void *elsewhere(void *prepared) {
    oxws_connection id = 77;
    size_t count = 77;
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD,
                 oxws_loop_broadcast(loop, prepared, 0, 0, &count, NULL, 0, NULL));
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD,
                 oxws_loop_broadcast(loop, prepared, 0, 0, NULL, &id, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD,
                 oxws_loop_broadcast(loop, prepared, 0, 0, NULL, NULL, 0, &count));
    CHECK(id == 77 && count == 77);
    return NULL;
}

static void sending(oxws_prepared *prepared) {
    oxws_connection id = 77;
    size_t sent = 77, refused = 77;
    pthread_t thread;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_prepared(NULL, server, prepared, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_prepared(loop, server, NULL, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_prepared(loop, 0, prepared, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_prepared(loop, 0, prepared, NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_send_prepared(loop, UINT64_MAX, prepared, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_prepared(loop, listener, prepared, NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_loop_broadcast(NULL, prepared, 0, 0, &sent, &id, 1, &refused));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_loop_broadcast(loop, NULL, 0, 0, &sent, &id, 1, &refused));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_loop_broadcast(loop, prepared, 0, 0, &sent, NULL, 1, &refused));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_loop_broadcast(loop, prepared, server, 0, &sent, &id, 1, &refused));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_loop_broadcast(loop, prepared, UINT64_MAX, 0, &sent, &id, 1, &refused));
    CHECK(id == 77 && sent == 77 && refused == 77);
    CHECK(pthread_create(&thread, NULL, elsewhere, prepared) == 0);
    pthread_join(thread, NULL);
    /* Nobody is left: neither side is of a listener, but for one that is not meant. */
    CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, server, &sent, &id, 1, &refused));
    CHECK(id == 77 && sent == 0 && refused == 0);
}

int main(void) {
    oxws_config *of_server, *of_client;
    oxws_prepared *prepared = NULL;
    char url[64];
    int i;

    check_begin();
    of_server = check_config(), of_client = check_config();
    CHECK_OK(oxws_config_on_open(of_server, on_open));
    CHECK_OK(oxws_config_on_open(of_client, on_open));
    CHECK_OK(oxws_config_on_message(of_server, on_message));
    CHECK_OK(oxws_config_on_message(of_client, on_message));
    CHECK_OK(oxws_config_user(of_server, &server));
    CHECK_OK(oxws_config_user(of_client, &client));
    loop = oxws_loop_new();
    listener = check_listen(loop, of_server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, of_client, NULL));
    oxws_config_free(of_server);
    oxws_config_free(of_client);
    RUN_UNTIL(loop, opens == 2);

    CHECK_OK(oxws_prepared_new(OXWS_MESSAGE_TEXT, "a", 1, 0, &prepared));
    making();
    sending(prepared);
    for (i = 0; i < 5; i++) CHECK_OK(oxws_loop_poll(loop, 1));
    CHECK_NUMBER(messages, 0);
    CHECK_NUMBER(calls, 0);
    oxws_prepared_free(prepared);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
