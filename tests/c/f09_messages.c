/*
 * F9: messages in parts, in pieces, lent or followed, with every bad argument in turn. Nothing is sent,
 * and nobody is called back.
 */
#include "check.h"

static oxws_loop *loop;
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
static void on_release(const void *data, size_t len, void *context) {
    (void)data, (void)len, (void)context;
    calls++;
}
static void on_chunk(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                     const uint8_t *data, size_t len, uint32_t flags, void *user) {
    (void)l, (void)connection, (void)type, (void)data, (void)len, (void)flags, (void)user;
}

static const char not_utf8[] = "a\xff";

static void parts(void) {
    const void *some[2] = {"ab", NULL}, *none[1] = {NULL}, *bad[1] = {not_utf8};
    const size_t lens[2] = {2, 0}, one[1] = {1}, two[1] = {2}, huge[1] = {SIZE_MAX};

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_vectored(NULL, client, 2, some, lens, 2));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_vectored(loop, 0, 2, some, lens, 2));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_vectored(loop, UINT64_MAX, 2, some, lens, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_vectored(loop, client, 0, some, lens, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_vectored(loop, client, 8, some, lens, 2));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_vectored(loop, client, 2, NULL, lens, 2));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_vectored(loop, client, 2, some, NULL, 2));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_vectored(loop, client, 2, none, one, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_vectored(loop, client, 2, some, huge, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_vectored(loop, client, 2, some, lens, SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_send_vectored(loop, client, 1, bad, two, 1));
}

static void lent_and_followed(void) {
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_with(NULL, client, 2, "a", 1, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_with(loop, 0, 2, "a", 1, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_with(loop, client, 3, "a", 1, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_with(loop, client, 2, "a", 1, 3, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_with(loop, client, 2, "a", 1, UINT32_MAX, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_with(loop, client, 2, NULL, 1, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_with(loop, client, 2, "a", SIZE_MAX, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_send_with(loop, client, 1, not_utf8, 2, 0, on_sent, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_borrowed(NULL, client, 2, "a", 1, 0, on_release, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_send_borrowed(loop, 0, 2, "a", 1, 0, on_release, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_borrowed(loop, client, -1, "a", 1, 0, on_release, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_borrowed(loop, client, 2, "a", 1, 4, on_release, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_borrowed(loop, client, 2, NULL, 1, 0, on_release, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_send_borrowed(loop, client, 2, "a", 1, 0, NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_send_borrowed(loop, client, 1, not_utf8, 2, 0, on_release, NULL));
}

static void pieces(void) {
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_begin(NULL, client, 2, 0));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_begin(loop, 0, 2, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_begin(loop, client, 0, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_begin(loop, client, 2, 4));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_append(NULL, client, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_append(loop, 0, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_append(loop, client, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_send_append(loop, client, "a", SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send_append(loop, client, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_end(NULL, client, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_send_end(loop, 0, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_send_end(loop, client, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send_end(loop, client, "a", 1));
}

static void pongs(void) {
    unsigned char bytes[126] = {0};

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_pong(NULL, client, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_pong(loop, 0, "a", 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_pong(loop, client, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_pong(loop, client, bytes, 126));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_pong(loop, client, bytes, SIZE_MAX));
}

static void configs(oxws_config *config) {
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_chunk(NULL, on_chunk));
    CHECK_OK(oxws_config_on_chunk(config, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_auto_pong(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_auto_pong(config, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_auto_pong(config, -1));
}

int main(void) {
    oxws_config *of_server, *of_client;
    char url[64];
    int i;

    check_begin();
    of_server = check_config();
    of_client = check_config();
    loop = oxws_loop_new();
    configs(of_server);
    CHECK_OK(oxws_config_on_open(of_server, on_open));
    CHECK_OK(oxws_config_on_open(of_client, on_open));
    CHECK_OK(oxws_config_on_message(of_server, on_message));
    CHECK_OK(oxws_config_user(of_server, &server));
    CHECK_OK(oxws_config_user(of_client, &client));
    check_listen(loop, of_server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, of_client, NULL));
    RUN_UNTIL(loop, opens == 2);
    parts();
    lent_and_followed();
    pieces();
    pongs();
    for (i = 0; i < 5; i++) CHECK_OK(oxws_loop_poll(loop, 1));
    CHECK_NUMBER(calls, 0);
    CHECK_NUMBER(messages, 0);
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_BINARY, "a", 1));
    RUN_UNTIL(loop, messages == 1);
    oxws_config_free(of_server);
    oxws_config_free(of_client);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
