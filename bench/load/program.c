#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 32 };

static char **words;
static int words_count, is_known[MAX_WORDS];

void fail(const char *format, ...) {
    int number = errno;
    va_list values;
    fputs("load: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, "%s%s\n", number != 0 ? ": " : "", number != 0 ? strerror(number) : "");
    exit(1);
}

void *take_memory(size_t bytes) {
    void *memory = calloc(1, bytes > 0 ? bytes : 1);
    if (memory == NULL) fail("memory");
    return memory;
}

void words_begin(int count, char **given) {
    errno = 0;
    if (count > MAX_WORDS) fail("too many words");
    words = given;
    words_count = count;
}

const char *words_text(const char *name, const char *otherwise) {
    size_t len = strlen(name);
    int i;
    for (i = 0; i < words_count; i++) {
        if (strncmp(words[i], name, len) == 0 && words[i][len] == '=') {
            is_known[i] = 1;
            return words[i] + len + 1;
        }
    }
    return otherwise;
}

double words_number(const char *name, double otherwise) {
    const char *text = words_text(name, NULL);
    char *end;
    double number;
    if (text == NULL) return otherwise;
    number = strtod(text, &end);
    errno = 0;
    if (end == text || *end != '\0' || number < 0) fail("%s=%s is no number", name, text);
    return number;
}

void words_end(void) {
    int i;
    errno = 0;
    for (i = 0; i < words_count; i++) {
        if (!is_known[i]) fail("%s means nothing here", words[i]);
    }
}

void stay_idle(void) {
    printf("idle\n");
    fflush(stdout);
    while (getchar() != EOF) {}
}
