/* The rows of icy http ws. Errors are raised by an endpoint without I/O that is given what is
 * wrong. */
#include "names.h"

static void constants(void) {
    row("ws::Mode", oxws_role_name(OXWS_ROLE_CLIENT) != NULL && oxws_role_name(3) == NULL);
    row("ws::ServerSide", OXWS_ROLE_SERVER == 2);
    row("ws::ClientSide", OXWS_ROLE_CLIENT == 1);
    row("ws::FrameFlags", (OXWS_FRAME_TEXT & OXWS_FRAME_FLAG_FIN) != 0);
    row("ws::FrameFlags::Fin", OXWS_FRAME_FLAG_FIN == 0x80);
    row("ws::FrameFlags::Rsv1", OXWS_FRAME_FLAG_RSV1 == 0x40);
    row("ws::FrameFlags::Rsv2", OXWS_FRAME_FLAG_RSV2 == 0x20);
    row("ws::FrameFlags::Rsv3", OXWS_FRAME_FLAG_RSV3 == 0x10);
    row("ws::Opcode", strcmp(oxws_opcode_name(OXWS_OPCODE_PONG), "PONG") == 0);
    row("ws::Opcode::Continuation", OXWS_OPCODE_CONTINUATION == 0);
    row("ws::Opcode::Text", OXWS_OPCODE_TEXT == 1);
    row("ws::Opcode::Binary", OXWS_OPCODE_BINARY == 2);
    row("ws::Opcode::Close", OXWS_OPCODE_CLOSE == 8);
    row("ws::Opcode::Ping", OXWS_OPCODE_PING == 9);
    row("ws::Opcode::Pong", OXWS_OPCODE_PONG == 10);
    row("ws::Opcode::Bitmask", OXWS_OPCODE_MASK == 15);
    row("ws::SendFlags", OXWS_FRAME_TEXT != OXWS_FRAME_BINARY);
    row("ws::SendFlags::Text", OXWS_FRAME_TEXT == 0x81);
    row("ws::SendFlags::Binary", OXWS_FRAME_BINARY == 0x82);
    row("ws::ProtocolGuid",
        strcmp(OXWS_PROTOCOL_GUID, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11") == 0 &&
            strcmp(oxws_protocol_guid(), OXWS_PROTOCOL_GUID) == 0);
    row("ws::ProtocolVersion", strcmp(OXWS_PROTOCOL_VERSION, "13") == 0 &&
                                   strcmp(oxws_protocol_version(), OXWS_PROTOCOL_VERSION) == 0);
}

static void close_codes(void) {
    row("ws::CloseStatusCode", is_code(OXWS_CLOSE_BAD_GATEWAY, 1014, 1));
    row("ws::CloseStatusCode::NormalClose", is_code(OXWS_CLOSE_NORMAL, 1000, 1));
    row("ws::CloseStatusCode::EndpointGoingAway", is_code(OXWS_CLOSE_GOING_AWAY, 1001, 1));
    row("ws::CloseStatusCode::ProtocolError", is_code(OXWS_CLOSE_PROTOCOL_ERROR, 1002, 1));
    row("ws::CloseStatusCode::PayloadNotAcceptable", is_code(OXWS_CLOSE_UNSUPPORTED_DATA, 1003, 1));
    row("ws::CloseStatusCode::Reserved", is_code(OXWS_CLOSE_RESERVED_1004, 1004, 0));
    row("ws::CloseStatusCode::ReservedNoStatusCode", is_code(OXWS_CLOSE_NO_STATUS, 1005, 0));
    row("ws::CloseStatusCode::ReservedAbnormalClose", is_code(OXWS_CLOSE_ABNORMAL, 1006, 0));
    row("ws::CloseStatusCode::MalformedPayload", is_code(OXWS_CLOSE_INVALID_PAYLOAD, 1007, 1));
    row("ws::CloseStatusCode::PolicyViolation", is_code(OXWS_CLOSE_POLICY_VIOLATION, 1008, 1));
    row("ws::CloseStatusCode::PayloadTooBig", is_code(OXWS_CLOSE_MESSAGE_TOO_BIG, 1009, 1));
    row("ws::CloseStatusCode::ExtensionRequired", is_code(OXWS_CLOSE_MANDATORY_EXTENSION, 1010, 1));
    row("ws::CloseStatusCode::UnexpectedCondition", is_code(OXWS_CLOSE_INTERNAL_ERROR, 1011, 1));
    row("ws::CloseStatusCode::ReservedTLSFailure", is_code(OXWS_CLOSE_TLS_HANDSHAKE, 1015, 0));
}

static int is_close_state(oxws_close_state state, int32_t number, const char *name) {
    return state == number && strcmp(oxws_close_state_name(state), name) == 0;
}

static void close_states(void) {
    row("ws::CloseState", oxws_close_state_name(4) == NULL);
    row("ws::CloseState::Open", is_close_state(OXWS_CLOSE_STATE_OPEN, 0, "OPEN"));
    row("ws::CloseState::CloseSent", is_close_state(OXWS_CLOSE_STATE_CLOSE_SENT, 1, "CLOSE_SENT"));
    row("ws::CloseState::CloseReceived",
        is_close_state(OXWS_CLOSE_STATE_CLOSE_RECEIVED, 2, "CLOSE_RECEIVED"));
    row("ws::CloseState::Closed", is_close_state(OXWS_CLOSE_STATE_CLOSED, 3, "CLOSED"));
}

#define REQUEST(fields) "GET / HTTP/1.1\r\nHost: tea.example\r\n" fields "\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"

/* How an endpoint ends that receives these bytes. */
static oxws_status ends_with(oxws_protocol *protocol, const void *bytes, size_t len) {
    uint8_t received[1024];
    oxws_status status = OXWS_OK;
    const oxws_event *event;

    memcpy(received, bytes, len);
    oxws_protocol_receive(protocol, received, len, 1);
    while ((event = oxws_protocol_next(protocol)) != NULL) {
        if (oxws_event_get_type(event) == OXWS_EVENT_REQUEST) {
            oxws_protocol_accept(protocol, NULL);
        } else if (oxws_event_get_type(event) == OXWS_EVENT_HTTP_REQUEST) {
            oxws_protocol_deny(protocol, 426, NULL);
        } else if (oxws_event_get_type(event) == OXWS_EVENT_CLOSED) {
            status = oxws_close_info_status(oxws_event_close_info(event));
        }
    }
    return status;
}

static oxws_status server_ends_with(const char *request, const char *frames, size_t frames_len) {
    oxws_config *config = oxws_config_new();
    oxws_protocol *protocol;
    oxws_status status;

    oxws_config_max_frame_bytes(config, 100);
    protocol = oxws_protocol_new_server(config, 0);
    status = ends_with(protocol, request, strlen(request));
    if (frames != NULL) status = ends_with(protocol, frames, frames_len);
    oxws_protocol_free(protocol);
    oxws_config_free(config);
    return status;
}

static oxws_status client_ends_with(const char *response) {
    oxws_config *config = oxws_config_new();
    oxws_protocol *protocol = NULL;
    oxws_status status = oxws_protocol_new_client(config, "ws://127.0.0.1/", 0, &protocol);

    if (status == OXWS_OK) status = ends_with(protocol, response, strlen(response));
    oxws_protocol_free(protocol);
    oxws_config_free(config);
    return status;
}

#define FRAMES(bytes) server_ends_with(REQUEST(UPGRADE KEY VERSION), bytes, sizeof bytes - 1)

static void errors_of_handshakes(void) {
    row("ws::ErrorCode", server_ends_with(REQUEST(UPGRADE KEY VERSION), NULL, 0) == OXWS_OK);
    row("ws::ErrorCode::NoHandshake",
        server_ends_with(REQUEST("Upgrade: tea\r\nConnection: Upgrade\r\n" KEY VERSION), NULL, 0) ==
                OXWS_ERROR_HANDSHAKE_UPGRADE &&
            server_ends_with(REQUEST("Upgrade: websocket\r\n" KEY VERSION), NULL, 0) ==
                OXWS_ERROR_HANDSHAKE_CONNECTION);
    row("ws::ErrorCode::HandshakeNoVersion",
        server_ends_with(REQUEST(UPGRADE KEY), NULL, 0) == OXWS_ERROR_HANDSHAKE_VERSION_MISSING);
    row("ws::ErrorCode::HandshakeUnsupportedVersion",
        server_ends_with(REQUEST(UPGRADE KEY "Sec-WebSocket-Version: 12\r\n"), NULL, 0) ==
            OXWS_ERROR_HANDSHAKE_VERSION);
    row("ws::ErrorCode::HandshakeNoKey",
        server_ends_with(REQUEST(UPGRADE VERSION), NULL, 0) == OXWS_ERROR_HANDSHAKE_KEY);
    row("ws::ErrorCode::HandshakeAccept",
        client_ends_with("HTTP/1.1 101 Switching Protocols\r\n" UPGRADE
                         "Sec-WebSocket-Accept: x\r\n\r\n") == OXWS_ERROR_HANDSHAKE_ACCEPT);
    row("ws::ErrorCode::Unauthorized",
        client_ends_with("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") ==
            OXWS_ERROR_HANDSHAKE_UNAUTHORIZED);
}

static void errors_of_frames(void) {
    uint8_t buffer[4], first_byte, key[4], header_len_and_more[2] = {0x81, 0x85};
    size_t len;
    uint64_t payload_len;

    row("ws::ErrorCode::PayloadTooBig",
        FRAMES("\x82\xFE\x01\x00\x00\x00\x00\x00") == OXWS_ERROR_FRAME_TOO_BIG &&
            oxws_frame_write(OXWS_FRAME_TEXT, "Hello", 5, NULL, buffer, sizeof buffer, &len) ==
                OXWS_ERROR_BUFFER_TOO_SMALL);
    row("ws::ErrorCode::IncompleteFrame",
        oxws_frame_decode_header(header_len_and_more, 2, OXWS_ROLE_SERVER, 0, &first_byte,
                                 &payload_len, key, &len) == OXWS_ERROR_FRAME_INCOMPLETE);
    row("ws::ErrorCode::InvalidRsvBits",
        FRAMES("\xC1\x80\x00\x00\x00\x00") == OXWS_ERROR_RESERVED_BITS);
    row("ws::ErrorCode::InvalidOpcode",
        FRAMES("\x83\x80\x00\x00\x00\x00") == OXWS_ERROR_RESERVED_OPCODE);
    row("ws::ErrorCode::UnmaskedClientFrame", FRAMES("\x81\x00") == OXWS_ERROR_MASK_MISSING);
    row("ws::ErrorCode::ProtocolViolation",
        FRAMES("\x89\xFE\x00\x7E\x00\x00\x00\x00") == OXWS_ERROR_CONTROL_TOO_LONG &&
            FRAMES("\x09\x80\x00\x00\x00\x00") == OXWS_ERROR_CONTROL_FRAGMENTED &&
            FRAMES("\x80\x80\x00\x00\x00\x00") == OXWS_ERROR_UNEXPECTED_CONTINUATION &&
            FRAMES("\x01\x80\x00\x00\x00\x00\x81\x80\x00\x00\x00\x00") ==
                OXWS_ERROR_EXPECTED_CONTINUATION);
}

void check_icey(void) {
    constants();
    close_codes();
    close_states();
    errors_of_handshakes();
    errors_of_frames();
    check_icey_classes();
}
