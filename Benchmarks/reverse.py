"""The GASS server of gw_tm_mad_dummy against the packaged globus-gass-server.

Usage: reverse.py DRIVER_DIRECTORY, with the variables of `scripts/testbed env`.
The clients are the same processes of globus-url-copy for both, in turns, and they take most of the processor: a rate is
that of clients and server together. Large files lie in memory, where there is a /dev/shm.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from harness import Table, ask, finish, median, percentile, start, status

DRIVER = os.path.join(sys.argv[1], 'gw_tm_mad_dummy')
MEMORY = '/dev/shm' if os.path.isdir('/dev/shm') else tempfile.gettempdir()
ROUNDS = 5
CLIENTS, SMALL, SMALL_BYTES = 8, 400, 10 * 1024
LARGE_BYTES = 1 << 30


class Ours:
    """The driver with its server."""

    name = 'gw_tm_mad_dummy'

    def __init__(self, folder):
        self.process = start([DRIVER, f'-g --allow {folder}'])
        begin = time.perf_counter()
        answer = ask(self.process, b'INIT 200 - - - -\n').decode().split()
        self.seconds = time.perf_counter() - begin
        if 'SUCCESS' not in answer:
            raise RuntimeError(' '.join(answer))
        self.url = answer[-1]
        self.server = int(subprocess.check_output(['pgrep', '-P', str(self.process.pid)]))

    def memory(self):
        """The most that both processes ever held, in MiB."""
        with open(f'/proc/{self.server}/status') as file:
            server = next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))
        return (status(self.process, 'VmHWM') + server) / 1024

    def end(self):
        finish(self.process)


class Packaged:
    """The server of the Grid Community Toolkit."""

    name = 'globus-gass-server'

    def __init__(self, _):
        self.process = subprocess.Popen(['globus-gass-server', '-r', '-w'], stdout=subprocess.PIPE)
        self.url = self.process.stdout.readline().decode().split()[0]

    def end(self):
        self.process.kill()
        self.process.wait()


def copy(*arguments):
    subprocess.run(['globus-url-copy', *arguments], check=True, stdout=subprocess.DEVNULL)


def small_files(server, folder):
    """Files a second, served to all clients at once."""
    share = SMALL // CLIENTS
    lists = []
    for client in range(CLIENTS):
        with open(f'{folder}/list{client}', 'w') as file:
            for i in range(client * share, (client + 1) * share):
                file.write(f'{server.url}{folder}/{i} file://{folder}/back{client}\n')
        lists.append(file.name)
    begin = time.perf_counter()
    clients = [subprocess.Popen(['globus-url-copy', '-f', name], stdout=subprocess.DEVNULL) for name in lists]
    if any([client.wait() for client in clients]):
        raise RuntimeError(f'{server.name}: a client failed')
    return SMALL / (time.perf_counter() - begin)


def large_file(server, folder):
    """MB/s of a get and a put."""
    rates = []
    for arguments in [(f'{server.url}{folder}/large', f'file://{folder}/copy'),
                      (f'file://{folder}/large', f'{server.url}{folder}/copy')]:
        begin = time.perf_counter()
        copy(*arguments)
        rates.append(LARGE_BYTES / (time.perf_counter() - begin) / 1e6)
        os.remove(f'{folder}/copy')
    return rates


def fetch_together(server, folder):
    """All clients fetch a quarter of the large file at once, which takes the most memory."""
    url = f'{server.url}{folder}/quarter'
    clients = [subprocess.Popen(['globus-url-copy', url, 'file:///dev/null'], stdout=subprocess.DEVNULL)
               for _ in range(CLIENTS)]
    if any([client.wait() for client in clients]):
        raise RuntimeError(f'{server.name}: a client failed')


def main():
    table = Table('reverse: gw_tm_mad_dummy')
    folder = tempfile.mkdtemp(dir=MEMORY)
    results, memory, starts = {}, [], []
    try:
        for i in range(SMALL):
            with open(f'{folder}/{i}', 'wb') as file:
                file.write(os.urandom(SMALL_BYTES))
        with open(f'{folder}/large', 'wb') as file:
            for _ in range(LARGE_BYTES >> 20):
                file.write(os.urandom(1 << 20))
        with open(f'{folder}/quarter', 'wb') as file:
            file.truncate(LARGE_BYTES // 4)
        for _ in range(30):
            server = Ours(folder)
            starts.append(server.seconds * 1000)
            server.end()
        for _ in range(ROUNDS):
            for kind in (Ours, Packaged):
                server = kind(folder)
                rates = [small_files(server, folder), *large_file(server, folder)]
                results.setdefault(kind.name, []).append(rates)
                if kind is Ours:
                    fetch_together(server, folder)
                    memory.append(server.memory())
                server.end()
    finally:
        shutil.rmtree(folder)
    table.add('INIT with the server up, 99th percentile', percentile(starts, 0.99), 'ms', 1000)
    for column, what, unit in [(0, f'{SMALL} x 10 KiB to {CLIENTS} clients', 'files/s'), (1, '1 GiB get', 'MB/s'),
                               (2, '1 GiB put', 'MB/s')]:
        ours, theirs = (median([rates[column] for rates in results[kind.name]]) for kind in (Ours, Packaged))
        table.add(f'{what}, {Ours.name}', ours, unit)
        table.add(f'{what}, {Packaged.name}', theirs, unit)
        table.add(f'{what}, ratio', ours / theirs, '', 1, at_least=True)
    table.add('most resident memory, driver and server', max(memory), 'MiB', 30)
    sys.exit(table.missed)


main()
