/* F9: how many redirects a client follows, with every bad argument; and that it follows them. */
#include "check.h"

struct seen {
    int requests, opens;
    oxws_status status;
};

static void on_request(oxws_loop *loop, oxws_connection connection, const oxws_request *request,
                       void *user) {
    struct seen *seen = user;
    oxws_reply *reply;
    (void)request;
    if (++seen->requests % 4 == 0) {
        CHECK_OK(oxws_accept(loop, connection, NULL));
        return;
    }
    reply = oxws_reply_new(308);
    CHECK_OK(oxws_reply_add_header(reply, "Location", "http://b.example/"));
    CHECK_OK(oxws_reply_set_body(reply, "moved", 5));
    CHECK_OK(oxws_respond(loop, connection, reply));
    oxws_reply_free(reply);
}

static void on_open(oxws_loop *loop, oxws_connection connection, void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->opens++;
}

static void on_close(oxws_loop *loop, oxws_connection connection, const oxws_close_info *info,
                     void *user) {
    (void)loop, (void)connection;
    ((struct seen *)user)->status = oxws_close_info_status(info);
}

static void followed(uint32_t redirects, oxws_status status) {
    oxws_loop *loop = oxws_test_loop_new();
    oxws_config *server = oxws_config_new(), *client = oxws_config_new();
    struct seen seen = {0, 0, OXWS_OK};

    CHECK_OK(oxws_config_user(server, &seen));
    CHECK_OK(oxws_config_on_request(server, on_request));
    CHECK_OK(oxws_config_user(client, &seen));
    CHECK_OK(oxws_config_max_redirects(client, redirects));
    CHECK_OK(oxws_config_on_open(client, on_open));
    CHECK_OK(oxws_config_on_close(client, on_close));
    CHECK_OK(oxws_listen(loop, "ws://*:80", server, NULL));
    CHECK_OK(oxws_connect(loop, "ws://a.example/", client, NULL));
    oxws_config_free(server);
    oxws_config_free(client);
    CHECK_OK(oxws_test_advance_ms(loop, 0));
    CHECK_NUMBER(seen.status, status);
    CHECK_NUMBER(seen.opens, status == OXWS_OK);
    CHECK_NUMBER(seen.requests, redirects < 3 ? redirects + 1 : 4);
    seen.status = OXWS_OK;
    CHECK_OK(oxws_loop_free(loop));
}

int main(void) {
    oxws_config *config;

    check_begin();
    config = oxws_config_new();
    CHECK_STATUS(OXWS_ERROR_NULL_ARGUMENT, oxws_config_max_redirects(NULL, 1));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_redirects(config, 6));
    CHECK_STATUS(OXWS_ERROR_INVALID_ARGUMENT, oxws_config_max_redirects(config, UINT32_MAX));
    oxws_config_free(config);
    followed(0, OXWS_ERROR_HANDSHAKE_STATUS);
    followed(1, OXWS_ERROR_TOO_MANY_REDIRECTS);
    followed(2, OXWS_ERROR_TOO_MANY_REDIRECTS);
    followed(3, OXWS_OK);
    followed(5, OXWS_OK);
    return check_end();
}
