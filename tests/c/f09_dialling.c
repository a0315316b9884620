/*
 * F9: what is wrong with what a program says of dialling and of TCP sockets.
 */
#include "check.h"

#define NO(call) CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, call)
#define NO_ARGUMENT(call) CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, call)
#define NO_TEXT(call) CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, call)

static void f09_dialling(oxws_config *config) {
    static const char *const wrong[] = {"",          "a",         "192.0.2",       "192.0.2.256",
                                        "[::1]",     "::1%lo",    "192.0.2.1:80",  " 192.0.2.1",
                                        "localhost", "192.0.2.1 ", "192.0.2.1/32", "0x7f.1"};
    size_t i;

    NO(oxws_config_connection_attempt_delay_ms(NULL, 250));
    NO_ARGUMENT(oxws_config_connection_attempt_delay_ms(config, 1));
    NO_ARGUMENT(oxws_config_connection_attempt_delay_ms(config, 9));
    CHECK_OK(oxws_config_connection_attempt_delay_ms(config, 0));
    CHECK_OK(oxws_config_connection_attempt_delay_ms(config, UINT32_MAX));
    CHECK_OK(oxws_config_connection_attempt_delay_ms(config, 10));

    NO(oxws_config_add_dial_address(NULL, "192.0.2.1"));
    NO(oxws_config_bind_address(NULL, "192.0.2.1"));
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        NO_ARGUMENT(oxws_config_add_dial_address(config, wrong[i]));
        NO_ARGUMENT(oxws_config_bind_address(config, wrong[i]));
    }
    NO_TEXT(oxws_config_add_dial_address(config, "\xff"));
    NO_TEXT(oxws_config_bind_address(config, "\xff"));
    CHECK_OK(oxws_config_add_dial_address(config, "2001:db8::1"));
    CHECK_OK(oxws_config_add_dial_address(config, NULL));
    CHECK_OK(oxws_config_bind_address(config, "::1"));
    CHECK_OK(oxws_config_bind_address(config, NULL));

    NO(oxws_config_interface(NULL, "eth0"));
    NO_ARGUMENT(oxws_config_interface(config, ""));
    NO_ARGUMENT(oxws_config_interface(config, "sixteen-bytes-xx"));
    NO_TEXT(oxws_config_interface(config, "\xff"));
    CHECK_OK(oxws_config_interface(config, "fifteen-bytes-x"));
    CHECK_OK(oxws_config_interface(config, NULL));
}

static void f09_tcp(oxws_config *config) {
    NO(oxws_config_no_delay(NULL, 1));
    NO_ARGUMENT(oxws_config_no_delay(config, 2));
    NO_ARGUMENT(oxws_config_no_delay(config, -1));
    NO(oxws_config_tcp_keepalive(NULL, 1, 1, 1));
    NO_ARGUMENT(oxws_config_tcp_keepalive(config, 32768, 1, 1));
    NO_ARGUMENT(oxws_config_tcp_keepalive(config, 1, 32768, 1));
    NO_ARGUMENT(oxws_config_tcp_keepalive(config, 1, 1, 128));
    NO_ARGUMENT(oxws_config_tcp_keepalive(config, UINT32_MAX, UINT32_MAX, UINT32_MAX));
    CHECK_OK(oxws_config_tcp_keepalive(config, 32767, 32767, 127));
    CHECK_OK(oxws_config_tcp_keepalive(config, 0, 0, 0));
    NO(oxws_config_tcp_user_timeout_ms(NULL, 1));
    NO(oxws_config_receive_buffer_bytes(NULL, 1));
    NO(oxws_config_send_buffer_bytes(NULL, 1));
    NO_ARGUMENT(oxws_config_tcp_user_timeout_ms(config, 2147483648u));
    NO_ARGUMENT(oxws_config_receive_buffer_bytes(config, 2147483648u));
    NO_ARGUMENT(oxws_config_send_buffer_bytes(config, UINT32_MAX));
    CHECK_OK(oxws_config_tcp_user_timeout_ms(config, 2147483647u));
    CHECK_OK(oxws_config_tcp_user_timeout_ms(config, 0));
    CHECK_OK(oxws_config_receive_buffer_bytes(config, 2147483647u));
    CHECK_OK(oxws_config_send_buffer_bytes(config, 2147483647u));
}

static void f09_stages(void) {
    static const int32_t wrong[] = {OXWS_STAGE_NONE, OXWS_STAGE_OPEN, OXWS_STAGE_CLOSING, -1, 100,
                                    INT32_MIN, INT32_MAX};
    oxws_loop *loop = oxws_test_loop_new();
    oxws_config *config = check_config();
    oxws_connection client = 0;
    uint64_t us = 77;
    size_t i;

    CHECK_OK(oxws_test_pair(loop, config, config, NULL, &client));
    NO(oxws_get_stage_us(NULL, client, OXWS_STAGE_CONNECT, &us));
    NO(oxws_get_stage_us(loop, client, OXWS_STAGE_CONNECT, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_stage_us(loop, 0, OXWS_STAGE_CONNECT, &us));
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        NO_ARGUMENT(oxws_get_stage_us(loop, client, wrong[i], &us));
        CHECK(oxws_close_info_stage_us(NULL, wrong[i]) == 0);
    }
    CHECK(us == 77);
    CHECK(oxws_close_info_stage_us(NULL, OXWS_STAGE_CONNECT) == 0);
    CHECK_OK(oxws_get_stage_us(loop, client, OXWS_STAGE_CONNECT, &us));
    CHECK_OK(oxws_test_advance_ms(loop, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_get_stage_us(loop, client, OXWS_STAGE_CONNECT, &us));
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

static void f09_routes(void) {
    oxws_loop *loop = oxws_test_loop_new(), *ordinary = oxws_loop_new();

    NO(oxws_test_set_route(NULL, "192.0.2.1", 0, 0));
    NO(oxws_test_set_route(loop, NULL, 0, 0));
    NO_ARGUMENT(oxws_test_set_route(loop, "a.example", 0, 0));
    NO_ARGUMENT(oxws_test_set_route(loop, "192.0.2.1", 0, -1));
    NO_TEXT(oxws_test_set_route(loop, "\xff", 0, 0));
    CHECK_OK(oxws_test_set_route(loop, "192.0.2.1", UINT32_MAX, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_set_route(ordinary, "192.0.2.1", 0, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_test_set_route(ordinary, NULL, 0, -1));
    CHECK_OK(oxws_loop_free(ordinary));
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    oxws_config *config;

    check_begin();
    config = oxws_config_new();
    f09_dialling(config);
    f09_tcp(config);
    oxws_config_free(config);
    f09_routes();
    f09_stages();
    return check_end();
}
