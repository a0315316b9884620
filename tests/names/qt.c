/* The rows of QWebSocketProtocol. */
#include "names.h"

static void close_codes(void) {
    row("QWebSocketProtocol::CloseCode", oxws_close_code_is_sendable(4999) == 1);
    row("QWebSocketProtocol::CloseCodeNormal", is_code(OXWS_CLOSE_NORMAL, 1000, 1));
    row("QWebSocketProtocol::CloseCodeGoingAway", is_code(OXWS_CLOSE_GOING_AWAY, 1001, 1));
    row("QWebSocketProtocol::CloseCodeProtocolError", is_code(OXWS_CLOSE_PROTOCOL_ERROR, 1002, 1));
    row("QWebSocketProtocol::CloseCodeDatatypeNotSupported",
        is_code(OXWS_CLOSE_UNSUPPORTED_DATA, 1003, 1));
    row("QWebSocketProtocol::CloseCodeReserved1004", is_code(OXWS_CLOSE_RESERVED_1004, 1004, 0));
    row("QWebSocketProtocol::CloseCodeMissingStatusCode", is_code(OXWS_CLOSE_NO_STATUS, 1005, 0));
    row("QWebSocketProtocol::CloseCodeAbnormalDisconnection",
        is_code(OXWS_CLOSE_ABNORMAL, 1006, 0));
    row("QWebSocketProtocol::CloseCodeWrongDatatype", is_code(OXWS_CLOSE_INVALID_PAYLOAD, 1007, 1));
    row("QWebSocketProtocol::CloseCodePolicyViolated",
        is_code(OXWS_CLOSE_POLICY_VIOLATION, 1008, 1));
    row("QWebSocketProtocol::CloseCodeTooMuchData", is_code(OXWS_CLOSE_MESSAGE_TOO_BIG, 1009, 1));
    row("QWebSocketProtocol::CloseCodeMissingExtension",
        is_code(OXWS_CLOSE_MANDATORY_EXTENSION, 1010, 1));
    row("QWebSocketProtocol::CloseCodeBadOperation", is_code(OXWS_CLOSE_INTERNAL_ERROR, 1011, 1));
    row("QWebSocketProtocol::CloseCodeTlsHandshakeFailed",
        is_code(OXWS_CLOSE_TLS_HANDSHAKE, 1015, 0));
}

/* Whether a version is this number, is written so, and is spoken or not. */
static int is_version(oxws_version version, int32_t number, const char *text, int is_supported) {
    return version == number && oxws_version_from_string(text) == version &&
           oxws_version_is_supported(version) == is_supported && oxws_version_name(version) != NULL;
}

static void versions(void) {
    row("QWebSocketProtocol", oxws_version_count() == 7);
    row("QWebSocketProtocol::Version", oxws_version_at(0) == OXWS_VERSION_V0);
    row("QWebSocketProtocol::VersionUnknown",
        OXWS_VERSION_UNKNOWN == -1 && !oxws_version_is_supported(OXWS_VERSION_UNKNOWN));
    row("QWebSocketProtocol::Version0", is_version(OXWS_VERSION_V0, 0, "0", 0));
    row("QWebSocketProtocol::Version4", is_version(OXWS_VERSION_V4, 4, "4", 0));
    row("QWebSocketProtocol::Version5", is_version(OXWS_VERSION_V5, 5, "5", 0));
    row("QWebSocketProtocol::Version6", is_version(OXWS_VERSION_V6, 6, "6", 0));
    row("QWebSocketProtocol::Version7", is_version(OXWS_VERSION_V7, 7, "7", 1));
    row("QWebSocketProtocol::Version8", is_version(OXWS_VERSION_V8, 8, "8", 1));
    row("QWebSocketProtocol::Version13", is_version(OXWS_VERSION_V13, 13, "13", 1));
    row("QWebSocketProtocol::VersionLatest", is_version(OXWS_VERSION_LATEST, 13, "13", 1));
}

static int is_opcode(oxws_opcode opcode, int32_t number, int is_control, int is_reserved) {
    return opcode == number && oxws_opcode_name(opcode) != NULL &&
           oxws_opcode_is_control(opcode) == is_control &&
           oxws_opcode_is_reserved(opcode) == is_reserved;
}

static void opcodes(void) {
    row("QWebSocketProtocol::OpCode", oxws_opcode_name(16) == NULL);
    row("QWebSocketProtocol::OpCodeContinue", is_opcode(OXWS_OPCODE_CONTINUATION, 0, 0, 0));
    row("QWebSocketProtocol::OpCodeText", is_opcode(OXWS_OPCODE_TEXT, 1, 0, 0));
    row("QWebSocketProtocol::OpCodeBinary", is_opcode(OXWS_OPCODE_BINARY, 2, 0, 0));
    row("QWebSocketProtocol::OpCodeReserved3", is_opcode(OXWS_OPCODE_RESERVED_3, 3, 0, 1));
    row("QWebSocketProtocol::OpCodeReserved4", is_opcode(OXWS_OPCODE_RESERVED_4, 4, 0, 1));
    row("QWebSocketProtocol::OpCodeReserved5", is_opcode(OXWS_OPCODE_RESERVED_5, 5, 0, 1));
    row("QWebSocketProtocol::OpCodeReserved6", is_opcode(OXWS_OPCODE_RESERVED_6, 6, 0, 1));
    row("QWebSocketProtocol::OpCodeReserved7", is_opcode(OXWS_OPCODE_RESERVED_7, 7, 0, 1));
    row("QWebSocketProtocol::OpCodeClose", is_opcode(OXWS_OPCODE_CLOSE, 8, 1, 0));
    row("QWebSocketProtocol::OpCodePing", is_opcode(OXWS_OPCODE_PING, 9, 1, 0));
    row("QWebSocketProtocol::OpCodePong", is_opcode(OXWS_OPCODE_PONG, 10, 1, 0));
    row("QWebSocketProtocol::OpCodeReservedB", is_opcode(OXWS_OPCODE_RESERVED_11, 11, 1, 1));
    row("QWebSocketProtocol::OpCodeReservedC", is_opcode(OXWS_OPCODE_RESERVED_12, 12, 1, 1));
    row("QWebSocketProtocol::OpCodeReservedD", is_opcode(OXWS_OPCODE_RESERVED_13, 13, 1, 1));
    row("QWebSocketProtocol::OpCodeReservedE", is_opcode(OXWS_OPCODE_RESERVED_14, 14, 1, 1));
    row("QWebSocketProtocol::OpCodeReservedF", is_opcode(OXWS_OPCODE_RESERVED_15, 15, 1, 1));
}

static void functions(void) {
    static const uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D}; /* RFC 6455 section 5.7 */
    uint8_t hello[] = {0x7F, 0x9F, 0x4D, 0x51, 0x58};
    oxws_loop *loop = oxws_loop_new();

    row("QWebSocketProtocol::isOpCodeReserved",
        oxws_opcode_is_reserved(3) == 1 && oxws_opcode_is_reserved(2) == 0 &&
            oxws_opcode_is_reserved(11) == 1 && oxws_opcode_is_reserved(10) == 0);
    row("QWebSocketProtocol::isCloseCodeValid",
        oxws_close_code_is_sendable(999) == 0 && oxws_close_code_is_sendable(1014) == 1 &&
            oxws_close_code_is_sendable(2999) == 0 && oxws_close_code_is_sendable(3000) == 1 &&
            oxws_close_code_is_sendable(5000) == 0);
    row("QWebSocketProtocol::currentVersion",
        OXWS_VERSION_LATEST == 13 && strcmp(oxws_protocol_version(), "13") == 0);
    row("QWebSocketProtocol::versionFromString",
        oxws_version_from_string("8") == OXWS_VERSION_V8 &&
            oxws_version_from_string("1") == OXWS_VERSION_UNKNOWN &&
            oxws_version_from_string("") == OXWS_VERSION_UNKNOWN);
    row("QWebSocketProtocol::mask", oxws_mask(hello, 2, key, 0) == OXWS_OK &&
                                        oxws_mask(hello + 2, 3, key, 2) == OXWS_OK &&
                                        memcmp(hello, "Hello", 5) == 0);
    row("QWebSocket::close", oxws_close(loop, 1, 1000, NULL) == OXWS_ERROR_NOT_FOUND);
    oxws_loop_free(loop);
}

void check_qt(void) {
    close_codes();
    versions();
    opcodes();
    functions();
}
