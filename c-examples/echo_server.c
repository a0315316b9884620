/*
 * echo_server: sends every message back, and serves a page to try it with.
 *
 *   echo_server [--listen ws://127.0.0.1:9001] [--max-message-bytes N]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oxws.h>

#include "echo_page.h"

static oxws_loop *loop;

static void on_signal(int number) {
    (void)number;
    oxws_loop_stop(loop); /* allowed in a signal handler */
}

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)user;
    if (oxws_send(l, connection, type, data, len) == OXWS_ERROR_WOULD_EXCEED) {
        /* The peer sends faster than it reads: let it wait until it has read. An echo that is
         * dropped would be worse than none, so this one ends the connection. */
        oxws_close(l, connection, OXWS_CLOSE_TRY_AGAIN_LATER, "read what was sent to you");
    }
}

/* An ordinary request: `GET /` gets the page, anything else is not there. */
static void on_http_request(oxws_loop *l, oxws_connection connection, const oxws_request *request,
                            void *user) {
    size_t len;
    const char *path = oxws_request_path(request, &len);
    oxws_reply *reply;

    (void)user;
    if (len != 1 || path[0] != '/') {
        oxws_deny(l, connection, 404);
        return;
    }
    reply = oxws_reply_new(200);
    oxws_reply_header(reply, "Content-Type", "text/html; charset=utf-8");
    oxws_reply_body(reply, echo_page, sizeof echo_page - 1);
    oxws_respond(l, connection, reply);
    oxws_reply_free(reply);
}

/* Prints the address with the port that was really taken. */
static void announce(const char *url, oxws_listener listener) {
    uint16_t port = 0;
    const char *host = strstr(url, "://");
    const char *end = host != NULL ? strrchr(host + 3, ':') : NULL;

    oxws_listener_port(loop, listener, &port);
    if (port == 0 || host == NULL) {
        printf("listening on %s\n", url);
    } else {
        /* A colon inside [..] belongs to the address. */
        const char *bracket = strchr(host, ']');
        if (end == NULL || (bracket != NULL && end < bracket)) {
            end = url + strcspn(host + 3, "/") + (host + 3 - url);
        }
        printf("listening on %.*s:%u/\n", (int)(end - url), url, (unsigned)port);
    }
    fflush(stdout);
}

static int usage(void) {
    fprintf(stderr, "usage: echo_server [--listen URL] [--max-message-bytes N]\n");
    return 2;
}

int main(int argc, char **argv) {
    const char *url = "ws://127.0.0.1:9001";
    oxws_config *config = oxws_config_new();
    oxws_listener listener;
    oxws_status status = OXWS_OK;
    int i;

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--listen") == 0 && i + 1 < argc) {
            url = argv[++i];
        } else if (strcmp(argv[i], "--max-message-bytes") == 0 && i + 1 < argc) {
            uint64_t bytes = strtoull(argv[++i], NULL, 10);
            if (oxws_config_max_message_bytes(config, bytes) != OXWS_OK) return usage();
            oxws_config_max_queued_bytes(config, 2 * bytes);
        } else {
            return usage();
        }
    }
    loop = oxws_loop_new();
    if (loop == NULL) {
        perror("oxws_loop_new");
        return 1;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    oxws_config_on_message(config, on_message);
    oxws_config_on_http_request(config, on_http_request);
    status = oxws_listen(loop, url, config, &listener);
    oxws_config_free(config);
    if (status == OXWS_OK) {
        announce(url, listener);
        status = oxws_loop_run(loop);
    }
    if (status != OXWS_OK) {
        int os_error = oxws_loop_os_error(loop);
        fprintf(stderr, "echo_server: %s: %s%s%s\n", url, oxws_status_message(status),
                os_error != 0 ? ": " : "", os_error != 0 ? strerror(os_error) : "");
    }
    oxws_loop_free(loop);
    return status == OXWS_OK ? 0 : 1;
}
