/* The rows of the classes of icy http ws: two endpoints without I/O that speak with one another,
 * and what there is around them. */
#include <sys/socket.h>
#include <unistd.h>

#include "names.h"

/* Hands all output of one endpoint to the other. */
static void carry(oxws_protocol *from, oxws_protocol *to) {
    static uint8_t buffer[4096];
    size_t len = 0;
    const uint8_t *output = oxws_protocol_output(from, &len);

    if (len > sizeof buffer) len = sizeof buffer;
    if (len > 0) memcpy(buffer, output, len);
    oxws_protocol_output_written(from, len, 1);
    oxws_protocol_receive(to, buffer, len, 1);
}

static void handshake(void) {
    oxws_config *config = oxws_config_new();
    oxws_protocol *server = oxws_protocol_new_server(config, 0), *client = NULL;
    const oxws_event *event;
    char accept[64], key[64];
    size_t len = 0;

    row("ws::WebSocketFramer::createClientHandshakeRequest",
        oxws_protocol_new_client(config, "ws://127.0.0.1/", 0, &client) == OXWS_OK &&
            oxws_protocol_output(client, &len) != NULL && len > 100 &&
            oxws_key_new(key, sizeof key, &len) == OXWS_OK && len == 24);
    carry(client, server);
    event = oxws_protocol_next(server);
    row("ws::WebSocketAdapter::handleServerRequest",
        event != NULL && oxws_event_get_type(event) == OXWS_EVENT_REQUEST);
    row("ws::WebSocket::request",
        oxws_request_version(oxws_event_request(event)) == OXWS_VERSION_V13);
    row("ws::WebSocketFramer::acceptServerRequest",
        oxws_protocol_accept(server, NULL) == OXWS_OK &&
            oxws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", accept, sizeof accept, &len) == OXWS_OK &&
            is_text(accept, len, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    carry(server, client);
    event = oxws_protocol_next(client);
    row("ws::WebSocketFramer::checkClientHandshakeResponse",
        event != NULL && oxws_event_get_type(event) == OXWS_EVENT_RESPONSE);
    row("ws::WebSocket::response", oxws_response_status(oxws_event_response(event)) == 101);
    event = oxws_protocol_next(client);
    row("ws::WebSocketFramer::completeClientHandshake",
        event != NULL && oxws_event_get_type(event) == OXWS_EVENT_OPEN);
    row("ws::WebSocketFramer::handshakeComplete", oxws_protocol_state(client) == OXWS_STATE_OPEN);
    row("ws::WebSocketAdapter::handleClientResponse", oxws_protocol_next(client) == NULL);
    row("ws::WebSocketFramer",
        oxws_protocol_send(client, OXWS_MESSAGE_TEXT, "tea", 3, 1) == OXWS_OK);
    oxws_protocol_free(client);
    oxws_protocol_free(server);
    oxws_config_free(config);
}

static void frames(void) {
    static const uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D}; /* RFC 6455 section 5.7 */
    static const uint8_t masked[] = {0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D,
                                     0x7F, 0x9F, 0x4D, 0x51, 0x58};
    uint8_t buffer[32], first_byte = 0, other_key[4], *payload = NULL;
    size_t len = 0, payload_len = 0;
    uint64_t declared = 0;

    row("ws::WebSocketFramer::writeFrame",
        oxws_frame_write(OXWS_FRAME_TEXT, "Hello", 5, key, buffer, sizeof buffer, &len) ==
                OXWS_OK &&
            len == sizeof masked && memcmp(buffer, masked, len) == 0);
    row("ws::WebSocketFramer::frameFlags",
        oxws_frame_decode_header(buffer, len, OXWS_ROLE_SERVER, 0, &first_byte, &declared,
                                 other_key, &payload_len) == OXWS_OK &&
            first_byte == OXWS_FRAME_TEXT && declared == 5 && payload_len == 6);
    row("ws::WebSocketFramer::readFrame",
        oxws_frame_read(buffer, sizeof masked, OXWS_ROLE_SERVER, 0, 100, &first_byte, &payload,
                        &payload_len, &len) == OXWS_OK &&
            payload == buffer + 6 && is_text((const char *)payload, payload_len, "Hello") &&
            len == sizeof masked);
    row("ws::WebSocketFramer::FRAME_FLAG_MASK",
        oxws_frame_encode_header(OXWS_FRAME_TEXT, 5, key, buffer, sizeof buffer, &len) == OXWS_OK &&
            buffer[1] == 0x85 &&
            oxws_frame_encode_header(OXWS_FRAME_TEXT, 5, NULL, buffer, sizeof buffer, &len) ==
                OXWS_OK &&
            buffer[1] == 0x05);
    row("ws::WebSocketFramer::mode",
        oxws_frame_read(buffer, 2, OXWS_ROLE_SERVER, 0, 100, &first_byte, &payload, &payload_len,
                        &len) == OXWS_ERROR_MASK_MISSING);
    row("ws::WebSocketFramer::mustMaskPayload", oxws_masking_key_new(other_key) == OXWS_OK);
    row("ws::WebSocketFramer::MAX_HEADER_LENGTH",
        OXWS_MAX_FRAME_HEADER_BYTES == 14 &&
            oxws_frame_encode_header(OXWS_FRAME_BINARY, 65536, key, buffer, sizeof buffer, &len) ==
                OXWS_OK &&
            len == 14);
}

struct seen {
    int opened, released, detached;
    oxws_status first_end;
};

static void on_response(oxws_loop *loop, oxws_connection connection, const oxws_response *response,
                        void *user) {
    (void)loop, (void)connection, (void)response, (void)user;
}

static int32_t on_origin(const oxws_request *request, void *user) {
    (void)request, (void)user;
    return 1;
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->opened++;
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    struct seen *seen = user;

    (void)loop, (void)connection;
    if (seen->first_end == OXWS_OK) seen->first_end = oxws_close_info_status(info);
}

static void on_release(const void *data, size_t len, void *context) {
    (void)data, (void)len;
    ((struct seen *)context)->released++;
}

static void on_detached(oxws_loop *loop, oxws_connection connection, int32_t fd,
                        const uint8_t *unread, size_t unread_len, void *context) {
    (void)loop, (void)connection, (void)unread, (void)unread_len;
    ((struct seen *)context)->detached = fd >= 0;
    close(fd);
}

/* A connection of each role over a pair of sockets, which the handshake of another program began.
 */
static void adapters(oxws_loop *loop, const oxws_config *config, struct seen *seen) {
    static const char lent[] = "lent";
    oxws_connection client = 0, server = 0, asking = 0;
    oxws_state state = OXWS_STATE_CLOSED;
    oxws_close_state close_state = OXWS_CLOSE_STATE_CLOSED;
    int pair[2] = {-1, -1};

    row("ws::ConnectionAdapter",
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
            oxws_adopt_open(loop, pair[0], OXWS_ROLE_CLIENT, NULL, NULL, 0, config, &client) ==
                OXWS_OK &&
            oxws_adopt_server(loop, -1, NULL, 0, config, NULL) == OXWS_ERROR_INVALID_ARGUMENT);
    row("ws::WebSocketAdapter", oxws_adopt_open(loop, pair[1], OXWS_ROLE_SERVER, NULL, NULL, 0,
                                                config, &server) == OXWS_OK);
    row("ws::WebSocketAdapter::sendClientRequest",
        oxws_adopt_client(loop, -1, "ws://127.0.0.1/", config, &asking) ==
            OXWS_ERROR_INVALID_ARGUMENT);
    close(pair[0]);
    close(pair[1]);
    while (seen->opened < 2 && oxws_loop_poll(loop, -1) == OXWS_OK) continue;

    row("ws::WebSocketFramer::handshakeComplete",
        oxws_get_state(loop, client, &state) == OXWS_OK && state == OXWS_STATE_OPEN);
    row("ws::CloseState", oxws_get_close_state(loop, client, &close_state) == OXWS_OK &&
                              close_state == OXWS_CLOSE_STATE_OPEN);
    row("ws::WebSocketAdapter::send",
        oxws_send(loop, client, OXWS_MESSAGE_TEXT, "tea", 3) == OXWS_OK);
    row("ws::WebSocketAdapter::sendOwned", oxws_send_borrowed(loop, client, OXWS_MESSAGE_TEXT, lent,
                                                              4, 0, on_release, seen) == OXWS_OK);
    row("ws::WebSocketAdapter::sendControlFrame",
        oxws_ping(loop, client, NULL, 0) == OXWS_OK && oxws_pong(loop, client, NULL, 0) == OXWS_OK);
    row("ws::WebSocketAdapter::socket", oxws_detach(loop, server, on_detached, seen) == OXWS_OK);
    while (seen->first_end == OXWS_OK && oxws_loop_poll(loop, -1) == OXWS_OK) continue;
    row("ws::WebSocketException::code", seen->detached && seen->first_end == OXWS_ERROR_DETACHED);
    row("ws::WebSocketAdapter::sendOwned", seen->released == 1);
    row("ws::WebSocketAdapter::shutdown",
        oxws_close(
            loop, client, 1000,
            "a reason of more than one hundred and twenty-three bytes is more than a control "
            "frame can hold, and is not cut off in secret") == OXWS_ERROR_TOO_LONG &&
            oxws_close_reason_fitting_len("tea", 3) == 3);
}

static void loops(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = oxws_config_new();
    struct seen seen = {0, 0, 0, OXWS_OK};

    row("ws::WebSocket",
        oxws_connect(loop, "http://127.0.0.1/", config, NULL) == OXWS_ERROR_INVALID_URL &&
            oxws_listen(loop, "ws://127.0.0.1:0", config, NULL) == OXWS_OK);
    row("ws::WebSocketAdapter::onHandshakeComplete",
        oxws_config_on_open(config, on_open) == OXWS_OK);
    row("ws::WebSocketAdapter::handleClientResponse",
        oxws_config_on_response(config, on_response) == OXWS_OK);
    row("http::Server::setWebSocketOriginValidator",
        oxws_config_on_origin(config, on_origin) == OXWS_OK);
    row("ws::WebSocketFramer::MAX_MESSAGE_SIZE",
        oxws_config_max_message_bytes(config, 64 * 1024 * 1024) == OXWS_OK &&
            oxws_config_max_frame_bytes(config, 0) == OXWS_ERROR_INVALID_ARGUMENT);
    oxws_config_on_close(config, on_close);
    oxws_config_user(config, &seen);
    adapters(loop, config, &seen);
    oxws_config_free(config);
    oxws_loop_free(loop);
    row("ws::WebSocketException", oxws_status_message(OXWS_ERROR_TEXT_UTF8)[0] != '\0');
    row("ws::WebSocketException::hasCloseStatus", oxws_status_close_code(OXWS_ERROR_CLOSED) == 0);
    row("ws::WebSocketException::closeStatus",
        oxws_status_close_code(OXWS_ERROR_TEXT_UTF8) == 1007);
}

void check_icey_classes(void) {
    handshake();
    frames();
    loops();
}
