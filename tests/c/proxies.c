/*
 * Connections through proxies, as a program configures them and hears of their end. The proxies are
 * sockets of this program.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_config *config;
static int door; /* where the proxy listens */
static char url[64];
static oxws_close_info *last;

static void on_close(oxws_loop *l, oxws_connection id, const oxws_close_info *info, void *user) {
    (void)l, (void)id, (void)user;
    CHECK(last == NULL);
    last = oxws_close_info_clone(info);
}

static void begin(const char *scheme) {
    char there[64];
    door = check_raw_listen(there, sizeof there);
    snprintf(url, sizeof url, "%s%s", scheme, there + strlen("ws://"));
    loop = oxws_loop_new();
    config = check_config();
    CHECK_OK(oxws_config_on_close(config, on_close));
}

static void end(int peer) {
    if (peer >= 0) close(peer);
    close(door);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    oxws_close_info_free(last);
    last = NULL;
}

/* Exactly this has been sent to the proxy. */
static void check_asked(int peer, const char *wanted, size_t len) {
    char got[1000];
    ssize_t count = -1;
    RUN_UNTIL(loop, recv(peer, got, sizeof got, MSG_PEEK | MSG_DONTWAIT) >= (ssize_t)len);
    count = recv(peer, got, sizeof got, 0);
    CHECK(count == (ssize_t)len && memcmp(got, wanted, len) == 0);
}

static void a_proxy_is_asked_and_its_refusal_told(void) {
    static const char question[] = "CONNECT -:80 HTTP/1.1\r\nHost: -:80\r\n"
                                   "Proxy-Authorization: Basic dTpw\r\nUser-Agent: test\r\n\r\n";
    char text[400];
    int peer;

    begin("http://u:p@");
    CHECK_OK(oxws_config_proxy_add_header(config, "User-Agent", "test"));
    CHECK_OK(oxws_config_add_header(config, "X-For-The-Server", "secret"));
    CHECK_OK(oxws_config_proxy(config, url));
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    peer = accept(door, NULL, NULL);
    check_asked(peer, question, sizeof question - 1);
    check_raw_send(peer, "HTTP/1.1 403 Forbidden\r\n\r\n");
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_PROXY_REFUSED, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_http_status(last), 403);
    CHECK_NUMBER(oxws_close_info_socks_reply(last), 0);
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_PROXY);
    CHECK_NUMBER(oxws_close_info_reconnect(last), OXWS_RECONNECT_NEVER);
    CHECK(oxws_close_info_response(last) == NULL);
    CHECK_OK(oxws_close_info_to_text(last, text, sizeof text, NULL));
    CHECK(strcmp(text, "OXWS_ERROR_PROXY_REFUSED (the proxy does not let the connection through) "
                       "while asking the proxy: HTTP status 403") == 0);
    end(peer);
}

static void a_reply_of_socks_is_told(void) {
    char text[400];
    int peer;

    begin("socks5://");
    CHECK_OK(oxws_config_proxy(config, url));
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    peer = accept(door, NULL, NULL);
    check_asked(peer, "\5\1\0", 3);
    CHECK(send(peer, "\5\0", 2, 0) == 2);
    check_asked(peer, "\5\1\0\3\1-\0\120", 8);
    CHECK(send(peer, "\5\4", 2, 0) == 2);
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_PROXY_REFUSED, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_socks_reply(last), 4);
    CHECK_NUMBER(oxws_close_info_http_status(last), 0);
    CHECK_NUMBER(oxws_close_info_reconnect(last), OXWS_RECONNECT_BACK_OFF);
    CHECK_OK(oxws_close_info_to_text(last, text, sizeof text, NULL));
    CHECK(strstr(text, "SOCKS reply 4, host unreachable") != NULL);
    end(peer);
}

static void the_environment_names_a_proxy_when_it_is_asked(void) {
    int peer;

    begin("http://");
    setenv("http_proxy", url, 1);
    setenv("no_proxy", "exempt", 1);
    CHECK_OK(oxws_config_proxy_from_environment(config, 1));
    unsetenv("http_proxy"); /* it was read by that call */
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    peer = accept(door, NULL, NULL);
    check_raw_send(peer, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_PROXY_UNAUTHORIZED, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_http_status(last), 407);
    end(peer);

    begin("http://");
    setenv("http_proxy", url, 1);
    CHECK_OK(oxws_connect(loop, "ws+unix:/nobody-listens-here", config, NULL));
    RUN_UNTIL(loop, last != NULL);
    CHECK_NUMBER(oxws_close_info_os_error(last), ENOENT);
    oxws_close_info_free(last);
    last = NULL;
    CHECK_OK(oxws_config_proxy_from_environment(config, 1));
    CHECK_OK(oxws_config_proxy_from_environment(config, 0));
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_RESOLVE_FAILED, oxws_close_info_status(last));
    end(-1);
    unsetenv("http_proxy");
    unsetenv("no_proxy");
}

static void what_is_exempt_is_connected_to(void) {
    int peer;

    begin("ws://");
    CHECK_OK(oxws_config_proxy(config, "http://127.0.0.1:1"));
    CHECK_OK(oxws_config_proxy_exempt(config, "127.0.0.0/8"));
    CHECK_OK(oxws_connect(loop, url, config, NULL));
    peer = accept(door, NULL, NULL);
    check_raw_send(peer, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_HANDSHAKE_STATUS, oxws_close_info_status(last));
    end(peer);
}

static void a_proxy_that_does_not_speak_tls_is_told_of(void) {
    oxws_tls_config *tls = oxws_tls_config_new();
    int peer;

    begin("https://");
    CHECK_OK(oxws_tls_config_dangerous_accept_any_certificate(tls, 1));
    CHECK_OK(oxws_config_proxy_tls(config, tls));
    oxws_tls_config_free(tls);
    CHECK_OK(oxws_config_proxy(config, url));
    CHECK_OK(oxws_connect(loop, "ws://-/", config, NULL));
    peer = accept(door, NULL, NULL);
    check_raw_send(peer, "HTTP/1.1 400 Bad Request\r\n\r\n");
    RUN_UNTIL(loop, last != NULL);
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_SPOKEN, oxws_close_info_status(last));
    CHECK_NUMBER(oxws_close_info_stage(last), OXWS_STAGE_PROXY);
    end(peer);
}

int main(void) {
    check_begin();
    a_proxy_is_asked_and_its_refusal_told();
    a_reply_of_socks_is_told();
    the_environment_names_a_proxy_when_it_is_asked();
    what_is_exempt_is_connected_to();
    a_proxy_that_does_not_speak_tls_is_told_of();
    check_wait_for_lookups();
    return check_end();
}
