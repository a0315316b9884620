// TLS: configs, what both sides know of each other, certificates of clients, exchanged certificates.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "check.hpp"

using oxws::ClientCertificate;
using oxws::Config;
using oxws::Connection;
using oxws::Error;
using oxws::Listener;
using oxws::Loop;
using oxws::TlsConfig;
using oxws::TlsVersion;

namespace {

std::string at(const char *name) {
    return std::string(std::getenv("OXWS_TEST_CERTIFICATES")) + "/" + name;
}

std::string content(const char *name) {
    std::ifstream file(at(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TlsConfig of_server() {
    TlsConfig tls;
    CHECK(tls.add_certificate_files(at("server.pem"), at("server.key")));
    CHECK(tls.client_certificates(ClientCertificate::Required));
    CHECK(tls.add_client_ca_file(at("clients.pem")));
    return tls;
}

TlsConfig of_client() {
    TlsConfig tls;
    CHECK(tls.trust_system(false));
    CHECK(tls.add_ca_pem(content("root.pem")));
    CHECK(tls.add_certificate_pem(content("client.pem"), content("client.key")));
    CHECK(tls.server_name("localhost"));
    return tls;
}

void configs() {
    TlsConfig tls;
    CHECK(tls.get() != nullptr);
    CHECK(tls.add_ca_file("/nowhere/a") == Error::TlsFileUnreadable);
    CHECK(tls.add_ca_pem("nothing") == Error::TlsBadCertificate);
    CHECK(tls.add_certificate_files(at("server.pem"), at("other.key")) ==
          Error::TlsKeyMismatch);
    CHECK(tls.add_certificate_pem(content("server.pem"), "") == Error::TlsBadKey);
    CHECK(tls.add_crl_file(at("revoked.crl")));
    CHECK(tls.add_crl_pem(content("revoked.crl")));
    CHECK(tls.add_client_ca_pem(content("clients.pem")));
    CHECK(tls.server_name("a.test"));
    CHECK(tls.server_name(nullptr));
    CHECK(tls.server_name("a b") == Error::InvalidArgument);
    CHECK(tls.add_pin("d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="));
    CHECK(tls.add_pin("short") == Error::InvalidArgument);
    CHECK(tls.min_version(TlsVersion::Tls13));
    CHECK(tls.min_version(TlsVersion::None) == Error::InvalidArgument);
    CHECK(tls.resumption(false));
    CHECK(tls.key_log_file(nullptr));
    CHECK(tls.dangerous_accept_any_certificate(true));
    CHECK(tls.client_certificates(ClientCertificate::None));
    CHECK(tls.client_certificates(ClientCertificate::Optional));
    TlsConfig moved = std::move(tls);
    CHECK(moved.resumption(true));
    CHECK(tls.resumption(true) == Error::NullArgument); // NOLINT: what is left is empty
    tls = std::move(moved);
    CHECK(tls.resumption(true));
}

void both_sides() {
    Loop loop;
    std::string received;
    int opened = 0, closed = 0;
    Connection server;
    Config serving, dialling;
    CHECK(serving.tls(of_server()));
    CHECK(dialling.tls(of_client()));
    CHECK(dialling.proxy_tls(of_client()));
    serving.on_request([&](Connection connection, oxws::Request) {
        CHECK(*connection.tls_version() == TlsVersion::Tls13);
        CHECK(*connection.tls_server_name() == "localhost");
        CHECK(*connection.tls_alpn() == "http/1.1");
        CHECK(*connection.tls_peer_subject() == "CN=client\\, one");
        CHECK(*connection.tls_peer_issuer() == "CN=oxws test clients");
        CHECK(connection.tls_peer_names()->empty());
        CHECK(!connection.tls_peer_certificate()->empty());
        CHECK(connection.accept());
        server = connection;
    });
    serving.on_message([](Connection connection, oxws::Message message) {
        CHECK(connection.send(message));
    });
    dialling.on_open([&](Connection connection) {
        opened++;
        CHECK(connection.send("through TLS"));
    });
    dialling.on_message([&](Connection, oxws::Message message) { received = message.text(); });
    dialling.on_close([&](Connection, oxws::CloseInfoView info) {
        closed++;
        CHECK(opened == 1 || info.status() == Error::CertificateWrongName);
    });
    auto listener = loop.listen("wss://127.0.0.1:0", serving);
    CHECK(listener);
    const std::string url = "wss://127.0.0.1:" + std::to_string(*listener->port()) + "/";
    auto client = loop.connect(url, dialling);
    CHECK(client);
    RUN_UNTIL(loop, !received.empty() || closed > 0);
    CHECK(received == "through TLS");
    CHECK(*client->tls_cipher_suite() == *server.tls_cipher_suite());
    CHECK(*client->tls_peer_names() ==
          (std::vector<std::string>{"DNS:localhost", "IP:127.0.0.1", "IP:::1"}));
    CHECK(*client->tls_resumed() == false);
    CHECK(Connection().tls_version().status() == Error::NullArgument);
    CHECK(Connection().tls_peer_names().status() == Error::NullArgument);

    TlsConfig other;
    CHECK(listener->tls(other) == Error::TlsNotConfigured);
    CHECK(Listener().tls(other) == Error::NullArgument);
    CHECK(other.add_certificate_files(at("other.pem"), at("other.key")));
    CHECK(listener->tls(other));
    opened = 0;
    CHECK(loop.connect(url, dialling));
    RUN_UNTIL(loop, closed == 1);
    CHECK(opened == 0);
    opened = 1;
}

} // namespace

int main() {
    configs();
    both_sides();
    return check_end();
}
