/*
 * echo_server: sends every message back, and serves a page to try it with.
 *
 *   echo_server [--listen ws://127.0.0.1:9001] [--max-message-bytes N] [--subprotocol NAME]...
 *               [--allow-version N]... [--deflate [--no-context-takeover] [--window-bits N]]
 *               [--tls-cert FILE --tls-key FILE [--tls-client-ca FILE [--tls-client-optional]]]
 *               [--trust-proxy-header NETWORKS] [--trust-forwarded NETWORKS] [--verbose]
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
    oxws_send(l, connection, type, data, len);
}

/* With --verbose: who has connected, which behind a proxy that is trusted is the client, and whom the
   certificate names that it has shown. */
static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    char address[64] = "", subject[512] = "";

    (void)user;
    oxws_get_peer_address(l, connection, address, sizeof address, NULL);
    oxws_get_tls_peer_subject(l, connection, subject, sizeof subject, NULL);
    printf("connected: %s%s%s\n", address, subject[0] != '\0' ? ", " : "", subject);
    fflush(stdout);
}

/* An ordinary request: `GET /` gets the page, anything else is not there. */
static void on_http_request(oxws_loop *l, oxws_connection connection, const oxws_request *request,
                            void *user) {
    size_t len;
    const char *path = oxws_request_path(request, &len);
    oxws_reply *reply;

    (void)user;
    if (len != 1 || path[0] != '/') {
        oxws_deny(l, connection, 404, NULL);
        return;
    }
    reply = oxws_reply_new(200);
    oxws_reply_add_header(reply, "Content-Type", "text/html; charset=utf-8");
    oxws_reply_set_body(reply, echo_page, sizeof echo_page - 1);
    oxws_respond(l, connection, reply);
    oxws_reply_free(reply);
}

/* Prints the address with the port that was really taken. */
static void announce(const char *url, oxws_listener listener) {
    const char *host = url + strcspn(url, "/") + 2;
    int scheme_len = (int)strcspn(url, ":");
    uint16_t port = 0;

    oxws_listener_port(loop, listener, &port);
    if (port == 0) { /* a Unix-domain socket */
        printf("listening on %s\n", url);
    } else {
        size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
        printf("listening on %.*s://%.*s:%u/\n", scheme_len, url, (int)len, host, (unsigned)port);
    }
    fflush(stdout);
}

static int usage(void) {
    fprintf(stderr, "usage: echo_server [--listen URL] [--max-message-bytes N] "
                    "[--subprotocol NAME]... [--allow-version N]... [--ping-interval MS] "
                    "[--deflate [--no-context-takeover] [--window-bits N]] "
                    "[--tls-cert FILE --tls-key FILE "
                    "[--tls-client-ca FILE [--tls-client-optional]]] "
                    "[--trust-proxy-header NETWORKS] [--trust-forwarded NETWORKS] [--verbose]\n");
    return 2;
}

/* What a listener at wss: shows and wants: its certificate, and those of clients. */
struct tls {
    const char *certificate, *key, *client_authorities;
    int clients_may_have_none;
};

/* Has the config speak TLS. Returns the status, and which file it is about. */
static oxws_status use_tls(oxws_config *config, const struct tls *files, const char **culprit) {
    oxws_tls_config *tls;
    oxws_status status;

    *culprit = files->certificate;
    if (files->certificate == NULL) return OXWS_OK;
    tls = oxws_tls_config_new();
    status = oxws_tls_config_add_certificate_files(tls, files->certificate, files->key);
    if (status == OXWS_OK && files->client_authorities != NULL) {
        *culprit = files->client_authorities;
        status = oxws_tls_config_add_client_ca_file(tls, files->client_authorities);
        oxws_tls_config_client_certificates(tls, files->clients_may_have_none
                                                     ? OXWS_CLIENT_CERTIFICATE_OPTIONAL
                                                     : OXWS_CLIENT_CERTIFICATE_REQUIRED);
    }
    if (status == OXWS_OK) status = oxws_config_tls(config, tls);
    oxws_tls_config_free(tls);
    return status;
}

/* Reads the options into the config; the URL, or NULL if they are wrong. */
static const char *read_arguments(oxws_config *config, int argc, char **argv) {
    const char *url = "ws://127.0.0.1:9001", *culprit;
    struct tls tls = {NULL, NULL, NULL, 0};
    oxws_status status = OXWS_OK;
    int32_t takeover = 1;
    int i;

    for (i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--deflate") == 0) {
            oxws_config_deflate(config, 1);
            i--; /* it has no value */
            continue;
        }
        if (strcmp(argv[i], "--no-context-takeover") == 0) {
            takeover = 0;
            i--;
            continue;
        }
        if (strcmp(argv[i], "--verbose") == 0) {
            oxws_config_on_open(config, on_open);
            i--;
            continue;
        }
        if (strcmp(argv[i], "--tls-client-optional") == 0) {
            tls.clients_may_have_none = 1;
            i--;
            continue;
        }
        if (value == NULL) return NULL;
        if (strcmp(argv[i], "--listen") == 0) {
            url = value;
        } else if (strcmp(argv[i], "--max-message-bytes") == 0) {
            status = oxws_config_max_message_bytes(config, strtoull(value, NULL, 10));
        } else if (strcmp(argv[i], "--subprotocol") == 0) {
            status = oxws_config_add_subprotocol(config, value);
        } else if (strcmp(argv[i], "--window-bits") == 0) {
            uint32_t bits = (uint32_t)strtoul(value, NULL, 10);
            status = oxws_config_deflate_window_bits(config, bits, bits);
        } else if (strcmp(argv[i], "--allow-version") == 0) {
            status = oxws_config_allow_version(config, (int32_t)strtol(value, NULL, 10));
        } else if (strcmp(argv[i], "--ping-interval") == 0) {
            status = oxws_config_ping_interval_ms(config, (uint32_t)strtoul(value, NULL, 10));
        } else if (strcmp(argv[i], "--trust-proxy-header") == 0) {
            status = oxws_config_trust_proxy_header(config, value);
        } else if (strcmp(argv[i], "--trust-forwarded") == 0) {
            status = oxws_config_trust_forwarded(config, value);
        } else if (strcmp(argv[i], "--tls-cert") == 0) {
            tls.certificate = value;
        } else if (strcmp(argv[i], "--tls-key") == 0) {
            tls.key = value;
        } else if (strcmp(argv[i], "--tls-client-ca") == 0) {
            tls.client_authorities = value;
        } else {
            return NULL;
        }
        if (status != OXWS_OK) {
            fprintf(stderr, "echo_server: %s %s: %s\n", argv[i], value,
                    oxws_status_message(status));
            return NULL;
        }
    }
    oxws_config_deflate_takeover(config, takeover, takeover);
    if ((tls.certificate == NULL) != (tls.key == NULL)) {
        fprintf(stderr, "echo_server: --tls-cert and --tls-key belong together\n");
        return NULL;
    }
    if (tls.clients_may_have_none && tls.client_authorities == NULL) {
        fprintf(stderr, "echo_server: --tls-client-optional needs --tls-client-ca\n");
        return NULL;
    }
    status = use_tls(config, &tls, &culprit);
    if (status != OXWS_OK) {
        fprintf(stderr, "echo_server: %s: %s\n", culprit, oxws_status_message(status));
        return NULL;
    }
    return url;
}

int main(int argc, char **argv) {
    oxws_config *config = oxws_config_new();
    const char *url = read_arguments(config, argc, argv);
    oxws_listener listener;
    oxws_status status;

    if (url == NULL) return usage();
    loop = oxws_loop_new();
    if (loop == NULL) {
        perror("echo_server: oxws_loop_new");
        return 1;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    /* A peer that does not read its echoes has to wait: what it sends next stays with it. */
    oxws_config_pause_while_queued(config, 1);
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
    oxws_loop_free(loop); /* tells the peers: Close frames with the code 1001 */
    return status == OXWS_OK ? 0 : 1;
}
