#define _GNU_SOURCE
#include "dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "program.h"

const char REQUEST[] =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
static const char ACCEPT_KEY[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

enum { PATIENCE_S = 20 };

int dial(int port) {
    struct sockaddr_in to;
    struct timeval patience = {PATIENCE_S, 0};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* For those that block: a server that says nothing any more is not waited for without end. */
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return fd;
}

void write_all(int fd, const void *data, size_t len) {
    const char *at = data;
    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0) fail("write");
        at += n;
        len -= (size_t)n;
    }
}

void make_nonblocking(int fd) {
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

void check_answer(const char *head) {
    static const char name[] = "\r\nSec-WebSocket-Accept:";
    const char *line = strcasestr(head, name);
    errno = 0;
    if (strncmp(head, "HTTP/1.1 101", 12) != 0) fail("not accepted: %.40s", head);
    if (line == NULL) fail("an answer without Sec-WebSocket-Accept");
    line += sizeof name - 1;
    while (*line == ' ') line++;
    if (strncmp(line, ACCEPT_KEY, sizeof ACCEPT_KEY - 1) != 0) fail("another key: %.40s", line);
}

int dial_open(int port) {
    char answer[4096];
    size_t have = 0;
    int fd = dial(port);
    write_all(fd, REQUEST, strlen(REQUEST));
    while (have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4) != 0) {
        ssize_t n = read(fd, answer + have, sizeof answer - 1 - have);
        if (n == 0) errno = 0;
        if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;
        if (n <= 0) fail("handshake");
        have += (size_t)n;
    }
    answer[have] = '\0';
    check_answer(answer);
    return fd;
}
