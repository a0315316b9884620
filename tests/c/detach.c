/*
 * Descriptors that are taken back: between two messages, instead of an answer to a request, and
 * from one loop to another.
 */
#include "check.h"

static int handed = -2, closes, moved;
static oxws_status ended;
static char unread_bytes[64];
static size_t unread_count;
static oxws_loop *other;
static oxws_config *other_config;

static void on_detached(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    (void)loop, (void)id;
    CHECK(context == &handed);
    CHECK_NUMBER(closes, 0); /* the end is told last */
    handed = fd;
    unread_count = unread_len;
    if (unread_len <= sizeof unread_bytes) memcpy(unread_bytes, unread, unread_len);
}

static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)loop, (void)id, (void)user;
    closes++;
    ended = oxws_close_info_status(info);
}

static void on_message(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)type, (void)data, (void)len, (void)user;
    CHECK_OK(oxws_send(loop, id, OXWS_MESSAGE_TEXT, "bye", 3));
    CHECK_OK(oxws_detach(loop, id, on_detached, &handed));
}

static void on_http_request(oxws_loop *loop, oxws_connection id, const oxws_request *request,
                            void *user) {
    (void)request, (void)user;
    CHECK_OK(oxws_detach(loop, id, on_detached, &handed));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_detach(loop, id, on_detached, &handed));
}

static void forget(void) {
    handed = -2;
    closes = 0;
    unread_count = 0;
    ended = OXWS_OK;
}

/* One pair of sockets, one end of it in a loop as an open server. */
static int open_server(oxws_loop *loop, const oxws_config *config, const void *received,
                       size_t len) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK_OK(oxws_adopt_open(loop, pair[1], 2, NULL, received, len, config, NULL));
    close(pair[1]);
    return pair[0];
}

static void between_two_messages(oxws_loop *loop, const oxws_config *config) {
    static const char said[] = "\x81\x80\x01\x02\x03\x04" "and then something else";
    int peer = open_server(loop, config, said, sizeof said - 1);
    unsigned char got[16];
    size_t len = 0;

    forget();
    RUN_UNTIL(loop, closes == 1);
    CHECK_STATUS(OXWS_ERROR_DETACHED, ended);
    CHECK(handed >= 0 && unread_count == sizeof said - 1 - 6);
    CHECK(memcmp(unread_bytes, said + 6, unread_count) == 0);
    CHECK((fcntl(handed, F_GETFD) & FD_CLOEXEC) != 0 && (fcntl(handed, F_GETFL) & O_NONBLOCK) != 0);
    check_raw_send(handed, "raw");
    while (len < 8 && check_raw_read(peer, got, sizeof got, &len) == 0) continue;
    CHECK(len == 8 && memcmp(got, "\x81\x03" "byeraw", 8) == 0);
    close(handed);
    close(peer);
}

static int sent;

static void on_sent(oxws_loop *loop, oxws_connection id, oxws_status status, void *context) {
    (void)loop, (void)id, (void)context;
    CHECK_STATUS(OXWS_OK, status);
    CHECK_NUMBER(handed, -2); /* all that was sent is told of before */
    sent++;
}

static void after_what_was_sent(oxws_loop *loop, const oxws_config *config) {
    oxws_connection id;
    int pair[2];

    forget();
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK_OK(oxws_adopt_open(loop, pair[1], 2, NULL, NULL, 0, config, &id));
    close(pair[1]);
    CHECK_OK(oxws_send_with(loop, id, OXWS_MESSAGE_TEXT, "last", 4, 0, on_sent, NULL));
    CHECK_OK(oxws_detach(loop, id, on_detached, &handed));
    CHECK_OK(oxws_send_with(loop, id, OXWS_MESSAGE_TEXT, "very last", 9, 0, on_sent, NULL));
    CHECK_OK(oxws_send_begin(loop, id, OXWS_MESSAGE_TEXT, 0));
    CHECK_OK(oxws_send_end(loop, id, "!", 1));
    RUN_UNTIL(loop, closes == 1);
    CHECK(handed >= 0 && sent == 2);
    close(handed);
    close(pair[0]);
}

static void instead_of_an_answer(oxws_loop *loop, const oxws_config *config) {
    static const char said[] = "GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                               "Upgrade: other\r\n\r\nbody";
    int pair[2];

    forget();
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK_OK(oxws_adopt_server(loop, pair[1], said, sizeof said - 1, config, NULL));
    close(pair[1]);
    RUN_UNTIL(loop, closes == 1);
    CHECK_STATUS(OXWS_ERROR_DETACHED, ended);
    CHECK(handed >= 0 && unread_count == 4 && memcmp(unread_bytes, "body", 4) == 0);
    close(handed);
    close(pair[0]);
}

/* From one loop to another, in the middle of what the peer says. */
static void on_moved(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                     size_t unread_len, void *context) {
    (void)loop, (void)id, (void)context;
    CHECK(fd >= 0);
    CHECK_OK(oxws_adopt_open(other, fd, 2, NULL, unread, unread_len, other_config, NULL));
    close(fd);
}

static void on_first(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                     const uint8_t *data, size_t len, void *user) {
    (void)type, (void)user;
    CHECK(len == 1 && data[0] == '1');
    CHECK_OK(oxws_detach(loop, id, on_moved, NULL));
}

static void on_others(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                      const uint8_t *data, size_t len, void *user) {
    (void)loop, (void)id, (void)type, (void)user;
    CHECK(len == 1 && data[0] == '2' + moved);
    moved++;
}

static void from_loop_to_loop(oxws_loop *loop) {
    static const char said[] = "\x81\x81\0\0\0\0" "1\x81\x81\0\0\0\0" "2\x81\x81\0\0";
    static const char rest[] = "\0\0" "3";
    oxws_config *first = check_config();
    int peer;

    forget();
    other = oxws_loop_new();
    other_config = check_config();
    CHECK_OK(oxws_config_on_message(first, on_first));
    CHECK_OK(oxws_config_on_close(first, on_close));
    CHECK_OK(oxws_config_on_message(other_config, on_others));
    peer = open_server(loop, first, said, sizeof said - 1);
    RUN_UNTIL(loop, closes == 1);
    RUN_UNTIL(other, moved == 1);
    CHECK(send(peer, rest, sizeof rest - 1, MSG_NOSIGNAL) == sizeof rest - 1);
    RUN_UNTIL(other, moved == 2);
    close(peer);
    oxws_config_free(first);
    oxws_config_free(other_config);
    CHECK_OK(oxws_loop_free(other));
}

/* A loop that is freed tells of each detaching that it did not come to. */
static void the_loop_ends_first(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    oxws_connection id;
    int pair[2];

    forget();
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK_OK(oxws_adopt_open(loop, pair[1], 2, NULL, NULL, 0, config, &id));
    CHECK_OK(oxws_detach(loop, id, on_detached, &handed));
    CHECK_OK(oxws_loop_free(loop));
    CHECK(handed == -1 && unread_count == 0 && closes == 1);
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED, ended);
    oxws_config_free(config);
    close(pair[0]);
    close(pair[1]);
}

int main(void) {
    oxws_loop *loop;
    oxws_config *config;

    check_begin();
    loop = oxws_loop_new();
    config = check_config();
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_http_request(config, on_http_request));
    CHECK_OK(oxws_config_on_close(config, on_close));
    between_two_messages(loop, config);
    after_what_was_sent(loop, config);
    instead_of_an_answer(loop, config);
    from_loop_to_loop(loop);
    the_loop_ends_first();
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
