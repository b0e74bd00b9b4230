"""The web-services drivers against the test container on loopback, with bare libcurl beside them.

Usage: webservices.py DRIVER_DIRECTORY
Needs the variables of scripts/testbed. The container (Tests/Fixtures/wsgram) has the certificates of the test grid. The
peer is a C program on libcurl (peers/soap_post.c) that sends what the container recorded of the driver, with identifiers
of its own, on as many connections as the driver has. GT 4.2 keeps connections; GT 4.0 closes each behind its answer, so
that both sides shake hands for every request. The container is written in Python and takes most of the time, on the same
processors: processor times are told too. Jobs wait in their queue, so that nothing but the requests is measured.
"""
import glob
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time

from harness import Table, feed, finish, median, percentile, start, status, switches

HERE = os.path.dirname(os.path.abspath(__file__))
CONTAINER = os.path.join(HERE, '..', 'Tests', 'Fixtures', 'wsgram', 'container.py')
GRID, HOST, CERTIFICATES = (os.environ[x] for x in ('TESTBED_DIR', 'GLOBUS_HOSTNAME', 'X509_CERT_DIR'))
PARALLEL = 8
ROUNDS = 5
SUBMISSIONS, POLLS, ALONE = 200, 2000, 400
# Between single requests: nobody asks so often that everything is still in the processor's caches.
PAUSE = 0.002
IN_FLIGHT = 1000
ENTRIES = 1000
DESCRIPTION = ('<job><executable>/bin/true</executable><environment><name>GW_JOB_ID</name><value>0</value></environment>'
               '<stdout>/dev/null</stdout><stderr>/dev/null</stderr><count>1</count><jobType>single</jobType></job>')
UUID = r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'


class Container:
    """A container of its own, in one dialect, that lives as long as the `with` block."""

    def __init__(self, gt, record):
        self.record = record
        self.process = start([
            CONTAINER, '--gt', gt, '--host', HOST, '--cert', f'{GRID}/users/host-cert.pem', '--key',
            f'{GRID}/users/host-key.pem', '--ca-dir', CERTIFICATES, '--gridmap', f'{GRID}/etc/grid-mapfile', '--control',
            '--record', record])

    def __enter__(self):
        self.address = self.process.stdout.readline().decode().strip()
        assert self.address, 'the container did not start'
        self.set(job={'pending': 3600})
        return self

    def __exit__(self, *_):
        finish(self.process)

    def control(self, method, body=None):
        context = ssl.create_default_context(capath=CERTIFICATES)
        context.check_hostname = False
        connection = http.client.HTTPSConnection(self.address, context=context)
        connection.request(method, '/control', body)
        return json.loads(connection.getresponse().read())

    def set(self, **switches):
        self.control('POST', json.dumps(switches))

    def recorded(self, folder, operation, part=''):
        """The last request of a kind, in a file for the peer: identifiers of messages and new jobs are left open."""
        for path in sorted(glob.glob(f'{self.record}/*.{operation}.xml'), reverse=True):
            with open(path) as file:
                text = file.read()
            if part in text:
                break
        text = re.sub(f'(MessageID>uuid:){UUID}', r'\1@MESSAGE@', text)
        text = re.sub(f'(JobID>uuid:){UUID}', r'\1@ROUND@', text)
        path = os.path.join(folder, f'{operation}.{len(os.listdir(folder))}.xml')
        with open(path, 'w') as file:
            file.write(text)
        return [re.search(r':To>([^<]*)<', text).group(1), path]


class Driver:
    """A driver past its INIT."""

    def __init__(self, name, *arguments):
        self.process = start([os.path.join(sys.argv[1], name), ' '.join(arguments)])
        self.rest = b''
        self.ask('INIT', 'INIT 200 - -')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.write(b'FINALIZE - - -\n')
        finish(self.process)

    def hear(self, verb, count=1):
        """Reads until so many lines began with a word; the last of them."""
        while True:
            *lines, self.rest = self.rest.split(b'\n')
            for place, line in enumerate(lines):
                if not line.startswith(verb.encode()):
                    continue
                assert b' SUCCESS ' in line[:40], line[:300]
                count -= 1
                if count == 0:
                    self.rest = b'\n'.join(lines[place + 1:] + [self.rest])
                    return line.decode()
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)  # all that a pipe holds
            assert chunk, 'the driver ended'
            self.rest += chunk

    def ask(self, verb, line):
        self.process.stdin.write(line.encode() + b'\n')
        return self.hear(verb)

    def ask_all(self, verb, lines):
        """Seconds until all lines, written at once, are answered."""
        begin = time.perf_counter()
        thread = feed(self.process, ''.join(line + '\n' for line in lines).encode())
        self.hear(verb, len(lines))
        thread.join()
        return time.perf_counter() - begin


def processor_seconds(process):
    with open(f'/proc/{process.pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def compiled(folder):
    path = os.path.join(folder, 'soap_post')
    subprocess.run(['cc', '-O2', '-o', path, os.path.join(HERE, 'peers', 'soap_post.c'), '-lcurl'], check=True)
    return path


def peer(program, count, parallel, *steps, pause=0):
    """Seconds and processor seconds of all rounds, and milliseconds of each, that libcurl alone needs."""
    words = [program, str(count), str(parallel), *(word for step in steps for word in step)]
    variables = dict(os.environ, PAUSE=str(int(pause * 1e6)))
    numbers = [float(x) for x in subprocess.run(words, check=True, env=variables, stdout=subprocess.PIPE).stdout.split()]
    return numbers[0], numbers[1], [x / 1e3 for x in numbers[2:]]


class Comparison:
    """Rounds of the same work by driver and peer, in turns, so that both see the same load of the machine."""

    def __init__(self, container, driver):
        self.container, self.driver = container, driver
        self.ours, self.theirs, self.ratios = [], [], []
        self.processor = {'driver': 0, 'peer': 0, 'container': 0}
        self.count = 0

    def round(self, count, ours, theirs):
        before = processor_seconds(self.driver.process), processor_seconds(self.container.process)
        self.ours.append(count / ours())
        self.processor['driver'] += processor_seconds(self.driver.process) - before[0]
        self.processor['container'] += processor_seconds(self.container.process) - before[1]
        seconds, processor, _ = theirs()
        self.processor['peer'] += processor
        self.theirs.append(count / seconds)
        self.ratios.append(self.ours[-1] / self.theirs[-1])
        self.count += count

    def tell(self, table, name, goal):
        table.add(f'{name}, {PARALLEL} under way, median of {ROUNDS}', median(self.ours), '/s')
        table.add(f'{name}: libcurl alone', median(self.theirs), '/s')
        table.add(f'{name}: ratio of rates', median(self.ratios), '×', goal, at_least=True)
        for who, seconds in self.processor.items():
            table.add(f'{name}: processor time of the {who}, each', seconds / self.count * 1e3, 'ms')


def submissions(table, program, folder, container, arguments, name, goal):
    """SUBMIT with what belongs to it, and the same requests by the peer."""
    document = os.path.join(folder, 'job.rsl')
    with open(document, 'w') as file:
        file.write(DESCRIPTION)
    factory = f'{container.address}/Fork'
    with Driver('gw_em_mad_ws', *arguments) as driver:
        container.set(record=True)
        driver.ask('SUBMIT', f'SUBMIT 0 {factory} {document}')
        create = container.recorded(folder, 'createManagedJob')
        steps = [create]
        if '--delegation none' not in arguments:
            steps.insert(0, container.recorded(folder, 'RequestSecurityToken'))
        container.set(record=False)
        comparison = Comparison(container, driver)
        before = container.control('GET')
        for number in range(ROUNDS):
            first = 1 + number * SUBMISSIONS
            lines = [f'SUBMIT {x} {factory} {document}' for x in range(first, first + SUBMISSIONS)]
            comparison.round(SUBMISSIONS, lambda: driver.ask_all('SUBMIT', lines),
                             lambda: peer(program, SUBMISSIONS, PARALLEL, *steps))
        comparison.tell(table, name, goal)
        after = container.control('GET')
        asked = 'GetMultipleResourceProperties'
        table.add(f'{name}: questions for states meanwhile', after.get(asked, 0) - before.get(asked, 0))


def polls(table, program, folder, container, gt):
    """POLL of jobs that wait, many at once and one at a time."""
    document = os.path.join(folder, 'job.rsl')
    jobs = 8 * PARALLEL
    with Driver('gw_em_mad_ws', f'--gt {gt} --requests {PARALLEL} --delegation none --poll-interval 86400') as driver:
        driver.ask_all('SUBMIT', [f'SUBMIT {x} {container.address}/Fork {document}' for x in range(jobs)])
        container.set(record=True)
        driver.ask('POLL', 'POLL 0 - -')
        step = container.recorded(folder, 'GetMultipleResourceProperties', 'state')
        container.set(record=False)
        comparison = Comparison(container, driver)
        lines = [f'POLL {x % jobs} - -' for x in range(POLLS)]
        driver.ask_all('POLL', lines)
        for _ in range(ROUNDS):
            comparison.round(POLLS, lambda: driver.ask_all('POLL', lines), lambda: peer(program, POLLS, PARALLEL, step))
        comparison.tell(table, f'GT {gt} POLL', 0.8)
        ours, theirs, ratios = [], [], []
        for _ in range(ROUNDS):
            mine = []
            for _ in range(ALONE):
                time.sleep(PAUSE)
                begin = time.perf_counter()
                driver.ask('POLL', 'POLL 0 - -')
                mine.append((time.perf_counter() - begin) * 1e3)
            bare = peer(program, ALONE, 1, step, pause=PAUSE)[2]
            ratios.append(median(mine) / median(bare))
            ours += mine
            theirs += bare
        table.add(f'GT {gt} POLL alone, p50', median(ours), 'ms')
        table.add(f'GT {gt} POLL alone, p99', percentile(ours, 0.99), 'ms')
        table.add(f'GT {gt} POLL alone: the bare request, p50', median(theirs), 'ms')
        table.add(f'GT {gt} POLL alone: ratio of p50, median of {ROUNDS}', median(ratios), '×', 1.5)


def memory(table, folder, container, gt):
    """What so many jobs take; with their credentials, as is usual."""
    document = os.path.join(folder, 'job.rsl')
    with Driver('gw_em_mad_ws', f'--gt {gt}') as driver:
        before = status(driver.process, 'VmRSS') / 1024
        driver.ask_all('SUBMIT', [f'SUBMIT {x} {container.address}/Fork {document}' for x in range(IN_FLIGHT)])
        time.sleep(5)  # looks at all of them begin within that time
        table.add(f'GT {gt} resident memory, no job', before, 'MB')
        table.add(f'GT {gt} resident memory, {IN_FLIGHT:,} jobs in flight', status(driver.process, 'VmRSS') / 1024, 'MB', 25)
        table.add(f'GT {gt} resident memory at its peak', status(driver.process, 'VmHWM') / 1024, 'MB')


def starts(table):
    """From the start of the process to the answer of INIT."""
    for name, arguments in (('gw_em_mad_ws', ''), ('gw_im_mad_mds4', f'-s {HOST}')):
        values = []
        for _ in range(50):
            begin = time.perf_counter()
            with Driver(name, arguments):
                values.append((time.perf_counter() - begin) * 1e3)
        table.add(f'{name}: INIT answered after the start, p99', percentile(values, 0.99), 'ms', 20)


def idle(table, folder, container, gt):
    """A driver whose jobs are over, and one that has answered its questions."""
    document = os.path.join(folder, 'job.rsl')
    container.set(job={})
    with Driver('gw_em_mad_ws', f'--gt {gt} --poll-interval 1') as runner, \
            Driver('gw_im_mad_mds4', f'-s {container.address} --gt {gt}') as teller:
        for job in range(5):
            runner.ask('SUBMIT', f'SUBMIT {job} {container.address}/Fork {document}')
        for job in range(5):
            while 'DONE' not in runner.ask('POLL', f'POLL {job} - -'):
                time.sleep(0.2)
        teller.ask('MONITOR', f'MONITOR 0 {HOST} -')
        time.sleep(10)  # what is left of the jobs is removed
        before = switches(runner.process), switches(teller.process)
        time.sleep(10)
        table.add('gw_em_mad_ws: wake-ups in 10 s without jobs', switches(runner.process) - before[0], '', 0)
        table.add('gw_im_mad_mds4: wake-ups in 10 s without requests', switches(teller.process) - before[1], '', 0)


def index(table, program, folder, container, gt):
    """MONITOR of an index with many entries, and the bare query for them."""
    container.set(index={'entries': ENTRIES}, record=True)
    with Driver('gw_im_mad_mds4', f'-s {container.address} --gt {gt}') as driver:
        line = f'MONITOR 0 {HOST} -'
        driver.ask('MONITOR', line)
        step = container.recorded(folder, 'QueryResourceProperties')
        container.set(record=False)
        ours, theirs, beyond = [], [], []
        for _ in range(ROUNDS):
            mine = []
            for _ in range(20):
                begin = time.perf_counter()
                driver.ask('MONITOR', line)
                mine.append((time.perf_counter() - begin) * 1e3)
            bare = peer(program, 20, 1, step)[2]
            beyond.append(median(mine) - median(bare))
            ours += mine
            theirs += bare
        table.add(f'GT {gt} MONITOR, {ENTRIES:,} entries, p50', median(ours), 'ms')
        table.add(f'GT {gt} MONITOR: the bare query, p50', median(theirs), 'ms')
        table.add(f'GT {gt} MONITOR beyond the bare query, median of {ROUNDS}', median(beyond), 'ms', 30)
        table.add(f'GT {gt} gw_im_mad_mds4: resident memory after that', status(driver.process, 'VmRSS') / 1024, 'MB')
    container.set(index={})


def main():
    table = Table('webservices: gw_em_mad_ws and gw_im_mad_mds4, test container')
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        starts(table)
        for gt in ('4.2', '4.0'):
            record, files = os.path.join(folder, f'record-{gt}'), os.path.join(folder, f'files-{gt}')
            os.mkdir(record)
            os.mkdir(files)
            with Container(gt, record) as container:
                base = f'--gt {gt} --requests {PARALLEL}'
                submissions(table, program, files, container, [base, '--delegation none'], f'GT {gt} SUBMIT', 0.8)
                submissions(table, program, files, container, [base], f'GT {gt} SUBMIT with delegation', 0.8)
                polls(table, program, files, container, gt)
                memory(table, files, container, gt)
                index(table, program, files, container, gt)
                if gt == '4.2':
                    idle(table, files, container, gt)
    sys.exit(table.missed)


main()
