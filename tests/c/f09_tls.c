/*
 * F9: TLS configs, with every bad argument in turn.
 */
#include "check.h"

static const int32_t switches[] = {-1, 2, INT32_MIN, INT32_MAX};
static char text[5][20000];

/* The path of a certificate, a key or a list that the tests have. */
static const char *at(const char *name) {
    static char paths[4][600];
    static int turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", getenv("OXWS_TEST_CERTIFICATES"), name);
    return path;
}

static size_t read_text(int place, const char *name) {
    FILE *file = fopen(at(name), "rb");
    size_t len = file != NULL ? fread(text[place], 1, sizeof text[0], file) : 0;

    CHECK(len > 0);
    if (file != NULL) fclose(file);
    return len;
}

static void rules(void) {
    oxws_tls_config *tls = oxws_tls_config_new();
    size_t i;

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_trust_system(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_client_certificates(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_server_name(NULL, "a.test"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_pin(NULL, "AAAA"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_pin(tls, NULL));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_min_version(NULL, OXWS_TLS_1_3));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_resumption(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_key_log_file(NULL, "/tmp/none"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_dangerous_accept_any_certificate(NULL, 1));
    for (i = 0; i < sizeof switches / sizeof *switches; i++) {
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_trust_system(tls, switches[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_resumption(tls, switches[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                     oxws_tls_config_dangerous_accept_any_certificate(tls, switches[i]));
        CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_min_version(tls, switches[i]));
    }
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_client_certificates(tls, -1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_client_certificates(tls, 3));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_min_version(tls, OXWS_TLS_NONE));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_min_version(tls, 0x0302));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_server_name(tls, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_server_name(tls, "a b"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_tls_config_server_name(tls, "\xff"));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_add_pin(tls, ""));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_tls_config_add_pin(tls, "AAAA"));
    CHECK_STATUS(OXWS_ERROR_INVALID_UTF8, oxws_tls_config_add_pin(tls, "\xff"));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE, oxws_tls_config_key_log_file(tls, "/nowhere/a"));

    CHECK_OK(oxws_tls_config_trust_system(tls, 0));
    CHECK_OK(oxws_tls_config_client_certificates(tls, OXWS_CLIENT_CERTIFICATE_OPTIONAL));
    CHECK_OK(oxws_tls_config_server_name(tls, "a.test"));
    CHECK_OK(oxws_tls_config_server_name(tls, "2001:db8::1"));
    CHECK_OK(oxws_tls_config_server_name(tls, NULL));
    CHECK_OK(oxws_tls_config_add_pin(
        tls, "pin-sha256=d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="));
    CHECK_OK(oxws_tls_config_min_version(tls, OXWS_TLS_1_3));
    CHECK_OK(oxws_tls_config_resumption(tls, 0));
    CHECK_OK(oxws_tls_config_key_log_file(tls, NULL));
    CHECK_OK(oxws_tls_config_dangerous_accept_any_certificate(tls, 1));
    oxws_tls_config_free(tls);
    oxws_tls_config_free(NULL);
}

static void files(void) {
    oxws_tls_config *tls = oxws_tls_config_new();

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_ca_file(NULL, at("root.pem")));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_ca_file(tls, NULL));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE, oxws_tls_config_add_ca_file(tls, ""));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE, oxws_tls_config_add_ca_file(tls, "/"));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE, oxws_tls_config_add_ca_file(tls, "\xff\xfe"));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE, oxws_tls_config_add_ca_file(tls, "/dev/null"));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE,
                 oxws_tls_config_add_ca_file(tls, at("server.key")));
    CHECK_OK(oxws_tls_config_add_ca_file(tls, at("root.pem")));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_client_ca_file(NULL, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_client_ca_file(tls, NULL));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE,
                 oxws_tls_config_add_client_ca_file(tls, "/nowhere/a"));
    CHECK_OK(oxws_tls_config_add_client_ca_file(tls, at("clients.pem")));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_crl_file(NULL, "a"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_crl_file(tls, NULL));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE, oxws_tls_config_add_crl_file(tls, "/nowhere/a"));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE,
                 oxws_tls_config_add_crl_file(tls, at("root.pem")));
    CHECK_OK(oxws_tls_config_add_crl_file(tls, at("revoked.crl")));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_files(NULL, "a", "b"));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_files(tls, NULL, at("server.key")));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_files(tls, at("server.pem"), NULL));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE,
                 oxws_tls_config_add_certificate_files(tls, "/nowhere/a", at("server.key")));
    CHECK_STATUS(OXWS_ERROR_TLS_FILE_UNREADABLE,
                 oxws_tls_config_add_certificate_files(tls, at("server.pem"), "/nowhere/a"));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE,
                 oxws_tls_config_add_certificate_files(tls, at("server.key"), at("server.key")));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_KEY,
                 oxws_tls_config_add_certificate_files(tls, at("server.pem"), at("server.pem")));
    CHECK_STATUS(OXWS_ERROR_TLS_KEY_MISMATCH,
                 oxws_tls_config_add_certificate_files(tls, at("server.pem"), at("other.key")));
    CHECK_OK(oxws_tls_config_add_certificate_files(tls, at("server.pem"), at("server.key")));
    oxws_tls_config_free(tls);
}

static void memory(void) {
    oxws_tls_config *tls = oxws_tls_config_new();
    size_t root = read_text(0, "root.pem"), chain = read_text(1, "server.pem");
    size_t key = read_text(2, "server.key"), list = read_text(3, "revoked.crl");
    size_t other = read_text(4, "other.key");

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_ca_pem(NULL, text[0], root));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_ca_pem(tls, NULL, root));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_tls_config_add_ca_pem(tls, text[0], SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE, oxws_tls_config_add_ca_pem(tls, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE,
                 oxws_tls_config_add_ca_pem(tls, text[0], root / 2));
    CHECK_OK(oxws_tls_config_add_ca_pem(tls, text[0], root));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_client_ca_pem(NULL, text[0], 1));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_client_ca_pem(tls, NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_tls_config_add_client_ca_pem(tls, text[0], SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE,
                 oxws_tls_config_add_client_ca_pem(tls, text[2], key));
    CHECK_OK(oxws_tls_config_add_client_ca_pem(tls, text[0], root));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_crl_pem(NULL, text[3], list));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_tls_config_add_crl_pem(tls, NULL, list));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_tls_config_add_crl_pem(tls, text[3], SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_CERTIFICATE, oxws_tls_config_add_crl_pem(tls, text[0], root));
    CHECK_OK(oxws_tls_config_add_crl_pem(tls, text[3], list));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_pem(NULL, text[1], chain, text[2], key));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_pem(tls, NULL, chain, text[2], key));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_tls_config_add_certificate_pem(tls, text[1], chain, NULL, key));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_tls_config_add_certificate_pem(tls, text[1], SIZE_MAX, text[2], key));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT,
                 oxws_tls_config_add_certificate_pem(tls, text[1], chain, text[2], SIZE_MAX));
    CHECK_STATUS(OXWS_ERROR_TLS_BAD_KEY,
                 oxws_tls_config_add_certificate_pem(tls, text[1], chain, NULL, 0));
    CHECK_STATUS(OXWS_ERROR_TLS_KEY_MISMATCH,
                 oxws_tls_config_add_certificate_pem(tls, text[1], chain, text[4], other));
    CHECK_OK(oxws_tls_config_add_certificate_pem(tls, text[1], chain, text[2], key));
    oxws_tls_config_free(tls);
}

/* Where a TLS config is used. */
static void uses(void) {
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    oxws_tls_config *tls = oxws_tls_config_new(), *empty = oxws_tls_config_new();
    oxws_listener plain = 0, secure = 0;
    uint64_t id = 77;

    CHECK_OK(oxws_tls_config_trust_system(empty, 0));
    CHECK_OK(oxws_tls_config_add_certificate_files(tls, at("server.pem"), at("server.key")));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_tls(NULL, tls));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_listen(loop, "wss://127.0.0.1:0", config, &id));
    CHECK_OK(oxws_config_tls(config, empty));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_listen(loop, "wss://127.0.0.1:0", config, &id));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_listen_fd(loop, 0, config, &id));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED,
                 oxws_connect(loop, "wss://127.0.0.1:1", config, &id));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED,
                 oxws_adopt_client(loop, 0, "wss://a/", config, &id));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_adopt_server(loop, 0, NULL, 0, config, &id));
    CHECK(id == 77);
    CHECK_OK(oxws_listen(loop, "ws://127.0.0.1:0", config, &plain));
    CHECK_OK(oxws_config_tls(config, tls));
    CHECK_OK(oxws_listen(loop, "wss://127.0.0.1:0", config, &secure));

    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listener_tls(NULL, secure, tls));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_listener_tls(loop, secure, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_listener_tls(loop, 0, tls));
    CHECK_STATUS(OXWS_ERROR_INVALID_STATE, oxws_listener_tls(loop, plain, tls));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_listener_tls(loop, secure, empty));
    CHECK_OK(oxws_listener_tls(loop, secure, tls));
    CHECK_OK(oxws_config_tls(config, NULL));
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_CONFIGURED, oxws_listen(loop, "wss://127.0.0.1:0", config, &id));
    oxws_tls_config_free(tls);
    oxws_tls_config_free(empty);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

typedef oxws_status text_getter(const oxws_loop *, oxws_connection, char *, size_t, size_t *);

static void inquiries(void) {
    static text_getter *const getters[] = {
        oxws_get_tls_cipher_suite, oxws_get_tls_server_name,  oxws_get_tls_alpn,
        oxws_get_tls_peer_subject, oxws_get_tls_peer_issuer,
    };
    oxws_loop *loop = oxws_loop_new();
    oxws_config *config = check_config();
    oxws_connection client;
    int32_t number = 77;
    char buffer[4];
    size_t len = 77, i;

    CHECK_OK(oxws_connect(loop, "ws://127.0.0.1:1", config, &client));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_tls_version(NULL, client, &number));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_tls_version(loop, client, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_tls_version(loop, 0, &number));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_tls_resumed(NULL, client, &number));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_get_tls_resumed(loop, client, NULL));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_tls_resumed(loop, 0, &number));
    for (i = 0; i < sizeof getters / sizeof *getters; i++) {
        CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, getters[i](NULL, client, buffer, 4, &len));
        CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, getters[i](loop, client, NULL, 1, &len));
        CHECK_STATUS(OXWS_ERROR_NOT_FOUND, getters[i](loop, 0, buffer, 4, &len));
    }
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_tls_peer_name(NULL, client, 0, buffer, 4, &len));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_tls_peer_name(loop, 0, 0, buffer, 4, &len));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND, oxws_get_tls_peer_name(loop, client, 0, buffer, 4, &len));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_get_tls_peer_name(loop, client, SIZE_MAX, buffer, 4, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_tls_peer_certificate(NULL, client, buffer, 4, &len));
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT,
                 oxws_get_tls_peer_certificate(loop, client, NULL, 1, &len));
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_get_tls_peer_certificate(loop, 0, buffer, 4, &len));
    CHECK(number == 77 && len == 77);

    CHECK_OK(oxws_get_tls_version(loop, client, &number));
    CHECK_NUMBER(number, OXWS_TLS_NONE);
    CHECK_OK(oxws_get_tls_resumed(loop, client, &number));
    CHECK_NUMBER(number, 0);
    for (i = 0; i < sizeof getters / sizeof *getters; i++) {
        len = 77;
        CHECK_OK(getters[i](loop, client, buffer, 1, &len));
        CHECK(len == 0 && buffer[0] == '\0');
    }
    CHECK_OK(oxws_get_tls_peer_certificate(loop, client, NULL, 0, &len));
    CHECK_NUMBER(len, 0);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    check_begin();
    rules();
    files();
    memory();
    uses();
    inquiries();
    return check_end();
}
