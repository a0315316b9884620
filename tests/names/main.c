/* Runs the checks, and prints a line for each row. */
#include "names.h"

static int failures;

void row(const char *name, int is_right) {
    printf("%s\t%s\n", is_right ? "ok" : "FAILED", name);
    if (!is_right) failures++;
}

int main(void) {
    check_qt();
    check_asws();
    check_autobahn();
    check_icey();
    return failures == 0 ? 0 : 1;
}
