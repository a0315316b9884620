/*
 * F1, F2, F5, F6: each operation from inside each callback, on the connection itself and on another
 * one, clients and servers in one loop. What each gives is written down below; whatever it does,
 * on_close comes exactly once for each connection, nothing comes after it, and nothing after
 * oxws_loop_free.
 */
#include "check.h"

enum callback {
    ON_REQUEST, ON_HTTP_REQUEST, ON_CONNECTING, ON_RESPONSE, ON_OPEN, ON_MESSAGE, ON_PING, ON_PONG,
    ON_WRITABLE, ON_CLOSE, ON_TIMER, ON_WATCH, ON_POST
};
static const char *const callback_names[] = {
    "on_request", "on_http_request", "on_connecting", "on_response", "on_open", "on_message",
    "on_ping", "on_pong", "on_writable", "on_close", "timer", "watch", "post"
};

enum role { SERVER, CLIENT };

struct scenario;

/* The user pointer of one connection: freed in its on_close. */
struct end {
    uint32_t magic;
    enum role role;
    int is_bystander;
    struct scenario *scenario;
};
#define MAGIC 0x5ca1ab1eu

struct scenario {
    uint32_t magic;
    oxws_loop *loop;
    oxws_config *config;
    const struct operation *operation;
    enum callback where;
    enum role role;
    int on_other, has_happened, known, closes, pipes[2];
    oxws_connection ids[16];
    char url[80];
    oxws_listener listener;
    oxws_timer timer;
    oxws_watch watch;
    oxws_connection client, server, bystander;
    enum { WELCOME_BYSTANDER, READY, RUNNING, ENDING } phase;
};

static oxws_status expected_here(const struct scenario *s);
static void happen(struct scenario *s, oxws_connection self);

static struct end *new_end(struct scenario *s, enum role role, int is_bystander) {
    struct end *end = calloc(1, sizeof *end);
    end->magic = MAGIC;
    end->role = role;
    end->scenario = s;
    end->is_bystander = is_bystander;
    return end;
}

/* Each of these gets exactly one on_close. */
static void know(struct scenario *s, oxws_connection id) {
    CHECK(s->known < (int)(sizeof s->ids / sizeof *s->ids));
    s->ids[s->known++] = id;
}

/* ---- operations ---- */

static void on_timer(oxws_loop *loop, oxws_timer timer, void *user);
static void on_watch(oxws_loop *loop, oxws_watch watch, int32_t fd, uint32_t ready, void *user);
static void on_post(oxws_loop *loop, void *user);

typedef oxws_status operate(struct scenario *s, oxws_connection target);

static oxws_status do_send(struct scenario *s, oxws_connection c) {
    return oxws_send(s->loop, c, OXWS_MESSAGE_TEXT, "sent", 4);
}
static oxws_status do_ping(struct scenario *s, oxws_connection c) {
    return oxws_ping(s->loop, c, "again", 5);
}
static oxws_status do_close(struct scenario *s, oxws_connection c) {
    return oxws_close(s->loop, c, 4000, "inside");
}
static oxws_status do_abort(struct scenario *s, oxws_connection c) {
    return oxws_abort(s->loop, c);
}
static oxws_status do_accept(struct scenario *s, oxws_connection c) {
    return oxws_accept(s->loop, c, NULL);
}
static oxws_status do_deny(struct scenario *s, oxws_connection c) {
    return oxws_deny(s->loop, c, 403, NULL);
}
static oxws_status do_respond(struct scenario *s, oxws_connection c) {
    oxws_reply *reply = oxws_reply_new(200);
    oxws_status status;
    CHECK_OK(oxws_reply_set_body(reply, "body", 4));
    status = oxws_respond(s->loop, c, reply);
    oxws_reply_free(reply);
    return status;
}
static oxws_status do_pause(struct scenario *s, oxws_connection c) {
    return oxws_pause_reading(s->loop, c);
}
static oxws_status do_resume(struct scenario *s, oxws_connection c) {
    return oxws_resume_reading(s->loop, c);
}
/* The old user struct is freed at once: the library must not pass it again. */
static oxws_status do_set_user(struct scenario *s, oxws_connection c) {
    void *user = NULL;
    struct end *old, *replacement;
    oxws_status status;
    CHECK_OK(oxws_get_user(s->loop, c, &user));
    old = user;
    replacement = new_end(s, old->role, old->is_bystander);
    status = oxws_set_user(s->loop, c, replacement);
    check_poison(status == OXWS_OK ? old : replacement, sizeof *old);
    return status;
}
static oxws_status do_listener_close(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_listener_close(s->loop, s->listener);
}
static oxws_status do_timer_start(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_timer_start(s->loop, 0, 0, on_timer, s, NULL);
}
static oxws_status do_timer_cancel(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_timer_cancel(s->loop, s->timer);
}
static oxws_status do_watch_stop(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_watch_stop(s->loop, s->watch);
}
static oxws_status do_connect(struct scenario *s, oxws_connection c) {
    oxws_connection id = 0;
    oxws_status status = oxws_connect(s->loop, s->url, s->config, &id);
    (void)c;
    if (status == OXWS_OK) {
        CHECK_OK(oxws_set_user(s->loop, id, new_end(s, CLIENT, 1)));
        know(s, id);
    }
    return status;
}
static oxws_status do_adopt(struct scenario *s, oxws_connection c) {
    oxws_connection id = 0;
    oxws_status status;
    int pair[2];
    (void)c;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    status = oxws_adopt_open(s->loop, pair[0], 1, NULL, "\x81\x04sent", 6, s->config, &id);
    if (status == OXWS_OK) {
        CHECK_OK(oxws_set_user(s->loop, id, new_end(s, CLIENT, 1)));
        know(s, id);
    }
    close(pair[0]);
    close(pair[1]);
    return status;
}
static void on_detached(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    struct scenario *s = context;
    (void)loop, (void)id, (void)unread, (void)unread_len;
    CHECK(s->magic == MAGIC);
    if (fd >= 0) close(fd);
}
static oxws_status do_detach(struct scenario *s, oxws_connection c) {
    return oxws_detach(s->loop, c, on_detached, s);
}
static oxws_status do_stop(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_stop(s->loop);
}
static oxws_status do_wake(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_wake(s->loop);
}
static oxws_status do_post(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_post(s->loop, on_post, s);
}
static oxws_status do_poll(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_poll(s->loop, 0);
}
static oxws_status do_run(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_run(s->loop);
}
static oxws_status do_free(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_free(s->loop);
}
static oxws_status do_attach(struct scenario *s, oxws_connection c) {
    (void)c;
    return oxws_loop_attach(s->loop);
}

/*
 * What each operation gives, in the order of the callbacks (request, http request, connecting,
 * response, open, message, ping, pong, writable, close, timer, watch, post), and on an open
 * connection elsewhere: K ok, N not open, C closed, S invalid state, B busy. The connection itself
 * is, for timer, watch and post, an open client.
 */
static const struct operation {
    const char *name;
    operate *perform;
    const char *here;
    char other;
} operations[] = {
    {"oxws_send", do_send, "NNNKKKKKKCKKK", 'K'},
    {"oxws_ping", do_ping, "NNNKKKKKKCKKK", 'K'},
    {"oxws_close", do_close, "KKKKKKKKKCKKK", 'K'},
    {"oxws_abort", do_abort, "KKKKKKKKKCKKK", 'K'},
    {"oxws_accept", do_accept, "KSSSSSSSSCSSS", 'S'},
    {"oxws_deny", do_deny, "KKSSSSSSSCSSS", 'S'},
    {"oxws_respond", do_respond, "KKSSSSSSSCSSS", 'S'},
    {"oxws_pause_reading", do_pause, "KKKKKKKKKKKKK", 'K'},
    {"oxws_resume_reading", do_resume, "KKKKKKKKKKKKK", 'K'},
    {"oxws_set_user", do_set_user, "KKKKKKKKKKKKK", 'K'},
    {"oxws_listener_close", do_listener_close, "KKKKKKKKKKKKK", 0},
    {"oxws_timer_start", do_timer_start, "KKKKKKKKKKKKK", 0},
    {"oxws_timer_cancel", do_timer_cancel, "KKKKKKKKKKKKK", 0},
    {"oxws_watch_stop", do_watch_stop, "KKKKKKKKKKKKK", 0},
    {"oxws_connect", do_connect, "KKKKKKKKKKKKK", 0},
    {"oxws_adopt_open", do_adopt, "KKKKKKKKKKKKK", 0},
    {"oxws_detach", do_detach, "KKSKKKKKKCKKK", 'K'},
    {"oxws_loop_stop", do_stop, "KKKKKKKKKKKKK", 0},
    {"oxws_loop_wake", do_wake, "KKKKKKKKKKKKK", 0},
    {"oxws_loop_post", do_post, "KKKKKKKKKKKKK", 0},
    {"oxws_loop_poll", do_poll, "BBBBBBBBBBBBB", 0},
    {"oxws_loop_run", do_run, "BBBBBBBBBBBBB", 0},
    {"oxws_loop_free", do_free, "BBBBBBBBBBBBB", 0},
    {"oxws_loop_attach", do_attach, "BBBBBBBBBBBBB", 0},
};

static oxws_status expected_here(const struct scenario *s) {
    char letter = s->on_other ? s->operation->other : s->operation->here[s->where];
    switch (letter) {
    case 'K': return OXWS_OK;
    case 'N': return OXWS_ERROR_NOT_OPEN;
    case 'C': return OXWS_ERROR_CLOSED;
    case 'S': return OXWS_ERROR_INVALID_STATE;
    default: return OXWS_ERROR_BUSY;
    }
}

static void happen(struct scenario *s, oxws_connection self) {
    oxws_status status;
    if (s->has_happened) return;
    s->has_happened = 1;
    status = s->operation->perform(s, s->on_other ? s->bystander : self);
    check_status(__FILE__, __LINE__, s->operation->name, status, expected_here(s));
}

/* ---- callbacks ---- */

/* The end that a callback of a connection belongs to, after the operation has happened in it. */
static struct end *noted(void *user, enum callback where, oxws_connection id) {
    struct end *end = user;
    struct scenario *s;
    CHECK(end != NULL && end->magic == MAGIC);
    s = end->scenario;
    CHECK(s->magic == MAGIC);
    if (s->phase == RUNNING && s->where == where && s->role == end->role && !end->is_bystander) {
        void *current = end;
        happen(s, id);
        /* It may have been replaced. */
        CHECK_OK(oxws_get_user(s->loop, id, &current));
        end = current;
    }
    return end;
}

/* The first callback of a connection that came in: it gets an end of its own. */
static struct end *welcome(struct scenario *s, oxws_connection id) {
    struct end *end = new_end(s, SERVER, s->phase != RUNNING);
    CHECK(s->magic == MAGIC);
    CHECK_OK(oxws_set_user(s->loop, id, end));
    know(s, id);
    if (s->phase == RUNNING && s->server == 0) s->server = id;
    return end;
}

static void on_request(oxws_loop *loop, oxws_connection id, const oxws_request *request, void *user) {
    oxws_state state = 0;
    (void)request;
    noted(welcome(user, id), ON_REQUEST, id);
    CHECK_OK(oxws_get_state(loop, id, &state));
    if (state == OXWS_STATE_HANDSHAKE) {
        oxws_status status = oxws_accept(loop, id, NULL);
        CHECK(status == OXWS_OK || status == OXWS_ERROR_INVALID_STATE);
    }
}
static void on_http_request(oxws_loop *loop, oxws_connection id, const oxws_request *request,
                            void *user) {
    oxws_status status;
    (void)request;
    noted(welcome(user, id), ON_HTTP_REQUEST, id);
    status = oxws_deny(loop, id, 404, NULL);
    CHECK(status == OXWS_OK || status == OXWS_ERROR_INVALID_STATE || status == OXWS_ERROR_CLOSED);
}
static void on_connecting(oxws_loop *loop, oxws_connection id, oxws_connecting *request, void *user) {
    oxws_state state = 0;
    noted(user, ON_CONNECTING, id);
    CHECK_OK(oxws_get_state(loop, id, &state));
    CHECK(state == OXWS_STATE_HANDSHAKE || state == OXWS_STATE_CLOSED);
    CHECK_OK(oxws_connecting_set_header(request, "X-Late", "a"));
}
static void on_response(oxws_loop *loop, oxws_connection id, const oxws_response *response,
                        void *user) {
    (void)loop;
    CHECK(oxws_response_status(response) != 0);
    noted(user, ON_RESPONSE, id);
}
static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    struct end *end = noted(user, ON_OPEN, id);
    if (end->scenario->phase == RUNNING && !end->is_bystander) {
        oxws_send(loop, id, OXWS_MESSAGE_TEXT, "hello", 5);
        oxws_ping(loop, id, "ping", 4);
    }
}
static void on_message(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)loop, (void)type;
    noted(user, ON_MESSAGE, id);
    CHECK(len == 65536 || memcmp(data, "hello", 5) == 0 || memcmp(data, "sent", 4) == 0);
}
static void on_ping(oxws_loop *loop, oxws_connection id, const uint8_t *data, size_t len,
                    void *user) {
    (void)loop;
    noted(user, ON_PING, id);
    CHECK((len == 4 && memcmp(data, "ping", 4) == 0) || (len == 5 && memcmp(data, "again", 5) == 0));
}
static void on_pong(oxws_loop *loop, oxws_connection id, const uint8_t *data, size_t len,
                    uint64_t round_trip_us, void *user) {
    (void)loop, (void)data;
    noted(user, ON_PONG, id);
    CHECK((len == 4 || len == 5) && round_trip_us != UINT64_MAX);
}
static void on_writable(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop;
    noted(user, ON_WRITABLE, id);
}
static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    struct end *end = noted(user, ON_CLOSE, id);
    oxws_state state = 0;
    CHECK_OK(oxws_get_state(loop, id, &state));
    CHECK_NUMBER(state, OXWS_STATE_CLOSED);
    CHECK(oxws_close_info_status(info) != OXWS_ERROR_LOOP_FREED);
    end->scenario->closes++;
    check_poison(end, sizeof *end);
}
static void on_timer(oxws_loop *loop, oxws_timer timer, void *user) {
    struct scenario *s = user;
    oxws_state state = 0;
    (void)timer;
    CHECK(s->magic == MAGIC);
    if (s->where != ON_TIMER || s->phase != RUNNING || s->has_happened) return;
    CHECK_OK(oxws_get_state(loop, s->client, &state));
    if (state == OXWS_STATE_OPEN) happen(s, s->client);
}
static void on_watch(oxws_loop *loop, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    struct scenario *s = user;
    char byte;
    (void)loop, (void)watch;
    CHECK(s->magic == MAGIC && fd == s->pipes[0] && ready == OXWS_INTEREST_READ);
    CHECK(read(fd, &byte, 1) == 1);
    if (s->where == ON_WATCH && s->phase == RUNNING) happen(s, s->client);
}
static void on_post(oxws_loop *loop, void *user) {
    struct scenario *s = user;
    (void)loop;
    CHECK(s->magic == MAGIC);
    if (s->where == ON_POST && s->phase == RUNNING) happen(s, s->client);
}

/* ---- one scenario ---- */

static oxws_config *new_config(struct scenario *s) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_http_request(config, on_http_request));
    CHECK_OK(oxws_config_on_connecting(config, on_connecting));
    CHECK_OK(oxws_config_on_response(config, on_response));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_ping(config, on_ping));
    CHECK_OK(oxws_config_on_pong(config, on_pong));
    CHECK_OK(oxws_config_on_writable(config, on_writable));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_user(config, s));
    CHECK_OK(oxws_config_max_queued_bytes(config, 65536));
    return config;
}

static int has_state(struct scenario *s, oxws_connection id, oxws_state wanted) {
    oxws_state state = 0;
    return id != 0 && oxws_get_state(s->loop, id, &state) == OXWS_OK && state == wanted;
}

static oxws_connection dial(struct scenario *s, int is_bystander) {
    oxws_connection id = 0;
    CHECK_OK(oxws_connect(s->loop, s->url, s->config, &id));
    CHECK_OK(oxws_set_user(s->loop, id, new_end(s, CLIENT, is_bystander)));
    know(s, id);
    return id;
}

static void set_up(struct scenario *s) {
    s->magic = MAGIC;
    s->loop = oxws_loop_new();
    s->config = new_config(s);
    CHECK(pipe(s->pipes) == 0);
    if (s->where == ON_WRITABLE) {
        s->listener = check_listen_unix(s->loop, s->config, s->url, sizeof s->url);
    } else {
        s->listener = check_listen(s->loop, s->config, s->url, sizeof s->url);
    }
    CHECK_OK(oxws_watch_start(s->loop, s->pipes[0], OXWS_INTEREST_READ, on_watch, s, &s->watch));
    s->bystander = dial(s, 1);
    RUN_UNTIL(s->loop, has_state(s, s->bystander, OXWS_STATE_OPEN));
}

/* Fills what may wait to be sent by the side in question, while the other does not read. */
static void congest(struct scenario *s) {
    static const char block[65536];
    oxws_connection sender = s->role == CLIENT ? s->client : s->server;
    oxws_connection reader = s->role == CLIENT ? s->server : s->client;
    oxws_status status;
    CHECK_OK(oxws_pause_reading(s->loop, reader));
    do {
        status = oxws_send(s->loop, sender, OXWS_MESSAGE_BINARY, block, sizeof block);
    } while (status == OXWS_OK);
    CHECK_STATUS(OXWS_ERROR_WOULD_EXCEED, status);
    CHECK_OK(oxws_resume_reading(s->loop, reader));
}

/* Brings the callback about. */
static void provoke(struct scenario *s) {
    int raw = -1;
    uint32_t repeat = s->where == ON_TIMER ? 1 : 0;
    CHECK_OK(oxws_timer_start(s->loop, s->where == ON_TIMER ? 5 : 3600000, repeat, on_timer, s,
                              &s->timer));
    s->phase = RUNNING;
    if (s->where == ON_HTTP_REQUEST) {
        raw = check_raw_connect(s->url);
        check_raw_send(raw, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    } else {
        s->client = dial(s, 0);
    }
    if (s->where >= ON_WRITABLE) {
        RUN_UNTIL(s->loop, (s->has_happened || has_state(s, s->client, OXWS_STATE_OPEN)) &&
                               (s->has_happened || has_state(s, s->server, OXWS_STATE_OPEN)));
    }
    if (s->where == ON_WRITABLE) congest(s);
    if (s->where == ON_CLOSE) CHECK_OK(oxws_close(s->loop, s->client, 1000, "bye"));
    if (s->where == ON_WATCH) CHECK(write(s->pipes[1], "w", 1) == 1);
    if (s->where == ON_POST) CHECK_OK(oxws_loop_post(s->loop, on_post, s));
    RUN_UNTIL(s->loop, s->has_happened);
    if (raw >= 0) close(raw);
}

/* Asks every connection to end; whether none is left. */
static int all_ended(struct scenario *s) {
    size_t count = 1;
    int i;
    for (i = 0; i < s->known; i++) {
        oxws_resume_reading(s->loop, s->ids[i]);
        oxws_close(s->loop, s->ids[i], 1000, NULL);
    }
    CHECK_OK(oxws_loop_connection_count(s->loop, &count));
    return count == 0;
}

/* Lets what the operation has set off take its course; then everything is ended. */
static void wind_up(struct scenario *s) {
    int round;
    for (round = 0; round < 6; round++) CHECK_OK(oxws_loop_poll(s->loop, 0));
    s->phase = ENDING;
    RUN_UNTIL(s->loop, all_ended(s));
    CHECK_NUMBER(s->closes, s->known);
}

static void run_scenario(const struct operation *operation, enum callback where, enum role role,
                         int on_other) {
    struct scenario *s = calloc(1, sizeof *s);
    char context[100];
    snprintf(context, sizeof context, "%s in %s of a %s, on %s", operation->name,
             callback_names[where], role == CLIENT ? "client" : "server",
             on_other ? "another" : "itself");
    check_context = context;
    s->operation = operation;
    s->where = where;
    s->role = role;
    s->on_other = on_other;
    set_up(s);
    provoke(s);
    wind_up(s);
    oxws_config_free(s->config);
    CHECK_OK(oxws_loop_free(s->loop));
    CHECK_NUMBER(s->closes, s->known);
    close(s->pipes[0]);
    close(s->pipes[1]);
    check_poison(s, sizeof *s);
    check_context = "";
}

static int occurs(enum callback where, enum role role) {
    switch (where) {
    case ON_REQUEST:
    case ON_HTTP_REQUEST: return role == SERVER;
    case ON_CONNECTING:
    case ON_RESPONSE:
    case ON_TIMER:
    case ON_WATCH:
    case ON_POST: return role == CLIENT;
    default: return 1;
    }
}

int main(void) {
    size_t o;
    int where, role;
    check_begin();
    for (o = 0; o < sizeof operations / sizeof *operations; o++) {
        for (where = ON_REQUEST; where <= ON_POST; where++) {
            for (role = SERVER; role <= CLIENT; role++) {
                if (!occurs((enum callback)where, (enum role)role)) continue;
                run_scenario(&operations[o], (enum callback)where, (enum role)role, 0);
                if (operations[o].other != 0) {
                    run_scenario(&operations[o], (enum callback)where, (enum role)role, 1);
                }
            }
        }
    }
    return check_end();
}
