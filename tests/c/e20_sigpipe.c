/*
 * E20: with SIGPIPE at its default, which ends the process, small and large messages are sent to a
 * peer that has gone, by clients and servers, over TCP and Unix-domain sockets.
 */
#include "check.h"

#define LARGE (1 << 20)

static char large[LARGE];
static int opens, closes;
static oxws_connection last, far;

static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop, (void)user;
    opens++;
    last = id;
}
static void on_far_open(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop, (void)user;
    far = id;
}
static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)loop, (void)id, (void)user;
    CHECK(oxws_close_info_status(info) != OXWS_OK);
    CHECK_NUMBER(oxws_close_info_code(info), 1006);
    closes++;
}

/* Sends until the loop has noticed that nobody is there. */
static void send_in_vain(oxws_loop *loop, oxws_connection id, size_t len) {
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    while (closes == 0 && check_now_ms() < give_up_at) {
        oxws_send(loop, id, OXWS_MESSAGE_BINARY, large, len);
        oxws_ping(loop, id, "ping", 4);
        oxws_send(loop, id, OXWS_MESSAGE_BINARY, large, len);
        CHECK_OK(oxws_loop_poll(loop, 1));
    }
    CHECK_NUMBER(closes, 1);
}

static oxws_config *new_config(void) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_max_queued_bytes(config, 1 << 26));
    return config;
}

static oxws_loop *listening(const oxws_config *config, int over_unix, char *url, size_t size) {
    oxws_loop *loop = oxws_loop_new();
    if (over_unix) {
        check_listen_unix(loop, config, url, size);
    } else {
        check_listen(loop, config, url, size);
    }
    opens = closes = 0;
    return loop;
}

/* The client of a server goes away, with a FIN or with a reset. */
static void e20_server(int over_unix, int reset, size_t len) {
    char url[80];
    oxws_config *config = new_config();
    oxws_loop *loop = listening(config, over_unix, url, sizeof url);
    struct linger at_once = {1, 0};
    int raw = check_raw_connect(url);
    check_raw_send(raw, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, opens == 1);
    if (reset) setsockopt(raw, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(raw);
    send_in_vain(loop, last, len);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

/* The server of a client goes away: another loop, whose connection is aborted. */
static void e20_client(int over_unix, size_t len) {
    char url[80];
    oxws_config *config = new_config(), *silent = check_config();
    oxws_loop *elsewhere, *loop = oxws_loop_new();
    oxws_connection id;
    CHECK_OK(oxws_config_on_open(silent, on_far_open));
    elsewhere = listening(silent, over_unix, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, config, &id));
    RUN_UNTIL(loop, opens == 1 || oxws_loop_poll(elsewhere, 1) != OXWS_OK);
    /* Unread bytes make the system answer with a reset. */
    CHECK_OK(oxws_send(loop, id, OXWS_MESSAGE_TEXT, "unread", 6));
    CHECK_OK(oxws_abort(elsewhere, far));
    CHECK_OK(oxws_loop_free(elsewhere));
    send_in_vain(loop, id, len);
    oxws_config_free(silent);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    static const size_t sizes[] = {1, 1000, 70000, LARGE};
    struct sigaction action;
    sigset_t pipe_signal;
    size_t i;
    int over_unix;

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(SIGPIPE, &action, NULL);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_UNBLOCK, &pipe_signal, NULL);

    check_begin();
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (over_unix = 0; over_unix < 2; over_unix++) {
            e20_server(over_unix, 0, sizes[i]);
            e20_server(over_unix, 1, sizes[i]);
            e20_client(over_unix, sizes[i]);
        }
    }
    memset(&action, 0xff, sizeof action);
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    pthread_sigmask(SIG_BLOCK, NULL, &pipe_signal);
    CHECK(!sigismember(&pipe_signal, SIGPIPE));
    return check_end();
}
