/*
 * oxws: WebSocket (RFC 6455) client and server.
 *
 * This header is the reference manual. It is generated from the library's source; do not edit it.
 *
 * THE SHAPE. An `oxws_loop` owns sockets and connections. A program configures callbacks in an
 * `oxws_config`, calls `oxws_listen` or `oxws_connect`, and runs the loop. Only `oxws_loop_poll`,
 * `oxws_loop_run`, `oxws_loop_free` and, for tests, `oxws_test_advance_ms` run callbacks; every other
 * function returns without calling anything back, so that all of them may be called inside callbacks
 * unless their text says otherwise.
 *
 * ORDER. For each connection: `on_request` or `on_http_request` (server), `on_connecting` and
 * `on_response` (client), then `on_open`, then `on_message` or `on_chunk`, `on_ping`, `on_pong` and
 * `on_writable` as they come, and `on_close` exactly once and last. A connection that the program
 * has been told of, by one of these callbacks or by `oxws_connect` and its like, always gets its
 * `on_close`; after it, its id is stale. A function that returns an error calls nothing back.
 *
 * RESULTS. Every function that can fail returns an `oxws_status`: `OXWS_OK` (0), or a negative
 * `OXWS_ERROR_...`. Outputs are written only on success, apart from the length of a text that does
 * not fit into its buffer. `oxws_status_message` gives a sentence. Every function takes NULL handles,
 * stale ids and unknown numbers, and answers with a status. Besides what its text names, it may give
 * OXWS_ERROR_NULL_ARGUMENT, with a loop OXWS_ERROR_WRONG_THREAD and OXWS_ERROR_FORKED, and after a
 * fault of the library itself OXWS_ERROR_PANIC, from then on OXWS_ERROR_POISONED.
 *
 * OWNERSHIP. What is passed in is copied before the function returns, where its text does not say
 * that it is lent. What is passed to a callback is lent until it returns. `X_new` is undone by
 * exactly one `X_free`; `X_free(NULL)` does nothing. A connection, listener, timer or watch is a
 * number that is never used twice; 0 is never valid.
 *
 * POINTERS. A handle is NULL or has not been freed; a pointer with a length points to so many bytes; a
 * pointer for an output is NULL or writable. NULL where something is needed gives
 * OXWS_ERROR_NULL_ARGUMENT, a length beyond PTRDIFF_MAX OXWS_ERROR_INVALID_ARGUMENT. What may be left
 * out, the function says.
 *
 * TEXT. A `const char *` parameter without a length is NUL-terminated UTF-8, and so are the texts of
 * the library itself. Whatever came from the network is a pointer and a length, without a NUL.
 *
 * THREADS. A loop belongs to the thread that made it, until `oxws_loop_attach` moves it. The last
 * line of each function's text is its class:
 *   "Thread: the loop's."      only there; elsewhere OXWS_ERROR_WRONG_THREAD. A request or a response
 *                              that an `oxws_protocol` or a cloned `oxws_close_info` lends belongs to
 *                              no loop: one at a time, as they.
 *   "Thread: any."             at once on the loop's thread; from another thread what it asks for is
 *                              copied to the loop's mailbox and done soon (see below).
 *   "Thread: any, signal-safe." may be called in a signal handler too.
 *   "Thread: one at a time."   any thread, but no two at once with the same object.
 *
 * THE MAILBOX. From another thread only the arguments are checked, and OXWS_OK means that they were
 * accepted: that a connection is not open, or has ended, is not reported, and what was meant for it is
 * dropped. The mailbox holds 16 MiB and 65,536 commands, of which 1 MiB and one message for one
 * connection, and as much again for what is no message; beyond that OXWS_ERROR_WOULD_EXCEED. Whoever
 * was refused a send is told by `on_writable` on the loop's thread when there is room. What waits in
 * the mailbox comes on top of what `oxws_config_max_queued_bytes` allows.
 *
 * MEMORY. What a peer or a caller gives the size of is asked for, and refused if it cannot be had. A
 * small block of fixed size that cannot be had ends the process, as in most programs.
 *
 * AFTER fork(), the child may only free a loop that it inherited; all else gives OXWS_ERROR_FORKED.
 *
 * CALLBACKS must return: an exception or longjmp through the library is undefined behaviour. The
 * library writes to no stream, installs no signal handler, raises no SIGPIPE, reads no environment.
 */

#ifndef OXWS_H
#define OXWS_H

#include <stddef.h>
#include <stdint.h>

/// The major version of this header.
#define OXWS_LIBRARY_VERSION_MAJOR 0
/// The minor version of this header.
#define OXWS_LIBRARY_VERSION_MINOR 1
/// The patch of this header.
#define OXWS_LIBRARY_VERSION_PATCH 0
/// The version of this header as a number: major << 16 | minor << 8 | patch.
#define OXWS_LIBRARY_VERSION_NUMBER 0x000100
/// The version of this header as text.
#define OXWS_LIBRARY_VERSION "0.1.0"

/** What a server appends to the key of a request before it hashes it (RFC 6455 section 1.3). */
#define OXWS_PROTOCOL_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/** The newest version, as the Sec-WebSocket-Version field carries it. */
#define OXWS_PROTOCOL_VERSION "13"

/// The newest version.
#define OXWS_VERSION_LATEST 13

/// The most bytes that the payload of a control frame can have (RFC 6455 section 5.5).
#define OXWS_MAX_CONTROL_BYTES 125

/// The most bytes that a close reason can have: a control frame's less the code.
#define OXWS_MAX_REASON_BYTES 123

/// The most bytes that the header of a frame can have: two, a 64-bit length and a key.
#define OXWS_MAX_FRAME_HEADER_BYTES 14

/// The bits of a frame's first byte that are its opcode: 0x0F.
#define OXWS_OPCODE_MASK 15

/// The first byte of a text message in one frame: 0x81.
#define OXWS_FRAME_TEXT 129

/// The first byte of a binary message in one frame: 0x82.
#define OXWS_FRAME_BINARY 130

/// The type of a message (RFC 6455 section 5.6).
enum oxws_message_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// UTF-8 text. What is received is checked; what is sent must be.
    OXWS_MESSAGE_TEXT = 1,
    /// Arbitrary bytes.
    OXWS_MESSAGE_BINARY = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_message_type oxws_message_type;
#else
typedef int32_t oxws_message_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How far a connection has come.
enum oxws_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Client: the name is being looked up.
    OXWS_STATE_RESOLVING = 1,
    /// Client: an address is being tried.
    OXWS_STATE_CONNECTING = 2,
    /// The TLS handshake has not ended.
    OXWS_STATE_TLS = 3,
    /// Client: a proxy has been asked for the way and has not answered.
    OXWS_STATE_PROXY = 4,
    /// The opening handshake has not ended.
    OXWS_STATE_HANDSHAKE = 5,
    /// Messages can be sent.
    OXWS_STATE_OPEN = 6,
    /// A Close frame has been sent or received.
    OXWS_STATE_CLOSING = 7,
    /// It has ended, and `on_close` will be called.
    OXWS_STATE_CLOSED = 8,
    /// Client: it has ended, and waits to be made once more (`oxws_config_reconnect`).
    OXWS_STATE_WAITING = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_state oxws_state;
#else
typedef int32_t oxws_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How far the closing handshake of a connection has come (RFC 6455 section 7.1).
enum oxws_close_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// No Close frame has passed.
    OXWS_CLOSE_STATE_OPEN = 0,
    /// This side has sent its Close frame and waits for the peer's.
    OXWS_CLOSE_STATE_CLOSE_SENT = 1,
    /// The peer's Close frame has come; the answer waits to be written.
    OXWS_CLOSE_STATE_CLOSE_RECEIVED = 2,
    /// The connection has ended, with a closing handshake or without.
    OXWS_CLOSE_STATE_CLOSED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_close_state oxws_close_state;
#else
typedef int32_t oxws_close_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// A version of the protocol. 13 is RFC 6455, and the one that is spoken; 8 and 7 are too, where a config
/// asks for them.
enum oxws_version
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// No version, or one that no draft defines.
    OXWS_VERSION_UNKNOWN = -1,
    /// hixie-76 and hybi-00.
    OXWS_VERSION_V0 = 0,
    /// hybi-04.
    OXWS_VERSION_V4 = 4,
    /// hybi-05.
    OXWS_VERSION_V5 = 5,
    /// hybi-06.
    OXWS_VERSION_V6 = 6,
    /// hybi-07.
    OXWS_VERSION_V7 = 7,
    /// hybi-08 to hybi-12.
    OXWS_VERSION_V8 = 8,
    /// hybi-13 to hybi-17 and RFC 6455.
    OXWS_VERSION_V13 = 13,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_version oxws_version;
#else
typedef int32_t oxws_version;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Who began to close a connection.
enum oxws_initiator
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nobody: no Close frame passed.
    OXWS_INITIATOR_NONE = 0,
    /// This side sent the first Close frame.
    OXWS_INITIATOR_LOCAL = 1,
    /// The peer sent the first Close frame.
    OXWS_INITIATOR_REMOTE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_initiator oxws_initiator;
#else
typedef int32_t oxws_initiator;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a connection was doing when it ended.
enum oxws_stage
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nothing: there is no connection.
    OXWS_STAGE_NONE = 0,
    /// Client: the name was being looked up.
    OXWS_STAGE_RESOLVE = 1,
    /// Client: an address was being tried.
    OXWS_STAGE_CONNECT = 2,
    /// The TLS handshake had not ended.
    OXWS_STAGE_TLS = 3,
    /// Client: a proxy had been asked for the way.
    OXWS_STAGE_PROXY = 4,
    /// The opening handshake had not ended, or an ordinary HTTP request was dealt with.
    OXWS_STAGE_HANDSHAKE = 5,
    /// Messages passed.
    OXWS_STAGE_OPEN = 6,
    /// A Close frame had been sent or received.
    OXWS_STAGE_CLOSING = 7,
    /// Client: it had ended before, and waited to come back (`oxws_config_reconnect`).
    OXWS_STAGE_WAITING = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_stage oxws_stage;
#else
typedef int32_t oxws_stage;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Which deadline ended a connection; each is set by a function of the config.
enum oxws_timeout
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// None.
    OXWS_TIMEOUT_NONE = 0,
    /// `oxws_config_handshake_timeout_ms`, once the connection was made.
    OXWS_TIMEOUT_HANDSHAKE = 1,
    /// `oxws_config_handshake_timeout_ms`, before the connection was made.
    OXWS_TIMEOUT_CONNECT = 2,
    /// `oxws_config_pong_timeout_ms`.
    OXWS_TIMEOUT_PONG = 3,
    /// `oxws_config_idle_timeout_ms`.
    OXWS_TIMEOUT_IDLE = 4,
    /// `oxws_config_close_timeout_ms`.
    OXWS_TIMEOUT_CLOSE = 5,
    /// `oxws_config_write_stall_timeout_ms`.
    OXWS_TIMEOUT_WRITE_STALL = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_timeout oxws_timeout;
#else
typedef int32_t oxws_timeout;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a client that wants to stay connected does after a close code.
enum oxws_reconnect
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It does not come back by itself: the same would happen again, as after 1002, 1003, 1007 to 1010
    /// and 1015, or nothing is left to do, as after 1000 and 1005, or only the two programs know what
    /// the code means.
    OXWS_RECONNECT_NEVER = 0,
    /// It comes back at once, and backs off if that fails: after 1001, as others may serve the address.
    OXWS_RECONNECT_NOW = 1,
    /// It waits a random time before it comes back, at first up to 5 seconds, longer after each failure
    /// (RFC 6455 section 7.2.3): after 1006, 1011 to 1014 and 3008. After 1012 the registry asks for 5
    /// to 30 seconds.
    OXWS_RECONNECT_BACK_OFF = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_reconnect oxws_reconnect;
#else
typedef int32_t oxws_reconnect;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Who may send a close code.
enum oxws_close_sender
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Nobody: it is only reported, or reserved, or no close code at all.
    OXWS_CLOSE_SENDER_NOBODY = 0,
    /// Clients and servers.
    OXWS_CLOSE_SENDER_EITHER = 1,
    /// Clients alone.
    OXWS_CLOSE_SENDER_CLIENT = 2,
    /// Servers alone.
    OXWS_CLOSE_SENDER_SERVER = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_close_sender oxws_close_sender;
#else
typedef int32_t oxws_close_sender;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Whom a close code belongs to (RFC 6455 section 7.4.2).
enum oxws_close_range
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// 0 to 999 and from 5000 on: never a close code.
    OXWS_CLOSE_RANGE_INVALID = 0,
    /// 1000 to 2999: the protocol and its extensions.
    OXWS_CLOSE_RANGE_PROTOCOL = 1,
    /// 3000 to 3999: libraries and frameworks, which register theirs with IANA.
    OXWS_CLOSE_RANGE_LIBRARY = 2,
    /// 4000 to 4999: whatever a client and its server agree on.
    OXWS_CLOSE_RANGE_PRIVATE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_close_range oxws_close_range;
#else
typedef int32_t oxws_close_range;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How a server proves that it has understood the opening request.
enum oxws_key_scheme
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The version is unknown.
    OXWS_KEY_SCHEME_NONE = 0,
    /// The MD5 of two numbers hidden in fields and of eight bytes behind the head.
    OXWS_KEY_SCHEME_TWO_KEYS_MD5 = 1,
    /// The SHA-1 of the key; a nonce of the server goes into the masking.
    OXWS_KEY_SCHEME_KEY_NONCE_SHA1 = 2,
    /// The SHA-1 of the key.
    OXWS_KEY_SCHEME_KEY_SHA1 = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_key_scheme oxws_key_scheme;
#else
typedef int32_t oxws_key_scheme;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How a client masks its frames.
enum oxws_mask_scheme
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Not at all, or the version is unknown.
    OXWS_MASK_SCHEME_NONE = 0,
    /// With a key for each frame that is derived by SHA-1 from the keys of the handshake.
    OXWS_MASK_SCHEME_KEY_SHA1 = 1,
    /// With a key that the frame carries.
    OXWS_MASK_SCHEME_XOR = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_mask_scheme oxws_mask_scheme;
#else
typedef int32_t oxws_mask_scheme;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How messages are framed.
enum oxws_frame_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Text between a 0x00 and a 0xFF byte.
    OXWS_FRAME_FORMAT_SENTINEL = 0,
    /// Today's lengths with other opcodes: 1 close, 2 ping, 3 pong, 4 text, 5 binary.
    OXWS_FRAME_FORMAT_EARLY = 1,
    /// Today's frames.
    OXWS_FRAME_FORMAT_CURRENT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_frame_format oxws_frame_format;
#else
typedef int32_t oxws_frame_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What happened.
enum oxws_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// There is no event.
    OXWS_EVENT_NONE = 0,
    /// Server: a client asks for a WebSocket; see `oxws_protocol_accept`.
    OXWS_EVENT_REQUEST = 1,
    /// Server: an ordinary HTTP request; see `oxws_protocol_respond`.
    OXWS_EVENT_HTTP_REQUEST = 2,
    /// Client: the server has answered, with 101 or with a refusal that ends the connection.
    OXWS_EVENT_RESPONSE = 3,
    /// The opening handshake has ended well.
    OXWS_EVENT_OPEN = 4,
    /// A whole message.
    OXWS_EVENT_MESSAGE = 5,
    /// A ping, which has been answered unless `oxws_config_auto_pong` says otherwise.
    OXWS_EVENT_PING = 6,
    /// A pong.
    OXWS_EVENT_PONG = 7,
    /// The connection has ended; nothing follows. It is the last event of each endpoint.
    OXWS_EVENT_CLOSED = 8,
    /// A piece of a message; instead of whole messages if the config has an `on_chunk`.
    OXWS_EVENT_CHUNK = 9,
    /// Client: the request is about to be written, which the next call of `oxws_protocol_next` does; if
    /// the config has an `on_connecting`.
    OXWS_EVENT_CONNECTING = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_event_type oxws_event_type;
#else
typedef int32_t oxws_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What went wrong. Negative, in groups of a hundred; 0 is success and is no error.
enum oxws_error
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// An argument is out of range, not of a known kind, or does not go with the others.
    OXWS_ERROR_INVALID_ARGUMENT = -100,
    /// A pointer that must not be NULL is NULL.
    OXWS_ERROR_NULL_ARGUMENT = -101,
    /// The function belongs to the loop's thread and was called on another; `oxws_loop_attach` moves the loop.
    OXWS_ERROR_WRONG_THREAD = -102,
    /// The call is not possible inside a callback of the same loop, as freeing or polling it is.
    OXWS_ERROR_BUSY = -103,
    /// A string or text message that was passed in is not UTF-8.
    OXWS_ERROR_INVALID_UTF8 = -104,
    /// The URL cannot be read, or has a part that is not allowed there.
    OXWS_ERROR_INVALID_URL = -105,
    /// A close reason has more than 123 bytes, or a ping more than 125, or a name is beyond its limit.
    OXWS_ERROR_TOO_LONG = -106,
    /// A field name is not a token, or a value has a control character, or the library writes that field itself.
    OXWS_ERROR_INVALID_HEADER = -107,
    /// The subprotocol that was chosen is not among those that the client offered.
    OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED = -108,
    /// The feature is not part of this build or platform.
    OXWS_ERROR_UNSUPPORTED = -109,
    /// The connection is not in a state where the call makes sense, such as accepting it twice.
    OXWS_ERROR_INVALID_STATE = -110,
    /// The close code may not be sent: it must be 1000 to 1003, 1007 to 1014 or 3000 to 4999.
    OXWS_ERROR_INVALID_CLOSE_CODE = -111,
    /// The process is a child of the one that made the loop; only freeing it is allowed.
    OXWS_ERROR_FORKED = -112,
    /// A subprotocol is not a token of RFC 6455 section 4.1, or is listed twice.
    OXWS_ERROR_INVALID_SUBPROTOCOL = -113,
    /// Something else has this code or name already.
    OXWS_ERROR_DUPLICATE = -114,
    /// The buffer of the caller is too small for the result.
    OXWS_ERROR_BUFFER_TOO_SMALL = -115,
    /// The connection is closing or closed.
    OXWS_ERROR_CLOSED = -200,
    /// The id is unknown: what it named is gone, or never was.
    OXWS_ERROR_NOT_FOUND = -201,
    /// The limit on bytes waiting to be sent would be passed; nothing was queued.
    OXWS_ERROR_WOULD_EXCEED = -202,
    /// The opening handshake has not ended yet.
    OXWS_ERROR_NOT_OPEN = -203,
    /// The connection was given up by this side before it was open, or aborted.
    OXWS_ERROR_CANCELLED = -204,
    /// The loop was freed while the connection lived.
    OXWS_ERROR_LOOP_FREED = -205,
    /// The descriptor was given back to the program, which goes on with it.
    OXWS_ERROR_DETACHED = -206,
    /// The bytes are not an HTTP/1.1 head (RFC 9112).
    OXWS_ERROR_HANDSHAKE_MALFORMED = -300,
    /// The method is not GET (RFC 6455 section 4.1).
    OXWS_ERROR_HANDSHAKE_METHOD = -301,
    /// The version is not HTTP/1.1 (RFC 6455 section 4.1).
    OXWS_ERROR_HANDSHAKE_HTTP_VERSION = -302,
    /// The Host field is missing, repeated or malformed (RFC 9112 section 3.2).
    OXWS_ERROR_HANDSHAKE_HOST = -303,
    /// The Upgrade field is missing or does not name websocket (RFC 6455 section 4.2.1).
    OXWS_ERROR_HANDSHAKE_UPGRADE = -304,
    /// The Connection field does not name Upgrade (RFC 6455 section 4.2.1).
    OXWS_ERROR_HANDSHAKE_CONNECTION = -305,
    /// Sec-WebSocket-Key is missing, repeated or does not decode to 16 bytes (RFC 6455 section 4.2.1).
    OXWS_ERROR_HANDSHAKE_KEY = -306,
    /// The request is of a version that is not spoken, or names several (RFC 6455 section 4.4).
    OXWS_ERROR_HANDSHAKE_VERSION = -307,
    /// The Origin is not allowed (RFC 6455 section 10.2).
    OXWS_ERROR_HANDSHAKE_ORIGIN = -308,
    /// An opening request has a body.
    OXWS_ERROR_HANDSHAKE_BODY = -309,
    /// The request line is longer than the limit.
    OXWS_ERROR_HANDSHAKE_URI_TOO_LONG = -310,
    /// The head, one of its lines or their number is beyond the limit.
    OXWS_ERROR_HANDSHAKE_HEAD_TOO_LARGE = -311,
    /// The opening handshake did not end before its deadline.
    OXWS_ERROR_HANDSHAKE_TIMEOUT = -312,
    /// The application of this side denied the request.
    OXWS_ERROR_HANDSHAKE_DENIED = -313,
    /// The server answered with a status other than 101.
    OXWS_ERROR_HANDSHAKE_STATUS = -314,
    /// Sec-WebSocket-Accept is missing, repeated or wrong (RFC 6455 section 4.1).
    OXWS_ERROR_HANDSHAKE_ACCEPT = -315,
    /// The subprotocol field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    OXWS_ERROR_HANDSHAKE_SUBPROTOCOL = -316,
    /// The extensions field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    OXWS_ERROR_HANDSHAKE_EXTENSION = -317,
    /// The server has as many connections as it may have.
    OXWS_ERROR_HANDSHAKE_TOO_MANY_CONNECTIONS = -318,
    /// An ordinary request came to an address that only speaks WebSocket.
    OXWS_ERROR_HANDSHAKE_UPGRADE_REQUIRED = -319,
    /// The server sent more interim responses than the limit.
    OXWS_ERROR_HANDSHAKE_INTERIM = -320,
    /// Sec-WebSocket-Version is missing (RFC 6455 section 4.2.1).
    OXWS_ERROR_HANDSHAKE_VERSION_MISSING = -321,
    /// The server wants credentials, or others: it answered 401 or 407.
    OXWS_ERROR_HANDSHAKE_UNAUTHORIZED = -322,
    /// The PROXY header of a connection is missing or malformed, or its sender may not send one.
    OXWS_ERROR_HANDSHAKE_PROXY_HEADER = -323,
    /// A reserved bit is set that no extension defines (RFC 6455 section 5.2).
    OXWS_ERROR_RESERVED_BITS = -400,
    /// The opcode is reserved (RFC 6455 section 5.2).
    OXWS_ERROR_RESERVED_OPCODE = -401,
    /// A frame from a client is not masked (RFC 6455 section 5.1).
    OXWS_ERROR_MASK_MISSING = -402,
    /// A frame from a server is masked (RFC 6455 section 5.1).
    OXWS_ERROR_MASK_UNEXPECTED = -403,
    /// The length is not in its shortest form (RFC 6455 section 5.2).
    OXWS_ERROR_LENGTH_NOT_MINIMAL = -404,
    /// The most significant bit of a 64-bit length is set (RFC 6455 section 5.2).
    OXWS_ERROR_LENGTH_TOP_BIT = -405,
    /// A control frame has more than 125 bytes (RFC 6455 section 5.5).
    OXWS_ERROR_CONTROL_TOO_LONG = -406,
    /// A control frame is fragmented (RFC 6455 section 5.5).
    OXWS_ERROR_CONTROL_FRAGMENTED = -407,
    /// A continuation frame has no message to go on with (RFC 6455 section 5.4).
    OXWS_ERROR_UNEXPECTED_CONTINUATION = -408,
    /// A message begins inside another (RFC 6455 section 5.4).
    OXWS_ERROR_EXPECTED_CONTINUATION = -409,
    /// A Close frame has a payload of one byte (RFC 6455 section 5.5.1).
    OXWS_ERROR_CLOSE_PAYLOAD_LENGTH = -410,
    /// A Close frame carries a code that may not stand on the wire (RFC 6455 section 7.4).
    OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED = -411,
    /// The reason of a Close frame is not UTF-8 (RFC 6455 section 5.5.1).
    OXWS_ERROR_CLOSE_REASON_UTF8 = -412,
    /// A text message is not UTF-8 (RFC 6455 section 8.1).
    OXWS_ERROR_TEXT_UTF8 = -413,
    /// There are fewer bytes than the frame has.
    OXWS_ERROR_FRAME_INCOMPLETE = -414,
    /// A compressed message is damaged (RFC 7692 section 7.2.2).
    OXWS_ERROR_COMPRESSED_DATA = -415,
    /// A frame is larger than `max_frame_bytes`.
    OXWS_ERROR_FRAME_TOO_BIG = -500,
    /// A message is larger than `max_message_bytes`.
    OXWS_ERROR_MESSAGE_TOO_BIG = -501,
    /// A message has more fragments than its size excuses.
    OXWS_ERROR_TOO_MANY_FRAGMENTS = -502,
    /// Pings, pongs and empty fragments come faster than the limit.
    OXWS_ERROR_CONTROL_FLOOD = -503,
    /// No byte came between a ping and its deadline.
    OXWS_ERROR_PONG_TIMEOUT = -504,
    /// No message passed for longer than the idle timeout.
    OXWS_ERROR_IDLE_TIMEOUT = -505,
    /// The peer did not answer a Close frame before the deadline.
    OXWS_ERROR_CLOSE_TIMEOUT = -506,
    /// The peer took no byte of what waits to be sent for too long.
    OXWS_ERROR_WRITE_STALLED = -507,
    /// The loop's budget for unfinished messages is used up, and this connection held most of it.
    OXWS_ERROR_BUFFER_BUDGET = -508,
    /// The host name could not be resolved.
    OXWS_ERROR_RESOLVE_FAILED = -600,
    /// No address of the host accepted the connection; `oxws_close_info_os_error` tells of the last one.
    OXWS_ERROR_CONNECT_FAILED = -601,
    /// The connection and its handshake did not end before their deadline.
    OXWS_ERROR_CONNECT_TIMEOUT = -602,
    /// The connection ended without a Close frame.
    OXWS_ERROR_CONNECTION_LOST = -603,
    /// Reading or writing failed; `oxws_close_info_os_error` tells how.
    OXWS_ERROR_CONNECTION_RESET = -604,
    /// The address could not be bound or listened on; `oxws_loop_os_error` tells why.
    OXWS_ERROR_LISTEN_FAILED = -605,
    /// A system call failed; `oxws_loop_os_error` tells how.
    OXWS_ERROR_SYSTEM_CALL_FAILED = -606,
    /// The answer of the proxy cannot be read.
    OXWS_ERROR_PROXY_MALFORMED = -607,
    /// The proxy does not let the connection through, or cannot.
    OXWS_ERROR_PROXY_REFUSED = -608,
    /// The proxy wants credentials, or others.
    OXWS_ERROR_PROXY_UNAUTHORIZED = -609,
    /// The server led elsewhere more often than `oxws_config_max_redirects` allows.
    OXWS_ERROR_TOO_MANY_REDIRECTS = -610,
    /// The server led to an address that is not followed: none, none that can be dialled, one with
    /// credentials, or from `wss` to `ws`.
    OXWS_ERROR_REDIRECT_REFUSED = -611,
    /// The TLS handshake failed for another reason than those below.
    OXWS_ERROR_TLS_HANDSHAKE = -700,
    /// The peer ended TLS with an alert; the failure record has its number.
    OXWS_ERROR_TLS_ALERT = -701,
    /// The stream ended without the peer's close_notify (RFC 8446 section 6.1).
    OXWS_ERROR_TLS_TRUNCATED = -702,
    /// What came is not TLS.
    OXWS_ERROR_TLS_NOT_SPOKEN = -703,
    /// No authority that is trusted vouches for the certificate.
    OXWS_ERROR_CERTIFICATE_UNKNOWN_ISSUER = -704,
    /// The certificate, or one between it and the authority, is no longer valid.
    OXWS_ERROR_CERTIFICATE_EXPIRED = -705,
    /// The certificate, or one between it and the authority, is not valid yet.
    OXWS_ERROR_CERTIFICATE_NOT_YET_VALID = -706,
    /// The certificate is for other hosts.
    OXWS_ERROR_CERTIFICATE_WRONG_NAME = -707,
    /// The certificate is for another use, as that of a client shown by a server.
    OXWS_ERROR_CERTIFICATE_WRONG_USAGE = -708,
    /// The certificate has been revoked.
    OXWS_ERROR_CERTIFICATE_REVOKED = -709,
    /// The certificate cannot be read, is badly signed, or has what is not supported.
    OXWS_ERROR_CERTIFICATE_MALFORMED = -710,
    /// The client showed no certificate although one is required.
    OXWS_ERROR_CERTIFICATE_MISSING = -711,
    /// The key of the certificate is none of those that are pinned.
    OXWS_ERROR_CERTIFICATE_PIN = -712,
    /// Both sides have no version, cipher suite or application protocol in common.
    OXWS_ERROR_TLS_INCOMPATIBLE = -713,
    /// What TLS needs has not been set: a certificate to listen with, or an authority to trust.
    OXWS_ERROR_TLS_NOT_CONFIGURED = -714,
    /// The text or file has no certificate, or revocation list of version 2, that can be read.
    OXWS_ERROR_TLS_BAD_CERTIFICATE = -715,
    /// The text or file has no private key that can be read.
    OXWS_ERROR_TLS_BAD_KEY = -716,
    /// The private key is not that of the certificate.
    OXWS_ERROR_TLS_KEY_MISMATCH = -717,
    /// The file cannot be opened or read.
    OXWS_ERROR_TLS_FILE_UNREADABLE = -718,
    /// The certificate is signed by itself and not trusted.
    OXWS_ERROR_CERTIFICATE_SELF_SIGNED = -719,
    /// A record of TLS cannot be opened, as it was changed on its way, or what is to be sent cannot be
    /// made into one.
    OXWS_ERROR_TLS_RECORD = -720,
    /// The peer has ended TLS by a close_notify before its handshake was over.
    OXWS_ERROR_TLS_ENDED = -721,
    /// The library met a fault of its own; the loop is unusable and can only be freed.
    OXWS_ERROR_PANIC = -900,
    /// The loop met a fault of the library earlier and can only be freed.
    OXWS_ERROR_POISONED = -901,
    /// Memory for a payload could not be had.
    OXWS_ERROR_OUT_OF_MEMORY = -902,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_error oxws_error;
#else
typedef int32_t oxws_error;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The close codes that a specification or the IANA registry names. A close code is any `uint16_t`: 3000 to 4999 belong
/// to libraries and applications.
enum oxws_close_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint16_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The purpose of the connection has been fulfilled.
    OXWS_CLOSE_NORMAL = 1000,
    /// A server shuts down, or a browser leaves the page.
    OXWS_CLOSE_GOING_AWAY = 1001,
    /// The peer broke a rule of the protocol.
    OXWS_CLOSE_PROTOCOL_ERROR = 1002,
    /// This type of data cannot be accepted.
    OXWS_CLOSE_UNSUPPORTED_DATA = 1003,
    /// Reserved; never sent.
    OXWS_CLOSE_RESERVED_1004 = 1004,
    /// Reported where a Close frame carried no code; never sent.
    OXWS_CLOSE_NO_STATUS = 1005,
    /// Reported where no Close frame came; never sent.
    OXWS_CLOSE_ABNORMAL = 1006,
    /// The bytes do not fit the type of the message.
    OXWS_CLOSE_INVALID_PAYLOAD = 1007,
    /// The message broke a policy; the generic code.
    OXWS_CLOSE_POLICY_VIOLATION = 1008,
    /// The message is larger than the receiver takes.
    OXWS_CLOSE_MESSAGE_TOO_BIG = 1009,
    /// The client needs an extension that the server did not agree to; only clients send it.
    OXWS_CLOSE_MANDATORY_EXTENSION = 1010,
    /// The endpoint met a condition that it did not expect.
    OXWS_CLOSE_INTERNAL_ERROR = 1011,
    /// The service restarts.
    OXWS_CLOSE_SERVICE_RESTART = 1012,
    /// The service is overloaded; come back later.
    OXWS_CLOSE_TRY_AGAIN_LATER = 1013,
    /// A gateway got an invalid answer from the server behind it.
    OXWS_CLOSE_BAD_GATEWAY = 1014,
    /// Reported where the TLS handshake failed; never sent.
    OXWS_CLOSE_TLS_HANDSHAKE = 1015,
    /// The client must authenticate itself first, as HTTP 401 says it.
    OXWS_CLOSE_UNAUTHORIZED = 3000,
    /// The client may not do what it asked for, as HTTP 403 says it.
    OXWS_CLOSE_FORBIDDEN = 3003,
    /// The peer took too long, as HTTP 408 says it.
    OXWS_CLOSE_TIMEOUT = 3008,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_close_code oxws_close_code;
#else
typedef uint16_t oxws_close_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a descriptor is watched for, or is ready for; bits that can be combined.
enum oxws_interest
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It can be read, or the other side has closed, or it has failed.
    OXWS_INTEREST_READ = 1,
    /// It can be written, or it has failed.
    OXWS_INTEREST_WRITE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_interest oxws_interest;
#else
typedef uint32_t oxws_interest;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Where in its message a chunk stands; bits that can be combined.
enum oxws_chunk_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It is the first of its message.
    OXWS_CHUNK_FIRST = 1,
    /// It is the last of its message.
    OXWS_CHUNK_LAST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_chunk_flag oxws_chunk_flag;
#else
typedef uint32_t oxws_chunk_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How a message is sent; bits that can be combined.
enum oxws_send_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It is not compressed, even if compression was agreed on: it is so already, or secret.
    OXWS_SEND_SKIP_COMPRESSION = 1,
    /// It is compressed, if that was agreed on, however small it is.
    OXWS_SEND_FORCE_COMPRESSION = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_send_flag oxws_send_flag;
#else
typedef uint32_t oxws_send_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The opcode of a frame: the low four bits of its first byte.
enum oxws_opcode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Goes on with a fragmented message.
    OXWS_OPCODE_CONTINUATION = 0,
    /// Begins a message of UTF-8 text.
    OXWS_OPCODE_TEXT = 1,
    /// Begins a message of arbitrary bytes.
    OXWS_OPCODE_BINARY = 2,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_3 = 3,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_4 = 4,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_5 = 5,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_6 = 6,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_7 = 7,
    /// Begins or answers the closing handshake.
    OXWS_OPCODE_CLOSE = 8,
    /// Asks for a pong.
    OXWS_OPCODE_PING = 9,
    /// Answers a ping, or comes unasked.
    OXWS_OPCODE_PONG = 10,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_11 = 11,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_12 = 12,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_13 = 13,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_14 = 14,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_15 = 15,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_opcode oxws_opcode;
#else
typedef int32_t oxws_opcode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The high four bits of a frame's first byte; bits that can be combined.
enum oxws_frame_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// 0x80: the last or only frame of its message.
    OXWS_FRAME_FLAG_FIN = 128,
    /// 0x40: reserved; with permessage-deflate (RFC 7692) it marks a compressed message.
    OXWS_FRAME_FLAG_RSV1 = 64,
    /// 0x20: reserved for extensions.
    OXWS_FRAME_FLAG_RSV2 = 32,
    /// 0x10: reserved for extensions.
    OXWS_FRAME_FLAG_RSV3 = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_frame_flag oxws_frame_flag;
#else
typedef uint8_t oxws_frame_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// A side of a connection.
enum oxws_role
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Sends the opening request, and masks its frames.
    OXWS_ROLE_CLIENT = 1,
    /// Answers the opening request, and never masks.
    OXWS_ROLE_SERVER = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_role oxws_role;
#else
typedef int32_t oxws_role;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// HTTP statuses (RFC 9110 section 15) that `oxws_deny` is most often given; any from 200 to 599 may be.
enum oxws_http_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint16_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The request breaks a rule.
    OXWS_HTTP_BAD_REQUEST = 400,
    /// The client has to say who it is; the answer names the way in WWW-Authenticate.
    OXWS_HTTP_UNAUTHORIZED = 401,
    /// The request is refused, whoever makes it.
    OXWS_HTTP_FORBIDDEN = 403,
    /// There is nothing at this path; there may be later.
    OXWS_HTTP_NOT_FOUND = 404,
    /// Nothing that the server has suits the fields of the request, such as its subprotocols.
    OXWS_HTTP_NOT_ACCEPTABLE = 406,
    /// The client was too slow, and may ask again.
    OXWS_HTTP_REQUEST_TIMEOUT = 408,
    /// The server does not answer for this host.
    OXWS_HTTP_MISDIRECTED_REQUEST = 421,
    /// The client has to ask for a WebSocket, of a version that the server speaks.
    OXWS_HTTP_UPGRADE_REQUIRED = 426,
    /// The client has asked too often.
    OXWS_HTTP_TOO_MANY_REQUESTS = 429,
    /// The server met something that it did not expect.
    OXWS_HTTP_INTERNAL_SERVER_ERROR = 500,
    /// The server cannot do what is asked for.
    OXWS_HTTP_NOT_IMPLEMENTED = 501,
    /// The server is overloaded or under maintenance for the time being.
    OXWS_HTTP_SERVICE_UNAVAILABLE = 503,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_http_status oxws_http_status;
#else
typedef uint16_t oxws_http_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a PROXY header of version 2 can tell besides addresses. Other numbers, such as those of a cloud
/// provider (224 to 239), can be asked for as well.
enum oxws_proxy_value
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The protocol that the client negotiated with the proxy by ALPN.
    OXWS_PROXY_VALUE_ALPN = 1,
    /// The name of the host that the client asked for, such as by SNI.
    OXWS_PROXY_VALUE_AUTHORITY = 2,
    /// An id that the proxy has given the connection, for logs.
    OXWS_PROXY_VALUE_UNIQUE_ID = 5,
    /// What is known of the client's TLS, in the binary form of the PROXY protocol: a byte of flags, of
    /// which 1 is that it speaks TLS, and four bytes, 0 if its certificate was verified.
    OXWS_PROXY_VALUE_TLS = 32,
    /// The version of TLS that the client speaks, such as "TLSv1.3".
    OXWS_PROXY_VALUE_TLS_VERSION = 33,
    /// The common name in the client's certificate.
    OXWS_PROXY_VALUE_TLS_COMMON_NAME = 34,
    /// The cipher suite.
    OXWS_PROXY_VALUE_TLS_CIPHER = 35,
    /// How the proxy's certificate was signed, such as "RSA-SHA256".
    OXWS_PROXY_VALUE_TLS_SIGNATURE = 36,
    /// The kind of key in the proxy's certificate, such as "RSA2048".
    OXWS_PROXY_VALUE_TLS_KEY = 37,
    /// The network namespace that the client came to.
    OXWS_PROXY_VALUE_NETWORK_NAMESPACE = 48,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_proxy_value oxws_proxy_value;
#else
typedef int32_t oxws_proxy_value;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// A version of TLS, by its number on the wire.
enum oxws_tls_version
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// No TLS.
    OXWS_TLS_NONE = 0,
    /// TLS 1.2 (RFC 5246).
    OXWS_TLS_1_2 = 771,
    /// TLS 1.3 (RFC 8446).
    OXWS_TLS_1_3 = 772,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_tls_version oxws_tls_version;
#else
typedef int32_t oxws_tls_version;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a server does about the certificates of clients.
enum oxws_client_certificate
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// It asks for none.
    OXWS_CLIENT_CERTIFICATE_NONE = 0,
    /// It asks for one. If there is one it must be good, and without one the connection goes on.
    OXWS_CLIENT_CERTIFICATE_OPTIONAL = 1,
    /// It refuses clients without one that is good.
    OXWS_CLIENT_CERTIFICATE_REQUIRED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum oxws_client_certificate oxws_client_certificate;
#else
typedef int32_t oxws_client_certificate;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How a connection ended. Lent to `on_close` until that returns; what `oxws_close_info_clone` makes
/// of it lives until it is freed.
typedef struct oxws_close_info oxws_close_info;

/// What a listener or a connection is to be like. `oxws_listen` and `oxws_connect` copy it: later
/// changes do not reach them, and it may be freed at once or used again.
///
/// Made by `oxws_config_new`, ended by `oxws_config_free`. One thread at a time.
typedef struct oxws_config oxws_config;

/// A client's request that is about to be written. Lent to `on_connecting` until that returns, which may
/// change it.
///
/// Texts from it are pointers and lengths without a NUL, valid until it is changed. Wherever a length is
/// returned through `len`, that may be NULL.
typedef struct oxws_connecting oxws_connecting;

/// Something that happened on an endpoint, from `oxws_protocol_next`. It and all that it gives live until
/// the next call of `oxws_protocol_next`, `_receive`, `_unused` or `_free` on that endpoint, so that its
/// data can be sent back.
typedef struct oxws_event oxws_event;

/// An event loop: listeners, connections, timers and watched descriptors, all served by one thread.
///
/// Made by `oxws_loop_new`, ended by `oxws_loop_free`. Functions of the class "any thread" may be
/// called on it at once from several threads, all others only on the loop's own thread. Several
/// loops in one process know nothing of each other.
typedef struct oxws_loop oxws_loop;

/// A message that is framed once, and compressed once for each way of doing so that connections have agreed
/// on, however many it is sent to: what they send is the same memory. It never changes.
///
/// Made by `oxws_prepared_new` and `oxws_prepared_ref`; each handle is ended by `oxws_prepared_free`, which may be
/// done at once after sending. It belongs to no loop: several threads may use one handle at once.
typedef struct oxws_prepared oxws_prepared;

/// One WebSocket endpoint, server or client, without any I/O: received bytes go in, events come out,
/// and bytes to be sent, and the time of the next deadline. For programs that have a transport of their
/// own: another event loop, a TLS library, a serial line, a test.
///
/// Made by `oxws_protocol_new_server` or `oxws_protocol_new_client`, ended by `oxws_protocol_free`. One
/// thread at a time. It reads no clock: `now_us` is the time in microseconds since any moment of the
/// program's choice, the same for all calls on one endpoint; a time before that of an earlier call
/// counts as that one.
///
/// After each call that brings something in (bytes, an end, a decision, a deadline) the program takes
/// the events with `oxws_protocol_next` until that returns NULL, and writes what `oxws_protocol_output`
/// gives. No callback of the config is called.
///
/// After a fault of the library each call that returns a status gives `OXWS_ERROR_POISONED`, in a child
/// of the process that made the endpoint `OXWS_ERROR_FORKED`; there are no events and no output then, and
/// `oxws_protocol_wants_close` is 1.
typedef struct oxws_protocol oxws_protocol;

/// What is known of a close code. There is one object for each code, which is never freed: two
/// pointers are equal exactly if their codes are.
///
/// Thread: any, and several at once.
typedef struct oxws_reason oxws_reason;

/// An answer to a request, for `oxws_respond` and `oxws_accept_with`, which copy it: it may be used
/// for several requests.
///
/// Made by `oxws_reply_new`, ended by `oxws_reply_free`. One thread at a time. The fields Connection,
/// Content-Length and those of the handshake are written by the library.
typedef struct oxws_reply oxws_reply;

/// A request that has been read whole. Lent to `on_request` and `on_http_request` until they return;
/// what a later decision needs must be copied.
///
/// Texts from it are pointers and lengths without a NUL, valid as long as the request. Wherever a
/// length is returned through `len`, that may be NULL.
typedef struct oxws_request oxws_request;

/// The server's answer to the opening request. Lent to `on_response` until that returns, or by
/// `oxws_close_info_response` for as long as the report of the end is there.
///
/// Texts from it are pointers and lengths without a NUL, valid as long as the response. Wherever a
/// length is returned through `len`, that may be NULL.
typedef struct oxws_response oxws_response;

/// Certificates, keys, whom to trust and which rules hold for connections over TLS. `oxws_config_tls` and
/// `oxws_listener_tls` copy it: later changes do not reach what was made with it, and it may be freed at
/// once or used again.
///
/// Made by `oxws_tls_config_new`, ended by `oxws_tls_config_free`. One thread at a time. In a build
/// without TLS each function that sets something gives `OXWS_ERROR_UNSUPPORTED`.
typedef struct oxws_tls_config oxws_tls_config;

/// The result of a call: `OXWS_OK`, or one of `oxws_error`, which are all negative.
///
/// Its numbers never change. Errors come in groups of a hundred: misuse (-100), not now or not any
/// more (-200), opening handshake (-300), frames (-400), limits (-500), network (-600), fatal (-900).
typedef int32_t oxws_status;

/// Names one connection of a loop. Never 0, and never used twice in a loop: once the connection's
/// `on_close` has been called, the id gives `OXWS_ERROR_NOT_FOUND`.
typedef uint64_t oxws_connection;

/// Called with a request that has to be answered, in the callback or later.
typedef void (*oxws_request_callback)(oxws_loop *loop,
                                      oxws_connection connection,
                                      const oxws_request *request,
                                      void *user);

/// Called with the server's answer.
typedef void (*oxws_response_callback)(oxws_loop *loop,
                                       oxws_connection connection,
                                       const oxws_response *response,
                                       void *user);

/// Called when the opening handshake of a connection has ended well.
typedef void (*oxws_open_callback)(oxws_loop *loop, oxws_connection connection, void *user);

/// Called with a whole message of `len` bytes, which may be 0. `data` is lent until the callback
/// returns, is not NUL-terminated, and is never NULL. Text is valid UTF-8. What `data` points to must not
/// be changed: what is sent on of a long message may leave from there, also after the callback.
typedef void (*oxws_message_callback)(oxws_loop *loop,
                                      oxws_connection connection,
                                      oxws_message_type type,
                                      const uint8_t *data,
                                      size_t len,
                                      void *user);

/// Called with the payload of a ping, 0 to 125 bytes, which is lent until the callback returns.
typedef void (*oxws_ping_callback)(oxws_loop *loop,
                                   oxws_connection connection,
                                   const uint8_t *data,
                                   size_t len,
                                   void *user);

/// Called with the payload of a pong, 0 to 125 bytes, which is lent until the callback returns, and
/// the microseconds since the ping that it answers; `UINT64_MAX` for a pong that answers none.
typedef void (*oxws_pong_callback)(oxws_loop *loop,
                                   oxws_connection connection,
                                   const uint8_t *data,
                                   size_t len,
                                   uint64_t round_trip_us,
                                   void *user);

/// Called when there is room for further messages again.
typedef void (*oxws_writable_callback)(oxws_loop *loop, oxws_connection connection, void *user);

/// Called once for each connection, and last: its id is stale when the callback returns.
typedef void (*oxws_close_callback)(oxws_loop *loop,
                                    oxws_connection connection,
                                    const oxws_close_info *info,
                                    void *user);

/// Called with a piece of a message as it comes: `len` bytes, which may be 0, lent until the callback
/// returns; `data` is never NULL. `flags` are bits of `oxws_chunk_flag`; a message that comes at once is
/// one chunk with both. A text is checked as it comes, and a chunk of it may end inside a character.
typedef void (*oxws_chunk_callback)(oxws_loop *loop,
                                    oxws_connection connection,
                                    oxws_message_type type,
                                    const uint8_t *data,
                                    size_t len,
                                    uint32_t flags,
                                    void *user);

/// Called with a request for a WebSocket, to tell whether its origin is let in: 0 if it is not. The
/// request is lent until the callback returns.
typedef int32_t (*oxws_origin_callback)(const oxws_request *request, void *user);

/// Called with a client's request before it is written.
typedef void (*oxws_connecting_callback)(oxws_loop *loop,
                                         oxws_connection connection,
                                         oxws_connecting *connecting,
                                         void *user);

/// Called in place of `on_close` when a connection has ended, or could not be made, and will be made once
/// more in `delay_ms` milliseconds, behind the same id and with the same user pointer. `info` is lent
/// until the callback returns. In here `oxws_close` and `oxws_abort` end the connection for good.
typedef void (*oxws_disconnect_callback)(oxws_loop *loop,
                                         oxws_connection connection,
                                         const oxws_close_info *info,
                                         uint32_t delay_ms,
                                         void *user);

/// Names one listener of a loop. Never 0, and never used twice in a loop.
typedef uint64_t oxws_listener;

/// Called once for a message that was sent with it: with `OXWS_OK` when the system has taken all of it,
/// which does not mean that the peer has; otherwise with what kept it from that:
/// `OXWS_ERROR_CLOSED` where the connection ended first, and part of it may have left;
/// `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_INVALID_STATE` and
/// `OXWS_ERROR_OUT_OF_MEMORY` where it came from another thread and could not be sent;
/// `OXWS_ERROR_LOOP_FREED`. It comes before the connection's `on_close`, unless the connection had ended
/// already.
typedef void (*oxws_sent_callback)(oxws_loop *loop,
                                   oxws_connection connection,
                                   oxws_status status,
                                   void *context);

/// Called once when the library does not need `data` any more, whatever became of the message.
typedef void (*oxws_release_callback)(const void *data, size_t len, void *context);

/// Called once for each `oxws_detach` that gave `OXWS_OK`.
///
/// `fd` is the connected socket, which is the program's from now on, to be used and closed by it; it
/// does not block. `unread` are `unread_len` bytes that were received before and not used: what comes
/// next on the wire stands behind them. They are lent until the callback returns. If the connection
/// ended before it could be handed over, `fd` is -1 and there are none.
typedef void (*oxws_detach_callback)(oxws_loop *loop,
                                     oxws_connection connection,
                                     int32_t fd,
                                     const uint8_t *unread,
                                     size_t unread_len,
                                     void *context);

/// Names one timer of a loop. Never 0, and never used twice in a loop.
typedef uint64_t oxws_timer;

/// Called when a timer is due.
typedef void (*oxws_timer_callback)(oxws_loop *loop, oxws_timer timer, void *user);

/// Names one watched descriptor of a loop. Never 0, and never used twice in a loop.
typedef uint64_t oxws_watch;

/// Called when a descriptor is ready; `ready` are bits of `oxws_interest`.
typedef void (*oxws_watch_callback)(oxws_loop *loop,
                                    oxws_watch watch,
                                    int32_t fd,
                                    uint32_t ready,
                                    void *user);

/// Called once on the loop's thread.
typedef void (*oxws_post_callback)(oxws_loop *loop, void *user);

/// Success.
#define OXWS_OK 0

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// The version of the library that the program runs with, such as "0.1.0".
///
/// `OXWS_LIBRARY_VERSION` is the version of the header that it was compiled with. The text lives as
/// long as the library.
///
/// Thread: any.
const char *oxws_library_version(void);

/// The version of the library that the program runs with, as a number: major << 16 | minor << 8 |
/// patch, to be compared with `OXWS_LIBRARY_VERSION_NUMBER`.
///
/// Thread: any.
uint32_t oxws_library_version_number(void);

/// The name of a status, such as "OXWS_ERROR_CLOSED"; "OXWS_UNKNOWN" for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_status_name(oxws_status status);

/// What a status means, as a sentence in English without a full stop.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_status_message(oxws_status status);

/// The close code with which a connection that fails so is closed, or, for 1006, reported; 0 if none
/// belongs to the status, as to misuse and to a request that is refused.
///
/// Thread: any.
uint16_t oxws_status_close_code(oxws_status status);

/// The HTTP status with which a request that fails so is answered; 0 if none belongs to the status.
///
/// Thread: any.
uint16_t oxws_status_http_status(oxws_status status);

/// The name of an `oxws_state`, such as "OPEN"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_state_name(int32_t state);

/// The name of an `oxws_close_state`, such as "CLOSE_SENT"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_close_state_name(int32_t close_state);

/// The name of an `oxws_role`: "CLIENT" or "SERVER"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_role_name(int32_t role);

/// `OXWS_PROTOCOL_GUID`, for callers that cannot use macros. The text lives as long as the library.
///
/// Thread: any.
const char *oxws_protocol_guid(void);

/// `OXWS_PROTOCOL_VERSION`, for callers that cannot use macros. The text lives as long as the
/// library.
///
/// Thread: any.
const char *oxws_protocol_version(void);

/// The name of an `oxws_opcode`, such as "TEXT" or "RESERVED_3"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_opcode_name(int32_t opcode);

/// Whether frames with this opcode control the connection (1), or not (0): 8 to 15 do, the reserved
/// ones among them too. 0 for any other number.
///
/// Thread: any.
int32_t oxws_opcode_is_control(int32_t opcode);

/// Whether an opcode is reserved, so that a frame with it fails the connection (1), or not (0): 3 to
/// 7 and 11 to 15 are. 0 for any other number.
///
/// Thread: any.
int32_t oxws_opcode_is_reserved(int32_t opcode);

/// Makes a loop, which belongs to the calling thread.
///
/// It takes three descriptors and 512 KiB of address space. NULL if there is no descriptor left; errno
/// tells why.
///
/// Thread: any.
oxws_loop *oxws_loop_new(void);

/// Ends a loop and everything in it.
///
/// Each connection that is alive gets its `on_close` before this returns, with the status
/// `OXWS_ERROR_LOOP_FREED`; the peer of an open one is sent a Close frame with the code 1001 as far
/// as that is possible without waiting. No callback runs afterwards. Nothing is waited for: a name
/// that is being looked up is forgotten. A loop that is poisoned, or inherited over fork, is only
/// taken apart: no callback runs. NULL is allowed.
///
/// No other thread may use the loop any more when this returns. What one asks for while the last
/// callbacks run, and what is posted then, gives `OXWS_ERROR_LOOP_FREED`.
///
/// Errors, after which the loop is still there: `OXWS_ERROR_BUSY` inside one of its callbacks,
/// `OXWS_ERROR_WRONG_THREAD`.
///
/// Thread: the loop's.
oxws_status oxws_loop_free(oxws_loop *loop);

/// Moves a loop to the calling thread, as for a loop that is made here and run there.
///
/// The thread that is to run the loop calls it first; others use the loop when it has returned. The
/// caller sees to it that no other thread is inside a function of the loop meanwhile, apart from
/// `oxws_loop_stop` and `oxws_loop_wake`. To free the loop after that thread has ended, attach it again.
///
/// Errors: `OXWS_ERROR_BUSY` inside one of its callbacks.
///
/// Thread: any.
oxws_status oxws_loop_attach(oxws_loop *loop);

/// Runs one round: waits until something is to be done, at most `timeout_ms` milliseconds, and does
/// it, callbacks included. 0 does not wait; a negative number waits without limit.
///
/// A signal that interrupts the waiting is not noticed. `oxws_loop_wake` ends the waiting.
///
/// Errors: `OXWS_ERROR_BUSY` inside one of the loop's callbacks; `OXWS_ERROR_SYSTEM_CALL_FAILED`,
/// see `oxws_loop_os_error`; on a test loop `OXWS_ERROR_INVALID_STATE` if it would wait for ever.
///
/// Thread: the loop's.
oxws_status oxws_loop_poll(oxws_loop *loop, int32_t timeout_ms);

/// Runs rounds until `oxws_loop_stop` is called, or `oxws_loop_shutdown` and no connection is left.
/// It returns at once if the loop has been stopped since the last run.
///
/// Errors: as for `oxws_loop_poll`.
///
/// Thread: the loop's.
oxws_status oxws_loop_run(oxws_loop *loop);

/// Makes `oxws_loop_run` return after the round that is under way. Connections are not touched: the
/// loop can be run again, or freed. A signal handler that calls this must not run any more when the
/// loop is freed.
///
/// Thread: any, signal-safe.
oxws_status oxws_loop_stop(oxws_loop *loop);

/// Begins to end all that the loop does: its listeners are closed, open connections get the closing
/// handshake with this code and reason (as in `oxws_close`), and connections that are not open yet
/// are given up. `on_close` follows for each; the close timeout bounds how long that takes. When no
/// connection is left, `oxws_loop_run` returns.
///
/// Until then `oxws_listen`, `oxws_connect`, `oxws_adopt_server` and their like give
/// `OXWS_ERROR_INVALID_STATE`; afterwards the loop can be used anew.
///
/// Errors: `OXWS_ERROR_INVALID_CLOSE_CODE`; `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_loop_shutdown(oxws_loop *loop, uint16_t code, const char *reason);

/// Sets the user pointer of the loop, for callbacks that need more than their own. The library never
/// follows it.
///
/// Thread: the loop's.
oxws_status oxws_loop_set_user(oxws_loop *loop,
                               void *user);

/// The user pointer of the loop; NULL if none was set.
///
/// Thread: the loop's.
oxws_status oxws_loop_get_user(const oxws_loop *loop, void **user);

/// Makes `oxws_loop_poll` return soon, or the next call of it.
///
/// Thread: any, signal-safe.
oxws_status oxws_loop_wake(oxws_loop *loop);

/// Sets how many bytes the unfinished messages of all connections together may occupy, with what TLS has of
/// records and handshakes that are not whole; 256 MiB by default. Beyond it new connections are refused with the HTTP status 503, and the connection that
/// holds most is closed with the code 1013 and `OXWS_ERROR_BUFFER_BUDGET`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: the loop's.
oxws_status oxws_loop_set_max_buffered_bytes(oxws_loop *loop,
                                             uint64_t bytes);

/// Sets for how many microseconds a loop that has nothing to do keeps asking the system before it
/// sleeps; 0, which is the default, sleeps at once.
///
/// To be woken takes tens of microseconds, which round trips are shorter by if the next message comes
/// within this time: 20 to 50 are sensible for a loop with a processor of its own. The price is the
/// processor's time: up to so much for each round, and all of it where messages come that often. A
/// loop that other code waits for (`oxws_loop_fd`) is not affected, as it never waits itself.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 1,000,000.
///
/// Thread: the loop's.
oxws_status oxws_loop_set_busy_poll_us(oxws_loop *loop,
                                       uint32_t us);

/// The descriptor that is readable whenever the loop has something to do, apart from deadlines: to
/// be watched for reading, level-triggered, by a loop of the program's own. Then
/// `oxws_loop_poll(loop, 0)` is to be called whenever it is readable, and when the time of
/// `oxws_loop_timeout_ms` is over, which is to be asked after each call of a function of the loop.
///
/// The descriptor stays the loop's and must not be read, written or closed.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` on a test loop, which waits for nothing.
///
/// Thread: the loop's.
oxws_status oxws_loop_fd(const oxws_loop *loop, int32_t *fd);

/// How many milliseconds may pass until `oxws_loop_poll` is to be called although the descriptor
/// has not become readable: 0 for at once, -1 for any time.
///
/// Thread: the loop's.
oxws_status oxws_loop_timeout_ms(const oxws_loop *loop, int32_t *timeout_ms);

/// How many connections the loop has, of both roles, whose `on_close` has not been called.
///
/// Thread: the loop's.
oxws_status oxws_loop_connection_count(const oxws_loop *loop, size_t *count);

/// The error number (errno) behind the status of the last `oxws_listen`, `oxws_listen_fd`,
/// `oxws_connect`, `oxws_adopt_server` and its like, `oxws_watch_start`, `oxws_watch_change` or
/// `oxws_loop_poll`; 0 if it has none. That of a connection is told by `oxws_close_info_os_error`.
///
/// Thread: the loop's; 0 on any other.
int32_t oxws_loop_os_error(const oxws_loop *loop);

/// Makes a config with the defaults that the functions below name. Never NULL.
///
/// Thread: any.
oxws_config *oxws_config_new(void);

/// Ends a config; what was made from it is not touched. NULL is allowed.
///
/// Thread: one at a time.
void oxws_config_free(oxws_config *config);

/// Sets the user pointer that new connections begin with, and which their callbacks get last; NULL by
/// default. `oxws_set_user` changes that of one connection; until it does, `on_close` of a connection that
/// was denied included, callbacks get this one. The library never follows it.
///
/// Thread: one at a time.
oxws_status oxws_config_user(oxws_config *config,
                             void *user);

/// Calls `callback` for each request for a WebSocket, which it accepts or answers otherwise, at once or
/// later: `oxws_accept`, `oxws_deny`, `oxws_respond`. At the handshake's deadline a request that waits
/// still is answered with 503. Without this callback every request is accepted, with the first
/// subprotocol of the client that the config has too. Servers only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_request(oxws_config *config,
                                   oxws_request_callback callback);

/// Calls `callback` for each ordinary HTTP request (GET or HEAD), to be answered with `oxws_respond` or
/// `oxws_deny`, at once or later; the connection ends with the answer. Without this callback the answer
/// is 426. Servers only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_http_request(oxws_config *config,
                                        oxws_request_callback callback);

/// Calls `callback` with the server's answer to the opening request: with 101 before `on_open`, or with
/// the refusal before `on_close`. Inside it `oxws_close` or `oxws_abort` walks away. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_response(oxws_config *config,
                                    oxws_response_callback callback);

/// Calls `callback` when the opening handshake has ended well: from now on messages can be sent.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_open(oxws_config *config, oxws_open_callback callback);

/// Calls `callback` for each whole message; not if there is an `on_chunk` (`oxws_config_on_chunk`).
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_message(oxws_config *config, oxws_message_callback callback);

/// Calls `callback` for each ping. Its pong has been queued by then, unless `oxws_config_auto_pong` has
/// switched that off.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_ping(oxws_config *config,
                                oxws_ping_callback callback);

/// Calls `callback` for each pong, those that answer the library's own keepalive pings included.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_pong(oxws_config *config, oxws_pong_callback callback);

/// Calls `callback` when less than half of what may be queued (`oxws_config_max_queued_bytes`) still is,
/// after it was half or more, or after a send was refused with `OXWS_ERROR_WOULD_EXCEED`.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_writable(oxws_config *config,
                                    oxws_writable_callback callback);

/// Calls `callback` once for each connection that the program was told of, when it has ended.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_close(oxws_config *config, oxws_close_callback callback);

/// Calls `callback` for each message piece by piece, as its bytes come, instead of `on_message`: for
/// messages that need not be held in memory. Pieces are as large as what was received, at most 512 KiB,
/// and have nothing to do with frames.
///
/// All limits count as before, that on the whole message too (`oxws_config_max_message_bytes`); one that
/// is passed in the middle closes the connection, and the rest of the message does not come.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_chunk(oxws_config *config,
                                 oxws_chunk_callback callback);

/// Has pings answered by the library (1, the default), or not (0): then `on_ping` answers with
/// `oxws_pong`, at once or later. RFC 6455 section 5.5.2 demands an answer as soon as is practical.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_config_auto_pong(oxws_config *config, int32_t enabled);

/// Sets the largest message that is received, in bytes of payload. 1 MiB for a server, 16 MiB for a
/// client by default. A larger one closes the connection with 1009, before it is stored.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0; there is no way to have no limit.
///
/// Thread: one at a time.
oxws_status oxws_config_max_message_bytes(oxws_config *config, uint64_t bytes);

/// Sets the largest frame that is received, in bytes of payload; by default as large as a message. A
/// larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
oxws_status oxws_config_max_frame_bytes(oxws_config *config,
                                        uint64_t bytes);

/// Sets how many fragments a message may have besides one for each 16 bytes of it; 1024 by default. More
/// close the connection with 1008.
///
/// Thread: one at a time.
oxws_status oxws_config_max_fragments(oxws_config *config,
                                      uint32_t count);

/// Sets how many bytes may wait to be sent on a connection before a further send is refused with
/// `OXWS_ERROR_WOULD_EXCEED`; 1 MiB by default. One message more than that can wait at most.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
oxws_status oxws_config_max_queued_bytes(oxws_config *config, uint64_t bytes);

/// Sets the time for the whole opening handshake in milliseconds, for a client with looking up the name
/// and connecting; 10,000 by default. It begins with the connection and no byte extends it. A server
/// answers 408, or 503 if the program has not decided. 0: no limit, not advisable.
///
/// Thread: one at a time.
oxws_status oxws_config_handshake_timeout_ms(oxws_config *config,
                                             uint32_t ms);

/// Sets the time from this side's Close frame to the peer's in milliseconds; 5,000 by default. 0: no
/// limit, not advisable.
///
/// Thread: one at a time.
oxws_status oxws_config_close_timeout_ms(oxws_config *config,
                                         uint32_t ms);

/// Sets after how many milliseconds without a byte from the peer a ping asks for a sign of life; 20,000
/// by default, 10 % more or less by chance. 0: never.
///
/// Thread: one at a time.
oxws_status oxws_config_ping_interval_ms(oxws_config *config,
                                         uint32_t ms);

/// Sets how many milliseconds after such a ping a connection is given up if not a single byte has come;
/// 20,000 by default. 0: never.
///
/// Thread: one at a time.
oxws_status oxws_config_pong_timeout_ms(oxws_config *config,
                                        uint32_t ms);

/// Sets after how many milliseconds without a message in either direction the connection is closed with
/// 1001; 0 (never) by default. Pieces count that are reported or sent by themselves.
///
/// Thread: one at a time.
oxws_status oxws_config_idle_timeout_ms(oxws_config *config,
                                        uint32_t ms);

/// Sets after how many milliseconds in which the peer took not a byte of what waits to be sent the
/// connection is given up; 30,000 by default. 0: never.
///
/// Thread: one at a time.
oxws_status oxws_config_write_stall_timeout_ms(oxws_config *config, uint32_t ms);

/// Sets how many pings, pongs and empty fragments a peer may send: `burst` at once, `per_second` in
/// the long run; 10,000 and 330 by default. More close the connection with 1008.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if one of them is 0.
///
/// Thread: one at a time.
oxws_status oxws_config_control_limit(oxws_config *config, uint32_t burst, uint32_t per_second);

/// Has nothing read from a peer while half or more of what may be queued for it
/// (`oxws_config_max_queued_bytes`) waits: a peer that sends without reading the answers has to wait.
/// With it, answers that are no larger than what they answer are never refused with
/// `OXWS_ERROR_WOULD_EXCEED`, if `oxws_config_max_queued_bytes` is 1 MiB or more. Off (0) by default: two
/// sides that both read only after the other has, would wait for ever.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_config_pause_while_queued(oxws_config *config,
                                           int32_t enabled);

/// Sets how many connections a listener may have at once; more are answered with 503. By default 64 less
/// than the process may have descriptors.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
oxws_status oxws_config_max_connections(oxws_config *config,
                                        uint32_t count);

/// Sets how many connections of a listener may come from one IP address; more are answered with 503. 0
/// (any number) by default. With `oxws_config_trust_proxy_header` it is the client's address that counts.
///
/// Thread: one at a time.
oxws_status oxws_config_max_connections_per_address(oxws_config *config,
                                                    uint32_t count);

/// Sets how many connections the system may hold for a listener until they are accepted; 1024 by
/// default. The system has a limit of its own.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0 or more than 65,535.
///
/// Thread: one at a time.
oxws_status oxws_config_backlog(oxws_config *config, uint32_t count);

/// Lets several listeners, also of other loops and processes, have the same address, among which the
/// system shares out the connections (SO_REUSEPORT): one loop for each thread. Off (0) by default.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_config_reuse_port(oxws_config *config,
                                   int32_t enabled);

/// Has messages compressed where the peer agrees (1), or not (0, the default): a server accepts offers, a
/// client makes one. What follows from it for memory is said at `oxws_config_deflate_takeover`.
///
/// What is secret and stands beside what an attacker chooses must not be compressed together with it, as
/// its length would tell of it: `OXWS_SEND_SKIP_COMPRESSION`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate(oxws_config *config,
                                int32_t enabled);

/// Lets a message refer to those before it (1), which makes similar messages much smaller, or not (0, the
/// default): `own` for what this side sends, `peer` for what the peer sends.
///
/// A connection keeps a stream for each direction that takes something over: some 280 KiB to compress with
/// 15 window bits, 160 KiB with 10, and up to 45 KiB to decompress. Without, streams are shared by the
/// connections of a loop, and an idle one has none.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if one of them is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate_takeover(oxws_config *config,
                                         int32_t own,
                                         int32_t peer);

/// Sets how far a message may refer back, as a power of two from 8 to 15, which is the default: `own` for
/// what this side sends, `peer` for what the peer sends. Less needs less memory on the side that
/// compresses, and less time where many connections take their context over. A server can ask less only of
/// a client that offers it.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate_window_bits(oxws_config *config,
                                            uint32_t own,
                                            uint32_t peer);

/// Sets how much time is spent on smallness: 1 (fast) to 9 (small); 5 by default. 6 makes messages up to
/// 1 % smaller, in up to a third more time.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate_level(oxws_config *config,
                                      uint32_t level);

/// Sets below how many bytes a message is sent as it is, unless `OXWS_SEND_FORCE_COMPRESSION` says
/// otherwise; 64 by default. One that leaves in pieces (`oxws_send_begin`) counts as large, unless this is
/// `UINT64_MAX`.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate_threshold_bytes(oxws_config *config,
                                                uint64_t bytes);

/// Sets how many times as large as on the wire a received message may become, once it has more than
/// 65,536 bytes; more close the connection with 1009. 0 (any number, up to
/// `oxws_config_max_message_bytes`) by default; plain text reaches 10 and more, and nothing more than 1,032.
/// Bytes of a frame that are still to come count: memory is bounded by `oxws_config_max_message_bytes`.
///
/// Thread: one at a time.
oxws_status oxws_config_deflate_max_ratio(oxws_config *config,
                                          uint32_t ratio);

/// Sets the largest compressed message that is received, in bytes as they come over the wire; by default an
/// eighth more than a message may have once it is inflated (`oxws_config_max_message_bytes`) and 64, as
/// what cannot be made smaller becomes a little larger. A larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
oxws_status oxws_config_max_wire_message_bytes(oxws_config *config,
                                               uint64_t bytes);

/// Sets how many bytes one frame of a compressed message may come to once it is inflated; by default as
/// many as a whole message. A larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
oxws_status oxws_config_max_inflated_frame_bytes(oxws_config *config,
                                                 uint64_t bytes);

/// What was agreed on about compression: `agreed` is 1 if messages are compressed and 0 if not; then, for
/// what this side sends and for what the peer sends, whether a message may refer to those before it, and
/// how far as a power of two (0 if nothing was agreed on). Each place may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_get_deflate(const oxws_loop *loop,
                             oxws_connection connection,
                             int32_t *agreed,
                             int32_t *own_takeover,
                             uint32_t *own_window_bits,
                             int32_t *peer_takeover,
                             uint32_t *peer_window_bits);

/// As `oxws_get_deflate`, for an endpoint without I/O.
///
/// Thread: one at a time.
oxws_status oxws_protocol_get_deflate(oxws_protocol *protocol,
                                      int32_t *agreed,
                                      int32_t *own_takeover,
                                      uint32_t *own_window_bits,
                                      int32_t *peer_takeover,
                                      uint32_t *peer_window_bits);

/// Adds a subprotocol: a client offers them in the order in which they were added; a server that accepts
/// by itself chooses the first of the client's that it has.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token or listed already.
///
/// Thread: one at a time.
oxws_status oxws_config_add_subprotocol(oxws_config *config,
                                        const char *name);

/// Adds a field to the opening request of a client, or to the 101 of a server that accepts by itself. A
/// client's cookies, user agent and credentials have functions of their own as well.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character,
/// or the library writes that field itself.
///
/// Thread: one at a time.
oxws_status oxws_config_add_header(oxws_config *config,
                                   const char *name,
                                   const char *value);

/// Sets the Origin field of a client's request; none by default.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it has a control character.
///
/// Thread: one at a time.
oxws_status oxws_config_origin(oxws_config *config,
                               const char *origin);

/// Lets requests from an origin in, such as "https://example.com", "https://example.com:8443",
/// "https://*.example.com" (any subdomain) or "null". Once one is allowed, no other is: the default,
/// which is that the Origin's host equals the Host field, ends. Requests without an Origin, which do not
/// come from a browser, pass always. Others are answered with 403. Servers only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the pattern is none.
///
/// Thread: one at a time.
oxws_status oxws_config_allow_origin(oxws_config *config,
                                     const char *pattern);

/// Lets requests from any origin in. Then every web page can connect with the cookies of its visitor:
/// only for services that know their users otherwise (RFC 6455 section 10.2). Servers only.
///
/// Thread: one at a time.
oxws_status oxws_config_allow_any_origin(oxws_config *config);

/// Lets `callback` decide which origins may connect, in place of the other rules for origins: it is
/// called for each request for a WebSocket, before `on_request`, and also for one without an Origin,
/// which does not come from a browser. A request that it does not let in is answered with 403, and
/// nothing else is called for it; one that it lets in goes on as without this callback. Servers only.
///
/// NULL: the other rules.
///
/// Thread: one at a time.
oxws_status oxws_config_on_origin(oxws_config *config,
                                  oxws_origin_callback callback);

/// Lets a server speak a version besides 13, which it always speaks: `OXWS_VERSION_V8` or
/// `OXWS_VERSION_V7`, whose frames are the same, for clients of 2011. Their origin is read from
/// Sec-WebSocket-Origin, or from Origin where that is missing. A request of another version is
/// answered with 426 and the list of what is spoken, newest first. Servers only.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` for any other version.
///
/// Thread: one at a time.
oxws_status oxws_config_allow_version(oxws_config *config, int32_t version);

/// Has every connection of a listener begin with a PROXY header (the PROXY protocol of HAProxy, version 1
/// or 2), by which a proxy tells whose connection it passes on: `oxws_get_peer_address` and
/// `oxws_request_peer_address` give the client's address from then on. `networks` are the proxies that may
/// say so, with commas or spaces between them: networks such as "10.0.0.0/8" and "fd00::/8", single
/// addresses, and "unix" for connections over a Unix-domain socket.
///
/// A connection from elsewhere is closed at once, and so is one whose header is missing or malformed, or
/// has not come whole before the deadline of the handshake: without an answer and without a callback. So
/// clients cannot connect to such a listener directly; give them one of their own. The header comes before
/// TLS. Where it tells nothing, as a proxy does that only looks whether the server is well, the connection
/// is that of the proxy. `oxws_config_max_connections_per_address` counts by the client.
///
/// It counts for connections that `oxws_adopt_server` takes over, too: `on_close` tells of the end of those,
/// with `OXWS_ERROR_HANDSHAKE_PROXY_HEADER`. Off by default. Servers only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for an empty list, for what is no network, and for one with bits
/// behind its prefix, such as "10.0.0.1/8"; `OXWS_ERROR_TOO_LONG` for more than 1024.
///
/// Thread: one at a time.
oxws_status oxws_config_trust_proxy_header(oxws_config *config,
                                           const char *networks);

/// Believes the HTTP proxies in `networks` whom they pass a request on for: `oxws_get_peer_address` and
/// `oxws_request_peer_address` give the client's address, as X-Forwarded-For tells it, or the field that
/// `oxws_config_forwarded_header` names. The list is as for `oxws_config_trust_proxy_header`.
///
/// As everybody can send such a field, and proxies add to the one that has come, it is read from its end:
/// the client is the first address that is not in `networks`. Where it cannot be read, it is the last one
/// that could; from others than these proxies the field means nothing. At most 64 proxies, one behind the
/// other, are believed. The address may have no port: "192.0.2.1" or "[2001:db8::1]".
///
/// The client is known when its request has come: `oxws_config_max_connections_per_address` counts by the
/// proxy. Off by default. Servers only.
///
/// Errors: as for `oxws_config_trust_proxy_header`.
///
/// Thread: one at a time.
oxws_status oxws_config_trust_forwarded(oxws_config *config,
                                        const char *networks);

/// Names the field in which the proxies of `oxws_config_trust_forwarded` tell the client's address:
/// "X-Forwarded-For" by default; "Forwarded", of which the parameter `for` is read (RFC 7239); or one with
/// a list of addresses or a single one, such as "X-Real-IP". It must be the one that the proxies write:
/// any other they pass on as a client has sent it.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` for what is no name of a field.
///
/// Thread: one at a time.
oxws_status oxws_config_forwarded_header(oxws_config *config,
                                         const char *name);

/// Sets the version of the protocol that is asked for, an `oxws_version`: 13, which is RFC 6455 and the
/// default, or 8 or 7 for servers that are older. Frames are the same in all three; below 13 the origin
/// has the field Sec-WebSocket-Origin. Clients only.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` for any other number.
///
/// Thread: one at a time.
oxws_status oxws_config_version(oxws_config *config,
                                int32_t version);

/// Sets the User-Agent field of a client's request, in place of one that `oxws_config_add_header` added;
/// none by default. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has a control character, or a space at either
/// end; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_user_agent(oxws_config *config,
                                   const char *user_agent);

/// Adds a cookie to a client's request. All of them are sent in one Cookie field, in the order in which
/// they were added, behind what `oxws_config_add_header` says for that field. Cookies that a server sets
/// are not kept. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, or the value has a character that RFC
/// 6265 section 4.1.1 does not allow: a control character, a space, a comma, a semicolon, a backslash,
/// one beyond ASCII, or a double quote other than around it; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_add_cookie(oxws_config *config,
                                   const char *name,
                                   const char *value);

/// Sends a user name and a password with a client's request, as HTTP's Basic scheme has them (RFC 7617),
/// in UTF-8; each may be empty. They are the request's Authorization field, in place of one that
/// `oxws_config_add_header` added. Without TLS anybody on the way can read them. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the user name has a colon, or either has a control
/// character; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_basic_credentials(oxws_config *config,
                                          const char *user,
                                          const char *password);

/// Whether a URL such as `ws://user:password@host/` may be dialled: 1 takes the user name and the
/// password, percent-decoded, as `oxws_config_basic_credentials` does and in place of those; 0 refuses
/// such a URL with `OXWS_ERROR_INVALID_URL` and is the default, as a URL is easily logged or passed on.
/// Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
oxws_status oxws_config_url_credentials(oxws_config *config,
                                        int32_t enabled);

/// Calls `callback` when a client's stream is connected and its request is about to be written, which the
/// callback may change: the first callback of a connection. The request leaves when it returns, unless
/// `oxws_close` or `oxws_abort` has given the connection up; then nothing is written. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_connecting(oxws_config *config,
                                      oxws_connecting_callback callback);

/// Whether a connection of `oxws_connect` comes back after its end (1), or not (0), which is the default.
/// Clients only.
///
/// It comes back where `oxws_close_info_reconnect` says that this may help: after a loss, a failed
/// attempt, the first one included, or where the server goes away or is overloaded; never after
/// `oxws_close`, `oxws_abort`, `oxws_detach` or a shutdown of the loop, after a refusal such as 401 or a
/// close code such as 1008, nor where this side has found the peer at fault, its certificate included.
///
/// Each time `on_disconnect` is called in place of `on_close`. Then the connection waits, in
/// `OXWS_STATE_WAITING`, and is made anew from the same URL and config: `on_connecting`, which may put a
/// fresh token into the request, `on_response` and `on_open` are called again, and what the program has
/// asked of the server, such as subscriptions, it asks again in `on_open`. The handshake timeout counts
/// anew for each attempt. `on_close` is called once, when the connection has ended for good, because it
/// was closed or given up; its id is valid until then.
///
/// What was sent on a connection that broke is not sent again, whether or not it had left: nobody but
/// the server knows how much of it has arrived. A message of which the end has not been received is
/// dropped, `oxws_pause_reading` is forgotten, and `oxws_send_end` is due no more.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
oxws_status oxws_config_reconnect(oxws_config *config,
                                  int32_t enabled);

/// Sets how long a client waits before it comes back: a random time of at most `first_ms` before the first
/// attempt, of at most twice that before the second, and so on, but never more than `max_ms`. 1000 and
/// 60000 by default.
///
/// The wait is random from 0 on, so that clients which have lost their server together do not come back
/// together. A server that closes with 1001 is asked for again at once. If it refuses with a number of
/// seconds in its Retry-After field, these are waited too, within `max_ms`. The count begins anew when a
/// connection has been open for 10 seconds.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `first_ms` is 0 or more than `max_ms`.
///
/// Thread: one at a time.
oxws_status oxws_config_reconnect_delay_ms(oxws_config *config,
                                           uint32_t first_ms,
                                           uint32_t max_ms);

/// Sets how many attempts to come back may fail one after another until the connection is given up, which
/// `on_close` tells with the last failure; 0, the default, is any number. One that was open for less than
/// 10 seconds counts as failed.
///
/// Thread: one at a time.
oxws_status oxws_config_reconnect_attempts(oxws_config *config,
                                           uint32_t attempts);

/// Sets for how long attempts to come back are made, in milliseconds: one that would begin later is not
/// made, and the connection is given up at once. The time runs from the call of `oxws_connect`, or from
/// the end of a connection that had been open for 10 seconds. 0, the default, is for ever.
///
/// Thread: one at a time.
oxws_status oxws_config_reconnect_timeout_ms(oxws_config *config,
                                             uint32_t ms);

/// Sets how many bytes of messages may wait until a connection that comes back is open. Then `oxws_send`
/// and `oxws_send_vectored` keep what is sent while it is not open, before the first time too; a message goes beyond the limit if it is the one that reaches it, and the next
/// gets `OXWS_ERROR_WOULD_EXCEED`. Messages that have waited leave when `on_open` returns, in their
/// order, behind those of `on_open` itself; they are dropped if the connection ends for good. 0, the
/// default, keeps none: what is sent then gets `OXWS_ERROR_NOT_OPEN`.
///
/// Pings, messages in pieces and those whose data is lent are never kept, and nothing is after
/// `oxws_close`.
///
/// Thread: one at a time.
oxws_status oxws_config_reconnect_queue_bytes(oxws_config *config,
                                              uint64_t bytes);

/// Calls `callback` in place of `on_close` each time that a connection has ended and will come back, see
/// `oxws_config_reconnect`. Clients only.
///
/// NULL: not interested.
///
/// Thread: one at a time.
oxws_status oxws_config_on_disconnect(oxws_config *config,
                                      oxws_disconnect_callback callback);

/// Sets how many redirects a client follows for each attempt to connect: 0, the default, to 5. Clients
/// only.
///
/// An answer with the status 301, 302, 303, 307 or 308 and one Location, absolute or relative, is followed,
/// to `http:` and `https:` as to `ws:` and `wss:`; all of it within the one handshake timeout, through the
/// proxy and with the TLS config that are meant for the new address. `on_connecting` is called before each
/// request, `on_response` with the last answer only. The body of the others is thrown away.
///
/// Where scheme, host or port differ, Authorization, Cookie and Proxy-Authorization do not go along, nor
/// any field whose name has auth, cookie, credential, key, password, secret, session or token in it;
/// `on_connecting` can add them. Origin, subprotocols and all other fields do. Addresses of
/// `oxws_config_add_dial_address` are not those of another site.
///
/// `on_close` tells of one redirect too many (`OXWS_ERROR_TOO_MANY_REDIRECTS`), and of one that is not
/// followed (`OXWS_ERROR_REDIRECT_REFUSED`): from `wss:` to `ws:`, from or to a Unix-domain socket, with a
/// user name or password, or without a Location that can be dialled. A connection that comes back
/// (`oxws_config_reconnect`) begins at its own URL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 5.
///
/// Thread: one at a time.
oxws_status oxws_config_max_redirects(oxws_config *config,
                                      uint32_t redirects);

/// Sets how long a client waits for an address to answer before it tries the next one too, in
/// milliseconds: 250 by default, at least 10. 0 tries one after another, each with an equal share of what is
/// left of the handshake timeout.
///
/// A name may have several addresses, of which some do not answer. They are tried as RFC 8305 says: the
/// families by turns, beginning with the address that the system prefers; an attempt that fails is followed
/// by the next at once, one without an answer after this time, without being given up. The first connection
/// that comes about is the one; the other attempts end. At most 16 addresses are tried, all within the handshake
/// timeout (`oxws_config_handshake_timeout_ms`); if none can be reached, `on_close` has the error number of
/// the last. The system looks up addresses of both families in one go, so that nothing is tried until it
/// has the answers for both. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 1 to 9.
///
/// Thread: one at a time.
oxws_status oxws_config_connection_attempt_delay_ms(oxws_config *config,
                                                    uint32_t ms);

/// Adds an IP address that clients dial instead of looking up the host of the URL, such as "192.0.2.1" or
/// "2001:db8::1", at the URL's port; several are tried like the addresses of a name, those that were added
/// first before the others. The URL's host is still what the request names, and what a certificate must name.
/// So a program that looks names up by itself, or wants one server of several, says where to go. Connections
/// through a proxy and to Unix-domain sockets take no notice of it. NULL: forgets them all; there are
/// none by default. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_add_dial_address(oxws_config *config,
                                         const char *address);

/// Sets the IP address of this machine from which clients connect, such as "192.0.2.1", as a machine with
/// several may need; NULL, the default, leaves it to the system. Addresses of the other family are not
/// tried then. If this machine does not have it, or none of the peer's addresses is of its family, `on_close`
/// has EADDRNOTAVAIL. Clients only, TCP only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_bind_address(oxws_config *config,
                                     const char *address);

/// Sets the network interface over which clients connect, such as "eth0" (`SO_BINDTODEVICE`); NULL, the
/// default, leaves it to the system. If there is none of that name when a connection is made, `on_close` has
/// ENODEV; if the program may not choose, EPERM. Clients only, TCP only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the name is empty or has more than 15 bytes;
/// `OXWS_ERROR_UNSUPPORTED` where the system has no such option: it is one of Linux;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_interface(oxws_config *config,
                                  const char *name);

/// Whether small messages leave at once (`TCP_NODELAY`): 1, the default; 0 lets the system wait with a
/// small message for the acknowledgement of the one before, which makes fewer packets and more delay. What
/// is sent within one round of the loop leaves together in either case.
///
/// This and the following settings are for TCP, both what is dialled and what is accepted, and for
/// sockets that are adopted; they are without effect in the Unix domain and in a test loop.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for any other number.
///
/// Thread: one at a time.
oxws_status oxws_config_no_delay(oxws_config *config,
                                 int32_t enabled);

/// Has the system probe idle connections (`SO_KEEPALIVE`): after `idle_s` seconds without a byte, then
/// every `interval_s` seconds; after `count` probes without an answer the connection is broken with
/// ETIMEDOUT. 0 for `interval_s` or `count` leaves that to the system; 0 for `idle_s`, the default, sends
/// no probes.
///
/// The pings of WebSocket (`oxws_config_ping_interval_ms`) do more: they reach the peer's program, and pass
/// through proxies. Probes are for those who switch pings off and still want to know of peers that are gone.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 32,767 seconds or 127 probes.
///
/// Thread: one at a time.
oxws_status oxws_config_tcp_keepalive(oxws_config *config,
                                      uint32_t idle_s,
                                      uint32_t interval_s,
                                      uint32_t count);

/// Sets how long the system waits for the acknowledgement of what was sent before the connection is broken
/// with ETIMEDOUT, in milliseconds (`TCP_USER_TIMEOUT`); 0, the default, leaves it to the system, which
/// waits for many minutes. It finds out that a peer is gone to which something is on its way;
/// `oxws_config_write_stall_timeout_ms` is about a peer that does not read.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647; `OXWS_ERROR_UNSUPPORTED` for anything
/// but 0 where the system has no such timeout: it is one of Linux.
///
/// Thread: one at a time.
oxws_status oxws_config_tcp_user_timeout_ms(oxws_config *config,
                                            uint32_t ms);

/// Sets the size of the system's buffer for what has been received and not read, in bytes (`SO_RCVBUF`); 0,
/// the default, leaves it to the system, which makes it as large as the connection needs. The system may
/// take less or more than it is told, as Linux takes twice as much for its own needs. It is set before a
/// connection is made, so that it counts for the window that both sides agree on.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647.
///
/// Thread: one at a time.
oxws_status oxws_config_receive_buffer_bytes(oxws_config *config,
                                             uint32_t bytes);

/// Sets the size of the system's buffer for what has been sent and not acknowledged, in bytes (`SO_SNDBUF`),
/// as `oxws_config_receive_buffer_bytes` does for the other direction. What it does not hold waits in
/// the connection's own queue (`oxws_config_max_queued_bytes`).
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 2,147,483,647.
///
/// Thread: one at a time.
oxws_status oxws_config_send_buffer_bytes(oxws_config *config,
                                          uint32_t bytes);

/// Makes a TLS config with the defaults that the functions below name: a client trusts the authorities of
/// the system, a server has no certificate yet. Never NULL.
///
/// Thread: any.
oxws_tls_config *oxws_tls_config_new(void);

/// Ends a TLS config; what was made from it is not touched. NULL is allowed.
///
/// Thread: one at a time.
void oxws_tls_config_free(oxws_tls_config *config);

/// Has a client trust the authorities of the system (1, the default), or only those that were added (0).
/// The list is read once for each TLS config that is used, when the first connection needs it: on Linux
/// from where OpenSSL has it, or from where SSL_CERT_FILE and SSL_CERT_DIR point.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `trusted` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_trust_system(oxws_tls_config *config,
                                         int32_t trusted);

/// Says what a server does about the certificates of clients, an `oxws_client_certificate`; it asks for
/// none by default. Those that it asks for must come from an authority of
/// `oxws_tls_config_add_client_ca_file` or `oxws_tls_config_add_client_ca_pem`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_client_certificates(oxws_tls_config *config,
                                                int32_t wanted);

/// Sets the name or IP address that a client asks for and that the server's certificate must be for, in
/// place of the host of the URL; NULL for that again. The connection goes to the host of the URL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for what no certificate can name; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_server_name(oxws_tls_config *config,
                                        const char *name);

/// Has a client refuse servers whose key is none of those that were added so: the SHA-256 of the
/// certificate's SubjectPublicKeyInfo in Base64, 44 characters, with or without `pin-sha256=` or
/// `sha256//` before it. All other checks remain. Add the next key too, or a change of the key locks
/// clients out.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another text; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_pin(oxws_tls_config *config,
                                    const char *pin);

/// Sets the oldest version of TLS that is spoken, an `oxws_tls_version`: `OXWS_TLS_1_2`, which is the
/// default, or `OXWS_TLS_1_3`. Older ones are not spoken at all.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_min_version(oxws_tls_config *config,
                                        int32_t version);

/// Resumes sessions (1, the default), so that who comes again is spared a part of the handshake, or not
/// (0). A server gives out tickets with keys of its own that change every few hours; a client remembers
/// up to 1,024 sessions for each TLS config.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_resumption(oxws_tls_config *config,
                                       int32_t enabled);

/// Appends the secrets of every session to a file, in the form of SSLKEYLOGFILE, with which programs such
/// as Wireshark show what passes; NULL writes none, which is the default. Whoever can read the file can
/// read the connections. A new one can be read by the user of the process alone. The environment is never
/// asked.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE` if it cannot be opened or made.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_key_log_file(oxws_tls_config *config,
                                         const char *file);

/// Has a client accept whatever certificate it is shown (1), or check it (0, the default). Whoever is on the
/// way can then read and change everything, unless `oxws_tls_config_add_pin` says which key the server
/// has: pins are checked nevertheless. For tests.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `accepted` is neither 0 nor 1.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_dangerous_accept_any_certificate(oxws_tls_config *config,
                                                             int32_t accepted);

/// Has a client trust the authorities in a file: PEM with any number, or one in DER. Those of the system
/// are trusted besides, unless `oxws_tls_config_trust_system` says otherwise. Of several, those that
/// cannot be used are passed over. A certificate of a server that is no authority vouches for itself
/// if it is signed by itself.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_ca_file(oxws_tls_config *config,
                                        const char *file);

/// Has a client trust authorities that are in memory, `len` bytes; otherwise as
/// `oxws_tls_config_add_ca_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_ca_pem(oxws_tls_config *config,
                                       const void *pem,
                                       size_t len);

/// Adds a certificate of this side: files of the chain, which begins with the certificate itself and goes on
/// with those between it and the authority, and of its private key (PKCS #8, PKCS #1 or SEC 1, not
/// encrypted). PEM, or DER for a chain of one and for the key; both can be the same file.
///
/// A server can have several: it shows the first that is for the name which the client asks for, a
/// wildcard if none has the name itself, and the first of all if there is none of either. A client has one,
/// the first, for servers that ask.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE`; `OXWS_ERROR_TLS_BAD_KEY`;
/// `OXWS_ERROR_TLS_KEY_MISMATCH` if the key is another's.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_certificate_files(oxws_tls_config *config,
                                                  const char *chain_file,
                                                  const char *key_file);

/// Adds a certificate of this side that is in memory, its chain and its key; otherwise as
/// `oxws_tls_config_add_certificate_files`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE`; `OXWS_ERROR_TLS_BAD_KEY`; `OXWS_ERROR_TLS_KEY_MISMATCH` if the
/// key is another's.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_certificate_pem(oxws_tls_config *config,
                                                const void *chain,
                                                size_t chain_len,
                                                const void *key,
                                                size_t key_len);

/// Refuses the certificates of peers that the revocation lists in a file name: PEM with any number, or one in
/// DER. Authorities of which there is no list revoke nothing, and a list that is out of date still counts.
/// Lists have version 2 (RFC 5280 section 5); `openssl ca` makes such if its configuration has `crlnumber`.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is no list, or one
/// that cannot be read, or one of version 1.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_crl_file(oxws_tls_config *config,
                                         const char *file);

/// Refuses the certificates of peers that revocation lists in memory name, `len` bytes; otherwise as
/// `oxws_tls_config_add_crl_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is no list, or one
/// that cannot be read.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_crl_pem(oxws_tls_config *config,
                                        const void *pem,
                                        size_t len);

/// Has a server trust the authorities in a file when they vouch for clients, see
/// `oxws_tls_config_client_certificates`: PEM with any number, or one in DER. Those of the system never
/// vouch for clients.
///
/// Errors: `OXWS_ERROR_TLS_FILE_UNREADABLE`; `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_client_ca_file(oxws_tls_config *config,
                                               const char *file);

/// Has a server trust authorities that are in memory, `len` bytes, when they vouch for clients; otherwise as
/// `oxws_tls_config_add_client_ca_file`.
///
/// Errors: `OXWS_ERROR_TLS_BAD_CERTIFICATE` if there is none that can be
/// used.
///
/// Thread: one at a time.
oxws_status oxws_tls_config_add_client_ca_pem(oxws_tls_config *config,
                                              const void *pem,
                                              size_t len);

/// Sets what `wss:` connections are made with; the TLS config is copied. NULL is the default: a client
/// trusts the authorities of the system, a server has no certificate and cannot listen at `wss:`.
///
/// For `ws:` it means nothing. Where a server is given a descriptor in place of a URL, by `oxws_listen_fd`
/// and `oxws_adopt_server`, it speaks TLS if the config has a TLS config, and otherwise not.
///
/// Thread: one at a time.
oxws_status oxws_config_tls(oxws_config *config,
                            const oxws_tls_config *tls);

/// Exchanges the certificates of a listener, and everything else that the TLS config says, for connections
/// that come from now on; those that are there keep what they have. The TLS config is copied. Sessions of
/// before are not resumed.
///
/// Errors, after which nothing has changed: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if the
/// listener does not speak TLS; `OXWS_ERROR_TLS_NOT_CONFIGURED` without a certificate, or without an
/// authority for those of clients that are asked for; `OXWS_ERROR_UNSUPPORTED` in a build without TLS.
///
/// Thread: the loop's.
oxws_status oxws_listener_tls(oxws_loop *loop,
                              oxws_listener listener,
                              const oxws_tls_config *tls);

/// Has clients connect through the proxy at `url`: `http://[user[:password]@]host[:port]` for a proxy that
/// knows CONNECT (RFC 9110 section 9.3.6), on port 80 unless another is named, or `socks5://` with the
/// same parts for SOCKS version 5 (RFC 1928), on port 1080, or `https://` for a proxy that is spoken to through
/// TLS, on port 443; see `oxws_config_proxy_tls`. Without a scheme `http` is meant. User name and password are
/// percent-encoded; without TLS anybody on the way to the proxy can read them.
///
/// NULL: no proxy, which is the default; in particular nothing is read from the environment unasked.
///
/// The name of the server is never looked up here, but always by the proxy; `socks5h` is the same as
/// `socks5`. Connections to a Unix-domain socket use no proxy. The proxy has its answer to give within the
/// handshake timeout. If it refuses, `on_close` tells `OXWS_ERROR_PROXY_REFUSED` or
/// `OXWS_ERROR_PROXY_UNAUTHORIZED`, with `oxws_close_info_http_status` or `oxws_close_info_socks_reply`; if
/// it cannot be understood, `OXWS_ERROR_PROXY_MALFORMED`. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_URL` if it cannot be read, or has a part that is not allowed there, such as
/// a path, or credentials that the proxy's protocol cannot carry; `OXWS_ERROR_UNSUPPORTED` for SOCKS version 4;
/// `OXWS_ERROR_INVALID_UTF8`. For `https:`, `oxws_connect` gives `OXWS_ERROR_UNSUPPORTED` in a build without
/// TLS, and `OXWS_ERROR_TLS_NOT_CONFIGURED` if nobody is trusted.
///
/// Thread: one at a time.
oxws_status oxws_config_proxy(oxws_config *config,
                              const char *url);

/// Sets whom a client trusts to be its proxy and what it shows to it, where the URL of the proxy is `https:`.
/// TLS to the server goes through that to the proxy, and has its own. NULL: the authorities of the system, which
/// is the default. Clients only.
///
/// Why TLS to the proxy does not come about is told as for a server, with the stage `OXWS_STAGE_PROXY`.
///
/// Thread: one at a time.
oxws_status oxws_config_proxy_tls(oxws_config *config,
                                  const oxws_tls_config *tls);

/// Names what clients connect to without the proxy: a list as the variable `no_proxy` has it, with commas
/// or spaces between its elements. `*` is everything; `example.com`, `.example.com` and `*.example.com`
/// are this host and every one below it; `192.0.2.1`, `2001:db8::1`, `10.0.0.0/8` and `fd00::/8` are
/// addresses and networks, which match hosts that are IP addresses in the URL: no name is looked up for
/// them. A name or an address may have a port behind a colon, an IPv6 address in brackets then, and is
/// meant for that port alone.
///
/// The list takes the place of one that was there. NULL or empty: nothing, which is the default. Clients only.
///
/// Errors, after which the list is as it was: `OXWS_ERROR_INVALID_ARGUMENT` if an element is none of these;
/// `OXWS_ERROR_TOO_LONG` for more than 1024; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_proxy_exempt(oxws_config *config,
                                     const char *list);

/// Adds a header to what HTTP proxies are asked with, such as User-Agent; SOCKS has none. It is not sent to
/// the server, and what `oxws_config_add_header` adds is not sent to the proxy. Proxy-Authorization takes
/// the place of the credentials in the proxy's URL. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character or a space
/// at either end, or the library writes that header itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_config_proxy_add_header(oxws_config *config,
                                         const char *name,
                                         const char *value);

/// With 1 takes the proxies that the environment names, now and in place of those that `oxws_config_proxy`
/// and `oxws_config_proxy_exempt` have set: for `ws` URLs from `http_proxy`, for `wss` URLs from `https_proxy`
/// or `HTTPS_PROXY`, for both from `all_proxy` or `ALL_PROXY`, each as for `oxws_config_proxy`; the first that
/// is there and not empty counts. What needs no proxy is taken from `no_proxy` or `NO_PROXY`, as for
/// `oxws_config_proxy_exempt`, without the elements that cannot be read. `HTTP_PROXY` is not looked at, as
/// a client can set it for programs that a web server runs. With 0 there is no proxy. Clients only.
///
/// The environment is read by this call alone, and must not be changed by another thread meanwhile.
///
/// Errors, after which the config is as it was: `OXWS_ERROR_INVALID_ARGUMENT` for any other number;
/// `OXWS_ERROR_INVALID_URL` or `OXWS_ERROR_UNSUPPORTED` as for `oxws_config_proxy`, also for a variable that
/// is not UTF-8.
///
/// Thread: one at a time.
oxws_status oxws_config_proxy_from_environment(oxws_config *config,
                                               int32_t enabled);

/// Listens at `url` as a server: `ws://127.0.0.1:9001`, `ws://[::1]:9001`, `ws://localhost:9001`,
/// `ws://*:9001` for all addresses of both families, or a Unix-domain socket as
/// `ws+unix:/path/of/socket`. The port 0 takes any that is free, and `oxws_listener_port` tells which;
/// without a port it is 80. Names other than localhost are not looked up: they are no URL to listen at.
/// Nor is one with a path: requests of all paths come, and `oxws_request_path` tells which.
///
/// The path of a Unix-domain socket is removed when the listener ends. A socket that is left over from a
/// process that is gone is replaced; whatever else lies at the path is left alone, and listening fails
/// with EADDRINUSE. Who may connect there the process's umask says, and the directory. The config is
/// copied. `listener` gets the id, and may be NULL.
///
/// `wss:` is the same through TLS, with the certificates of `oxws_config_tls`; without a port it is 443.
///
/// Errors: `OXWS_ERROR_INVALID_URL`; for `wss:` `OXWS_ERROR_TLS_NOT_CONFIGURED` without a certificate, or
/// without an authority for those of clients that are asked for, and `OXWS_ERROR_UNSUPPORTED` in a build
/// without TLS; `OXWS_ERROR_LISTEN_FAILED`, see `oxws_loop_os_error`.
///
/// Thread: the loop's.
oxws_status oxws_listen(oxws_loop *loop,
                        const char *url,
                        const oxws_config *config,
                        oxws_listener *listener);

/// Listens on a descriptor that is bound and listens already, such as one that a service manager
/// handed over: a stream socket of IPv4, IPv6 or the Unix domain.
///
/// The descriptor is duplicated: the caller's stays the caller's and may be closed at once. It is
/// made non-blocking, which both share. `listener` gets the id, and may be NULL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for a negative number; `OXWS_ERROR_LISTEN_FAILED` for one
/// that is no such socket, see `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop;
/// `OXWS_ERROR_TLS_NOT_CONFIGURED` as for `oxws_listen`, if the config has a TLS config.
///
/// Thread: the loop's.
oxws_status oxws_listen_fd(oxws_loop *loop,
                           int32_t fd,
                           const oxws_config *config,
                           oxws_listener *listener);

/// Stops listening. Connections that were accepted live on.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_listener_close(oxws_loop *loop, oxws_listener listener);

/// The port of a listener; 0 for a Unix-domain socket.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_listener_port(const oxws_loop *loop, oxws_listener listener, uint16_t *port);

/// Finds the descriptors that a service manager such as systemd has handed over to this process: those
/// that it has given the name `name` (FileDescriptorName=), or all if that is NULL. Up to `capacity` of
/// them are written to `fds`, in the order in which they were handed over, for `oxws_listen_fd`; `*count`
/// gets how many there are, 0 if none, also if they do not fit. `fds` may be NULL if `capacity` is 0, to
/// ask for the number; `count` may be NULL.
///
/// It is this call alone that reads the variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and that
/// keeps all descriptors which they tell of from being inherited further. It can be called again: nothing
/// is taken away.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL`; `OXWS_ERROR_NULL_ARGUMENT` for a capacity without `fds`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_STATE` if a variable cannot be read, or tells of a
/// descriptor that is not open.
///
/// Thread: any, while no other changes the environment.
oxws_status oxws_inherited_fds(const char *name,
                               int32_t *fds,
                               size_t capacity,
                               size_t *count);

/// Begins to connect to `url` as a client: `ws://host:port/path?query`, or a Unix-domain socket as
/// `ws+unix:/path/of/socket` or `ws+unix:/path/of/socket:/path?query`.
///
/// `wss:` is the same through TLS, see `oxws_config_tls`: the server must have a certificate for the host.
///
/// The config is copied. Looking the name up, connecting and the handshake go on while the loop
/// runs, all within the config's handshake timeout; they end in `on_open` or in `on_close`, which
/// comes also if connecting fails, unless the connection comes back (`oxws_config_reconnect`). `connection` gets the id, and may be NULL; `config` may not.
///
/// What is not ASCII in the path or query, and a space, must be percent-encoded. A URL with a user name
/// or password is refused unless `oxws_config_url_credentials` says otherwise.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_URL`;
/// for `wss:` `OXWS_ERROR_TLS_NOT_CONFIGURED` if no authority is trusted, and `OXWS_ERROR_UNSUPPORTED` in a
/// build without TLS;
/// `OXWS_ERROR_INVALID_HEADER`; `OXWS_ERROR_INVALID_STATE` while `oxws_loop_shutdown` is at work;
/// `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`.
///
/// Thread: the loop's.
oxws_status oxws_connect(oxws_loop *loop,
                         const char *url,
                         const oxws_config *config,
                         oxws_connection *connection);

/// Sends a message of `len` bytes (RFC 6455 section 5.6). `type` is an `oxws_message_type`; text
/// must be UTF-8. `data` may be NULL if `len` is 0.
///
/// Inside a callback the message leaves, together with all others, when the connection's turn is
/// over; outside of the loop's rounds at once. What the system does not take is queued.
///
/// `data` is copied as far as it is queued. A message from 64 KiB on that a callback was given whole, and
/// sends on as a server, whole or for the most part, is not, to however many connections it goes: the
/// library keeps it until it has left everywhere.
///
/// Errors, after which nothing of it is sent: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`,
/// `OXWS_ERROR_CLOSED`; `OXWS_ERROR_WOULD_EXCEED` if as much waits as may, to be tried again in
/// `on_writable`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_ARGUMENT` for another type;
/// `OXWS_ERROR_INVALID_STATE` between `oxws_send_begin` and `oxws_send_end`;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
oxws_status oxws_send(oxws_loop *loop,
                      oxws_connection connection,
                      int32_t type,
                      const void *data,
                      size_t len);

/// Sends a ping with a payload of at most 125 bytes; `on_pong` tells of its answer and of the time
/// between. Keepalive pings are sent by the library itself, see `oxws_config_ping_interval_ms`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`,
/// `OXWS_ERROR_WOULD_EXCEED`, `OXWS_ERROR_OUT_OF_MEMORY` as for `oxws_send`; `OXWS_ERROR_TOO_LONG`.
///
/// Thread: any.
oxws_status oxws_ping(oxws_loop *loop, oxws_connection connection, const void *data, size_t len);

/// Sends a pong with a payload of at most 125 bytes: the answer to a ping where the library does not
/// answer by itself (`oxws_config_auto_pong`), with the payload of the ping, or one that answers none, as a
/// sign of life (RFC 6455 section 5.5.3).
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`,
/// `OXWS_ERROR_WOULD_EXCEED`, `OXWS_ERROR_OUT_OF_MEMORY` as for `oxws_send`; `OXWS_ERROR_TOO_LONG`.
///
/// Thread: any.
oxws_status oxws_pong(oxws_loop *loop,
                      oxws_connection connection,
                      const void *data,
                      size_t len);

/// Begins the closing handshake (RFC 6455 section 7) with a code that may be sent, and a reason of
/// at most 123 bytes or NULL. The code 0 sends a Close frame without a code; `reason` must be NULL or
/// empty then.
///
/// What was sent before leaves before it. Messages of the peer are still reported until its own
/// Close frame comes; then, or at the close timeout, `on_close` follows. A connection that is not
/// open yet is given up, and `on_close` follows too.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if it is closing already;
/// `OXWS_ERROR_INVALID_CLOSE_CODE`, also for a reason without a code; `OXWS_ERROR_TOO_LONG`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
oxws_status oxws_close(oxws_loop *loop,
                       oxws_connection connection,
                       uint16_t code,
                       const char *reason);

/// Ends a connection at once, without a closing handshake; what waits to be sent is thrown away.
/// `on_close` follows, with `OXWS_ERROR_CANCELLED`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if it has ended already;
/// `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
oxws_status oxws_abort(oxws_loop *loop, oxws_connection connection);

/// Sends a message whose bytes lie in `count` places, one behind the other, as one frame. `parts[i]`
/// points to `lens[i]` bytes, and may be NULL if that is 0; both arrays may be NULL if `count` is 0.
/// A character of a text may lie across two parts. It is compressed if it is large enough and that was agreed
/// on; `oxws_send_begin` has flags.
///
/// Errors: as for `oxws_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: any.
oxws_status oxws_send_vectored(oxws_loop *loop,
                               oxws_connection connection,
                               int32_t type,
                               const void *const *parts,
                               const size_t *lens,
                               size_t count);

/// Sends a message as `oxws_send` does, with `flags` of `oxws_send_flag`, and has `on_sent` called, with
/// `context`, when it is known what became of it. `on_sent` may be NULL.
///
/// Errors, after which `on_sent` is not called: as for `oxws_send`; `OXWS_ERROR_INVALID_ARGUMENT` for an
/// unknown flag.
///
/// Thread: any; `on_sent` is called on the loop's.
oxws_status oxws_send_with(oxws_loop *loop,
                           oxws_connection connection,
                           int32_t type,
                           const void *data,
                           size_t len,
                           uint32_t flags,
                           oxws_sent_callback on_sent,
                           void *context);

/// Sends a message of which the library makes no copy where that can be avoided: `data` is lent until
/// `release` is called with it and `context`, and must not be changed before. `flags` are of
/// `oxws_send_flag`. A client's message is copied all the same, as it must be masked, and so is one
/// below 4 KiB or one that is compressed; `release` is called for them too.
///
/// `release` is called once, on the loop's thread, while the loop is polled, or in `oxws_loop_free`; not
/// by a loop that is poisoned, or freed after fork.
///
/// Errors, after which `release` is not called and nothing is lent: as for `oxws_send`;
/// `OXWS_ERROR_INVALID_ARGUMENT` for an unknown flag; `OXWS_ERROR_NULL_ARGUMENT` without `release`.
///
/// Thread: any.
oxws_status oxws_send_borrowed(oxws_loop *loop,
                               oxws_connection connection,
                               int32_t type,
                               const void *data,
                               size_t len,
                               uint32_t flags,
                               oxws_release_callback release,
                               void *context);

/// Begins a message whose length is not known: `oxws_send_append` sends pieces of it as they come,
/// `oxws_send_end` the last one. Each is a frame of its own (RFC 6455 section 5.4). `flags` are of
/// `oxws_send_flag`.
///
/// Until the message has ended, other messages on the connection give `OXWS_ERROR_INVALID_STATE`;
/// pings, pongs and closing are possible. Other threads' messages and pings to it give
/// `OXWS_ERROR_WOULD_EXCEED`, and `on_writable` tells when that is over; what they have sent before
/// leaves before. A connection that ends takes the message with it.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_INVALID_STATE` if a message has been begun already; `OXWS_ERROR_INVALID_ARGUMENT` for
/// another type or an unknown flag.
///
/// Thread: the loop's.
oxws_status oxws_send_begin(oxws_loop *loop,
                            oxws_connection connection,
                            int32_t type,
                            uint32_t flags);

/// Sends a piece of the message that `oxws_send_begin` began. A character of a text may lie across two
/// pieces. An empty piece sends nothing.
///
/// Errors, after which the message is as before: `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`,
/// `OXWS_ERROR_CLOSED`; `OXWS_ERROR_INVALID_STATE` if no message was begun; `OXWS_ERROR_WOULD_EXCEED` if as much waits as may,
/// to be tried again in `on_writable`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: the loop's.
oxws_status oxws_send_append(oxws_loop *loop,
                             oxws_connection connection,
                             const void *data,
                             size_t len);

/// Sends the last piece of the message that `oxws_send_begin` began, which may be empty.
///
/// Errors, after which the message has not ended: as for `oxws_send_append`; `OXWS_ERROR_INVALID_UTF8`
/// also if a text would end inside a character.
///
/// Thread: the loop's.
oxws_status oxws_send_end(oxws_loop *loop,
                          oxws_connection connection,
                          const void *data,
                          size_t len);

/// Makes a message of `len` bytes that can be sent often; they are copied. `type` is an `oxws_message_type`;
/// text must be UTF-8, which is not looked at again. `data` may be NULL if `len` is 0. `flags` are of
/// `oxws_send_flag`. `prepared` gets the handle.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT`; `OXWS_ERROR_INVALID_ARGUMENT` for another type or an unknown flag;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
oxws_status oxws_prepared_new(int32_t type,
                              const void *data,
                              size_t len,
                              uint32_t flags,
                              oxws_prepared **prepared);

/// Another handle for the same message, which is freed apart from the first one. NULL for NULL.
///
/// Thread: any.
oxws_prepared *oxws_prepared_ref(const oxws_prepared *prepared);

/// Ends a handle. What has been sent with it leaves all the same. NULL is allowed.
///
/// Thread: any.
void oxws_prepared_free(oxws_prepared *prepared);

/// Whether a message is text or binary. `OXWS_MESSAGE_BINARY` for NULL.
///
/// Thread: any.
oxws_message_type oxws_prepared_type(const oxws_prepared *prepared);

/// The bytes of a message, `*len` of them, which live as long as the handle. `len` may be NULL. NULL, and a
/// length of 0, for NULL; an empty message has a pointer to no bytes.
///
/// Thread: any.
const uint8_t *oxws_prepared_data(const oxws_prepared *prepared,
                                  size_t *len);

/// Sends a message that was prepared, as `oxws_send` does. A server's connection sends the same memory as all
/// others, without a copy of its own; what a client sends is masked and so copied, and so is what is
/// compressed with a window that is taken over from message to message (`oxws_config_deflate_takeover`).
///
/// `on_sent` is called, with `context`, when it is known what became of the message, as for `oxws_send_with`;
/// it may be NULL. The handle may be freed at once.
///
/// Errors, after which `on_sent` is not called: as for `oxws_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: any; `on_sent` is called on the loop's.
oxws_status oxws_send_prepared(oxws_loop *loop,
                               oxws_connection connection,
                               const oxws_prepared *prepared,
                               oxws_sent_callback on_sent,
                               void *context);

/// Queues a message that was prepared on an endpoint without I/O, as `oxws_protocol_send` does. Its output gets a
/// copy, as it belongs to the program; what is saved is framing, looking at text, and compressing it.
///
/// Errors: as for `oxws_protocol_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_send_prepared(oxws_protocol *protocol,
                                        const oxws_prepared *prepared,
                                        uint64_t now_us);

/// Sends a message that was prepared to all connections of a loop that are open: if `listener` is not 0, to
/// those that it has accepted, and not to `except`, which may be 0. What is connecting or closing is left
/// out. Several messages of one round leave each connection together.
///
/// `sent` gets the number of connections that it is sent to. The others are refused: as much waits for them
/// as may, which `on_writable` tells the end of; a message leaves in pieces; or memory is short. `refused`
/// gets their number, of which the first `capacity` are written to `ids`. Each of the three may be NULL.
///
/// From another thread `ids`, `sent` and `refused` must be NULL: who is refused then is not known.
///
/// Errors, after which nothing is sent: `OXWS_ERROR_NULL_ARGUMENT`, also for a capacity without `ids`;
/// `OXWS_ERROR_NOT_FOUND` if there is no such listener; from another thread
/// `OXWS_ERROR_WRONG_THREAD` if results are wanted, and `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
oxws_status oxws_loop_broadcast(oxws_loop *loop,
                                const oxws_prepared *prepared,
                                oxws_listener listener,
                                oxws_connection except,
                                size_t *sent,
                                oxws_connection *ids,
                                size_t capacity,
                                size_t *refused);

/// Serves a connection that the program has accepted: a connected stream socket of IPv4, IPv6 or the
/// Unix domain. `received` are `received_len` bytes that were read from it already, from its
/// beginning on: a part of a request, or a whole one and what follows it; at most 512 KiB. It may be NULL if
/// `received_len` is 0.
///
/// The descriptor is duplicated: the caller's stays the caller's and may be closed at once. It is made
/// non-blocking, which both share. The config is copied; its limits on the number of connections are
/// for listeners. `connection` gets the id, and may be NULL. Whatever comes, `on_close` is called for
/// it, also if no request does.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_ARGUMENT` for a negative number and
/// a socket of another kind; `OXWS_ERROR_SYSTEM_CALL_FAILED` for what is no socket or not connected, see
/// `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop; `OXWS_ERROR_TOO_LONG`;
/// `OXWS_ERROR_OUT_OF_MEMORY`; `OXWS_ERROR_TLS_NOT_CONFIGURED` as for `oxws_listen`, if the config has a TLS
/// config; `OXWS_ERROR_INVALID_STATE` while `oxws_loop_shutdown` is at work; `OXWS_ERROR_LOOP_FREED` inside
/// `oxws_loop_free`.
///
/// Thread: the loop's.
oxws_status oxws_adopt_server(oxws_loop *loop,
                              int32_t fd,
                              const void *received,
                              size_t received_len,
                              const oxws_config *config,
                              oxws_connection *connection);

/// Sends the opening request of `url` over a connection that the program has made, such as through a
/// proxy or a tunnel: a connected stream socket of IPv4, IPv6 or the Unix domain. Of the URL only the
/// Host field and the path count; nothing is looked up or dialled.
///
/// The descriptor is duplicated, as by `oxws_adopt_server`. The handshake ends in `on_open` or in
/// `on_close`. `connection` gets the id, and may be NULL.
///
/// Errors, after which nothing is called back: those of `oxws_adopt_server`, and
/// `OXWS_ERROR_INVALID_URL`; `OXWS_ERROR_INVALID_HEADER`; for `wss:` those of `oxws_connect`.
///
/// Thread: the loop's.
oxws_status oxws_adopt_client(oxws_loop *loop,
                              int32_t fd,
                              const char *url,
                              const oxws_config *config,
                              oxws_connection *connection);

/// Goes on with a connection whose opening handshake another server or client has done. `role` is this
/// side's, an `oxws_role`; `subprotocol` is the one that was agreed on, or NULL; `received` are
/// `received_len` bytes that were read behind the handshake already, at most 512 KiB, or NULL.
///
/// Nothing is compressed, whatever the config says: a handshake that agrees on an extension cannot be gone on
/// with.
///
/// The descriptor is duplicated, as by `oxws_adopt_server`. Messages can be sent at once; `on_open` is
/// called in the next round, then what is in `received` is reported. `connection` gets the id, and may
/// be NULL.
///
/// Errors, after which nothing is called back: those of `oxws_adopt_server`,
/// `OXWS_ERROR_INVALID_ARGUMENT` for another role, and `OXWS_ERROR_INVALID_SUBPROTOCOL` for what is no
/// token.
///
/// Thread: the loop's.
oxws_status oxws_adopt_open(oxws_loop *loop,
                            int32_t fd,
                            int32_t role,
                            const char *subprotocol,
                            const void *received,
                            size_t received_len,
                            const oxws_config *config,
                            oxws_connection *connection);

/// Gives the socket of a connection back to the program, to be used without this library: for another
/// protocol that a request asks for, or in another process. Nothing more is read; what waits to be
/// sent, and what is sent meanwhile, leaves first. Then `callback` is called in a round of the loop
/// with the descriptor, and after it `on_close` with `OXWS_ERROR_DETACHED`.
///
/// A server can detach a connection whose request waits for a decision, instead of answering: the
/// request has been read then, and what follows it is unread. An open connection is detached between
/// two messages, as inside `on_message`. If compression was agreed on (`oxws_get_deflate`), the peer goes on
/// with it: whoever has the socket then must know of it, which `oxws_adopt_open` does not.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if the
/// connection has ended; `OXWS_ERROR_INVALID_STATE` while it is being made, while a part of a request,
/// a response or a message has passed without the rest, after the peer's Close frame, or if it is being
/// detached already; `OXWS_ERROR_UNSUPPORTED` on a test loop.
///
/// Thread: the loop's.
oxws_status oxws_detach(oxws_loop *loop,
                        oxws_connection connection,
                        oxws_detach_callback callback,
                        void *context);

/// Stops reading from a connection, so that its peer has to wait: no message, ping, pong or Close
/// frame is reported, and no silence of the peer counts against it, until `oxws_resume_reading` or
/// `oxws_close`.
/// Pausing twice is pausing once.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_pause_reading(oxws_loop *loop, oxws_connection connection);

/// Reads from a connection again.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_resume_reading(oxws_loop *loop, oxws_connection connection);

/// How many bytes wait to be sent on a connection because the system has not taken them yet, or its
/// turn is not over; frame headers included.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_get_queued_bytes(const oxws_loop *loop, oxws_connection connection, size_t *count);

/// How far a connection has come.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also after `on_close`.
///
/// Thread: the loop's.
oxws_status oxws_get_state(const oxws_loop *loop, oxws_connection connection, oxws_state *state);

/// How far the closing handshake of a connection has come: `OXWS_CLOSE_STATE_OPEN` also before the
/// opening handshake has ended.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also after `on_close`.
///
/// Thread: the loop's.
oxws_status oxws_get_close_state(const oxws_loop *loop,
                                 oxws_connection connection,
                                 oxws_close_state *state);

/// Sets the user pointer of a connection, which its callbacks get from now on. The library never
/// follows it.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_set_user(oxws_loop *loop, oxws_connection connection, void *user);

/// The user pointer of a connection.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_get_user(const oxws_loop *loop, oxws_connection connection, void **user);

/// The peer's address: "192.0.2.1:50000", "[2001:db8::1]:50000", "unix:", or empty while there is
/// none. Behind a proxy that is believed (`oxws_config_trust_proxy_header`, `oxws_config_trust_forwarded`)
/// it is the client's, which may have no port; `oxws_get_socket_peer_address` gives the proxy's then. It is
/// copied into `buffer` with a NUL behind it; `*len` gets its bytes without the NUL, also
/// if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be
/// NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 64 bytes always do.
///
/// Thread: the loop's.
oxws_status oxws_get_peer_address(const oxws_loop *loop,
                                  oxws_connection connection,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *len);

/// This side's address, as `oxws_get_peer_address` gives the peer's; for a Unix-domain socket
/// "unix:" and its path, if it has one.
///
/// Errors: as for `oxws_get_peer_address`; 384 bytes always suffice.
///
/// Thread: the loop's.
oxws_status oxws_get_local_address(const oxws_loop *loop,
                                   oxws_connection connection,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *len);

/// The subprotocol that the handshake agreed on, empty if none; the buffer works as for
/// `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_get_subprotocol(const oxws_loop *loop,
                                 oxws_connection connection,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *len);

/// The version of the protocol that the handshake agreed on: 13, or what `oxws_config_allow_version`
/// allows.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_NOT_OPEN` before the opening handshake has ended.
///
/// Thread: the loop's.
oxws_status oxws_get_version(const oxws_loop *loop,
                             oxws_connection connection,
                             oxws_version *version);

/// The version of TLS that a connection goes through, an `oxws_tls_version`; `OXWS_TLS_NONE` for a plain one,
/// and before the TLS handshake has ended.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_version(const oxws_loop *loop,
                                 oxws_connection connection,
                                 int32_t *version);

/// Whether the TLS session of a connection was resumed (1), which spares both sides a part of the handshake,
/// or not (0).
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_resumed(const oxws_loop *loop,
                                 oxws_connection connection,
                                 int32_t *resumed);

/// The registered name of the cipher suite, such as "TLS_AES_128_GCM_SHA256", or empty for a plain connection;
/// the buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 64 bytes always do.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_cipher_suite(const oxws_loop *loop,
                                      oxws_connection connection,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *len);

/// Server: the name that the client has asked for (RFC 6066 section 3), which it does not if it knows an IP
/// address alone; otherwise empty. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 256 bytes always do.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_server_name(const oxws_loop *loop,
                                     oxws_connection connection,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *len);

/// The protocol above TLS that both sides have named (RFC 7301): "http/1.1", or empty if the peer has named
/// none. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit: 16 bytes always do.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_alpn(const oxws_loop *loop,
                              oxws_connection connection,
                              char *buffer,
                              size_t capacity,
                              size_t *len);

/// Whom the peer's certificate names as its subject, as text (RFC 4514): "CN=example,O=Example Ltd,C=GB"; empty
/// without a certificate. The buffer works as for `oxws_get_peer_address`. The certificate was checked, unless
/// `oxws_tls_config_dangerous_accept_any_certificate` says otherwise. For a host name, look at
/// `oxws_get_tls_peer_name`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_peer_subject(const oxws_loop *loop,
                                      oxws_connection connection,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *len);

/// Whom the peer's certificate names as the authority that vouches for it, otherwise as
/// `oxws_get_tls_peer_subject`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_peer_issuer(const oxws_loop *loop,
                                     oxws_connection connection,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *len);

/// One of the names that the peer's certificate is for (RFC 5280 section 4.2.1.6), by its place from 0 on:
/// "DNS:example.com", "IP:192.0.2.1", "URI:spiffe://example/service", "EMAIL:someone@example.com". Names of
/// other kinds are passed over. The buffer works as for `oxws_get_peer_address`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also if there is no name at this place or no certificate;
/// `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_peer_name(const oxws_loop *loop,
                                   oxws_connection connection,
                                   size_t index,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *len);

/// The peer's own certificate in DER, copied into `buffer`; `*len` gets its bytes, 0 if it has shown none.
/// `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit, and then nothing is
/// written.
///
/// Thread: the loop's.
oxws_status oxws_get_tls_peer_certificate(const oxws_loop *loop,
                                          oxws_connection connection,
                                          void *buffer,
                                          size_t capacity,
                                          size_t *len);

/// The address at the other end of the socket, whoever is there: behind a proxy the proxy's, where
/// `oxws_get_peer_address` gives the client's. Otherwise both are the same. The buffer works as there.
///
/// Errors: as for `oxws_get_peer_address`.
///
/// Thread: the loop's.
oxws_status oxws_get_socket_peer_address(const oxws_loop *loop,
                                         oxws_connection connection,
                                         char *buffer,
                                         size_t capacity,
                                         size_t *len);

/// The address that the client has connected to, as the PROXY header tells; empty if there was none, or it
/// did not tell. The form and the buffer are those of `oxws_get_peer_address`.
///
/// Errors: as for `oxws_get_peer_address`.
///
/// Thread: the loop's.
oxws_status oxws_get_destination_address(const oxws_loop *loop,
                                         oxws_connection connection,
                                         char *buffer,
                                         size_t capacity,
                                         size_t *len);

/// Copies what the PROXY header has told besides addresses into `buffer`: the value of the type `kind`, an
/// `oxws_proxy_value` or another number from 0 to 255. The first, if there are several. `*len` gets its
/// bytes, also if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len`
/// may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`, also if it was not told; `OXWS_ERROR_INVALID_ARGUMENT` for another
/// number; `OXWS_ERROR_BUFFER_TOO_SMALL`: 4096 bytes always suffice.
///
/// Thread: the loop's.
oxws_status oxws_get_proxy_value(const oxws_loop *loop,
                                 oxws_connection connection,
                                 int32_t kind,
                                 void *buffer,
                                 size_t capacity,
                                 size_t *len);

/// The method, such as "GET". NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_request_method(const oxws_request *request, size_t *len);

/// The target as it came: path and query, or a whole URL. NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_request_target(const oxws_request *request, size_t *len);

/// The path, which begins with "/" and is not decoded. NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_request_path(const oxws_request *request, size_t *len);

/// The query behind the "?", not decoded; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_request_query(const oxws_request *request, size_t *len);

/// The Host: name or address, and the port if there is one. NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_request_host(const oxws_request *request, size_t *len);

/// The Origin; NULL if there is none. Only a browser's can be relied on.
///
/// Thread: the loop's.
const char *oxws_request_origin(const oxws_request *request, size_t *len);

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many.
///
/// Thread: the loop's.
const char *oxws_request_header(const oxws_request *request,
                                const char *name,
                                size_t index,
                                size_t *len);

/// How many header fields there are.
///
/// Thread: the loop's.
size_t oxws_request_header_count(const oxws_request *request);

/// The header field at `index`, in the order of the request: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
const char *oxws_request_header_at(const oxws_request *request,
                                   size_t index,
                                   size_t *name_len,
                                   const char **value,
                                   size_t *value_len);

/// How many subprotocols the client offers.
///
/// Thread: the loop's.
size_t oxws_request_subprotocol_count(const oxws_request *request);

/// The subprotocol at `index`, in the client's order of preference; NULL if there are not that many.
///
/// Thread: the loop's.
const char *oxws_request_subprotocol_at(const oxws_request *request,
                                        size_t index,
                                        size_t *len);

/// The version of the protocol that the client asks for, which a request without
/// Sec-WebSocket-Version shows by the fields that only version 0 has; `OXWS_VERSION_UNKNOWN` for an
/// ordinary request and for NULL.
///
/// Thread: the loop's.
oxws_version oxws_request_version(const oxws_request *request);

/// Where the request came from: "192.0.2.1:50000", "[2001:db8::1]:50000" or "unix:". Behind a proxy
/// that is the proxy, unless the proxy is believed whom it passes on (`oxws_config_trust_proxy_header`,
/// `oxws_config_trust_forwarded`). NULL if it is not known, as for a request of an `oxws_protocol`, and for NULL.
///
/// Thread: the loop's.
const char *oxws_request_peer_address(const oxws_request *request,
                                      size_t *len);

/// The value of a parameter of the query: of the first parameter of that name for `index` 0, of the
/// next for 1, and so on; NULL if there are not that many. Names and values are decoded as HTML forms
/// encode them: "+" is a space, "%" and two digits a byte, and what is not UTF-8 then is replaced by
/// U+FFFD; a NUL may stand in them. The case of the name counts.
///
/// Thread: the loop's.
const char *oxws_request_parameter(const oxws_request *request,
                                   const char *name,
                                   size_t index,
                                   size_t *len);

/// How many parameters the query has.
///
/// Thread: the loop's.
size_t oxws_request_parameter_count(const oxws_request *request);

/// The parameter at `index`, in the order of the query: returns its name, and through `value` its
/// value, both decoded. NULL if there is no such parameter; then nothing is written.
///
/// Thread: the loop's.
const char *oxws_request_parameter_at(const oxws_request *request,
                                      size_t index,
                                      size_t *name_len,
                                      const char **value,
                                      size_t *value_len);

/// The value of the first cookie of this name, as it came; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_request_cookie(const oxws_request *request, const char *name, size_t *len);

/// How many extensions the client offers.
///
/// Thread: the loop's.
size_t oxws_request_extension_count(const oxws_request *request);

/// The name of the extension at `index`, in the client's order of preference; NULL if there are not
/// that many.
///
/// Thread: the loop's.
const char *oxws_request_extension_at(const oxws_request *request, size_t index, size_t *len);

/// How many parameters the extension at `extension` has; 0 if there is no such extension.
///
/// Thread: the loop's.
size_t oxws_request_extension_parameter_count(const oxws_request *request, size_t extension);

/// The parameter at `index` of the extension at `extension`: returns its name, and through `value` its
/// value without quotes, which is NULL if the parameter has none. NULL if there is no such parameter;
/// then nothing is written.
///
/// Thread: the loop's.
const char *oxws_request_extension_parameter_at(const oxws_request *request,
                                                size_t extension,
                                                size_t index,
                                                size_t *name_len,
                                                const char **value,
                                                size_t *value_len);

/// The request as a JSON object with the members peer, method, host, path, query, parameters (an
/// object with an array of values for each name), headers (an array of pairs of name and value),
/// version, origin, subprotocols and extensions (objects with a name and parameters, which are pairs
/// of name and value). What is missing is null. The values of Cookie, Authorization and
/// Proxy-Authorization are "***". The text is copied into `buffer` with a NUL behind it; `*len` gets
/// its bytes without the NUL, also if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask
/// for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_request_to_json(const oxws_request *request,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *len);

/// The request in one line of ASCII for a log, such as "GET /chat for example.com from
/// 192.0.2.1:50000, origin https://example.com, version 13". Its query is in it. The wording may
/// change. The buffer works as for `oxws_request_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_request_to_text(const oxws_request *request,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *len);

/// The usual phrase of an HTTP status, such as "Not Found"; NULL for one that is not known.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
const char *oxws_http_status_phrase(uint16_t http_status);

/// What an `oxws_http_status` says, as a sentence in English without a full stop; NULL for any other
/// number.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
const char *oxws_http_status_description(uint16_t http_status);

/// Makes a reply with this HTTP status, its usual phrase, no fields and no body. NULL if the status
/// is not 200 to 599. For `oxws_accept_with` the status does not count: 200 will do.
///
/// Thread: any.
oxws_reply *oxws_reply_new(uint16_t http_status);

/// Ends a reply. NULL is allowed.
///
/// Thread: one at a time.
void oxws_reply_free(oxws_reply *reply);

/// Replaces the phrase behind the status.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if it has a control character.
///
/// Thread: one at a time.
oxws_status oxws_reply_set_phrase(oxws_reply *reply, const char *phrase);

/// Adds a field, such as Content-Type or Set-Cookie; a name may come more than once.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or
/// the library writes that field itself.
///
/// Thread: one at a time.
oxws_status oxws_reply_add_header(oxws_reply *reply,
                                  const char *name,
                                  const char *value);

/// Replaces the body by a copy of `len` bytes. `data` may be NULL if `len` is 0.
///
/// Errors: `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
oxws_status oxws_reply_set_body(oxws_reply *reply, const void *data, size_t len);

/// Chooses the subprotocol with which `oxws_accept_with` accepts.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token.
///
/// Thread: one at a time.
oxws_status oxws_reply_set_subprotocol(oxws_reply *reply, const char *name);

/// Accepts a request that `on_request` announced. `subprotocol` is one that the client offered, or
/// NULL for none. Messages can be sent from now on; `on_open` follows.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if no request for a WebSocket waits;
/// `OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED`; `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token;
/// `OXWS_ERROR_CLOSED` if the client has gone; `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
oxws_status oxws_accept(oxws_loop *loop, oxws_connection connection, const char *subprotocol);

/// Accepts a request with the subprotocol and the fields of a reply, whose status, phrase and body
/// do not count.
///
/// Errors: as for `oxws_accept`.
///
/// Thread: any.
oxws_status oxws_accept_with(oxws_loop *loop, oxws_connection connection, const oxws_reply *reply);

/// Answers a request that `on_request` or `on_http_request` announced with this HTTP status, 200 to
/// 599, and a plain text, which may be NULL; the connection ends, and `on_close` follows. A refusal that
/// has fields, such as a 401 with its WWW-Authenticate, is for `oxws_respond`.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if no request waits;
/// `OXWS_ERROR_INVALID_ARGUMENT` for another status; `OXWS_ERROR_CLOSED` if the client has gone;
/// `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
oxws_status oxws_deny(oxws_loop *loop,
                      oxws_connection connection,
                      uint16_t http_status,
                      const char *text);

/// Answers a request that `on_request` or `on_http_request` announced with a whole response: a page,
/// a health check, a refusal with its reason. The connection ends, and `on_close` follows.
///
/// Errors: as for `oxws_deny`.
///
/// Thread: any.
oxws_status oxws_respond(oxws_loop *loop,
                         oxws_connection connection,
                         const oxws_reply *reply);

/// The address that the stream is connected to, as `oxws_get_peer_address` gives it; NULL where it is
/// not known, as for an `oxws_protocol`.
///
/// Thread: the loop's.
const char *oxws_connecting_peer_address(const oxws_connecting *connecting,
                                         size_t *len);

/// The host for which the request is, out of its Host field: a name, or an address, an IPv6 one in
/// brackets. NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_connecting_host(const oxws_connecting *connecting, size_t *len);

/// The port for which the request is: that of its Host field, or the usual one of the scheme. 0 for NULL.
///
/// Thread: the loop's.
uint16_t oxws_connecting_port(const oxws_connecting *connecting);

/// Path and query, at least "/". NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_connecting_resource(const oxws_connecting *connecting, size_t *len);

/// The origin; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_connecting_origin(const oxws_connecting *connecting, size_t *len);

/// The value of the User-Agent field; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_connecting_user_agent(const oxws_connecting *connecting, size_t *len);

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many. The fields
/// that the library writes itself are not among them: Host, Origin, Connection, Upgrade, Sec-WebSocket-*.
///
/// Thread: the loop's.
const char *oxws_connecting_header(const oxws_connecting *connecting,
                                   const char *name,
                                   size_t index,
                                   size_t *len);

/// How many header fields there are, as `oxws_connecting_header` counts them.
///
/// Thread: the loop's.
size_t oxws_connecting_header_count(const oxws_connecting *connecting);

/// The header field at `index`, in the order of the request: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
const char *oxws_connecting_header_at(const oxws_connecting *connecting,
                                      size_t index,
                                      size_t *name_len,
                                      const char **value,
                                      size_t *value_len);

/// How many subprotocols the request offers.
///
/// Thread: the loop's.
size_t oxws_connecting_subprotocol_count(const oxws_connecting *connecting);

/// The subprotocol at `index`, in the order of preference; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_connecting_subprotocol_at(const oxws_connecting *connecting,
                                           size_t index,
                                           size_t *len);

/// The request as a JSON object with the members `peer` (text, or null), `host`, `port`, `resource`,
/// `version`, `origin` (or null), `subprotocols` (a list) and `headers` (a list of names with their
/// values). Secrets are not in it: the values of Authorization, Proxy-Authorization and Cookie are
/// "***".
///
/// It is copied into `buffer` with a NUL behind it; `*len` gets its bytes without the NUL, also if it does
/// not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_connecting_to_json(const oxws_connecting *connecting,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *len);

/// The request as one line for people, such as a log wants it. The buffer works as for
/// `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_connecting_to_text(const oxws_connecting *connecting,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *len);

/// Sets the Host field: `host` or `host:port`, an IPv6 address in brackets. The connection stays where it
/// is.
///
/// Errors: `OXWS_ERROR_INVALID_URL` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_host(oxws_connecting *connecting,
                                     const char *host);

/// Sets path and query.
///
/// Errors: `OXWS_ERROR_INVALID_URL` if it does not begin with a "/", or has a control character, a space, a
/// "#" or a character beyond ASCII; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_resource(oxws_connecting *connecting,
                                         const char *resource);

/// Sets the origin; NULL: none.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has anything but visible ASCII characters;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_origin(oxws_connecting *connecting, const char *origin);

/// Sets the User-Agent field; NULL: none.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has a control character, or a space at either
/// end; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_user_agent(oxws_connecting *connecting,
                                           const char *user_agent);

/// Sets the only header field of this name, in place of those that are there.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or a
/// space at either end, or the library writes that field itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_header(oxws_connecting *connecting,
                                       const char *name,
                                       const char *value);

/// Adds a header field, behind those that are there.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or a
/// space at either end, or the library writes that field itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_add_header(oxws_connecting *connecting,
                                       const char *name,
                                       const char *value);

/// Removes all header fields of this name, if there are any.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, or the library writes that field itself;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_connecting_remove_header(oxws_connecting *connecting,
                                          const char *name);

/// Offers these subprotocols, in the order of preference, and no others. `names` may be NULL if `count` is
/// 0.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if one is no token or listed twice; `OXWS_ERROR_INVALID_UTF8`;
/// `OXWS_ERROR_NULL_ARGUMENT` also if one of the names is NULL.
///
/// Thread: the loop's.
oxws_status oxws_connecting_set_subprotocols(oxws_connecting *connecting,
                                             const char *const *names,
                                             size_t count);

/// The HTTP status: 101 if the server has accepted. 0 for NULL.
///
/// Thread: the loop's.
uint16_t oxws_response_status(const oxws_response *response);

/// The phrase behind the status, which may be empty. NULL for NULL.
///
/// Thread: the loop's.
const char *oxws_response_phrase(const oxws_response *response, size_t *len);

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many.
///
/// Thread: the loop's.
const char *oxws_response_header(const oxws_response *response,
                                 const char *name,
                                 size_t index,
                                 size_t *len);

/// How many header fields there are.
///
/// Thread: the loop's.
size_t oxws_response_header_count(const oxws_response *response);

/// The header field at `index`, in the order of the response: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
const char *oxws_response_header_at(const oxws_response *response,
                                    size_t index,
                                    size_t *name_len,
                                    const char **value,
                                    size_t *value_len);

/// The subprotocol that the server chose; NULL if it chose none.
///
/// Thread: the loop's.
const char *oxws_response_subprotocol(const oxws_response *response, size_t *len);

/// The body of a refusal, at most its first 64 KiB; empty for a 101. NULL for NULL.
///
/// Thread: the loop's.
const uint8_t *oxws_response_body(const oxws_response *response, size_t *len);

/// The version of the protocol: where the server has accepted the one that was asked for, and for a
/// refusal the first that the server lists in Sec-WebSocket-Version. `OXWS_VERSION_UNKNOWN` if it lists
/// none, or one that no draft defines, and for NULL.
///
/// Thread: the loop's.
oxws_version oxws_response_version(const oxws_response *response);

/// The address of the server, as `oxws_get_peer_address` gives it; NULL where it is not known, as for
/// the response of an `oxws_close_info`.
///
/// Thread: the loop's.
const char *oxws_response_peer_address(const oxws_response *response,
                                       size_t *len);

/// How many extensions the response names. A field of them that cannot be read has none.
///
/// Thread: the loop's.
size_t oxws_response_extension_count(const oxws_response *response);

/// The name of the extension at `index`, in the order of the response; NULL if there is none.
///
/// Thread: the loop's.
const char *oxws_response_extension_at(const oxws_response *response, size_t index, size_t *len);

/// How many parameters the extension at `extension` has; 0 if there is no such extension.
///
/// Thread: the loop's.
size_t oxws_response_extension_parameter_count(const oxws_response *response, size_t extension);

/// The parameter at `index` of the extension at `extension`: returns its name, and through `value` its
/// value without quotes, which is NULL if the parameter has none. NULL if there is no such parameter;
/// then nothing is written.
///
/// Thread: the loop's.
const char *oxws_response_extension_parameter_at(const oxws_response *response,
                                                 size_t extension,
                                                 size_t index,
                                                 size_t *name_len,
                                                 const char **value,
                                                 size_t *value_len);

/// The response as a JSON object with the members `peer` (text, or null), `status`, `phrase`, `version`
/// (or null), `subprotocol` (or null), `extensions` (a list of objects with `name` and
/// `parameters`, a list of names with their values or null), `headers` (a list of names with their
/// values, secrets as "***") and `body_bytes`. The buffer works as for `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_response_to_json(const oxws_response *response,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *len);

/// The response as one line for people, such as a log wants it. The buffer works as for
/// `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
oxws_status oxws_response_to_text(const oxws_response *response,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *len);

/// Why the connection ended: `OXWS_OK` if both sides sent a Close frame, whatever its code is, or an
/// ordinary HTTP request was answered; otherwise what went wrong. `OXWS_ERROR_NULL_ARGUMENT` for NULL.
///
/// Thread: one at a time.
oxws_status oxws_close_info_status(const oxws_close_info *info);

/// The close code of the connection as RFC 6455 section 7.1.5 defines it: the peer's; 1005 if its
/// Close frame had none; 1006 if no Close frame came. 0 for NULL.
///
/// Thread: one at a time.
uint16_t oxws_close_info_code(const oxws_close_info *info);

/// The reason in the peer's Close frame: `*len` bytes of UTF-8, 0 to 123, without a NUL; never NULL.
/// Empty if it gave none, as most peers do that only answer; this side's own is told by
/// `oxws_close_info_local_reason`. `len` may be NULL.
///
/// Thread: one at a time.
const char *oxws_close_info_reason(const oxws_close_info *info,
                                   size_t *len);

/// The code of the Close frame that this side sent: 1005 if it carried none, 0 if none was sent.
///
/// Thread: one at a time.
uint16_t oxws_close_info_local_code(const oxws_close_info *info);

/// The reason of the Close frame that this side sent: `*len` bytes of UTF-8 without a NUL; never
/// NULL. `len` may be NULL.
///
/// Thread: one at a time.
const char *oxws_close_info_local_reason(const oxws_close_info *info, size_t *len);

/// The code of the Close frame that the peer sent: 1005 if it carried none, 0 if none came.
///
/// Thread: one at a time.
uint16_t oxws_close_info_remote_code(const oxws_close_info *info);

/// Who sent the first Close frame. `OXWS_INITIATOR_NONE` for NULL.
///
/// Thread: one at a time.
oxws_initiator oxws_close_info_initiator(const oxws_close_info *info);

/// Whether both sides sent a Close frame (1), or not (0).
///
/// Thread: one at a time.
int32_t oxws_close_info_was_clean(const oxws_close_info *info);

/// The error number (errno) of the system call that failed; 0 if none did.
///
/// Thread: one at a time.
int32_t oxws_close_info_os_error(const oxws_close_info *info);

/// The HTTP status with which this side answered the request, or the server or a proxy refused it; 0 if
/// the handshake did not end so.
///
/// Thread: one at a time.
uint16_t oxws_close_info_http_status(const oxws_close_info *info);

/// The reply with which a SOCKS proxy refused the connection (RFC 1928 section 6): 1 general failure, 2
/// not allowed, 3 network unreachable, 4 host unreachable, 5 connection refused, 6 time to live expired,
/// 7 command and 8 type of address not supported, 255 no acceptable way to log in; 0 if none did.
///
/// Thread: one at a time.
uint8_t oxws_close_info_socks_reply(const oxws_close_info *info);

/// What the connection was doing when it ended. `OXWS_STAGE_NONE` for NULL.
///
/// Thread: one at a time.
oxws_stage oxws_close_info_stage(const oxws_close_info *info);

/// Which deadline ended the connection; `OXWS_TIMEOUT_NONE` if none did, and for NULL.
///
/// Thread: one at a time.
oxws_timeout oxws_close_info_timeout(const oxws_close_info *info);

/// What a client that wants to stay connected does after this end: what the peer's close code advises if
/// the peer has closed; nothing if this side has (`OXWS_RECONNECT_NEVER`), and after a refusal or a fault
/// that would be there again; otherwise it backs off, as after a loss of the connection or an HTTP status
/// such as 503. `OXWS_RECONNECT_NEVER` for NULL.
///
/// Thread: one at a time.
oxws_reconnect oxws_close_info_reconnect(const oxws_close_info *info);

/// The number of the TLS alert that ended the connection (RFC 8446 section 6), 0 to 255; -1 if none
/// did, and for NULL.
///
/// Thread: one at a time.
int32_t oxws_close_info_tls_alert(const oxws_close_info *info);

/// The name of the header field that is missing or wrong, such as "Sec-WebSocket-Key"; NULL if no
/// field is at fault.
///
/// The text lives as long as the library.
///
/// Thread: one at a time.
const char *oxws_close_info_header_name(const oxws_close_info *info);

/// Where the fault is, in bytes counted from 0: for a head that was refused (stage
/// `OXWS_STAGE_HANDSHAKE`) the byte in it that could not stand there; otherwise where the frame that
/// was refused begins in all that the peer sent behind the head. `UINT64_MAX` if no byte is at fault.
///
/// Thread: one at a time.
uint64_t oxws_close_info_byte_offset(const oxws_close_info *info);

/// The answer of the server that refused the handshake, with up to 64 KiB of its body; NULL if no
/// server did. It lives as long as `info`.
///
/// Thread: one at a time.
const oxws_response *oxws_close_info_response(const oxws_close_info *info);

/// Of how many frames `oxws_close_info_frame_at` tells: of the last that were received, 4 at most.
///
/// Thread: one at a time.
size_t oxws_close_info_frame_count(const oxws_close_info *info);

/// The first two bytes of one of the last frames that were received (RFC 6455 section 5.2): FIN,
/// reserved bits and opcode, then the mask bit and the length or its form. The newest frame is the
/// last; a frame that was refused is among them. Either place may be NULL. A second byte that had not
/// come when the first was refused is 0.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` (`info` is NULL), `OXWS_ERROR_INVALID_ARGUMENT` (there is no such frame).
///
/// Thread: one at a time.
oxws_status oxws_close_info_frame_at(const oxws_close_info *info,
                                     size_t index,
                                     uint8_t *first_byte,
                                     uint8_t *second_byte);

/// A copy that outlives the callback; to be given to `oxws_close_info_free`. NULL for NULL.
///
/// It belongs to no loop: it may be used, and freed, on any thread and after the loop was freed.
///
/// Thread: one at a time.
oxws_close_info *oxws_close_info_clone(const oxws_close_info *info);

/// Frees a copy made by `oxws_close_info_clone`, with all that was lent from it. NULL does nothing.
///
/// Thread: one at a time.
void oxws_close_info_free(oxws_close_info *info);

/// Why the connection ended, in one line for a log, such as "OXWS_ERROR_TEXT_UTF8 (a text message is
/// not UTF-8) while open: sent 1007, received nothing; frame at byte 120; last frames 81 85, 01 0a".
/// The wording may change; what the peer sent is escaped.
///
/// `buffer` has `capacity` bytes and gets the text with a NUL behind it; `*len` is the length without
/// that, and also written if the text does not fit. NULL for `buffer` with a `capacity` of 0 asks for
/// the length. `len` may be NULL. Most texts have less than 200 bytes, and 4,096 always suffice.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT`, `OXWS_ERROR_BUFFER_TOO_SMALL` (nothing is written into `buffer`).
///
/// Thread: one at a time.
oxws_status oxws_close_info_to_text(const oxws_close_info *info,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *len);

/// All of it but the server's answer as a JSON object, the same text each time: `status`, `name`,
/// `message`, `stage`, `timeout`, `initiator`, `was_clean`, `code`, `local` and `remote` (each null or
/// an object of `code` and `reason`), `http_status`, `socks_reply`, `header`, `byte_offset`, `os_error`,
/// `tls_alert`, `frames` (such as "81 85") and `stage_us` (an object of `resolve`, `connect`, `proxy`, `tls`
/// and `handshake`, what `oxws_close_info_stage_us` tells of each; null if the connection had been open).
/// What there is none of is null.
///
/// `buffer`, `capacity`, `len` and errors: as for `oxws_close_info_to_text`.
///
/// Thread: one at a time.
oxws_status oxws_close_info_to_json(const oxws_close_info *info,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *len);

/// How long a connection has been at one stage of its opening, in microseconds: `stage` is
/// `OXWS_STAGE_RESOLVE`, `_CONNECT`, `_PROXY`, `_TLS` or `_HANDSHAKE`. 0 for a stage that it did not go
/// through, as a server's connection, which begins where it is accepted, does with the first three.
///
/// It can be asked until `on_open` returns, where all of it is known; after that the library has forgotten
/// it. A connection that does not come to be open tells it by `oxws_close_info_stage_us`. The times are
/// those at which rounds of the loop begin: a program that is busy in its callbacks meanwhile measures itself.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_ARGUMENT` for any other stage;
/// `OXWS_ERROR_INVALID_STATE` when it has been forgotten.
///
/// Thread: the loop's.
oxws_status oxws_get_stage_us(const oxws_loop *loop,
                              oxws_connection connection,
                              int32_t stage,
                              uint64_t *us);

/// How long a connection that has never been open was at one stage of its opening, in microseconds, as
/// `oxws_get_stage_us` tells it of others: the stage at which it ended, `oxws_close_info_stage`, and those
/// before. 0 if it had been open, for any other stage, and for NULL.
///
/// Thread: one at a time.
uint64_t oxws_close_info_stage_us(const oxws_close_info *info,
                                  int32_t stage);

/// The name of a close code, such as "GOING_AWAY", also of one that `oxws_reason_register` was told;
/// NULL for any other.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
const char *oxws_close_code_name(uint16_t code);

/// What a close code says, as a sentence in English, or as `oxws_reason_register` was told; NULL for
/// any other.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
const char *oxws_close_code_description(uint16_t code);

/// The close code with this name, such as "GOING_AWAY", in the same capitals and small letters.
///
/// Errors: `OXWS_ERROR_NOT_FOUND` if no code has the name, `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: any.
oxws_status oxws_close_code_from_name(const char *name, uint16_t *code);

/// Whether a Close frame may carry the code (1), or not (0): 1000 to 1003, 1007 to 1014 and 3000 to
/// 4999 may. That some of them suit only one side, `oxws_close_code_sender` tells.
///
/// Thread: any.
int32_t oxws_close_code_is_sendable(uint16_t code);

/// Whether a close code is only ever reported to the program of this side (1): 1005, 1006 and 1015; 0
/// for all others. No Close frame may carry it.
///
/// Thread: any.
int32_t oxws_close_code_is_local_only(uint16_t code);

/// Who may send a close code: `OXWS_CLOSE_SENDER_NOBODY` exactly where
/// `oxws_close_code_is_sendable` is 0.
///
/// Thread: any.
oxws_close_sender oxws_close_code_sender(uint16_t code);

/// Whom a close code belongs to.
///
/// Thread: any.
oxws_close_range oxws_close_code_range(uint16_t code);

/// The first version of the protocol that has a close code: 6 for 1000 to 1004 and 3000 to 4999, 8 for
/// 1005 to 1007, 13 for 1008 to 1015; `OXWS_VERSION_UNKNOWN` for any other. 1004 meant a frame that is
/// too large before version 13, and nothing since.
///
/// Thread: any.
oxws_version oxws_close_code_since_version(uint16_t code);

/// What a client that wants to stay connected does after a close code; see `oxws_reconnect`.
/// `OXWS_RECONNECT_NEVER` for a code without a name, and for what is no close code.
///
/// Where no Close frame has come the code is 1006, whatever went wrong: `oxws_close_info_reconnect` knows
/// more.
///
/// Thread: any.
oxws_reconnect oxws_close_code_reconnect(uint16_t code);

/// The reason of a close code: always the same pointer for the same code, also if nothing is known of
/// it. NULL for what is no close code: 0 to 999 and from 5000 on.
///
/// The object is made when it is first asked for and lives as long as the library.
///
/// Thread: any.
const oxws_reason *oxws_reason_get(uint16_t code);

/// The reason with this name, such as "GOING_AWAY", in the same capitals and small letters; NULL if no
/// code has the name, and for NULL.
///
/// Thread: any.
const oxws_reason *oxws_reason_from_name(const char *name);

/// Gives a name and a description to a code of 3000 to 4999, for logs and `oxws_close_code_from_name`,
/// in the whole process and as long as it lives. Both are copied. Registering the same again is fine,
/// so that libraries in one program need not agree on who does it.
///
/// `name` is like a constant of C: ASCII letters, digits and underscores, no digit first, at most 64
/// bytes. `description` has at most 1,023 bytes and may be empty.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another code or another kind of name;
/// `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_DUPLICATE` if the code has another
/// name or description already, which is never changed, or the name another code.
///
/// Thread: any.
oxws_status oxws_reason_register(uint16_t code,
                                 const char *name,
                                 const char *description);

/// How many codes have a name: those of the specifications and those that were registered.
///
/// Thread: any.
size_t oxws_reason_count(void);

/// The reason at `index` among those that have a name, ordered by their codes; NULL if there are not
/// that many. A registration, also in another thread, moves those behind it.
///
/// Thread: any.
const oxws_reason *oxws_reason_at(size_t index);

/// The close code of a reason; 0 for NULL.
///
/// Thread: any.
uint16_t oxws_reason_code(const oxws_reason *reason);

/// The name of a reason, such as "GOING_AWAY"; empty, never NULL, as long as it has none.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_reason_name(const oxws_reason *reason);

/// What a reason says, as a sentence; empty, never NULL, as long as it has no name.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_reason_description(const oxws_reason *reason);

/// Who may send the code of a reason; `OXWS_CLOSE_SENDER_NOBODY` for NULL.
///
/// Thread: any.
oxws_close_sender oxws_reason_sender(const oxws_reason *reason);

/// Whom the code of a reason belongs to; `OXWS_CLOSE_RANGE_INVALID` for NULL.
///
/// Thread: any.
oxws_close_range oxws_reason_range(const oxws_reason *reason);

/// The first version of the protocol that has the code of a reason, as
/// `oxws_close_code_since_version` tells it; `OXWS_VERSION_UNKNOWN` for NULL.
///
/// Thread: any.
oxws_version oxws_reason_since_version(const oxws_reason *reason);

/// What a client that wants to stay connected does after a reason; `OXWS_RECONNECT_NEVER` for NULL.
///
/// Thread: any.
oxws_reconnect oxws_reason_reconnect(const oxws_reason *reason);

/// Whether a Close frame may carry the code of a reason (1), or not (0); 0 for NULL.
///
/// Thread: any.
int32_t oxws_reason_is_sendable(const oxws_reason *reason);

/// Whether the code of a reason is only ever reported to the program of this side (1), or not (0); 0
/// for NULL.
///
/// Thread: any.
int32_t oxws_reason_is_local_only(const oxws_reason *reason);

/// Whether a reason has a name (1), of the specifications or registered, or not (0); 0 for NULL.
///
/// Thread: any.
int32_t oxws_reason_is_known(const oxws_reason *reason);

/// Reads the payload of a Close frame: its code, and its reason, which is lent from `data`, without a
/// NUL. An empty payload is fine: its code is reported as 1005 and its reason is empty. `reason` and
/// `reason_len` may be NULL.
///
/// Errors: `OXWS_ERROR_CLOSE_PAYLOAD_LENGTH` for a single byte,
/// `OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED`, `OXWS_ERROR_CLOSE_REASON_UTF8`, and
/// `OXWS_ERROR_CONTROL_TOO_LONG` for more than 125 bytes; the code to answer such a frame with is
/// `oxws_status_close_code` of the error.
///
/// Thread: any.
oxws_status oxws_close_payload_parse(const void *data,
                                     size_t len,
                                     uint16_t *code,
                                     const char **reason,
                                     size_t *reason_len);

/// Writes the payload of a Close frame into `buffer`, without a NUL; 125 bytes always suffice. The code
/// 0 makes an empty payload, without a reason. `buffer` may be NULL if `capacity` is 0, to ask for the
/// length.
///
/// Errors: `OXWS_ERROR_INVALID_CLOSE_CODE` for a code that may not be sent, or a reason without a code;
/// `OXWS_ERROR_TOO_LONG` for a reason of more than 123 bytes, which `oxws_close_reason_fitting_len`
/// shortens; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
oxws_status oxws_close_payload_build(uint16_t code,
                                     const void *reason,
                                     size_t reason_len,
                                     void *buffer,
                                     size_t capacity,
                                     size_t *len);

/// How many bytes of a text a Close frame has room for, without cutting a character: at most 123. For
/// bytes that are not UTF-8 it is at most 123 too. 0 for NULL.
///
/// Thread: any.
size_t oxws_close_reason_fitting_len(const char *text,
                                     size_t len);

/// Writes the reason that goes with `OXWS_CLOSE_MANDATORY_EXTENSION`: the names of the extensions which
/// the client misses, with ", " between them and a NUL behind. If the names have no room in the 123
/// bytes of a reason, "..." stands for the last of them, so that 124 bytes of buffer always suffice.
/// `*len` gets its bytes without the NUL, also if it does not fit. `buffer` may be NULL if `capacity`
/// is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if a name is no token of RFC 9110 section 5.6.2;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
oxws_status oxws_close_reason_missing_extensions(const char *const *names,
                                                 size_t count,
                                                 char *buffer,
                                                 size_t capacity,
                                                 size_t *len);

/// The name of a version: of the first draft that defines it, such as "hybi-08", or "RFC 6455"; NULL
/// for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_name(int32_t version);

/// What a version brought, in a sentence or two; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_description(int32_t version);

/// The number of the first hybi draft that defines a version, as 8 for hybi-08; -1 for any other
/// number. Version 0 is hixie-76 as well.
///
/// Thread: any.
int32_t oxws_version_first_draft(int32_t version);

/// The number of the last hybi draft that defines a version, as 12 for version 8; -1 for any other
/// number. Version 13 is RFC 6455 as well.
///
/// Thread: any.
int32_t oxws_version_last_draft(int32_t version);

/// The field of a request that says which version is asked for; NULL for any other number. For version
/// 0 it is "Sec-WebSocket-Draft", which few clients sent: their Sec-WebSocket-Key1 gives them away.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_header_name(int32_t version);

/// What `oxws_version_header_name` carries for a version, such as "8"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_header_value(int32_t version);

/// The field of a request that names its origin: "Sec-WebSocket-Origin" in the versions 4 to 8, "Origin"
/// in the others; NULL for any other number. From hybi-11 on, which is still version 8, it is "Origin".
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_origin_header_name(int32_t version);

/// How a server of this version proves that it has understood a request.
///
/// Thread: any.
oxws_key_scheme oxws_version_key_scheme(int32_t version);

/// How a client of this version masks.
///
/// Thread: any.
oxws_mask_scheme oxws_version_mask_scheme(int32_t version);

/// How messages are framed in this version; `OXWS_FRAME_FORMAT_SENTINEL`, the oldest, for any other
/// number.
///
/// Thread: any.
oxws_frame_format oxws_version_frame_format(int32_t version);

/// The number that stands in frames of this version for an opcode of today, such as 4 for
/// `OXWS_OPCODE_TEXT` in version 6; -1 if the version has none, the opcode is reserved, or either is
/// unknown.
///
/// Thread: any.
int32_t oxws_version_opcode(int32_t version,
                            int32_t opcode);

/// Whether the documents of a version have a close code (1), or not (0): see
/// `oxws_close_code_since_version`.
///
/// Thread: any.
int32_t oxws_version_knows_close_code(int32_t version, uint16_t code);

/// Whether this library can speak a version (1), or not (0): it can 13, 8 and 7. A client asks for 13,
/// and a server takes 13, until their configs say otherwise.
///
/// Thread: any.
int32_t oxws_version_is_supported(int32_t version);

/// How many versions there are, spoken or not.
///
/// Thread: any.
size_t oxws_version_count(void);

/// The version at `index`, the oldest first; `OXWS_VERSION_UNKNOWN` if there are not that many.
///
/// Thread: any.
oxws_version oxws_version_at(size_t index);

/// The version that a text names as a Sec-WebSocket-Version field does: "13" and the like, without
/// spaces; `OXWS_VERSION_UNKNOWN` for any other text and for NULL.
///
/// Thread: any.
oxws_version oxws_version_from_string(const char *version_text);

/// The versions that this library can speak, the newest first, as a Sec-WebSocket-Version field lists
/// them: "13, 8, 7".
///
/// The text lives as long as the library.
///
/// Thread: any.
const char *oxws_version_list(void);

/// Reads the header of a frame (RFC 6455 section 5.2) that the side `receiver_role`, an `oxws_role`,
/// has received: a server takes masked frames alone, a client unmasked ones. `reserved_bits` are the
/// `OXWS_FRAME_FLAG_RSV...` that an extension uses; any other that is set is an error.
///
/// `*first_byte` gets flags and opcode, `*payload_len` the bytes of payload that follow the header,
/// `key[4]` the masking key, or zeros if there is none, `*header_len` the bytes of the header.
/// `first_byte` and `key` may be NULL. What is wrong with a header is told as soon as its bytes show
/// it; whether its length is acceptable is left to the caller.
///
/// Errors: `OXWS_ERROR_FRAME_INCOMPLETE` if `data` is less than the header;
/// `OXWS_ERROR_RESERVED_BITS`, `OXWS_ERROR_RESERVED_OPCODE`, `OXWS_ERROR_MASK_MISSING`,
/// `OXWS_ERROR_MASK_UNEXPECTED`, `OXWS_ERROR_LENGTH_NOT_MINIMAL`, `OXWS_ERROR_LENGTH_TOP_BIT`,
/// `OXWS_ERROR_CONTROL_TOO_LONG`, `OXWS_ERROR_CONTROL_FRAGMENTED`, for which
/// `oxws_status_close_code` tells the code to close with; `OXWS_ERROR_INVALID_ARGUMENT` for another
/// role or other bits.
///
/// Thread: any.
oxws_status oxws_frame_decode_header(const void *data,
                                     size_t len,
                                     int32_t receiver_role,
                                     uint8_t reserved_bits,
                                     uint8_t *first_byte,
                                     uint64_t *payload_len,
                                     uint8_t *key,
                                     size_t *header_len);

/// Writes the header of a frame with this first byte, such as `OXWS_FRAME_TEXT`, and so many bytes of
/// payload, masked if there is a `key` of 4 bytes: a client masks every frame, with a fresh key of
/// `oxws_masking_key_new`, and a server none. The length takes its shortest form. The payload itself is
/// masked by `oxws_mask`. `OXWS_MAX_FRAME_HEADER_BYTES` of buffer always suffice; `buffer` may be NULL
/// if `capacity` is 0, to ask for the length.
///
/// Errors: `OXWS_ERROR_RESERVED_OPCODE`, `OXWS_ERROR_CONTROL_FRAGMENTED`,
/// `OXWS_ERROR_CONTROL_TOO_LONG`, `OXWS_ERROR_LENGTH_TOP_BIT` for what no receiver would take;
/// `OXWS_ERROR_BUFFER_TOO_SMALL`. Reserved bits may be set, as extensions do.
///
/// Thread: any.
oxws_status oxws_frame_encode_header(uint8_t first_byte,
                                     uint64_t payload_len,
                                     const uint8_t *key,
                                     void *buffer,
                                     size_t capacity,
                                     size_t *len);

/// Reads the frame at the front of `data`, as `oxws_frame_decode_header` reads its header, and unmasks
/// its payload where it stands, without a copy: reading the same bytes once more would mask them again.
/// The next frame begins `*frame_len` bytes on.
///
/// `*payload` points into `data` and has `*payload_len` bytes. `first_byte` may be NULL. What the frame
/// means among others, whether a text is UTF-8 and what a Close frame says is left to the caller; see
/// `oxws_is_utf8` and `oxws_close_payload_parse`.
///
/// Errors, with `data` as it was: `OXWS_ERROR_FRAME_INCOMPLETE` if `data` is less than the frame;
/// `OXWS_ERROR_FRAME_TOO_BIG` if it has more than `max_payload_bytes`, as soon as its length is there;
/// those of `oxws_frame_decode_header`.
///
/// Thread: any.
oxws_status oxws_frame_read(void *data,
                            size_t len,
                            int32_t receiver_role,
                            uint8_t reserved_bits,
                            uint64_t max_payload_bytes,
                            uint8_t *first_byte,
                            uint8_t **payload,
                            size_t *payload_len,
                            size_t *frame_len);

/// Writes a whole frame into `buffer`: the header, as `oxws_frame_encode_header` writes it, and a copy
/// of the payload, masked if there is a `key` of 4 bytes. The payload may lie in the buffer, whose bytes
/// are then overwritten. `buffer` may be NULL if `capacity` is 0, to ask for the length.
///
/// Errors: those of `oxws_frame_encode_header`.
///
/// Thread: any.
oxws_status oxws_frame_write(uint8_t first_byte,
                             const void *payload,
                             size_t len,
                             const uint8_t *key,
                             void *buffer,
                             size_t capacity,
                             size_t *written);

/// Masks `len` bytes of a payload in place with a key of 4 bytes, or unmasks them, which is the same
/// (RFC 6455 section 5.3). `offset` is how many bytes of the payload come before them, so that a
/// payload can be masked in pieces.
///
/// Thread: any.
oxws_status oxws_mask(void *data,
                      size_t len,
                      const uint8_t *key,
                      uint64_t offset);

/// Writes the value of Sec-WebSocket-Accept that answers this Sec-WebSocket-Key (RFC 6455 section
/// 4.2.2): 28 characters and a NUL. `*len` gets its bytes without the NUL, also if it does not fit.
/// `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_HANDSHAKE_KEY` if the key is not base64 of 16 bytes;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_BUFFER_TOO_SMALL`.
///
/// Thread: any.
oxws_status oxws_accept_key(const char *key,
                            char *buffer,
                            size_t capacity,
                            size_t *len);

/// Writes a fresh random value for Sec-WebSocket-Key: 24 characters and a NUL. The buffer works as for
/// `oxws_accept_key`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL`; `OXWS_ERROR_SYSTEM_CALL_FAILED` if the system gives no random
/// numbers.
///
/// Thread: any.
oxws_status oxws_key_new(char *buffer,
                         size_t capacity,
                         size_t *len);

/// Writes 4 fresh random bytes to `key`: the masking key of one frame, which must not be used for
/// another (RFC 6455 section 5.3).
///
/// Errors: `OXWS_ERROR_SYSTEM_CALL_FAILED` if the system gives no random numbers.
///
/// Thread: any.
oxws_status oxws_masking_key_new(uint8_t *key);

/// Whether bytes are UTF-8, as text messages and close reasons must be (1), or not (0). No bytes at all
/// are; NULL with a length is not.
///
/// Thread: any.
int32_t oxws_is_utf8(const void *data,
                     size_t len);

/// Makes a server's endpoint, for one connection that has come in. The config is copied. Its limits,
/// timeouts, allowed origins, subprotocols and headers count, its callbacks do not, but for whether there
/// is an `on_chunk`. NULL if `config` is NULL or the system has no random numbers.
///
/// Each request is reported and waits for `oxws_protocol_accept`, `_respond` or `_deny`. Who has a policy
/// of his own on origins allows any (`oxws_config_allow_any_origin`) and decides then.
///
/// Thread: any.
oxws_protocol *oxws_protocol_new_server(const oxws_config *config,
                                        uint64_t now_us);

/// Makes a client's endpoint, for a connection that has been made; the request for `url` is in its
/// output. Of the URL only the Host field and the path count, and `wss:` says no more than that the
/// program has its own TLS. The config is copied, as by `oxws_protocol_new_server`; if it has an
/// `on_connecting`, `OXWS_EVENT_CONNECTING` shows the request before it is written.
///
/// Errors: `OXWS_ERROR_INVALID_URL`; `OXWS_ERROR_INVALID_HEADER`; `OXWS_ERROR_SYSTEM_CALL_FAILED` if the
/// system has no random numbers.
///
/// Thread: any.
oxws_status oxws_protocol_new_client(const oxws_config *config,
                                     const char *url,
                                     uint64_t now_us,
                                     oxws_protocol **protocol);

/// Ends an endpoint, at any time and without another word to the peer. NULL is allowed.
///
/// Thread: one at a time.
void oxws_protocol_free(oxws_protocol *protocol);

/// Lends `len` bytes that the peer has sent, until `oxws_protocol_next` has returned NULL. They are
/// changed: payloads are unmasked where they lie, and events show them there. What cannot be used yet is
/// copied then, and goes before the bytes of the next call. If this is called again before that, the
/// earlier bytes are lent until it returns. `data` may be NULL if `len` is 0.
///
/// Errors, after which nothing is lent: `OXWS_ERROR_CLOSED` after the end of the connection or of the
/// input; `OXWS_ERROR_INVALID_STATE` while `oxws_protocol_wants_input` is 0.
///
/// Thread: one at a time.
oxws_status oxws_protocol_receive(oxws_protocol *protocol,
                                  void *data,
                                  size_t len,
                                  uint64_t now_us);

/// The next event; NULL if there is none for now. An event lives until the next call of this function, of
/// `oxws_protocol_receive`, `_unused` or `_free`.
///
/// Thread: one at a time.
const oxws_event *oxws_protocol_next(oxws_protocol *protocol);

/// The peer has stopped sending: `read` has returned 0. What came before is reported first.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_end_of_input(oxws_protocol *protocol,
                                       uint64_t now_us);

/// The transport is broken, with this error number (errno) or 0: nothing can be written any more. What
/// came before is reported first.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_lost(oxws_protocol *protocol,
                               int32_t os_error,
                               uint64_t now_us);

/// All that waits to be written: `*len` bytes, 0 if there is nothing. They live until the next call on
/// the endpoint. `len` may be NULL.
///
/// Thread: one at a time.
const uint8_t *oxws_protocol_output(const oxws_protocol *protocol,
                                    size_t *len);

/// The first `count` bytes of the output have been written. Events may follow, such as the end of a
/// connection whose last Close frame has left.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if there is less output.
///
/// Thread: one at a time.
oxws_status oxws_protocol_output_written(oxws_protocol *protocol,
                                         size_t count,
                                         uint64_t now_us);

/// When `oxws_protocol_advance` is to be called at the latest; `UINT64_MAX` if there is no deadline. Each
/// call on the endpoint may change it.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_deadline_us(oxws_protocol *protocol,
                                      uint64_t *at_us);

/// Does what is due: sends a keepalive ping, or ends a connection whose time is over. Calling it too early
/// does nothing.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_advance(oxws_protocol *protocol,
                                  uint64_t now_us);

/// Accepts the request that waits, with the subprotocol and the fields of a reply, whose status, phrase
/// and body do not count. NULL accepts as the config says: with the first subprotocol of the client's that
/// it has, and its headers. Messages can be sent from now on; `OXWS_EVENT_OPEN` follows.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` if no request for a WebSocket waits; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_accept(oxws_protocol *protocol,
                                 const oxws_reply *reply);

/// Answers the request that waits with a whole response; the connection ends.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` if no request waits; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_respond(oxws_protocol *protocol,
                                  const oxws_reply *reply);

/// Answers the request that waits with this HTTP status, 200 to 599, and a plain text, which may be NULL;
/// the connection ends.
///
/// Errors: as for `oxws_protocol_respond`; `OXWS_ERROR_INVALID_ARGUMENT` for another status;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_deny(oxws_protocol *protocol,
                               uint16_t http_status,
                               const char *text);

/// Queues a message of `len` bytes, which may be those of the event at hand. `type` is an
/// `oxws_message_type`; text must be UTF-8. `data` may be NULL if `len` is 0.
///
/// Errors, after which nothing of it is queued: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_WOULD_EXCEED` if as much waits to be written as may (`oxws_config_max_queued_bytes`);
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_INVALID_ARGUMENT` for another type;
/// `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_send(oxws_protocol *protocol,
                               int32_t type,
                               const void *data,
                               size_t len,
                               uint64_t now_us);

/// Queues a ping with a payload of at most 125 bytes; `OXWS_EVENT_PONG` tells of its answer.
///
/// Errors: as for `oxws_protocol_send`, and `OXWS_ERROR_TOO_LONG`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_ping(oxws_protocol *protocol,
                               const void *data,
                               size_t len,
                               uint64_t now_us);

/// Queues a pong with a payload of at most 125 bytes: the answer to a ping where the endpoint does not
/// answer by itself (`oxws_config_auto_pong`), or one that answers none.
///
/// Errors: as for `oxws_protocol_ping`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_pong(oxws_protocol *protocol,
                               const void *data,
                               size_t len,
                               uint64_t now_us);

/// Begins the closing handshake (RFC 6455 section 7) with a code that may be sent, and a reason of at most
/// 123 bytes or NULL. The code 0 sends a Close frame without a code; `reason` must be NULL or empty then.
/// A connection that is not open yet is given up. `OXWS_EVENT_CLOSED` follows when the peer has answered,
/// or at the close timeout.
///
/// Errors: `OXWS_ERROR_CLOSED` if it is closing already; `OXWS_ERROR_INVALID_CLOSE_CODE`;
/// `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_close(oxws_protocol *protocol,
                                uint16_t code,
                                const char *reason,
                                uint64_t now_us);

/// Uses nothing more of what the peer has sent, so that no event comes of it and the peer has to wait, and
/// no silence of the peer counts against it, until `oxws_protocol_resume_reading` or `oxws_protocol_close`.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_pause_reading(oxws_protocol *protocol);

/// Goes on with what the peer has sent; events may follow.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_protocol_resume_reading(oxws_protocol *protocol,
                                         uint64_t now_us);

/// Ends the connection at once, without a closing handshake; what waits to be written is thrown away.
/// `OXWS_EVENT_CLOSED` follows, with `OXWS_ERROR_CANCELLED`.
///
/// Errors: `OXWS_ERROR_CLOSED` if it has ended already.
///
/// Thread: one at a time.
oxws_status oxws_protocol_abort(oxws_protocol *protocol);

/// Begins a message whose length is not known, as `oxws_send_begin` does on a loop's connection: pieces of
/// it follow by `oxws_protocol_send_append`, the last one by `oxws_protocol_send_end`, and until then
/// `oxws_protocol_send` gives `OXWS_ERROR_INVALID_STATE`. `flags` are of `oxws_send_flag`.
///
/// Errors: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`; `OXWS_ERROR_INVALID_STATE` if a message has been
/// begun already; `OXWS_ERROR_INVALID_ARGUMENT` for another type or an unknown flag.
///
/// Thread: one at a time.
oxws_status oxws_protocol_send_begin(oxws_protocol *protocol,
                                     int32_t type,
                                     uint32_t flags);

/// Queues a piece of the message that was begun. A character of a text may lie across two pieces. An empty
/// piece queues nothing.
///
/// Errors, after which the message is as before: `OXWS_ERROR_NOT_OPEN`; `OXWS_ERROR_CLOSED`;
/// `OXWS_ERROR_INVALID_STATE` if no message was begun; `OXWS_ERROR_WOULD_EXCEED`;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
oxws_status oxws_protocol_send_append(oxws_protocol *protocol,
                                      const void *data,
                                      size_t len,
                                      uint64_t now_us);

/// Queues the last piece of the message that was begun, which may be empty.
///
/// Errors, after which the message has not ended: as for `oxws_protocol_send_append`;
/// `OXWS_ERROR_INVALID_UTF8` also if a text would end inside a character.
///
/// Thread: one at a time.
oxws_status oxws_protocol_send_end(oxws_protocol *protocol,
                                   const void *data,
                                   size_t len,
                                   uint64_t now_us);

/// Whether received bytes can be used (1). Not (0) while a request waits for its decision, in a pause
/// (`oxws_protocol_pause_reading`), while the peer has to read first (`oxws_config_pause_while_queued`), or
/// after an end; meanwhile the program leaves them to the transport.
///
/// Thread: one at a time.
int32_t oxws_protocol_wants_input(const oxws_protocol *protocol);

/// Whether the connection has ended (1), so that the transport is to be closed once the output has been
/// written. A server shuts sending down first and reads until the peer has closed: what it has not read
/// may else destroy what is on its way to the peer.
///
/// Thread: one at a time.
int32_t oxws_protocol_wants_close(const oxws_protocol *protocol);

/// How far the connection has come: `OXWS_STATE_HANDSHAKE`, `_OPEN`, `_CLOSING` or `_CLOSED`.
/// `OXWS_STATE_CLOSED` for NULL.
///
/// Thread: one at a time.
oxws_state oxws_protocol_state(const oxws_protocol *protocol);

/// How far the closing handshake has come. `OXWS_CLOSE_STATE_CLOSED` for NULL.
///
/// Thread: one at a time.
oxws_close_state oxws_protocol_close_state(const oxws_protocol *protocol);

/// The version of the protocol that the handshake agreed on; `OXWS_VERSION_LATEST` before, and for NULL.
///
/// Thread: one at a time.
oxws_version oxws_protocol_get_version(const oxws_protocol *protocol);

/// The subprotocol that was agreed on: `*len` bytes without a NUL, which live as long as the endpoint.
/// NULL and 0 if there is none. `len` may be NULL.
///
/// Thread: one at a time.
const char *oxws_protocol_subprotocol(const oxws_protocol *protocol,
                                      size_t *len);

/// What was received and has not been used: `*len` bytes. They follow a request that waits for its
/// decision, or are a part of a frame, or came behind an ordinary request or a frame that broke a rule;
/// behind a Close frame nothing counts. With them another protocol can go on. They live until the next call
/// on the endpoint; bytes that were lent are lent no longer. `len` may be NULL.
///
/// Thread: one at a time.
const uint8_t *oxws_protocol_unused(oxws_protocol *protocol,
                                    size_t *len);

/// What happened. `OXWS_EVENT_NONE` for NULL.
///
/// Thread: one at a time.
oxws_event_type oxws_event_get_type(const oxws_event *event);

/// The type of the message that has come, or of which a piece has: an `oxws_message_type`. 0 if the event
/// is none of these.
///
/// Thread: one at a time.
int32_t oxws_event_message_type(const oxws_event *event);

/// The bytes of a message, a piece of one, a ping or a pong: `*len`, which may be 0. They may be changed
/// by nobody. NULL and 0 for other events. `len` may be NULL.
///
/// Thread: one at a time.
const uint8_t *oxws_event_data(const oxws_event *event,
                               size_t *len);

/// Where in its message a piece stands: bits of `oxws_chunk_flag`. 0 for other events.
///
/// Thread: one at a time.
uint32_t oxws_event_chunk_flags(const oxws_event *event);

/// The microseconds between a ping and the pong that answers it; `UINT64_MAX` for a pong that answers
/// none, and for other events.
///
/// Thread: one at a time.
uint64_t oxws_event_round_trip_us(const oxws_event *event);

/// The request of `OXWS_EVENT_REQUEST` and `OXWS_EVENT_HTTP_REQUEST`; NULL for other events.
///
/// Thread: one at a time.
const oxws_request *oxws_event_request(const oxws_event *event);

/// The request of `OXWS_EVENT_CONNECTING`, which may be changed; NULL for other events.
///
/// Thread: one at a time.
oxws_connecting *oxws_event_connecting(const oxws_event *event);

/// The response of `OXWS_EVENT_RESPONSE`; NULL for other events.
///
/// Thread: one at a time.
const oxws_response *oxws_event_response(const oxws_event *event);

/// How the connection ended, for `OXWS_EVENT_CLOSED`; NULL for other events.
///
/// Thread: one at a time.
const oxws_close_info *oxws_event_close_info(const oxws_event *event);

/// Calls `callback` after `delay_ms` milliseconds, and then every `repeat_ms` milliseconds, or only
/// once if that is 0. What a busy loop has missed is not made up for.
///
/// `timer` gets the id, which may be cancelled until a timer that fires once has done so; it may be
/// NULL.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback.
///
/// Thread: the loop's.
oxws_status oxws_timer_start(oxws_loop *loop,
                             uint32_t delay_ms,
                             uint32_t repeat_ms,
                             oxws_timer_callback callback,
                             void *user,
                             oxws_timer *timer);

/// Ends a timer: its callback is not called any more.
///
/// Errors: `OXWS_ERROR_NOT_FOUND` if it has fired for the last time, or was cancelled.
///
/// Thread: the loop's.
oxws_status oxws_timer_cancel(oxws_loop *loop, oxws_timer timer);

/// Watches a descriptor of the program's own, such as a pipe or another socket: `callback` is called
/// in each round in which it is ready for one of the bits of `interest` (`oxws_interest`), as long as
/// it is.
///
/// The descriptor stays the caller's, and must not be closed before `oxws_watch_stop`. `watch` gets
/// the id, and may be NULL.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback; `OXWS_ERROR_INVALID_ARGUMENT` for a negative
/// descriptor, no bit or an unknown one; `OXWS_ERROR_SYSTEM_CALL_FAILED` for a descriptor that cannot
/// be watched, such as a file's (which never blocks: read it from a timer), or is watched already, see
/// `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop.
///
/// Thread: the loop's.
oxws_status oxws_watch_start(oxws_loop *loop,
                             int32_t fd,
                             uint32_t interest,
                             oxws_watch_callback callback,
                             void *user,
                             oxws_watch *watch);

/// Changes what a descriptor is watched for.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_ARGUMENT` for no bit or an unknown one;
/// `OXWS_ERROR_SYSTEM_CALL_FAILED`, see `oxws_loop_os_error`.
///
/// Thread: the loop's.
oxws_status oxws_watch_change(oxws_loop *loop, oxws_watch watch, uint32_t interest);

/// Ends the watching of a descriptor: the callback is not called any more.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
oxws_status oxws_watch_stop(oxws_loop *loop, oxws_watch watch);

/// Has `callback` called once on the loop's thread, in one of its next rounds. What is posted by one
/// thread is called in its order. It is not called if the loop is freed before.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback; `OXWS_ERROR_WOULD_EXCEED` if the mailbox
/// is full; `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`.
///
/// Thread: any.
oxws_status oxws_loop_post(oxws_loop *loop,
                           oxws_post_callback callback,
                           void *user);

/// Makes a loop for tests, which belongs to the calling thread. A program uses it like any other: the
/// same configs, callbacks, timers and functions. But its network and its clock are simulated.
///
/// `oxws_listen` takes any host, such as `ws://chat.example:8080`, and listens within this loop alone;
/// `oxws_connect` reaches it there, by the same host and port or by any host if it listens at `*`. Where
/// nobody listens connecting fails with ECONNREFUSED; no name is looked up. Paths of Unix-domain sockets
/// are names too, and no file is made.
///
/// The clock begins at 0, stands still while callbacks run, and moves where another loop would wait: a
/// round that finds nothing to do moves it to the next deadline or arrival, at most by its timeout, and
/// returns at once. So `oxws_loop_run` plays hours in milliseconds. A round without a timeout for which
/// nothing can ever happen gives `OXWS_ERROR_INVALID_STATE` instead of waiting for ever; other threads may
/// post and send as always, but are not waited for.
///
/// With `oxws_test_set_masking_key` a run is the same each time, byte for byte. TLS is spoken at `wss:` as
/// anywhere, with random numbers of its own and the date of the system, so that what passes there is another
/// each time.
///
/// `oxws_loop_fd`, `oxws_listen_fd`, `oxws_watch_start`, `oxws_adopt_server` and its like, and `oxws_detach`
/// give `OXWS_ERROR_UNSUPPORTED`. It is freed by `oxws_loop_free`. NULL if there is no descriptor left.
///
/// Thread: any.
oxws_loop *oxws_test_loop_new(void);

/// The time of a test loop, in microseconds since it was made.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop.
///
/// Thread: the loop's.
oxws_status oxws_test_now_us(const oxws_loop *loop, uint64_t *now_us);

/// Runs rounds of a test loop until `ms` milliseconds of its time have passed, deadline after deadline
/// in their order, and everything has been done that is due by then. 0 does what is due now.
/// `oxws_loop_stop` does not end it.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop, and if 100,000 rounds go by without time
/// passing, as when two sides answer each other for ever; those of `oxws_loop_poll`.
///
/// Thread: the loop's.
oxws_status oxws_test_advance_ms(oxws_loop *loop,
                                 uint32_t ms);

/// Masks every frame that the clients of a test loop send with these four bytes, and takes what else is
/// random from them too: the key of a request, and how far the moments of keepalive pings are spread.
/// NULL: all of it is random again, as it is at first.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop.
///
/// Thread: the loop's.
oxws_status oxws_test_set_masking_key(oxws_loop *loop,
                                      const uint8_t *key);

/// Lets the next `count` attempts of a test loop to connect fail with the error number `os_error`, such
/// as ENETUNREACH; with 0 nobody answers them, until the handshake timeout is over. It replaces what was
/// left of an earlier call.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_INVALID_ARGUMENT` for a negative
/// number.
///
/// Thread: the loop's.
oxws_status oxws_test_refuse_connects(oxws_loop *loop,
                                      uint32_t count,
                                      int32_t os_error);

/// Connects a server to a client within a test loop, without a listener. The opening handshake goes on
/// while the loop runs: the callbacks of both configs are called as for any other connection, the
/// request is that of the URL `ws://pair.example/`, so that TLS is not spoken. The configs are copied.
///
/// `server` and `client` get the ids, and may be NULL. Whatever comes, `on_close` is called for both.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_STATE` on an ordinary loop, and while
/// `oxws_loop_shutdown` is at work; `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`;
/// `OXWS_ERROR_INVALID_HEADER`.
///
/// Thread: the loop's.
oxws_status oxws_test_pair(oxws_loop *loop,
                           const oxws_config *server_config,
                           const oxws_config *client_config,
                           oxws_connection *server,
                           oxws_connection *client);

/// Sets how that travels which a connection of a test loop sends from now on. 0 as the connection: on
/// all connections that are made from now on, in both directions.
///
/// With `piece_bytes` 0, what is sent at once arrives together, after `delay_ms` milliseconds. Otherwise
/// it arrives in pieces of at most so many bytes, which are received one by one even if no time passes
/// between them; each sets out when the one before has arrived, and takes `delay_ms`. Nothing overtakes
/// what was sent before it. At first both are 0.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED`
/// for a connection that has ended, or could not be made.
///
/// Thread: the loop's.
oxws_status oxws_test_set_link(oxws_loop *loop,
                               oxws_connection connection,
                               uint32_t piece_bytes,
                               uint32_t delay_ms);

/// Sets how many bytes that a connection of a test loop has sent may be under way, or wait for the peer
/// to read them; what is sent beyond that is queued, and counts for `oxws_config_max_queued_bytes` and
/// for the write stall timeout. 256 KiB at first; 0 lets nothing through. 0 as the connection: on all
/// connections that are made from now on, in both directions.
///
/// Errors: as for `oxws_test_set_link`.
///
/// Thread: the loop's.
oxws_status oxws_test_set_capacity(oxws_loop *loop,
                                   oxws_connection connection,
                                   size_t bytes);

/// Sets how connecting to an IP address of the simulated network goes, such as "192.0.2.1", whatever the
/// port: it takes `delay_ms` milliseconds, and fails then with the error number `os_error`, such as
/// ECONNREFUSED, unless that is 0. UINT32_MAX milliseconds are longer than any client waits. Without it
/// connecting takes no time. A client that dials several addresses (`oxws_config_add_dial_address`) races them.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_INVALID_ARGUMENT` if the address is
/// none, or for a negative number; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
oxws_status oxws_test_set_route(oxws_loop *loop,
                                const char *address,
                                uint32_t delay_ms,
                                int32_t os_error);

/// Breaks a connection of a test loop: what has not arrived is lost, and both ends find the error number
/// `os_error`, such as ECONNRESET, in their next round. With 0 both find that the other one has stopped
/// sending, after what was under way.
///
/// Errors: as for `oxws_test_set_link`, and `OXWS_ERROR_INVALID_ARGUMENT` for a negative number.
///
/// Thread: the loop's.
oxws_status oxws_test_break(oxws_loop *loop,
                            oxws_connection connection,
                            int32_t os_error);

/// Freezes what a connection of a test loop sends (`frozen` 1): nothing of it arrives, as if a cable were
/// cut, and nobody is told. With 0 it thaws: what should have arrived meanwhile does so now.
///
/// Errors: as for `oxws_test_set_link`, and `OXWS_ERROR_INVALID_ARGUMENT` if `frozen` is neither 0 nor 1.
///
/// Thread: the loop's.
oxws_status oxws_test_freeze(oxws_loop *loop,
                             oxws_connection connection,
                             int32_t frozen);

/// Lets a connection of a test loop receive `len` bytes as if its peer had sent them: behind what the peer
/// has sent, by the same link, whatever they are. So a program is tested against a peer that breaks the
/// protocol. On a connection through TLS they come below it, where nobody without the keys can say anything.
/// `data` may be NULL if `len` is 0.
///
/// Errors: as for `oxws_test_set_link`.
///
/// Thread: the loop's.
oxws_status oxws_test_inject(oxws_loop *loop,
                             oxws_connection connection,
                             const void *data,
                             size_t len);

/// Masks what the endpoint sends from now on with this key, for tests that compare bytes: a key that is
/// known protects nothing (RFC 6455 section 10.3). NULL: random keys again.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
oxws_status oxws_test_protocol_masking_key(oxws_protocol *protocol,
                                           const uint8_t *key);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* OXWS_H */
