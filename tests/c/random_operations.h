/*
 * What f02_random_operations.c knows of each connection, and its callbacks, which check what they
 * are told against that. What they do besides is decided there.
 */
#ifndef RANDOM_OPERATIONS_H
#define RANDOM_OPERATIONS_H

#include "check.h"

#define CONFIGS 4
#define CONNECTIONS 2048
#define SOCKETS 128
#define MAGIC 0x5ca1ab1eu

/* What has been seen of a connection. */
struct record {
    oxws_connection id;
    int is_known, has_opened, is_in_message, is_closing, has_closed, detachings;
};

/* What accompanies a message or a detaching; freed when it comes back. */
struct token {
    uint32_t magic;
    oxws_connection id;
    int may_be_late; /* it began on another thread, or when the end was being told */
};

static oxws_loop *loop;
static oxws_config *configs[CONFIGS];
static oxws_listener listener;
static char url[100];
static struct record records[CONNECTIONS];
static int sockets[SOCKETS];
static size_t record_count, socket_count;
static int is_simulated, is_quiet, depth, budget;
static int outstanding, detachings, posts;
static uint64_t state;
static char letters[200000];

static uint32_t below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 11) % limit;
}
static int one_in(uint32_t limit) { return below(limit) == 0; }

static size_t some_length(void) {
    static const uint32_t limits[] = {1, 130, 5000, 70000, sizeof letters};
    return below(limits[below(5)]);
}

static struct record *record_of(oxws_connection id) {
    size_t i;
    for (i = record_count; i > 0; i--) {
        if (records[i - 1].id == id) return &records[i - 1];
    }
    CHECK(record_count < CONNECTIONS);
    memset(&records[record_count], 0, sizeof *records);
    records[record_count].id = id;
    return &records[record_count++];
}

/* A fault of the library shows in a status of its own. */
static oxws_status sound(oxws_status status) {
    CHECK(status != OXWS_ERROR_PANIC && status != OXWS_ERROR_POISONED);
    return status;
}

static struct token *new_token(oxws_connection id, int is_elsewhere) {
    struct token *token = malloc(sizeof *token);
    token->magic = MAGIC;
    token->id = id;
    token->may_be_late = is_elsewhere || record_of(id)->is_closing;
    return token;
}

static oxws_connection give_back(struct token *token) {
    oxws_connection id = token->id;
    CHECK(token->magic == MAGIC);
    CHECK(token->may_be_late || !record_of(id)->has_closed);
    check_poison(token, sizeof *token);
    return id;
}

/* ---- callbacks ---- */

static void operate(oxws_connection self);

/* Inside a callback of a connection, or of none. */
static void inside(oxws_connection self) {
    if (is_quiet) return;
    depth++;
    if (one_in(3)) operate(self);
    if (one_in(6)) operate(self);
    depth--;
}

static struct record *told(oxws_connection id) {
    struct record *record = record_of(id);
    CHECK(!record->has_closed);
    record->is_known = 1;
    return record;
}

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)l, (void)request, (void)user;
    CHECK(!told(id)->has_opened);
    inside(id);
    if (is_quiet || !one_in(4)) sound(oxws_accept(loop, id, NULL));
}
static int32_t on_origin(const oxws_request *request, void *user) {
    (void)request, (void)user;
    inside(0);
    return !one_in(8);
}
static void on_connecting(oxws_loop *l, oxws_connection id, oxws_connecting *connecting,
                          void *user) {
    (void)l, (void)user;
    CHECK(!told(id)->has_opened);
    inside(id);
    CHECK_OK(oxws_connecting_set_resource(connecting, "/changed"));
}
static void on_response(oxws_loop *l, oxws_connection id, const oxws_response *response,
                        void *user) {
    (void)l, (void)response, (void)user;
    CHECK(!told(id)->has_opened);
    inside(id);
}
static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)user;
    CHECK(!told(id)->has_opened);
    record_of(id)->has_opened = 1;
    inside(id);
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)user;
    CHECK(told(id)->has_opened && data != NULL);
    inside(id);
    if (type == OXWS_MESSAGE_TEXT) CHECK(oxws_is_utf8(data, len)); /* still there */
    if (!is_quiet && one_in(3)) sound(oxws_send(loop, id, (int32_t)type, data, len));
}
static void on_chunk(oxws_loop *l, oxws_connection id, oxws_message_type type, const uint8_t *data,
                     size_t len, uint32_t flags, void *user) {
    struct record *record = told(id);
    (void)l, (void)type, (void)len, (void)user;
    CHECK(record->has_opened && data != NULL);
    CHECK(((flags & OXWS_CHUNK_FIRST) == 0) == record->is_in_message);
    record->is_in_message = (flags & OXWS_CHUNK_LAST) == 0;
    inside(id);
}
static void on_ping(oxws_loop *l, oxws_connection id, const uint8_t *data, size_t len, void *user) {
    (void)l, (void)data, (void)user;
    CHECK(told(id)->has_opened && len <= OXWS_MAX_CONTROL_BYTES);
    inside(id);
}
static void on_pong(oxws_loop *l, oxws_connection id, const uint8_t *data, size_t len,
                    uint64_t round_trip_us, void *user) {
    (void)round_trip_us;
    on_ping(l, id, data, len, user);
}
static void on_writable(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)user;
    CHECK(told(id)->has_opened);
    inside(id);
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    struct record *record = record_of(id);
    (void)l, (void)user;
    CHECK(record->is_known && !record->has_closed && record->detachings == 0);
    sound(oxws_close_info_status(info));
    record->is_closing = 1;
    inside(id);
    CHECK(record->detachings == 0);
    record->has_closed = 1;
}
static void on_sent(oxws_loop *l, oxws_connection id, oxws_status status, void *context) {
    (void)l;
    outstanding--;
    sound(status);
    CHECK(give_back(context) == id);
    inside(id);
}
static void on_release(const void *data, size_t len, void *context) {
    oxws_connection id = give_back(context);
    outstanding--;
    check_poison((void *)(uintptr_t)data, len + 1);
    inside(id);
}
static void keep_socket(int fd) {
    if (socket_count < SOCKETS) sockets[socket_count++] = fd;
    else close(fd);
}
/* The socket goes on in the same loop, or outside of it. */
static void on_detached(oxws_loop *l, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    oxws_connection next = 0;
    (void)l;
    detachings--;
    CHECK_NUMBER(record_of(id)->detachings--, 1);
    CHECK(give_back(context) == id);
    CHECK(fd >= 0 || unread_len == 0);
    inside(id);
    if (fd >= 0 && one_in(2) &&
        oxws_adopt_open(loop, fd, (int32_t)below(2) + 1, NULL, unread, unread_len,
                        configs[below(CONFIGS)], &next) == OXWS_OK) {
        told(next);
        close(fd);
    } else if (fd >= 0) {
        keep_socket(fd);
    }
}
static void on_timer(oxws_loop *l, oxws_timer id, void *user) {
    (void)l, (void)id, (void)user;
    inside(0);
}
static void on_post(oxws_loop *l, void *user) {
    (void)l, (void)user;
    posts--;
    inside(0);
}

#endif
