/*
 * F9 and A16: what has to do with requests, called with every argument that is wrong.
 */
#include "check.h"

static int32_t let_in(const oxws_request *request, void *user) {
    (void)request, (void)user;
    return 1;
}

static void f09_configs(void) {
    static const int32_t versions[] = {INT32_MIN, -2,         OXWS_VERSION_UNKNOWN,
                                       0,         1,          OXWS_VERSION_V4,
                                       5,         OXWS_VERSION_V6, 9, 12, 14, 269, INT32_MAX};
    oxws_config *config = oxws_config_new();
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_on_origin(NULL, let_in));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_allow_version(NULL, OXWS_VERSION_V8));
    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_allow_version(config, versions[i]));
    }
    CHECK_OK(oxws_config_allow_version(config, OXWS_VERSION_LATEST));
    CHECK_OK(oxws_config_on_origin(config, let_in));
    CHECK_OK(oxws_config_on_origin(config, NULL));
    oxws_config_free(config);
}

static void f09_versions(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_version version = OXWS_VERSION_V5;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_version(NULL, 1, &version));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_version(loop, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_version(loop, 0, &version));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_version(loop, UINT64_MAX, &version));
    CHECK_NUMBER(version, OXWS_VERSION_V5);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    f09_configs();
    f09_versions();
    return check_end();
}
