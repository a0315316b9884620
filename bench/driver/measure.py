"""One run: a server, the load, and whether anything disturbed them."""

import subprocess
import time

from . import machine, servers
from .machine import BUILD, ROOT, Failure

# Shares of the time of a run that make it a disturbed one: waiting for the processor behind other
# programs, and what the host took away.
MOST_WAITED = 0.05
MOST_STOLEN = 0.02
SECONDS_TO_REST = 2.5
SECONDS_AT_MOST = 120


class Bench:
    def __init__(self, seconds, tries, is_realtime):
        self.server_cpu, self.load_cpu = machine.cpus()
        self.seconds = seconds
        self.tries = tries
        self.is_realtime = is_realtime

    def prepare(self, plan):
        """Builds the loads that it needs."""
        loads = sorted({cell.load for cell in plan})
        machine.run("make", "-s", "-C", ROOT / "bench/load", f"OUT={BUILD}", *loads)
        if any(cell.variant == "tls" for cell in plan):
            servers.make_certificate()

    def pinned(self, cpu):
        # Linux takes such a program away from its processor after 0.95 s of each: runs are to be shorter.
        realtime = ["chrt", "--fifo", "1"] if self.is_realtime else []
        return [*realtime, "taskset", "-c", str(cpu)]

    def run(self, cell, server):
        """The values of the least disturbed try; None if the server does not support it, or `error`."""
        best = None
        if not server.supports(cell):
            return None
        for number in range(self.tries):
            time.sleep(2 * number)
            try:
                values = self.run_once(cell, server)
            except servers.NotSupported:
                return None
            except Failure as failure:
                return {"error": str(failure)}
            if best is None or values["disturbance"] < best["disturbance"]:
                best = values
            if best["disturbance"] <= 1:
                break
        return best

    def run_once(self, cell, server):
        before = machine.stolen_ticks((self.server_cpu, self.load_cpu))
        port = servers.free_port()
        with server.process(cell.variant, port, self.pinned(self.server_cpu)) as process:
            measured = self.memory if cell.mode == "idle" else self.load
            values = measured(cell, server, port, process.pid)
        after = machine.stolen_ticks((self.server_cpu, self.load_cpu))
        stolen = (after[0] - before[0]) / max(after[1] - before[1], 1)
        waited = max(values.get("server_wait", 0), values.get("load_wait", 0))
        if cell.mode == "idle":
            values["disturbance"] = 0  # memory does not depend on time
        else:
            values["disturbance"] = round(max(waited / MOST_WAITED, stolen / MOST_STOLEN), 3)
        return values

    def load_command(self, cell, server, port, more):
        words = {**cell.words, **server.words, **more, "port": port}
        words = [f"{name}={value}" for name, value in words.items()]
        return [*self.pinned(self.load_cpu), str(BUILD / cell.load), cell.load_mode or cell.mode, *words]

    def load(self, cell, server, port, pid):
        more = {"pid": pid}
        if cell.is_timed:
            more.update(seconds=self.seconds, warm=max(0.3, self.seconds / 8))
        command = self.load_command(cell, server, port, more)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_AT_MOST)
        except subprocess.TimeoutExpired:
            raise Failure(f"no end after {SECONDS_AT_MOST} s") from None
        if done.returncode == servers.NOT_SUPPORTED:
            raise servers.NotSupported
        if done.returncode != 0:
            raise Failure(done.stderr.strip())
        return values_of(done.stdout)

    def memory(self, cell, server, port, pid):
        """Resident bytes that each connection adds; what the first adds to a server is not of them."""
        before = self.resident_while_idle(self.load_command(cell, server, port, {"connections": 1}), pid)
        after = self.resident_while_idle(self.load_command(cell, server, port, {}), pid)
        return {"bytes": (after - before) / cell.words["connections"]}

    def resident_while_idle(self, command, pid):
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as load:
            while (line := load.stdout.readline()) not in ("idle\n", ""):
                pass
            if not line:
                raise Failure(load.stderr.read().strip())
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
