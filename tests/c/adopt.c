/*
 * Descriptors of the program's become connections: both ends of a pair of sockets in one loop, a
 * request that somebody else has read, and a handshake that was done elsewhere.
 */
#include "check.h"

typedef struct {
    int opens, closes;
    oxws_status ended;
    char received[64];
    size_t len;
} side;

static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop, (void)id;
    ((side *)user)->opens++;
}

static void on_message(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    side *to = user;
    (void)loop, (void)id, (void)type;
    if (to->len + len < sizeof to->received) memcpy(to->received + to->len, data, len);
    to->len += len;
}

static void on_close(oxws_loop *loop, oxws_connection id, const oxws_close_info *info, void *user) {
    side *of = user;
    (void)loop, (void)id;
    of->closes++;
    of->ended = oxws_close_info_status(info);
}

static oxws_config *config_of(side *user) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_user(config, user));
    return config;
}

static void talk(oxws_loop *loop, oxws_connection from, oxws_connection to, side *client,
                 side *server) {
    CHECK_OK(oxws_send(loop, from, OXWS_MESSAGE_TEXT, "ping", 4));
    CHECK_OK(oxws_send(loop, to, OXWS_MESSAGE_TEXT, "pong", 4));
    RUN_UNTIL(loop, client->len == 4 && server->len == 4);
    CHECK(memcmp(client->received, "pong", 4) == 0 && memcmp(server->received, "ping", 4) == 0);
    CHECK_OK(oxws_close(loop, from, OXWS_CLOSE_NORMAL, NULL));
    RUN_UNTIL(loop, client->closes == 1 && server->closes == 1);
    CHECK_STATUS(OXWS_OK, client->ended);
    CHECK_STATUS(OXWS_OK, server->ended);
    CHECK(client->opens == 1 && server->opens == 1);
}

/* The loop talks to itself, from the handshake on or with one that was done already. */
static void both_ends(int with_handshake) {
    side client = {0}, server = {0};
    oxws_config *of_client = config_of(&client), *of_server = config_of(&server);
    oxws_loop *loop = oxws_loop_new();
    oxws_connection from = 0, to = 0;
    int pair[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    if (with_handshake) {
        CHECK_OK(oxws_adopt_server(loop, pair[1], NULL, 0, of_server, &to));
        CHECK_OK(oxws_adopt_client(loop, pair[0], "ws://a.example/chat", of_client, &from));
    } else {
        CHECK_OK(oxws_adopt_open(loop, pair[1], 2, "chat", NULL, 0, of_server, &to));
        CHECK_OK(oxws_adopt_open(loop, pair[0], 1, "chat", NULL, 0, of_client, &from));
    }
    /* The loop has its own. */
    close(pair[0]);
    close(pair[1]);
    RUN_UNTIL(loop, client.opens == 1 && server.opens == 1);
    if (!with_handshake) {
        char name[8];
        size_t len = 0;
        CHECK_OK(oxws_get_subprotocol(loop, from, name, sizeof name, &len));
        CHECK(len == 4 && strcmp(name, "chat") == 0);
    }
    talk(loop, from, to, &client, &server);
    oxws_config_free(of_client);
    oxws_config_free(of_server);
    CHECK_OK(oxws_loop_free(loop));
}

/* Another server has read the request and the first frame; the loop answers both. */
static void a_request_that_was_read(void) {
    static const unsigned char frame[] = {0x81, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2};
    char received[sizeof CHECK_UPGRADE_REQUEST + sizeof frame];
    size_t len = sizeof CHECK_UPGRADE_REQUEST - 1, answered = 0;
    side server = {0};
    oxws_config *config = config_of(&server);
    oxws_loop *loop = oxws_loop_new();
    unsigned char answer[512];
    oxws_connection id = 0;
    int pair[2];

    memcpy(received, CHECK_UPGRADE_REQUEST, len);
    memcpy(received + len, frame, sizeof frame);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK_OK(oxws_adopt_server(loop, pair[1], received, len + sizeof frame, config, &id));
    memset(received, 'x', sizeof received); /* it was copied */
    RUN_UNTIL(loop, server.len == 2);
    CHECK(memcmp(server.received, "hi", 2) == 0);
    CHECK(check_raw_read(pair[0], answer, sizeof answer, &answered) == 0);
    CHECK(answered > 12 && memcmp(answer, "HTTP/1.1 101", 12) == 0);
    close(pair[0]);
    close(pair[1]);
    RUN_UNTIL(loop, server.closes == 1);
    CHECK_STATUS(OXWS_ERROR_CONNECTION_LOST, server.ended);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

/* A path need not be UTF-8; what is not is replaced, which makes it longer. */
static void the_longest_local_address(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    oxws_connection id = 0;
    char text[384] = "";
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int from = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), to;
    size_t len = 0, before;

    before = (size_t)snprintf(address.sun_path, sizeof address.sun_path, "/tmp/oxws-test-%ld-",
                              (long)getpid());
    memset(address.sun_path + before, 0xff, sizeof address.sun_path - 1 - before);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listener, 1) == 0);
    CHECK(connect(from, (struct sockaddr *)&address, sizeof address) == 0);
    to = accept(listener, NULL, NULL);
    CHECK(unlink(address.sun_path) == 0);
    CHECK_OK(oxws_adopt_open(loop, to, OXWS_ROLE_SERVER, NULL, NULL, 0, config, &id));
    CHECK_OK(oxws_get_local_address(loop, id, text, sizeof text, &len));
    CHECK_NUMBER(len, 5 + before + 3 * (sizeof address.sun_path - 1 - before));
    CHECK(oxws_is_utf8(text, len) && strncmp(text, "unix:/tmp/", 10) == 0);
    close(listener);
    close(from);
    close(to);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    the_longest_local_address();
    both_ends(1);
    both_ends(0);
    a_request_that_was_read();
    return check_end();
}
