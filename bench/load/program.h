/* What every load has: a way to give up, and its words of the command line, each `name=value`. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>

/* Says what was wrong, with what errno says if it is not 0, and ends the program. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void *take_memory(size_t bytes);

/* The words that words_number and words_text look in. */
void words_begin(int count, char **words);
double words_number(const char *name, double otherwise);
const char *words_text(const char *name, const char *otherwise);
/* Gives up if there is a word that nobody has asked for. */
void words_end(void);

/* Says `idle`, and returns when the input ends. */
void stay_idle(void);

#endif
