/* A connection from the start to the answer of the opening handshake. */
#ifndef DIAL_H
#define DIAL_H

#include <stddef.h>

/* A WebSocket request. */
extern const char REQUEST[];

/* A connected socket at 127.0.0.1, without delay. */
int dial(int port);
/* A connected socket whose handshake is over. */
int dial_open(int port);
void write_all(int fd, const void *data, size_t len);
void make_nonblocking(int fd);
/* Gives up unless the head of an answer, NUL-terminated, accepts REQUEST. */
void check_answer(const char *head);

#endif
