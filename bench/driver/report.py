"""Tables of the results, and bench/RESULTS.md."""

import statistics

from . import summary
from .cells import CLOSEST
from .machine import ROOT
from .results import good, median

FILE = ROOT / "bench/RESULTS.md"
BASE = "oxws"
# What bench/plots draws.
IMAGES = (
    ("CPU of the server for an echoed message", "cpu"),
    ("Echoed messages a second", "throughput"),
    ("Resident memory for an idle connection", "memory"),
)

# Of each mode: what is shown (name of the value, unit, divisor, heading).
SHOWN = {
    "echo": (
        ("rate", "messages/s", 1, "Echo: messages a second (more is better)"),
        ("cpu_ns", "us", 1e3, "Echo: CPU of the server for a message (less is better)"),
    ),
    "latency": (
        ("p50_us", "us", 1, "Round trip: half are faster (less is better)"),
        ("p99_us", "us", 1, "Round trip: 99 % are faster (less is better)"),
        ("p999_us", "us", 1, "Round trip: 99.9 % are faster (less is better)"),
    ),
    "handshakes": (
        ("rate", "handshakes/s", 1, "Opening handshakes a second (more is better)"),
        ("cpu_ns", "us", 1e3, "CPU of the server for a handshake (less is better)"),
    ),
    "broadcast": (
        ("rate", "deliveries/s", 1, "Broadcast: deliveries a second (more is better)"),
        ("cpu_ns", "us", 1e3, "Broadcast: CPU of the server for a delivery (less is better)"),
    ),
    "tls": (
        ("rate", "messages/s", 1, "Echo over TLS: messages a second (more is better)"),
        ("cpu_ns", "us", 1e3, "Echo over TLS: CPU of the server for a message (less is better)"),
    ),
    "tls-handshakes": (
        ("rate", "handshakes/s", 1, "TLS handshakes a second (more is better)"),
        ("cpu_ns", "us", 1e3, "CPU of the server for a TLS handshake (less is better)"),
    ),
    "deflate": (
        ("rate", "messages/s", 1, "Compressed echo: messages a second (more is better)"),
        ("cpu_ns", "us", 1e3, "Compressed echo: CPU of the server for a message (less is better)"),
        ("echoed", "bytes", 1, "Compressed echo: bytes of an echo (less is better)"),
    ),
    "tls-idle": (("bytes", "bytes", 1, "Resident memory for an idle TLS connection (less is better)"),),
    "idle": (("bytes", "bytes", 1, "Resident memory for an idle connection (less is better)"),),
}

HOW = """\
What is measured and how to read it, [README.md](README.md) tells. A row is a payload, the messages in
flight on each connection, and the connections. The column of oxws has medians, with half the distance
from the least to the most in brackets; the others are ratios of medians to it. `*` marks where the
load had no time left before the server did: there the rate says little, and the CPU for each message
all. `~` marks what was disturbed each time: do not rely on it. `-` is what was not measured, because a
server does not offer it."""


def number(value):
    if value >= 1e6:
        return f"{value / 1e6:,.2f} M"
    if value >= 1e4:
        return f"{value / 1e3:,.1f} k"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def names_of(content, cells):
    """The servers that have been measured in these cells, in the order of the content."""
    return [name for name in content["servers"] if any(any(cell["runs"].get(name, [])) for cell in cells)]


def middle(cell, name, value):
    return median(cell["runs"].get(name, []), value)


def limits(cell, name, value):
    values = [run[value] for run in good(cell["runs"][name])]
    return min(values), max(values)


def bounded_by_load(cell, name):
    runs = good(cell["runs"].get(name, []))
    return bool(runs) and statistics.mean(run.get("bound") == "load" for run in runs) > 0.5


def is_disturbed(cell, name):
    return any(run["disturbance"] > 1 for run in good(cell["runs"].get(name, [])))


def ratio_entry(cell, name, value, divisor):
    found = middle(cell, name, value)
    if found is None:
        return "failed" if any(cell["runs"].get(name, [])) else "-"
    mark = "\\*" if value == "rate" and bounded_by_load(cell, name) else ""
    mark += "\\~" if is_disturbed(cell, name) else ""
    base = middle(cell, BASE, value)
    if name != BASE and base:
        return f"{found / base:.2f}{mark}"
    least, most = limits(cell, name, value)
    spread = f" (±{(most - least) / 2 / found:.0%})" if most > least else ""
    return f"{number(found / divisor)}{spread}{mark}"


def table(cells, names, shown):
    value, unit, divisor, heading = shown
    lines = [f"### {heading}", "", "| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for cell in cells:
        entries = (ratio_entry(cell, name, value, divisor) for name in names)
        lines.append(f"| {cell['title']} | {' | '.join(entries)} |")
    return [*lines, "", f"oxws in {unit}, the others as ratios to it.", ""]


def in_order(cell):
    """As a table of all combinations has them: by connections, messages in flight, payload."""
    return [cell["facts"].get(name, 0) for name in ("text", "connections", "in_flight", "payload")]


def tables(content):
    """All that was measured as tables, those of some servers only behind those of all."""
    lines = []
    for mode, all_shown in SHOWN.items():
        cells = [cell for cell in content["cells"] if cell["mode"] == mode]
        common = [cell for cell in cells if cell.get("is_for_all", True)]
        for shown in all_shown if common else ():
            lines += table(common, names_of(content, common), shown)
        if len(common) < len(cells):
            cells.sort(key=in_order)
            names = [name for name in names_of(content, cells) if name in CLOSEST]
            for value, unit, divisor, heading in all_shown:
                lines += table(cells, names, (value, unit, divisor, f"{heading}, every combination"))
    return lines


def detail_entry(cell, name, value, divisor):
    found = middle(cell, name, value)
    if found is None:
        return "-"
    least, most = (number(limit / divisor) for limit in limits(cell, name, value))
    return f"{number(found / divisor)} ({least} - {most})"


def details(content):
    """Everything in absolute numbers: a row is a server in a cell."""
    lines = []
    for mode, all_shown in SHOWN.items():
        cells = [cell for cell in content["cells"] if cell["mode"] == mode]
        if not cells:
            continue
        heads = [f"{unit} ({value})" for value, unit, _, _ in all_shown]
        lines += [f"### {mode}", "", "| | | " + " | ".join(heads) + " | runs |"]
        lines += ["|---|---|" + "---:|" * (len(heads) + 1)]
        for cell in cells:
            for name in names_of(content, [cell]):
                runs = good(cell["runs"][name])
                if not runs:
                    continue
                state = " (disturbed)" if is_disturbed(cell, name) else ""
                entries = [detail_entry(cell, name, value, divisor) for value, _, divisor, _ in all_shown]
                lines.append(f"| {cell['title']} | {name} | {' | '.join(entries)} | {len(runs)}{state} |")
        lines.append("")
    return lines


def where(content):
    """The machine, the versions, and how quiet it was."""
    machine = content["machine"]
    lines = [
        f"{content['date']}, by `{content['command']}`, on {machine['processors']} x {machine['processor']}, "
        f"{machine['memory_mib']:,} MiB, {machine['kernel']}; {machine['c_compiler']}; "
        f"{machine['rust_compiler']}; {machine['openssl']}.",
        "",
        summary.calm(content),
        "",
        "| server | version |",
        "|---|---|",
    ]
    return lines + [f"| {name} | {version} |" for name, version in content["servers"].items()]


def text(content):
    lines = ["# Results of the benchmark", "", HOW, "", "## Where", "", *where(content), ""]
    lines += ["## In short", "", *summary.beside_each(content, BASE), *summary.growth(content)]
    for title, name in IMAGES:
        lines += [f"![{title}](../docs/images/bench-{name}.svg)", ""]
    lines += ["## Compared", "", *tables(content), "## In numbers", ""]
    lines += ["Medians, and in brackets the least and the most.", "", *details(content)]
    return "\n".join(lines).rstrip() + "\n"


def write(content):
    FILE.write_text(text(content), encoding="utf-8")
