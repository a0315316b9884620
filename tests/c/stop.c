/*
 * oxws_loop_stop and oxws_loop_wake in a signal handler, from a thread and from a callback; a signal
 * alone ends nothing.
 */
#include "check.h"

static oxws_loop *loop;
static volatile sig_atomic_t alarms, stop_at, ticks;

static void on_alarm(int number) {
    (void)number;
    if (++alarms == stop_at) oxws_loop_stop(loop);
}

static void on_timer(oxws_loop *l, oxws_timer timer, void *user) {
    (void)timer, (void)user;
    if (++ticks == 3) CHECK_OK(oxws_loop_stop(l));
}

static void set_alarm(long first_ms, long every_ms) {
    struct itimerval when;
    memset(&when, 0, sizeof when);
    when.it_value.tv_usec = first_ms * 1000;
    when.it_interval.tv_usec = every_ms * 1000;
    CHECK(setitimer(ITIMER_REAL, &when, NULL) == 0);
}

static void a_signal_handler_ends_the_run(void) {
    int64_t begin = check_now_ms();
    alarms = 0;
    stop_at = 1;
    set_alarm(50, 0);
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(alarms, 1);
    CHECK(check_now_ms() - begin >= 45);
}

static void signals_alone_end_nothing(void) {
    int64_t begin;
    alarms = 0;
    stop_at = 0; /* which no count is */
    set_alarm(5, 5);
    begin = check_now_ms();
    CHECK_OK(oxws_loop_poll(loop, 60));
    CHECK(check_now_ms() - begin >= 58);
    stop_at = alarms + 20;
    CHECK_OK(oxws_loop_run(loop));
    CHECK(alarms >= stop_at);
    set_alarm(0, 0);
}

static void a_stop_before_the_run_counts_once(void) {
    CHECK_OK(oxws_loop_stop(loop));
    CHECK_OK(oxws_loop_stop(loop));
    CHECK_OK(oxws_loop_run(loop));
    alarms = 0;
    stop_at = 1;
    set_alarm(20, 0);
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(alarms, 1);
}

static void a_callback_ends_the_run(void) {
    oxws_timer timer;
    ticks = 0;
    CHECK_OK(oxws_timer_start(loop, 1, 1, on_timer, NULL, &timer));
    CHECK_OK(oxws_loop_run(loop));
    CHECK_NUMBER(ticks, 3);
    CHECK_OK(oxws_timer_cancel(loop, timer));
}

static void *wake_soon(void *unused) {
    (void)unused;
    usleep(20000);
    CHECK_OK(oxws_loop_wake(loop));
    return NULL;
}

static void a_wake_ends_the_waiting(void) {
    pthread_t thread;
    int64_t begin = check_now_ms();
    CHECK(pthread_create(&thread, NULL, wake_soon, NULL) == 0);
    CHECK_OK(oxws_loop_poll(loop, -1));
    CHECK(check_now_ms() - begin < CHECK_PATIENCE_MS);
    pthread_join(thread, NULL);
    CHECK_OK(oxws_loop_wake(loop));
    CHECK_OK(oxws_loop_poll(loop, -1));
}

int main(void) {
    struct sigaction action;
    check_begin();
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    loop = oxws_loop_new();
    a_signal_handler_ends_the_run();
    signals_alone_end_nothing();
    a_stop_before_the_run_counts_once();
    a_callback_ends_the_run();
    a_wake_ends_the_waiting();
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
