/*
 * F8: no function calls back, so that a hundred thousand sends from inside a callback, each of
 * which is answered by the other side, need no stack: everything happens on a thread with 64 KiB.
 */
#include "check.h"

#include <limits.h>

#define SENDS 100000

static oxws_loop *loop;
static int inside, deepest, sent, received, client_opens, closes;

static void enter(void) {
    if (++inside > deepest) deepest = inside;
}

static void on_open(oxws_loop *l, oxws_connection id, void *user) {
    int i;
    (void)user;
    enter();
    client_opens++;
    for (i = 0; i < SENDS; i++) {
        if (oxws_send(l, id, OXWS_MESSAGE_TEXT, "over and over", 13) == OXWS_OK) sent++;
    }
    inside--;
}
static void on_echo(oxws_loop *l, oxws_connection id, oxws_message_type type, const uint8_t *data,
                    size_t len, void *user) {
    (void)user;
    enter();
    CHECK_OK(oxws_send(l, id, type, data, len));
    inside--;
}
static void on_message(oxws_loop *l, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)type, (void)data, (void)user;
    enter();
    CHECK_NUMBER(len, 13);
    if (++received == SENDS) CHECK_OK(oxws_close(l, id, 1000, NULL));
    inside--;
}
static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)user;
    enter();
    CHECK_OK(oxws_close_info_status(info));
    closes++;
    inside--;
}

static void *run(void *unused) {
    oxws_config *server = check_config(), *client = check_config();
    oxws_connection id;
    char url[80];
    (void)unused;
    loop = oxws_loop_new();
    CHECK_OK(oxws_config_on_message(server, on_echo));
    CHECK_OK(oxws_config_max_queued_bytes(server, 1 << 24));
    CHECK_OK(oxws_config_on_close(server, on_close));
    CHECK_OK(oxws_config_on_open(client, on_open));
    CHECK_OK(oxws_config_on_message(client, on_message));
    CHECK_OK(oxws_config_on_close(client, on_close));
    CHECK_OK(oxws_config_max_queued_bytes(client, 1 << 24));
    check_listen(loop, server, url, sizeof url);
    CHECK_OK(oxws_connect(loop, url, client, &id));
    RUN_UNTIL(loop, closes == 2);
    oxws_config_free(server);
    oxws_config_free(client);
    CHECK_OK(oxws_loop_free(loop));
    return NULL;
}

int main(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    check_begin();
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 64 * 1024 + (size_t)PTHREAD_STACK_MIN) == 0);
    CHECK(pthread_create(&thread, &attributes, run, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    CHECK_NUMBER(deepest, 1);
    CHECK_NUMBER(client_opens, 1);
    CHECK_NUMBER(sent, SENDS);
    CHECK_NUMBER(received, SENDS);
    return check_end();
}
