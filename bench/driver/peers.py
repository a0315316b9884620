"""The programs of bench/peers, built where they are not there yet."""

import functools
import subprocess
import sys

from .machine import ROOT


@functools.cache
def peer(name):
    """The program of a peer."""
    if subprocess.run([ROOT / "bench/build-peers", name], stdout=sys.stderr).returncode != 0:
        sys.exit(1)
    return ROOT / "build/bench/peers" / name
