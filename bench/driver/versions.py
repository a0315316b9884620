"""The versions of the peers: from what they are built with."""

import re

from .machine import ROOT, first_line

PACKAGES = {
    "libwebsockets": "libwebsockets-dev",
    "beast": "libboost-dev",
    "qtwebsockets": "qt6-websockets-dev",
}
# Where the version of a crate stands, and its name.
CRATES = {
    "uwebsockets": ("uwebsockets", "libuwebsockets-sys"),
    "tokio-tungstenite": ("rust", "tokio-tungstenite"),
    "tokio-websockets": ("rust", "tokio-websockets"),
    "fastwebsockets": ("rust", "fastwebsockets"),
}


def of(name):
    if name in PACKAGES:
        package = PACKAGES[name]
        return f"{first_line('dpkg-query', '-W', '-f', '${Version}', package)} (package {package})"
    if name in CRATES:
        folder, crate = CRATES[name]
        lock = (ROOT / "bench/peers" / folder / "Cargo.lock").read_text()
        found = re.search(rf'name = "{crate}"\nversion = "(.*)"', lock)
        return f"{found[1] if found else 'unknown'} (crate {crate})"
    if name == "websockets":
        wanted = (ROOT / "tests/interop/requirements.txt").read_text()
        found = re.search(r"^websockets==(\S+)", wanted, re.M)
        return f"{found[1] if found else 'unknown'} (Python)"
    return "of this project"
