/* F9: taking descriptors over and giving them back, with every bad argument. */
#include "check.h"

static int detached;

static void on_detached(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    (void)loop, (void)id, (void)unread, (void)context;
    CHECK_NUMBER(fd, -1);
    CHECK_NUMBER(unread_len, 0);
    detached++;
}

static void bad_descriptors(oxws_loop *loop, const oxws_config *config) {
    int lonely = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int datagrams[2], i;
    const struct {
        int32_t fd;
        oxws_status status;
        int os_error;
    } cases[] = {
        {-1, OXWS_ERROR_INVALID_ARGUMENT, 0},
        {INT32_MIN, OXWS_ERROR_INVALID_ARGUMENT, 0},
        {CHECK_DESCRIPTORS - 1, OXWS_ERROR_SYSTEM_CALL_FAILED, EBADF},
        {INT32_MAX, OXWS_ERROR_SYSTEM_CALL_FAILED, EBADF},
        {check_captured, OXWS_ERROR_SYSTEM_CALL_FAILED, ENOTSOCK},
        {lonely, OXWS_ERROR_SYSTEM_CALL_FAILED, ENOTCONN},
    };
    oxws_connection id = 77;

    CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, datagrams) == 0);
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_adopt_server(loop, datagrams[0], NULL, 0, config, &id));
    for (i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        int32_t fd = cases[i].fd;
        CHECK_STATUS(cases[i].status, oxws_adopt_server(loop, fd, NULL, 0, config, &id));
        CHECK_NUMBER(oxws_loop_os_error(loop), cases[i].os_error);
        CHECK_STATUS(cases[i].status, oxws_adopt_client(loop, fd, "ws://a/", config, &id));
        CHECK_NUMBER(oxws_loop_os_error(loop), cases[i].os_error);
        CHECK_STATUS(cases[i].status, oxws_adopt_open(loop, fd, 2, NULL, NULL, 0, config, &id));
        CHECK_NUMBER(oxws_loop_os_error(loop), cases[i].os_error);
    }
    CHECK_NUMBER(id, 77);
    close(lonely);
    close(datagrams[0]);
    close(datagrams[1]);
}

static void bad_arguments(oxws_loop *loop, const oxws_config *config, int fd) {
    static char much[512 * 1024 + 1];
    oxws_connection id = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_server(NULL, fd, NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_server(loop, fd, NULL, 0, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_server(loop, fd, NULL, 1, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_adopt_server(loop, fd, much, SIZE_MAX, config, &id));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG,
                 oxws_adopt_server(loop, fd, much, sizeof much, config, &id));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_client(NULL, fd, "ws://a/", config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_client(loop, fd, NULL, config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_client(loop, fd, "ws://a/", NULL, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_adopt_client(loop, fd, "ws://\xff/", config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_URL, oxws_adopt_client(loop, fd, "", config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_URL, oxws_adopt_client(loop, fd, "http://a/", config, &id));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_adopt_open(NULL, fd, 2, NULL, NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_adopt_open(loop, fd, 2, NULL, NULL, 0, NULL, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_adopt_open(loop, fd, 2, NULL, NULL, 1, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_adopt_open(loop, fd, 0, NULL, NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_adopt_open(loop, fd, 3, NULL, NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_SUBPROTOCOL,
                 oxws_adopt_open(loop, fd, 2, "no token", NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8,
                 oxws_adopt_open(loop, fd, 2, "\xff", NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_TOO_LONG,
                 oxws_adopt_open(loop, fd, 2, NULL, much, sizeof much, config, &id));
    CHECK_NUMBER(id, 77);
}

static void bad_detaching(oxws_loop *loop, const oxws_config *config, int fd) {
    oxws_connection id = 0;

    CHECK_OK(oxws_adopt_open(loop, fd, 2, NULL, NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_detach(NULL, id, on_detached, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_detach(loop, id, NULL, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_detach(loop, 0, on_detached, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_detach(loop, UINT64_MAX, on_detached, NULL));
    CHECK_OK(oxws_detach(loop, id, on_detached, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_detach(loop, id, on_detached, NULL));
    CHECK_OK(oxws_abort(loop, id));
    CHECK_STATUS(OXWS_ERROR_CLOSED, oxws_detach(loop, id, on_detached, NULL));
    RUN_UNTIL(loop, detached == 1);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_detach(loop, id, on_detached, NULL));
    /* A client whose request has not been answered. */
    CHECK_OK(oxws_adopt_client(loop, fd, "ws://a/", config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_detach(loop, id, on_detached, NULL));
    /* A server whose request has not come. */
    CHECK_OK(oxws_adopt_server(loop, fd, "GET", 3, config, &id));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_detach(loop, id, on_detached, NULL));
}

int main(void) {
    oxws_loop *loop;
    oxws_config *config;
    int pair[2];

    check_begin();
    loop = oxws_loop_new();
    config = check_config();
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    bad_descriptors(loop, config);
    bad_arguments(loop, config, pair[0]);
    bad_detaching(loop, config, pair[0]);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    CHECK_NUMBER(detached, 1);
    close(pair[0]);
    close(pair[1]);
    return check_end();
}
