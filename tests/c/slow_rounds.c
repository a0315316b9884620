/*
 * A program whose callbacks are slow in every round still gets its timers, and its connections
 * their deadlines.
 */
#include "check.h"

/* How long each round takes at least. A slower machine makes it longer, and the rounds until a deadline
 * fewer: so rounds are counted, not the time. */
#define ROUND_MS 15

static int fired, closed;

/* The pipe is never read: this is called in every round. */
static void on_pipe(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)l, (void)watch, (void)fd, (void)ready, (void)user;
    usleep(ROUND_MS * 1000);
}

static void on_timer(oxws_loop *l, oxws_timer timer, void *user) {
    (void)l, (void)timer, (void)user;
    fired++;
}

static void on_close(oxws_loop *l, oxws_connection c, const oxws_close_info *info, void *user) {
    (void)l, (void)c, (void)user;
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_TIMEOUT, oxws_close_info_status(info));
    closed++;
}

/* How many rounds pass until `done` is true. */
static int rounds_until(oxws_loop *loop, const int *done) {
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    int rounds = 0;
    while (!*done && check_now_ms() < give_up_at) {
        CHECK_OK(oxws_loop_poll(loop, -1));
        rounds++;
    }
    CHECK_NUMBER(*done, 1);
    return rounds;
}

int main(void) {
    oxws_loop *loop;
    oxws_config *config;
    oxws_connection id;
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    char url[64];
    int pipe_ends[2], silent;
    check_begin();
    loop = oxws_loop_new();
    config = oxws_config_new();
    CHECK(pipe(pipe_ends) == 0 && write(pipe_ends[1], "x", 1) == 1);
    CHECK_OK(oxws_watch_start(loop, pipe_ends[0], OXWS_INTEREST_READ, on_pipe, NULL, NULL));

    CHECK_OK(oxws_timer_start(loop, 50, 0, on_timer, NULL, NULL));
    CHECK(rounds_until(loop, &fired) <= 50 / ROUND_MS + 2);

    /* A server that takes the connection and never says a word. */
    silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(silent, (struct sockaddr *)&at, sizeof at) == 0 && listen(silent, 1) == 0);
    CHECK(getsockname(silent, (struct sockaddr *)&at, &len) == 0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)ntohs(at.sin_port));
    CHECK_OK(oxws_config_handshake_timeout_ms(config, 100));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_connect(loop, url, config, &id));
    /* Slow rounds put it off by a second at most: the peer may have been as quick as it could. */
    CHECK(rounds_until(loop, &closed) <= (100 + 1000) / ROUND_MS + 2);

    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    close(silent);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return check_end();
}
