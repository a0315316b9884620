/* F9: the functions of the test kit, with every bad argument; and what a test loop does not have. */
#include "check.h"

#include <limits.h>

static const uint8_t key[4] = {1, 2, 3, 4};
static oxws_connection of_the_callback;
static int calls;

static void on_watch(oxws_loop *loop, oxws_watch watch, int32_t fd, uint32_t ready, void *user) {
    (void)loop, (void)watch, (void)fd, (void)ready, (void)user;
}

static void on_detached(oxws_loop *loop, oxws_connection id, int32_t fd, const uint8_t *unread,
                        size_t unread_len, void *context) {
    (void)loop, (void)id, (void)fd, (void)unread, (void)unread_len, (void)context;
}

/* The clock is not moved by its own callbacks. */
static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)user;
    CHECK_STATUS(OXWS_ERROR_BUSY, oxws_test_advance_ms(loop, 1));
    of_the_callback = connection;
    calls++;
}

static void bad_links(oxws_loop *loop, oxws_connection id, oxws_status status) {
    CHECK_STATUS(status, oxws_test_set_link(loop, id, 1, 1));
    CHECK_STATUS(status, oxws_test_set_capacity(loop, id, 1));
    CHECK_STATUS(status, oxws_test_break(loop, id, ECONNRESET));
    CHECK_STATUS(status, oxws_test_freeze(loop, id, 1));
    CHECK_STATUS(status, oxws_test_inject(loop, id, "a", 1));
}

static void an_ordinary_loop(const oxws_config *config) {
    oxws_loop *loop = oxws_loop_new();
    oxws_connection server = 77, client = 88;
    uint64_t now = 99;
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_now_us(loop, &now));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_advance_ms(loop, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_advance_ms(loop, UINT32_MAX));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_set_masking_key(loop, key));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_set_masking_key(loop, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_refuse_connects(loop, 1, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_pair(loop, config, config, &server, &client));
    bad_links(loop, 0, OXWS_ERROR_INVALID_STATE);
    bad_links(loop, 1, OXWS_ERROR_INVALID_STATE);
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_break(loop, 1, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_freeze(loop, 1, 2));
    CHECK(server == 77 && client == 88 && now == 99);
    CHECK_OK(oxws_loop_free(loop));
}

static void no_loop(const oxws_config *config) {
    oxws_connection server = 77, client = 88;
    uint64_t now = 99;
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_now_us(NULL, &now));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_advance_ms(NULL, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_set_masking_key(NULL, key));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_refuse_connects(NULL, 1, 0));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_pair(NULL, config, config, &server, &client));
    bad_links(NULL, 1, OXWS_ERROR_NULL_ARGUMENT);
    CHECK(server == 77 && client == 88 && now == 99);
}

static void bad_arguments(oxws_loop *loop, const oxws_config *config) {
    oxws_connection server = 77, client = 88;
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_now_us(loop, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_refuse_connects(loop, 1, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_refuse_connects(loop, 1, INT32_MIN));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_pair(loop, NULL, config, &server, &client));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_pair(loop, config, NULL, &server, &client));
    CHECK(server == 77 && client == 88);
    bad_links(loop, 77, OXWS_ERROR_NOT_FOUND);
    bad_links(loop, UINT64_MAX, OXWS_ERROR_NOT_FOUND);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_test_break(loop, 0, ECONNRESET));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_test_freeze(loop, 0, 0));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_test_inject(loop, 0, NULL, 0));

    CHECK_OK(oxws_test_pair(loop, config, config, NULL, NULL));
    CHECK_OK(oxws_test_pair(loop, config, config, &server, &client));
    CHECK_OK(oxws_test_advance_ms(loop, 0));
    CHECK_NUMBER(calls, 4);
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_break(loop, server, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_break(loop, server, INT32_MIN));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_freeze(loop, server, 2));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_freeze(loop, server, -1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_test_inject(loop, server, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_test_inject(loop, server, "a", SIZE_MAX));
    CHECK_OK(oxws_test_inject(loop, server, NULL, 0));
    CHECK_OK(oxws_test_set_link(loop, server, UINT32_MAX, UINT32_MAX));
    CHECK_OK(oxws_test_set_link(loop, server, 1, UINT32_MAX));
    CHECK_OK(oxws_test_set_capacity(loop, server, SIZE_MAX));
    CHECK_OK(oxws_send(loop, server, OXWS_MESSAGE_TEXT, "far away", 8));
    CHECK_OK(oxws_test_advance_ms(loop, UINT32_MAX));
    CHECK_OK(oxws_test_advance_ms(loop, UINT32_MAX));
    CHECK_OK(oxws_test_break(loop, server, INT32_MAX));
    CHECK_OK(oxws_test_break(loop, server, 0));
    CHECK_OK(oxws_test_freeze(loop, server, 1));
    CHECK_OK(oxws_test_advance_ms(loop, 60000));
    bad_links(loop, server, OXWS_ERROR_NOT_FOUND);

    CHECK_OK(oxws_connect(loop, "ws://nobody.example/", config, &client));
    bad_links(loop, client, OXWS_ERROR_CLOSED);
    CHECK_OK(oxws_test_set_masking_key(loop, NULL));
}

static void what_it_does_not_have(oxws_loop *loop, const oxws_config *config) {
    oxws_connection id = 77;
    oxws_listener listener = 88;
    oxws_watch watch = 99;
    int32_t fd = 66;
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_loop_fd(loop, &fd));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_listen_fd(loop, ends[0], config, &listener));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED,
                 oxws_watch_start(loop, ends[0], OXWS_INTEREST_READ, on_watch, NULL, &watch));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED,
                 oxws_adopt_server(loop, ends[0], NULL, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED,
                 oxws_adopt_client(loop, ends[0], "ws://a.example/", config, &id));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED,
                 oxws_adopt_open(loop, ends[0], 2, NULL, NULL, 0, config, &id));
    CHECK(id == 77 && listener == 88 && watch == 99 && fd == 66);
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_detach(loop, of_the_callback, on_detached, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_URL, oxws_listen(loop, "ws://a.example/x", config, &listener));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED,
                 oxws_listen(loop, "wss://a.example", config, &listener));
    CHECK_OK(oxws_listen(loop, "ws://a.example", config, &listener));
    CHECK_STATUS(OXWS_ERROR_LISTEN_FAILED, oxws_listen(loop, "ws://a.example", config, NULL));
    CHECK_NUMBER(oxws_loop_os_error(loop), EADDRINUSE);
    close(ends[0]);
    close(ends[1]);
}

int main(void) {
    oxws_config *config;
    oxws_loop *loop;
    check_begin();
    config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    loop = oxws_test_loop_new();
    CHECK(loop != NULL);
    an_ordinary_loop(config);
    no_loop(config);
    bad_arguments(loop, config);
    what_it_does_not_have(loop, config);
    CHECK_OK(oxws_loop_free(loop));
    oxws_config_free(config);
    return check_end();
}
