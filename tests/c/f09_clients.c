/* F9: who is believed in front of a server, and descriptors that were handed over, with every bad
 * argument. */
#include "check.h"

static void bad_networks(oxws_config *config) {
    static const char *const lists[] = {
        "", ",", "localhost", "*", "10.0.0.1/8", "10.0.0.0/33", "::1/64", "10.0.0.0/8 x", "[::1]",
    };
    char many[1025 * 4 + 1] = "";
    size_t i;

    for (i = 0; i < sizeof lists / sizeof *lists; i++) {
        check_context = lists[i];
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_trust_proxy_header(config, lists[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_trust_forwarded(config, lists[i]));
    }
    check_context = "";
    for (i = 0; i < 1025; i++) strcat(many, "::1,");
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_config_trust_proxy_header(config, many));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_config_trust_forwarded(config, many));
    many[1024 * 4] = '\0';
    CHECK_OK(oxws_config_trust_forwarded(config, many));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_trust_proxy_header(config, "\xff"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_trust_forwarded(config, "\xff"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_trust_proxy_header(config, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_trust_proxy_header(NULL, "unix"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_trust_forwarded(config, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_trust_forwarded(NULL, "unix"));

    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_forwarded_header(config, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, oxws_config_forwarded_header(config, "X-Real-IP:"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_config_forwarded_header(config, "\xff"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_forwarded_header(config, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_forwarded_header(NULL, "Forwarded"));
}

static void bad_inquiries(oxws_loop *loop) {
    const int32_t kinds[] = {-1, 256, INT32_MIN, INT32_MAX};
    char buffer[64];
    size_t i, len = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_socket_peer_address(NULL, 1, buffer, sizeof buffer, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_destination_address(NULL, 1, buffer, sizeof buffer, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_proxy_value(NULL, 1, 2, buffer, sizeof buffer, &len));
    for (i = 0; i < 2; i++) {
        oxws_connection nobody = i == 0 ? 0 : UINT64_MAX;

        CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                     oxws_get_socket_peer_address(loop, nobody, buffer, sizeof buffer, &len));
        CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                     oxws_get_destination_address(loop, nobody, buffer, sizeof buffer, &len));
        CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                     oxws_get_proxy_value(loop, nobody, 2, buffer, sizeof buffer, &len));
    }
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_get_proxy_value(loop, 0, kinds[i], buffer, sizeof buffer, &len));
    }
    CHECK_NUMBER(len, 77);
}

static void bad_variables(void) {
    static const struct {
        const char *process, *count, *names;
    } wrong[] = {
        {"", "1", NULL},    {"x", "1", NULL},       {"SELF", "x", NULL}, {"SELF", "-1", NULL},
        {"SELF", "1", "a:b"}, {"SELF", "4294967296", NULL}, {"\xff", "1", NULL},
        /* One that is not open. */
        {"SELF", "2000000000", NULL},
    };
    char self[24];
    int32_t fds[2] = {77, 77};
    size_t i, count = 77;

    snprintf(self, sizeof self, "%ld", (long)getpid());
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        setenv("LISTEN_PID", strcmp(wrong[i].process, "SELF") == 0 ? self : wrong[i].process, 1);
        setenv("LISTEN_FDS", wrong[i].count, 1);
        if (wrong[i].names != NULL) setenv("LISTEN_FDNAMES", wrong[i].names, 1);
        CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_inherited_fds(NULL, fds, 2, &count));
        unsetenv("LISTEN_FDNAMES");
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_inherited_fds(NULL, NULL, 1, &count));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_inherited_fds("\xff", fds, 2, &count));
    CHECK(count == 77 && fds[0] == 77);
    CHECK_OK(oxws_inherited_fds(NULL, NULL, 0, NULL));
    CHECK_OK(oxws_inherited_fds("a", fds, 2, &count));
    CHECK(count == 0 && fds[0] == 77);
}

int main(void) {
    oxws_loop *loop;
    oxws_config *config;

    check_begin();
    loop = oxws_loop_new();
    config = check_config();
    bad_networks(config);
    bad_inquiries(loop);
    bad_variables();
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
