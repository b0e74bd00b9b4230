"""The static driver against a list of 10,000 hosts, each with an attribute file of its own.

Usage: static.py DRIVER_DIRECTORY
The peer is a shell script that does for each request what a driver written in shell has to do (peers/static.sh).
"""
import os
import pathlib
import sys
import tempfile
import threading
import time

from harness import Table, ask, finish, median, start, status

DRIVER = os.path.join(sys.argv[1], 'gw_im_mad_static')
PEER = os.path.join(os.path.dirname(__file__), 'peers', 'static.sh')
HOSTS = [f'host{number:05}.example.org' for number in range(10_000)]
ATTRIBUTES = """HOSTNAME="{host}" ARCH="x86_64" OS_NAME="Linux" OS_VERSION="6.1.0" CPU_MODEL="EPYC 7313" CPU_MHZ=3000
CPU_FREE={number} CPU_SMP=32 NODECOUNT=192 SIZE_MEM_MB=131072 FREE_MEM_MB=98304 SIZE_DISK_MB=2048000
FREE_DISK_MB=1536000 FORK_NAME="jobmanager-fork" LRMS_NAME="jobmanager-slurm" LRMS_TYPE="slurm"
SE_HOSTNAME="storage.example.org:2811"
QUEUE_NAME[0]="short" QUEUE_NODECOUNT[0]=64 QUEUE_FREENODECOUNT[0]=40 QUEUE_MAXTIME[0]=60 QUEUE_MAXCPUTIME[0]=60
QUEUE_MAXCOUNT[0]=16 QUEUE_MAXRUNNINGJOBS[0]=0 QUEUE_MAXJOBSINQUEUE[0]=0 QUEUE_STATUS[0]="enabled"
QUEUE_DISPATCHTYPE[0]="batch" QUEUE_PRIORITY[0]="high"
"""


def begin(command):
    process = start(command)
    assert ask(process, b'INIT - - -\n').startswith(b'INIT - SUCCESS')
    return process


def end(process):
    ask(process, b'FINALIZE - - -\n')
    finish(process)


def took(process, line):
    """Milliseconds until the answer."""
    before = time.perf_counter()
    answer = ask(process, line)
    milliseconds = (time.perf_counter() - before) * 1e3
    assert b' SUCCESS ' in answer, answer[:200]
    return milliseconds


def rate(process, hosts, outstanding):
    """MONITOR answers a second with so many requests under way."""
    places = threading.Semaphore(outstanding)

    def send():
        step = max(1, outstanding // 8)
        for first in range(0, len(hosts), step):
            part = hosts[first:first + step]
            for _ in part:
                places.acquire()
            lines = (f'MONITOR {first + i} {host} -\n' for i, host in enumerate(part))
            process.stdin.write(''.join(lines).encode())

    before = time.perf_counter()
    sender = threading.Thread(target=send)
    sender.start()
    heard = failed = 0
    while heard < len(hosts):
        chunk = os.read(process.stdout.fileno(), 1 << 20)
        lines = chunk.count(b'\n')
        heard += lines
        failed += chunk.count(b' FAILURE ')
        places.release(lines) if lines else None
    sender.join()
    assert failed == 0
    return len(hosts) / (time.perf_counter() - before)


def write_files(folder):
    for number, host in enumerate(HOSTS):
        pathlib.Path(folder, host).write_text(ATTRIBUTES.format(host=host, number=number))
    path = pathlib.Path(folder, 'host.list')
    path.write_text(''.join(f'{host} {folder}/{host}\n' for host in HOSTS))
    # A file younger than this could change without its time stamps telling, and is read for each request.
    time.sleep(2.1)
    return path


def ours(table, path):
    first = []
    for _ in range(5):
        process = begin([DRIVER, f'-l {path} --line-limit 10000000'])
        first.append(took(process, b'DISCOVER - - -\n'))
        end(process)
    table.add('DISCOVER, 10,000 hosts, first (reads the list), median of 5', median(first), 'ms', 20)
    process = begin([DRIVER, f'-l {path} --line-limit 10000000'])
    took(process, b'DISCOVER - - -\n')
    again = [took(process, b'DISCOVER - - -\n') for _ in range(50)]
    table.add('DISCOVER again, median of 50', median(again), 'ms', 20)
    cold = rate(process, HOSTS, 512)
    table.add('MONITOR, first of each host (reads its file)', cold, '/s')
    best = median([rate(process, HOSTS * 4, 512) for _ in range(5)])
    table.add('MONITOR again, 512 under way, median of 5', best, '/s', 20_000, at_least=True)
    table.add('MONITOR again, 4 under way', rate(process, HOSTS, 4), '/s')
    line = f'MONITOR 7 {HOSTS[7]} -\n'.encode()
    table.add('MONITOR, one at a time, median', median([took(process, line) for _ in range(2000)]) * 1e3, 'µs')
    table.add('memory with all 10,000 files known', status(process, 'VmRSS') / 1024, 'MB')
    end(process)

    process = begin([DRIVER, f'-l {path}'])
    took(process, b'DISCOVER - - -\n')
    pages = [took(process, b'DISCOVER - - -\n') for _ in range(50)]
    table.add('DISCOVER in pages of 16,000 bytes, median of 50', median(pages), 'ms', 20)
    end(process)
    return best


def theirs(table, path, best):
    process = begin(['bash', PEER, str(path)])
    table.add('shell: DISCOVER', took(process, b'DISCOVER - - -\n'), 'ms')
    shell = rate(process, HOSTS[:500], 16)
    table.add('shell: MONITOR, 16 under way', shell, '/s')
    table.add('ratio of MONITOR rates', best / shell, '×')
    end(process)


table = Table('static')
with tempfile.TemporaryDirectory() as directory:
    host_list = write_files(directory)
    theirs(table, host_list, ours(table, host_list))
sys.exit(1 if table.missed else 0)
