/*
 * TLS as a program in C sees it: both sides on one loop, what they know of each other, certificates of
 * clients, certificates that are exchanged while listening, how refusals look, and a simulated network.
 */
#include "check.h"

static oxws_loop *loop;
static oxws_connection client, server;
static int opens, closes, requests;
static oxws_status client_end, server_end;
static int32_t client_alert, server_alert;
static uint16_t client_code;
static char received[64];

static const char *at(const char *name) {
    static char paths[4][600];
    static int turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", getenv("OXWS_TEST_CERTIFICATES"), name);
    return path;
}

typedef oxws_status text_getter(const oxws_loop *, oxws_connection, char *, size_t, size_t *);

static void check_text(text_getter *get, oxws_connection connection, const char *wanted) {
    char text[256] = "";
    size_t len = 0;

    CHECK_OK(get(loop, connection, text, sizeof text, &len));
    CHECK_NUMBER(len, strlen(wanted));
    CHECK(strcmp(text, wanted) == 0);
}

static void check_certificate(oxws_connection connection, int is_there) {
    unsigned char der[4096];
    size_t len = 77;

    CHECK_OK(oxws_get_tls_peer_certificate(loop, connection, NULL, 0, &len));
    if (!is_there) {
        CHECK_NUMBER(len, 0);
        return;
    }
    CHECK(len > 100 && len < sizeof der);
    CHECK_STATUS(OXWS_ERROR_BUFFER_TOO_SMALL,
                 oxws_get_tls_peer_certificate(loop, connection, der, len - 1, NULL));
    CHECK_OK(oxws_get_tls_peer_certificate(loop, connection, der, sizeof der, &len));
    CHECK(der[0] == 0x30 && der[1] == 0x82 && der[2] * 256u + der[3] + 4u == len);
}

static void check_version(oxws_connection connection, int32_t wanted) {
    int32_t version = 77;
    CHECK_OK(oxws_get_tls_version(loop, connection, &version));
    CHECK_NUMBER(version, wanted);
}

/* What the server is to see of its client. */
static const char *wanted_subject, *wanted_name;

static void on_request(oxws_loop *l, oxws_connection connection, const oxws_request *request,
                       void *user) {
    (void)request, (void)user;
    requests++;
    check_version(connection, OXWS_TLS_1_3);
    check_text(oxws_get_tls_alpn, connection, "http/1.1");
    check_text(oxws_get_tls_server_name, connection, wanted_name);
    check_text(oxws_get_tls_peer_subject, connection, wanted_subject);
    check_text(oxws_get_tls_peer_issuer, connection,
               *wanted_subject != '\0' ? "CN=oxws test clients" : "");
    check_certificate(connection, *wanted_subject != '\0');
    CHECK_OK(oxws_accept(l, connection, NULL));
}

static void on_open(oxws_loop *l, oxws_connection connection, void *user) {
    (void)l;
    opens++;
    *(oxws_connection *)user = connection;
}

static void on_message(oxws_loop *l, oxws_connection connection, oxws_message_type type,
                       const uint8_t *data, size_t len, void *user) {
    if (user == &server) {
        CHECK_OK(oxws_send(l, connection, type, data, len));
    } else if (len < sizeof received) {
        memcpy(received, data, len);
    }
}

static void on_close(oxws_loop *l, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)l, (void)connection;
    closes++;
    *(user == &client ? &client_end : &server_end) = oxws_close_info_status(info);
    *(user == &client ? &client_alert : &server_alert) = oxws_close_info_tls_alert(info);
    if (user == &client) client_code = oxws_close_info_code(info);
}

static oxws_config *config_with(const oxws_tls_config *tls, oxws_connection *id) {
    oxws_config *config = check_config();
    CHECK_OK(oxws_config_tls(config, tls));
    CHECK_OK(oxws_config_on_open(config, on_open));
    CHECK_OK(oxws_config_on_message(config, on_message));
    CHECK_OK(oxws_config_on_close(config, on_close));
    CHECK_OK(oxws_config_user(config, id));
    if (id == &server) CHECK_OK(oxws_config_on_request(config, on_request));
    return config;
}

static oxws_tls_config *with_certificate(const char *chain, const char *key) {
    oxws_tls_config *tls = oxws_tls_config_new();
    CHECK_OK(oxws_tls_config_add_certificate_files(tls, at(chain), at(key)));
    return tls;
}

static oxws_tls_config *trusting(const char *authority) {
    oxws_tls_config *tls = oxws_tls_config_new();
    CHECK_OK(oxws_tls_config_trust_system(tls, 0));
    CHECK_OK(oxws_tls_config_add_ca_file(tls, at(authority)));
    return tls;
}

static oxws_listener listener;
static char url[80];

static void listen_with(oxws_tls_config *tls) {
    oxws_config *config = config_with(tls, &server);
    uint16_t port = 0;

    loop = oxws_loop_new();
    CHECK_OK(oxws_listen(loop, "wss://127.0.0.1:0", config, &listener));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    snprintf(url, sizeof url, "wss://127.0.0.1:%d/", (int)port);
    oxws_config_free(config);
    oxws_tls_config_free(tls);
}

static void dial(const oxws_config *config) {
    opens = closes = requests = 0;
    client_end = server_end = 1;
    client_alert = server_alert = -1;
    memset(received, 0, sizeof received);
    CHECK_OK(oxws_connect(loop, url, config, &client));
}

/* Connects, echoes a message, closes. */
static void converse(const oxws_config *config) {
    dial(config);
    RUN_UNTIL(loop, opens == 2 || closes > 0);
    CHECK_NUMBER(opens, 2);
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "through TLS", 11));
    RUN_UNTIL(loop, received[0] != '\0');
    CHECK(strcmp(received, "through TLS") == 0);
}

static void part(void) {
    CHECK_OK(oxws_close(loop, client, 1000, NULL));
    RUN_UNTIL(loop, closes == 2);
    CHECK_STATUS(OXWS_OK, client_end);
    CHECK_STATUS(OXWS_OK, server_end);
}

static void finish(void) {
    CHECK_OK(oxws_loop_free(loop));
}

static void d08_both_sides_know_each_other(void) {
    oxws_tls_config *tls = trusting("root.pem");
    oxws_config *config = config_with(tls, &client);
    char name[64];
    size_t len;
    int32_t resumed = 77;

    listen_with(with_certificate("server.pem", "server.key"));
    wanted_subject = wanted_name = "";
    converse(config);
    check_version(client, OXWS_TLS_1_3);
    check_text(oxws_get_tls_cipher_suite, client, "TLS_AES_256_GCM_SHA384");
    check_text(oxws_get_tls_cipher_suite, server, "TLS_AES_256_GCM_SHA384");
    check_text(oxws_get_tls_alpn, client, "http/1.1");
    check_text(oxws_get_tls_peer_issuer, client, "CN=oxws test root");
    check_certificate(client, 1);
    CHECK_OK(oxws_get_tls_peer_name(loop, client, 0, name, sizeof name, &len));
    CHECK(strcmp(name, "DNS:localhost") == 0 && len == 13);
    CHECK_OK(oxws_get_tls_peer_name(loop, client, 1, name, sizeof name, NULL));
    CHECK(strcmp(name, "IP:127.0.0.1") == 0);
    CHECK_OK(oxws_get_tls_peer_name(loop, client, 2, name, sizeof name, NULL));
    CHECK(strcmp(name, "IP:::1") == 0);
    CHECK_STATUS(OXWS_ERROR_NOT_FOUND,
                 oxws_get_tls_peer_name(loop, client, 3, name, sizeof name, NULL));
    CHECK_OK(oxws_get_tls_resumed(loop, client, &resumed));
    CHECK_NUMBER(resumed, 0);
    part();

    /* Who comes again with the same config goes on with the session. */
    converse(config);
    CHECK_OK(oxws_get_tls_resumed(loop, client, &resumed));
    CHECK_NUMBER(resumed, 1);
    CHECK_OK(oxws_get_tls_resumed(loop, server, &resumed));
    CHECK_NUMBER(resumed, 1);
    part();
    oxws_config_free(config);

    CHECK_OK(oxws_tls_config_server_name(tls, "localhost"));
    config = config_with(tls, &client);
    wanted_name = "localhost";
    converse(config);
    part();
    oxws_config_free(config);
    oxws_tls_config_free(tls);
    finish();
}

static void d08_a_client_shows_a_certificate(void) {
    oxws_tls_config *of_server = with_certificate("server.pem", "server.key");
    oxws_tls_config *tls = trusting("root.pem");
    oxws_config *config = config_with(tls, &client);

    CHECK_OK(oxws_tls_config_client_certificates(of_server, OXWS_CLIENT_CERTIFICATE_REQUIRED));
    CHECK_OK(oxws_tls_config_add_client_ca_file(of_server, at("clients.pem")));
    listen_with(of_server);
    wanted_name = "";
    wanted_subject = "CN=client\\, one";
    dial(config);
    RUN_UNTIL(loop, closes == 1);
    CHECK_STATUS(OXWS_ERROR_TLS_ALERT, client_end);
    CHECK_NUMBER(client_alert, 116);
    CHECK_NUMBER(requests, 0);
    oxws_config_free(config);

    CHECK_OK(oxws_tls_config_add_certificate_files(tls, at("client.pem"), at("client.key")));
    config = config_with(tls, &client);
    converse(config);
    part();
    oxws_config_free(config);
    oxws_tls_config_free(tls);
    finish();
}

/* Certificates are exchanged while a listener is at work, and what is connected stays so. */
static void certificates_are_exchanged_while_listening(void) {
    oxws_tls_config *tls = trusting("root.pem"), *other = with_certificate("other.pem", "other.key");
    oxws_config *config = config_with(tls, &client);
    oxws_connection first;

    listen_with(with_certificate("server.pem", "server.key"));
    wanted_subject = wanted_name = "";
    converse(config);
    first = client;
    CHECK_OK(oxws_listener_tls(loop, listener, other));
    oxws_tls_config_free(other);
    dial(config);
    RUN_UNTIL(loop, closes == 1);
    CHECK_STATUS(OXWS_ERROR_CERTIFICATE_WRONG_NAME, client_end);
    CHECK_NUMBER(client_alert, 42);
    client = first;
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "still", 5));
    RUN_UNTIL(loop, strcmp(received, "still") == 0);
    oxws_config_free(config);
    oxws_tls_config_free(tls);
    finish();
}

/* What is refused, by the client's status. */
static void d08_refusals_have_their_reason(void) {
    static const struct {
        const char *chain, *key, *authority, *list;
        oxws_status status;
        int32_t alert;
    } rows[] = {
        {"server.pem", "server.key", "clients.pem", NULL, OXWS_ERROR_CERTIFICATE_UNKNOWN_ISSUER, 48},
        {"other.pem", "other.key", "root.pem", NULL, OXWS_ERROR_CERTIFICATE_WRONG_NAME, 42},
        {"revoked.pem", "revoked.key", "root.pem", "revoked.crl", OXWS_ERROR_CERTIFICATE_REVOKED, 44},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        oxws_tls_config *tls = trusting(rows[i].authority);
        oxws_config *config;

        check_context = rows[i].chain;
        if (rows[i].list != NULL) CHECK_OK(oxws_tls_config_add_crl_file(tls, at(rows[i].list)));
        config = config_with(tls, &client);
        listen_with(with_certificate(rows[i].chain, rows[i].key));
        dial(config);
        RUN_UNTIL(loop, closes == 1);
        CHECK_STATUS(rows[i].status, client_end);
        CHECK_NUMBER(client_alert, rows[i].alert);
        CHECK_NUMBER(client_code, OXWS_CLOSE_TLS_HANDSHAKE);
        CHECK(opens == 0 && requests == 0);
        oxws_config_free(config);
        oxws_tls_config_free(tls);
        finish();
    }
    check_context = "";
}

/* A loop for tests speaks TLS too: what is done to its network is done below it. */
static void a_test_loop_speaks_tls(void) {
    oxws_tls_config *of_server = with_certificate("server.pem", "server.key");
    oxws_tls_config *tls = trusting("root.pem");
    oxws_config *serving = config_with(of_server, &server), *config = config_with(tls, &client);

    loop = oxws_test_loop_new();
    CHECK_OK(oxws_listen(loop, "wss://localhost", serving, &listener));
    snprintf(url, sizeof url, "wss://localhost/");
    wanted_subject = "";
    wanted_name = "localhost";
    CHECK_OK(oxws_test_set_link(loop, 0, 100, 1));
    dial(config);
    CHECK_OK(oxws_test_advance_ms(loop, 5000));
    CHECK_NUMBER(opens, 2);
    CHECK_OK(oxws_test_set_capacity(loop, client, 10));
    CHECK_OK(oxws_test_freeze(loop, client, 1));
    CHECK_OK(oxws_send(loop, client, OXWS_MESSAGE_TEXT, "later", 5));
    CHECK_OK(oxws_test_advance_ms(loop, 1000));
    CHECK(received[0] == '\0');
    CHECK_OK(oxws_test_freeze(loop, client, 0));
    CHECK_OK(oxws_test_advance_ms(loop, 1000));
    CHECK(strcmp(received, "later") == 0);
    CHECK_OK(oxws_test_inject(loop, client, "\x81\x03" "abc", 5));
    CHECK_OK(oxws_test_advance_ms(loop, 1000));
    CHECK_NUMBER(closes, 2);
    CHECK_STATUS(OXWS_ERROR_TLS_NOT_SPOKEN, client_end);
    CHECK_STATUS(OXWS_ERROR_TLS_ALERT, server_end);

    dial(config);
    CHECK_OK(oxws_test_advance_ms(loop, 5000));
    CHECK_OK(oxws_test_break(loop, client, ECONNRESET));
    CHECK_OK(oxws_test_advance_ms(loop, 0));
    CHECK_STATUS(OXWS_ERROR_CONNECTION_RESET, client_end);
    CHECK_STATUS(OXWS_ERROR_CONNECTION_RESET, server_end);

    /* It cannot be told from a cable that was cut. */
    dial(config);
    CHECK_OK(oxws_test_advance_ms(loop, 5000));
    CHECK_OK(oxws_test_break(loop, client, 0));
    CHECK_OK(oxws_test_advance_ms(loop, 1000));
    CHECK_STATUS(OXWS_ERROR_TLS_TRUNCATED, client_end);
    CHECK_STATUS(OXWS_ERROR_TLS_TRUNCATED, server_end);
    oxws_config_free(config);
    oxws_config_free(serving);
    oxws_tls_config_free(tls);
    oxws_tls_config_free(of_server);
    finish();
}

int main(void) {
    check_begin();
    d08_both_sides_know_each_other();
    d08_a_client_shows_a_certificate();
    certificates_are_exchanged_while_listening();
    d08_refusals_have_their_reason();
    a_test_loop_speaks_tls();
    return check_end();
}
