"""The GridFTP driver against globus-url-copy: many small files, one large file, the removal of a directory.

Usage: transfer.py DRIVER_DIRECTORY, with the variables of `scripts/testbed env`.
Both move the same files through the same server, in turn. Times count from the start of the process to its last answer,
logins included. Large files lie in memory on both sides, where there is a /dev/shm: a disk would drown the difference.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from harness import Table, ask, feed, finish, median, percentile, read_lines, start, status

DRIVER = os.path.join(sys.argv[1], 'gw_tm_mad_ftp')
SERVER = os.environ['TESTBED_GSIFTP']
MEMORY = '/dev/shm' if os.path.isdir('/dev/shm') else tempfile.gettempdir()
ROUNDS = 7
SMALL, SMALL_BYTES = 500, 10 * 1024
LARGE_BYTES = 1 << 30
REMOVED = 300


class Driver:
    """A driver with one open job."""

    def __init__(self):
        self.process = start([DRIVER])
        self.expect('INIT 200 - - - -')
        self.expect('START 0 - - - - ')

    def expect(self, line):
        answer = ask(self.process, line.encode() + b'\n')
        if b' SUCCESS' not in answer:
            raise RuntimeError(answer.decode())

    def copy(self, pairs):
        """Copies all pairs in one go; returns the moments of their answers."""
        lines = b''.join(b'CP 0 %d - %s %s\n' % (i, s.encode(), d.encode()) for i, (s, d) in enumerate(pairs))
        thread = feed(self.process, lines)
        answers, moments = b'', []
        while answers.count(b'\n') < len(pairs):
            answers += read_lines(self.process, 1)
            moments += [time.perf_counter()] * (answers.count(b'\n') - len(moments))
        thread.join()
        if b' FAILURE ' in answers:
            raise RuntimeError(answers.decode())
        return moments

    def end(self):
        finish(self.process)


def by_driver(pairs, directory=None):
    begin = time.perf_counter()
    driver = Driver()
    if directory:
        driver.expect(f'MKDIR 0 - - {directory} - ')
    driver.copy(pairs)
    seconds = time.perf_counter() - begin
    driver.end()
    return seconds


def by_url_copy(pairs, options):
    with tempfile.NamedTemporaryFile('w') as file:
        file.write(''.join(f'{s} {d}\n' for s, d in pairs))
        file.flush()
        begin = time.perf_counter()
        subprocess.run(['globus-url-copy', '-cd', *options, '-f', file.name], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begin


def remove(url):
    driver = Driver()
    begin = time.perf_counter()
    driver.expect(f'RMDIR 0 - - {url} - ')
    seconds = time.perf_counter() - begin
    driver.end()
    return seconds


PEERS = {
    'globus-url-copy': [], 'globus-url-copy -fast': ['-fast'], 'globus-url-copy -fast -pp': ['-fast', '-pp'],
    'globus-url-copy -fast -cc 4': ['-fast', '-cc', '4'],
}


def small_files(table):
    times = {(peer, way): [] for peer in [*PEERS, 'driver'] for way in ('up', 'down')}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(SMALL):
            with open(f'{folder}/{i}', 'wb') as file:
                file.write(os.urandom(SMALL_BYTES))
        for turn in range(ROUNDS):
            for peer, options in [('driver', None), *PEERS.items()]:
                if peer == 'globus-url-copy' and turn >= 2:
                    continue  # a login for each connection: five seconds a run, and nobody's goal
                remote = f'{SERVER}/~/.gw_bench_{os.getpid()}_{turn}/'
                back = tempfile.mkdtemp(dir=folder)
                up = [(f'file://{folder}/{i}', f'{remote}{i}') for i in range(SMALL)]
                down = [(f'{remote}{i}', f'file://{back}/{i}') for i in range(SMALL)]
                if options is None:
                    times[peer, 'up'].append(by_driver(up, remote))
                    times[peer, 'down'].append(by_driver(down))
                else:
                    times[peer, 'up'].append(by_url_copy(up, options))
                    times[peer, 'down'].append(by_url_copy(down, options))
                remove(remote)
                shutil.rmtree(back)
    for way in ('up', 'down'):
        rates = {peer: SMALL / median(times[peer, way]) for peer in [*PEERS, 'driver']}
        for peer, rate in rates.items():
            table.add(f'{SMALL} x 10 KiB {way}, {peer}', rate, 'files/s')
        best = max(rate for peer, rate in rates.items() if peer != 'driver')
        table.add(f'{SMALL} x 10 KiB {way}, driver / best peer', rates['driver'] / best, '', 0.5, at_least=True)


def latencies(table):
    first, later = [], []
    for turn in range(ROUNDS):
        remote = f'{SERVER}/~/.gw_bench_{os.getpid()}_l/'
        driver = Driver()
        for i in range(31):
            begin = time.perf_counter()
            if i == 1:
                driver.expect(f'MKDIR 0 - - {remote} - ')
                begin = time.perf_counter()
            target = remote + str(i) if i else f'{SERVER}/~/.gw_bench_first'
            driver.copy([('file:///etc/hostname', target)])
            (later if i else first).append((time.perf_counter() - begin) * 1000)
        driver.expect(f'RMDIR 0 - - {remote} - ')
        driver.end()
    table.add('first CP, login included, median', median(first), 'ms', 200)
    table.add('later CP, one at a time, median', median(later), 'ms', 10)
    table.add('later CP, 99th percentile', percentile(later, 0.99), 'ms')


def large_file(table):
    folder = tempfile.mkdtemp(dir=MEMORY)
    os.chmod(folder, 0o755)
    source = f'{folder}/large'
    remote = f'{SERVER}{MEMORY}/gw_bench_{os.getpid()}/'
    try:
        with open(source, 'wb') as file:
            for _ in range(LARGE_BYTES >> 20):
                file.write(os.urandom(1 << 20))
        times = {(who, way): [] for who in ('ours', 'theirs') for way in ('up', 'down')}
        for _ in range(ROUNDS):
            for who in ('ours', 'theirs'):
                up, down = (f'file://{source}', f'{remote}f'), (f'{remote}f', f'file://{folder}/back')
                if who == 'ours':
                    times[who, 'up'].append(by_driver([up], remote))
                    times[who, 'down'].append(by_driver([down]))
                else:
                    times[who, 'up'].append(by_url_copy([up], ['-p', '4', '-fast']))
                    times[who, 'down'].append(by_url_copy([down], ['-p', '4', '-fast']))
                os.remove(f'{folder}/back')
                remove(remote)
        for way in ('up', 'down'):
            ours, theirs = median(times['ours', way]), median(times['theirs', way])
            table.add(f'1 GiB {way}, driver', LARGE_BYTES / ours / 1e6, 'MB/s')
            table.add(f'1 GiB {way}, globus-url-copy -p 4 -fast', LARGE_BYTES / theirs / 1e6, 'MB/s')
            table.add(f'1 GiB {way}, driver / globus-url-copy', theirs / ours, '', 0.8, at_least=True)
    finally:
        shutil.rmtree(folder)


def removal(table):
    seconds = []
    for turn in range(3):
        remote = f'{SERVER}/~/.gw_bench_{os.getpid()}_r/'
        driver = Driver()
        driver.expect(f'MKDIR 0 - - {remote} - ')
        driver.copy([('file:///etc/hostname', f'{remote}{i}') for i in range(REMOVED)])
        begin = time.perf_counter()
        driver.expect(f'RMDIR 0 - - {remote} - ')
        seconds.append(time.perf_counter() - begin)
        driver.end()
    table.add(f'RMDIR of {REMOVED} files, median', median(seconds), 's')


def start_up(table):
    times, memory = [], 0
    for _ in range(100):
        begin = time.perf_counter()
        process = start([DRIVER])
        ask(process, b'INIT 200 - - - -\n')
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.03)
        memory = max(memory, status(process, 'VmRSS'))
        finish(process)
    table.add('INIT after spawn, 99th percentile', percentile(times, 0.99), 'ms', 25)
    table.add('resident memory, idle with Globus loaded', memory / 1024, 'MiB', 25)


table = Table('transfer: gw_tm_mad_ftp')
start_up(table)
latencies(table)
small_files(table)
large_file(table)
removal(table)
sys.exit(table.missed)
