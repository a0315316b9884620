"""The page of the example `echo_server` in Chromium."""

import shutil

from node import run_script
from programs import ROOT


def run(tests):
    reports = ROOT / "build" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    arguments = (shutil.which("chromium"), str(reports))
    run_script(tests, "the page in Chromium: ", "browser.js", *arguments)
