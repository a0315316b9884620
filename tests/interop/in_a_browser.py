"""The page of the example `echo_server` in Chromium, and sockets of the browser's own."""

import shutil

from node import run_script, run_script_with_deflate
from programs import ROOT

# Servers that compress: whether contexts are taken over, and the window bits.
SERVERS = ((True, None), (False, None), (True, 8), (False, 10))


def run(tests):
    reports = ROOT / "build" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    run_script(tests, "the page in Chromium: ", "browser.js", chromium, str(reports))
    prefix = "compression in Chromium: "
    run_script_with_deflate(tests, prefix, "deflate_browser.js", SERVERS, chromium)
