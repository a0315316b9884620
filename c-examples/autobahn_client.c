/*
 * autobahn_client: what the fuzzing server of Autobahn|Testsuite tests a client with.
 *
 *   autobahn_client [--url ws://127.0.0.1:9001] [--agent oxws] [--ca FILE]
 *
 * Asks how many cases there are, sends every message of each back, and has the report written under
 * the name of --agent. Each case is a connection of its own, and on_close makes the next one. How a
 * case ends is for the server to judge.
 * Exit status: 0 if the report has been written, 2 for wrong arguments, otherwise 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oxws.h>

enum stage { ASKING, RUNNING, REPORTING };

struct run {
    const char *url, *agent, *authorities;
    oxws_config *config; /* of every connection */
    enum stage stage;
    unsigned long count, number; /* how many cases there are, and which of them runs */
    int is_open, is_done;
};

/* Begins the connection of this stage. */
static oxws_status visit(oxws_loop *loop, struct run *run) {
    char url[1024];
    size_t base = strlen(run->url);
    int len = 0;

    if (base > 0 && run->url[base - 1] == '/') base--;
    if (base >= sizeof url) return OXWS_ERROR_INVALID_URL;
    switch (run->stage) {
    case ASKING:
        len = snprintf(url, sizeof url, "%.*s/getCaseCount", (int)base, run->url);
        break;
    case RUNNING:
        len = snprintf(url, sizeof url, "%.*s/runCase?case=%lu&agent=%s", (int)base, run->url,
                       run->number, run->agent);
        break;
    case REPORTING:
        len = snprintf(url, sizeof url, "%.*s/updateReports?agent=%s", (int)base, run->url,
                       run->agent);
        break;
    }
    if (len < 0 || (size_t)len >= sizeof url) return OXWS_ERROR_INVALID_URL;
    run->is_open = 0;
    return oxws_connect(loop, url, run->config, NULL);
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    struct run *run = user;

    (void)loop, (void)connection;
    run->is_open = 1;
}

/* The answer of the first connection is a number; whatever comes later goes back. */
static void on_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    struct run *run = user;
    char number[16] = "";

    if (run->stage == ASKING && len < sizeof number) {
        memcpy(number, data, len);
        run->count = strtoul(number, NULL, 10);
        printf("%lu cases\n", run->count);
    } else if (run->stage == RUNNING) {
        oxws_send(loop, connection, type, data, len);
    }
}

static void give_up(oxws_loop *loop, const struct run *run, const char *why) {
    fprintf(stderr, "autobahn_client: %s: %s\n", run->url, why);
    oxws_loop_stop(loop);
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    struct run *run = user;
    oxws_status status;

    (void)connection;
    if (!run->is_open) { /* the server has gone, or is another one */
        give_up(loop, run, oxws_status_message(oxws_close_info_status(info)));
    } else if (run->count == 0) {
        give_up(loop, run, "it did not tell how many cases there are");
    } else if (run->stage == REPORTING) {
        run->is_done = 1;
        oxws_loop_stop(loop);
    } else {
        run->stage = run->number < run->count ? RUNNING : REPORTING;
        run->number++;
        status = visit(loop, run);
        if (status != OXWS_OK) give_up(loop, run, oxws_status_message(status));
    }
}

/* Returns whether the arguments are right. */
static int read_arguments(struct run *run, int argc, char **argv) {
    int i;

    for (i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--url") == 0) {
            run->url = argv[i + 1];
        } else if (strcmp(argv[i], "--agent") == 0) {
            run->agent = argv[i + 1];
        } else if (strcmp(argv[i], "--ca") == 0) {
            run->authorities = argv[i + 1];
        } else {
            return 0;
        }
    }
    return i == argc;
}

/* Trusts the authorities of a file besides those of the system. */
static oxws_status trust(oxws_config *config, const char *file) {
    oxws_tls_config *tls = oxws_tls_config_new();
    oxws_status status = oxws_tls_config_add_ca_file(tls, file);

    if (status == OXWS_OK) status = oxws_config_tls(config, tls);
    oxws_tls_config_free(tls);
    return status;
}

int main(int argc, char **argv) {
    struct run run = {.url = "ws://127.0.0.1:9001", .agent = "oxws", .stage = ASKING};
    oxws_loop *loop;
    oxws_status status;

    if (!read_arguments(&run, argc, argv)) {
        fprintf(stderr, "usage: autobahn_client [--url URL] [--agent NAME] [--ca FILE]\n");
        return 2;
    }
    loop = oxws_loop_new();
    if (loop == NULL) {
        perror("autobahn_client: oxws_loop_new");
        return 1;
    }
    run.config = oxws_config_new();
    oxws_config_user(run.config, &run);
    oxws_config_pause_while_queued(run.config, 1); /* so that no echo is refused */
    oxws_config_deflate(run.config, 1);
    oxws_config_deflate_takeover(run.config, 1, 1);
    oxws_config_on_open(run.config, on_open);
    oxws_config_on_message(run.config, on_message);
    oxws_config_on_close(run.config, on_close);
    status = run.authorities != NULL ? trust(run.config, run.authorities) : OXWS_OK;
    if (status == OXWS_OK) status = visit(loop, &run);
    if (status == OXWS_OK) status = oxws_loop_run(loop);
    if (status != OXWS_OK) {
        fprintf(stderr, "autobahn_client: %s: %s\n", run.url, oxws_status_message(status));
    }
    oxws_loop_free(loop);
    oxws_config_free(run.config);
    return run.is_done ? 0 : 1;
}
