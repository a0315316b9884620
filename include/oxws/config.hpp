// What a listener or a connection is to be like, and the handlers of its events. Included by <oxws.hpp>.
#ifndef OXWS_CONFIG_HPP
#define OXWS_CONFIG_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/detail/events.hpp>
#include <oxws/detail/state.hpp>
#include <oxws/status.hpp>
#include <oxws/tls.hpp>
#include <oxws/version.hpp>

namespace oxws {

/// What a listener or a connection is to be like. `Loop::listen` and `Loop::connect` copy it: later
/// changes do not reach them, and it may be destroyed at once or used again, for other loops too.
///
/// A handler is anything that can be called: a lambda, a function, an object that is moved in. It lives as
/// long as a config, a listener or a connection uses it, and is destroyed once. Those of a listener go
/// when it has been closed and its loop has been without a connection, or with the loop. A handler that
/// several loops use is called on the thread of each. `nullptr` takes a handler away.
///
/// An exception that leaves a handler does not pass through the library: the round is brought to its end,
/// and `Loop::run` or `Loop::poll` throws it. If several are thrown in one round, the first counts.
///
/// Thread: one at a time, `listen` and `connect` with it included.
class Config {
public:
    /// A config with the defaults that the functions name.
    Config() : config_(oxws_config_new()) {
        oxws_config_on_close(config_, detail::OnClose::nothing);
    }
    ~Config() { oxws_config_free(config_); }
    /// The one that is moved from is empty: everything about it gives `Error::NullArgument`.
    Config(Config &&other) noexcept
        : config_(std::exchange(other.config_, nullptr)), handlers_(std::move(other.handlers_)) {}
    /// The one that is moved from is empty: everything about it gives `Error::NullArgument`.
    Config &operator=(Config &&other) noexcept {
        std::swap(config_, other.config_);
        std::swap(handlers_, other.handlers_);
        Config emptied(std::move(other));
        return *this;
    }

    /// The config in C, which stays this one's. Its callbacks and its user pointer are not to be
    /// changed, all else may be.
    oxws_config *get() const noexcept { return config_; }

    /// Has `handler(Request)` decide by true or false which origins may connect, in place of the other
    /// rules for them: before `on_request`, also for a request without an Origin. Servers only.
    template <class Handler>
    Config &on_origin(Handler handler) {
        return on<detail::OnOrigin>(std::move(handler));
    }
    /// Calls `handler(Connection, Connecting)` when the stream of a client is connected and its request is
    /// about to be written, which it may change; the request leaves when it returns. Clients only.
    template <class Handler>
    Config &on_connecting(Handler handler) {
        return on<detail::OnConnecting>(std::move(handler));
    }
    /// Calls `handler(Connection, Request)` for each request for a WebSocket, which it accepts or answers
    /// otherwise, at once or later: `Connection::accept`, `deny`, `respond`. At the handshake's deadline
    /// a request that waits still is answered with 503. Without it every request is accepted, with the
    /// first subprotocol of the client that the config has too. Servers only.
    template <class Handler>
    Config &on_request(Handler handler) {
        return on<detail::OnRequest>(std::move(handler));
    }
    /// Calls `handler(Connection, Request)` for each ordinary HTTP request, to be answered with
    /// `Connection::respond` or `deny`. Without it the answer is 426. Servers only.
    template <class Handler>
    Config &on_http_request(Handler handler) {
        return on<detail::OnHttpRequest>(std::move(handler));
    }
    /// Calls `handler(Connection, Response)` with the server's answer: with 101 before `on_open`, or with
    /// the refusal before `on_close`. Clients only.
    template <class Handler>
    Config &on_response(Handler handler) {
        return on<detail::OnResponse>(std::move(handler));
    }
    /// Calls `handler(Connection)` when the opening handshake has ended well.
    template <class Handler>
    Config &on_open(Handler handler) {
        return on<detail::OnOpen>(std::move(handler));
    }
    /// Calls `handler(Connection, Message)` for each whole message.
    template <class Handler>
    Config &on_message(Handler handler) {
        return on<detail::OnMessage>(std::move(handler));
    }
    /// Calls `handler(Connection, Chunk)` for each message piece by piece, as its bytes come, instead of
    /// `on_message`: for messages that need not be held in memory. All limits count as before.
    template <class Handler>
    Config &on_chunk(Handler handler) {
        return on<detail::OnChunk>(std::move(handler));
    }
    /// Calls `handler(Connection, bytes)` for each ping. Its pong has been queued by then, unless
    /// `auto_pong` is off.
    template <class Handler>
    Config &on_ping(Handler handler) {
        return on<detail::OnPing>(std::move(handler));
    }
    /// Calls `handler(Connection, bytes, std::optional<std::chrono::microseconds>)` for each pong with the
    /// time since the ping that it answers, if it answers one.
    template <class Handler>
    Config &on_pong(Handler handler) {
        return on<detail::OnPong>(std::move(handler));
    }
    /// Calls `handler(Connection)` when less than half of what may be queued still is, after it was half
    /// or more, or after a send was refused with `Error::WouldExceed`.
    template <class Handler>
    Config &on_writable(Handler handler) {
        return on<detail::OnWritable>(std::move(handler));
    }
    /// Calls `handler(Connection, CloseInfoView, std::chrono::milliseconds delay)` in place of `on_close` when
    /// a connection has ended and will be made once more after this time: see `reconnect`. Clients only.
    template <class Handler>
    Config &on_disconnect(Handler handler) {
        return on<detail::OnDisconnect>(std::move(handler));
    }
    /// Calls `handler(Connection, CloseInfoView)` once for each connection that the program was told of,
    /// and last.
    template <class Handler>
    Config &on_close(Handler handler) {
        return on<detail::OnClose>(std::move(handler));
    }

    /// The largest message that is received, in bytes; 1 MiB for a server, 16 MiB for a client. Not 0.
    Status max_message_bytes(std::uint64_t bytes) {
        return Status(oxws_config_max_message_bytes(config_, bytes));
    }
    /// The largest frame that is received, in bytes; as large as a message. Not 0.
    Status max_frame_bytes(std::uint64_t bytes) {
        return Status(oxws_config_max_frame_bytes(config_, bytes));
    }
    /// The largest compressed message that is received, in bytes on the wire; an eighth more than a message
    /// may have. Not 0.
    Status max_wire_message_bytes(std::uint64_t bytes) {
        return Status(oxws_config_max_wire_message_bytes(config_, bytes));
    }
    /// How many bytes a frame of a compressed message may come to once it is inflated. Not 0.
    Status max_inflated_frame_bytes(std::uint64_t bytes) {
        return Status(oxws_config_max_inflated_frame_bytes(config_, bytes));
    }
    /// Whether messages are compressed where the peer agrees; not by default.
    Status deflate(bool enabled) { return Status(oxws_config_deflate(config_, enabled ? 1 : 0)); }
    /// Whether messages, of this side and of the peer, may refer to those before; not by default.
    Status deflate_takeover(bool own, bool peer) {
        return Status(oxws_config_deflate_takeover(config_, own ? 1 : 0, peer ? 1 : 0));
    }
    /// How far a message may refer back, as a power of two from 8 to 15; 15. Errors: `InvalidArgument`.
    Status deflate_window_bits(std::uint32_t own, std::uint32_t peer) {
        return Status(oxws_config_deflate_window_bits(config_, own, peer));
    }
    /// From 1 (fast) to 9 (small); 6. Errors: `InvalidArgument`.
    Status deflate_level(std::uint32_t level) {
        return Status(oxws_config_deflate_level(config_, level));
    }
    /// Below how many bytes a message is sent as it is; 64.
    Status deflate_threshold_bytes(std::uint64_t bytes) {
        return Status(oxws_config_deflate_threshold_bytes(config_, bytes));
    }
    /// How many times as large as on the wire a received message of more than 64 KiB may become; 0, which is
    /// any number.
    Status deflate_max_ratio(std::uint32_t ratio) {
        return Status(oxws_config_deflate_max_ratio(config_, ratio));
    }
    /// How many fragments a message may have besides one for each 16 bytes of it; 1024.
    Status max_fragments(std::uint32_t count) {
        return Status(oxws_config_max_fragments(config_, count));
    }
    /// How many bytes may wait to be sent before a further send is refused; 1 MiB. Not 0.
    Status max_queued_bytes(std::uint64_t bytes) {
        return Status(oxws_config_max_queued_bytes(config_, bytes));
    }
    /// How many pings, pongs and empty fragments a peer may send: at once, and a second in the long run;
    /// 10,000 and 330. Not 0.
    Status control_limit(std::uint32_t burst, std::uint32_t per_second) {
        return Status(oxws_config_control_limit(config_, burst, per_second));
    }
    /// The time for the whole opening handshake; 10 s. 0: no limit, not advisable.
    Status handshake_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_handshake_timeout_ms, time);
    }
    /// The time from this side's Close frame to the peer's; 5 s. 0: no limit, not advisable.
    Status close_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_close_timeout_ms, time);
    }
    /// After which time without a byte from the peer a ping asks for a sign of life; 20 s. 0: never.
    Status ping_interval(std::chrono::milliseconds time) {
        return timed(oxws_config_ping_interval_ms, time);
    }
    /// How long after such a ping a silent connection is given up; 20 s. 0: never.
    Status pong_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_pong_timeout_ms, time);
    }
    /// After which time without a message in either direction the connection is closed; 0 (never).
    Status idle_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_idle_timeout_ms, time);
    }
    /// How long the peer may take not a byte of what waits; 30 s. 0: for ever.
    Status write_stall_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_write_stall_timeout_ms, time);
    }
    /// How many connections a listener may have at once; 64 less than the process may have descriptors.
    Status max_connections(std::uint32_t count) {
        return Status(oxws_config_max_connections(config_, count));
    }
    /// How many connections of a listener may come from one IP address; 0 (any number).
    Status max_connections_per_address(std::uint32_t count) {
        return Status(oxws_config_max_connections_per_address(config_, count));
    }
    /// How many connections the system may hold for a listener until they are accepted; 1024.
    Status backlog(std::uint32_t count) { return Status(oxws_config_backlog(config_, count)); }
    /// Whether several listeners, also of other loops and processes, may have the same address; no.
    Status reuse_port(bool enabled) { return Status(oxws_config_reuse_port(config_, enabled)); }
    /// Whether nothing is read from a peer while half or more of what may be queued for it waits; no.
    Status pause_while_queued(bool enabled) {
        return Status(oxws_config_pause_while_queued(config_, enabled));
    }
    /// Whether pings are answered by the library; yes. Otherwise `on_ping` answers by `Connection::pong`.
    Status auto_pong(bool enabled) { return Status(oxws_config_auto_pong(config_, enabled)); }
    /// Lets a server speak `Version::V8` or `Version::V7` besides 13. Errors: `Unsupported` for others.
    Status allow_version(Version version) {
        return Status(oxws_config_allow_version(config_, static_cast<std::int32_t>(version)));
    }
    /// The version that a client asks for: 13, 8 or 7. Errors: `Unsupported` for others.
    Status version(Version version) {
        return Status(oxws_config_version(config_, static_cast<std::int32_t>(version)));
    }
    /// Adds a subprotocol: a client offers them in this order; a server that accepts by itself chooses the
    /// first of the client's that it has.
    Status add_subprotocol(const Text &name) {
        return Status(oxws_config_add_subprotocol(config_, name.c_str()));
    }
    /// Adds a field to the request of a client, or to the 101 of a server that accepts by itself.
    Status add_header(const Text &name, const Text &value) {
        return Status(oxws_config_add_header(config_, name.c_str(), value.c_str()));
    }
    /// The User-Agent field of a client's request; none.
    Status user_agent(const Text &user_agent) {
        return Status(oxws_config_user_agent(config_, user_agent.c_str()));
    }
    /// Adds a cookie to a client's request. Cookies that a server sets are not kept.
    Status add_cookie(const Text &name, const Text &value) {
        return Status(oxws_config_add_cookie(config_, name.c_str(), value.c_str()));
    }
    /// Sends a user name and a password with a client's request (RFC 7617). Without TLS anybody on the way
    /// can read them.
    Status basic_credentials(const Text &user, const Text &password) {
        return Status(oxws_config_basic_credentials(config_, user.c_str(), password.c_str()));
    }
    /// Whether a URL with a user name and a password may be dialled, which are sent then; no.
    Status url_credentials(bool enabled) {
        return Status(oxws_config_url_credentials(config_, enabled));
    }
    /// What `wss:` connections are made with; the TLS config is copied. Without it a client trusts the
    /// authorities of the system, and a server cannot listen at `wss:`.
    Status tls(const TlsConfig &tls) { return Status(oxws_config_tls(config_, tls.get())); }
    /// The proxy through which clients connect, such as "http://user:password@proxy:3128" or
    /// "socks5://proxy"; an empty text for none, which is the default.
    Status proxy(const Text &url) {
        const char *text = url.c_str();
        return Status(oxws_config_proxy(config_, *text == '\0' ? nullptr : text));
    }
    /// What the proxy is believed by, where its URL is `https:`; the TLS config is copied. Without it the
    /// authorities of the system are trusted.
    Status proxy_tls(const TlsConfig &tls) {
        return Status(oxws_config_proxy_tls(config_, tls.get()));
    }
    /// What clients connect to without the proxy, such as "localhost, .example.com, 10.0.0.0/8".
    Status proxy_exempt(const Text &list) {
        return Status(oxws_config_proxy_exempt(config_, list.c_str()));
    }
    /// Adds a header to what HTTP proxies are asked with.
    Status proxy_add_header(const Text &name, const Text &value) {
        return Status(oxws_config_proxy_add_header(config_, name.c_str(), value.c_str()));
    }
    /// Takes the proxies that the environment names now, or none.
    Status proxy_from_environment(bool enabled) {
        return Status(oxws_config_proxy_from_environment(config_, enabled));
    }
    /// How long a client waits for an address to answer before it tries the next too; 250 ms, at least 10.
    /// Zero tries one after another.
    Status connection_attempt_delay(std::chrono::milliseconds time) {
        return timed(oxws_config_connection_attempt_delay_ms, time);
    }
    /// Adds an IP address that clients dial instead of looking up the host of the URL.
    Status add_dial_address(const Text &address) {
        return Status(oxws_config_add_dial_address(config_, address.c_str()));
    }
    /// Forgets the addresses that were added: names are looked up again.
    Status clear_dial_addresses() { return Status(oxws_config_add_dial_address(config_, nullptr)); }
    /// The IP address of this machine from which clients connect; an empty text leaves it to the system,
    /// which is the default.
    Status bind_address(const Text &address) {
        const char *text = address.c_str();
        return Status(oxws_config_bind_address(config_, *text == '\0' ? nullptr : text));
    }
    /// The network interface over which clients connect, such as "eth0"; an empty text leaves it to the
    /// system, which is the default. Errors: `Unsupported` where the system has no such option.
    Status network_interface(const Text &name) {
        const char *text = name.c_str();
        return Status(oxws_config_interface(config_, *text == '\0' ? nullptr : text));
    }
    /// Whether small messages leave at once, without waiting for acknowledgements; yes.
    Status no_delay(bool enabled) { return Status(oxws_config_no_delay(config_, enabled)); }
    /// Has the system probe connections that are idle for so long, at this interval; after so many probes
    /// without an answer they are broken. Zero leaves interval or count to the system; an idle time of zero,
    /// the default, sends no probes.
    Status tcp_keepalive(std::chrono::seconds idle, std::chrono::seconds interval = {},
                         std::uint32_t count = 0) {
        const auto fits = [](std::chrono::seconds time) {
            return time.count() >= 0 && time.count() <= std::numeric_limits<std::uint32_t>::max();
        };
        if (!fits(idle) || !fits(interval)) return Error::InvalidArgument;
        return Status(oxws_config_tcp_keepalive(config_, static_cast<std::uint32_t>(idle.count()),
                                                static_cast<std::uint32_t>(interval.count()), count));
    }
    /// How long the system waits for the acknowledgement of what was sent; zero leaves it to the system,
    /// which is the default. Errors: `Unsupported` where the system has no such timeout.
    Status tcp_user_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_tcp_user_timeout_ms, time);
    }
    /// The size of the system's receive buffer of a socket; 0, the default, leaves it to the system.
    Status receive_buffer_bytes(std::uint32_t bytes) {
        return Status(oxws_config_receive_buffer_bytes(config_, bytes));
    }
    /// The size of the system's send buffer of a socket; 0, the default, leaves it to the system.
    Status send_buffer_bytes(std::uint32_t bytes) {
        return Status(oxws_config_send_buffer_bytes(config_, bytes));
    }
    /// The Origin field of a client's request; none.
    Status origin(const Text &origin) {
        return Status(oxws_config_origin(config_, origin.c_str()));
    }
    /// Lets requests from an origin in, such as "https://example.com" or "https://*.example.com". Once
    /// one is allowed, no other is. Servers only.
    Status allow_origin(const Text &pattern) {
        return Status(oxws_config_allow_origin(config_, pattern.c_str()));
    }
    /// Lets requests from any origin in: only for services that know their users otherwise than by
    /// cookies. Servers only.
    Status allow_any_origin() { return Status(oxws_config_allow_any_origin(config_)); }
    /// Has every connection of a listener begin with a PROXY header, which tells who the client is, from
    /// the proxies in these networks, such as "10.0.0.0/8, unix"; from elsewhere none is let in. Listeners
    /// only.
    Status trust_proxy_header(const Text &networks) {
        return Status(oxws_config_trust_proxy_header(config_, networks.c_str()));
    }
    /// Believes the HTTP proxies in these networks whom they pass a request on for, in X-Forwarded-For or
    /// what `forwarded_header` names. Servers only.
    Status trust_forwarded(const Text &networks) {
        return Status(oxws_config_trust_forwarded(config_, networks.c_str()));
    }
    /// The field in which those proxies tell it: "Forwarded", "X-Real-IP" ...; "X-Forwarded-For".
    Status forwarded_header(const Text &name) {
        return Status(oxws_config_forwarded_header(config_, name.c_str()));
    }
    /// How many redirects are followed for each attempt to connect, 0 to 5; 0. What may be a secret does not
    /// go along to another scheme, host or port. Errors: `InvalidArgument`. Clients only.
    Status max_redirects(std::uint32_t redirects) {
        return Status(oxws_config_max_redirects(config_, redirects));
    }
    /// Whether a connection comes back after its end where `CloseInfoView::reconnect` says that this may
    /// help; not by default. It stays the same `Connection`; `on_open` is called each time, `on_close` once,
    /// at the very end. Clients only.
    Status reconnect(bool enabled) {
        return Status(oxws_config_reconnect(config_, enabled ? 1 : 0));
    }
    /// How long it waits, a random time from 0 on: at most `first` before the first attempt, twice that before
    /// the second and so on, never more than `longest`; 1 s and 60 s. Errors: `InvalidArgument`.
    Status reconnect_delay(std::chrono::milliseconds first, std::chrono::milliseconds longest) {
        constexpr auto most = std::numeric_limits<std::uint32_t>::max();
        if (first.count() <= 0 || longest.count() > most || first > longest) {
            return Error::InvalidArgument;
        }
        return Status(oxws_config_reconnect_delay_ms(config_, static_cast<std::uint32_t>(first.count()),
                                                     static_cast<std::uint32_t>(longest.count())));
    }
    /// How many attempts to come back may fail one after another; 0, which is any number.
    Status reconnect_attempts(std::uint32_t attempts) {
        return Status(oxws_config_reconnect_attempts(config_, attempts));
    }
    /// For how long attempts to come back are made; 0, which is for ever.
    Status reconnect_timeout(std::chrono::milliseconds time) {
        return timed(oxws_config_reconnect_timeout_ms, time);
    }
    /// How many bytes of messages may wait until a connection that comes back is open; 0, which refuses them.
    Status reconnect_queue_bytes(std::uint64_t bytes) {
        return Status(oxws_config_reconnect_queue_bytes(config_, bytes));
    }

private:
    friend class LoopRef;

    template <class Event, class Handler>
    Config &on(Handler handler) {
        std::shared_ptr<void> kept;
        if constexpr (!std::is_same_v<Handler, std::nullptr_t>) {
            static_assert(Event::template takes<Handler>, "a handler that takes other arguments");
            kept = std::make_shared<Handler>(std::move(handler));
            Event::set(config_, Event::template callback<Handler>);
        } else if constexpr (std::is_same_v<Event, detail::OnClose>) {
            Event::set(config_, detail::OnClose::nothing);
        } else {
            Event::set(config_, nullptr);
        }
        auto changed = handlers_ ? std::make_shared<detail::Handlers>(*handlers_)
                                 : std::make_shared<detail::Handlers>();
        (*changed).*(Event::place) = std::move(kept);
        handlers_ = std::move(changed);
        return *this;
    }

    Status timed(oxws_status (*set)(oxws_config *, std::uint32_t), std::chrono::milliseconds time) {
        if (time.count() < 0 || time.count() > std::numeric_limits<std::uint32_t>::max()) {
            return Error::InvalidArgument;
        }
        return Status(set(config_, static_cast<std::uint32_t>(time.count())));
    }

    oxws_config *config_;
    std::shared_ptr<const detail::Handlers> handlers_;
};

} // namespace oxws

#endif
