/*
 * qtwebsockets: an echo server on Qt's WebSockets module.
 *
 *   qtwebsockets PORT [broadcast | tls CERTIFICATE KEY]
 *
 * Qt writes what has gathered when it is back in its loop. The loop is its own, without GLib. Compression
 * it does not have.
 */
#include <QCoreApplication>
#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <cstdio>

static constexpr quint64 largest_message = 128 * 1024 * 1024;

// Accepts the connections itself, as the server of the module would leave Nagle's algorithm on.
class Listener : public QTcpServer {
public:
    Listener(QWebSocketServer& server, const QSslConfiguration* tls) : server_(server), tls_(tls) {
        setListenBacklogSize(4096);
    }

protected:
    void incomingConnection(qintptr descriptor) override {
        QTcpSocket* socket = tls_ != nullptr ? secure() : new QTcpSocket;
        socket->setSocketDescriptor(descriptor);
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        if (tls_ == nullptr) {
            server_.handleConnection(socket);
        } else {
            static_cast<QSslSocket*>(socket)->startServerEncryption();
        }
    }

private:
    QSslSocket* secure() {
        auto* socket = new QSslSocket;
        socket->setSslConfiguration(*tls_);
        connect(socket, &QSslSocket::encrypted, this, [this, socket] { server_.handleConnection(socket); });
        connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
        return socket;
    }

    QWebSocketServer& server_;
    const QSslConfiguration* tls_;
};

static void serve(QWebSocket* socket, QList<QWebSocket*>& everyone, bool is_broadcast) {
    socket->setOutgoingFrameSize(largest_message);
    socket->setMaxAllowedIncomingFrameSize(largest_message);
    socket->setMaxAllowedIncomingMessageSize(largest_message);
    QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    if (!is_broadcast) {
        QObject::connect(socket, &QWebSocket::textMessageReceived, socket, &QWebSocket::sendTextMessage);
        QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket, &QWebSocket::sendBinaryMessage);
        return;
    }
    everyone.append(socket);
    QObject::connect(socket, &QWebSocket::disconnected, [socket, &everyone] { everyone.removeAll(socket); });
    QObject::connect(socket, &QWebSocket::textMessageReceived, [&everyone](const QString& text) {
        for (QWebSocket* each : everyone) each->sendTextMessage(text);
    });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, [&everyone](const QByteArray& bytes) {
        for (QWebSocket* each : everyone) each->sendBinaryMessage(bytes);
    });
}

static QByteArray contents(const QString& name) {
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) std::exit(1);
    return file.readAll();
}

int main(int argc, char** argv) {
    qputenv("QT_NO_GLIB", "1");
    const QCoreApplication application(argc, argv);
    const QStringList words = application.arguments();
    const QString mode = words.value(2);
    if (words.size() < 2) {
        std::fprintf(stderr, "usage: qtwebsockets PORT [broadcast | tls CERTIFICATE KEY]\n");
        return 2;
    }
    QSslConfiguration tls;
    if (mode == "tls" && words.size() > 4) {
        tls.setLocalCertificateChain(QSslCertificate::fromData(contents(words[3])));
        tls.setPrivateKey(QSslKey(contents(words[4]), QSsl::Ec));
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    } else if (!mode.isEmpty() && mode != "broadcast") {
        std::fprintf(stderr, "qtwebsockets: %s is not supported\n", qPrintable(mode));
        return 3;
    }
    QList<QWebSocket*> everyone;
    QWebSocketServer server("echo", QWebSocketServer::NonSecureMode);
    server.setMaxPendingConnections(100'000);
    QObject::connect(&server, &QWebSocketServer::newConnection, [&] {
        while (QWebSocket* socket = server.nextPendingConnection()) serve(socket, everyone, mode == "broadcast");
    });
    Listener listener(server, mode == "tls" ? &tls : nullptr);
    if (!listener.listen(QHostAddress::LocalHost, words[1].toUShort())) return 1;
    std::puts("ready");
    std::fflush(stdout);
    return QCoreApplication::exec();
}
