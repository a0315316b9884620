/* The rows of autobahn.websocket.types: one opening handshake and a few messages over the loopback
 * device, in which both sides check what they see. */
#include "names.h"

struct seen {
    int request, connecting, response, message, ping, closed;
    uint16_t denied_with;
    char denial[64];
};

static struct seen seen;

static int has_text(oxws_status (*write)(char *, size_t, size_t *, const void *), const void *from,
                    const char *part) {
    char buffer[2048];
    size_t len = 0;

    return write(buffer, sizeof buffer, &len, from) == OXWS_OK && len == strlen(buffer) &&
           strstr(buffer, part) != NULL;
}

static oxws_status connecting_json(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_connecting_to_json(from, buffer, capacity, len);
}
static oxws_status connecting_text(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_connecting_to_text(from, buffer, capacity, len);
}
static oxws_status request_json(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_request_to_json(from, buffer, capacity, len);
}
static oxws_status request_text(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_request_to_text(from, buffer, capacity, len);
}
static oxws_status response_json(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_response_to_json(from, buffer, capacity, len);
}
static oxws_status response_text(char *buffer, size_t capacity, size_t *len, const void *from) {
    return oxws_response_to_text(from, buffer, capacity, len);
}

/* The client has connected, and has written nothing yet. */
static void on_connecting(oxws_loop *loop, oxws_connection connection, oxws_connecting *connecting,
                          void *user) {
    static const char *const subprotocols[] = {"tea", "coffee"};
    size_t len = 0;
    const char *text = oxws_connecting_peer_address(connecting, &len);
    int32_t tls = OXWS_TLS_1_3;

    (void)user;
    row("TransportDetails", text != NULL);
    row("TransportDetails.peer", len > 10 && memcmp(text, "127.0.0.1:", 10) == 0);
    row("TransportDetails.is_secure",
        oxws_get_tls_version(loop, connection, &tls) == OXWS_OK && tls == OXWS_TLS_NONE);

    text = oxws_connecting_host(connecting, &len);
    row("ConnectingRequest.host",
        is_text(text, len, "127.0.0.1") &&
            oxws_connecting_set_host(connecting, "tea.example:81") == OXWS_OK &&
            (text = oxws_connecting_host(connecting, &len)) != NULL &&
            is_text(text, len, "tea.example"));
    row("ConnectingRequest.port", oxws_connecting_port(connecting) == 81);
    row("ConnectingRequest.resource",
        oxws_connecting_set_resource(connecting, "/room?seat=1&seat=2%203") == OXWS_OK &&
            (text = oxws_connecting_resource(connecting, &len)) != NULL &&
            is_text(text, len, "/room?seat=1&seat=2%203"));
    row("ConnectingRequest.headers",
        oxws_connecting_set_header(connecting, "X-Sugar", "one") == OXWS_OK &&
            oxws_connecting_add_header(connecting, "X-Sugar", "two") == OXWS_OK &&
            oxws_connecting_add_header(connecting, "X-Milk", "none") == OXWS_OK &&
            oxws_connecting_remove_header(connecting, "X-Milk") == OXWS_OK &&
            (text = oxws_connecting_header(connecting, "x-sugar", 1, &len)) != NULL &&
            is_text(text, len, "two") && oxws_connecting_header_count(connecting) >= 2 &&
            oxws_connecting_header_at(connecting, 1000, NULL, NULL, NULL) == NULL &&
            oxws_connecting_add_header(connecting, "X", "a\r\nb") == OXWS_ERROR_INVALID_HEADER);
    row("ConnectingRequest.useragent",
        oxws_connecting_set_user_agent(connecting, "kettle/1") == OXWS_OK &&
            (text = oxws_connecting_user_agent(connecting, &len)) != NULL &&
            is_text(text, len, "kettle/1"));
    row("ConnectingRequest.origin",
        oxws_connecting_set_origin(connecting, "http://tea.example:81") == OXWS_OK &&
            (text = oxws_connecting_origin(connecting, &len)) != NULL &&
            is_text(text, len, "http://tea.example:81"));
    row("ConnectingRequest.protocols",
        oxws_connecting_set_subprotocols(connecting, subprotocols, 2) == OXWS_OK &&
            oxws_connecting_subprotocol_count(connecting) == 2 &&
            (text = oxws_connecting_subprotocol_at(connecting, 1, &len)) != NULL &&
            is_text(text, len, "coffee"));
    row("ConnectingRequest.__json__", has_text(connecting_json, connecting, "\"kettle/1\""));
    row("ConnectingRequest.__str__", has_text(connecting_text, connecting, "tea.example"));
    seen.connecting = 1;
}

static void check_request(const oxws_request *request) {
    size_t len = 0, name_len = 0, value_len = 0;
    const char *value = NULL;
    const char *text = oxws_request_peer_address(request, &len);

    row("ConnectionRequest.peer", len > 10 && memcmp(text, "127.0.0.1:", 10) == 0);
    text = oxws_request_header(request, "x-sugar", 1, &len);
    row("ConnectionRequest.headers",
        is_text(text, len, "two") && oxws_request_header_count(request) > 5 &&
            oxws_request_header_at(request, 0, &name_len, &value, &value_len) != NULL);
    text = oxws_request_host(request, &len);
    row("ConnectionRequest.host", is_text(text, len, "tea.example:81"));
    text = oxws_request_path(request, &len);
    row("ConnectionRequest.path", is_text(text, len, "/room"));
    text = oxws_request_parameter(request, "seat", 1, &len);
    row("ConnectionRequest.params",
        is_text(text, len, "2 3") && oxws_request_parameter_count(request) == 2 &&
            (text = oxws_request_parameter_at(request, 0, &name_len, &value, &value_len)) != NULL &&
            is_text(text, name_len, "seat") && is_text(value, value_len, "1"));
    row("ConnectionRequest.version", oxws_request_version(request) == OXWS_VERSION_V13);
    text = oxws_request_origin(request, &len);
    row("ConnectionRequest.origin", is_text(text, len, "http://tea.example:81"));
    text = oxws_request_subprotocol_at(request, 0, &len);
    row("ConnectionRequest.protocols",
        oxws_request_subprotocol_count(request) == 2 && is_text(text, len, "tea"));
    row("ConnectionRequest.extensions",
        oxws_request_extension_count(request) == 0 &&
            oxws_request_extension_at(request, 0, &len) == NULL &&
            oxws_request_extension_parameter_count(request, 0) == 0 &&
            oxws_request_extension_parameter_at(request, 0, 0, &name_len, &value, &value_len) ==
                NULL);
    row("ConnectionRequest.__json__", has_text(request_json, request, "\"/room\""));
    row("ConnectionRequest.__str__", has_text(request_text, request, "/room"));
}

static void accept(oxws_loop *loop, oxws_connection connection) {
    oxws_reply *reply = oxws_reply_new(200);

    row("ConnectionAccept.headers",
        oxws_reply_add_header(reply, "Set-Cookie", "a=1") == OXWS_OK &&
            oxws_reply_add_header(reply, "Set-Cookie", "b=2") == OXWS_OK);
    row("ConnectionAccept.subprotocol",
        oxws_accept(loop, connection, "cocoa") == OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED &&
            oxws_reply_set_subprotocol(reply, "coffee") == OXWS_OK);
    row("ConnectionAccept", oxws_accept_with(loop, connection, reply) == OXWS_OK);
    oxws_reply_free(reply);
}

static void on_request(oxws_loop *loop, oxws_connection connection, const oxws_request *request,
                       void *user) {
    size_t len;
    const char *path = oxws_request_path(request, &len);

    (void)user;
    if (is_text(path, len, "/denied")) {
        row("ConnectionDeny",
            oxws_deny(loop, connection, 199, NULL) == OXWS_ERROR_INVALID_ARGUMENT);
        oxws_deny(loop, connection, OXWS_HTTP_FORBIDDEN, "no\r\ntea");
        return;
    }
    row("ConnectionRequest", !seen.request);
    seen.request = 1;
    check_request(request);
    accept(loop, connection);
}

static void on_response(oxws_loop *loop, oxws_connection connection, const oxws_response *response,
                        void *user) {
    size_t len = 0, name_len = 0, value_len = 0;
    const char *value = NULL, *text;

    (void)loop, (void)connection, (void)user;
    if (oxws_response_status(response) != 101) {
        const uint8_t *body = oxws_response_body(response, &len);
        seen.denied_with = oxws_response_status(response);
        memcpy(seen.denial, body, len < sizeof seen.denial ? len : sizeof seen.denial - 1);
        return;
    }
    row("ConnectionResponse", !seen.response);
    seen.response = 1;
    text = oxws_response_peer_address(response, &len);
    row("ConnectionResponse.peer", len > 10 && memcmp(text, "127.0.0.1:", 10) == 0);
    text = oxws_response_header(response, "set-cookie", 1, &len);
    row("ConnectionResponse.headers",
        is_text(text, len, "b=2") && oxws_response_header_count(response) >= 5 &&
            oxws_response_header_at(response, 0, &name_len, &value, &value_len) != NULL);
    row("ConnectionResponse.version", oxws_response_version(response) == OXWS_VERSION_V13);
    text = oxws_response_subprotocol(response, &len);
    row("ConnectionResponse.protocol", is_text(text, len, "coffee"));
    row("ConnectionResponse.extensions",
        oxws_response_extension_count(response) == 0 &&
            oxws_response_extension_at(response, 0, &len) == NULL &&
            oxws_response_extension_parameter_count(response, 0) == 0 &&
            oxws_response_extension_parameter_at(response, 0, 0, &name_len, &value, &value_len) ==
                NULL);
    row("ConnectionResponse.__json__", has_text(response_json, response, "\"coffee\""));
    row("ConnectionResponse.__str__", has_text(response_text, response, "101"));
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    static const char long_payload[126] = {0};
    oxws_prepared *prepared = NULL;

    (void)user;
    row("Ping", oxws_ping(loop, connection, "\x00\x01", 2) == OXWS_OK);
    row("Ping.payload",
        oxws_ping(loop, connection, long_payload, OXWS_MAX_CONTROL_BYTES) == OXWS_OK &&
            oxws_ping(loop, connection, long_payload, 126) == OXWS_ERROR_TOO_LONG);
    row("OutgoingMessage",
        oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "\xFF", 1) == OXWS_ERROR_INVALID_UTF8);
    row("OutgoingMessage.payload",
        oxws_send(loop, connection, OXWS_MESSAGE_TEXT, "tea", 3) == OXWS_OK);
    row("OutgoingMessage.is_binary",
        oxws_send(loop, connection, OXWS_MESSAGE_BINARY, "\xFF", 1) == OXWS_OK);
    row("PreparedMessage", oxws_prepared_new(OXWS_MESSAGE_TEXT, "\xFF", 1, 0, &prepared) ==
                               OXWS_ERROR_INVALID_UTF8);
    row("WebSocketFactory.prepareMessage",
        oxws_prepared_new(OXWS_MESSAGE_BINARY, "\xFF", 1, OXWS_SEND_SKIP_COMPRESSION, &prepared) == OXWS_OK);
    row("WebSocketProtocol.sendPreparedMessage",
        oxws_send_prepared(loop, connection, prepared, NULL, NULL) == OXWS_OK);
    oxws_prepared_free(prepared);
    row("OutgoingMessage.skip_compress",
        oxws_send_with(loop, connection, OXWS_MESSAGE_TEXT, "end", 3, OXWS_SEND_SKIP_COMPRESSION,
                       NULL, NULL) == OXWS_OK);
}

static void on_ping(oxws_loop *loop, oxws_connection connection, const uint8_t *data, size_t len,
                    void *user) {
    (void)loop, (void)connection, (void)user;
    if (len == 2 && data[0] == 0 && data[1] == 1) seen.ping = 1;
}

static void on_message(oxws_loop *loop, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    oxws_version version = OXWS_VERSION_UNKNOWN;

    (void)user;
    switch (seen.message++) {
    case 0:
        row("Message", type == OXWS_MESSAGE_TEXT && type != OXWS_MESSAGE_BINARY);
        row("IncomingMessage", seen.ping == 1);
        row("IncomingMessage.payload", len == 3 && memcmp(data, "tea", 3) == 0);
        break;
    case 1:
        row("IncomingMessage.is_binary", type == OXWS_MESSAGE_BINARY && len == 1);
        break;
    default:
        row("ConnectionRequest.version",
            oxws_get_version(loop, connection, &version) == OXWS_OK && version == OXWS_VERSION_V13);
        oxws_close(loop, connection, OXWS_CLOSE_NORMAL, NULL);
    }
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)loop, (void)connection, (void)info, (void)user;
    seen.closed++;
}

static void converse(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *server = oxws_config_new(), *client = oxws_config_new(),
                *other = oxws_config_new();
    oxws_listener listener = 0;
    uint16_t port = 0;
    char url[64];
    oxws_status status;

    oxws_config_on_request(server, on_request);
    oxws_config_on_message(server, on_message);
    oxws_config_on_ping(server, on_ping);
    oxws_listen(loop, "ws://127.0.0.1:0", server, &listener);
    oxws_listener_port(loop, listener, &port);

    row("ConnectingRequest", oxws_config_on_connecting(client, on_connecting) == OXWS_OK);
    oxws_config_on_response(client, on_response);
    oxws_config_on_open(client, on_open);
    oxws_config_on_close(client, on_close);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", port);
    status = oxws_connect(loop, url, client, NULL);
    oxws_config_on_response(other, on_response);
    oxws_config_on_close(other, on_close);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/denied", port);
    if (status == OXWS_OK) status = oxws_connect(loop, url, other, NULL);
    while (status == OXWS_OK && seen.closed < 2) status = oxws_loop_poll(loop, -1);

    oxws_config_free(other);
    oxws_config_free(client);
    oxws_config_free(server);
    oxws_loop_free(loop);
    row("ConnectionDeny.code", seen.denied_with == 403);
    row("ConnectionDeny.reason", strcmp(seen.denial, "no\r\ntea") == 0);
}

/* Whether a status is this number, and has its phrase and a sentence. */
static int is_status(uint16_t status, uint16_t number, const char *phrase) {
    return status == number && strcmp(oxws_http_status_phrase(status), phrase) == 0 &&
           oxws_http_status_description(status) != NULL;
}

void check_autobahn(void) {
    converse();
    row("ConnectionDeny.BAD_REQUEST", is_status(OXWS_HTTP_BAD_REQUEST, 400, "Bad Request"));
    row("ConnectionDeny.FORBIDDEN", is_status(OXWS_HTTP_FORBIDDEN, 403, "Forbidden"));
    row("ConnectionDeny.NOT_FOUND", is_status(OXWS_HTTP_NOT_FOUND, 404, "Not Found"));
    row("ConnectionDeny.NOT_ACCEPTABLE",
        is_status(OXWS_HTTP_NOT_ACCEPTABLE, 406, "Not Acceptable"));
    row("ConnectionDeny.REQUEST_TIMEOUT",
        is_status(OXWS_HTTP_REQUEST_TIMEOUT, 408, "Request Timeout"));
    row("ConnectionDeny.INTERNAL_SERVER_ERROR",
        is_status(OXWS_HTTP_INTERNAL_SERVER_ERROR, 500, "Internal Server Error"));
    row("ConnectionDeny.NOT_IMPLEMENTED",
        is_status(OXWS_HTTP_NOT_IMPLEMENTED, 501, "Not Implemented"));
    row("ConnectionDeny.SERVICE_UNAVAILABLE",
        is_status(OXWS_HTTP_SERVICE_UNAVAILABLE, 503, "Service Unavailable"));
}
