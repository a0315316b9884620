/*
 * libwebsockets: an echo server on the library of that name.
 *
 *   libwebsockets PORT [broadcast | tls CERTIFICATE KEY | deflate [LEVEL]]
 *
 * Its loop is libev's, which has epoll below it; by itself it would poll, and with libuv's it waits
 * forever for the rest of some compressed messages. What is to be sent waits in a queue for the
 * callback that says that it can be, as it is meant to be used.
 *
 * By itself libwebsockets compresses at level 1 with buffers of 1 KiB. Here it has the level given,
 * 6 if none is, the memory level and window that are its defaults (8, 15 bits), and buffers of
 * 8 KiB, into which a message of the bench fits whole. Whether a message refers to those before it,
 * the client decides.
 */
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

/* A message, in as many queues as it has references. */
typedef struct {
    size_t len, room, references;
    enum lws_write_protocol kind;
    unsigned char bytes[]; /* LWS_PRE, then the payload */
} message_t;

typedef struct session {
    struct session *next, *previous;
    struct lws *wsi;
    message_t *received;  /* what is there of the current one */
    message_t *written;   /* the last one: what is compressed may still be read from it */
    message_t **queue;    /* those to be sent, around the end of it */
    size_t first, count, room;
} session_t;

static const char *level = "6";
static int is_broadcast, is_compressed;
/* The sessions, as a ring with this one in it. */
static session_t all = {.next = &all, .previous = &all};

static void *checked(void *memory) {
    if (memory == NULL) abort();
    return memory;
}

static void release(message_t *message) {
    if (message != NULL && --message->references == 0) free(message);
}

static void push(session_t *session, message_t *message) {
    if (session->count == session->room) {
        size_t i, room = session->room == 0 ? 16 : 2 * session->room;
        message_t **queue = checked(malloc(room * sizeof *queue));
        for (i = 0; i < session->count; i++) {
            queue[i] = session->queue[(session->first + i) % session->room];
        }
        free(session->queue);
        session->queue = queue;
        session->room = room;
        session->first = 0;
    }
    session->queue[(session->first + session->count++) % session->room] = message;
    message->references++;
    lws_callback_on_writable(session->wsi);
}

/* Appends a piece, with room for what the frame still has. */
static message_t *append(struct lws *wsi, message_t *message, const void *bytes, size_t len) {
    size_t rest = lws_remaining_packet_payload(wsi), have = message == NULL ? 0 : message->len;
    if (message == NULL || message->room < have + len) {
        size_t room = have + len + rest;
        if (message != NULL && room < 2 * have) room = 2 * have;
        message = checked(realloc(message, sizeof *message + LWS_PRE + room));
        message->room = room;
        message->references = 1;
        message->kind = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    }
    if (len > 0) memcpy(message->bytes + LWS_PRE + have, bytes, len);
    message->len = have + len;
    return message;
}

static void receive(struct lws *wsi, session_t *session, const void *bytes, size_t len) {
    session_t *each;
    session->received = append(wsi, session->received, bytes, len);
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0) return;
    if (is_broadcast) {
        for (each = all.next; each != &all; each = each->next) push(each, session->received);
    } else {
        push(session, session->received);
    }
    release(session->received);
    session->received = NULL;
}

static int send_queued(struct lws *wsi, session_t *session) {
    release(session->written);
    session->written = NULL;
    while (session->count > 0 && !lws_send_pipe_choked(wsi)) {
        message_t *message = session->queue[session->first];
        int n = lws_write(wsi, message->bytes + LWS_PRE, message->len, message->kind);
        session->first = (session->first + 1) % session->room;
        session->count--;
        release(session->written);
        session->written = message;
        if (n < (int)message->len) return -1;
    }
    if (session->count > 0) lws_callback_on_writable(wsi);
    return 0;
}

static void begin(struct lws *wsi, session_t *session) {
    session->wsi = wsi;
    session->next = all.next;
    session->previous = &all;
    all.next = all.next->previous = session;
    if (!is_compressed) return;
    lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", "13");
    lws_set_extension_option(wsi, "permessage-deflate", "tx_buf_size", "13");
    lws_set_extension_option(wsi, "permessage-deflate", "compression_level", level);
}

static void end(session_t *session) {
    session->next->previous = session->previous;
    session->previous->next = session->next;
    release(session->received);
    release(session->written);
    for (; session->count > 0; session->count--) {
        release(session->queue[session->first]);
        session->first = (session->first + 1) % session->room;
    }
    free(session->queue);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    session_t *session = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        begin(wsi, session);
        break;
    case LWS_CALLBACK_RECEIVE:
        receive(wsi, session, in, len);
        break;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_queued(wsi, session);
    case LWS_CALLBACK_CLOSED:
        end(session);
        break;
    default:
        break;
    }
    return 0;
}

/* What the arguments ask for; 0, or what the program exits with. */
static int read_arguments(int argc, char **argv, struct lws_context_creation_info *info) {
    static const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
        {NULL, NULL, NULL},
    };
    const char *mode = argc > 2 ? argv[2] : "";
    if (argc < 2) {
        fprintf(stderr, "usage: libwebsockets PORT [broadcast | tls CERTIFICATE KEY | deflate [LEVEL]]\n");
        return 2;
    }
    info->port = atoi(argv[1]);
    if (*mode == 0) return 0;
    if (strcmp(mode, "broadcast") == 0) {
        is_broadcast = 1;
    } else if (strcmp(mode, "tls") == 0 && argc > 4) {
        info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info->ssl_cert_filepath = argv[3];
        info->ssl_private_key_filepath = argv[4];
    } else if (strcmp(mode, "deflate") == 0) {
        is_compressed = 1;
        info->extensions = extensions;
        if (argc > 3) level = argv[3];
    } else {
        fprintf(stderr, "libwebsockets: %s is not supported\n", mode);
        return 3;
    }
    return 0;
}

int main(int argc, char **argv) {
    static const struct lws_protocols protocols[] = {
        {"echo", on_event, sizeof(session_t), 16384, 0, NULL, 0},
        {NULL, NULL, 0, 0, 0, NULL, 0},
    };
    /* No pings, and no connection is closed because it is silent. */
    static const lws_retry_bo_t patience = {.secs_since_valid_ping = 65535, .secs_since_valid_hangup = 65535};
    struct lws_context_creation_info info;
    struct lws_context *context;
    int status;

    memset(&info, 0, sizeof info);
    status = read_arguments(argc, argv, &info);
    if (status != 0) return status;
    lws_set_log_level(LLL_ERR, NULL);
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.options |= LWS_SERVER_OPTION_LIBEV;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.pt_serv_buf_size = is_compressed ? 8192 : 65536;
    info.retry_and_idle_policy = &patience;
    context = lws_create_context(&info);
    if (context == NULL) return 1;
    puts("ready");
    fflush(stdout);
    while (lws_service(context, 0) >= 0) {}
    return 1;
}
