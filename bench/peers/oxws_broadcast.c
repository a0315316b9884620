/*
 * oxws_broadcast: sends each message to everyone who is connected.
 *
 *   oxws_broadcast PORT
 */
#include <stdio.h>
#include <stdlib.h>

#include <oxws.h>

static oxws_connection *connections;
static size_t count, room;

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop;
    (void)user;
    if (count == room) {
        room = room > 0 ? 2 * room : 64;
        connections = realloc(connections, room * sizeof *connections);
        if (connections == NULL) abort();
    }
    connections[count++] = connection;
}

static void on_message(oxws_loop *loop, oxws_connection from, oxws_message_type type, const uint8_t *data,
                       size_t len, void *user) {
    size_t i;
    (void)from;
    (void)user;
    for (i = 0; i < count; i++) oxws_send(loop, connections[i], type, data, len);
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info, void *user) {
    size_t i;
    (void)loop;
    (void)info;
    (void)user;
    for (i = 0; i < count; i++) {
        if (connections[i] != connection) continue;
        connections[i] = connections[--count];
        return;
    }
}

int main(int argc, char **argv) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    oxws_status status;
    char url[64];
    if (argc != 2) {
        fprintf(stderr, argc < 2 ? "usage: oxws_broadcast PORT\n" : "oxws_broadcast: not supported\n");
        return argc < 2 ? 2 : 3;
    }
    snprintf(url, sizeof url, "ws://127.0.0.1:%s", argv[1]);
    oxws_config_max_message_bytes(config, 64 << 20);
    oxws_config_on_open(config, on_open);
    oxws_config_on_message(config, on_message);
    oxws_config_on_close(config, on_close);
    status = oxws_listen(loop, url, config, NULL);
    oxws_config_free(config);
    if (status == OXWS_OK) {
        printf("ready\n");
        fflush(stdout);
        status = oxws_loop_run(loop);
    }
    fprintf(stderr, "oxws_broadcast: %s\n", oxws_status_message(status));
    oxws_loop_free(loop);
    return 1;
}
