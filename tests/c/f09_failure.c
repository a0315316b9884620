/*
 * F9: what is asked of no report, of frames that are not there, and into buffers that do not fit.
 */
#include "check.h"

static void f09_no_report(void) {
    uint8_t first = 77, second = 78;
    char buffer[8] = "untouch";
    size_t len = 79;

    CHECK_NUMBER(oxws_close_info_stage(NULL), OXWS_STAGE_NONE);
    CHECK_NUMBER(oxws_close_info_timeout(NULL), OXWS_TIMEOUT_NONE);
    CHECK_NUMBER(oxws_close_info_reconnect(NULL), OXWS_RECONNECT_NEVER);
    CHECK_NUMBER(oxws_close_info_tls_alert(NULL), -1);
    CHECK_NUMBER(oxws_close_info_socks_reply(NULL), 0);
    CHECK(oxws_close_info_header_name(NULL) == NULL);
    CHECK(oxws_close_info_byte_offset(NULL) == UINT64_MAX);
    CHECK(oxws_close_info_response(NULL) == NULL);
    CHECK_NUMBER(oxws_close_info_frame_count(NULL), 0);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_info_frame_at(NULL, 0, &first, &second));
    CHECK(oxws_close_info_clone(NULL) == NULL);
    oxws_close_info_free(NULL);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_info_to_text(NULL, buffer, 8, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_close_info_to_json(NULL, buffer, 8, &len));
    CHECK(first == 77 && second == 78 && len == 79 && strcmp(buffer, "untouch") == 0);
}

typedef oxws_status describe(const oxws_close_info *, char *, size_t, size_t *);

static void f14_a_text_that_does_not_fit(const oxws_close_info *info, describe *call) {
    char small[8] = "untouch", *exact;
    size_t len = 0, again = 0;

    CHECK_OK(call(info, NULL, 0, &len));
    CHECK(len > 40);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, call(info, small, sizeof small, &again));
    CHECK(again == len && strcmp(small, "untouch") == 0);
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, call(info, NULL, 8, &again));
    exact = malloc(len + 1);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL, call(info, exact, len, NULL));
    CHECK_OK(call(info, exact, len + 1, NULL));
    CHECK(strlen(exact) == len);
    free(exact);
}

static int closes;

static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    uint8_t first = 77, second = 78;
    (void)l, (void)id, (void)user;
    closes++;
    CHECK_NUMBER(oxws_close_info_stage(info), OXWS_STAGE_CONNECT);
    CHECK_NUMBER(oxws_close_info_timeout(info), OXWS_TIMEOUT_NONE);
    CHECK_NUMBER(oxws_close_info_frame_count(info), 0);
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_close_info_frame_at(info, 0, &first, &second));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_close_info_frame_at(info, 4, &first, NULL));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_close_info_frame_at(info, SIZE_MAX, NULL, NULL));
    CHECK(first == 77 && second == 78);
    CHECK(oxws_close_info_response(info) == NULL && oxws_close_info_header_name(info) == NULL);
    f14_a_text_that_does_not_fit(info, oxws_close_info_to_text);
    f14_a_text_that_does_not_fit(info, oxws_close_info_to_json);
}

int main(void) {
    oxws_config *config;
    oxws_loop *loop;

    check_begin();
    f09_no_report();
    config = check_config();
    loop = oxws_loop_new();
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_connect(loop, "ws+unix:/tmp/oxws-test-nobody-listens-here", config, NULL));
    RUN_UNTIL(loop, closes == 1);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
