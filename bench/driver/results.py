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
    try:
        return json.loads(FILE.read_text())
    except ValueError as error:
        raise Failure(f"{FILE} is damaged ({error}): remove it, or run bench/run --anew") from None


def has_ended(run):
    return run is not None and "error" not in run


def is_calm(run):
    return has_ended(run) and run["disturbance"] <= 1


def good(runs):
    """The runs that count: those that nothing disturbed, or else the better half of those that ended."""
    calm = [run for run in runs if is_calm(run)]
    if calm:
        return calm
    ended = sorted((run for run in runs if has_ended(run)), key=lambda run: run["disturbance"])
    return ended[: (len(ended) + 1) // 2]


def median(runs, name):
    values = [run[name] for run in good(runs)]
    return statistics.median(values) if values else None


def medians(runs):
    """Of every number that the runs have."""
    found = good(runs)
    names = [name for name, value in found[0].items() if isinstance(value, float)] if found else []
    return {name: median(runs, name) for name in names}


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
            entry = self.cells[cell.key] = {**facts, "is_for_all": not cell.only, "runs": {}}
        entry["runs"].setdefault(server.name, []).append(values)

    def runs(self, cell, server):
        entry = self.cells.get(cell.key, {})
        return [] if entry.get("is_old") else entry.get("runs", {}).get(server.name, [])

    def has_failed(self, cell, server):
        """Whether it is of no use to go on with this server in this cell."""
        return not all(has_ended(run) for run in self.runs(cell, server))

    def calm_count(self, cell, server):
        return sum(is_calm(run) for run in self.runs(cell, server))

    def errors(self):
        """What went wrong this time, as lines."""
        for cell in self.new_cells():
            for server, runs in cell["runs"].items():
                for run in runs:
                    if run is not None and "error" in run:
                        yield f"{server}, {cell['key']}: {run['error']}"

    def new_cells(self):
        return [cell for cell in self.cells.values() if not cell.get("is_old")]

    def line(self, cell):
        """Who does how well in a cell so far, in short."""
        name = {"idle": "bytes", "tls-idle": "bytes", "latency": "p99_us"}.get(cell.mode, "cpu_ns")
        runs = self.cells[cell.key]["runs"]
        found = {server: median(values, name) for server, values in runs.items()}
        shown = (f"{server} {value:,.0f}" for server, value in found.items() if value is not None)
        return f"{cell.key}: {name} {', '.join(shown)}"

    def content(self, is_new_only=False):
        cells = [dict(cell) for cell in (self.new_cells() if is_new_only else self.cells.values())]
        for cell in cells:
            cell.pop("is_old", None)
            cell["medians"] = {server: medians(runs) for server, runs in cell["runs"].items()}
        return {
            "date": datetime.date.today().isoformat(),
            "command": self.command,
            "machine": self.machine,
            "servers": self.versions,
            "cells": cells,
        }

    def save(self):
        """At once or not at all: a program that is ended while it writes leaves the file as it was."""
        FILE.parent.mkdir(parents=True, exist_ok=True)
        new = FILE.with_suffix(".new")
        new.write_text(json.dumps(self.content(), indent=1) + "\n")
        new.replace(FILE)
