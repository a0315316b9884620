/*
 * F2, F3, F5, E21: oxws_loop_free with connections in every state. Each that the program knows of
 * gets its on_close before it returns, nothing is called afterwards, no descriptor is left.
 */
#include "check.h"

struct world {
    oxws_loop *loop;
    oxws_config *config;
    char url[80];
    int decides, requests, opens, messages, closes, late, raw, other;
    oxws_status status;
    uint16_t code, local_code;
    oxws_connection last;
    unsigned char got[64];
    size_t got_len;
};

static void on_late_timer(oxws_loop *loop, oxws_timer timer, void *user) {
    (void)loop, (void)timer;
    ((struct world *)user)->late++;
}
static void on_late_post(oxws_loop *loop, void *user) {
    (void)loop;
    ((struct world *)user)->late++;
}

static void on_request(oxws_loop *loop, oxws_connection id, const oxws_request *request, void *user) {
    struct world *w = user;
    (void)request;
    w->requests++;
    w->last = id;
    if (w->decides) CHECK_OK(oxws_accept(loop, id, NULL));
}
static void on_http_request(oxws_loop *loop, oxws_connection id, const oxws_request *request,
                            void *user) {
    struct world *w = user;
    (void)loop, (void)request;
    w->requests++;
    w->last = id;
}
static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    struct world *w = user;
    (void)loop;
    w->opens++;
    w->last = id;
}
static void on_message(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)loop, (void)id, (void)type, (void)data, (void)len;
    ((struct world *)user)->messages++;
}

/* Whatever is tried while the loop is being freed, it is freed. */
static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    struct world *w = user;
    uint64_t none = 77;
    w->closes++;
    w->status = oxws_close_info_status(info);
    w->code = oxws_close_info_code(info);
    w->local_code = oxws_close_info_local_code(info);
    if (w->status != OXWS_ERROR_LOOP_FREED) return;
    CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_free(loop));
    CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_poll(loop, 0));
    CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_run(loop));
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED, oxws_connect(loop, w->url, w->config, &none));
    CHECK(none == 77);
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_send(loop, id, OXWS_MESSAGE_TEXT, "a", 1));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_close(loop, id, 1000, NULL));
    CHECK_OK(oxws_loop_stop(loop));
    CHECK_STATUS(OXWS_ERROR_LOOP_FREED, oxws_loop_post(loop, on_late_post, w));
    CHECK_OK(oxws_timer_start(loop, 0, 0, on_late_timer, w, NULL));
}

/* ---- ways to bring a connection into a state ---- */

static oxws_connection dial(struct world *w, const char *url) {
    oxws_connection id = 0;
    CHECK_OK(oxws_connect(w->loop, url, w->config, &id));
    return id;
}

static void nothing(struct world *w) { (void)w; }
static void dialing(struct world *w) { dial(w, w->url); }
static void dialing_after_a_round(struct world *w) {
    dial(w, w->url);
    CHECK_OK(oxws_loop_poll(w->loop, 0));
}
/* A name that the system refuses without asking anybody, who might take long to answer. */
static void looking_up_a_name(struct world *w) { dial(w, "ws://-:9/"); }
static void dial_that_failed(struct world *w) { dial(w, "ws+unix:/nowhere/at/all"); }

/* A server that takes the connection and never says a word. */
static void waiting_for_an_answer(struct world *w) {
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    char url[40];
    int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), i;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(silent, (struct sockaddr *)&address, sizeof address) == 0 && listen(silent, 1) == 0);
    CHECK(getsockname(silent, (struct sockaddr *)&address, &len) == 0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)ntohs(address.sin_port));
    dial(w, url);
    for (i = 0; i < 5; i++) CHECK_OK(oxws_loop_poll(w->loop, 1));
    w->other = silent;
}
static void half_a_head(struct world *w) {
    int i;
    w->raw = check_raw_connect(w->url);
    check_raw_send(w->raw, "GET / HTTP/1.1\r\nHost: a");
    for (i = 0; i < 5; i++) CHECK_OK(oxws_loop_poll(w->loop, 1));
}
static void undecided(struct world *w) {
    w->decides = 0;
    w->raw = check_raw_connect(w->url);
    check_raw_send(w->raw, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(w->loop, w->requests == 1);
}
static void undecided_http(struct world *w) {
    w->raw = check_raw_connect(w->url);
    check_raw_send(w->raw, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    RUN_UNTIL(w->loop, w->requests == 1);
}
static void open_to_a_raw_peer(struct world *w) {
    char head[512];
    ssize_t len;
    w->raw = check_raw_connect(w->url);
    check_raw_send(w->raw, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(w->loop, w->opens == 1);
    len = recv(w->raw, head, sizeof head - 1, 0);
    CHECK(len > 4 && memcmp(head + len - 4, "\r\n\r\n", 4) == 0);
    CHECK(memcmp(head, "HTTP/1.1 101 ", 13) == 0);
}
static void paused(struct world *w) {
    open_to_a_raw_peer(w);
    CHECK_OK(oxws_pause_reading(w->loop, w->last));
}
static void open_both_ways(struct world *w) {
    dial(w, w->url);
    dial(w, w->url);
    RUN_UNTIL(w->loop, w->opens == 4);
}
static void half_a_message(struct world *w) {
    int i;
    open_to_a_raw_peer(w);
    check_raw_send(w->raw, "\x01\x82\x01\x01\x01\x01`a\x80\xfe");
    for (i = 0; i < 5; i++) CHECK_OK(oxws_loop_poll(w->loop, 1));
    CHECK_NUMBER(w->messages, 0);
}
static void much_to_send(struct world *w) {
    static const char block[65536];
    oxws_status status;
    open_to_a_raw_peer(w);
    do {
        status = oxws_send(w->loop, w->last, OXWS_MESSAGE_BINARY, block, sizeof block);
    } while (status == OXWS_OK);
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, status);
}
static void closing(struct world *w) {
    open_to_a_raw_peer(w);
    CHECK_OK(oxws_close(w->loop, w->last, 4000, NULL));
    CHECK_OK(oxws_loop_poll(w->loop, 0));
}
static void aborted(struct world *w) {
    open_to_a_raw_peer(w);
    CHECK_OK(oxws_abort(w->loop, w->last));
}
/* The end has been reported, the server waits for the client's FIN. */
static void lingering(struct world *w) {
    open_to_a_raw_peer(w);
    check_raw_send(w->raw, "\x88\x82\x01\x01\x01\x01\x02\xe9");
    RUN_UNTIL(w->loop, w->closes == 1);
    CHECK_OK(w->status);
    CHECK_NUMBER(w->code, 1000);
}

/* A Close frame with 1001. */
#define GOING_AWAY "\x88\x02\x03\xe9"

static const struct row {
    const char *name;
    void (*arrange)(struct world *);
    int closes;
    oxws_status status;
    const char *got;
    size_t got_len;
} rows[] = {
    {"nothing", nothing, 0, OXWS_OK, "", 0},
    {"dialing", dialing, 1, OXWS_ERROR_LOOP_FREED, "", 0},
    {"dialing_after_a_round", dialing_after_a_round, 1, OXWS_ERROR_LOOP_FREED, "", 0},
    {"looking_up_a_name", looking_up_a_name, 1, OXWS_ERROR_LOOP_FREED, "", 0},
    {"dial_that_failed", dial_that_failed, 1, OXWS_ERROR_CONNECT_FAILED, "", 0},
    {"waiting_for_an_answer", waiting_for_an_answer, 1, OXWS_ERROR_LOOP_FREED, "", 0},
    {"half_a_head", half_a_head, 0, OXWS_OK, "", 0},
    {"undecided", undecided, 1, OXWS_ERROR_LOOP_FREED, NULL, 0},
    {"undecided_http", undecided_http, 1, OXWS_ERROR_LOOP_FREED, NULL, 0},
    {"open_to_a_raw_peer", open_to_a_raw_peer, 1, OXWS_ERROR_LOOP_FREED, GOING_AWAY, 4},
    {"paused", paused, 1, OXWS_ERROR_LOOP_FREED, GOING_AWAY, 4},
    {"open_both_ways", open_both_ways, 4, OXWS_ERROR_LOOP_FREED, "", 0},
    {"half_a_message", half_a_message, 1, OXWS_ERROR_LOOP_FREED, GOING_AWAY, 4},
    {"much_to_send", much_to_send, 1, OXWS_ERROR_LOOP_FREED, NULL, 0},
    {"closing", closing, 1, OXWS_ERROR_LOOP_FREED, "\x88\x02\x0f\xa0", 4},
    {"aborted", aborted, 1, OXWS_ERROR_CANCELLED, "", 0},
    {"lingering", lingering, 1, OXWS_OK, "\x88\x02\x03\xe8", 4},
};

/* The peer sees what is written in the row, then the end. */
static void check_peer(struct world *w, const struct row *row) {
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    unsigned char rest[65536];
    if (row->got != NULL) {
        while (check_raw_read(w->raw, w->got, sizeof w->got, &w->got_len) == 0) {
            CHECK(check_now_ms() < give_up_at);
            if (check_now_ms() >= give_up_at) return;
        }
        CHECK_NUMBER(w->got_len, row->got_len);
        CHECK(memcmp(w->got, row->got, row->got_len) == 0);
    } else {
        while (recv(w->raw, rest, sizeof rest, 0) > 0) {
        }
    }
}

static void run_row(const struct row *row, int over_unix) {
    struct world *w = calloc(1, sizeof *w);
    unsigned char before[CHECK_DESCRIPTORS];
    int64_t begin;

    check_context = row->name;
    check_wait_for_lookups();
    check_descriptors(before);
    w->raw = w->other = -1;
    w->decides = 1;
    w->loop = oxws_loop_new();
    w->config = check_config();
    CHECK_OK(oxws_config_on_request(w->config, on_request));
    CHECK_OK(oxws_config_on_http_request(w->config, on_http_request));
    CHECK_OK(oxws_config_on_open(w->config, on_open));
    CHECK_OK(oxws_config_on_message(w->config, on_message));
    CHECK_OK(oxws_config_on_close(w->config, on_close));
    CHECK_OK(oxws_config_user(w->config, w));
    if (over_unix) {
        check_listen_unix(w->loop, w->config, w->url, sizeof w->url);
    } else {
        check_listen(w->loop, w->config, w->url, sizeof w->url);
    }
    CHECK_OK(oxws_timer_start(w->loop, 0, 1, on_late_timer, w, NULL));
    row->arrange(w);
    CHECK_OK(oxws_loop_post(w->loop, on_late_post, w));
    w->late = 0;
    begin = check_now_ms();
    CHECK_OK(oxws_loop_free(w->loop));
    /* No connection's deadline is waited for. */
    CHECK(check_now_ms() - begin < CHECK_PATIENCE_MS);
    CHECK_NUMBER(w->late, 0);
    CHECK_NUMBER(w->closes, row->closes);
    CHECK_STATUS(row->status, w->status);
    if (row->closes > 0 && row->status == OXWS_ERROR_LOOP_FREED) CHECK_NUMBER(w->code, 1006);
    oxws_config_free(w->config);
    if (w->raw >= 0) {
        check_peer(w, row);
        close(w->raw);
    }
    if (w->other >= 0) close(w->other);
    if (over_unix) CHECK(access(strchr(w->url, '/'), F_OK) != 0);
    check_poison(w, sizeof *w);
    CHECK_SAME_DESCRIPTORS(before);
    check_context = "";
}

/* A thread of the library may be looking up a name when its loop is gone. */
static void f05_many_lookups_are_forgotten(void) {
    int i;
    for (i = 0; i < 20; i++) run_row(&rows[3], 0);
}

int main(void) {
    size_t i;
    check_begin();
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_row(&rows[i], 0);
        run_row(&rows[i], 1);
    }
    f05_many_lookups_are_forgotten();
    /* What a thread has in its hands when the process ends looks lost to whoever counts memory then. */
    check_wait_for_lookups();
    return check_end();
}
