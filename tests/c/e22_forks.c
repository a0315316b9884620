/*
 * E22: a child that inherits a loop gets OXWS_ERROR_FORKED from everything and can free it, which
 * leaves the parent's loop, its connections and its socket file as they were.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_config *config, *child_config;
static char url[80], unix_url[80];
static oxws_listener listener;
static oxws_connection client;
static oxws_timer timer;
static int echoes, opens, closes, posts, child_closes;
enum { IN_A_POLL = 1, IN_A_RUN };
static int forks_inside;
static pid_t child_inside = -1;

static void on_timer(oxws_loop *l, oxws_timer id, void *user) {
    (void)l, (void)id, (void)user;
}
static void on_watch(oxws_loop *l, oxws_watch id, int32_t fd, uint32_t ready, void *user) {
    (void)l, (void)id, (void)fd, (void)ready, (void)user;
}
static void on_post(oxws_loop *l, void *user) {
    (void)l, (void)user;
    posts++;
}
static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)id, (void)user;
    opens++;
}
static void on_echo(oxws_loop *l, oxws_connection id, oxws_message_type type, const uint8_t *data,
                    size_t len, void *user) {
    (void)user;
    CHECK_OK(oxws_send(l, id, type, data, len));
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)id, (void)type, (void)data, (void)len, (void)user;
    echoes++;
    if (forks_inside != 0) {
        if (forks_inside == IN_A_RUN) CHECK_OK(oxws_loop_stop(l));
        forks_inside = 0;
        child_inside = fork();
        /* The child is inside a callback, where a loop cannot be freed. */
        if (child_inside == 0) CHECK_STATUS(OXWS_ERROR_BUSY, oxws_loop_free(l));
    }
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)info, (void)user;
    closes++;
}

static int32_t on_origin(const oxws_request *request, void *user) {
    (void)request, (void)user;
    if (forks_inside == IN_A_POLL) {
        forks_inside = 0;
        child_inside = fork();
    }
    return 1;
}

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)request, (void)user;
    CHECK(child_inside != 0);
    CHECK_OK(oxws_accept(l, id, NULL));
}

static void on_sent(oxws_loop *l, oxws_connection id, oxws_status status, void *context) {
    (void)l, (void)id, (void)status, (void)context;
    CHECK(0);
}
static void on_release(const void *data, size_t len, void *context) {
    (void)data, (void)len, (void)context;
    CHECK(0);
}
static void on_detached(oxws_loop *l, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    (void)l, (void)id, (void)fd, (void)unread, (void)unread_len, (void)context;
    CHECK(0);
}

#define FORKED(call) CHECK_STATUS(OXWS_ERROR_FORKED, call)

static void try_everything(void) {
    uint64_t made = 77;
    int32_t number = 77;
    uint16_t port = 77;
    size_t size = 77;
    oxws_close_state close_state = 77;
    oxws_state state = 77;
    char buffer[100] = "untouched";
    void *user = buffer;
    oxws_reply *reply = oxws_reply_new(200);

    FORKED(oxws_loop_attach(loop));
    FORKED(oxws_loop_poll(loop, 0));
    FORKED(oxws_loop_run(loop));
    FORKED(oxws_loop_stop(loop));
    FORKED(oxws_loop_wake(loop));
    FORKED(oxws_loop_fd(loop, &number));
    FORKED(oxws_loop_timeout_ms(loop, &number));
    FORKED(oxws_loop_connection_count(loop, &size));
    FORKED(oxws_loop_set_max_buffered_bytes(loop, 1));
    FORKED(oxws_loop_set_busy_poll_us(loop, 1));
    CHECK_NUMBER(oxws_loop_os_error(loop), 0);
    FORKED(oxws_listen(loop, "ws://127.0.0.1:0", config, &made));
    FORKED(oxws_listen_fd(loop, 0, config, &made));
    FORKED(oxws_listener_close(loop, listener));
    FORKED(oxws_listener_port(loop, listener, &port));
    FORKED(oxws_connect(loop, url, config, &made));
    FORKED(oxws_accept(loop, client, NULL));
    FORKED(oxws_accept_with(loop, client, reply));
    FORKED(oxws_deny(loop, client, 403, NULL));
    FORKED(oxws_respond(loop, client, reply));
    FORKED(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "from the child", 14));
    FORKED(oxws_send(loop, client, OXWS_MESSAGE_BINARY, "from the child", 14));
    FORKED(oxws_send_vectored(loop, client, OXWS_MESSAGE_TEXT, NULL, NULL, 0));
    FORKED(oxws_send_with(loop, client, OXWS_MESSAGE_TEXT, "a", 1, 0, on_sent, NULL));
    FORKED(oxws_send_borrowed(loop, client, OXWS_MESSAGE_TEXT, "a", 1, 0, on_release, NULL));
    FORKED(oxws_send_begin(loop, client, OXWS_MESSAGE_TEXT, 0));
    FORKED(oxws_send_append(loop, client, "a", 1));
    FORKED(oxws_send_end(loop, client, "a", 1));
    FORKED(oxws_ping(loop, client, "a", 1));
    FORKED(oxws_pong(loop, client, "a", 1));
    FORKED(oxws_detach(loop, client, on_detached, NULL));
    FORKED(oxws_adopt_server(loop, 0, NULL, 0, config, &made));
    FORKED(oxws_adopt_client(loop, 0, url, config, &made));
    FORKED(oxws_adopt_open(loop, 0, OXWS_ROLE_CLIENT, NULL, NULL, 0, config, &made));
    FORKED(oxws_close(loop, client, 1000, NULL));
    FORKED(oxws_abort(loop, client));
    FORKED(oxws_pause_reading(loop, client));
    FORKED(oxws_resume_reading(loop, client));
    FORKED(oxws_get_queued_bytes(loop, client, &size));
    FORKED(oxws_get_state(loop, client, &state));
    FORKED(oxws_get_close_state(loop, client, &close_state));
    FORKED(oxws_set_user(loop, client, NULL));
    FORKED(oxws_get_user(loop, client, &user));
    FORKED(oxws_get_peer_address(loop, client, buffer, sizeof buffer, &size));
    FORKED(oxws_get_local_address(loop, client, buffer, sizeof buffer, &size));
    FORKED(oxws_get_subprotocol(loop, client, buffer, sizeof buffer, &size));
    FORKED(oxws_timer_start(loop, 0, 0, on_timer, NULL, &made));
    FORKED(oxws_timer_cancel(loop, timer));
    FORKED(oxws_watch_start(loop, 0, 1, on_watch, NULL, &made));
    FORKED(oxws_watch_change(loop, 1, 1));
    FORKED(oxws_watch_stop(loop, 1));
    FORKED(oxws_loop_post(loop, on_post, NULL));
    oxws_reply_free(reply);
    CHECK(made == 77 && number == 77 && port == 77 && size == 77 && state == 77);
    CHECK(user == buffer && strcmp(buffer, "untouched") == 0);
}

static void on_child_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)user;
    CHECK_OK(oxws_close(l, id, 1000, NULL));
}
static void on_child_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                           void *user) {
    (void)l, (void)id, (void)user;
    CHECK_OK(oxws_close_info_status(info));
    child_closes++;
}

/* A loop of the child's own works as any, and does not make the inherited one usable. */
static void own_loop(void) {
    oxws_loop *own = oxws_loop_new();
    oxws_connection id;
    char own_url[80];
    CHECK_OK(oxws_config_on_open(child_config, on_child_open));
    CHECK_OK(oxws_config_on_close(child_config, on_child_close));
    check_listen(own, child_config, own_url, sizeof own_url);
    CHECK_OK(oxws_connect(own, own_url, child_config, &id));
    CHECK_STATUS(OXWS_ERROR_FORKED, oxws_loop_poll(loop, 0));
    RUN_UNTIL(own, child_closes == 2);
    CHECK_OK(oxws_loop_free(own));
}

static void free_inherited(void) {
    int closes_before = closes;
    CHECK_OK(oxws_loop_free(loop));
    CHECK(closes == closes_before);
    oxws_config_free(config);
    oxws_config_free(child_config);
}

/* By way of another program: what a child must leave alone, such as a lock that a thread of its
 * parent may hold, is no leak of its own. */
static void leave(void) {
    execl("/bin/sh", "sh", "-c", check_failures == 0 ? "exit 0" : "exit 1", (char *)NULL);
    _exit(2);
}

static void wait_for(pid_t child) {
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void echo(int count) {
    int before = echoes, i;
    for (i = 0; i < count; i++) CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "echo", 4));
    RUN_UNTIL(loop, echoes == before + count);
}

static void e22_the_child_may_only_free(void) {
    pid_t child = fork();
    if (child == 0) {
        try_everything();
        own_loop();
        try_everything();
        free_inherited();
        leave();
    }
    echo(10);
    wait_for(child);
    CHECK(access(strchr(unix_url, '/'), F_OK) == 0);
    echo(10);
}

/* The round that was under way when the child was made ends there, and does nothing more. */
static void e22_a_fork_inside_a_callback(int where) {
    pid_t parent = getpid();
    oxws_status status;
    child_inside = -1;
    forks_inside = where;
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "echo", 4));
    do {
        status = where == IN_A_RUN ? oxws_loop_run(loop) : oxws_loop_poll(loop, 20);
    } while (status == OXWS_OK && child_inside == -1);
    if (getpid() != parent) {
        CHECK_STATUS(OXWS_ERROR_FORKED, status);
        try_everything();
        free_inherited();
        leave();
    }
    CHECK_OK(status);
    wait_for(child_inside);
    echo(10);
}

/* A child that is made while an origin is judged is not asked about the request as well. */
static void e22_a_fork_inside_on_origin(void) {
    pid_t parent = getpid();
    oxws_connection another;
    oxws_status status;
    int before = opens;
    child_inside = -1;
    forks_inside = IN_A_POLL;
    CHECK_OK(oxws_connect(loop, url, config, &another));
    do {
        status = oxws_loop_poll(loop, 20);
    } while (status == OXWS_OK && child_inside == -1);
    if (getpid() != parent) {
        CHECK_STATUS(OXWS_ERROR_FORKED, status);
        free_inherited();
        leave();
    }
    CHECK_OK(status);
    wait_for(child_inside);
    RUN_UNTIL(loop, opens == before + 2);
}

/* A new connection shows that the listener is still watched. */
static void e22_the_parent_goes_on_listening(void) {
    oxws_connection another;
    int before = opens;
    CHECK_OK(oxws_connect(loop, url, config, &another));
    RUN_UNTIL(loop, opens == before + 2);
    CHECK_OK(oxws_connect(loop, unix_url, config, &another));
    RUN_UNTIL(loop, opens == before + 4);
}

int main(void) {
    oxws_config *server;
    check_begin();
    server = check_config();
    config = check_config();
    child_config = check_config();
    CHECK_OK(oxws_config_on_origin(server, on_origin));
    CHECK_OK(oxws_config_on_request(server, on_request));
    CHECK_OK(oxws_config_on_open(server, on_open));
    CHECK_OK(oxws_config_on_message(server, on_echo));
    CHECK_OK(oxws_config_on_close(server, on_close));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    loop = oxws_loop_new();
    listener = check_listen(loop, server, url, sizeof url);
    check_listen_unix(loop, server, unix_url, sizeof unix_url);
    oxws_config_free(server);
    CHECK_OK(oxws_connect(loop, url, config, &client));
    CHECK_OK(oxws_timer_start(loop, 1000000, 0, on_timer, NULL, &timer));
    RUN_UNTIL(loop, opens == 2);
    e22_the_child_may_only_free();
    e22_a_fork_inside_a_callback(IN_A_POLL);
    e22_a_fork_inside_a_callback(IN_A_RUN);
    e22_a_fork_inside_on_origin();
    e22_the_parent_goes_on_listening();
    CHECK_NUMBER(closes, 0);
    CHECK_OK(oxws_loop_free(loop));
    CHECK_NUMBER(closes, 8);
    oxws_config_free(config);
    oxws_config_free(child_config);
    return check_end();
}
