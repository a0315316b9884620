/*
 * deflate_load: a load of compressed messages for an echo server, without the library, so that the
 * server is what is measured.
 *
 *   deflate_load takeover|takeover-10|alone port=N pid=N [connections=50] [in_flight=8]
 *                                           [messages=400] [idle=1]
 *
 * Opens the connections with permessage-deflate, keeps `in_flight` messages on the way on each, and
 * ends when each has had `messages` echoed; the first tenth is not measured. The messages are texts
 * of JSON of 4 KiB. What is sent was deflated before by zlib, at level 6 with a window of 15 bits:
 * with `alone` each message by itself, and the server is asked to do the same; with `takeover` all
 * messages by one stream, which is that of each connection, as all send the same ones in the same
 * order. The server then has contexts in both directions, as with a browser. `takeover-10` is the
 * same with windows of 10 bits in both directions, which the server must be set to.
 *
 * Echoes are counted and their sizes summed. Inflated and compared are, with `alone`, one in a
 * hundred; with `takeover`, where one can only be inflated after those before it, the first thousand
 * of the first connection.
 *
 * Prints one line of `name=value` (meter.h), with the bytes of payload of an echo, of what was sent
 * and before compression, and the answer about the extension without its spaces. With `idle=1` it
 * then says `idle`, and keeps the connections open until its input ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <zlib.h>

#include "dial.h"
#include "meter.h"
#include "program.h"
#include "texts.h"

enum { CHECKED_IN_ORDER = 1000, CHECKED_OF = 100 };

typedef struct {
    int fd;
    long sent, echoed;
    /* The frame that is being read, and the message that it belongs to. */
    unsigned char head[14];
    size_t head_len, body_left, message_len;
    int fin, is_control;
} link_t;

static int takes_over, window_bits = 15;
/* The frames to send, one behind the other, and where each begins. */
static unsigned char *frames;
static size_t frames_len, frames_room, *starts;
static unsigned char message[4 * ROOM];
static z_stream inflater;
static long seen, checked;
static unsigned long long echo_bytes;
static char agreed[256];

/* --- What is sent ----------------------------------------------------------------------------- */

static void append(const unsigned char *bytes, size_t len) {
    if (frames_len + len > frames_room) {
        frames_room = 2 * (frames_room + len);
        frames = realloc(frames, frames_room);
        if (frames == NULL) fail("memory");
    }
    memcpy(frames + frames_len, bytes, len);
    frames_len += len;
}

/* A text frame, final, RSV1, masked. */
static void append_frame(unsigned char *deflated, size_t len) {
    static const unsigned char key[4] = {0x3b, 0x91, 0x5c, 0xe7};
    unsigned char head[8] = {0xc1};
    size_t i, n = 2;
    if (len < 126) {
        head[1] = (unsigned char)(0x80 | len);
    } else {
        head[1] = 0x80 | 126;
        head[2] = (unsigned char)(len >> 8);
        head[3] = (unsigned char)len;
        n = 4;
    }
    append(head, n);
    append(key, sizeof key);
    for (i = 0; i < len; i++) deflated[i] ^= key[i % 4];
    append(deflated, len);
}

static void make_frames(long count) {
    unsigned char deflated[2 * ROOM];
    z_stream deflater;
    long i;
    memset(&deflater, 0, sizeof deflater);
    if (deflateInit2(&deflater, 6, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        fail("deflateInit2");
    }
    starts = malloc(sizeof *starts * (size_t)(count + 1));
    for (i = 0; i < count; i++) {
        int at = (int)(i % DISTINCT);
        starts[i] = frames_len;
        deflater.next_in = (unsigned char *)texts[at];
        deflater.avail_in = (unsigned)text_lens[at];
        deflater.next_out = deflated;
        deflater.avail_out = sizeof deflated;
        if (deflate(&deflater, Z_SYNC_FLUSH) != Z_OK || deflater.avail_out == 0) fail("deflate");
        append_frame(deflated, sizeof deflated - deflater.avail_out - 4);
        if (!takes_over) deflateReset(&deflater);
    }
    starts[count] = frames_len;
    deflateEnd(&deflater);
}

/* --- Connections ------------------------------------------------------------------------------ */

/* Keeps what was agreed on, and fails if it is not what was asked for. */
static void note_agreed(const char *answer) {
    static const char name[] = "\r\nSec-WebSocket-Extensions:";
    const char *line = strcasestr(answer, name);
    size_t len = 0;
    int forgets, is_small;
    errno = 0;
    if (line == NULL) fail("no compression");
    line += sizeof name - 1;
    for (; *line != '\r' && len + 1 < sizeof agreed; line++) {
        if (*line != ' ') agreed[len++] = *line;
    }
    agreed[len] = '\0';
    forgets = strstr(agreed, "server_no_context_takeover") != NULL;
    is_small = strstr(agreed, "server_max_window_bits=10") != NULL &&
               strstr(agreed, "client_max_window_bits=10") != NULL;
    if (forgets == takes_over || is_small != (window_bits == 10)) fail("agreed: %s", agreed);
    if (!is_small && strstr(agreed, "window_bits") != NULL) fail("agreed: %s", agreed);
}

static void handshake(int fd) {
    char request[512], answer[4096];
    size_t have = 0;
    int len = snprintf(
        request, sizeof request,
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate%s\r\n\r\n",
        window_bits == 10 ? "; client_max_window_bits"
        : takes_over      ? ""
                          : "; server_no_context_takeover; client_no_context_takeover");
    write_all(fd, request, (size_t)len);
    while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4) != 0) {
        ssize_t n = read(fd, answer + have, sizeof answer - 1 - have);
        if (n <= 0) fail("handshake");
        have += (size_t)n;
    }
    answer[have] = '\0';
    check_answer(answer);
    note_agreed(answer);
}

/* --- Echoes ----------------------------------------------------------------------------------- */

static void check(long number) {
    static unsigned char text[2 * ROOM];
    int at = (int)(number % DISTINCT);
    memcpy(message + inflater.avail_in, "\0\0\xff\xff", 4);
    inflater.avail_in += 4;
    inflater.next_in = message;
    inflater.next_out = text;
    inflater.avail_out = sizeof text;
    errno = 0;
    if (!takes_over) inflateReset(&inflater);
    if (inflate(&inflater, Z_SYNC_FLUSH) != Z_OK || inflater.avail_in != 0) fail("deflated bytes");
    if (sizeof text - inflater.avail_out != text_lens[at] || memcmp(text, texts[at], text_lens[at]) != 0) {
        fail("echo");
    }
    checked++;
}

/* Whether the message that is being read is one to inflate. */
static int is_checked(const link_t *link, int is_first) {
    if (takes_over) return is_first && link->echoed < CHECKED_IN_ORDER;
    return seen % CHECKED_OF == 0;
}

static size_t head_size(const link_t *link) {
    if (link->head_len < 2) return 2;
    return (link->head[1] & 0x7f) < 126 ? 2 : (link->head[1] & 0x7f) == 126 ? 4 : 10;
}

static void end_of_frame(link_t *link, int is_first) {
    link->head_len = 0;
    if (link->is_control || !link->fin) return;
    if (is_checked(link, is_first)) {
        inflater.avail_in = (unsigned)link->message_len;
        check(link->echoed);
    }
    echo_bytes += link->message_len;
    link->message_len = 0;
    link->echoed++;
    seen++;
}

static void begin_frame(link_t *link) {
    size_t i, size = head_size(link), len = link->head[1] & 0x7f;
    errno = 0;
    link->is_control = (link->head[0] & 0x08) != 0; /* a ping, which may wait for its answer */
    if (link->is_control) {
        link->body_left = len;
        return;
    }
    if (link->message_len == 0 ? (link->head[0] & 0x7f) != 0x41 : (link->head[0] & 0x7f) != 0) {
        fail("frame: no compressed text");
    }
    if (size > 2) {
        for (len = 0, i = 2; i < size; i++) len = len << 8 | link->head[i];
    }
    link->fin = link->head[0] >> 7;
    link->body_left = len;
    if (link->message_len + len + 4 > sizeof message) fail("frame: size");
}

static void take(link_t *link, const unsigned char *bytes, size_t len, int is_first) {
    while (len > 0) {
        size_t n;
        if (link->head_len < head_size(link)) {
            link->head[link->head_len++] = *bytes++;
            len--;
            if (link->head_len < head_size(link)) continue;
            begin_frame(link);
        } else {
            n = link->body_left < len ? link->body_left : len;
            if (!link->is_control) {
                if (is_checked(link, is_first)) memcpy(message + link->message_len, bytes, n);
                link->message_len += n;
            }
            link->body_left -= n;
            bytes += n;
            len -= n;
        }
        if (link->body_left == 0) end_of_frame(link, is_first);
    }
}

static void top_up(link_t *link, int in_flight, long messages) {
    long upto = link->echoed + in_flight;
    if (upto > messages) upto = messages;
    if (upto <= link->sent) return;
    write_all(link->fd, frames + starts[link->sent], starts[upto] - starts[link->sent]);
    link->sent = upto;
}

/* --- Measuring -------------------------------------------------------------------------------- */

static void report(const meter_t *meter, long count, unsigned long long echoed, long messages) {
    char words[512];
    size_t text_bytes = 0;
    int i;
    for (i = 0; i < DISTINCT; i++) text_bytes += text_lens[i];
    snprintf(words, sizeof words, "mode=deflate echoed=%.1f sent=%.1f text=%.1f checked=%ld agreed=%s",
             (double)echoed / (double)count, (double)frames_len / (double)messages - 8,
             (double)text_bytes / DISTINCT, checked, agreed);
    meter_report(meter, words, "messages", (double)count);
}

static void run(link_t *links, int connections, int in_flight, long messages) {
    static unsigned char answer[256 * 1024];
    struct epoll_event event, events[64];
    long all = messages * connections, warm = all / 10;
    unsigned long long echo_before = 0;
    int i, is_warm = 0, epoll = epoll_create1(0);
    meter_t meter = {0};
    for (i = 0; i < connections; i++) {
        event.events = EPOLLIN;
        event.data.ptr = &links[i];
        epoll_ctl(epoll, EPOLL_CTL_ADD, links[i].fd, &event);
    }
    for (i = 0; i < connections; i++) top_up(&links[i], in_flight, messages);
    while (seen < all) {
        int ready = epoll_wait(epoll, events, 64, -1);
        if (seen >= warm && !is_warm) {
            is_warm = 1;
            warm = seen;
            echo_before = echo_bytes;
            meter = meter_begin();
        }
        for (i = 0; i < ready; i++) {
            link_t *link = events[i].data.ptr;
            ssize_t n = read(link->fd, answer, sizeof answer);
            if (n == 0) errno = 0;
            if (n <= 0) fail("read");
            take(link, answer, (size_t)n, link == links);
            top_up(link, in_flight, messages);
        }
    }
    report(&meter, all - warm, echo_bytes - echo_before, messages);
}

int main(int argc, char **argv) {
    int connections, in_flight, i, port, stays;
    long messages;
    link_t *links;

    if (argc < 2) {
        fprintf(stderr, "usage: deflate_load takeover|takeover-10|alone port=N pid=N [NAME=VALUE]...\n");
        return 2;
    }
    words_begin(argc - 2, argv + 2);
    port = (int)words_number("port", 0);
    meter_server((int)words_number("pid", 0));
    connections = (int)words_number("connections", 50);
    in_flight = (int)words_number("in_flight", 8);
    messages = (long)words_number("messages", 400);
    stays = words_number("idle", 0) != 0;
    words_end();
    takes_over = strncmp(argv[1], "takeover", 8) == 0;
    if (strcmp(argv[1], "takeover-10") == 0) window_bits = 10;
    make_texts();
    make_frames(messages);
    if (inflateInit2(&inflater, -15) != Z_OK) fail("inflateInit2");
    links = take_memory((size_t)connections * sizeof *links);
    for (i = 0; i < connections; i++) {
        links[i].fd = dial(port);
        handshake(links[i].fd);
    }
    run(links, connections, in_flight, messages);
    if (stays) stay_idle();
    return 0;
}
