"""What the results come to: a few lines that stand before the tables."""

import statistics

from .cells import GROWTH
from .results import has_ended, is_calm, median


def echoes(content):
    return [cell for cell in content["cells"] if cell["mode"] == "echo"]


def ratios(content, name, base, value):
    """Of a server to the base, in each cell of the echoes that both have calm runs of, with the cell's title."""
    for cell in echoes(content):
        found, ours = (calm_median(cell["runs"].get(one, []), value) for one in (name, base))
        if found and ours:
            yield found / ours, cell["title"]


def calm_median(runs, value):
    return median([run for run in runs if is_calm(run)], value)


def beside_each(content, base):
    """Each server beside the base, in all echoes together."""
    lines = []
    for name in content["servers"]:
        cpu = list(ratios(content, name, base, "cpu_ns"))
        rate = list(ratios(content, name, base, "rate"))
        if name == base or not cpu:
            continue
        entries = [mean(cpu), at(*min(cpu)), f"{sum(ratio >= 1 for ratio, _ in cpu)} of {len(cpu)}"]
        entries += [mean(rate), at(*max(rate)), f"{sum(ratio <= 1 for ratio, _ in rate)} of {len(rate)}"]
        lines.append(f"| {name} | {' | '.join(entries)} |")
    if not lines:
        return []
    return [
        f"Echoes, each server as a ratio to {base}, in the cells that both have an undisturbed run of: what a",
        "message needs of the processor, in the geometric mean, where that is least, and in how many it is not",
        "less than ours; and messages a second, in the mean, where they are most, and in how many they are not",
        "more.",
        "",
        "| server | CPU | least | not less | rate | most | not more |",
        "|---|---:|---|---:|---:|---|---:|",
        *lines,
        "",
    ]


def mean(found):
    return f"{statistics.geometric_mean(ratio for ratio, _ in found):.2f}"


def at(ratio, title):
    return f"{ratio:.2f} ({title})"


def growth(content):
    """How much more a message, or a byte, costs as there is more of them."""
    cells = {cell["key"]: cell for cell in content["cells"]}
    rows, names = [], set()
    for few, many, title, divisor in GROWTH:
        if few.key in cells and many.key in cells:
            found = grown(cells[few.key], cells[many.key], divisor)
            rows.append((title, found))
            names.update(found)
    names = [name for name in content["servers"] if name in names]
    if not names:
        return []
    lines = ["What grows with the work: the processor's time, as a multiple.", ""]
    lines += ["| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for title, found in rows:
        entries = (f"{found[name]:.2f}" if name in found else "-" for name in names)
        lines.append(f"| {title} | {' | '.join(entries)} |")
    return [*lines, ""]


def grown(few, many, divisor):
    found = {}
    for name in many["runs"]:
        less, more = median(few["runs"].get(name, []), "cpu_ns"), median(many["runs"][name], "cpu_ns")
        if less and more:
            found[name] = more / divisor / less
    return found


def calm(content):
    """How much of the measuring was disturbed, as a sentence."""
    cells = [cell for cell in content["cells"] if not cell["mode"].endswith("idle")]
    pairs = [runs for cell in cells for runs in cell["runs"].values()]
    runs = [run for found in pairs for run in found if has_ended(run)]
    if not runs:
        return ""
    stolen = statistics.mean(run.get("stolen", 0) for run in runs)
    disturbed = sum(not is_calm(run) for run in runs)
    never = sum(any(map(has_ended, found)) and not any(map(is_calm, found)) for found in pairs)
    return (
        f"Of {len(runs):,} runs {disturbed:,} were disturbed, and {never:,} of the entries below have no "
        f"other; the host took {stolen:.1%} of the time."
    )
