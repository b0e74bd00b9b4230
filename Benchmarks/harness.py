"""What the benchmarks share: processes, figures, and the table that they print."""
import os
import re
import statistics
import subprocess
import threading
import time


def start(command, **variables):
    """Starts a driver with pipes of its own."""
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                            env=dict(os.environ, **variables))


def read_lines(process, count):
    """Reads `count` lines and returns the bytes."""
    data = bytearray()
    lines = 0
    while lines < count:
        chunk = os.read(process.stdout.fileno(), 1 << 20)
        if not chunk:
            raise RuntimeError(f'the driver ended after {lines} of {count} lines')
        lines += chunk.count(b'\n')
        data += chunk
    return bytes(data)


def ask(process, line):
    """Sends one line and returns the next one."""
    process.stdin.write(line)
    return read_lines(process, 1)


def feed(process, data):
    """Writes from a thread of its own, so that neither side waits for the other."""
    thread = threading.Thread(target=lambda: process.stdin.write(data))
    thread.start()
    return thread


def finish(process):
    process.stdin.close()
    process.stdout.close()
    return process.wait()


def status(process, field):
    """A number from /proc/PID/status; kB for memory."""
    with open(f'/proc/{process.pid}/status') as file:
        return int(re.search(rf'^{field}:\s+(\d+)', file.read(), re.M).group(1))


def switches(process):
    """Context switches of all threads: every wake-up costs one."""
    total = 0
    for thread in os.listdir(f'/proc/{process.pid}/task'):
        with open(f'/proc/{process.pid}/task/{thread}/status') as file:
            total += sum(int(n) for n in re.findall(r'ctxt_switches:\s+(\d+)', file.read()))
    return total


def percentile(values, fraction):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * fraction))]


def median(values):
    return statistics.median(values)


class Table:
    """Collects figures and prints them with their goals; remembers whether one was missed."""

    def __init__(self, title):
        self.rows = []
        self.missed = False
        print(f'\n{title}  (load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors)')

    def add(self, name, value, unit='', goal=None, at_least=False):
        """Adds a row; `goal` is a bound, upper unless `at_least`."""
        verdict = ''
        if goal is not None:
            met = value >= goal if at_least else value <= goal
            self.missed |= not met
            verdict = f"{'>=' if at_least else '<='} {goal:,g} {unit}".rstrip() + ('' if met else '   MISSED')
        text = f'{value:,.0f}' if abs(value) >= 1000 else f'{value:.3g}'
        print(f'  {name:<58} {text:>10} {unit:<8} {verdict}', flush=True)


def elapsed(body):
    begin = time.perf_counter()
    body()
    return time.perf_counter() - begin
