"""What was measured, as it stands in build/bench/results.json."""

import datetime
import json
import statistics

from .machine import BUILD, Failure

FILE = BUILD / "results.json"


def load(missing_is_empty=False):
    if not FILE.exists():
        if missing_is_empty:
            return None
        raise Failure(f"{FILE} is missing: run bench/run")
    return json.loads(FILE.read_text())


def good(runs):
    """The runs that count: those that nothing disturbed, or else the better half of those that ended."""
    ended = [run for run in runs if run is not None and "error" not in run]
    ended.sort(key=lambda run: run["disturbance"])
    return [run for run in ended if run["disturbance"] <= 1] or ended[: (len(ended) + 1) // 2]


def median(runs, name):
    values = [run[name] for run in good(runs)]
    return statistics.median(values) if values else None


class Results:
    def __init__(self, machine, versions):
        self.machine = machine
        self.versions = versions
        self.command = ""
        self.cells = {}

    def keep(self, older):
        """Takes over the cells of an earlier run of the same servers here."""
        if older is None or older["machine"] != self.machine:
            return
        if any(older["servers"].get(name, version) != version for name, version in self.versions.items()):
            return
        self.versions = {**older["servers"], **self.versions}
        self.cells = {cell["key"]: {**cell, "is_old": True} for cell in older["cells"]}

    def add(self, cell, server, values):
        entry = self.cells.get(cell.key)
        if entry is None or entry.get("is_old"):
            facts = {"key": cell.key, "mode": cell.mode, "title": cell.title, "facts": cell.words}
            entry = self.cells[cell.key] = {**facts, "runs": {}}
        entry["runs"].setdefault(server, []).append(values)

    def has_failed(self, cell, server):
        """Whether it is of no use to go on with this server in this cell."""
        runs = self.cells.get(cell.key, {}).get("runs", {}).get(server, [])
        return any(run is None or "error" in run for run in runs)

    def errors(self):
        """What went wrong, as lines."""
        for cell in self.cells.values():
            for server, runs in cell["runs"].items():
                for run in runs:
                    if run is not None and "error" in run:
                        yield f"{server}, {cell['key']}: {run['error']}"

    def line(self, cell):
        """Who does how well in a cell so far, in short."""
        name = {"idle": "bytes", "latency": "p99_us"}.get(cell.mode, "cpu_ns")
        runs = self.cells[cell.key]["runs"]
        found = {server: median(values, name) for server, values in runs.items()}
        shown = (f"{server} {value:,.0f}" for server, value in found.items() if value is not None)
        return f"{cell.key}: {name} {', '.join(shown)}"

    def content(self):
        cells = [dict(cell) for cell in self.cells.values()]
        for cell in cells:
            cell.pop("is_old", None)
        return {
            "date": datetime.date.today().isoformat(),
            "command": self.command,
            "machine": self.machine,
            "servers": self.versions,
            "cells": cells,
        }

    def save(self):
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps(self.content(), indent=1) + "\n")
