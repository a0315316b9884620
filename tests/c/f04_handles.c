/*
 * F4, F6: a hundred thousand operations by chance, also inside callbacks, on ids that are live,
 * stale, of another kind or made up. The loop stands it, and each connection gets exactly one
 * on_close.
 *
 * usage: handles [SEED [STEPS]]
 */
#include "check.h"

#define KNOWN 4096
#define CONNECTIONS 64
#define MOST_ALIVE 40

static oxws_loop *loop;
static oxws_config *config;
static char url[80];
static int pipes[2], is_freed;
static uint64_t state_of_chance = 0x9e3779b97f4a7c15u;

/* Everything that ever had an id, the oldest overwritten first. */
static uint64_t known[KNOWN];
static unsigned known_count;

static unsigned long dialed, announced, closes;

/* xorshift64: the same steps for the same seed. */
static uint64_t chance(uint64_t limit) {
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 7;
    state_of_chance ^= state_of_chance << 17;
    return state_of_chance % limit;
}

static void know(uint64_t id) { known[known_count++ % KNOWN] = id; }

/* Connections apart, so that none of the few that can live at a time is forgotten. */
static uint64_t connections[CONNECTIONS];
static unsigned connection_count;

static void know_connection(uint64_t id) {
    unsigned i;
    oxws_state state;
    for (i = 0; i < CONNECTIONS - 1; i++) {
        connection_count++;
        if (oxws_get_state(loop, connections[connection_count % CONNECTIONS], &state) != OXWS_OK) break;
    }
    connections[connection_count % CONNECTIONS] = id;
}

static uint64_t any_id(void) {
    unsigned filled = known_count < KNOWN ? known_count : KNOWN;
    switch (chance(8)) {
    case 0: return chance(UINT64_MAX);
    case 1: return chance(64) << 32 | chance(64);
    case 2: return known[chance(filled)];
    case 3: return known[(known_count - 1 - chance(filled < 32 ? filled : 32)) % KNOWN];
    default: return connections[chance(CONNECTIONS)];
    }
}

static void step(void);

/* The same inside a callback. */
static void meddle(void) {
    while (chance(2) == 0) step();
}

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)request, (void)user;
    announced++;
    know_connection(id);
    if (chance(4) != 0) CHECK_OK(oxws_accept(l, id, NULL));
    meddle();
}
static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    meddle();
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)user;
    if (chance(4) == 0) oxws_send(l, id, type, data, len);
    meddle();
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    oxws_state state = 0;
    (void)user;
    CHECK(oxws_close_info_status(info) <= 0);
    CHECK_OK(oxws_get_state(l, id, &state));
    CHECK_NUMBER(state, OXWS_STATE_CLOSED);
    closes++;
    meddle();
}
static void on_timer(oxws_loop *l, oxws_timer timer, void *user) {
    (void)l, (void)timer, (void)user;
    meddle();
}
static void on_watch(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)fd, (void)ready, (void)user;
    if (chance(2) == 0) CHECK_OK(oxws_watch_stop(l, watch));
    meddle();
}
static void on_post(oxws_loop *l, void *user) {
    (void)l, (void)user;
    meddle();
}

/* Each of these may fail; none may do more than fail. */
static void step(void) {
    uint64_t id = any_id();
    static const char block[3000];
    char buffer[16];
    uint16_t port;
    size_t size;
    oxws_state state;
    void *user;
    uint64_t made = 0;
    switch (chance(26)) {
    case 0: oxws_send(loop, id, OXWS_MESSAGE_TEXT, "text", 4); break;
    case 1: oxws_send(loop, id, OXWS_MESSAGE_BINARY, block, chance(sizeof block)); break;
    case 2: oxws_ping(loop, id, block, chance(130)); break;
    case 3: oxws_close(loop, id, (uint16_t)(1000 + chance(20)), "reason"); break;
    case 4: oxws_abort(loop, id); break;
    case 5: oxws_accept(loop, id, NULL); break;
    case 6: oxws_deny(loop, id, (uint16_t)(150 + chance(500)), NULL); break;
    case 7: oxws_pause_reading(loop, id); break;
    case 8:
    case 9: oxws_resume_reading(loop, id); break;
    case 10: oxws_get_queued_bytes(loop, id, &size); break;
    case 11: oxws_get_state(loop, id, &state); break;
    case 12: oxws_set_user(loop, id, NULL); break;
    case 13: oxws_get_user(loop, id, &user); break;
    case 14: oxws_get_peer_address(loop, id, buffer, sizeof buffer, &size); break;
    case 15: oxws_get_local_address(loop, id, buffer, sizeof buffer, NULL); break;
    case 16: oxws_get_subprotocol(loop, id, buffer, 1, &size); break;
    case 17: oxws_listener_port(loop, id, &port); break;
    case 18: oxws_timer_cancel(loop, id); break;
    case 19: oxws_watch_change(loop, id, 1 + (uint32_t)chance(4)); break;
    case 20: oxws_watch_stop(loop, id); break;
    case 21:
        if (chance(4) == 0 && oxws_timer_start(loop, (uint32_t)chance(5), (uint32_t)chance(2) * 50,
                                               on_timer, NULL, &made) == OXWS_OK) {
            know(made);
        }
        break;
    case 22:
        if (oxws_watch_start(loop, pipes[1], OXWS_INTEREST_WRITE, on_watch, NULL, &made) == OXWS_OK) {
            know(made);
        }
        break;
    case 23: oxws_loop_post(loop, on_post, NULL); break;
    default:
        if (dialed + announced - closes < MOST_ALIVE) {
            const char *target = chance(10) == 0 ? "ws+unix:/nowhere" : url;
            CHECK_STATUS(is_freed ? OXWS_ERROR_LOOP_FREED : OXWS_OK,
                         oxws_connect(loop, target, config, &made));
            if (!is_freed) {
                know_connection(made);
                dialed++;
            }
        }
    }
}

int main(int argc, char **argv) {
    unsigned long steps = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000, i;
    size_t count = 77;
    if (argc > 1) state_of_chance = strtoull(argv[1], NULL, 0) | 1;
    check_begin();
    CHECK(pipe(pipes) == 0);
    config = check_config();
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_close_timeout_ms(config, 20));
    CHECK_OK(oxws_config_handshake_timeout_ms(config, 100));
    CHECK_OK(oxws_config_max_queued_bytes(config, 10000));
    loop = oxws_loop_new();
    know(check_listen_unix(loop, config, url, sizeof url));
    for (i = 0; i < steps; i++) {
        step();
        if (chance(8) == 0) CHECK_OK(oxws_loop_poll(loop, 0));
    }
    CHECK(announced > steps / 1000 && dialed > steps / 1000 && closes > steps / 1000);
    CHECK_OK(oxws_loop_connection_count(loop, &count));
    CHECK(count >= dialed + announced - closes);
    is_freed = 1;
    CHECK_OK(oxws_loop_free(loop));
    CHECK_NUMBER(closes, dialed + announced);
    oxws_config_free(config);
    close(pipes[0]);
    close(pipes[1]);
    return check_end();
}
