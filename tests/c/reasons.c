/*
 * Reasons: one object for each close code, names of a program's own, threads that register at once;
 * and the payload of Close frames.
 */
#include "check.h"

#define THREADS 4
#define ROUNDS 60

static const uint16_t public_codes[] = {1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009,
                                        1010, 1011, 1012, 1013, 1014, 1015, 3000, 3003, 3008};
#define PUBLIC (sizeof public_codes / sizeof *public_codes)

/* Before anything is registered. */
static void the_public_codes_have_reasons(void) {
    size_t i;

    CHECK_NUMBER(oxws_reason_count(), PUBLIC);
    for (i = 0; i < PUBLIC; i++) {
        const oxws_reason *reason = oxws_reason_at(i);
        uint16_t code = 0;
        CHECK_NUMBER(oxws_reason_code(reason), public_codes[i]);
        CHECK(oxws_reason_get(public_codes[i]) == reason);
        CHECK(oxws_reason_from_name(oxws_reason_name(reason)) == reason);
        CHECK(strcmp(oxws_reason_name(reason), oxws_close_code_name(public_codes[i])) == 0);
        CHECK(strcmp(oxws_reason_description(reason),
                     oxws_close_code_description(public_codes[i])) == 0);
        CHECK_NUMBER(oxws_reason_is_known(reason), 1);
        CHECK_OK(oxws_close_code_from_name(oxws_reason_name(reason), &code));
        CHECK_NUMBER(code, public_codes[i]);
    }
    CHECK(oxws_reason_at(PUBLIC) == NULL);
    CHECK_NUMBER(oxws_reason_code(oxws_reason_from_name("GOING_AWAY")), 1001);
    CHECK_NUMBER(oxws_reason_code(oxws_reason_from_name("TIMEOUT")), 3008);
}

static void a_reason_stays_where_it_is_when_it_gets_a_name(void) {
    const oxws_reason *reason = oxws_reason_get(4321), *neighbour = oxws_reason_get(4322);
    uint16_t code = 0;

    CHECK(reason != NULL && reason != neighbour);
    CHECK_NUMBER(oxws_reason_code(reason), 4321);
    CHECK_NUMBER(oxws_reason_is_known(reason), 0);
    CHECK(*oxws_reason_name(reason) == '\0' && *oxws_reason_description(reason) == '\0');
    CHECK(oxws_close_code_name(4321) == NULL && oxws_close_code_description(4321) == NULL);
    CHECK_NUMBER(oxws_reason_count(), PUBLIC);

    CHECK_OK(oxws_reason_register(4321, "Room_Full", "There is no chair left."));
    CHECK_OK(oxws_reason_register(4321, "Room_Full", "There is no chair left."));
    CHECK_OK(oxws_reason_register(3999, "_quiet", ""));
    CHECK(oxws_reason_get(4321) == reason && oxws_reason_get(4322) == neighbour);
    CHECK_NUMBER(oxws_reason_is_known(reason), 1);
    CHECK(strcmp(oxws_reason_name(reason), "Room_Full") == 0);
    CHECK(strcmp(oxws_reason_description(reason), "There is no chair left.") == 0);
    CHECK(oxws_reason_name(reason) == oxws_close_code_name(4321));
    CHECK(strcmp(oxws_close_code_description(3999), "") == 0);
    CHECK(oxws_reason_from_name("Room_Full") == reason);
    CHECK(oxws_reason_from_name("room_full") == NULL);
    CHECK_OK(oxws_close_code_from_name("_quiet", &code));
    CHECK_NUMBER(code, 3999);
    CHECK_NUMBER(oxws_reason_count(), PUBLIC + 2);
    CHECK_NUMBER(oxws_reason_code(oxws_reason_at(PUBLIC)), 3999);
    CHECK(oxws_reason_at(PUBLIC + 1) == reason);
    CHECK_NUMBER(oxws_reason_reconnect(reason), OXWS_RECONNECT_NEVER);
}

static void names_and_codes_are_given_once(void) {
    CHECK_STATUS(OXWS_ERROR_DUPLICATE, oxws_reason_register(4321, "Room_Full", "Another sentence."));
    CHECK_STATUS(OXWS_ERROR_DUPLICATE, oxws_reason_register(4321, "Hall_Full", ""));
    CHECK_STATUS(OXWS_ERROR_DUPLICATE, oxws_reason_register(4400, "Room_Full", ""));
    CHECK_STATUS(OXWS_ERROR_DUPLICATE, oxws_reason_register(4400, "NORMAL", ""));
    CHECK_STATUS(OXWS_ERROR_DUPLICATE, oxws_reason_register(3000, "LOGIN_FIRST", ""));
    CHECK_OK(oxws_reason_register(3000, "UNAUTHORIZED", oxws_close_code_description(3000)));
    CHECK_NUMBER(oxws_reason_is_known(oxws_reason_get(4400)), 0);
    CHECK(strcmp(oxws_close_code_description(4321), "There is no chair left.") == 0);
}

/* ---- threads ---- */

static pthread_barrier_t start;
static const oxws_reason *seen[THREADS][ROUNDS];
static oxws_status shared[THREADS][ROUNDS], rival_code[THREADS][ROUNDS], rival_name[THREADS][ROUNDS];

/* Every thread asks for the same codes, gives some the same name, others a name of its own, and wants
   one name for a code of its own. */
static void *register_all(void *argument) {
    int self = (int)(intptr_t)argument, i;
    char name[40];

    pthread_barrier_wait(&start);
    for (i = 0; i < ROUNDS; i++) {
        seen[self][i] = oxws_reason_get((uint16_t)(3100 + i));
        snprintf(name, sizeof name, "shared_%d", i);
        shared[self][i] = oxws_reason_register((uint16_t)(3100 + i), name, "by all");
        snprintf(name, sizeof name, "by_%d_%d", self, i);
        rival_code[self][i] = oxws_reason_register((uint16_t)(3400 + i), name, "by one");
        snprintf(name, sizeof name, "rival_%d", i);
        rival_name[self][i] =
            oxws_reason_register((uint16_t)(4000 + ROUNDS / 4 * self + i / 4), name, "by one");
        (void)oxws_reason_count();
    }
    return NULL;
}

static int count_ok(oxws_status statuses[THREADS][ROUNDS], int round) {
    int self, count = 0;
    for (self = 0; self < THREADS; self++) {
        if (statuses[self][round] == OXWS_OK) count++;
        CHECK(statuses[self][round] == OXWS_OK || statuses[self][round] == OXWS_ERROR_DUPLICATE);
    }
    return count;
}

static void threads_register_at_once(void) {
    pthread_t threads[THREADS];
    size_t before = oxws_reason_count(), i, self;
    char name[40];

    CHECK(pthread_barrier_init(&start, NULL, THREADS) == 0);
    for (self = 0; self < THREADS; self++) {
        CHECK(pthread_create(&threads[self], NULL, register_all, (void *)(intptr_t)self) == 0);
    }
    for (self = 0; self < THREADS; self++) pthread_join(threads[self], NULL);
    pthread_barrier_destroy(&start);
    for (i = 0; i < ROUNDS; i++) {
        CHECK_NUMBER(count_ok(shared, (int)i), THREADS);
        CHECK_NUMBER(count_ok(rival_code, (int)i), 1);
        CHECK(count_ok(rival_name, (int)i) <= 1);
        for (self = 0; self < THREADS; self++) {
            CHECK(seen[self][i] == oxws_reason_get((uint16_t)(3100 + i)));
        }
        snprintf(name, sizeof name, "shared_%d", (int)i);
        CHECK_NUMBER(oxws_reason_code(oxws_reason_from_name(name)), 3100 + i);
    }
    CHECK(oxws_reason_count() >= before + 2 * ROUNDS);
    for (i = 1; i < oxws_reason_count(); i++) {
        CHECK(oxws_reason_code(oxws_reason_at(i - 1)) < oxws_reason_code(oxws_reason_at(i)));
    }
}

/* ---- the payload of Close frames ---- */

static void a15_every_code_is_read_and_written_or_refused(void) {
    unsigned number;

    for (number = 1; number <= UINT16_MAX; number++) {
        unsigned char wire[2] = {(unsigned char)(number >> 8), (unsigned char)number};
        unsigned char built[4] = {9, 9, 9, 9};
        int allowed = (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) ||
                      (number >= 3000 && number <= 4999);
        uint16_t code = 7;
        size_t len = 77;
        CHECK_STATUS(allowed ? OXWS_OK : OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED,
                     oxws_close_payload_parse(wire, 2, &code, NULL, NULL));
        CHECK_NUMBER(code, allowed ? number : 7);
        CHECK_STATUS(allowed ? OXWS_OK : OXWS_ERROR_INVALID_CLOSE_CODE,
                     oxws_close_payload_build((uint16_t)number, NULL, 0, built, 4, &len));
        CHECK_NUMBER(len, allowed ? 2 : 77);
        CHECK(!allowed || (built[0] == wire[0] && built[1] == wire[1]));
        CHECK(built[2] == 9 && built[3] == 9);
    }
}

static void payloads_are_read(void) {
    static const struct {
        const char *data;
        size_t len;
        oxws_status status;
        uint16_t code;
        size_t reason_len;
    } wanted[] = {
        {"", 0, OXWS_OK, 1005, 0},
        {"\x03", 1, OXWS_ERROR_CLOSE_PAYLOAD_LENGTH, 0, 0},
        {"\x03\xe8", 2, OXWS_OK, 1000, 0},
        {"\x03\xe8" "bye", 5, OXWS_OK, 1000, 3},
        {"\x0f\xa0\xe2\x82\xac", 5, OXWS_OK, 4000, 3},
        {"\x03\xe8\xe2\x82", 4, OXWS_ERROR_CLOSE_REASON_UTF8, 0, 0},
        {"\x03\xed" "bye", 5, OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED, 0, 0},
        {"\x00\x00", 2, OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED, 0, 0},
    };
    char most[126] = "\x03\xe8";
    const char *reason = NULL;
    uint16_t code = 0;
    size_t i, len = 0;

    for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *data = wanted[i].data;
        code = 0, len = 77, reason = NULL;
        CHECK_STATUS(wanted[i].status,
                     oxws_close_payload_parse(data, wanted[i].len, &code, &reason, &len));
        CHECK_NUMBER(code, wanted[i].code);
        if (wanted[i].status == OXWS_OK) {
            CHECK_NUMBER(len, wanted[i].reason_len);
            CHECK(reason != NULL && (len == 0 || reason == data + 2));
        } else {
            CHECK(len == 77 && reason == NULL);
        }
    }
    memset(most + 2, 'x', sizeof most - 2);
    CHECK_OK(oxws_close_payload_parse(most, 125, &code, &reason, &len));
    CHECK_NUMBER(len, 123);
    CHECK_STATUS(OXWS_ERROR_CONTROL_TOO_LONG,
                 oxws_close_payload_parse(most, 126, &code, &reason, &len));
    CHECK_NUMBER(oxws_status_close_code(OXWS_ERROR_CLOSE_PAYLOAD_LENGTH), 1002);
    CHECK_NUMBER(oxws_status_close_code(OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED), 1002);
    CHECK_NUMBER(oxws_status_close_code(OXWS_ERROR_CLOSE_REASON_UTF8), 1007);
}

/* What a client does that lost its connection without a Close frame: the status decides. */
static void a_status_advises_too(void) {
    static const struct {
        oxws_status status;
        oxws_reconnect advice;
    } wanted[] = {
        {OXWS_ERROR_RESOLVE_FAILED, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_CONNECT_FAILED, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_CONNECT_TIMEOUT, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_HANDSHAKE_TIMEOUT, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_CONNECTION_LOST, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_CONNECTION_RESET, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_PONG_TIMEOUT, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_WRITE_STALLED, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_BUFFER_BUDGET, OXWS_RECONNECT_BACK_OFF},
        {OXWS_ERROR_HANDSHAKE_UNAUTHORIZED, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_HANDSHAKE_STATUS, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_HANDSHAKE_ACCEPT, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_HANDSHAKE_VERSION, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_RESERVED_OPCODE, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_TEXT_UTF8, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_MESSAGE_TOO_BIG, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_CANCELLED, OXWS_RECONNECT_NEVER},
        {OXWS_ERROR_DETACHED, OXWS_RECONNECT_NEVER},
    };
    size_t i;

    for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        uint16_t code = oxws_status_close_code(wanted[i].status);

        if (oxws_close_code_reconnect(code) != wanted[i].advice) {
            fprintf(stderr, "%s:\n", oxws_status_name(wanted[i].status));
        }
        CHECK_NUMBER(oxws_close_code_reconnect(code), wanted[i].advice);
    }
}

static void a16_payloads_are_written(void) {
    char reason[130], buffer[125];
    size_t len, written = 77;

    memset(reason, 'x', sizeof reason);
    for (len = 0; len <= 130; len++) {
        written = 77;
        CHECK_STATUS(len <= 123 ? OXWS_OK : OXWS_ERROR_TOO_LONG,
                     oxws_close_payload_build(1001, reason, len, buffer, sizeof buffer, &written));
        CHECK_NUMBER(written, len <= 123 ? len + 2 : 77);
        CHECK_NUMBER(oxws_close_reason_fitting_len(reason, len), len <= 123 ? len : 123);
        if (len <= 123) {
            CHECK(memcmp(buffer, "\x03\xe9", 2) == 0 && memcmp(buffer + 2, reason, len) == 0);
            CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                         oxws_close_payload_build(1001, reason, len, buffer, len + 1, &written));
            CHECK_OK(oxws_close_payload_build(1001, reason, len, NULL, 0, &written));
            CHECK_NUMBER(written, len + 2);
        }
    }
    CHECK_OK(oxws_close_payload_build(0, NULL, 0, buffer, sizeof buffer, &written));
    CHECK_NUMBER(written, 0);
    memset(reason, 'x', sizeof reason);
    memcpy(reason + 121, "\xe2\x82\xac", 3);
    CHECK_NUMBER(oxws_close_reason_fitting_len(reason, sizeof reason), 121);
    CHECK_NUMBER(oxws_close_reason_fitting_len(reason, 124), 121);
    memcpy(reason + 120, "\xe2\x82\xac" "x", 4);
    CHECK_NUMBER(oxws_close_reason_fitting_len(reason, sizeof reason), 123);
}

static void missing_extensions_are_listed(void) {
    static const char *const names[] = {"permessage-deflate", "x-first"};
    char buffer[124], extension[124], payload[125];
    const char *many[40];
    size_t i, len = 0, payload_len = 0;

    CHECK_OK(oxws_close_reason_missing_extensions(names, 2, buffer, sizeof buffer, &len));
    CHECK(strcmp(buffer, "permessage-deflate, x-first") == 0);
    CHECK_NUMBER(len, 27);
    CHECK_OK(oxws_close_payload_build(OXWS_CLOSE_MANDATORY_EXTENSION, buffer, len, payload,
                                      sizeof payload, &payload_len));
    CHECK_NUMBER(payload_len, 29);
    CHECK_OK(oxws_close_reason_missing_extensions(names, 2, NULL, 0, &len));
    CHECK_OK(oxws_close_reason_missing_extensions(names, 2, buffer, 28, NULL));
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_close_reason_missing_extensions(names, 2, buffer, 27, &len));
    CHECK_OK(oxws_close_reason_missing_extensions(NULL, 0, buffer, 1, &len));
    CHECK(len == 0 && *buffer == '\0');
    for (i = 0; i < 40; i++) many[i] = "x-some-name";
    CHECK_OK(oxws_close_reason_missing_extensions(many, 40, buffer, sizeof buffer, &len));
    CHECK_NUMBER(len, 9 * 13 + 3);
    CHECK(strcmp(buffer + 8 * 13, "x-some-name, ...") == 0);
    memset(extension, 'e', 123);
    extension[123] = '\0';
    many[0] = extension;
    CHECK_OK(oxws_close_reason_missing_extensions(many, 1, buffer, sizeof buffer, &len));
    CHECK(len == 123 && strcmp(buffer, extension) == 0);
}

int main(void) {
    check_begin();
    the_public_codes_have_reasons();
    a_reason_stays_where_it_is_when_it_gets_a_name();
    names_and_codes_are_given_once();
    threads_register_at_once();
    a15_every_code_is_read_and_written_or_refused();
    payloads_are_read();
    a_status_advises_too();
    a16_payloads_are_written();
    missing_extensions_are_listed();
    return check_end();
}
