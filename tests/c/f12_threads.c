/*
 * F12: what belongs to the loop's thread is refused elsewhere and changes nothing; what any thread
 * may call works from four threads at once; oxws_loop_attach moves a loop.
 */
#include "check.h"

#define THREADS 4
#define MESSAGES 1000

static oxws_loop *loop;
static oxws_config *config;
static char url[80];
static oxws_listener listener;
static oxws_timer timer;
static oxws_watch watch;
static int pipes[2];

static void on_timer(oxws_loop *l, oxws_timer id, void *user) {
    (void)l, (void)id, (void)user;
}
static void on_watch(oxws_loop *l, oxws_watch id, int32_t fd, uint32_t ready, void *user) {
    (void)l, (void)id, (void)fd, (void)ready, (void)user;
}

static void in_a_thread(void *(*run)(void *), void *argument) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, argument) == 0);
    pthread_join(thread, NULL);
}

/* ---- functions of the loop's thread ---- */

#define WRONG(call) CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, call)

static void *try_everything(void *connection) {
    oxws_connection id = *(oxws_connection *)connection;
    uint64_t made = 77;
    int32_t number = 77;
    uint16_t port = 77;
    size_t size = 77;
    oxws_state state = 77;
    char buffer[100] = "untouched";
    void *user = buffer;

    WRONG(oxws_loop_free(loop));
    WRONG(oxws_loop_poll(loop, 0));
    WRONG(oxws_loop_run(loop));
    WRONG(oxws_loop_fd(loop, &number));
    WRONG(oxws_loop_timeout_ms(loop, &number));
    WRONG(oxws_loop_connection_count(loop, &size));
    WRONG(oxws_loop_set_max_buffered_bytes(loop, 1));
    WRONG(oxws_loop_set_busy_poll_us(loop, 1));
    CHECK_NUMBER(oxws_loop_os_error(loop), 0);
    WRONG(oxws_listen(loop, "ws://127.0.0.1:0", config, &made));
    WRONG(oxws_listen_fd(loop, pipes[0], config, &made));
    WRONG(oxws_listener_close(loop, listener));
    WRONG(oxws_listener_port(loop, listener, &port));
    WRONG(oxws_connect(loop, url, config, &made));
    WRONG(oxws_pause_reading(loop, id));
    WRONG(oxws_resume_reading(loop, id));
    WRONG(oxws_get_queued_bytes(loop, id, &size));
    WRONG(oxws_get_state(loop, id, &state));
    WRONG(oxws_set_user(loop, id, buffer));
    WRONG(oxws_get_user(loop, id, &user));
    WRONG(oxws_get_peer_address(loop, id, buffer, sizeof buffer, &size));
    WRONG(oxws_get_local_address(loop, id, buffer, sizeof buffer, &size));
    WRONG(oxws_get_subprotocol(loop, id, buffer, sizeof buffer, &size));
    WRONG(oxws_timer_start(loop, 0, 0, on_timer, NULL, &made));
    WRONG(oxws_timer_cancel(loop, timer));
    WRONG(oxws_watch_start(loop, pipes[1], OXWS_INTEREST_WRITE, on_watch, NULL, &made));
    WRONG(oxws_watch_change(loop, watch, OXWS_INTEREST_WRITE));
    WRONG(oxws_watch_stop(loop, watch));
    CHECK(made == 77 && number == 77 && port == 77 && size == 77 && state == 77);
    CHECK(user == buffer && strcmp(buffer, "untouched") == 0);
    return NULL;
}

static void f12_the_loops_functions_are_refused_elsewhere(void) {
    oxws_connection id;
    oxws_state before = 0, after = 0;
    void *user = &loop;
    size_t count = 0;

    CHECK_OK(oxws_connect(loop, url, config, &id));
    CHECK_OK(oxws_timer_start(loop, 1000000, 0, on_timer, NULL, &timer));
    CHECK_OK(oxws_watch_start(loop, pipes[0], OXWS_INTEREST_READ, on_watch, NULL, &watch));
    CHECK_OK(oxws_get_state(loop, id, &before));
    in_a_thread(try_everything, &id);
    CHECK_OK(oxws_get_state(loop, id, &after));
    CHECK_OK(oxws_get_user(loop, id, &user));
    CHECK(user == NULL && before == after);
    CHECK_OK(oxws_loop_connection_count(loop, &count));
    CHECK_NUMBER(count, 1);
    CHECK_OK(oxws_timer_cancel(loop, timer));
    CHECK_OK(oxws_watch_stop(loop, watch));
    CHECK_OK(oxws_abort(loop, id));
    RUN_UNTIL(loop, oxws_get_state(loop, id, &after) == OXWS_ERROR_NOT_FOUND);
}

/* ---- attaching ---- */

static void *attach_and_run(void *unused) {
    int32_t ms = 77;
    (void)unused;
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_loop_poll(loop, 0));
    CHECK_OK(oxws_loop_attach(loop));
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
    CHECK_OK(oxws_loop_stop(loop));
    CHECK_OK(oxws_loop_run(loop));
    return NULL;
}

static void f12_attach_moves_the_loop(void) {
    in_a_thread(attach_and_run, NULL);
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_loop_poll(loop, 0));
    CHECK_STATUS(OXWS_ERROR_WRONG_THREAD, oxws_loop_free(loop));
    CHECK_OK(oxws_loop_attach(loop));
    CHECK_OK(oxws_loop_poll(loop, 0));
    CHECK_OK(oxws_loop_attach(loop));
}

/* ---- functions of any thread ---- */

/* A request that waits for one of the workers, and what the worker does with it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static oxws_connection requests[THREADS * 2], servers[THREADS];
static int request_count, request_taken, server_count, workers_ready;

static int next_message[THREADS], next_shared[THREADS], next_post[THREADS];
static int opens, closes, denied_http, pongs;

static void on_request(oxws_loop *l, oxws_connection id, const oxws_request *request, void *user) {
    (void)l, (void)request, (void)user;
    pthread_mutex_lock(&lock);
    requests[request_count++] = id;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}
static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)l, (void)user;
    opens++;
    pthread_mutex_lock(&lock);
    servers[server_count++] = id;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}
/* Two connections of each role for each thread: then all is over. */
static void ended(oxws_loop *l) {
    if (++closes == 4 * THREADS) CHECK_OK(oxws_loop_stop(l));
}
static void on_server_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                            void *user) {
    (void)id, (void)info, (void)user;
    ended(l);
}
static void on_client_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info,
                            void *user) {
    (void)id, (void)user;
    if (oxws_close_info_http_status(info) == 403) denied_http++;
    if (oxws_close_info_http_status(info) != 403) CHECK_OK(oxws_close_info_status(info));
    ended(l);
}
static void on_pong(oxws_loop *l, oxws_connection id, const uint8_t *data, size_t len,
                    uint64_t round_trip_us, void *user) {
    (void)l, (void)id, (void)data, (void)round_trip_us, (void)user;
    CHECK_NUMBER(len, 4);
    pongs++;
}
/* A message tells which thread sent it, on which connection, and which one of its messages it is. */
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    int sender = -1, number = -1;
    char kind = 0, text[40];
    (void)l, (void)id, (void)type, (void)user;
    CHECK(len < sizeof text);
    if (len >= sizeof text) return;
    memcpy(text, data, len);
    text[len] = '\0';
    CHECK(sscanf(text, "%c %d %d", &kind, &sender, &number) == 3);
    CHECK(sender >= 0 && sender < THREADS);
    if (sender < 0 || sender >= THREADS) return;
    if (kind == 'o') CHECK_NUMBER(number, next_message[sender]++);
    if (kind == 's') CHECK_NUMBER(number, next_shared[sender]++);
}

struct post {
    int sender, number;
};

static void on_post(oxws_loop *l, void *user) {
    struct post *post = user;
    (void)l;
    CHECK_NUMBER(post->number, next_post[post->sender]++);
    free(post);
}

static oxws_connection take_request(void) {
    oxws_connection id;
    pthread_mutex_lock(&lock);
    while (request_taken == request_count) pthread_cond_wait(&changed, &lock);
    id = requests[request_taken++];
    pthread_mutex_unlock(&lock);
    return id;
}

/* All do at once what they do. */
static void meet(void) {
    pthread_mutex_lock(&lock);
    workers_ready++;
    pthread_cond_broadcast(&changed);
    while (workers_ready < THREADS || server_count < THREADS) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* A full mailbox or queue gives way in time. */
static void persist(oxws_status (*attempt)(void *), void *argument) {
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    oxws_status status;
    while ((status = attempt(argument)) == OXWS_ERROR_WOULD_EXCEED) {
        if (check_now_ms() > give_up_at) break;
        usleep(100);
    }
    CHECK_OK(status);
}

struct parcel {
    oxws_connection to;
    char text[40];
};

static oxws_status attempt_send(void *argument) {
    struct parcel *parcel = argument;
    return oxws_send(loop, parcel->to, OXWS_MESSAGE_TEXT, parcel->text, strlen(parcel->text));
}
static oxws_status attempt_ping(void *argument) {
    return oxws_ping(loop, ((struct parcel *)argument)->to, "ping", 4);
}
static oxws_status attempt_post(void *argument) { return oxws_loop_post(loop, on_post, argument); }

static void *work(void *argument) {
    int me = *(int *)argument, i;
    struct parcel parcel;

    CHECK_OK(oxws_accept(loop, take_request(), NULL));
    CHECK_OK(oxws_deny(loop, take_request(), 403, NULL));
    meet();
    for (i = 0; i < MESSAGES; i++) {
        struct post *post = malloc(sizeof *post);
        parcel.to = servers[me];
        snprintf(parcel.text, sizeof parcel.text, "o %d %d", me, i);
        persist(attempt_send, &parcel);
        parcel.to = servers[0];
        snprintf(parcel.text, sizeof parcel.text, "s %d %d", me, i);
        persist(attempt_send, &parcel);
        post->sender = me;
        post->number = i;
        persist(attempt_post, post);
        if (i % 100 == 0) persist(attempt_ping, &parcel);
        if (i % 7 == 0) CHECK_OK(oxws_loop_wake(loop));
    }
    pthread_mutex_lock(&lock);
    workers_ready++;
    pthread_cond_broadcast(&changed);
    while (workers_ready < 2 * THREADS) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    CHECK_OK(oxws_close(loop, servers[me], 1000, "done"));
    return NULL;
}

static void f12_four_threads_at_once(void) {
    oxws_config *server = check_config(), *client = check_config();
    pthread_t threads[THREADS];
    int numbers[THREADS], i;
    char where[80];
    oxws_connection id;

    CHECK_OK(oxws_config_on_request(server, on_request));
    CHECK_OK(oxws_config_on_open(server, on_open));
    CHECK_OK(oxws_config_on_pong(server, on_pong));
    CHECK_OK(oxws_config_on_close(server, on_server_close));
    CHECK_OK(oxws_config_on_message(client, on_message));
    CHECK_OK(oxws_config_on_close(client, on_client_close));
    check_listen(loop, server, where, sizeof where);
    for (i = 0; i < 2 * THREADS; i++) CHECK_OK(oxws_connect(loop, where, client, &id));
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, work, &numbers[i]) == 0);
    }
    CHECK_OK(oxws_loop_run(loop));
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (i = 0; i < THREADS; i++) {
        CHECK_NUMBER(next_message[i], MESSAGES);
        CHECK_NUMBER(next_shared[i], MESSAGES);
        CHECK_NUMBER(next_post[i], MESSAGES);
    }
    CHECK_NUMBER(opens, THREADS);
    CHECK_NUMBER(denied_http, THREADS);
    CHECK_NUMBER(pongs, THREADS * MESSAGES / 100);
    oxws_config_free(server);
    oxws_config_free(client);
}

/* ---- stopping ---- */

static void *stop_soon(void *unused) {
    (void)unused;
    usleep(10000);
    CHECK_OK(oxws_loop_stop(loop));
    return NULL;
}

static void f12_another_thread_ends_the_run(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, stop_soon, NULL) == 0);
    CHECK_OK(oxws_loop_run(loop));
    pthread_join(thread, NULL);
}

int main(void) {
    check_begin();
    CHECK(pipe(pipes) == 0);
    config = check_config();
    loop = oxws_loop_new();
    listener = check_listen(loop, config, url, sizeof url);
    f12_the_loops_functions_are_refused_elsewhere();
    f12_attach_moves_the_loop();
    f12_four_threads_at_once();
    f12_another_thread_ends_the_run();
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    close(pipes[0]);
    close(pipes[1]);
    return check_end();
}
