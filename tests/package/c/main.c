/* A program outside of the tree: does the installed package compile, link, run, and agree with
 * itself about its version? The argument is the version that is wanted. */
#include <oxws.h>
#include <stdio.h>
#include <string.h>

static int fail(const char *what, oxws_status status) {
    fprintf(stderr, "%s: %s\n", what, oxws_status_message(status));
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2 || strcmp(argv[1], OXWS_LIBRARY_VERSION) != 0) return fail("header's version", 0);
    if (strcmp(argv[1], oxws_library_version()) != 0) return fail("library's version", 0);
    if (oxws_library_version_number() != OXWS_LIBRARY_VERSION_NUMBER) return fail("number", 0);

    char parts[32];
    snprintf(parts, sizeof parts, "%d.%d.%d", OXWS_LIBRARY_VERSION_MAJOR,
             OXWS_LIBRARY_VERSION_MINOR, OXWS_LIBRARY_VERSION_PATCH);
    if (strcmp(argv[1], parts) != 0) return fail("parts of the version", 0);
    if ((OXWS_LIBRARY_VERSION_NUMBER >> 16) != OXWS_LIBRARY_VERSION_MAJOR ||
        ((OXWS_LIBRARY_VERSION_NUMBER >> 8) & 0xff) != OXWS_LIBRARY_VERSION_MINOR ||
        (OXWS_LIBRARY_VERSION_NUMBER & 0xff) != OXWS_LIBRARY_VERSION_PATCH) {
        return fail("parts of the number", 0);
    }

    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    oxws_listener listener = 0;
    uint16_t port = 0;
    if (!loop || !config) return fail("out of memory", 0);

    oxws_status status = oxws_listen(loop, "ws://127.0.0.1:0", config, &listener);
    oxws_config_free(config);
    if (status != OXWS_OK) return fail("listen", status);
    status = oxws_listener_port(loop, listener, &port);
    if (status != OXWS_OK || port == 0) return fail("port", status);
    status = oxws_loop_poll(loop, 0);
    if (status != OXWS_OK) return fail("poll", status);
    status = oxws_loop_free(loop);
    if (status != OXWS_OK) return fail("free", status);

    printf("oxws %s\n", oxws_library_version());
    return 0;
}
