"""The runtime alone: lines a second, latency, start, idleness and memory of a driver that does nothing.

Usage: runtime.py DRIVER_DIRECTORY
The peer is a plain C loop that reads a byte at a time, as the original C drivers do (Benchmarks/peers/byte_loop.c).
"""
import os
import subprocess
import sys
import tempfile
import time

from harness import Table, ask, feed, finish, median, percentile, read_lines, start, status, switches

directory = sys.argv[1]
PROBE = os.path.join(directory, 'mad_probe')
INIT = b'INIT 200 - - - -\n'
COUNT = 500_000


def requests(count):
    """What gwd writes for `count` copies of 200 jobs, each job started before."""
    return b''.join(b'CP %d %d - file:///home/u/in%d gsiftp://h.example.org/~/.gw_u_%d/in%d\n'
                    % (i % 200, i // 200 % 20, i, i % 200, i) for i in range(count))


def begin(command):
    process = start([command])
    ask(process, INIT)
    process.stdin.write(b''.join(b'START %d - - - - \n' % job for job in range(200)))
    read_lines(process, 200)
    return process


def rate(command, data, count):
    process = begin(command)
    before = time.perf_counter()
    thread = feed(process, data)
    read_lines(process, count)
    seconds = time.perf_counter() - before
    thread.join()
    finish(process)
    return count / seconds


def throughput(table):
    with tempfile.TemporaryDirectory() as folder:
        peer = os.path.join(folder, 'byte_loop')
        source = os.path.join(os.path.dirname(__file__), 'peers', 'byte_loop.c')
        subprocess.run(['cc', '-O2', '-o', peer, source], check=True)
        data, small = requests(COUNT), requests(COUNT // 5)
        ours, theirs = [], []
        for _ in range(5):
            ours.append(rate(PROBE, data, COUNT))
            theirs.append(rate(peer, small, COUNT // 5))
    table.add('request lines answered from a pipe, median of 5', median(ours), '/s', 300_000, at_least=True)
    table.add('the C loop that reads bytes, same run', median(theirs), '/s')
    table.add('ratio', median([a / b for a, b in zip(ours, theirs)]), '×', 3, at_least=True)


def latency(table):
    process = begin(PROBE)
    times = []
    for number in range(10_000):
        before = time.perf_counter()
        ask(process, b'EXISTS %d - - gsiftp://h/~/x - \n' % (number % 200))
        times.append((time.perf_counter() - before) * 1e6)
    finish(process)
    table.add('one request, one reply: p50', median(times), 'µs', 100)
    table.add('one request, one reply: p99', percentile(times, 0.99), 'µs')


def beginnings(table):
    """From fork to the reply to INIT, as gwd sees it."""
    for name, goal in (('mad_probe', 10), ('gw_im_mad_static', 10), ('gw_tm_mad_ftp', 25), ('gw_em_mad_prews', 25)):
        command = os.path.join(directory, name)
        if not os.path.exists(command):
            continue
        times = []
        for _ in range(300):
            before = time.perf_counter()
            process = start([command])
            reply = ask(process, INIT)
            times.append((time.perf_counter() - before) * 1e3)
            assert b'SUCCESS' in reply, reply
            finish(process)
        table.add(f'{name}: INIT answered after spawn, p50', median(times), 'ms')
        table.add(f'{name}: INIT answered after spawn, p99', percentile(times, 0.99), 'ms', goal)


def idleness(table):
    """Wake-ups and memory, once the threads of the start have gone."""
    for name, limit in (('mad_probe', 10), ('gw_im_mad_static', 10), ('gw_tm_mad_ftp', 25), ('gw_em_mad_prews', 25)):
        command = os.path.join(directory, name)
        if not os.path.exists(command):
            continue
        process = start([command])
        ask(process, INIT)
        time.sleep(7)
        before = switches(process)
        time.sleep(5)
        table.add(f'{name}: wake-ups while idle', (switches(process) - before) / 5, '/s', 0)
        table.add(f'{name}: resident memory', status(process, 'VmRSS') / 1024, 'MB', limit)
        finish(process)


def growth(table):
    """Ten million requests, a thousand in flight."""
    process = begin(PROBE)
    data = requests(1000)
    for _ in range(1000):
        process.stdin.write(data)
        read_lines(process, 1000)
    before = status(process, 'VmRSS')
    for _ in range(9000):
        process.stdin.write(data)
        read_lines(process, 1000)
    table.add('memory gained between request 1 and 10 million', (status(process, 'VmRSS') - before) / 1024, 'MB', 1)
    table.add('most memory ever', status(process, 'VmHWM') / 1024, 'MB')
    finish(process)


def silence(table):
    """200 jobs with 20 copies each, written at once while nobody reads."""
    process = start([PROBE])
    data = INIT + b''.join(b'START %d - - - - \n' % job for job in range(200)) + requests(4000)
    before = time.perf_counter()
    process.stdin.write(data)
    table.add('4,000 copies of 200 jobs written while nobody reads', (time.perf_counter() - before) * 1e3, 'ms', 1000)
    time.sleep(1)
    lines = read_lines(process, 4201).splitlines()
    table.add('replies lost', 4201 - len(set(lines)), '', 0)
    finish(process)


table = Table('runtime')
throughput(table)
latency(table)
silence(table)
beginnings(table)
idleness(table)
growth(table)
sys.exit(1 if table.missed else 0)
