/* F9: what a config says of clients that come back, with every bad argument. */
#include "check.h"

static void on_disconnect(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                          uint32_t delay_ms, void *user) {
    (void)loop, (void)connection, (void)info, (void)delay_ms, (void)user;
}

static void no_config(void) {
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reconnect(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reconnect_delay_ms(NULL, 1, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reconnect_attempts(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reconnect_timeout_ms(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_reconnect_queue_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_disconnect(NULL, on_disconnect));
}

static void bad_numbers(oxws_config *config) {
    static const int32_t switches[] = {-1, 2, INT32_MIN, INT32_MAX};
    size_t i;

    for (i = 0; i < sizeof switches / sizeof *switches; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reconnect(config, switches[i]));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reconnect_delay_ms(config, 0, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reconnect_delay_ms(config, 0, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_reconnect_delay_ms(config, 2, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_config_reconnect_delay_ms(config, UINT32_MAX, UINT32_MAX - 1));
}

static void good_numbers(oxws_config *config) {
    CHECK_OK(oxws_config_reconnect(config, 1));
    CHECK_OK(oxws_config_reconnect(config, 0));
    CHECK_OK(oxws_config_reconnect(config, 1));
    CHECK_OK(oxws_config_reconnect_delay_ms(config, 1, 1));
    CHECK_OK(oxws_config_reconnect_delay_ms(config, UINT32_MAX, UINT32_MAX));
    CHECK_OK(oxws_config_reconnect_attempts(config, 0));
    CHECK_OK(oxws_config_reconnect_attempts(config, UINT32_MAX));
    CHECK_OK(oxws_config_reconnect_timeout_ms(config, 0));
    CHECK_OK(oxws_config_reconnect_timeout_ms(config, UINT32_MAX));
    CHECK_OK(oxws_config_reconnect_queue_bytes(config, 0));
    CHECK_OK(oxws_config_reconnect_queue_bytes(config, UINT64_MAX));
    CHECK_OK(oxws_config_on_disconnect(config, NULL));
    CHECK_OK(oxws_config_on_disconnect(config, on_disconnect));
}

/* The largest numbers of all in a loop whose clock comes to its end. */
static void the_end_of_time(const oxws_config *config) {
    oxws_loop *loop = oxws_test_loop_new();
    oxws_connection id = 0;
    oxws_state state = OXWS_STATE_OPEN;
    int i;

    CHECK_OK(oxws_connect(loop, "ws://nobody.example/", config, &id));
    for (i = 0; i < 4; i++) CHECK_OK(oxws_test_advance_ms(loop, UINT32_MAX));
    CHECK_OK(oxws_send(loop, id, OXWS_MESSAGE_TEXT, "kept", 4));
    CHECK_OK(oxws_abort(loop, id));
    CHECK_OK(oxws_test_advance_ms(loop, 0));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_state(loop, id, &state));
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    oxws_config *config;

    check_begin();
    config = oxws_config_new();
    no_config();
    bad_numbers(config);
    good_numbers(config);
    CHECK_OK(oxws_config_reconnect_timeout_ms(config, 0));
    the_end_of_time(config);
    oxws_config_free(config);
    return check_end();
}
