/*
 * tls_load: a load of TLS for an echo server, without the library, so that the server is what is
 * measured.
 *
 *   tls_load handshakes port=N pid=N [resumed=1] [at_once=8]
 *   tls_load echo       port=N pid=N [connections=50] [payload=1024] [in_flight=16]
 *   tls_load idle       port=N pid=N [connections=50] [payload=1024]
 *
 * The first two measure for `seconds=1` after `warm=0.3`, and print one line of `name=value`
 * (meter.h). It speaks TLS 1.3 with TLS_AES_128_GCM_SHA256 and X25519, fails if anything else is
 * agreed on, and believes any certificate.
 *
 * `handshakes` connects again and again, with `at_once` of them on the way. Each ends when the
 * server's ticket is there, which with `resumed` is for one of the next.
 *
 * `echo` sends `in_flight` masked binary frames on each connection, each in a record of its own, as
 * one write, then reads until their echoes are there and compares them, and so on. `idle` does so
 * once with one message, says `idle`, and keeps the connections until its input ends.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "batch.h"
#include "dial.h"
#include "meter.h"
#include "program.h"

/* What the program ends with if the server cannot do what is asked for. */
enum { NOT_SUPPORTED = 3 };

static const char CIPHER_SUITE[] = "TLS_AES_128_GCM_SHA256";

static SSL_CTX *context;
static int server_port;

static void fail_tls(const char *what) {
    ERR_print_errors_fp(stderr);
    errno = 0;
    fail("%s", what);
}

static void check_agreed(const SSL *ssl) {
    if (strcmp(SSL_get_cipher_name(ssl), CIPHER_SUITE) != 0) fail_tls("another cipher suite");
}

static void set_up(void) {
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(context, CIPHER_SUITE) != 1 ||
        SSL_CTX_set1_groups_list(context, "X25519") != 1) {
        fail_tls("OpenSSL");
    }
}

/* --- Handshakes ------------------------------------------------------------------------------- */

typedef struct {
    int fd, has_session, has_ticket;
    SSL *ssl;
} visit_t;

static int resumes, epoll;
/* Sessions for connections to come, the newest last. */
static SSL_SESSION *sessions[4096];
static size_t sessions_len;

static int on_session(SSL *ssl, SSL_SESSION *session) {
    visit_t *visit = SSL_get_app_data(ssl);
    visit->has_ticket = 1;
    if (!resumes || sessions_len == sizeof sessions / sizeof *sessions) return 0;
    sessions[sessions_len++] = session;
    return 1;
}

static void start_visit(visit_t *visit) {
    struct epoll_event event = {EPOLLIN, {visit}};
    visit->fd = dial(server_port);
    make_nonblocking(visit->fd);
    visit->has_ticket = 0;
    visit->ssl = SSL_new(context);
    if (visit->ssl == NULL || SSL_set_fd(visit->ssl, visit->fd) != 1) fail_tls("SSL_new");
    SSL_set_app_data(visit->ssl, visit);
    visit->has_session = resumes && sessions_len > 0;
    if (visit->has_session) {
        SSL_SESSION *session = sessions[--sessions_len];
        SSL_set_session(visit->ssl, session);
        SSL_SESSION_free(session);
    }
    SSL_set_connect_state(visit->ssl);
    SSL_do_handshake(visit->ssl); /* which leaves what comes behind the handshake in the socket */
    epoll_ctl(epoll, EPOLL_CTL_ADD, visit->fd, &event);
}

/* Goes on as far as the server lets it. Returns whether the ticket is there. */
static int go_on(visit_t *visit) {
    char byte;
    int result = SSL_is_init_finished(visit->ssl) ? 1 : SSL_do_handshake(visit->ssl);
    if (result == 1) result = SSL_read(visit->ssl, &byte, 1);
    if (result > 0 || SSL_get_error(visit->ssl, result) != SSL_ERROR_WANT_READ) fail_tls("handshake");
    return visit->has_ticket;
}

static void end_visit(visit_t *visit) {
    check_agreed(visit->ssl);
    if (visit->has_session && !SSL_session_reused(visit->ssl)) {
        fprintf(stderr, "tls_load: the server does not resume sessions\n");
        exit(NOT_SUPPORTED);
    }
    SSL_shutdown(visit->ssl);
    SSL_free(visit->ssl);
    close(visit->fd);
}

/* Shakes hands until it is time; returns how many. */
static double visit_until(uint64_t end) {
    struct epoll_event events[64];
    double count = 0;
    while (now_ns() < end) {
        int i, ready = epoll_wait(epoll, events, 64, -1);
        for (i = 0; i < ready; i++) {
            visit_t *visit = events[i].data.ptr;
            if (!go_on(visit)) continue;
            end_visit(visit);
            start_visit(visit);
            count++;
        }
    }
    return count;
}

static void shake_hands(void) {
    int i, at_once = (int)words_number("at_once", 8);
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9, count;
    visit_t *visits = take_memory(sizeof *visits * (size_t)at_once);
    meter_t meter;
    resumes = words_number("resumed", 0) != 0;
    words_end();
    epoll = epoll_create1(0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    for (i = 0; i < at_once; i++) start_visit(&visits[i]);
    visit_until(now_ns() + (uint64_t)warm);
    meter = meter_begin();
    count = visit_until(meter.began + (uint64_t)seconds);
    meter_report(&meter, "mode=tls-handshakes", "handshakes", count);
}

/* --- Echoes ----------------------------------------------------------------------------------- */

/* A connection whose records pass through memory, so that many of them leave as one write. */
typedef struct {
    int fd;
    SSL *ssl;
    BIO *in, *out;
} link_t;

static void flush_records(link_t *link) {
    char *data;
    long len = BIO_get_mem_data(link->out, &data);
    write_all(link->fd, data, (size_t)len);
    (void)BIO_reset(link->out);
}

static void fetch_records(link_t *link) {
    static char records[256 * 1024];
    ssize_t n = read(link->fd, records, sizeof records);
    if (n == 0) errno = 0;
    if (n <= 0 || BIO_write(link->in, records, (int)n) != n) fail("read");
}

/* Reads some plaintext. */
static size_t take(link_t *link, unsigned char *place, size_t room) {
    for (;;) {
        int n = SSL_read(link->ssl, place, (int)room);
        if (n > 0) return (size_t)n;
        if (SSL_get_error(link->ssl, n) != SSL_ERROR_WANT_READ) fail_tls("SSL_read");
        fetch_records(link);
    }
}

static void put(link_t *link, const void *data, size_t len) {
    if (SSL_write(link->ssl, data, (int)len) != (int)len) fail_tls("SSL_write");
}

static void open_link(link_t *link) {
    unsigned char answer[4096];
    size_t have = 0;
    link->fd = dial(server_port);
    link->ssl = SSL_new(context);
    link->in = BIO_new(BIO_s_mem());
    link->out = BIO_new(BIO_s_mem());
    SSL_set_bio(link->ssl, link->in, link->out);
    SSL_set_connect_state(link->ssl);
    while (SSL_do_handshake(link->ssl) != 1) {
        flush_records(link);
        if (!SSL_is_init_finished(link->ssl)) fetch_records(link);
    }
    check_agreed(link->ssl);
    put(link, REQUEST, strlen(REQUEST));
    flush_records(link);
    while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4) != 0) {
        have += take(link, answer + have, sizeof answer - 1 - have);
    }
    answer[have] = '\0';
    check_answer((char *)answer);
}

static void send_batch(link_t *link, const batch_t *batch) {
    size_t each = batch->frames_len / (size_t)batch->count;
    int i;
    for (i = 0; i < batch->count; i++) put(link, batch->frames + each * (size_t)i, each);
    flush_records(link);
}

static void receive_batch(link_t *link, const batch_t *batch, unsigned char *answer) {
    size_t have = 0;
    while (have < batch->echoes_len) have += take(link, answer + have, batch->echoes_len - have);
    batch_check(batch, 0, answer, have);
}

static link_t *open_links(int connections) {
    link_t *links = take_memory(sizeof *links * (size_t)connections);
    int i;
    for (i = 0; i < connections; i++) open_link(&links[i]);
    return links;
}

/* Has all connections exchange batches until it is time, once at least; returns how many. */
static double exchange_until(uint64_t end, link_t *links, int connections, const batch_t *batch) {
    unsigned char *answer = take_memory(batch->echoes_len);
    double count = 0;
    int i;
    do {
        for (i = 0; i < connections; i++) send_batch(&links[i], batch);
        for (i = 0; i < connections; i++) receive_batch(&links[i], batch, answer);
        count += connections;
    } while (now_ns() < end);
    free(answer);
    return count;
}

static void echo(void) {
    int connections = (int)words_number("connections", 50);
    batch_t batch = batch_make((int)words_number("in_flight", 16), (size_t)words_number("payload", 1024), 0);
    double warm = words_number("warm", 0.3) * 1e9, seconds = words_number("seconds", 1) * 1e9, batches;
    link_t *links;
    meter_t meter;
    words_end();
    links = open_links(connections);
    exchange_until(now_ns() + (uint64_t)warm, links, connections, &batch);
    meter = meter_begin();
    batches = exchange_until(meter.began + (uint64_t)seconds, links, connections, &batch);
    meter_report(&meter, "mode=tls-echo", "messages", batches * batch.count);
}

/* Each has its echo as soon as it is open: a server may ping one that has waited. */
static void idle(void) {
    int connections = (int)words_number("connections", 50), i;
    batch_t batch = batch_make(1, (size_t)words_number("payload", 1024), 0);
    words_end();
    for (i = 0; i < connections; i++) exchange_until(0, open_links(1), 1, &batch);
    stay_idle();
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } MODES[] = {{"handshakes", shake_hands}, {"echo", echo}, {"idle", idle}};
    size_t i;
    if (argc < 2) {
        fprintf(stderr, "usage: tls_load MODE port=N [pid=N] [NAME=VALUE]...\n");
        return 2;
    }
    words_begin(argc - 2, argv + 2);
    server_port = (int)words_number("port", 0);
    meter_server((int)words_number("pid", 0));
    set_up();
    for (i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        if (strcmp(argv[1], MODES[i].name) != 0) continue;
        MODES[i].run();
        return 0;
    }
    errno = 0;
    fail("no such mode: %s", argv[1]);
}
