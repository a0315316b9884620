/*
 * tls_load: a load of TLS for an echo server, without the library, so that the server is what is
 * measured.
 *
 *   tls_load PORT PID handshakes full|resumed COUNT AT_ONCE
 *   tls_load PORT PID echo CONNECTIONS PAYLOAD_BYTES IN_FLIGHT ROUNDS [idle]
 *
 * It speaks TLS 1.3 with TLS_AES_128_GCM_SHA256 and X25519, fails if anything else is agreed on, and
 * believes any certificate.
 *
 * `handshakes` connects COUNT times, with AT_ONCE of them on the way. Each ends when the server's
 * ticket is there, which `resumed` uses for one of the next.
 *
 * `echo` opens the connections, then ROUNDS times sends IN_FLIGHT masked binary frames on each, each
 * in a record of its own, as one write, and reads until their echoes are there, checking of each that
 * it is one frame, and its first and last byte. The first tenth is not measured. With `idle` it then
 * says `idle`, and keeps the connections open until its input ends.
 *
 * Prints: handshakes or messages per second, and microseconds of CPU that the process PID used for each.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char REQUEST[] =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
static const char CIPHER_SUITE[] = "TLS_AES_128_GCM_SHA256";

static SSL_CTX *context;
static const char *server_pid;
static int server_port;

static void fail(const char *what) {
    fprintf(stderr, "tls_load: %s: %s\n", what, errno != 0 ? strerror(errno) : "wrong");
    ERR_print_errors_fp(stderr);
    exit(1);
}

/* --- Measuring -------------------------------------------------------------------------------- */

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds that the threads of the server have been on a CPU. */
static double cpu_seconds(void) {
    char pattern[64];
    glob_t found;
    double sum = 0;
    size_t i;
    snprintf(pattern, sizeof pattern, "/proc/%s/task/*/schedstat", server_pid);
    if (glob(pattern, 0, NULL, &found) != 0) fail(pattern);
    for (i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        unsigned long long ns = 0;
        if (file == NULL) continue;
        if (fscanf(file, "%llu", &ns) == 1) sum += (double)ns / 1e9;
        fclose(file);
    }
    globfree(&found);
    return sum;
}

static double began, cpu_before;

static void begin_to_measure(void) {
    cpu_before = cpu_seconds();
    began = now_seconds();
}

static void report(const char *what, long count) {
    double seconds = now_seconds() - began, cpu = cpu_seconds() - cpu_before;
    printf("%.0f %s/s, %.2f us of CPU\n", (double)count / seconds, what, cpu * 1e6 / (double)count);
    fflush(stdout);
}

/* --- Connections ------------------------------------------------------------------------------ */

static int dial(void) {
    struct sockaddr_in to;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)server_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void check_agreed(const SSL *ssl) {
    if (strcmp(SSL_get_cipher_name(ssl), CIPHER_SUITE) != 0) fail("another cipher suite");
}

static void set_up(void) {
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(context, CIPHER_SUITE) != 1 ||
        SSL_CTX_set1_groups_list(context, "X25519") != 1) {
        fail("OpenSSL");
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
    visit->fd = dial();
    fcntl(visit->fd, F_SETFL, O_NONBLOCK);
    visit->has_ticket = 0;
    visit->ssl = SSL_new(context);
    if (visit->ssl == NULL || SSL_set_fd(visit->ssl, visit->fd) != 1) fail("SSL_new");
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
    errno = 0;
    if (result > 0 || SSL_get_error(visit->ssl, result) != SSL_ERROR_WANT_READ) fail("handshake");
    return visit->has_ticket;
}

static void end_visit(visit_t *visit) {
    errno = 0;
    check_agreed(visit->ssl);
    if (SSL_session_reused(visit->ssl) != visit->has_session) fail("resumed, or not");
    SSL_shutdown(visit->ssl);
    SSL_free(visit->ssl);
    close(visit->fd);
}

static void shake_hands(long count, int at_once) {
    visit_t *visits = calloc((size_t)at_once, sizeof *visits);
    struct epoll_event events[64];
    long ended = 0, warm = count / 10 < at_once ? at_once : count / 10, left = warm + count - at_once;
    int i;
    epoll = epoll_create1(0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    for (i = 0; i < at_once; i++) start_visit(&visits[i]);
    while (ended < warm + count) {
        int ready = epoll_wait(epoll, events, 64, -1);
        for (i = 0; i < ready; i++) {
            visit_t *visit = events[i].data.ptr;
            if (!go_on(visit)) continue;
            end_visit(visit);
            if (++ended == warm) begin_to_measure();
            if (left-- > 0) start_visit(visit);
        }
    }
    report("handshakes", count);
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
    while (len > 0) {
        ssize_t n = write(link->fd, data, (size_t)len);
        if (n < 0) fail("write");
        data += n;
        len -= n;
    }
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
        errno = 0;
        if (SSL_get_error(link->ssl, n) != SSL_ERROR_WANT_READ) fail("SSL_read");
        fetch_records(link);
    }
}

static void put(link_t *link, const void *data, size_t len) {
    if (SSL_write(link->ssl, data, (int)len) != (int)len) fail("SSL_write");
}

static void open_link(link_t *link) {
    unsigned char answer[4096];
    size_t have = 0;
    link->fd = dial();
    link->ssl = SSL_new(context);
    link->in = BIO_new(BIO_s_mem());
    link->out = BIO_new(BIO_s_mem());
    SSL_set_bio(link->ssl, link->in, link->out);
    SSL_set_connect_state(link->ssl);
    while (SSL_do_handshake(link->ssl) != 1) {
        errno = 0;
        flush_records(link);
        if (!SSL_is_init_finished(link->ssl)) fetch_records(link);
    }
    check_agreed(link->ssl);
    put(link, REQUEST, sizeof REQUEST - 1);
    flush_records(link);
    while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4) != 0) {
        have += take(link, answer + have, sizeof answer - have);
    }
    if (memcmp(answer, "HTTP/1.1 101", 12) != 0) fail("not accepted");
}

/* A masked frame, whose payload begins with an o and goes on with "xwso..."; its length. */
static size_t make_frame(unsigned char *out, size_t payload) {
    size_t n = 2, i;
    out[0] = 0x82;
    if (payload < 126) {
        out[1] = (unsigned char)(0x80 | payload);
    } else {
        out[1] = 0x80 | 126;
        out[2] = (unsigned char)(payload >> 8);
        out[3] = (unsigned char)payload;
        n = 4;
    }
    memcpy(out + n, "\1\2\3\4", 4);
    n += 4;
    for (i = 0; i < payload; i++) out[n + i] = (unsigned char)("oxws"[i % 4] ^ (1 + i % 4));
    return n + payload;
}

static void check_echoes(const unsigned char *answer, size_t echo, size_t payload, int count) {
    int k;
    errno = 0;
    for (k = 1; k <= count; k++) {
        if (answer[echo * (size_t)(k - 1)] != 0x82 || answer[echo * (size_t)k - payload] != 'o' ||
            answer[echo * (size_t)k - 1] != (unsigned char)"oxws"[(payload - 1) % 4]) {
            fail("echo");
        }
    }
}

static void echo(int connections, size_t payload, int in_flight, long rounds) {
    unsigned char *frame = malloc(payload + 14), *answer = malloc((payload + 14) * (size_t)in_flight);
    size_t frame_len = make_frame(frame, payload), echo_len = frame_len - 4;
    size_t want = echo_len * (size_t)in_flight;
    link_t *links = calloc((size_t)connections, sizeof *links);
    long round, warm = rounds / 10;
    int i, k;
    for (i = 0; i < connections; i++) open_link(&links[i]);
    for (round = 0; round < rounds; round++) {
        if (round == warm) begin_to_measure();
        for (i = 0; i < connections; i++) {
            for (k = 0; k < in_flight; k++) put(&links[i], frame, frame_len);
            flush_records(&links[i]);
        }
        for (i = 0; i < connections; i++) {
            size_t have = 0;
            while (have < want) have += take(&links[i], answer + have, want - have);
            check_echoes(answer, echo_len, payload, in_flight);
        }
    }
    report("messages", (rounds - warm) * connections * in_flight);
}

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "usage: tls_load PORT PID handshakes full|resumed COUNT AT_ONCE\n"
                        "       tls_load PORT PID echo CONNECTIONS PAYLOAD_BYTES IN_FLIGHT ROUNDS [idle]\n");
        return 2;
    }
    server_port = atoi(argv[1]);
    server_pid = argv[2];
    set_up();
    if (strcmp(argv[3], "handshakes") == 0) {
        resumes = strcmp(argv[4], "resumed") == 0;
        shake_hands(atol(argv[5]), atoi(argv[6]));
        return 0;
    }
    if (argc < 8) fail("arguments");
    echo(atoi(argv[4]), (size_t)atol(argv[5]), atoi(argv[6]), atol(argv[7]));
    if (argc > 8) {
        printf("idle\n");
        fflush(stdout);
        while (getchar() != EOF) {}
    }
    return 0;
}
