"""Certificates for tests, good ones and bad ones, made by the command `openssl`."""

import subprocess
from pathlib import Path

CONFIG = """
[ca]
default_ca = this
[this]
dir = {folder}
database = $dir/index
serial = $dir/serial
crlnumber = $dir/crl_number
crl_extensions = revoked
new_certs_dir = $dir
certificate = $dir/cert.pem
private_key = $dir/key.pem
default_md = sha256
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[revoked]
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
{leaf}
"""
P256 = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
RSA = ("-newkey", "rsa:2048", "-nodes")
HERE = "DNS:localhost, IP:127.0.0.1"
ELSEWHERE = "DNS:elsewhere.example, IP:127.0.0.2"
LONG_AGO = ("20010101000000Z", "20020101000000Z")
LONG_AFTER = ("20400101000000Z", "20490101000000Z")
VALID = ("20200101000000Z", "20490101000000Z")


def openssl(*words):
    result = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {result.stderr}")
    return result.stdout


class Identity:
    """The files of a certificate with those below the root, and its key."""

    def __init__(self, folder, name):
        self.cert = Path(folder) / f"{name}.pem"
        self.key = Path(folder) / f"{name}.key"

    def of_server(self):
        """Options that have `echo_server` listen at wss:."""
        return ("--tls-cert", str(self.cert), "--tls-key", str(self.key))

    def of_client(self):
        """Options that have `client` show it."""
        return ("--cert", str(self.cert), "--key", str(self.key))


class Authority:
    """One that issues certificates, vouched for by a parent or by itself."""

    def __init__(self, folder, name, parent=None):
        self.folder = Path(folder) / name
        self.folder.mkdir()
        self.cert = self.folder / "cert.pem"
        self.key = self.folder / "key.pem"
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "crl_number").write_text("1000\n")
        self.configure("")
        request = ("req", "-new", *P256, "-config", self.config, "-subj", f"/CN={name}")
        if parent is None:
            options = ("-x509", "-days", "3650", "-extensions", "authority")
            openssl(*request, *options, "-keyout", self.key, "-out", self.cert)
            self.chain = ""
        else:
            openssl(*request, "-keyout", self.key, "-out", self.folder / "request")
            parent.sign(self.folder / "request", self.cert, VALID, "authority")
            self.chain = self.cert.read_text() + parent.chain

    def configure(self, leaf):
        self.config = self.folder / "config"
        self.config.write_text(CONFIG.format(folder=self.folder, leaf=leaf))

    def sign(self, request, cert, valid, section):
        options = ("-batch", "-notext", "-startdate", valid[0], "-enddate", valid[1])
        files = ("-config", self.config, "-in", request, "-out", cert)
        openssl("ca", *options, "-extensions", section, *files)

    def issue(self, name, names=HERE, usage="serverAuth", valid=VALID, key=P256):
        """A certificate, followed by those between it and the root."""
        identity = Identity(self.folder, name)
        self.configure(
            f"extendedKeyUsage = {usage}\n" + (f"subjectAltName = {names}\n" if names else "")
        )
        request = self.folder / "request"
        subject = ("-subj", f"/CN={name}")
        files = ("-keyout", identity.key, "-out", request)
        openssl("req", "-new", *key, "-config", self.config, *subject, *files)
        self.sign(request, identity.cert, valid, "leaf")
        identity.alone = identity.cert.read_text()
        identity.cert.write_text(identity.alone + self.chain)
        return identity

    def rearranged(self, name, arrange, **options):
        """As `issue`, with another order of the texts: arrange(certificate, those between)."""
        identity = self.issue(name, **options)
        identity.cert.write_text(arrange(identity.alone, self.chain))
        return identity

    def revoke(self, identity):
        """The path of a list of what has been revoked, which then has this one."""
        openssl("ca", "-config", self.config, "-revoke", identity.cert)
        path = self.folder / "revoked.pem"
        openssl("ca", "-config", self.config, "-gencrl", "-out", path)
        return path


def self_signed(folder, is_authority=False):
    """A certificate that nobody but itself vouches for."""
    identity = Identity(folder, f"self_signed_{is_authority}")
    options = ("-x509", "-days", "365", "-subj", "/CN=itself", "-addext", f"subjectAltName={HERE}")
    if not is_authority:  # which openssl makes of it by itself
        options += ("-addext", "basicConstraints=critical,CA:false")
    openssl("req", *options, *P256, "-keyout", identity.key, "-out", identity.cert)
    return identity
