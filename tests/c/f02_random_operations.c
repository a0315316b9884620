/*
 * F1, F2, F3, F6, F12, E10: operations by chance, on connections by chance, inside callbacks,
 * outside of them and from other threads, on ordinary loops and on those for tests. Whatever they
 * are, the callbacks of each connection come in their order, on_close once and last, each message
 * that is followed or lent comes back once, each detaching is answered once, and a loop that is
 * left alone comes to rest.
 */
#include "random_operations.h"

#include <poll.h>

#define SEEDS 100

/* ---- operations ---- */

static void send_followed(oxws_connection id, int32_t type, int is_elsewhere) {
    struct token *token = new_token(id, is_elsewhere);
    size_t len = some_length();
    outstanding++;
    if (sound(oxws_send_with(loop, id, type, letters, len, 0, on_sent, token)) != OXWS_OK) {
        outstanding--;
        free(token);
    }
}
static void send_lent(oxws_connection id, int32_t type, int is_elsewhere) {
    struct token *token = new_token(id, is_elsewhere);
    size_t len = some_length();
    char *data = malloc(len + 1);
    memset(data, 'l', len + 1);
    outstanding++;
    if (sound(oxws_send_borrowed(loop, id, type, data, len, 0, on_release, token)) != OXWS_OK) {
        outstanding--;
        free(data);
        free(token);
    }
}
static void send_prepared(oxws_connection id, int32_t type, int is_elsewhere) {
    struct token *token = new_token(id, is_elsewhere);
    oxws_prepared *prepared = NULL;
    int i;
    CHECK_OK(oxws_prepared_new(type, letters, some_length(), 0, &prepared));
    outstanding++;
    if (sound(oxws_send_prepared(loop, id, prepared, on_sent, token)) != OXWS_OK) {
        outstanding--;
        free(token);
    }
    for (i = 0; i < 3; i++) {
        oxws_listener to = one_in(2) ? listener : 0;
        if (one_in(2)) sound(oxws_loop_broadcast(loop, prepared, to, id, NULL, NULL, 0, NULL));
    }
    oxws_prepared_free(prepared);
}
static void send_pieces(oxws_connection id, int32_t type) {
    if (!one_in(3)) sound(oxws_send_begin(loop, id, type, 0));
    if (!one_in(3)) sound(oxws_send_append(loop, id, letters, some_length()));
    if (!one_in(3)) sound(oxws_send_end(loop, id, letters, some_length()));
}
static void detach(oxws_connection id) {
    struct token *token = new_token(id, 0);
    detachings++;
    record_of(id)->detachings++;
    if (sound(oxws_detach(loop, id, on_detached, token)) != OXWS_OK) {
        detachings--;
        record_of(id)->detachings--;
        free(token);
    }
}
static void post(void) {
    posts++;
    if (sound(oxws_loop_post(loop, on_post, NULL)) != OXWS_OK) posts--;
}
static void dial(void) {
    oxws_connection id = 0;
    if (sound(oxws_connect(loop, url, configs[below(CONFIGS)], &id)) == OXWS_OK) told(id);
}
static void adopt(void) {
    const oxws_config *config = configs[below(CONFIGS)];
    oxws_connection id = 0;
    int pair[2];
    if (is_simulated) return;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    if (one_in(3)) {
        sound(oxws_adopt_client(loop, pair[1], "ws://name.example/", config, &id));
    } else if (one_in(2)) {
        sound(oxws_adopt_server(loop, pair[1], CHECK_UPGRADE_REQUEST, below(140), config, &id));
    } else {
        sound(oxws_adopt_open(loop, pair[1], (int32_t)below(2) + 1, NULL, NULL, 0, config, &id));
    }
    if (id != 0) told(id);
    close(pair[1]);
    keep_socket(pair[0]);
}
/* What only a loop for tests can do. */
static void disturb(oxws_connection id) {
    oxws_status unknown = is_simulated ? OXWS_OK : OXWS_ERROR_INVALID_STATE;
    CHECK_STATUS(unknown, oxws_test_set_link(loop, 0, below(2) * 50, below(20)));
    sound(oxws_test_set_capacity(loop, id, below(100000)));
    if (one_in(4)) sound(oxws_test_break(loop, id, one_in(2) ? ECONNRESET : 0));
    if (one_in(4)) sound(oxws_test_inject(loop, id, "\x81\x05hello\x8a\x00", below(10)));
}

enum { OPERATIONS = 26 };

/* A connection that may have ended, and the operations that every thread may do. */
static void do_anywhere(uint32_t operation, oxws_connection id, int is_elsewhere) {
    int32_t type = (int32_t)below(2) + OXWS_MESSAGE_TEXT;
    switch (operation) {
    case 0: sound(oxws_send(loop, id, type, letters, some_length())); break;
    case 1: case 2: send_followed(id, type, is_elsewhere); break;
    case 3: case 4: send_lent(id, type, is_elsewhere); break;
    case 5: sound(oxws_ping(loop, id, letters, below(127))); break;
    case 6: sound(oxws_pong(loop, id, letters, below(127))); break;
    case 7: sound(oxws_close(loop, id, OXWS_CLOSE_NORMAL, NULL)); break;
    case 8: sound(oxws_abort(loop, id)); break;
    case 9: sound(oxws_accept(loop, id, NULL)); break;
    case 10: sound(oxws_deny(loop, id, 403, NULL)); break;
    case 11: post(); break;
    case 24: case 25: send_prepared(id, type, is_elsewhere); break;
    default: sound(oxws_loop_wake(loop)); break;
    }
}
static void do_here(uint32_t operation, oxws_connection id) {
    switch (operation) {
    case 12: case 13: detach(id); break;
    case 14: case 15: send_pieces(id, (int32_t)below(2) + 1); break;
    case 16: sound(oxws_pause_reading(loop, id)); break;
    case 17: sound(oxws_resume_reading(loop, id)); break;
    case 18: sound(oxws_timer_start(loop, below(3), 0, on_timer, NULL, NULL)); break;
    case 19: dial(); break;
    case 20: adopt(); break;
    case 21: disturb(id); break;
    case 22: if (one_in(30)) sound(oxws_listener_close(loop, listener)); break;
    case 23: if (one_in(30)) sound(oxws_loop_shutdown(loop, 1001, NULL)); break;
    default: do_anywhere(operation, id, 0); break;
    }
    if (depth > 0) {
        CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_poll(loop, 0));
        CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_free(loop));
    }
}

struct errand {
    uint32_t operation;
    oxws_connection id;
};
static void *elsewhere(void *argument) {
    const struct errand *errand = argument;
    do_anywhere(errand->operation, errand->id, 1);
    return NULL;
}

static void operate(oxws_connection self) {
    struct errand errand = {below(OPERATIONS), self};
    pthread_t thread;
    if (budget-- <= 0) return;
    if (record_count > 0 && (self == 0 || one_in(2))) {
        errand.id = records[below((uint32_t)record_count)].id;
    }
    if (!one_in(8)) {
        do_here(errand.operation, errand.id);
    } else {
        CHECK(pthread_create(&thread, NULL, elsewhere, &errand) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
}

/* ---- the other ends of adopted sockets ---- */

/* Reads what has come, and may say something or go. Returns whether it is still there. */
static int chat(int fd) {
    static const char *const words[] = {"\x81\x80zzzz", "\x89\x80zzzz", "\x88\x80zzzz",
                                        "\x01\x80zzzz", "\x80\x80zzzz", "\x89\x00", "\x81\x01h",
                                        CHECK_UPGRADE_REQUEST};
    static const size_t lengths[] = {6, 6, 6, 6, 6, 2, 3, sizeof CHECK_UPGRADE_REQUEST - 1};
    static char received[65536];
    uint32_t word = below(8);
    ssize_t count;
    do {
        count = recv(fd, received, sizeof received, MSG_DONTWAIT);
    } while (count > 0);
    if (count == 0 || errno != EAGAIN) return 0;
    if (is_quiet) return 1;
    if (one_in(3)) (void)!send(fd, words[word], lengths[word], MSG_NOSIGNAL | MSG_DONTWAIT);
    return !one_in(40);
}
static void chat_all(void) {
    size_t i = 0;
    while (i < socket_count) {
        if (chat(sockets[i])) {
            i++;
        } else {
            close(sockets[i]);
            sockets[i] = sockets[--socket_count];
        }
    }
}

/* ---- one run ---- */

static oxws_config *config_by_number(size_t number) {
    oxws_config *config = check_config();
    if (number == 0) CHECK_OK(oxws_config_on_chunk(config, on_chunk));
    if (number == 1) CHECK_OK(oxws_config_on_origin(config, on_origin));
    if (number != 2) CHECK_OK(oxws_config_on_connecting(config, on_connecting));
    if (number == 3) CHECK_OK(oxws_config_max_queued_bytes(config, 30000));
    CHECK_OK(oxws_config_auto_pong(config, number != 2));
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_response(config, on_response));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_ping(config, on_ping));
    CHECK_OK(oxws_config_on_pong(config, on_pong));
    CHECK_OK(oxws_config_on_writable(config, on_writable));
    CHECK_OK(oxws_config_on_close(config, on_close));
    return config;
}

static void begin(uint64_t seed) {
    size_t i;
    state = seed * 0x9e3779b97f4a7c15u + 1;
    record_count = 0;
    is_quiet = 0;
    budget = 400;
    is_simulated = seed % 4 == 3;
    loop = is_simulated ? oxws_test_loop_new() : oxws_loop_new();
    for (i = 0; i < CONFIGS; i++) configs[i] = config_by_number(i);
    if (is_simulated) {
        snprintf(url, sizeof url, "ws://name.example/");
        CHECK_OK(oxws_listen(loop, url, configs[seed / 4 % CONFIGS], &listener));
    } else {
        listener = check_listen_unix(loop, configs[seed / 4 % CONFIGS], url, sizeof url);
    }
    for (i = 0; i < 4; i++) dial();
}

/* Nothing more is done to the loop: after a while it waits for deadlines alone. */
static void come_to_rest(void) {
    int32_t timeout_ms = 0;
    int rounds = 0, fd = -1, is_ready = 1;
    size_t i;
    is_quiet = 1;
    for (i = 0; i < record_count; i++) (void)oxws_resume_reading(loop, records[i].id);
    for (rounds = 0; is_ready && rounds < 20000; rounds++) {
        chat_all();
        CHECK_OK(oxws_loop_poll(loop, 0));
        CHECK_OK(oxws_loop_timeout_ms(loop, &timeout_ms));
        is_ready = timeout_ms == 0;
        if (!is_simulated) {
            struct pollfd ready = {-1, POLLIN, 0};
            CHECK_OK(oxws_loop_fd(loop, &fd));
            ready.fd = fd;
            is_ready = is_ready || poll(&ready, 1, 0) != 0;
        }
    }
    CHECK(!is_ready);
    CHECK_NUMBER(posts, 0);
    is_quiet = 0;
}

static void end(void) {
    size_t i;
    budget = 50;
    CHECK_OK(oxws_loop_free(loop));
    CHECK(outstanding == 0 && detachings == 0);
    outstanding = detachings = posts = 0;
    for (i = 0; i < record_count; i++) CHECK(records[i].has_closed || !records[i].is_known);
    for (i = 0; i < CONFIGS; i++) oxws_config_free(configs[i]);
    while (socket_count > 0) close(sockets[--socket_count]);
}

int main(void) {
    uint64_t seed;
    int round;
    char context[40];

    check_begin();
    memset(letters, 'b', sizeof letters);
    for (seed = 0; seed < SEEDS; seed++) {
        snprintf(context, sizeof context, "seed %" PRIu64, seed);
        check_context = context;
        begin(seed);
        for (round = 0; round < 100; round++) {
            if (one_in(2)) operate(0);
            if (one_in(4)) dial();
            if (one_in(4)) adopt();
            chat_all();
            CHECK_OK(oxws_loop_poll(loop, is_simulated ? (int32_t)below(20) : 0));
        }
        if (one_in(2)) come_to_rest();
        end();
    }
    return check_end();
}
