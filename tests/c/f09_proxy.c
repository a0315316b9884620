/*
 * F9: what is wrong with what a program says of proxies.
 */
#include "check.h"

#define NO(call) CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, call)
#define NO_HEADER(call) CHECK_STATUS(OXWS_ERROR_INVALID_HEADER, call)
#define NO_ARGUMENT(call) CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, call)
#define NO_URL(call) CHECK_STATUS(OXWS_ERROR_INVALID_URL, call)
#define NO_TEXT(call) CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, call)

static void f09_proxies(oxws_config *config) {
    static const char *const wrong[] = {
        "", "http://", "ftp://proxy", "http://proxy/path", "http://proxy:0", "http://proxy:65536",
        "http://a b", "http://proxy\r\nX: y", "http://u:p%00@proxy", "socks5://:p@proxy"};
    size_t i;

    NO(oxws_config_proxy(NULL, "http://proxy"));
    NO(oxws_config_proxy(NULL, NULL));
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) NO_URL(oxws_config_proxy(config, wrong[i]));
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_proxy(config, "socks4://proxy"));
    NO_TEXT(oxws_config_proxy(config, "http://\xff"));
    CHECK_OK(oxws_config_proxy(config, "socks5://user:pass@proxy:1"));
    CHECK_OK(oxws_config_proxy(config, NULL));
    NO(oxws_config_proxy_tls(NULL, NULL));
    CHECK_OK(oxws_config_proxy_tls(config, NULL));
}

static void f09_exemptions(oxws_config *config) {
    static const char *const wrong[] = {"a,b/c", "10.0.0.0/33", "a:0", "*.*", "http://a"};
    char *many = malloc(3000);
    size_t i;

    NO(oxws_config_proxy_exempt(NULL, "a"));
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        NO_ARGUMENT(oxws_config_proxy_exempt(config, wrong[i]));
    }
    NO_TEXT(oxws_config_proxy_exempt(config, "\xff"));
    memset(many, 'a', 3000);
    for (i = 1; i < 3000; i += 2) many[i] = ',';
    many[2999] = '\0';
    CHECK_STATUS(OXWS_ERROR_TOO_LONG, oxws_config_proxy_exempt(config, many));
    free(many);
    CHECK_OK(oxws_config_proxy_exempt(config, "localhost, .example.com 10.0.0.0/8"));
    CHECK_OK(oxws_config_proxy_exempt(config, ""));
    CHECK_OK(oxws_config_proxy_exempt(config, NULL));
}

static void f09_headers_of_a_proxy(oxws_config *config) {
    NO(oxws_config_proxy_add_header(NULL, "a", "b"));
    NO(oxws_config_proxy_add_header(config, NULL, "b"));
    NO(oxws_config_proxy_add_header(config, "a", NULL));
    NO_HEADER(oxws_config_proxy_add_header(config, "Host", "b"));
    NO_HEADER(oxws_config_proxy_add_header(config, "Content-Length", "1"));
    NO_HEADER(oxws_config_proxy_add_header(config, "a b", "c"));
    NO_HEADER(oxws_config_proxy_add_header(config, "a", "b\r\nc: d"));
    NO_TEXT(oxws_config_proxy_add_header(config, "a", "\xff"));
    CHECK_OK(oxws_config_proxy_add_header(config, "Proxy-Authorization", "Bearer a"));
}

static void f09_the_environment(oxws_config *config) {
    NO(oxws_config_proxy_from_environment(NULL, 1));
    NO_ARGUMENT(oxws_config_proxy_from_environment(config, 2));
    NO_ARGUMENT(oxws_config_proxy_from_environment(config, -1));
    setenv("http_proxy", "ftp://proxy", 1);
    NO_URL(oxws_config_proxy_from_environment(config, 1));
    setenv("http_proxy", "http://\xff", 1);
    NO_URL(oxws_config_proxy_from_environment(config, 1));
    CHECK_OK(oxws_config_proxy_from_environment(config, 0));
    setenv("http_proxy", "socks4a://proxy", 1);
    CHECK_STATUS(OXWS_ERROR_UNSUPPORTED, oxws_config_proxy_from_environment(config, 1));
    unsetenv("http_proxy");
    CHECK_OK(oxws_config_proxy_from_environment(config, 1));
}

int main(void) {
    oxws_config *config;
    check_begin();
    config = check_config();
    f09_proxies(config);
    f09_exemptions(config);
    f09_headers_of_a_proxy(config);
    f09_the_environment(config);
    oxws_config_free(config);
    return check_end();
}
