// The spellings of QWebSocketProtocol, for programs that come from Qt. Included by <oxws.hpp>.
#ifndef OXWS_QT_HPP
#define OXWS_QT_HPP

#include <oxws.h>

namespace oxws {
/// The enumerators of Qt's QWebSocketProtocol under their names and with their numbers. Unscoped as
/// there: `oxws::qt::CloseCodeNormal`.
namespace qt {

/// As QWebSocketProtocol::CloseCode. What a value means: see `oxws::CloseCode`.
enum CloseCode {
    CloseCodeNormal = OXWS_CLOSE_NORMAL,                          ///< 1000
    CloseCodeGoingAway = OXWS_CLOSE_GOING_AWAY,                   ///< 1001
    CloseCodeProtocolError = OXWS_CLOSE_PROTOCOL_ERROR,           ///< 1002
    CloseCodeDatatypeNotSupported = OXWS_CLOSE_UNSUPPORTED_DATA,  ///< 1003
    CloseCodeReserved1004 = OXWS_CLOSE_RESERVED_1004,             ///< 1004
    CloseCodeMissingStatusCode = OXWS_CLOSE_NO_STATUS,            ///< 1005
    CloseCodeAbnormalDisconnection = OXWS_CLOSE_ABNORMAL,         ///< 1006
    CloseCodeWrongDatatype = OXWS_CLOSE_INVALID_PAYLOAD,          ///< 1007
    CloseCodePolicyViolated = OXWS_CLOSE_POLICY_VIOLATION,        ///< 1008
    CloseCodeTooMuchData = OXWS_CLOSE_MESSAGE_TOO_BIG,            ///< 1009
    CloseCodeMissingExtension = OXWS_CLOSE_MANDATORY_EXTENSION,   ///< 1010
    CloseCodeBadOperation = OXWS_CLOSE_INTERNAL_ERROR,            ///< 1011
    CloseCodeTlsHandshakeFailed = OXWS_CLOSE_TLS_HANDSHAKE,       ///< 1015
};

/// As QWebSocketProtocol::Version. What a value means: see `oxws::Version`.
enum Version {
    VersionUnknown = OXWS_VERSION_UNKNOWN, ///< -1
    Version0 = OXWS_VERSION_V0,            ///< 0
    Version4 = OXWS_VERSION_V4,            ///< 4
    Version5 = OXWS_VERSION_V5,            ///< 5
    Version6 = OXWS_VERSION_V6,            ///< 6
    Version7 = OXWS_VERSION_V7,            ///< 7
    Version8 = OXWS_VERSION_V8,            ///< 8
    Version13 = OXWS_VERSION_V13,          ///< 13
    VersionLatest = OXWS_VERSION_LATEST,   ///< 13
};

} // namespace qt
} // namespace oxws

#endif
