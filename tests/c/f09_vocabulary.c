/*
 * F9: names and constants asked for with numbers that mean nothing.
 */
#include "check.h"

static const int32_t unknown[] = {INT32_MIN, -2, 99, 256, 65536, INT32_MAX};

static void f09_numbers_that_name_nothing(void) {
    size_t i;

    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK(oxws_state_name(unknown[i]) == NULL);
        CHECK(oxws_close_state_name(unknown[i]) == NULL);
        CHECK(oxws_role_name(unknown[i]) == NULL);
        CHECK(oxws_opcode_name(unknown[i]) == NULL);
        CHECK_NUMBER(oxws_opcode_is_control(unknown[i]), 0);
        CHECK_NUMBER(oxws_opcode_is_reserved(unknown[i]), 0);
    }
    CHECK(oxws_opcode_name(-1) == NULL && oxws_opcode_name(16) == NULL);
    CHECK_NUMBER(oxws_opcode_is_control(16), 0);
    CHECK(oxws_protocol_guid() != NULL && oxws_protocol_version() != NULL);
}

static void f09_close_state(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_close_state state = 77;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_close_state(NULL, 1, &state));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_close_state(loop, 1, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_close_state(loop, 0, &state));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_close_state(loop, UINT64_MAX, &state));
    CHECK_NUMBER(state, 77);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    f09_numbers_that_name_nothing();
    f09_close_state();
    return check_end();
}
