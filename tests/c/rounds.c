/*
 * Timers, watches and posts of the program, and the same driven by a poll() of its own.
 */
#include "check.h"

#include <poll.h>

static oxws_loop *loop;

/* What was called, in order. */
static char trace[200];
static size_t trace_len;

static void note(char what) {
    if (trace_len < sizeof trace - 1) trace[trace_len++] = what;
    trace[trace_len] = '\0';
}

static void forget(void) {
    trace_len = 0;
    trace[0] = '\0';
}

/* ---- timers ---- */

static oxws_timer timers[4];
static char names[] = "abcd";

static void on_named(oxws_loop *l, oxws_timer timer, void *user) {
    CHECK(l == loop);
    CHECK(timer == timers[(char *)user - names]);
    note(*(char *)user);
}
static void on_cancel_itself(oxws_loop *l, oxws_timer timer, void *user) {
    note(*(char *)user);
    CHECK_OK(oxws_timer_cancel(l, timer));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_timer_cancel(l, timer));
}
static void on_once(oxws_loop *l, oxws_timer timer, void *user) {
    note(*(char *)user);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_timer_cancel(l, timer));
}
static void on_cancel_next(oxws_loop *l, oxws_timer timer, void *user) {
    (void)timer;
    note(*(char *)user);
    CHECK_OK(oxws_timer_cancel(l, timers[1]));
}
static void on_start_another(oxws_loop *l, oxws_timer timer, void *user) {
    (void)timer;
    note(*(char *)user);
    CHECK_OK(oxws_timer_start(l, 0, 0, on_named, &names[3], &timers[3]));
}

static void timers_fire_in_the_order_of_their_deadlines(void) {
    oxws_loop *real = loop;
    /* Between the starts no time passes. */
    loop = oxws_test_loop_new();
    forget();
    CHECK_OK(oxws_timer_start(loop, 30, 0, on_named, &names[2], &timers[2]));
    CHECK_OK(oxws_timer_start(loop, 10, 0, on_named, &names[0], &timers[0]));
    CHECK_OK(oxws_timer_start(loop, 20, 0, on_named, &names[1], &timers[1]));
    CHECK_OK(oxws_test_advance_ms(loop, 29));
    CHECK(strcmp(trace, "ab") == 0);
    CHECK_OK(oxws_test_advance_ms(loop, 1));
    CHECK(strcmp(trace, "abc") == 0);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_timer_cancel(loop, timers[0]));
    CHECK_OK(oxws_loop_free(loop));
    loop = real;
}

static void a_timer_does_not_fire_early(void) {
    int64_t begin = check_now_ms();
    forget();
    CHECK_OK(oxws_timer_start(loop, 30, 0, on_named, &names[0], &timers[0]));
    RUN_UNTIL(loop, trace_len == 1);
    CHECK(check_now_ms() - begin >= 29);
}

static void a_timer_repeats_until_it_cancels_itself(void) {
    int round;
    forget();
    CHECK_OK(oxws_timer_start(loop, 0, 1, on_named, &names[0], &timers[0]));
    RUN_UNTIL(loop, trace_len >= 5);
    CHECK_OK(oxws_timer_cancel(loop, timers[0]));
    forget();
    CHECK_OK(oxws_timer_start(loop, 1, 1, on_cancel_itself, &names[1], NULL));
    CHECK_OK(oxws_timer_start(loop, 1, 0, on_once, &names[2], NULL));
    RUN_UNTIL(loop, trace_len >= 2);
    for (round = 0; round < 5; round++) CHECK_OK(oxws_loop_poll(loop, 3));
    CHECK_NUMBER(trace_len, 2);
}

static void a_cancelled_timer_does_not_fire_in_the_same_round(void) {
    int round;
    forget();
    CHECK_OK(oxws_timer_start(loop, 1, 0, on_cancel_next, &names[0], &timers[0]));
    CHECK_OK(oxws_timer_start(loop, 1, 0, on_named, &names[1], &timers[1]));
    usleep(5000);
    for (round = 0; round < 5; round++) CHECK_OK(oxws_loop_poll(loop, 2));
    CHECK(strcmp(trace, "a") == 0);
}

static void a_timer_that_is_started_in_a_callback_fires_in_a_later_round(void) {
    forget();
    CHECK_OK(oxws_timer_start(loop, 0, 0, on_start_another, &names[0], &timers[0]));
    RUN_UNTIL(loop, trace_len >= 1);
    CHECK(strcmp(trace, "a") == 0);
    RUN_UNTIL(loop, trace_len >= 2);
    CHECK(strcmp(trace, "ad") == 0);
}

static void the_timeout_is_that_of_the_next_timer(void) {
    int32_t ms = 77;
    CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
    CHECK_NUMBER(ms, -1);
    CHECK_OK(oxws_timer_start(loop, 3600000, 0, on_named, &names[0], &timers[0]));
    CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
    CHECK(ms > 3000000 && ms <= 3600001);
    CHECK_OK(oxws_timer_start(loop, 0, 0, on_named, &names[1], &timers[1]));
    CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
    CHECK(ms >= 0 && ms <= 1);
    CHECK_OK(oxws_timer_cancel(loop, timers[0]));
    CHECK_OK(oxws_timer_cancel(loop, timers[1]));
    CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
    CHECK_NUMBER(ms, -1);
}

/* ---- watches ---- */

static int pipes[2];
static oxws_watch reader, writer;

static void on_ready(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    CHECK(l == loop);
    CHECK((watch == reader && fd == pipes[0] && ready == OXWS_INTEREST_READ) ||
          (watch == writer && fd == pipes[1] && ready == OXWS_INTEREST_WRITE));
    note(*(char *)user);
}
static void on_ready_once(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)fd, (void)ready;
    note(*(char *)user);
    CHECK_OK(oxws_watch_stop(l, watch));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_watch_stop(l, watch));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_watch_change(l, watch, OXWS_INTEREST_READ));
}

static void quiet_rounds(int count) {
    while (count-- > 0) CHECK_OK(oxws_loop_poll(loop, 2));
}

static void what_is_not_read_is_reported_in_each_round(void) {
    char bytes[10];
    CHECK(pipe(pipes) == 0);
    forget();
    CHECK_OK(oxws_watch_start(loop, pipes[0], OXWS_INTEREST_READ, on_ready, &names[0], &reader));
    quiet_rounds(3);
    CHECK(strcmp(trace, "") == 0);
    CHECK(write(pipes[1], "xy", 2) == 2);
    quiet_rounds(3);
    CHECK(strcmp(trace, "aaa") == 0);
    CHECK(read(pipes[0], bytes, 1) == 1);
    quiet_rounds(2);
    CHECK(strcmp(trace, "aaaaa") == 0);
    CHECK(read(pipes[0], bytes, sizeof bytes) == 1);
    quiet_rounds(3);
    CHECK(strcmp(trace, "aaaaa") == 0);
}

static void a_watch_can_be_changed_and_stopped(void) {
    forget();
    CHECK_OK(oxws_watch_start(loop, pipes[1], OXWS_INTEREST_WRITE, on_ready, &names[1], &writer));
    quiet_rounds(2);
    CHECK(strcmp(trace, "bb") == 0);
    CHECK_OK(oxws_watch_change(loop, writer, OXWS_INTEREST_READ));
    quiet_rounds(3);
    CHECK(strcmp(trace, "bb") == 0);
    CHECK_OK(oxws_watch_change(loop, writer, OXWS_INTEREST_READ | OXWS_INTEREST_WRITE));
    quiet_rounds(1);
    CHECK(strcmp(trace, "bbb") == 0);
    CHECK_OK(oxws_watch_stop(loop, writer));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_watch_stop(loop, writer));
    quiet_rounds(3);
    CHECK(strcmp(trace, "bbb") == 0);
    CHECK_OK(oxws_watch_start(loop, pipes[1], OXWS_INTEREST_WRITE, on_ready_once, &names[2], NULL));
    quiet_rounds(3);
    CHECK(strcmp(trace, "bbbc") == 0);
}

static void the_end_of_a_pipe_can_be_read(void) {
    forget();
    close(pipes[1]);
    quiet_rounds(2);
    CHECK(strcmp(trace, "aa") == 0);
    CHECK_OK(oxws_watch_stop(loop, reader));
    close(pipes[0]);
}

/* ---- posts ---- */

static void on_post(oxws_loop *l, void *user) {
    CHECK(l == loop);
    note(*(char *)user);
}
static void on_post_again(oxws_loop *l, void *user) {
    note(*(char *)user);
    CHECK_OK(oxws_loop_post(l, on_post, &names[3]));
}

static void posts_come_in_their_order_and_in_a_later_round(void) {
    forget();
    CHECK_OK(oxws_loop_post(loop, on_post_again, &names[0]));
    CHECK_OK(oxws_loop_post(loop, on_post, &names[1]));
    CHECK_OK(oxws_loop_post(loop, on_post, &names[2]));
    CHECK(strcmp(trace, "") == 0);
    CHECK_OK(oxws_loop_poll(loop, -1));
    CHECK(strcmp(trace, "abc") == 0);
    CHECK_OK(oxws_loop_poll(loop, -1));
    CHECK(strcmp(trace, "abcd") == 0);
}

/* ---- a loop of the program's own ---- */

static int opens, messages, closes;

static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    (void)user;
    opens++;
    CHECK_OK(oxws_send(l, id, OXWS_MESSAGE_TEXT, "hello", 5));
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)type, (void)user;
    CHECK(len == 5 && memcmp(data, "hello", 5) == 0);
    if (++messages == 2) CHECK_OK(oxws_close(l, id, 1000, NULL));
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)user;
    CHECK_OK(oxws_close_info_status(info));
    closes++;
}

/* Polls the loop only when its descriptor is readable or its time is over. */
static void foreign_rounds_until(const int *counter, int wanted) {
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    while (*counter < wanted && check_now_ms() < give_up_at) {
        struct pollfd waiting = {-1, POLLIN, 0};
        int32_t fd = -1, ms = 77;
        int ready;
        CHECK_OK(oxws_loop_fd(loop, &fd));
        CHECK_OK(oxws_loop_timeout_ms(loop, &ms));
        waiting.fd = fd;
        ready = poll(&waiting, 1, ms < 0 || ms > CHECK_PATIENCE_MS ? CHECK_PATIENCE_MS : ms);
        CHECK(ready > 0 || ms >= 0);
        if (ready > 0 || ms >= 0) CHECK_OK(oxws_loop_poll(loop, 0));
        if (ready == 0 && ms < 0) break;
    }
    CHECK(*counter >= wanted);
}

static int traced;

static void on_tick(oxws_loop *l, oxws_timer timer, void *user) {
    (void)l, (void)timer, (void)user;
    traced++;
}
static void on_posted(oxws_loop *l, void *user) {
    (void)l, (void)user;
    traced++;
}
static void on_byte(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    char byte;
    (void)l, (void)watch, (void)ready, (void)user;
    CHECK(read(fd, &byte, 1) == 1);
    traced++;
}

static void a_loop_of_the_programs_own_drives_everything(void) {
    oxws_config *config = check_config();
    oxws_connection id;
    oxws_watch watch;
    char url[80];
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    check_listen(loop, config, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, config, &id));
    foreign_rounds_until(&opens, 2);
    foreign_rounds_until(&messages, 2);
    foreign_rounds_until(&closes, 2);
    oxws_config_free(config);

    traced = 0;
    CHECK_OK(oxws_timer_start(loop, 10, 0, on_tick, NULL, NULL));
    foreign_rounds_until(&traced, 1);
    CHECK_OK(oxws_loop_post(loop, on_posted, NULL));
    foreign_rounds_until(&traced, 2);
    CHECK(pipe(pipes) == 0);
    CHECK_OK(oxws_watch_start(loop, pipes[0], OXWS_INTEREST_READ, on_byte, NULL, &watch));
    CHECK(write(pipes[1], "xyz", 3) == 3);
    foreign_rounds_until(&traced, 5);
    CHECK_OK(oxws_watch_stop(loop, watch));
    close(pipes[0]);
    close(pipes[1]);
}

int main(void) {
    check_begin();
    loop = oxws_loop_new();
    the_timeout_is_that_of_the_next_timer();
    timers_fire_in_the_order_of_their_deadlines();
    a_timer_does_not_fire_early();
    a_timer_repeats_until_it_cancels_itself();
    a_cancelled_timer_does_not_fire_in_the_same_round();
    a_timer_that_is_started_in_a_callback_fires_in_a_later_round();
    what_is_not_read_is_reported_in_each_round();
    a_watch_can_be_changed_and_stopped();
    the_end_of_a_pipe_can_be_read();
    posts_come_in_their_order_and_in_a_later_round();
    a_loop_of_the_programs_own_drives_everything();
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
