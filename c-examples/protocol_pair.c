/*
 * protocol_pair: a client and a server joined in memory, without any socket or clock; prints what
 * passes between them and what each makes of it.
 *
 *   protocol_pair
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <oxws.h>

static const char *const names[] = {"client", "server"};

/* What the server does about an event: lets everybody in, and sends messages back. */
static const char *serve(oxws_protocol *server, const oxws_event *event) {
    const uint8_t *data;
    size_t len;

    switch (oxws_event_get_type(event)) {
    case OXWS_EVENT_REQUEST:
        oxws_protocol_accept(server, NULL);
        return "a request, which is accepted";
    case OXWS_EVENT_OPEN:
        return "open";
    case OXWS_EVENT_MESSAGE:
        data = oxws_event_data(event, &len);
        oxws_protocol_send(server, oxws_event_message_type(event), data, len, 0);
        return "a message, which goes back";
    case OXWS_EVENT_CLOSED:
        return "closed";
    default:
        return "something else";
    }
}

/* What the client does: says hello, and when that has come back, closes. */
static const char *talk(oxws_protocol *client, const oxws_event *event) {
    switch (oxws_event_get_type(event)) {
    case OXWS_EVENT_RESPONSE:
        return "a response";
    case OXWS_EVENT_OPEN:
        oxws_protocol_send(client, OXWS_MESSAGE_TEXT, "hello", 5, 0);
        return "open, says hello";
    case OXWS_EVENT_MESSAGE:
        oxws_protocol_close(client, OXWS_CLOSE_NORMAL, "enough", 0);
        return "a message, which is enough";
    case OXWS_EVENT_CLOSED:
        return "closed";
    default:
        return "something else";
    }
}

/* Takes the events of one side. */
static void report(oxws_protocol *side, int is_server) {
    const oxws_event *event;

    while ((event = oxws_protocol_next(side)) != NULL) {
        printf("%s: %s\n", names[is_server], is_server ? serve(side, event) : talk(side, event));
    }
}

/* Moves output of one side to the other, as much as fits at once; how much that was. */
static size_t carry(oxws_protocol *const sides[2], int from) {
    unsigned char bytes[1024];
    int to = !from;
    size_t len;
    const uint8_t *output = oxws_protocol_output(sides[from], &len);

    if (len == 0) return 0;
    if (len > sizeof bytes) len = sizeof bytes;
    printf("%s -> %s: %zu bytes\n", names[from], names[to], len);
    memcpy(bytes, output, len); /* what is lent is changed where it lies */
    oxws_protocol_receive(sides[to], bytes, len, 0);
    report(sides[to], to);
    oxws_protocol_output_written(sides[from], len, 0);
    report(sides[from], from);
    return len;
}

int main(void) {
    oxws_config *config = oxws_config_new();
    oxws_protocol *sides[2];
    oxws_status status =
        oxws_protocol_new_client(config, "ws://server.example/echo", 0, &sides[0]);
    int from = 0, idle = 0;

    if (status != OXWS_OK) {
        fprintf(stderr, "protocol_pair: %s\n", oxws_status_message(status));
        return 1;
    }
    sides[1] = oxws_protocol_new_server(config, 0);
    oxws_config_free(config);
    for (; idle < 2; from = !from) idle = carry(sides, from) == 0 ? idle + 1 : 0;
    oxws_protocol_free(sides[0]);
    oxws_protocol_free(sides[1]);
    return 0;
}
