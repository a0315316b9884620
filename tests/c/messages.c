/*
 * Messages beyond oxws_send, as a program in C sees them: in parts, in pieces, lent, followed until the
 * system has them; received piece by piece; pings that the program answers itself.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_connection client, server;
static int opens, closes;

/* What the peer has received: each message, or each chunk with its flags. */
static unsigned char received[4 << 20];
static size_t received_len, message_count;
static uint32_t chunk_flags[4096];
static size_t chunk_count;
static oxws_message_type last_type;

/* Completions and releases, in their order. */
static int told[64];
static oxws_status told_status[64];
static int told_count, releases;
static void (*at_close)(void);
static const void *released_data;
static size_t released_len;

static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l;
    opens++;
    *(oxws_connection *)user = connection;
}

static void on_close(oxws_loop *l, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)l, (void)connection, (void)info, (void)user;
    closes++;
    told[told_count++] = -1;
    if (at_close != NULL) at_close();
}

static void keep(const uint8_t *data, size_t len) {
    CHECK(received_len + len <= sizeof received);
    memcpy(received + received_len, data, len);
    received_len += len;
}

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)connection, (void)user;
    keep(data, len);
    last_type = type;
    message_count++;
}

static void on_chunk(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                     const uint8_t *data, size_t len, uint32_t flags, void *user) {
    (void)l, (void)connection, (void)user;
    CHECK(data != NULL);
    keep(data, len);
    last_type = type;
    if (chunk_count < sizeof chunk_flags / sizeof *chunk_flags) chunk_flags[chunk_count] = flags;
    chunk_count++;
    if ((flags & OXWS_CHUNK_LAST) != 0) message_count++;
}

static void on_sent(oxws_loop *l, oxws_connection connection, oxws_status status, void *context) {
    (void)l, (void)connection;
    told_status[told_count] = status;
    told[told_count++] = *(int *)context;
}

static void on_release(const void *data, size_t len, void *context) {
    released_data = data;
    released_len = len;
    releases++;
    ++*(int *)context;
}

static oxws_config *config_of(oxws_connection *id) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_max_message_bytes(config, 4 << 20));
    CHECK_OK(oxws_config_user(config, id));
    return config;
}

/* A loop with one connection; the side that receives may have chunks. */
static void begin(int chunks, int client_receives) {
    oxws_config *of_server = config_of(&server), *of_client = config_of(&client);
    char url[64];
    loop = oxws_loop_new();
    opens = closes = told_count = releases = 0;
    received_len = message_count = chunk_count = 0;
    if (chunks) {
        CHECK_OK(oxws_config_on_chunk(client_receives ? of_client : of_server, on_chunk));
    }
    check_listen(loop, of_server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, of_client, NULL));
    oxws_config_free(of_server);
    oxws_config_free(of_client);
    RUN_UNTIL(loop, opens == 2);
}

static void end(void) {
    CHECK_OK(oxws_loop_free(loop));
    CHECK_NUMBER(closes, 2);
}

static unsigned char *pattern(size_t len) {
    unsigned char *bytes = malloc(len);
    size_t i;
    for (i = 0; i < len; i++) bytes[i] = (unsigned char)(i * 31 % 251);
    return bytes;
}

static void parts_are_one_message(void) {
    const void *parts[40] = {"Hel", NULL, "l", "o"};
    size_t lens[40] = {3, 0, 1, 1};
    unsigned char *large = pattern(40 * 5000);
    size_t i;

    begin(0, 0);
    CHECK_OK(oxws_send_vectored(loop, client, OXWS_MESSAGE_TEXT, parts, lens, 4));
    RUN_UNTIL(loop, message_count == 1);
    CHECK(received_len == 5 && memcmp(received, "Hello", 5) == 0);
    CHECK_NUMBER(last_type, OXWS_MESSAGE_TEXT);
    CHECK_OK(oxws_send_vectored(loop, client, OXWS_MESSAGE_BINARY, NULL, NULL, 0));
    RUN_UNTIL(loop, message_count == 2);
    CHECK_NUMBER(received_len, 5);
    for (i = 0; i < 40; i++) {
        parts[i] = large + i * 5000;
        lens[i] = 5000;
    }
    received_len = 0;
    CHECK_OK(oxws_send_vectored(loop, server, OXWS_MESSAGE_BINARY, parts, lens, 40));
    RUN_UNTIL(loop, message_count == 3);
    CHECK(received_len == 40 * 5000 && memcmp(received, large, received_len) == 0);
    free(large);
    end();
}

static void a_message_in_pieces(void) {
    unsigned char *large = pattern(300000);

    begin(0, 0);
    CHECK_OK(oxws_send_begin(loop, client, OXWS_MESSAGE_BINARY, OXWS_SEND_SKIP_COMPRESSION));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send_begin(loop, client, OXWS_MESSAGE_BINARY, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send(loop, client, OXWS_MESSAGE_BINARY, "x", 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send(loop, client, OXWS_MESSAGE_TEXT, "x", 1));
    CHECK_OK(oxws_ping(loop, client, "p", 1));
    CHECK_OK(oxws_send_append(loop, client, large, 100000));
    CHECK_OK(oxws_send_append(loop, client, NULL, 0));
    CHECK_OK(oxws_send_append(loop, client, large + 100000, 50000));
    CHECK_OK(oxws_send_end(loop, client, large + 150000, 150000));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send_append(loop, client, "x", 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_send_end(loop, client, "x", 1));
    RUN_UNTIL(loop, message_count == 1);
    CHECK(received_len == 300000 && memcmp(received, large, received_len) == 0);
    received_len = 0;
    CHECK_OK(oxws_send_begin(loop, server, OXWS_MESSAGE_TEXT, 0));
    CHECK_OK(oxws_send_append(loop, server, "\xe2\x82", 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_send_end(loop, server, NULL, 0));
    CHECK_OK(oxws_send_end(loop, server, "\xac", 1));
    RUN_UNTIL(loop, message_count == 2);
    CHECK(received_len == 3 && memcmp(received, "\xe2\x82\xac", 3) == 0);
    free(large);
    end();
}

static void chunks_come_as_they_are_received(int client_receives) {
    unsigned char *large = pattern(3 << 20);
    size_t i;
    oxws_connection sender;

    begin(1, client_receives);
    sender = client_receives ? server : client;
    CHECK_OK(oxws_send(loop, sender, OXWS_MESSAGE_TEXT, "whole", 5));
    RUN_UNTIL(loop, message_count == 1);
    CHECK_NUMBER(chunk_count, 1);
    CHECK_NUMBER(chunk_flags[0], OXWS_CHUNK_FIRST | OXWS_CHUNK_LAST);
    CHECK_NUMBER(last_type, OXWS_MESSAGE_TEXT);
    received_len = chunk_count = 0;
    CHECK_OK(oxws_send(loop, sender, OXWS_MESSAGE_BINARY, large, 3 << 20));
    RUN_UNTIL(loop, message_count == 2);
    CHECK(received_len == 3 << 20 && memcmp(received, large, received_len) == 0);
    CHECK_NUMBER(last_type, OXWS_MESSAGE_BINARY);
    CHECK(chunk_count > 1);
    CHECK_NUMBER(chunk_flags[0], OXWS_CHUNK_FIRST);
    for (i = 1; i + 1 < chunk_count; i++) CHECK_NUMBER(chunk_flags[i], 0);
    CHECK_NUMBER(chunk_flags[chunk_count - 1], OXWS_CHUNK_LAST);
    free(large);
    end();
}

static void whoever_sends_is_told(void) {
    static int numbers[] = {0, 1, 2, 3};
    unsigned char *large = pattern(1 << 20);

    begin(0, 0);
    CHECK_OK(oxws_send_with(loop, server, OXWS_MESSAGE_TEXT, "one", 3, 0, on_sent, &numbers[1]));
    CHECK_OK(oxws_send_with(loop, server, OXWS_MESSAGE_BINARY, large, 1 << 20,
                            OXWS_SEND_SKIP_COMPRESSION, on_sent, &numbers[2]));
    CHECK_NUMBER(told_count, 0);
    RUN_UNTIL(loop, told_count == 2 && message_count == 2);
    CHECK(told[0] == 1 && told[1] == 2);
    CHECK_NUMBER(told_status[0], OXWS_OK);
    CHECK_NUMBER(told_status[1], OXWS_OK);
    CHECK(received_len == (1 << 20) + 3 && memcmp(received + 3, large, 1 << 20) == 0);
    CHECK_OK(oxws_send_with(loop, server, OXWS_MESSAGE_TEXT, "two", 3, 0, NULL, NULL));
    RUN_UNTIL(loop, message_count == 3);
    CHECK_NUMBER(told_count, 2);

    /* A peer that does not read: what is not taken is told of before the end. */
    CHECK_OK(oxws_pause_reading(loop, client));
    while (oxws_send(loop, server, OXWS_MESSAGE_BINARY, large, 100000) == OXWS_OK) {}
    told_count = 0;
    RUN_UNTIL(loop, oxws_send_with(loop, server, OXWS_MESSAGE_TEXT, "x", 1, 0, on_sent,
                                   &numbers[3]) == OXWS_ERROR_WOULD_EXCEED);
    told_count = 0;
    CHECK_OK(oxws_abort(loop, server));
    RUN_UNTIL(loop, closes >= 1);
    CHECK(told_count == 1 && told[0] == -1);
    free(large);
    end();
}

static void what_is_lent_is_released(void) {
    unsigned char *large = pattern(1 << 20);
    int released = 0, i;

    begin(0, 0);
    for (i = 0; i < 2; i++) {
        oxws_connection sender = i == 0 ? server : client;
        received_len = 0;
        CHECK_OK(oxws_send_borrowed(loop, sender, OXWS_MESSAGE_BINARY, large, 1 << 20, 0, on_release,
                                    &released));
        CHECK_OK(oxws_send_borrowed(loop, sender, OXWS_MESSAGE_TEXT, "short", 5, 0, on_release,
                                    &released));
        CHECK_OK(oxws_send_borrowed(loop, sender, OXWS_MESSAGE_TEXT, NULL, 0, 0, on_release,
                                    &released));
        CHECK_NUMBER(released, 3 * i);
        RUN_UNTIL(loop, message_count == 3 * (size_t)(i + 1) && released == 3 * (i + 1));
        CHECK(received_len == (1 << 20) + 5 && memcmp(received, large, 1 << 20) == 0);
        CHECK(memcmp(received + (1 << 20), "short", 5) == 0);
        CHECK(released_data == NULL && released_len == 0);
    }

    /* Freed while it is lent: released in oxws_loop_free, and not used afterwards. */
    CHECK_OK(oxws_pause_reading(loop, client));
    while (oxws_send(loop, server, OXWS_MESSAGE_BINARY, large, 50000) == OXWS_OK) {}
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED,
                 oxws_send_borrowed(loop, server, OXWS_MESSAGE_BINARY, large, 1 << 20, 0, on_release,
                                    &released));
    CHECK_NUMBER(released, 6);
    end();
    CHECK_NUMBER(releases, 6);

    begin(0, 0);
    CHECK_OK(oxws_pause_reading(loop, client));
    released = 0;
    for (i = 0; i < 12; i++) {
        if (oxws_send_borrowed(loop, server, OXWS_MESSAGE_BINARY, large, 1 << 20, 0, on_release,
                               &released) != OXWS_OK) {
            break;
        }
    }
    CHECK(released < i);
    end();
    CHECK_NUMBER(released, i);
    CHECK(released_data == large && released_len == 1 << 20);
    check_poison(large, 1 << 20);
}

/* ---- from another thread ---- */

static int thread_numbers[200];
static unsigned char *thread_bytes;
static int thread_released;

static void *send_from_a_thread(void *unused) {
    int i;
    const void *parts[2] = {"ab", "c"};
    const size_t lens[2] = {2, 1};
    (void)unused;
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_send_begin(loop, client, OXWS_MESSAGE_TEXT, 0));
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_send_append(loop, client, "x", 1));
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_send_end(loop, client, "x", 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_send_with(loop, client, OXWS_MESSAGE_TEXT, "\xff", 1, 0, on_sent, NULL));
    for (i = 0; i < 20; i++) {
        thread_numbers[i] = i;
        CHECK_OK(oxws_send_with(loop, client, OXWS_MESSAGE_TEXT, "abc", 3, 0, on_sent,
                                &thread_numbers[i]));
        CHECK_OK(oxws_send_vectored(loop, client, OXWS_MESSAGE_TEXT, parts, lens, 2));
        CHECK_OK(oxws_send_borrowed(loop, client, OXWS_MESSAGE_BINARY, thread_bytes, 10000, 0,
                                    on_release, &thread_released));
        CHECK_OK(oxws_pong(loop, client, "still here", 10));
    }
    CHECK_OK(oxws_send_with(loop, 77, OXWS_MESSAGE_TEXT, "abc", 3, 0, on_sent, &thread_numbers[0]));
    return NULL;
}

static void threads_send_and_are_told(void) {
    pthread_t thread;
    int i, was_not_found = 0;

    begin(0, 0);
    thread_bytes = pattern(10000);
    thread_released = 0;
    CHECK(pthread_create(&thread, NULL, send_from_a_thread, NULL) == 0);
    RUN_UNTIL(loop, told_count == 21 && thread_released == 20 && message_count == 60);
    CHECK(pthread_join(thread, NULL) == 0);
    for (i = 0; i < told_count; i++) {
        if (told_status[i] == OXWS_ERROR_NOT_FOUND) was_not_found++;
        else CHECK_NUMBER(told_status[i], OXWS_OK);
    }
    CHECK_NUMBER(was_not_found, 1);
    CHECK_NUMBER(received_len, 20 * (3 + 3 + 10000));
    free(thread_bytes);
    end();
}

/* Nothing is accepted that nobody will look at: what is lent by such a send stays the program's. */
static void *ask_too_late(void *unused) {
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED, oxws_send(loop, server, OXWS_MESSAGE_TEXT, "late", 4));
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED,
                 oxws_send_with(loop, server, OXWS_MESSAGE_TEXT, "late", 4, 0, on_sent, told));
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED,
                 oxws_send_borrowed(loop, server, OXWS_MESSAGE_TEXT, "late", 4, 0, on_release,
                                    &releases));
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED, oxws_abort(loop, server));
    return unused;
}

static void let_a_thread_ask(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, ask_too_late, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void what_a_thread_asks_for_in_the_last_callbacks_is_refused(void) {
    begin(0, 0);
    releases = 0;
    at_close = let_a_thread_ask;
    end();
    at_close = NULL;
    CHECK_NUMBER(releases, 0);
    CHECK_NUMBER(told_count, 2); /* the two ends */
}

/* ---- pings that the program answers ---- */

static int pings, pongs;
static uint64_t round_trip;

static void on_ping(oxws_loop *l, oxws_connection connection, const uint8_t *data, size_t len,
                    void *user) {
    (void)user;
    pings++;
    CHECK_OK(oxws_pong(l, connection, data, len));
}

static void on_pong(oxws_loop *l, oxws_connection connection, const uint8_t *data, size_t len,
                    uint64_t round_trip_us, void *user) {
    (void)l, (void)connection, (void)user;
    pongs++;
    round_trip = round_trip_us;
    CHECK(len == 4 && memcmp(data, "ping", 4) == 0);
}

static void the_program_answers_pings(void) {
    oxws_config *of_server = config_of(&server), *of_client = config_of(&client);
    char url[64];

    loop = oxws_loop_new();
    opens = closes = told_count = 0;
    CHECK_OK(oxws_config_auto_pong(of_server, 0));
    CHECK_OK(oxws_config_on_ping(of_server, on_ping));
    CHECK_OK(oxws_config_on_pong(of_client, on_pong));
    check_listen(loop, of_server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, of_client, NULL));
    RUN_UNTIL(loop, opens == 2);
    CHECK_OK(oxws_ping(loop, client, "ping", 4));
    RUN_UNTIL(loop, pongs == 1);
    CHECK_NUMBER(pings, 1);
    CHECK(round_trip != UINT64_MAX);
    CHECK_OK(oxws_pong(loop, server, "ping", 4));
    RUN_UNTIL(loop, pongs == 2);
    CHECK(round_trip == UINT64_MAX);
    oxws_config_free(of_server);
    oxws_config_free(of_client);
    end();
}

int main(void) {
    check_begin();
    parts_are_one_message();
    a_message_in_pieces();
    chunks_come_as_they_are_received(0);
    chunks_come_as_they_are_received(1);
    whoever_sends_is_told();
    what_is_lent_is_released();
    threads_send_and_are_told();
    what_a_thread_asks_for_in_the_last_callbacks_is_refused();
    the_program_answers_pings();
    return check_end();
}
