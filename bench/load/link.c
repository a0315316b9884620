#include "link.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "dial.h"
#include "program.h"

enum { BUFFER_BYTES = 1 << 20, EVENTS = 512, LINGERING_MS = 20 };

static unsigned char buffer[BUFFER_BYTES];

static void watch(links_t *links, link_t *link, int operation) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = link->is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = link;
    if (epoll_ctl(links->epoll, operation, link->fd, &event) != 0) fail("epoll_ctl");
}

links_t links_open(int port, int count, const batch_t *batch, int checked_of) {
    links_t links;
    int i;
    memset(&links, 0, sizeof links);
    links.batch = batch;
    links.count = count;
    links.checked_of = checked_of;
    links.all = take_memory(sizeof *links.all * (size_t)count);
    links.done = take_memory(sizeof *links.done * (size_t)count);
    links.epoll = epoll_create1(0);
    for (i = 0; i < count; i++) {
        links.all[i].fd = batch->is_raw ? dial(port) : dial_open(port);
        make_nonblocking(links.all[i].fd);
        watch(&links, &links.all[i], EPOLL_CTL_ADD);
    }
    return links;
}

void link_send(links_t *links, link_t *link) {
    const batch_t *batch = links->batch;
    ssize_t n = send(link->fd, batch->frames + link->sent, batch->frames_len - link->sent, MSG_NOSIGNAL);
    int was_blocked = link->is_blocked;
    if (n < 0 && errno != EAGAIN) fail("send");
    if (n > 0) link->sent += (size_t)n;
    link->is_blocked = link->sent < batch->frames_len;
    if (!link->is_blocked) link->sent = 0;
    if (link->is_blocked != was_blocked) watch(links, link, EPOLL_CTL_MOD);
}

/* Returns 1 if the batch is complete. */
static int receive(const links_t *links, link_t *link) {
    int is_checked = link->batches % (unsigned long)links->checked_of == 0;
    ssize_t n = recv(link->fd, buffer, sizeof buffer, is_checked ? 0 : MSG_TRUNC);
    size_t left = links->batch->echoes_len - link->received;
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) {
        if (n == 0) errno = 0;
        fail("a connection has ended");
    }
    errno = 0;
    if ((size_t)n > left) fail("%zd bytes came of which %zu were expected", n, left);
    if (is_checked) batch_check(links->batch, link->received, buffer, (size_t)n);
    link->received += (size_t)n;
    if ((size_t)n < left) return 0;
    link->received = 0;
    link->batches++;
    return 1;
}

void links_turn(links_t *links, int timeout_ms) {
    struct epoll_event events[EVENTS];
    int i, ready = epoll_wait(links->epoll, events, EVENTS, timeout_ms);
    links->done_count = 0;
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (i = 0; i < ready; i++) {
        link_t *link = events[i].data.ptr;
        if ((events[i].events & EPOLLOUT) != 0) link_send(links, link);
        if ((events[i].events & ~(uint32_t)EPOLLOUT) == 0) continue;
        if (receive(links, link)) links->done[links->done_count++] = link;
    }
    if (ready == 0 && timeout_ms >= SILENCE_MS) {
        errno = 0;
        fail("nothing has come for %d s", timeout_ms / 1000);
    }
}

void links_drain(links_t *links, int batches) {
    while (batches > 0) {
        links_turn(links, SILENCE_MS);
        batches -= links->done_count;
    }
    links_turn(links, LINGERING_MS);
    if (batches < 0 || links->done_count > 0) fail("more came than was sent");
}
