"""gw_em_mad_prews on the test grid's gatekeeper, with GRAM's own commands beside it.

Usage: execution.py DRIVER_DIRECTORY
Needs the variables of scripts/testbed. The peer is a shell loop (peers/execution.sh): globusrun -b submits each job,
globus-job-status asks for the state of those that are not done. The server takes most of the time, on the same processors.
"""
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

from harness import Table, ask, finish, median, percentile, start, status, switches

DRIVER = os.path.join(sys.argv[1], 'gw_em_mad_prews')
PEER = os.path.join(os.path.dirname(__file__), 'peers', 'execution.sh')
CONTACT = os.environ['TESTBED_GRAM'] + '/jobmanager-fork'


class Driver:
    """A driver whose answers are noted with their time."""

    def __init__(self, *arguments):
        self.process = start([DRIVER, ' '.join(arguments)])
        assert ask(self.process, b'INIT 200 - -\n') == b'INIT - SUCCESS -\n'
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.perf_counter(), line.decode().split()))

    def say(self, line):
        self.process.stdin.write(line.encode() + b'\n')
        return time.perf_counter()

    def hear(self, verb):
        while True:
            moment, words = self.lines.get(timeout=120)
            if words[0] == verb:
                return moment, words

    def end(self):
        self.say('FINALIZE - - -')
        self.process.wait()


def run(driver, count, document, first):
    """Seconds until all of `count` jobs are done, and until each submission was answered."""
    begin = time.perf_counter()
    for job in range(first, first + count):
        driver.say(f'SUBMIT {job} {CONTACT} {document}')
    submitted = []
    left = count
    while left:
        moment, words = driver.lines.get(timeout=120)
        assert words[2] == 'SUCCESS', words
        if words[0] == 'SUBMIT':
            submitted.append(moment - begin)
        elif words[3].startswith('DONE'):
            left -= 1
    return moment - begin, submitted


def processor_time(process):
    with open(f'/proc/{process.pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def alone(driver, document, sleeper):
    """Milliseconds of single submissions, and of polls of a running job."""
    submissions, polls = [], []
    for job in range(900, 905):
        begin = driver.say(f'SUBMIT {job} {CONTACT} {document}')
        submissions.append((driver.hear('SUBMIT')[0] - begin) * 1e3)
    driver.say(f'SUBMIT 950 {CONTACT} {sleeper}')
    driver.hear('SUBMIT')
    for _ in range(20):
        begin = driver.say('POLL 950 - -')
        polls.append((driver.hear('POLL')[0] - begin) * 1e3)
    driver.say('CANCEL 950 - -')
    driver.hear('CANCEL')
    return submissions, polls


def starts():
    """Milliseconds from the start of the process to the answer of INIT."""
    values = []
    for _ in range(50):
        begin = time.perf_counter()
        process = start([DRIVER, ''])
        ask(process, b'INIT 200 - -\n')
        values.append((time.perf_counter() - begin) * 1e3)
        process.stdin.write(b'FINALIZE - - -\n')
        finish(process)
    return values


def peer(count):
    begin = time.perf_counter()
    subprocess.run([PEER, CONTACT, str(count)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main():
    table = Table('execution: gw_em_mad_prews, fork job manager (polling)')
    with tempfile.TemporaryDirectory() as folder:
        document, sleeper = os.path.join(folder, 'true.rsl'), os.path.join(folder, 'sleep.rsl')
        with open(document, 'w') as file:
            file.write('&(executable=/bin/true)')
        with open(sleeper, 'w') as file:
            file.write('&(executable=/bin/sleep)(arguments=300)')
        values = starts()
        table.add('INIT answered after the start, p99', percentile(values, 0.99), 'ms', 25)

        driver = Driver()
        run(driver, 1, document, 0)  # the job manager starts with its first job
        first = 10
        for count, rounds in [(1, 3), (20, 3), (100, 1)]:
            seconds, submitted = [], []
            for _ in range(rounds):
                elapsed, times = run(driver, count, document, first)
                first += count
                seconds.append(elapsed)
                submitted += times
            shell = peer(count)
            table.add(f'{count} x /bin/true until DONE', median(seconds), 's')
            table.add(f'{count} x: jobs a minute', 60 * count / median(seconds))
            table.add(f'{count} x: answer to SUBMIT in the batch, p50', percentile(submitted, 0.5), 's')
            table.add(f'{count} x: the shell loop', shell, 's')
            table.add(f'{count} x: times as fast as the shell loop', shell / median(seconds), '', 0.9, at_least=True)
        submissions, polls = alone(driver, document, sleeper)
        table.add('SUBMIT alone, p50', median(submissions), 'ms')
        table.add('POLL alone, p50', median(polls), 'ms')
        idle = Driver('--poll-interval 1')
        run(idle, 1, document, 0)
        time.sleep(5)
        before = switches(idle.process)
        time.sleep(10)
        table.add('wake-ups in 10 s without jobs', switches(idle.process) - before, '', 0)
        idle.end()
        table.add('resident memory', status(driver.process, 'VmRSS') / 1024, 'MB', 25)
        table.add('processor time of the driver in all', processor_time(driver.process), 's')
        driver.end()
    sys.exit(table.missed)


main()
