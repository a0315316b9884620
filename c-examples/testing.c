/*
 * testing: how a program tests its own reconnects and timeouts, with the test kit: no network, no
 * waiting, and the same each time.
 *
 *   testing
 *
 * The first half is what is tested: a feed, which subscribes to a topic, and reconnects when the
 * connection ends. It knows nothing of tests: in a program it would be in a file of its own, and run on
 * a loop of oxws_loop_new. The second half are its tests, on loops of oxws_test_loop_new.
 * Exit status: 0 if all tests pass, otherwise 1.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <oxws.h>

/* ---- the feed ---- */

enum { FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000 };

struct feed {
    oxws_loop *loop;
    oxws_config *config;
    const char *url;
    oxws_connection connection; /* 0 while there is none */
    uint32_t wait_ms;           /* before the next attempt, if this one fails */
    int news;                   /* how many messages have come */
};

static void feed_dial(oxws_loop *loop, oxws_timer timer, void *user) {
    struct feed *feed = user;
    (void)timer;
    oxws_connect(loop, feed->url, feed->config, &feed->connection);
}

static void feed_open(oxws_loop *loop, oxws_connection connection, void *user) {
    struct feed *feed = user;
    feed->wait_ms = FIRST_WAIT_MS;
    oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "subscribe weather", 17);
}

static void feed_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                         const uint8_t *data, size_t len, void *user) {
    struct feed *feed = user;
    (void)loop, (void)connection, (void)type, (void)data, (void)len;
    feed->news++;
}

/* Waits twice as long after each failure. A server that closes with 1000 has nothing more to say. */
static void feed_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                       void *user) {
    struct feed *feed = user;
    (void)connection;
    feed->connection = 0;
    if (oxws_close_info_code(info) == OXWS_CLOSE_NORMAL) return;
    oxws_timer_start(loop, feed->wait_ms, 0, feed_dial, feed, NULL);
    feed->wait_ms = feed->wait_ms < LONGEST_WAIT_MS ? feed->wait_ms * 2 : LONGEST_WAIT_MS;
}

static void feed_start(struct feed *feed, oxws_loop *loop, const char *url) {
    memset(feed, 0, sizeof *feed);
    feed->loop = loop;
    feed->url = url;
    feed->wait_ms = FIRST_WAIT_MS;
    feed->config = oxws_config_new();
    oxws_config_user(feed->config, feed);
    oxws_config_on_open(feed->config, feed_open);
    oxws_config_on_message(feed->config, feed_message);
    oxws_config_on_close(feed->config, feed_close);
    oxws_config_ping_interval_ms(feed->config, 20000);
    oxws_config_pong_timeout_ms(feed->config, 5000);
    feed_dial(loop, 0, feed);
}

/* ---- a server to test it with, and what that has seen ---- */

static int failures, connections, subscriptions;
static oxws_connection served;

#define EXPECT(condition)                                                  \
    do {                                                                   \
        if (!(condition)) {                                                \
            printf("testing.c:%d: not so: %s\n", __LINE__, #condition);    \
            failures++;                                                    \
        }                                                                  \
    } while (0)

static void server_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop, (void)user;
    served = connection;
    connections++;
}

static void server_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                           const uint8_t *data, size_t len, void *user) {
    (void)type, (void)user;
    if (len == 17 && memcmp(data, "subscribe weather", 17) == 0) subscriptions++;
    oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "sunny", 5);
}

static void serve(oxws_loop *loop) {
    oxws_config *config = oxws_config_new();
    oxws_config_on_open(config, server_open);
    oxws_config_on_message(config, server_message);
    EXPECT(oxws_listen(loop, "ws://weather.example", config, NULL) == OXWS_OK);
    oxws_config_free(config);
}

/* ---- the tests; each begins with a loop at the time 0 and a feed that has just been started ---- */

static void pass(oxws_loop *loop, uint32_t ms) {
    EXPECT(oxws_test_advance_ms(loop, ms) == OXWS_OK);
}

static void it_subscribes(oxws_loop *loop, struct feed *feed) {
    serve(loop);
    pass(loop, 500);
    EXPECT(subscriptions == 1);
    EXPECT(feed->news == 1);
}

static void it_waits_twice_as_long_each_time(oxws_loop *loop, struct feed *feed) {
    /* Attempts at 0, 500, 1500, 3500, 7500, 15500, 23500 ms: none of them finds a server. */
    pass(loop, 23499);
    EXPECT(feed->wait_ms == LONGEST_WAIT_MS);
    serve(loop);
    EXPECT(connections == 0);
    pass(loop, 1);
    EXPECT(connections == 1);
    EXPECT(feed->wait_ms == FIRST_WAIT_MS);
}

static void it_comes_back_after_a_reset(oxws_loop *loop, struct feed *feed) {
    serve(loop);
    pass(loop, 500);
    EXPECT(oxws_test_break(loop, feed->connection, ECONNRESET) == OXWS_OK);
    EXPECT(oxws_test_refuse_connects(loop, 1, ENETUNREACH) == OXWS_OK);
    pass(loop, 1499);
    EXPECT(connections == 1);
    pass(loop, 1);
    EXPECT(connections == 2);
    EXPECT(subscriptions == 2);
}

static void it_notices_a_server_that_falls_silent(oxws_loop *loop, struct feed *feed) {
    oxws_connection first;
    serve(loop);
    pass(loop, 500);
    first = feed->connection;
    EXPECT(oxws_test_freeze(loop, served, 1) == OXWS_OK);
    /* A ping after 20 s at the latest, 5 s for its pong, and 500 ms until the next attempt. */
    pass(loop, 25500);
    EXPECT(connections == 2);
    EXPECT(feed->connection != first);
}

static void it_survives_any_split(oxws_loop *loop, struct feed *feed) {
    EXPECT(oxws_test_set_link(loop, 0, 1, 1) == OXWS_OK); /* a byte a millisecond */
    serve(loop);
    pass(loop, 5000);
    EXPECT(connections == 1);
    EXPECT(feed->news == 1);
}

static void it_leaves_a_server_that_breaks_the_rules(oxws_loop *loop, struct feed *feed) {
    serve(loop);
    pass(loop, 500);
    EXPECT(oxws_test_inject(loop, feed->connection, "\xff\x00", 2) == OXWS_OK);
    pass(loop, 500);
    EXPECT(connections == 2);
}

static void it_stays_away_when_all_is_said(oxws_loop *loop, struct feed *feed) {
    serve(loop);
    pass(loop, 500);
    EXPECT(oxws_close(loop, served, OXWS_CLOSE_NORMAL, "that was all") == OXWS_OK);
    pass(loop, 24 * 3600 * 1000);
    EXPECT(connections == 1);
    EXPECT(feed->connection == 0);
}

static void run(const char *name, void (*test)(oxws_loop *, struct feed *)) {
    static const uint8_t key[4] = {1, 2, 3, 4};
    oxws_loop *loop = oxws_test_loop_new();
    struct feed feed;
    int before = failures;
    connections = subscriptions = 0;
    EXPECT(oxws_test_set_masking_key(loop, key) == OXWS_OK); /* the same each time */
    feed_start(&feed, loop, "ws://weather.example/");
    test(loop, &feed);
    oxws_loop_free(loop);
    oxws_config_free(feed.config);
    printf("%s %s\n", failures == before ? "ok    " : "FAILED", name);
}

int main(void) {
    run("it subscribes", it_subscribes);
    run("it waits twice as long each time", it_waits_twice_as_long_each_time);
    run("it comes back after a reset", it_comes_back_after_a_reset);
    run("it notices a server that falls silent", it_notices_a_server_that_falls_silent);
    run("it survives any split", it_survives_any_split);
    run("it leaves a server that breaks the rules", it_leaves_a_server_that_breaks_the_rules);
    run("it stays away when all is said", it_stays_away_when_all_is_said);
    return failures == 0 ? 0 : 1;
}
