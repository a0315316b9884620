/* What the checks of docs/names.md share. Each row of the page is named by one row() at least. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <oxws.h>

/* Says whether the counterpart of a name does what the page says. */
void row(const char *name, int is_right);

/* Whether a text without a NUL is this one. */
static inline int is_text(const char *data, size_t len, const char *text) {
    return data != NULL && len == strlen(text) && memcmp(data, text, len) == 0;
}

/* Whether a close code is this number, has a name and a sentence, and may be sent or not. */
static inline int is_code(uint16_t code, uint16_t number, int is_sendable) {
    return code == number && oxws_close_code_name(code) != NULL &&
           oxws_close_code_description(code) != NULL &&
           oxws_close_code_is_sendable(code) == is_sendable;
}

void check_qt(void);
void check_asws(void);
void check_autobahn(void);
void check_icey(void);
void check_icey_classes(void);

#endif
