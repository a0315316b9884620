/*
 * What a callback sends on of a long message leaves from where the message lies: in order and unchanged,
 * however late it is read and whatever has come in the meantime. It is kept once, for however many
 * connections. What has to be masked or is short is copied.
 */
#include "check.h"

enum { LENGTH = 8 << 20, READERS = 8, MESSAGES = 3, LEFT_OUT = 1000, SHORT = 300 };

static oxws_loop *loop;
static oxws_connection readers[READERS];
static int reader_fds[READERS], opened, received;

static unsigned char byte_at(int message, size_t at) {
    return (unsigned char)(at * 31 + (at >> 13) + (size_t)message * 7);
}

static int is_part_of(int message, size_t from, const uint8_t *data, size_t len) {
    size_t at;
    for (at = 0; at < len; at++) {
        if (data[at] != byte_at(message, from + at)) return 0;
    }
    return 1;
}

static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)user;
    CHECK(l == loop);
    if (opened < READERS) readers[opened] = connection;
    opened++;
}

/* The first time a message goes to all readers and back; the second time it has come back. */
static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    int i;
    (void)user;
    CHECK(type == OXWS_MESSAGE_BINARY);
    CHECK_NUMBER(len, LENGTH);
    CHECK(is_part_of(received / 2, 0, data, len));
    if (received++ % 2 != 0) return;
    for (i = 0; i < READERS; i++) {
        CHECK_OK(oxws_send(l, readers[i], type, data + LEFT_OUT, len - LEFT_OUT));
        CHECK_OK(oxws_send(l, readers[i], type, data + LEFT_OUT, SHORT));
        CHECK_OK(oxws_send(l, readers[i], OXWS_MESSAGE_TEXT, "next", 4));
    }
    CHECK_OK(oxws_send(l, connection, type, data, len));
    CHECK(is_part_of(received / 2, 0, data, len));
}

/* A client masks what it sends: what it was shown stays as it is. */
static void on_echo(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                    const uint8_t *data, size_t len, void *user) {
    (void)user;
    CHECK_OK(oxws_send(l, connection, type, data, len));
    CHECK(is_part_of(received / 2, 0, data, len));
}

static void open_readers(const char *url) {
    int i;
    for (i = 0; i < READERS; i++) {
        unsigned char answer[300];
        size_t len = 0;
        reader_fds[i] = check_raw_connect(url);
        check_raw_send(reader_fds[i], CHECK_UPGRADE_REQUEST);
        RUN_UNTIL(loop, opened == i + 1);
        RUN_UNTIL(loop, check_raw_read(reader_fds[i], answer, sizeof answer, &len) == 0 && len > 100);
    }
}

static long resident_bytes(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2);
    if (file != NULL) fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

/* Sends the messages one after the other; nobody reads what goes to the readers. */
static void send_all(const char *url, const oxws_config *config) {
    uint8_t *content = malloc(LENGTH);
    oxws_connection client = 0;
    int message;
    size_t at;
    CHECK_OK(oxws_connect(loop, url, config, &client));
    RUN_UNTIL(loop, opened == READERS + 2);
    for (message = 0; message < MESSAGES; message++) {
        for (at = 0; at < LENGTH; at++) content[at] = byte_at(message, at);
        CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_BINARY, content, LENGTH));
        RUN_UNTIL(loop, received == 2 * (message + 1));
    }
    free(content);
}

static void send_to_readers(void) {
    char url[64];
    oxws_config *server = check_config(), *client = check_config();
    opened = received = 0;
    CHECK_OK(oxws_config_on_open(server, on_open));
    CHECK_OK(oxws_config_on_message(server, on_message));
    CHECK_OK(oxws_config_max_queued_bytes(server, 1 << 30));
    CHECK_OK(oxws_config_max_message_bytes(server, LENGTH));
    CHECK_OK(oxws_config_on_open(client, on_open));
    CHECK_OK(oxws_config_on_message(client, on_echo));
    CHECK_OK(oxws_config_max_message_bytes(client, LENGTH));
    check_listen(loop, server, url, sizeof url);
    open_readers(url);
    send_all(url, client);
    oxws_config_free(server);
    oxws_config_free(client);
}

/* Reads so many bytes, while the loop goes on. */
static void read_bytes(int fd, uint8_t *bytes, size_t count) {
    size_t len = 0;
    RUN_UNTIL(loop, check_raw_read(fd, bytes, count, &len) != 0 || len == count);
    CHECK_NUMBER(len, count);
}

static void check_reader(int fd, uint8_t *bytes) {
    static const unsigned char long_header[10] = {
        0x82, 127, 0, 0, 0, 0, 0, (LENGTH - LEFT_OUT) >> 16, (LENGTH - LEFT_OUT) >> 8 & 255,
        (LENGTH - LEFT_OUT) & 255};
    static const unsigned char short_header[4] = {0x82, 126, SHORT >> 8, SHORT & 255};
    static const unsigned char text[6] = {0x81, 4, 'n', 'e', 'x', 't'};
    int message;
    for (message = 0; message < MESSAGES; message++) {
        read_bytes(fd, bytes, sizeof long_header);
        CHECK(memcmp(bytes, long_header, sizeof long_header) == 0);
        read_bytes(fd, bytes, LENGTH - LEFT_OUT);
        CHECK(is_part_of(message, LEFT_OUT, bytes, LENGTH - LEFT_OUT));
        read_bytes(fd, bytes, sizeof short_header + SHORT);
        CHECK(memcmp(bytes, short_header, sizeof short_header) == 0);
        CHECK(is_part_of(message, LEFT_OUT, bytes + sizeof short_header, SHORT));
        read_bytes(fd, bytes, sizeof text);
        CHECK(memcmp(bytes, text, sizeof text) == 0);
    }
}

static void what_is_sent_on_leaves_unchanged_and_is_kept_once(void) {
    uint8_t *bytes = malloc(LENGTH);
    long before = resident_bytes();
    int i;
    loop = oxws_loop_new();
    send_to_readers();
    /* A copy for each reader would be 192 MiB. */
    CHECK(resident_bytes() - before < (long)LENGTH * MESSAGES * READERS / 2);
    /* What waits still leaves from a connection that closes. */
    CHECK_OK(oxws_close(loop, readers[0], 1000, NULL));
    for (i = 0; i < READERS; i++) check_reader(reader_fds[i], bytes);
    read_bytes(reader_fds[0], bytes, 4);
    CHECK(memcmp(bytes, "\x88\x02\x03\xe8", 4) == 0);
    for (i = 0; i < READERS; i++) close(reader_fds[i]);
    CHECK_OK(oxws_loop_free(loop));
    free(bytes);
}

static void what_waits_goes_with_its_loop(void) {
    int i;
    loop = oxws_loop_new();
    send_to_readers();
    CHECK_OK(oxws_loop_free(loop));
    for (i = 0; i < READERS; i++) close(reader_fds[i]);
}

int main(void) {
    check_begin();
    what_is_sent_on_leaves_unchanged_and_is_kept_once();
    what_waits_goes_with_its_loop();
    return check_end();
}
