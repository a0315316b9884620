/*
 * upgrade: a WebSocket inside another web server. GNU libmicrohttpd reads the requests, serves a
 * page and sends the 101; the loop of this library goes on with the socket. Everything runs on one
 * thread: the server's epoll descriptor is one that the loop watches.
 *
 *   upgrade [--port N]       on 127.0.0.1, port 9001 unless told otherwise; any free one for 0
 *
 *   cc upgrade.c $(pkg-config --cflags --libs oxws libmicrohttpd)
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <oxws.h>

#include "../echo_page.h"

static oxws_loop *loop;
static oxws_config *config;
static struct MHD_Daemon *daemon_of_http;

static void on_signal(int number) {
    (void)number;
    oxws_loop_stop(loop); /* allowed in a signal handler */
}

/* ---- the WebSocket ---- */

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)user;
    oxws_send(l, connection, type, data, len);
}

/* The web server closes its copy of the descriptor and forgets the connection. */
static void on_close(oxws_loop *l, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)l, (void)connection, (void)info;
    MHD_upgrade_action(user, MHD_UPGRADE_ACTION_CLOSE);
}

/* ---- the web server ---- */

/* The 101 has been sent. Frames may have come together with the request: they are handed over. */
static void on_upgraded(void *of_response, struct MHD_Connection *http, void *of_request,
                        const char *extra, size_t extra_len, MHD_socket fd,
                        struct MHD_UpgradeResponseHandle *handle) {
    oxws_connection connection;
    oxws_status status;

    (void)of_response, (void)http, (void)of_request;
    status = oxws_adopt_open(loop, fd, OXWS_ROLE_SERVER, NULL, extra, extra_len, config,
                             &connection);
    if (status == OXWS_OK) {
        oxws_set_user(loop, connection, handle);
    } else {
        fprintf(stderr, "upgrade: %s\n", oxws_status_message(status));
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    }
}

static const char *header(struct MHD_Connection *http, const char *name) {
    const char *value = MHD_lookup_connection_value(http, MHD_HEADER_KIND, name);
    return value != NULL ? value : "";
}

/* Whether the page that opens the WebSocket comes from this server. Programs have no Origin. */
static int is_own_origin(struct MHD_Connection *http) {
    const char *origin = header(http, "Origin");

    return *origin == '\0' || (strncmp(origin, "http://", 7) == 0 &&
                               strcasecmp(origin + 7, header(http, "Host")) == 0);
}

static enum MHD_Result answer(struct MHD_Connection *http, unsigned status, const char *text,
                              size_t len, const char *name, const char *value) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result;

    MHD_add_response_header(response, name, value);
    result = MHD_queue_response(http, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *http, unsigned status) {
    return answer(http, status, "", 0, "Sec-WebSocket-Version", OXWS_PROTOCOL_VERSION);
}

static enum MHD_Result upgrade(struct MHD_Connection *http) {
    struct MHD_Response *response;
    enum MHD_Result result;
    const char *key;
    char accept[32];

    if (!is_own_origin(http)) return refuse(http, MHD_HTTP_FORBIDDEN);
    if (strcmp(header(http, "Sec-WebSocket-Version"), OXWS_PROTOCOL_VERSION) != 0) {
        return refuse(http, MHD_HTTP_UPGRADE_REQUIRED);
    }
    key = header(http, "Sec-WebSocket-Key");
    if (oxws_accept_key(key, accept, sizeof accept, NULL) != OXWS_OK) {
        return refuse(http, MHD_HTTP_BAD_REQUEST);
    }
    response = MHD_create_response_for_upgrade(on_upgraded, NULL);
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", accept);
    result = MHD_queue_response(http, MHD_HTTP_SWITCHING_PROTOCOLS, response);
    MHD_destroy_response(response);
    return result;
}

/* The page is at /, and the WebSocket at /ws and at /, as the page asks for its own address. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *http, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **of_request) {
    int is_page = strcmp(path, "/") == 0;

    (void)user, (void)version, (void)upload, (void)upload_size, (void)of_request;
    if (strcmp(method, "GET") != 0) {
        return answer(http, MHD_HTTP_METHOD_NOT_ALLOWED, "", 0, "Allow", "GET");
    }
    if (!is_page && strcmp(path, "/ws") != 0) {
        return answer(http, MHD_HTTP_NOT_FOUND, "", 0, "Cache-Control", "no-store");
    }
    if (strcasecmp(header(http, "Upgrade"), "websocket") == 0) return upgrade(http);
    if (!is_page) return answer(http, MHD_HTTP_UPGRADE_REQUIRED, "", 0, "Upgrade", "websocket");
    return answer(http, MHD_HTTP_OK, echo_page, sizeof echo_page - 1, "Content-Type",
                  "text/html; charset=utf-8");
}

/* ---- both in one loop ---- */

static void on_http_ready(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)l, (void)watch, (void)fd, (void)ready, (void)user;
    MHD_run(daemon_of_http);
}

/* The server's own deadlines, to the second. */
static void on_second(oxws_loop *l, oxws_timer timer, void *user) {
    (void)l, (void)timer, (void)user;
    MHD_run(daemon_of_http);
}

static int start_http(uint16_t port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    const union MHD_DaemonInfo *info;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    daemon_of_http = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_UPGRADE, port, NULL, NULL,
                                      on_request, NULL, MHD_OPTION_SOCK_ADDR, &at,
                                      MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    if (daemon_of_http == NULL) return 0;
    info = MHD_get_daemon_info(daemon_of_http, MHD_DAEMON_INFO_EPOLL_FD);
    oxws_watch_start(loop, info->epoll_fd, OXWS_INTEREST_READ, on_http_ready, NULL, NULL);
    oxws_timer_start(loop, 1000, 1000, on_second, NULL, NULL);
    info = MHD_get_daemon_info(daemon_of_http, MHD_DAEMON_INFO_BIND_PORT);
    printf("listening on ws://127.0.0.1:%u/\n", (unsigned)info->port);
    fflush(stdout);
    return 1;
}

int main(int argc, char **argv) {
    uint16_t port = 9001;
    oxws_status status = OXWS_OK;

    if (argc == 3 && strcmp(argv[1], "--port") == 0) {
        port = (uint16_t)atoi(argv[2]);
    } else if (argc != 1) {
        fprintf(stderr, "usage: upgrade [--port N]\n");
        return 2;
    }
    loop = oxws_loop_new();
    config = oxws_config_new();
    oxws_config_on_message(config, on_message);
    oxws_config_on_close(config, on_close);
    oxws_config_pause_while_queued(config, 1);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (!start_http(port)) {
        fprintf(stderr, "upgrade: the web server does not start\n");
        return 1;
    }
    status = oxws_loop_run(loop);
    oxws_loop_free(loop); /* ends the WebSockets first: the web server waits for its descriptors */
    oxws_config_free(config);
    MHD_stop_daemon(daemon_of_http);
    return status == OXWS_OK ? 0 : 1;
}
