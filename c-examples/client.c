/*
 * client: sends each line of its input as a text message, and prints what comes.
 *
 *   client [--subprotocol NAME]... [--header 'NAME: VALUE']... [--origin URL]
 *          [--max-redirects N] [--reconnect] [--user NAME:PASSWORD] [--proxy URL|environment] [--version 13|8|7] [--wait SECONDS]
 *          [--deflate [--no-context-takeover] [--window-bits N]]
 *          [--ca FILE] [--crl FILE] [--cert FILE --key FILE] URL
 *
 * Binary messages are printed as their length. At the end of the input the connection is closed,
 * after --wait seconds if the server needs time for its answers; at SIGINT it is closed at once.
 * With --reconnect it comes back after a loss, and sends what it has read meanwhile.
 * Exit status: 0 if everything was sent and the connection closed with the code 1000 or none, 2 for
 * wrong arguments, otherwise 1.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <oxws.h>

static oxws_loop *loop;
static oxws_connection connection;
static int wants_subprotocol, is_clean, has_failed;
static int comes_back, has_begun;
static uint32_t wait_ms;
static volatile sig_atomic_t is_interrupted;

static char *input; /* what has been read and not been sent: from `sent` to `used` */
static size_t sent, used, capacity;
static int is_at_end;  /* nothing more is to be read */
static int is_waiting; /* until there is room to send more; meanwhile nothing is read */

static void on_wait_over(oxws_loop *l, oxws_timer timer, void *user) {
    (void)timer, (void)user;
    oxws_close(l, connection, OXWS_CLOSE_NORMAL, NULL);
}

/* Sends the lines that are there; and after the last one of all, has the connection closed. */
static void send_lines(void) {
    is_waiting = 0;
    while (sent < used) {
        char *line = input + sent, *newline = memchr(line, '\n', used - sent);
        size_t len = newline != NULL ? (size_t)(newline - line) : used - sent;
        oxws_status status;

        if (newline == NULL && !is_at_end) return;
        status = oxws_send(loop, connection, OXWS_MESSAGE_TEXT, line, len);
        if (status == OXWS_ERROR_WOULD_EXCEED) {
            is_waiting = 1; /* on_writable goes on */
            return;
        }
        if (status != OXWS_OK) {
            fprintf(stderr, "client: a line was not sent: %s\n", oxws_status_message(status));
            has_failed = is_at_end = 1;
            sent = used;
            break;
        }
        sent += len + (newline != NULL);
    }
    if (is_at_end) oxws_timer_start(loop, wait_ms, 0, on_wait_over, NULL, NULL);
}

/* Reads once, and sends what has become whole lines. Returns whether to go on reading. */
static int read_input(void) {
    ssize_t count;

    if (sent > 0) memmove(input, input + sent, used - sent);
    used -= sent;
    sent = 0;
    if (used == capacity) {
        capacity = capacity == 0 ? 64 * 1024 : 2 * capacity;
        input = realloc(input, capacity);
        if (input == NULL) abort();
    }
    count = read(STDIN_FILENO, input + used, capacity - used);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
    if (count < 0) {
        perror("client: the input cannot be read");
        has_failed = 1;
    }
    is_at_end = count <= 0;
    used += count > 0 ? (size_t)count : 0;
    send_lines();
    return !is_at_end && !is_waiting;
}

static void on_input(oxws_loop *l, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)fd, (void)ready, (void)user;
    if (!read_input()) oxws_watch_stop(l, watch);
}

static void on_turn(oxws_loop *l, void *user) {
    if (read_input()) oxws_loop_post(l, on_turn, user);
}

static void start_reading(oxws_loop *l, oxws_connection c, void *user) {
    (void)c;
    /* Files cannot be watched, as they are always ready: a piece of them is read in each round. */
    if (oxws_watch_start(l, STDIN_FILENO, OXWS_INTEREST_READ, on_input, user, NULL) != OXWS_OK) {
        oxws_loop_post(l, on_turn, user);
    }
}

static void on_writable(oxws_loop *l, oxws_connection c, void *user) {
    if (!is_waiting) return;
    send_lines();
    if (!is_waiting && !is_at_end) start_reading(l, c, user);
}

static void on_room(oxws_loop *l, void *user) {
    on_writable(l, connection, user);
}

static void on_open(oxws_loop *l, oxws_connection c, void *user) {
    if (has_begun) {
        /* Lines that have waited for the connection leave when this returns, the others behind them. */
        oxws_loop_post(l, on_room, user);
    } else {
        has_begun = 1;
        start_reading(l, c, user);
    }
}

static void on_disconnect(oxws_loop *l, oxws_connection c, const oxws_close_info *info,
                          uint32_t delay_ms, void *user) {
    char text[512] = "";

    (void)l, (void)c, (void)user;
    oxws_close_info_to_text(info, text, sizeof text, NULL);
    fprintf(stderr, "client: %s; comes back in %u ms\n", text, (unsigned)delay_ms);
}

static void on_response(oxws_loop *l, oxws_connection c, const oxws_response *response,
                        void *user) {
    size_t phrase_len, body_len, name_len = 0;
    const char *phrase = oxws_response_phrase(response, &phrase_len);
    const uint8_t *body = oxws_response_body(response, &body_len);
    const char *name = oxws_response_subprotocol(response, &name_len);

    (void)l, (void)c, (void)user;
    if (oxws_response_status(response) != 101) {
        fprintf(stderr, "client: the server answered %u %.*s\n", oxws_response_status(response),
                (int)phrase_len, phrase);
        fwrite(body, 1, body_len, stderr);
        if (body_len > 0 && body[body_len - 1] != '\n') fputc('\n', stderr);
    } else if (wants_subprotocol) {
        fprintf(stderr, "client: subprotocol: %.*s\n", (int)(name != NULL ? name_len : 4),
                name != NULL ? name : "none");
    }
}

static void on_message(oxws_loop *l, oxws_connection c, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    (void)l, (void)c, (void)user;
    if (type == OXWS_MESSAGE_TEXT) {
        fwrite(data, 1, len, stdout);
        putchar('\n');
    } else {
        printf("<%zu bytes of binary>\n", len);
    }
}

static void on_close(oxws_loop *l, oxws_connection c, const oxws_close_info *info, void *user) {
    oxws_status status = oxws_close_info_status(info);
    uint16_t code = oxws_close_info_remote_code(info);
    size_t reason_len;
    const char *name = oxws_close_code_name(code);
    const char *reason = oxws_close_info_reason(info, &reason_len);
    int os_error = oxws_close_info_os_error(info);
    unsigned reply = oxws_close_info_socks_reply(info);

    if (reply == 0) reply = oxws_close_info_http_status(info);
    (void)c, (void)user;
    is_clean = status == OXWS_OK && (code == OXWS_CLOSE_NORMAL || code == OXWS_CLOSE_NO_STATUS);
    if (status != OXWS_OK) {
        fprintf(stderr, "client: %s%s%s\n", oxws_status_message(status),
                os_error != 0 ? ": " : "", os_error != 0 ? strerror(os_error) : "");
    }
    if (oxws_close_info_stage(info) == OXWS_STAGE_PROXY && reply != 0) {
        fprintf(stderr, "client: the proxy answered %u\n", reply);
    }
    if (code != 0 && (!is_clean || oxws_close_info_initiator(info) == OXWS_INITIATOR_REMOTE)) {
        fprintf(stderr, "client: closed with %u%s%s%s%.*s\n", code, name != NULL ? " " : "",
                name != NULL ? name : "", reason_len > 0 ? ": " : "", (int)reason_len, reason);
    }
    oxws_loop_stop(l);
}

static void on_signal(int number) {
    signal(number, SIG_DFL); /* a second one ends the program at once */
    is_interrupted = 1;
    oxws_loop_stop(loop);
}

/* What a wss: URL is dialled with: whom to trust besides the system, what of theirs has been revoked,
   and what to show. */
struct tls {
    const char *authorities, *revoked, *certificate, *key;
};

/* Tells the config of it. Returns the status, and which file it is about. */
static oxws_status use_tls(oxws_config *config, const struct tls *files, const char **culprit) {
    oxws_tls_config *tls = oxws_tls_config_new();
    oxws_status status = OXWS_OK;

    if (files->authorities != NULL) {
        *culprit = files->authorities;
        status = oxws_tls_config_add_ca_file(tls, files->authorities);
    }
    if (status == OXWS_OK && files->revoked != NULL) {
        *culprit = files->revoked;
        status = oxws_tls_config_add_crl_file(tls, files->revoked);
    }
    if (status == OXWS_OK && files->certificate != NULL) {
        *culprit = files->certificate;
        status = oxws_tls_config_add_certificate_files(tls, files->certificate, files->key);
    }
    if (status == OXWS_OK) status = oxws_config_tls(config, tls);
    if (status == OXWS_OK) status = oxws_config_proxy_tls(config, tls);
    oxws_tls_config_free(tls);
    return status;
}

/* Reads the options into the config. Returns the URL, or NULL if the arguments are wrong. */
static const char *read_arguments(oxws_config *config, int argc, char **argv) {
    struct tls tls = {NULL, NULL, NULL, NULL};
    const char *culprit = NULL;
    oxws_status tls_status;
    int i;

    oxws_config_deflate_takeover(config, 1, 1); /* if at all */
    for (i = 1; i + 1 < argc; i += 2) {
        oxws_status status = OXWS_OK;

        if (strcmp(argv[i], "--deflate") == 0) {
            oxws_config_deflate(config, 1);
            i--; /* it has no value */
            continue;
        }
        if (strcmp(argv[i], "--reconnect") == 0) {
            comes_back = 1;
            i--;
            continue;
        }
        if (strcmp(argv[i], "--no-context-takeover") == 0) {
            oxws_config_deflate_takeover(config, 0, 0);
            i--;
            continue;
        }
        if (strcmp(argv[i], "--subprotocol") == 0) {
            wants_subprotocol = 1;
            status = oxws_config_add_subprotocol(config, argv[i + 1]);
        } else if (strcmp(argv[i], "--header") == 0) {
            char *value = argv[i + 1] + strcspn(argv[i + 1], ":");
            if (*value != '\0') *value++ = '\0';
            status = oxws_config_add_header(config, argv[i + 1], value + strspn(value, " "));
        } else if (strcmp(argv[i], "--origin") == 0) {
            status = oxws_config_origin(config, argv[i + 1]);
        } else if (strcmp(argv[i], "--user") == 0) {
            char *password = argv[i + 1] + strcspn(argv[i + 1], ":");
            if (*password != '\0') *password++ = '\0';
            status = oxws_config_basic_credentials(config, argv[i + 1], password);
        } else if (strcmp(argv[i], "--proxy") == 0 && strcmp(argv[i + 1], "environment") == 0) {
            status = oxws_config_proxy_from_environment(config, 1);
        } else if (strcmp(argv[i], "--proxy") == 0) {
            status = oxws_config_proxy(config, argv[i + 1]);
        } else if (strcmp(argv[i], "--version") == 0) {
            status = oxws_config_version(config, (int32_t)strtol(argv[i + 1], NULL, 10));
        } else if (strcmp(argv[i], "--window-bits") == 0) {
            uint32_t bits = (uint32_t)strtoul(argv[i + 1], NULL, 10);
            status = oxws_config_deflate_window_bits(config, bits, bits);
        } else if (strcmp(argv[i], "--ca") == 0) {
            tls.authorities = argv[i + 1];
        } else if (strcmp(argv[i], "--crl") == 0) {
            tls.revoked = argv[i + 1];
        } else if (strcmp(argv[i], "--cert") == 0) {
            tls.certificate = argv[i + 1];
        } else if (strcmp(argv[i], "--key") == 0) {
            tls.key = argv[i + 1];
        } else if (strcmp(argv[i], "--max-redirects") == 0) {
            status = oxws_config_max_redirects(config, (uint32_t)strtoul(argv[i + 1], NULL, 10));
        } else if (strcmp(argv[i], "--wait") == 0) {
            wait_ms = (uint32_t)(strtod(argv[i + 1], NULL) * 1000);
        } else {
            return NULL;
        }
        if (status != OXWS_OK) {
            fprintf(stderr, "client: %s %s: %s\n", argv[i], argv[i + 1],
                    oxws_status_message(status));
            return NULL;
        }
    }
    if ((tls.certificate == NULL) != (tls.key == NULL)) {
        fprintf(stderr, "client: --cert and --key belong together\n");
        return NULL;
    }
    if (tls.authorities != NULL || tls.revoked != NULL || tls.certificate != NULL) {
        tls_status = use_tls(config, &tls, &culprit);
        if (tls_status != OXWS_OK) {
            fprintf(stderr, "client: %s: %s\n", culprit, oxws_status_message(tls_status));
            return NULL;
        }
    }
    return i + 1 == argc && argv[i][0] != '-' ? argv[i] : NULL;
}

int main(int argc, char **argv) {
    oxws_config *config = oxws_config_new();
    const char *url = read_arguments(config, argc, argv);
    oxws_status status;

    if (url == NULL) {
        fprintf(stderr, "usage: client [--subprotocol NAME]... [--header 'NAME: VALUE']... "
                        "[--origin URL] [--max-redirects N] [--reconnect] [--user NAME:PASSWORD] [--proxy URL|environment] "
                        "[--version 13|8|7] [--wait SECONDS] "
                        "[--deflate [--no-context-takeover] [--window-bits N]] "
                        "[--ca FILE] [--crl FILE] [--cert FILE --key FILE] URL\n");
        return 2;
    }
    loop = oxws_loop_new();
    if (loop == NULL) {
        perror("client: oxws_loop_new");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* each message is seen as it comes, also in a pipe */
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    oxws_config_on_response(config, on_response);
    if (comes_back) {
        oxws_config_reconnect(config, 1);
        oxws_config_reconnect_queue_bytes(config, 1024 * 1024);
        oxws_config_on_disconnect(config, on_disconnect);
    }
    oxws_config_on_open(config, on_open);
    oxws_config_on_message(config, on_message);
    oxws_config_on_writable(config, on_writable);
    oxws_config_on_close(config, on_close);
    status = oxws_connect(loop, url, config, &connection);
    oxws_config_free(config);
    if (status == OXWS_OK) status = oxws_loop_run(loop);
    if (is_interrupted && oxws_close(loop, connection, OXWS_CLOSE_NORMAL, NULL) == OXWS_OK) {
        status = oxws_loop_run(loop);
    }
    if (status != OXWS_OK) fprintf(stderr, "client: %s: %s\n", url, oxws_status_message(status));
    oxws_loop_free(loop);
    free(input);
    return status == OXWS_OK && is_clean && !has_failed ? 0 : 1;
}
