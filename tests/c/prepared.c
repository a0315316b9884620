/*
 * Messages that are prepared, as a program in C sees them: made once, sent by both roles, followed until
 * the system has them, sent to everybody, refused where a queue is full, shared by threads and loops.
 */
#include "check.h"

#define PEERS 5
#define THREADS 3
#define EACH 200

static oxws_loop *loop;
static oxws_listener listener;
static oxws_connection servers[64], clients[64];
static int server_count, client_count, closes, writables, told, told_well;
static size_t received[64];
static const uint8_t *wanted;
static size_t wanted_len;
static oxws_message_type wanted_type;

static int place_of(const oxws_connection *list, int count, oxws_connection id) {
    int i;
    for (i = 0; i < count; i++) {
        if (list[i] == id) return i;
    }
    CHECK(!"known");
    return 0;
}

static void on_server_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l, (void)user;
    servers[server_count++] = connection;
}
static void on_client_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l, (void)user;
    clients[client_count++] = connection;
}
static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l;
    CHECK(type == wanted_type && len == wanted_len && memcmp(data, wanted, len) == 0);
    received[user == NULL ? 0 : place_of(clients, client_count, connection)]++;
}
static void on_close(oxws_loop *l, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)l, (void)connection, (void)info, (void)user;
    closes++;
}
static void on_writable(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l, (void)connection, (void)user;
    writables++;
}
static void on_sent(oxws_loop *l, oxws_connection connection, oxws_status status, void *context) {
    (void)l;
    CHECK(connection == *(oxws_connection *)context);
    told++;
    if (status == OXWS_OK) told_well++;
}

static void begin(int peers, int deflate) {
    oxws_config *of_server = check_config(), *of_client = check_config();
    char url[64];
    int i;
    server_count = client_count = closes = writables = told = told_well = 0;
    memset(received, 0, sizeof received);
    CHECK_OK(oxws_config_on_open(of_server, on_server_open));
    CHECK_OK(oxws_config_on_open(of_client, on_client_open));
    CHECK_OK(oxws_config_on_message(of_server, on_message));
    CHECK_OK(oxws_config_on_message(of_client, on_message));
    CHECK_OK(oxws_config_on_close(of_server, on_close));
    CHECK_OK(oxws_config_on_writable(of_server, on_writable));
    CHECK_OK(oxws_config_max_queued_bytes(of_server, 100000));
    CHECK_OK(oxws_config_user(of_client, clients));
    CHECK_OK(oxws_config_deflate(of_server, deflate));
    CHECK_OK(oxws_config_deflate(of_client, deflate));
    loop = oxws_loop_new();
    listener = check_listen(loop, of_server, url, sizeof url);
    for (i = 0; i < peers; i++) {
        CHECK_OK(oxws_connect(loop, url, of_client, NULL));
        RUN_UNTIL(loop, server_count == i + 1 && client_count == i + 1);
    }
    oxws_config_free(of_server);
    oxws_config_free(of_client);
}

static oxws_prepared *prepare(oxws_message_type type, const void *data, size_t len) {
    oxws_prepared *prepared = NULL;
    CHECK_OK(oxws_prepared_new((int32_t)type, data, len, 0, &prepared));
    wanted_len = 77;
    wanted = oxws_prepared_data(prepared, &wanted_len);
    wanted_type = oxws_prepared_type(prepared);
    CHECK(wanted != NULL && wanted_len == len && wanted_type == type);
    CHECK(memcmp(wanted, data, len) == 0 && (const void *)wanted != data);
    return prepared;
}

static void both_roles_send_it_and_tell(void) {
    oxws_prepared *prepared = prepare(OXWS_MESSAGE_TEXT, "h\xc3\xa9llo", 6), *other;
    begin(1, 0);
    other = oxws_prepared_ref(prepared);
    CHECK(other != NULL && oxws_prepared_data(other, NULL) == wanted);
    CHECK_OK(oxws_send_prepared(loop, servers[0], prepared, on_sent, &servers[0]));
    CHECK_OK(oxws_send_prepared(loop, servers[0], prepared, NULL, NULL));
    oxws_prepared_free(prepared);
    RUN_UNTIL(loop, received[0] == 2 && told == 1);
    CHECK_OK(oxws_send_prepared(loop, clients[0], other, on_sent, &clients[0]));
    RUN_UNTIL(loop, received[0] == 3 && told == 2);
    CHECK_NUMBER(told_well, 2);
    oxws_prepared_free(other);
    CHECK_OK(oxws_loop_free(loop));
}

static void everybody_gets_it(int deflate) {
    char text[3000];
    oxws_prepared *prepared;
    size_t sent = 77, refused = 77;
    int i;
    memset(text, 'x', sizeof text);
    prepared = prepare(OXWS_MESSAGE_TEXT, text, sizeof text);
    begin(PEERS, deflate);
    CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, servers[2], &sent, NULL, 0, &refused));
    CHECK(sent == PEERS - 1 && refused == 0);
    CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, 0, NULL, NULL, 0, NULL));
    RUN_UNTIL(loop, received[0] + received[1] + received[2] + received[3] + received[4] == 9);
    for (i = 0; i < PEERS; i++) CHECK_NUMBER(received[i], i == 2 ? 1 : 2);
    /* Clients of the loop are connections of it too. */
    CHECK_OK(oxws_loop_broadcast(loop, prepared, 0, 0, &sent, NULL, 0, &refused));
    CHECK(sent == 2 * PEERS && refused == 0);
    oxws_prepared_free(prepared);
    CHECK_OK(oxws_loop_free(loop));
}

/* A peer that does not read is passed over once its queue is full, and told of. */
static void who_is_full_is_passed_over(void) {
    static unsigned char large[60000];
    oxws_prepared *prepared = prepare(OXWS_MESSAGE_BINARY, large, sizeof large);
    oxws_connection ids[2] = {77, 77};
    size_t sent = 77, refused = 0, total = 0, queued = 0;
    int rounds = 0;
    begin(2, 0);
    CHECK_OK(oxws_pause_reading(loop, clients[1]));
    while (refused == 0 && rounds++ < 1000) {
        CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, 0, &sent, ids, 2, &refused));
        total += sent;
        CHECK_OK(oxws_loop_poll(loop, 0));
        RUN_UNTIL(loop, received[0] == (size_t)rounds);
    }
    CHECK(sent == 1 && refused == 1 && ids[0] == servers[1] && ids[1] == 77);
    CHECK_OK(oxws_get_queued_bytes(loop, servers[1], &queued));
    CHECK(queued >= 100000 && queued < 100000 + sizeof large + 10);
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED,
                 oxws_send_prepared(loop, servers[1], prepared, on_sent, &servers[1]));
    CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, servers[0], NULL, NULL, 0, &refused));
    CHECK_NUMBER(refused, 1);
    CHECK_NUMBER(writables, 0);
    CHECK_OK(oxws_resume_reading(loop, clients[1]));
    RUN_UNTIL(loop, received[0] + received[1] == total && writables == 1);
    CHECK_NUMBER(told, 0);
    oxws_prepared_free(prepared);
    CHECK_OK(oxws_loop_free(loop));
}

/* Frees the handle while its bytes wait, and then ends the connections and the loop. */
static void what_waits_outlives_the_handle(void) {
    static unsigned char large[90000];
    oxws_prepared *prepared = prepare(OXWS_MESSAGE_BINARY, large, sizeof large);
    size_t queued = 0;
    begin(1, 0);
    CHECK_OK(oxws_pause_reading(loop, clients[0]));
    while (queued < 100000) {
        CHECK_OK(oxws_send_prepared(loop, servers[0], prepared, on_sent, &servers[0]));
        CHECK_OK(oxws_get_queued_bytes(loop, servers[0], &queued));
    }
    oxws_prepared_free(prepared);
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK(told > 0 && told_well == told);
    CHECK_OK(oxws_loop_free(loop));
    CHECK(told > told_well && closes == 1);
}

static oxws_prepared *shared;

static void *send_often(void *nothing) {
    oxws_prepared *own = oxws_prepared_ref(shared);
    int i;
    for (i = 0; i < EACH; i++) {
        oxws_status status;
        do {
            status = i % 2 == 0 ? oxws_loop_broadcast(loop, own, listener, 0, NULL, NULL, 0, NULL)
                                : oxws_send_prepared(loop, servers[1], shared, on_sent, &servers[1]);
        } while (status == OXWS_ERROR_WOULD_EXCEED);
        CHECK_OK(status);
    }
    oxws_prepared_free(own);
    return nothing;
}

static void threads_share_it(void) {
    char text[2000];
    pthread_t threads[THREADS];
    int i;
    memset(text, 'y', sizeof text);
    shared = prepare(OXWS_MESSAGE_TEXT, text, sizeof text);
    begin(2, 1);
    for (i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, send_often, NULL) == 0);
    RUN_UNTIL(loop, received[0] == THREADS * EACH / 2 && received[1] == THREADS * EACH &&
                        told == THREADS * EACH / 2);
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    CHECK_NUMBER(told_well, THREADS * EACH / 2);
    oxws_prepared_free(shared);
    CHECK_OK(oxws_loop_free(loop));
}

static void an_empty_one_is_a_message_too(void) {
    oxws_prepared *prepared = prepare(OXWS_MESSAGE_BINARY, "", 0);
    begin(1, 1);
    CHECK_OK(oxws_loop_broadcast(loop, prepared, listener, 0, NULL, NULL, 0, NULL));
    RUN_UNTIL(loop, received[0] == 1);
    oxws_prepared_free(prepared);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    both_roles_send_it_and_tell();
    everybody_gets_it(0);
    everybody_gets_it(1);
    who_is_full_is_passed_over();
    what_waits_outlives_the_handle();
    threads_share_it();
    an_empty_one_is_a_message_too();
    return check_end();
}
