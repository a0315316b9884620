/*
 * A message that came whole is seen where it was received: its bytes are not copied before the callback
 * has them. So messages of one read lie as far apart as their frames are long, and those of the next
 * read, of another connection too, lie in the same place again.
 */
#include "check.h"

enum { IN_FLIGHT = 16, CONNECTIONS = 2, HEADER = 8, SIZE = 1000, FRAME = HEADER + SIZE };

static oxws_loop *loop;
static const uint8_t *places[IN_FLIGHT];
static int seen;

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)connection;
    (void)user;
    CHECK(l == loop);
    CHECK(type == OXWS_MESSAGE_BINARY);
    CHECK(len == SIZE);
    CHECK(data[0] == 'x' && data[SIZE - 1] == 'x');
    if (seen < IN_FLIGHT) places[seen] = data;
    seen++;
}

/* So many binary frames whose key is 1, 2, 3, 4. */
static void make_batch(unsigned char *batch) {
    static const unsigned char header[HEADER] = {0x82, 0x80 | 126, SIZE >> 8, SIZE & 255, 1, 2, 3, 4};
    int i, at;
    for (i = 0; i < IN_FLIGHT; i++) {
        unsigned char *frame = batch + i * FRAME;
        memcpy(frame, header, HEADER);
        for (at = 0; at < SIZE; at++) frame[HEADER + at] = (unsigned char)('x' ^ (at % 4 + 1));
    }
}

static int open_raw(const char *url) {
    unsigned char answer[300];
    size_t len = 0;
    int fd = check_raw_connect(url);
    check_raw_send(fd, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, check_raw_read(fd, answer, sizeof answer, &len) == 0 && len > 100);
    return fd;
}

static void messages_are_seen_where_they_were_received(void) {
    unsigned char batch[IN_FLIGHT * FRAME];
    const uint8_t *first = NULL;
    int fds[CONNECTIONS], round, i;
    char url[64];
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_message(config, on_message));
    check_listen(loop, config, url, sizeof url);
    oxws_config_free(config);
    for (i = 0; i < CONNECTIONS; i++) fds[i] = open_raw(url);
    make_batch(batch);
    for (round = 0; round < 6; round++) {
        seen = 0;
        CHECK(send(fds[round % CONNECTIONS], batch, sizeof batch, MSG_NOSIGNAL) == sizeof batch);
        RUN_UNTIL(loop, seen == IN_FLIGHT);
        if (first == NULL) first = places[0];
        for (i = 0; i < IN_FLIGHT; i++) CHECK(places[i] == first + i * FRAME);
    }
    for (i = 0; i < CONNECTIONS; i++) close(fds[i]);
}

int main(void) {
    check_begin();
    loop = oxws_loop_new();
    messages_are_seen_where_they_were_received();
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
