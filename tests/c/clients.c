/* Who a client is that comes through a proxy, as a server sees it; and listening on descriptors that were
 * handed over. */
#include "check.h"

#include <sys/wait.h>

struct seen {
    int requests, opened;
    oxws_connection connection;
    char from[64]; /* as on_request sees it */
};

static void copy(char *to, const char *text, size_t len) {
    memcpy(to, text, len);
    to[len] = '\0';
}

static void on_request(oxws_loop *loop, oxws_connection connection, const oxws_request *request,
                       void *user) {
    struct seen *seen = user;
    size_t len;
    const char *from = oxws_request_peer_address(request, &len);

    seen->requests++;
    seen->connection = connection;
    if (from != NULL) copy(seen->from, from, len);
    CHECK_OK(oxws_accept(loop, connection, NULL));
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    struct seen *seen = user;

    (void)loop, (void)connection;
    seen->opened++;
}

static oxws_config *config_of(struct seen *seen) {
    oxws_config *config = check_config();

    memset(seen, 0, sizeof *seen);
    CHECK_OK(oxws_config_on_request(config, on_request));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_user(config, seen));
    return config;
}

static void check_text(const char *what, const char *actual, const char *wanted) {
    check_context = what;
    if (strcmp(actual, wanted) != 0) check_fail(__FILE__, __LINE__, actual);
    check_context = "";
}

/* PROXY, [2001:db8::1]:50000 to [2001:db8::2]:443, ALPN, the host, TLS. */
#define VERSION_2                                                                              \
    "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x47"                                                       \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"     \
    "\xc3\x50\x01\xbb\x01\0\x08http/1.1\x02\0\x03"                                             \
    "a.b\x20\0\x0f\x01\0\0\0\0\x21\0\x07TLSv1.3"

static void a_header_tells_who_the_client_is(void) {
    oxws_loop *loop = oxws_loop_new();
    struct seen seen;
    oxws_config *config = config_of(&seen);
    char url[64], text[64];
    size_t len = 0;
    int fd, silent;

    CHECK_OK(oxws_config_trust_proxy_header(config, "127.0.0.1, ::1"));
    check_listen(loop, config, url, sizeof url);
    /* One whose header does not come is no hindrance, also where the loop ends. */
    silent = check_raw_connect(url);
    check_raw_send(silent, "PROXY ");
    fd = check_raw_connect(url);
    CHECK(send(fd, VERSION_2, sizeof VERSION_2 - 1, MSG_NOSIGNAL) == sizeof VERSION_2 - 1);
    check_raw_send(fd, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, seen.opened == 1);
    check_text("of the request", seen.from, "[2001:db8::1]:50000");
    CHECK_OK(oxws_get_peer_address(loop, seen.connection, text, sizeof text, &len));
    check_text("of the peer", text, "[2001:db8::1]:50000");
    CHECK_OK(oxws_get_socket_peer_address(loop, seen.connection, text, sizeof text, &len));
    CHECK(strncmp(text, "127.0.0.1:", 10) == 0 && strlen(text) == len);
    CHECK_OK(oxws_get_destination_address(loop, seen.connection, text, sizeof text, &len));
    check_text("of the destination", text, "[2001:db8::2]:443");
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_get_destination_address(loop, seen.connection, text, 17, NULL));
    CHECK_OK(oxws_get_proxy_value(loop, seen.connection, OXWS_PROXY_VALUE_AUTHORITY, text,
                                  sizeof text, &len));
    CHECK(len == 3 && memcmp(text, "a.b", 3) == 0);
    CHECK_OK(oxws_get_proxy_value(loop, seen.connection, OXWS_PROXY_VALUE_ALPN, text, 8, &len));
    CHECK(len == 8 && memcmp(text, "http/1.1", 8) == 0);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_get_proxy_value(loop, seen.connection, OXWS_PROXY_VALUE_ALPN, text, 7, &len));
    CHECK_OK(oxws_get_proxy_value(loop, seen.connection, OXWS_PROXY_VALUE_TLS_VERSION, NULL, 0,
                                  &len));
    CHECK_NUMBER(len, 7);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_get_proxy_value(loop, seen.connection, OXWS_PROXY_VALUE_UNIQUE_ID, text,
                                      sizeof text, &len));
    close(fd);
    CHECK_OK(oxws_loop_shutdown(loop, 1001, NULL));
    len = 0;
    RUN_UNTIL(loop, check_raw_read(silent, (unsigned char *)text, sizeof text, &len) < 0);
    CHECK_OK(oxws_loop_free(loop));
    oxws_config_free(config);
    close(silent);
}

static void a_request_without_the_header_is_not_answered(void) {
    oxws_loop *loop = oxws_loop_new();
    struct seen seen;
    oxws_config *config = config_of(&seen);
    unsigned char answer[16];
    char url[64];
    size_t len = 0;
    int fd;

    CHECK_OK(oxws_config_trust_proxy_header(config, "unix 127.0.0.0/8"));
    check_listen(loop, config, url, sizeof url);
    fd = check_raw_connect(url);
    check_raw_send(fd, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, check_raw_read(fd, answer, sizeof answer, &len) < 0);
    CHECK_NUMBER(len, 0);
    CHECK_NUMBER(seen.requests, 0);
    close(fd);
    CHECK_OK(oxws_loop_free(loop));
    oxws_config_free(config);
}

static void a_field_tells_who_the_client_is(void) {
    static const struct {
        const char *trusted, *name, *fields, *wanted;
    } rows[] = {
        {"unix", NULL, "X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n", "192.0.2.1"},
        {"unix, 192.0.2.0/24", NULL, "X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n", "203.0.113.9"},
        {"unix", "Forwarded", "Forwarded: for=\"[2001:db8::1]\";proto=https\r\n", "[2001:db8::1]"},
        {"unix", "X-Real-IP", "X-Real-IP: 192.0.2.1\r\n", "192.0.2.1"},
        {"unix", "X-Real-IP", "X-Forwarded-For: 192.0.2.1\r\n", "unix:"},
        {"127.0.0.1", NULL, "X-Forwarded-For: 192.0.2.1\r\n", "unix:"},
        {NULL, NULL, "X-Forwarded-For: 192.0.2.1\r\n", "unix:"},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        oxws_loop *loop = oxws_loop_new();
        struct seen seen;
        oxws_config *config = config_of(&seen);
        char url[64], request[400], text[64];
        size_t len;
        int fd;

        /* The order of the two does not matter. */
        if (rows[i].name != NULL) CHECK_OK(oxws_config_forwarded_header(config, rows[i].name));
        if (rows[i].trusted != NULL) CHECK_OK(oxws_config_trust_forwarded(config, rows[i].trusted));
        check_listen_unix(loop, config, url, sizeof url);
        fd = check_raw_connect(url);
        snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%s%s", rows[i].fields,
                 CHECK_UPGRADE_REQUEST + strlen("GET / HTTP/1.1\r\n"));
        check_raw_send(fd, request);
        RUN_UNTIL(loop, seen.opened == 1);
        check_text(rows[i].fields, seen.from, rows[i].wanted);
        CHECK_OK(oxws_get_peer_address(loop, seen.connection, text, sizeof text, &len));
        check_text(rows[i].fields, text, rows[i].wanted);
        CHECK_OK(oxws_get_socket_peer_address(loop, seen.connection, text, sizeof text, &len));
        check_text(rows[i].fields, text, "unix:");
        CHECK_OK(oxws_get_destination_address(loop, seen.connection, text, sizeof text, &len));
        check_text(rows[i].fields, text, "");
        CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                     oxws_get_proxy_value(loop, seen.connection, 2, text, sizeof text, &len));
        close(fd);
        CHECK_OK(oxws_loop_free(loop));
        oxws_config_free(config);
    }
}

struct ending {
    int count;
    oxws_status status;
};

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    struct ending *ending = user;

    (void)loop, (void)connection;
    ending->count++;
    ending->status = oxws_close_info_status(info);
}

static void an_adopted_connection_has_a_header_too(void) {
    static const struct {
        const char *trusted, *read_before, *to_be_read;
        oxws_status status; /* 0: a request of 192.0.2.1 comes */
    } rows[] = {
        {"unix", "", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" CHECK_UPGRADE_REQUEST, OXWS_OK},
        {"unix", "PROXY TCP4 192.0.2.1", " 192.0.2.2 1 2\r\n" CHECK_UPGRADE_REQUEST, OXWS_OK},
        {"unix", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" CHECK_UPGRADE_REQUEST, "", OXWS_OK},
        {"unix", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET", CHECK_UPGRADE_REQUEST + 3, OXWS_OK},
        {"unix", CHECK_UPGRADE_REQUEST, "", OXWS_ERROR_HANDSHAKE_PROXY_HEADER},
        {"unix", "PROXY", CHECK_UPGRADE_REQUEST, OXWS_ERROR_HANDSHAKE_PROXY_HEADER},
        {"127.0.0.1", "PROXY UNKNOWN\r\n", CHECK_UPGRADE_REQUEST,
         OXWS_ERROR_HANDSHAKE_PROXY_HEADER},
        {"unix", "PROXY UNKNOWN", "", OXWS_ERROR_HANDSHAKE_TIMEOUT},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        oxws_loop *loop = oxws_loop_new();
        struct seen seen;
        struct ending ending = {0, OXWS_OK};
        oxws_config *config = config_of(&seen);
        oxws_connection id = 0;
        char text[64];
        int fds[2];

        CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
        check_raw_send(fds[1], rows[i].to_be_read);
        CHECK_OK(oxws_config_trust_proxy_header(config, rows[i].trusted));
        if (rows[i].status != OXWS_OK) {
            CHECK_OK(oxws_config_on_close(config, on_close));
            CHECK_OK(oxws_config_user(config, &ending));
            if (rows[i].status == OXWS_ERROR_HANDSHAKE_TIMEOUT) {
                CHECK_OK(oxws_config_handshake_timeout_ms(config, 100));
            }
        }
        CHECK_OK(oxws_adopt_server(loop, fds[0], rows[i].read_before, strlen(rows[i].read_before),
                                   config, &id));
        close(fds[0]);
        if (rows[i].status == OXWS_OK) {
            RUN_UNTIL(loop, seen.opened == 1);
            CHECK_OK(oxws_get_peer_address(loop, id, text, sizeof text, NULL));
            check_text(rows[i].read_before, text, "192.0.2.1:1");
        } else {
            RUN_UNTIL(loop, ending.count == 1);
            CHECK_STATUS(rows[i].status, ending.status);
        }
        CHECK_OK(oxws_loop_free(loop));
        CHECK_NUMBER(seen.requests, rows[i].status == OXWS_OK);
        oxws_config_free(config);
        close(fds[1]);
    }
}

/* What a service manager does for its child: descriptors from 3 on, and variables that tell of them. The
 * child finds them by name, and serves a connection on one. Gives its exit status. */
static int handed_over(const int *listening) {
    int32_t fds[3] = {0, 0, 0};
    char self[24], url[64];
    size_t count = 0;
    struct seen seen;
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    oxws_loop *loop;
    oxws_config *config;
    int i, client;

    snprintf(self, sizeof self, "%ld", (long)getpid());
    setenv("LISTEN_PID", self, 1);
    setenv("LISTEN_FDS", "3", 1);
    setenv("LISTEN_FDNAMES", "web:admin:web", 1);
    /* Away from the places where they are to be. */
    for (i = 0; i < 3; i++) CHECK(dup2(listening[i], 200 + i) >= 0);
    for (i = 0; i < 3; i++) CHECK(dup2(200 + i, 3 + i) == 3 + i);

    CHECK_OK(oxws_inherited_fds(NULL, NULL, 0, &count));
    CHECK_NUMBER(count, 3);
    CHECK_OK(oxws_inherited_fds("web", fds, 3, &count));
    CHECK(count == 2 && fds[0] == 3 && fds[1] == 5 && fds[2] == 0);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, oxws_inherited_fds("web", fds, 1, &count));
    CHECK_NUMBER(count, 2);
    CHECK_OK(oxws_inherited_fds("other", fds, 3, &count));
    CHECK_NUMBER(count, 0);
    for (i = 3; i <= 5; i++) CHECK((fcntl(i, F_GETFD) & FD_CLOEXEC) != 0);

    loop = oxws_loop_new();
    config = config_of(&seen);
    CHECK_OK(oxws_inherited_fds("admin", fds, 1, &count));
    CHECK(count == 1 && fds[0] == 4);
    CHECK_OK(oxws_listen_fd(loop, fds[0], config, NULL));
    CHECK(getsockname(4, (struct sockaddr *)&address, &len) == 0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)ntohs(address.sin_port));
    client = check_raw_connect(url);
    check_raw_send(client, CHECK_UPGRADE_REQUEST);
    RUN_UNTIL(loop, seen.opened == 1);
    close(client);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));

    /* To a child of the child they are not handed over. */
    setenv("LISTEN_PID", "1", 1);
    CHECK_OK(oxws_inherited_fds(NULL, fds, 3, &count));
    CHECK_NUMBER(count, 0);
    fflush(check_report);
    return check_failures == 0 ? 0 : 1;
}

static void descriptors_are_handed_over(void) {
    char url[64];
    int listening[3], i, status = -1;
    pid_t child;

    for (i = 0; i < 3; i++) listening[i] = check_raw_listen(url, sizeof url);
    child = fork();
    if (child == 0) _exit(handed_over(listening));
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_NUMBER(status, 0);
    for (i = 0; i < 3; i++) close(listening[i]);
}

int main(void) {
    check_begin();
    a_header_tells_who_the_client_is();
    a_request_without_the_header_is_not_answered();
    a_field_tells_who_the_client_is();
    an_adopted_connection_has_a_header_too();
    descriptors_are_handed_over();
    return check_end();
}
