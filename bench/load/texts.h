/* Texts that compress as those of programs do: lists of orders, as JSON. */
#ifndef TEXTS_H
#define TEXTS_H

#include <stddef.h>

enum { DISTINCT = 32, TARGET = 4096, ROOM = TARGET + 512 };

extern char texts[DISTINCT][ROOM];
extern size_t text_lens[DISTINCT];

void make_texts(void);

#endif
