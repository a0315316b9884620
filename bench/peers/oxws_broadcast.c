/*
 * oxws_broadcast: sends each message to everyone who is connected.
 *
 *   oxws_broadcast PORT
 */
#include <stdio.h>
#include <stdlib.h>

#include <oxws.h>

static void on_message(oxws_loop *loop, oxws_connection from, oxws_message_type type, const uint8_t *data,
                       size_t len, void *user) {
    oxws_prepared *prepared;
    (void)from;
    (void)user;
    if (oxws_prepared_new(type, data, len, 0, &prepared) != OXWS_OK) abort();
    oxws_loop_broadcast(loop, prepared, 0, 0, NULL, NULL, 0, NULL);
    oxws_prepared_free(prepared);
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
    oxws_config_on_message(config, on_message);
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
