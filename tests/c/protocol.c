/*
 * Endpoints without I/O: a client and a server joined in memory by pieces of every size, deadlines
 * in a time of the test's own, and what follows a request of another protocol.
 */
#include "check.h"

enum { CLIENT, SERVER };

typedef struct {
    oxws_protocol *of[2];
    uint64_t now;
    char story[2][80]; /* a letter for each event */
    char texts[2][64];
    unsigned char raw[2][4096]; /* all that each has sent */
    size_t raw_len[2];
} pair;

static void append(char *text, size_t size, const char *more, size_t len) {
    size_t at = strlen(text);
    CHECK(at + len < size);
    if (at + len < size) memcpy(text + at, more, len), text[at + len] = '\0';
}

/* Takes the events of one side: a server lets everybody in and sends every message back. */
static void take_events(pair *p, int side) {
    static const char letters[] = "?qhroMiocC";
    oxws_protocol *own = p->of[side];
    const oxws_event *event;

    while ((event = oxws_protocol_next(own)) != NULL) {
        oxws_event_type type = oxws_event_get_type(event);
        size_t len;
        const uint8_t *data = oxws_event_data(event, &len);
        int32_t kind = oxws_event_message_type(event);

        append(p->story[side], sizeof p->story[side], &letters[type], 1);
        if (type == OXWS_EVENT_REQUEST) CHECK_OK(oxws_protocol_accept(own, NULL));
        if (type == OXWS_EVENT_MESSAGE) {
            append(p->texts[side], sizeof p->texts[side], (const char *)data, len);
            if (side == SERVER) {
                /* The bytes of the event itself, where they lie. */
                CHECK_OK(oxws_protocol_send(own, kind, data, len, p->now));
            }
        }
    }
}

/* Moves up to `piece` bytes from one side to the other; how many. */
static size_t carry(pair *p, int from, size_t piece) {
    size_t len, i;
    const uint8_t *output = oxws_protocol_output(p->of[from], &len);
    unsigned char *lent;

    if (len > piece) len = piece;
    if (len == 0 || !oxws_protocol_wants_input(p->of[!from])) return 0;
    lent = malloc(len); /* just as long, and gone afterwards: who reads beyond is found out */
    memcpy(lent, output, len);
    for (i = 0; i < len && p->raw_len[from] < sizeof p->raw[from]; i++) {
        p->raw[from][p->raw_len[from]++] = output[i];
    }
    CHECK_OK(oxws_protocol_output_written(p->of[from], len, p->now));
    CHECK_OK(oxws_protocol_receive(p->of[!from], lent, len, p->now));
    take_events(p, !from);
    free(lent);
    take_events(p, from);
    return len;
}

static void settle(pair *p, size_t piece) {
    while (carry(p, CLIENT, piece) + carry(p, SERVER, piece) > 0) continue;
}

static void join(pair *p, const oxws_config *of_client, const oxws_config *of_server) {
    static const uint8_t key[4] = {1, 2, 3, 4};

    memset(p, 0, sizeof *p);
    p->now = 1000000;
    CHECK_OK(oxws_protocol_new_client(of_client, "ws://a.example/chat", p->now, &p->of[CLIENT]));
    p->of[SERVER] = oxws_protocol_new_server(of_server, p->now);
    CHECK_OK(oxws_test_protocol_masking_key(p->of[CLIENT], key));
    CHECK_NUMBER(oxws_protocol_state(p->of[CLIENT]), OXWS_STATE_HANDSHAKE);
}

static void part(pair *p) {
    oxws_protocol_free(p->of[CLIENT]);
    oxws_protocol_free(p->of[SERVER]);
}

static void in_pieces_of_every_size(void) {
    static const unsigned char said[] = {
        0x81, 0x85, 1, 2, 3, 4, 'h' ^ 1, 'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1, /* a text */
        0x89, 0x81, 1, 2, 3, 4, '?' ^ 1,                                     /* a ping */
        0x88, 0x82, 1, 2, 3, 4, 3 ^ 1, 232 ^ 2};                             /* a Close */
    oxws_config *of_client = check_config(), *of_server = check_config();
    size_t piece, len;
    pair p;

    CHECK_OK(oxws_config_add_subprotocol(of_client, "chat"));
    CHECK_OK(oxws_config_add_subprotocol(of_server, "chat"));
    for (piece = 1; piece <= 300; piece++) {
        char context[40];
        snprintf(context, sizeof context, "pieces of %zu", piece);
        check_context = context;
        join(&p, of_client, of_server);
        settle(&p, piece);
        CHECK_NUMBER(oxws_protocol_state(p.of[CLIENT]), OXWS_STATE_OPEN);
        CHECK_NUMBER(oxws_protocol_state(p.of[SERVER]), OXWS_STATE_OPEN);
        CHECK(memcmp(oxws_protocol_subprotocol(p.of[SERVER], &len), "chat", 4) == 0 && len == 4);
        p.raw_len[CLIENT] = 0;
        CHECK_OK(oxws_protocol_send(p.of[CLIENT], OXWS_MESSAGE_TEXT, "hello", 5, p.now));
        CHECK_OK(oxws_protocol_ping(p.of[CLIENT], "?", 1, p.now));
        settle(&p, piece);
        CHECK_OK(oxws_protocol_close(p.of[CLIENT], OXWS_CLOSE_NORMAL, NULL, p.now));
        CHECK_NUMBER(oxws_protocol_close_state(p.of[CLIENT]), OXWS_CLOSE_STATE_CLOSE_SENT);
        settle(&p, piece);
        CHECK(p.raw_len[CLIENT] == sizeof said && memcmp(p.raw[CLIENT], said, sizeof said) == 0);
        CHECK(strcmp(p.story[CLIENT], "roMoc") == 0 && strcmp(p.story[SERVER], "qoMic") == 0);
        CHECK(strcmp(p.texts[CLIENT], "hello") == 0 && strcmp(p.texts[SERVER], "hello") == 0);
        CHECK(oxws_protocol_wants_close(p.of[CLIENT]) && oxws_protocol_wants_close(p.of[SERVER]));
        part(&p);
    }
    check_context = "";
    oxws_config_free(of_client);
    oxws_config_free(of_server);
}

static void a_message_in_pieces(void) {
    static const unsigned char said[] = {
        0x01, 0x83, 1, 2, 3, 4, 'h' ^ 1, 'e' ^ 2, 'l' ^ 3, /* the first piece */
        0x89, 0x81, 1, 2, 3, 4, '?' ^ 1,                   /* a ping between */
        0x80, 0x82, 1, 2, 3, 4, 'l' ^ 1, 'o' ^ 2};         /* the last piece */
    oxws_config *config = check_config();
    pair p;

    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_V8));
    CHECK_OK(oxws_config_version(config, OXWS_VERSION_V8));
    join(&p, config, config);
    settle(&p, 1000);
    CHECK_NUMBER(oxws_protocol_get_version(p.of[CLIENT]), OXWS_VERSION_V8);
    CHECK_NUMBER(oxws_protocol_get_version(p.of[SERVER]), OXWS_VERSION_V8);
    p.raw_len[CLIENT] = 0;
    CHECK_OK(oxws_protocol_send_begin(p.of[CLIENT], OXWS_MESSAGE_TEXT, 0));
    CHECK_OK(oxws_protocol_send_append(p.of[CLIENT], "hel", 3, p.now));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE,
                 oxws_protocol_send(p.of[CLIENT], OXWS_MESSAGE_TEXT, "x", 1, p.now));
    CHECK_OK(oxws_protocol_ping(p.of[CLIENT], "?", 1, p.now));
    CHECK_OK(oxws_protocol_send_append(p.of[CLIENT], NULL, 0, p.now));
    CHECK_OK(oxws_protocol_send_end(p.of[CLIENT], "lo", 2, p.now));
    settle(&p, 1000);
    CHECK(p.raw_len[CLIENT] == sizeof said && memcmp(p.raw[CLIENT], said, sizeof said) == 0);
    CHECK(strcmp(p.texts[SERVER], "hello") == 0);
    CHECK_OK(oxws_protocol_send(p.of[CLIENT], OXWS_MESSAGE_TEXT, "x", 1, p.now));
    part(&p);
    oxws_config_free(config);
}

static oxws_status ended(oxws_protocol *own) {
    const oxws_event *event;
    oxws_status status = OXWS_ERROR_INVALID_STATE;

    while ((event = oxws_protocol_next(own)) != NULL) {
        if (oxws_event_get_type(event) == OXWS_EVENT_CLOSED) {
            status = oxws_close_info_status(oxws_event_close_info(event));
        }
    }
    return status;
}

static uint64_t deadline(oxws_protocol *own) {
    uint64_t at = 0;
    CHECK_OK(oxws_protocol_deadline_us(own, &at));
    return at;
}

static void deadlines(void) {
    oxws_config *config = check_config();
    pair p;

    CHECK_OK(oxws_config_handshake_timeout_ms(config, 300));
    CHECK_OK(oxws_config_close_timeout_ms(config, 200));
    CHECK_OK(oxws_config_idle_timeout_ms(config, 900));
    join(&p, config, config);
    CHECK_NUMBER(deadline(p.of[SERVER]), 1300000);
    CHECK_OK(oxws_protocol_advance(p.of[SERVER], 1299999));
    CHECK(oxws_protocol_next(p.of[SERVER]) == NULL);
    CHECK_OK(oxws_protocol_advance(p.of[SERVER], 1300000));
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_TIMEOUT, ended(p.of[SERVER]));
    part(&p);

    join(&p, config, config);
    settle(&p, 4096);
    CHECK_NUMBER(deadline(p.of[CLIENT]), 1900000);
    CHECK_OK(oxws_protocol_advance(p.of[CLIENT], 1900000));
    CHECK_STATUS(OXWS_ERROR_IDLE_TIMEOUT, ended(p.of[CLIENT]));
    /* The time of the closing handshake begins when the Close frame has been written. */
    CHECK_OK(oxws_protocol_close(p.of[SERVER], 1000, NULL, 1500000));
    CHECK_OK(oxws_protocol_output_written(p.of[SERVER], 4, 1600000));
    CHECK_NUMBER(deadline(p.of[SERVER]), 1800000);
    CHECK_OK(oxws_protocol_advance(p.of[SERVER], 1800000));
    CHECK_STATUS(OXWS_ERROR_CLOSE_TIMEOUT, ended(p.of[SERVER]));
    CHECK(deadline(p.of[SERVER]) == UINT64_MAX);
    part(&p);
    oxws_config_free(config);
}

/* A request that is not for a WebSocket; what follows it is left for whoever goes on. */
static void another_protocol(void) {
    char said[] = "GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                  "Upgrade: other\r\n\r\nmore";
    oxws_config *config = check_config();
    oxws_protocol *server = oxws_protocol_new_server(config, 0);
    const oxws_event *event;
    const uint8_t *unused;
    size_t len;

    CHECK_OK(oxws_protocol_receive(server, said, sizeof said - 1, 0));
    event = oxws_protocol_next(server);
    CHECK_NUMBER(oxws_event_get_type(event), OXWS_EVENT_HTTP_REQUEST);
    CHECK(memcmp(oxws_request_path(oxws_event_request(event), &len), "/other", 6) == 0 && len == 6);
    unused = oxws_protocol_unused(server, &len);
    CHECK(len == 4 && memcmp(unused, "more", 4) == 0);
    CHECK_NUMBER(oxws_protocol_wants_input(server), 0);
    CHECK_OK(oxws_protocol_deny(server, 404, "not here"));
    CHECK_STATUS(OXWS_OK, ended(server));
    CHECK(memcmp(oxws_protocol_output(server, &len), "HTTP/1.1 404 Not Found\r\n", 24) == 0);
    CHECK_OK(oxws_protocol_output_written(server, len, 0));
    unused = oxws_protocol_unused(server, &len);
    CHECK(len == 4 && memcmp(unused, "more", 4) == 0);
    oxws_protocol_free(server);
    oxws_config_free(config);
}

static void on_chunk(oxws_loop *loop, oxws_connection id, oxws_message_type type,
                     const uint8_t *data, size_t len, uint32_t flags, void *user) {
    (void)loop, (void)id, (void)type, (void)data, (void)len, (void)flags, (void)user;
    CHECK(!"called");
}

static void piece_by_piece(void) {
    oxws_config *config = check_config(), *plain = check_config();
    char piece[3] = "abc", first[] = "\x82\x83\0\0\0\0" "a", whole[] = "\x81\x81\0\0\0\0" "t";
    const oxws_event *event;
    oxws_protocol *own;
    size_t len;
    pair p;

    CHECK_OK(oxws_config_on_chunk(config, on_chunk));
    join(&p, plain, config);
    settle(&p, 4096);
    own = p.of[SERVER];
    CHECK_OK(oxws_protocol_receive(own, first, sizeof first - 1, p.now));
    event = oxws_protocol_next(own);
    CHECK_NUMBER(oxws_event_get_type(event), OXWS_EVENT_CHUNK);
    CHECK_NUMBER(oxws_event_message_type(event), OXWS_MESSAGE_BINARY);
    CHECK_NUMBER(oxws_event_chunk_flags(event), OXWS_CHUNK_FIRST);
    CHECK(*oxws_event_data(event, &len) == 'a' && len == 1);
    CHECK_OK(oxws_protocol_receive(own, piece + 1, 2, p.now));
    event = oxws_protocol_next(own);
    CHECK_NUMBER(oxws_event_chunk_flags(event), OXWS_CHUNK_LAST);
    CHECK(memcmp(oxws_event_data(event, &len), "bc", 2) == 0 && len == 2);
    CHECK_OK(oxws_protocol_receive(own, whole, sizeof whole - 1, p.now));
    event = oxws_protocol_next(own);
    CHECK_NUMBER(oxws_event_get_type(event), OXWS_EVENT_CHUNK);
    CHECK_NUMBER(oxws_event_chunk_flags(event), OXWS_CHUNK_FIRST | OXWS_CHUNK_LAST);
    CHECK(oxws_protocol_next(own) == NULL);
    part(&p);
    oxws_config_free(config);
    oxws_config_free(plain);
}

static void on_connecting(oxws_loop *loop, oxws_connection id, oxws_connecting *connecting,
                          void *user) {
    (void)loop, (void)id, (void)connecting, (void)user;
    CHECK(!"called");
}

/* The request is shown, changed and written by the next call; or not, if it is given up. */
static void a_request_is_changed(void) {
    oxws_config *config = check_config();
    oxws_protocol *client = NULL;
    const oxws_event *event;
    const uint8_t *output;
    size_t len;
    int gives_up;

    CHECK_OK(oxws_config_on_connecting(config, on_connecting));
    for (gives_up = 0; gives_up <= 1; gives_up++) {
        CHECK_OK(oxws_protocol_new_client(config, "ws://a.example/chat", 0, &client));
        CHECK(oxws_protocol_output(client, &len) != NULL && len == 0);
        event = oxws_protocol_next(client);
        CHECK_NUMBER(oxws_event_get_type(event), OXWS_EVENT_CONNECTING);
        CHECK(oxws_connecting_peer_address(oxws_event_connecting(event), &len) == NULL);
        CHECK_OK(oxws_connecting_set_resource(oxws_event_connecting(event), "/other"));
        if (gives_up) CHECK_OK(oxws_protocol_abort(client));
        event = oxws_protocol_next(client);
        output = oxws_protocol_output(client, &len);
        if (gives_up) {
            CHECK_NUMBER(oxws_event_get_type(event), OXWS_EVENT_CLOSED);
            CHECK_NUMBER(len, 0);
        } else {
            CHECK(event == NULL && len > 30);
            CHECK(memcmp(output, "GET /other HTTP/1.1\r\nHost: a.example\r\n", 38) == 0);
        }
        oxws_protocol_free(client);
    }
    oxws_config_free(config);
}

/* Keys would come twice if parent and child both went on. */
static void e22_a_child_cannot_go_on(void) {
    oxws_config *config = check_config();
    int status = 0;
    pid_t child;
    pair p;

    join(&p, config, config);
    child = fork();
    if (child == 0) {
        int wrong = oxws_protocol_advance(p.of[CLIENT], 0) != OXWS_ERROR_FORKED ||
                    oxws_protocol_next(p.of[CLIENT]) != NULL ||
                    oxws_protocol_output(p.of[CLIENT], NULL) != NULL ||
                    oxws_protocol_wants_close(p.of[CLIENT]) != 1;
        part(&p);
        _exit(wrong);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    settle(&p, 4096);
    CHECK_NUMBER(oxws_protocol_state(p.of[CLIENT]), OXWS_STATE_OPEN);
    part(&p);
    oxws_config_free(config);
}

int main(void) {
    check_begin();
    in_pieces_of_every_size();
    a_message_in_pieces();
    deadlines();
    another_protocol();
    piece_by_piece();
    a_request_is_changed();
    e22_a_child_cannot_go_on();
    return check_end();
}
