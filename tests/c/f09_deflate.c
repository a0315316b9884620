/*
 * F9: compression in configs and on connections, with every bad argument in turn.
 */
#include "check.h"

static const int32_t switches[] = {-1, 2, INT32_MIN, INT32_MAX};
static const uint32_t windows[] = {0, 7, 16, 256 + 8, UINT32_MAX};
static const uint32_t levels[] = {0, 10, 256 + 6, UINT32_MAX};

static void configs(void) {
    oxws_config *config = oxws_config_new();
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate_takeover(NULL, 1, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate_window_bits(NULL, 15, 15));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate_level(NULL, 6));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate_threshold_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_deflate_max_ratio(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_wire_message_bytes(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_inflated_frame_bytes(NULL, 1));
    for (i = 0; i < sizeof switches / sizeof *switches; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_deflate(config, switches[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_config_deflate_takeover(config, switches[i], 0));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_config_deflate_takeover(config, 0, switches[i]));
    }
    for (i = 0; i < sizeof windows / sizeof *windows; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_config_deflate_window_bits(config, windows[i], 15));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_config_deflate_window_bits(config, 15, windows[i]));
    }
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_deflate_level(config, levels[i]));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_wire_message_bytes(config, 0));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_inflated_frame_bytes(config, 0));
    CHECK_OK(oxws_config_deflate_threshold_bytes(config, UINT64_MAX));
    CHECK_OK(oxws_config_deflate_max_ratio(config, UINT32_MAX));
    oxws_config_free(config);
}

static void inquiries(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    oxws_protocol *protocol = oxws_protocol_new_server(config, 0);
    int32_t agreed = 77, own = 77, peer = 77;
    uint32_t own_bits = 77, peer_bits = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_deflate(NULL, 1, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_get_deflate(loop, 0, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_protocol_get_deflate(NULL, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK(agreed == 77 && own == 77 && peer == 77 && own_bits == 77 && peer_bits == 77);
    CHECK_OK(oxws_protocol_get_deflate(protocol, NULL, NULL, NULL, NULL, NULL));
    CHECK_OK(oxws_protocol_get_deflate(protocol, &agreed, &own, &own_bits, &peer, &peer_bits));
    CHECK(agreed == 0 && own == 0 && peer == 0 && own_bits == 0 && peer_bits == 0);
    oxws_protocol_free(protocol);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    configs();
    inquiries();
    return check_end();
}
