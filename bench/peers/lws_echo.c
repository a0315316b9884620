/*
 * lws_echo: an echo server with permessage-deflate on libwebsockets.
 *
 *   lws_echo PORT [LEVEL]
 *
 * By itself libwebsockets compresses at level 1 with buffers of 1 KiB. Here it has the level given,
 * 6 if none is, the memory level and window that are its defaults (8, 15 bits), and buffers of
 * 8 KiB, into which a message of the bench fits whole.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct message {
    struct message *next;
    size_t len;
    unsigned char bytes[];
} message_t;

typedef struct {
    message_t *first, **end;
    unsigned char *text;
    size_t len;
} session_t;

static const char *level = "6";
static volatile sig_atomic_t is_over;

static void on_signal(int number) {
    (void)number;
    is_over = 1;
}

/* Appends a piece, and moves the message to the queue with the last one. */
static void receive(struct lws *wsi, session_t *session, const void *bytes, size_t len) {
    message_t *message;
    session->text = realloc(session->text, session->len + len);
    memcpy(session->text + session->len, bytes, len);
    session->len += len;
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0) return;
    message = malloc(sizeof *message + LWS_PRE + session->len);
    message->next = NULL;
    message->len = session->len;
    memcpy(message->bytes + LWS_PRE, session->text, session->len);
    session->len = 0;
    *session->end = message;
    session->end = &message->next;
    lws_callback_on_writable(wsi);
}

static int send_queued(struct lws *wsi, session_t *session) {
    while (session->first != NULL && !lws_send_pipe_choked(wsi)) {
        message_t *message = session->first;
        int n = lws_write(wsi, message->bytes + LWS_PRE, message->len, LWS_WRITE_TEXT);
        session->first = message->next;
        if (session->first == NULL) session->end = &session->first;
        if (n < (int)message->len) return -1;
        free(message);
    }
    if (session->first != NULL) lws_callback_on_writable(wsi);
    return 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    session_t *session = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        session->end = &session->first;
        lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", "13");
        lws_set_extension_option(wsi, "permessage-deflate", "tx_buf_size", "13");
        lws_set_extension_option(wsi, "permessage-deflate", "compression_level", level);
        break;
    case LWS_CALLBACK_RECEIVE:
        receive(wsi, session, in, len);
        break;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_queued(wsi, session);
    case LWS_CALLBACK_CLOSED:
        free(session->text);
        while (session->first != NULL) {
            message_t *message = session->first;
            session->first = message->next;
            free(message);
        }
        break;
    default:
        break;
    }
    return 0;
}

int main(int argc, char **argv) {
    static const struct lws_protocols protocols[] = {
        {"echo", on_event, sizeof(session_t), 8192, 0, NULL, 0},
        {NULL, NULL, 0, 0, 0, NULL, 0},
    };
    static const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
        {NULL, NULL, NULL},
    };
    struct lws_context_creation_info info;
    struct lws_context *context;

    if (argc < 2) {
        fprintf(stderr, "usage: lws_echo PORT [LEVEL]\n");
        return 2;
    }
    if (argc > 2) level = argv[2];
    lws_set_log_level(LLL_ERR, NULL);
    memset(&info, 0, sizeof info);
    info.port = atoi(argv[1]);
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.extensions = extensions;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.pt_serv_buf_size = 8192;
    context = lws_create_context(&info);
    if (context == NULL) return 1;
    signal(SIGTERM, on_signal);
    printf("listening on %d\n", atoi(argv[1]));
    fflush(stdout);
    while (!is_over && lws_service(context, 0) >= 0) {}
    lws_context_destroy(context);
    return 0;
}
