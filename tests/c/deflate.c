/*
 * Compression as a program in C sees it: agreed on, asked for, by size or by flag, in chunks, within
 * limits.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_connection client, server;
static int opens, closes;
static oxws_status end_of[2];
static unsigned char received[4 << 20];
static size_t received_len, messages, chunks;

static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l;
    opens++;
    *(oxws_connection *)user = connection;
}

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)connection, (void)type, (void)user;
    CHECK(len <= sizeof received);
    memcpy(received, data, len);
    received_len = len;
    messages++;
}

static void on_chunk(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                     const uint8_t *data, size_t len, uint32_t flags, void *user) {
    (void)l, (void)connection, (void)type, (void)user;
    if ((flags & OXWS_CHUNK_FIRST) != 0) received_len = 0;
    CHECK(received_len + len <= sizeof received && len <= 512 << 10);
    memcpy(received + received_len, data, len);
    received_len += len;
    chunks++;
    if ((flags & OXWS_CHUNK_LAST) != 0) messages++;
}

static void on_close(oxws_loop *l, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)l, (void)connection;
    closes++;
    end_of[user == &client] = oxws_close_info_status(info);
}

static oxws_config *config_of(oxws_connection *id, int32_t takeover) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_max_message_bytes(config, 4 << 20));
    CHECK_OK(oxws_config_deflate(config, 1));
    CHECK_OK(oxws_config_deflate_takeover(config, takeover, takeover));
    CHECK_OK(oxws_config_user(config, id));
    return config;
}

static void join(oxws_config *of_server, oxws_config *of_client) {
    char url[64];
    loop = oxws_loop_new();
    opens = closes = 0;
    received_len = messages = chunks = 0;
    check_listen(loop, of_server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, of_client, NULL));
    oxws_config_free(of_server);
    oxws_config_free(of_client);
    RUN_UNTIL(loop, opens == 2);
}

static char *text(size_t len) {
    char *text = malloc(len + 40);
    size_t at = 0, number = 0;
    while (at < len) at += (size_t)sprintf(text + at, "{\"id\":%zu,\"ok\":true},", number++ % 1000);
    return text;
}

static void exchange(oxws_connection from, const char *data, size_t len, uint32_t flags) {
    size_t before = messages;
    CHECK_OK(oxws_send_with(loop, from, OXWS_MESSAGE_TEXT, data, len, flags, NULL, NULL));
    RUN_UNTIL(loop, messages == before + 1);
    CHECK(received_len == len && memcmp(received, data, len) == 0);
}

static void what_is_agreed_on_can_be_asked(int32_t takeover) {
    oxws_config *of_server = config_of(&server, takeover), *of_client = config_of(&client, takeover);
    int32_t agreed = 0, own = 7, peer = 7;
    uint32_t own_bits = 0, peer_bits = 0;
    char *data = text(200000);
    int i;

    CHECK_OK(oxws_config_deflate_window_bits(of_server, 10, 9));
    join(of_server, of_client);
    CHECK_OK(oxws_get_deflate(loop, server, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK(agreed == 1 && own == takeover && peer == takeover && own_bits == 10 && peer_bits == 9);
    CHECK_OK(oxws_get_deflate(loop, client, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK(agreed == 1 && own == takeover && peer == takeover && own_bits == 9 && peer_bits == 10);
    for (i = 0; i < 10; i++) {
        exchange(client, data, 200000, 0);
        exchange(server, data, 200000, OXWS_SEND_SKIP_COMPRESSION);
        exchange(server, data, 10, OXWS_SEND_FORCE_COMPRESSION);
        exchange(client, data, 10, 0);
        exchange(client, data, 0, 0);
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_send_with(loop, client, OXWS_MESSAGE_TEXT, "x", 1,
                                OXWS_SEND_SKIP_COMPRESSION | OXWS_SEND_FORCE_COMPRESSION, NULL, NULL));
    free(data);
    CHECK_OK(oxws_loop_free(loop));
}

static void pieces_parts_and_chunks(void) {
    oxws_config *of_server = config_of(&server, 1), *of_client = config_of(&client, 1);
    char *data = text(3 << 20);
    const void *parts[3] = {data, data + 1000, data + 5000};
    const size_t lens[3] = {1000, 4000, 100000};

    CHECK_OK(oxws_config_on_chunk(of_server, on_chunk));
    join(of_server, of_client);
    CHECK_OK(oxws_send_vectored(loop, client, OXWS_MESSAGE_TEXT, parts, lens, 3));
    RUN_UNTIL(loop, messages == 1);
    CHECK(received_len == 105000 && memcmp(received, data, 105000) == 0);
    CHECK_OK(oxws_send_begin(loop, client, OXWS_MESSAGE_TEXT, 0));
    CHECK_OK(oxws_send_append(loop, client, data, 1 << 20));
    CHECK_OK(oxws_send_append(loop, client, data + (1 << 20), 1 << 20));
    CHECK_OK(oxws_send_end(loop, client, data + (2 << 20), 1 << 20));
    chunks = 0;
    RUN_UNTIL(loop, messages == 2);
    CHECK(received_len == 3 << 20 && memcmp(received, data, 3 << 20) == 0);
    CHECK(chunks > 10);
    free(data);
    CHECK_OK(oxws_loop_free(loop));
}

static void a_message_that_inflates_too_far_ends_the_connection(void) {
    oxws_config *of_server = config_of(&server, 0), *of_client = config_of(&client, 0);
    char *data = calloc(1, 2 << 20);

    CHECK_OK(oxws_config_max_message_bytes(of_server, 1 << 20));
    join(of_server, of_client);
    exchange(client, data, 1 << 20, 0);
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_BINARY, data, (1 << 20) + 1));
    RUN_UNTIL(loop, closes == 2);
    CHECK_STATUS(OXWS_ERROR_MESSAGE_TOO_BIG, end_of[0]);
    free(data);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    what_is_agreed_on_can_be_asked(0);
    what_is_agreed_on_can_be_asked(1);
    pieces_parts_and_chunks();
    a_message_that_inflates_too_far_ends_the_connection();
    return check_end();
}
