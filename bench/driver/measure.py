"""One run: a server, the load, and whether anything disturbed them."""

import subprocess
import time

from . import machine, servers
from .machine import BUILD, ROOT, Failure

# Shares of the time of a run that make it a disturbed one: waiting for the processor behind other
# programs, and what the host took away. A host that others share takes 2 or 3 % all the time.
MOST_WAITED = 0.05
MOST_STOLEN = 0.05
SECONDS_TO_REST = 2.5
SECONDS_AT_MOST = 60
# Between runs that come before all other programs: so that two of them do not make up a whole second.
SECONDS_BETWEEN = 0.15
# What a run takes besides its measuring, to tell how long all will take.
SECONDS_AROUND = 0.2
SECONDS_UNTIMED = 2
SECONDS_IDLE = 2 * SECONDS_TO_REST + 1.5


class Bench:
    def __init__(self, seconds, is_realtime):
        self.server_cpu, self.load_cpu = machine.cpus()
        self.seconds = seconds
        self.is_realtime = is_realtime

    def prepare(self, plan):
        """Builds the loads that it needs."""
        loads = sorted({cell.load for cell in plan})
        machine.run("make", "-s", "-C", ROOT / "bench/load", f"OUT={BUILD}", *loads)
        if any(cell.variant == "tls" for cell in plan):
            servers.make_certificate()

    def pinned(self, cpu):
        realtime = ["chrt", "--fifo", "1"] if self.is_realtime else []
        return [*realtime, "taskset", "-c", str(cpu)]

    def times(self, cell):
        """How long a run warms up, and how long it measures."""
        seconds = self.seconds * cell.weight
        if self.is_realtime:
            # Linux takes such a program away from its processor after 0.95 s of each.
            seconds = min(seconds, 0.6)
        return max(0.2, seconds / 8), seconds

    def duration(self, cell):
        """About how long a run takes, in seconds."""
        if cell.is_idle:
            return SECONDS_IDLE + cell.words["connections"] / 10_000
        opening = SECONDS_AROUND + cell.words.get("connections", 1) / 10_000
        return opening + (sum(self.times(cell)) if cell.is_timed else SECONDS_UNTIMED)

    def run(self, cell, server):
        """The values; None if the server does not support it, or what went wrong, as `error`."""
        if not server.supports(cell):
            return None
        try:
            return self.run_once(cell, server)
        except servers.NotSupported:
            return None
        except Failure as failure:
            return {"error": str(failure)}

    def run_once(self, cell, server):
        if self.is_realtime:
            time.sleep(SECONDS_BETWEEN)
        port = servers.free_port()
        with server.process(cell.variant, port, self.pinned(self.server_cpu)) as process:
            before = machine.stolen_ticks((self.server_cpu, self.load_cpu))
            measured = self.memory if cell.is_idle else self.load
            values = measured(cell, server, port, process.pid)
            after = machine.stolen_ticks((self.server_cpu, self.load_cpu))
        stolen = (after[0] - before[0]) / max(after[1] - before[1], 1)
        waited = max(values.get("server_wait", 0), values.get("load_wait", 0))
        values["stolen"] = round(stolen, 4)
        values["disturbance"] = round(max(waited / MOST_WAITED, stolen / MOST_STOLEN), 3)
        if cell.is_idle:
            values["disturbance"] = 0  # memory does not depend on time
        return values

    def load_command(self, cell, server, port, more):
        words = {**cell.words, **server.words, **more, "port": port}
        words = [f"{name}={value}" for name, value in words.items()]
        return [*self.pinned(self.load_cpu), str(BUILD / cell.load), cell.load_mode or cell.mode, *words]

    def load(self, cell, server, port, pid):
        more = {"pid": pid}
        if cell.is_timed:
            more["warm"], more["seconds"] = self.times(cell)
        command = self.load_command(cell, server, port, more)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_AT_MOST)
        except subprocess.TimeoutExpired:
            raise Failure(f"no end after {SECONDS_AT_MOST} s") from None
        if done.returncode == servers.NOT_SUPPORTED:
            raise servers.NotSupported
        if done.returncode != 0:
            raise Failure(done.stderr.strip() or f"the load has ended with {done.returncode}")
        return values_of(done.stdout)

    def memory(self, cell, server, port, pid):
        """Resident bytes that each connection adds; what the first adds to a server is not of them."""
        before = self.resident_while_idle(self.load_command(cell, server, port, {"connections": 1}), pid)
        after = self.resident_while_idle(self.load_command(cell, server, port, {}), pid)
        return {"bytes": (after - before) / cell.words["connections"]}

    def resident_while_idle(self, command, pid):
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as load:
            try:
                is_idle = servers.wait_for(load.stdout, (b"idle\n",), SECONDS_AT_MOST)
            except TimeoutError:
                load.kill()
                raise Failure(f"not all connections are open after {SECONDS_AT_MOST} s") from None
            if not is_idle:
                raise Failure(load.stderr.read().decode(errors="replace").strip())
            time.sleep(SECONDS_TO_REST)
            resident = machine.resident_bytes(pid)
            load.stdin.close()
        return resident


def values_of(line):
    """The numbers and words of a line of `name=value`."""
    values = {}
    for word in line.split():
        name, _, value = word.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            values[name] = value
    return values
