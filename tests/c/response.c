/*
 * What a client reads out of the answer to its opening request: of a server that accepts, in each version,
 * and of one that refuses.
 */
#include "check.h"

struct run {
    int responses;
    int opened;
    int closed;
    int messages;
    oxws_status status;
    int32_t version;
    int32_t connection_version;
    char address[64];
    char json[2000];
    char text[500];
    char message[16];
};

static struct run run;

static int is(const char *text, size_t len, const char *wanted) {
    return text != NULL && len == strlen(wanted) && memcmp(text, wanted, len) == 0;
}

static void keep_texts(const oxws_response *response) {
    size_t len = 0;
    const char *address = oxws_response_peer_address(response, &len);
    CHECK(address != NULL && len < sizeof run.address);
    if (address != NULL) memcpy(run.address, address, len);
    CHECK_OK(oxws_response_to_json(response, run.json, sizeof run.json, &len));
    CHECK_NUMBER(len, strlen(run.json));
    CHECK_OK(oxws_response_to_text(response, run.text, sizeof run.text, &len));
    CHECK_NUMBER(len, strlen(run.text));
}

/* The extensions of the refusal below. */
static void see_extensions(const oxws_response *response) {
    size_t len = 0, value_len = 7;
    const char *value = "unchanged";
    const char *name;

    CHECK_NUMBER(oxws_response_extension_count(response), 2);
    name = oxws_response_extension_at(response, 0, &len);
    CHECK(is(name, len, "one"));
    name = oxws_response_extension_at(response, 1, &len);
    CHECK(is(name, len, "two"));
    CHECK(oxws_response_extension_at(response, 2, &len) == NULL && len == 0);
    CHECK_NUMBER(oxws_response_extension_parameter_count(response, 0), 2);
    CHECK_NUMBER(oxws_response_extension_parameter_count(response, 1), 0);
    CHECK_NUMBER(oxws_response_extension_parameter_count(response, SIZE_MAX), 0);
    CHECK(oxws_response_extension_parameter_at(response, 0, 2, NULL, &value, NULL) == NULL);
    CHECK(oxws_response_extension_parameter_at(response, 2, 0, NULL, &value, NULL) == NULL);
    CHECK(strcmp(value, "unchanged") == 0);
    name = oxws_response_extension_parameter_at(response, 0, 0, &len, &value, &value_len);
    CHECK(is(name, len, "a") && is(value, value_len, "1"));
    name = oxws_response_extension_parameter_at(response, 0, 1, &len, &value, &value_len);
    CHECK(is(name, len, "b") && value == NULL && value_len == 0);
}

static void on_response(oxws_loop *loop, oxws_connection connection, const oxws_response *response,
                        void *user) {
    (void)loop, (void)connection, (void)user;
    run.responses++;
    run.version = oxws_response_version(response);
    keep_texts(response);
    if (oxws_response_status(response) == 400) see_extensions(response);
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    oxws_version version;
    run.opened++;
    if (user == NULL) return;
    CHECK_OK(oxws_get_version(loop, connection, &version));
    run.connection_version = version;
    CHECK_OK(oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "hello", 5));
}

static void on_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    if (user == NULL) {
        CHECK_OK(oxws_send(loop, connection, type, data, len));
        return;
    }
    run.messages++;
    CHECK(len < sizeof run.message);
    memcpy(run.message, data, len);
    CHECK_OK(oxws_close(loop, connection, 1000, "done"));
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)loop, (void)connection;
    run.closed++;
    if (user != NULL) run.status = oxws_close_info_status(info);
}

static oxws_config *config_of(void *user) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_on_response(config, on_response));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_add_subprotocol(config, "chat"));
    CHECK_OK(oxws_config_user(config, user));
    return config;
}

/* Connects a client of one version to a server that allows all of them. */
static void accepted(int32_t version) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *server = config_of(NULL), *client = config_of(&run);
    char url[64], wanted[1000];
    oxws_listener listener;

    memset(&run, 0, sizeof run);
    CHECK_OK(oxws_config_allow_version(server, OXWS_VERSION_V8));
    CHECK_OK(oxws_config_allow_version(server, OXWS_VERSION_V7));
    listener = check_listen(loop, server, url, sizeof url);
    CHECK_OK(oxws_config_version(client, version));
    snprintf(wanted, sizeof wanted, "http%.*s", (int)strlen(url) - 3, url + 2);
    CHECK_OK(oxws_config_origin(client, wanted));
    CHECK_OK(oxws_connect(loop, url, client, NULL));
    RUN_UNTIL(loop, run.closed == 2);
    CHECK_STATUS(OXWS_OK, run.status);
    CHECK_NUMBER(run.responses, 1);
    CHECK_NUMBER(run.version, version);
    CHECK_NUMBER(run.connection_version, version);
    CHECK(strcmp(run.message, "hello") == 0);
    url[strlen(url) - 1] = '\0';
    CHECK(strcmp(run.address, url + strlen("ws://")) == 0);
    snprintf(wanted, sizeof wanted,
             "101 Switching Protocols from %s, version %d, subprotocol chat", run.address,
             (int)version);
    CHECK(strcmp(run.text, wanted) == 0);
    snprintf(wanted, sizeof wanted,
             "{\"peer\":\"%s\",\"status\":101,\"phrase\":\"Switching Protocols\",\"version\":%d,"
             "\"subprotocol\":\"chat\",\"extensions\":[],\"headers\":[",
             run.address, (int)version);
    CHECK(strncmp(run.json, wanted, strlen(wanted)) == 0);
    CHECK(strstr(run.json, "[\"Sec-WebSocket-Protocol\",\"chat\"]") != NULL);
    CHECK_OK(oxws_listener_close(loop, listener));
    oxws_config_free(server);
    oxws_config_free(client);
    CHECK_OK(oxws_loop_free(loop));
}

/* Connects to a socket of the test, which gives this answer. */
static void refused(const char *answer) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *client = config_of(&run);
    char url[64];
    unsigned char received[1000];
    size_t len = 0;
    int server = check_raw_listen(url, sizeof url);
    int peer = -1;

    memset(&run, 0, sizeof run);
    CHECK_OK(oxws_connect(loop, url, client, NULL));
    RUN_UNTIL(loop, (peer = accept(server, NULL, NULL)) >= 0);
    RUN_UNTIL(loop, check_raw_read(peer, received, sizeof received, &len) == 0 && len > 0);
    check_raw_send(peer, answer);
    RUN_UNTIL(loop, run.closed == 1);
    CHECK_NUMBER(run.responses, 1);
    CHECK_NUMBER(run.opened, 0);
    close(peer);
    close(server);
    oxws_config_free(client);
    CHECK_OK(oxws_loop_free(loop));
}

static void refusals(void) {
    char wanted[1000];

    refused("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8, 13\r\n"
            "Content-Length: 4\r\n\r\nno\r\n");
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_STATUS, run.status);
    CHECK_NUMBER(run.version, OXWS_VERSION_V8);
    snprintf(wanted, sizeof wanted,
             "426 Upgrade Required from %s, version 8, a body of 4 bytes", run.address);
    CHECK(strcmp(run.text, wanted) == 0);
    snprintf(wanted, sizeof wanted,
             "{\"peer\":\"%s\",\"status\":426,\"phrase\":\"Upgrade Required\",\"version\":8,"
             "\"subprotocol\":null,\"extensions\":[],\"headers\":["
             "[\"Sec-WebSocket-Version\",\"8, 13\"],[\"Content-Length\",\"4\"]],\"body_bytes\":4}",
             run.address);
    CHECK(strcmp(run.json, wanted) == 0);

    refused("HTTP/1.1 400\r\nSec-WebSocket-Extensions: one; a=\"1\"; b, two\r\n"
            "Content-Length: 0\r\n\r\n");
    CHECK_NUMBER(run.version, OXWS_VERSION_UNKNOWN);
    snprintf(wanted, sizeof wanted, "400 from %s", run.address);
    CHECK(strcmp(run.text, wanted) == 0);
    snprintf(wanted, sizeof wanted,
             "{\"peer\":\"%s\",\"status\":400,\"phrase\":\"\",\"version\":null,\"subprotocol\":null,"
             "\"extensions\":[{\"name\":\"one\",\"parameters\":[[\"a\",\"1\"],[\"b\",null]]},"
             "{\"name\":\"two\",\"parameters\":[]}],\"headers\":["
             "[\"Sec-WebSocket-Extensions\",\"one; a=\\\"1\\\"; b, two\"],[\"Content-Length\",\"0\"]],"
             "\"body_bytes\":0}",
             run.address);
    CHECK(strcmp(run.json, wanted) == 0);

    refused("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_UNAUTHORIZED, run.status);
}

int main(void) {
    check_begin();
    accepted(OXWS_VERSION_V13);
    accepted(OXWS_VERSION_V8);
    accepted(OXWS_VERSION_V7);
    refusals();
    return check_end();
}
