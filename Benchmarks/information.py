"""The LDAP information drivers against OpenLDAP on loopback, with libldap's own speed beside them.

Usage: information.py DRIVER_DIRECTORY
scripts/directory serves 10,000 hosts with 4 queues each (GLUE 1.3, indexed also by host name) and one host by itself (MDS 2).
The peer is a C program that does the same searches and looks at the values (peers/ldap_search.c). The server takes most
of the time, on the same processors.
"""
import os
import subprocess
import sys
import tempfile
import threading
import time

from harness import Table, ask, finish, median, percentile, start, status, switches

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = int(os.environ.get('BENCH_HOSTS', '10000'))
QUEUES = 4
ROUNDS = 2000
GLUE_FILTERS = [
    '(&(objectClass=GlueCE)(GlueCEInfoHostName=%s))',
    '(&(objectClass=GlueSubCluster)(GlueChunkKey=GlueClusterUniqueID=%s))',
]
EVERYTHING = '(|(objectClass=GlueCE)(objectClass=GlueSubCluster))'
GLUE_ATTRIBUTES = """GlueCEUniqueID GlueCEName GlueCEInfoHostName GlueCEInfoLRMSType GlueCEInfoJobManager GlueCEHostingCluster
GlueForeignKey GlueCEAccessControlBaseRule GlueCEStateWaitingJobs GlueCEInfoTotalCPUs GlueCEPolicyAssignedJobSlots
GlueCEStateFreeCPUs GlueCEStateFreeJobSlots GlueCEPolicyMaxWallClockTime GlueCEPolicyMaxCPUTime GlueCEPolicyMaxRunningJobs
GlueCEPolicyMaxTotalJobs GlueCEPolicyPriority GlueCEStateStatus GlueSubClusterUniqueID GlueSubClusterName
GlueSubClusterLogicalCPUs GlueChunkKey GlueClusterUniqueID GlueHostArchitecturePlatformType GlueHostOperatingSystemName
GlueHostOperatingSystemVersion GlueHostProcessorModel GlueHostProcessorClockSpeed GlueHostArchitectureSMPSize
GlueHostMainMemoryRAMSize"""
MDS_ATTRIBUTES = """Mds-Host-hn Mds-Software-deployment Mds-Service-Gram-schedulertype Mds-Computer-isa Mds-Os-name
Mds-Os-release Mds-Cpu-model Mds-Cpu-speedMHz Mds-Cpu-Total-Free-1minX100 Mds-Cpu-Smp-size Mds-Computer-Total-nodeCount
Mds-Computer-Total-Free-nodeCount Mds-Memory-Ram-Total-freeMB Mds-Memory-Ram-Total-sizeMB Mds-Fs-Total-freeMB
Mds-Fs-Total-sizeMB Mds-Job-Queue-name Mds-Gram-Job-Queue-maxtime Mds-Gram-Job-Queue-maxcputime Mds-Gram-Job-Queue-maxcount
Mds-Gram-Job-Queue-maxrunningjobs Mds-Gram-Job-Queue-maxjobsinqueue Mds-Gram-Job-Queue-dispatchtype
Mds-Gram-Job-Queue-priority Mds-Gram-Job-Queue-status"""


class Directory:
    """A server that lives as long as the `with` block."""

    def __init__(self, *words):
        self.script = start([os.path.join(HERE, '..', 'scripts', 'directory'), *words])

    def __enter__(self):
        address = self.script.stdout.readline().decode().strip()
        assert address, 'the directory server did not start'
        return address

    def __exit__(self, *_):
        finish(self.script)


class Driver:
    """A driver past its INIT."""

    def __init__(self, name, arguments):
        self.process = start([os.path.join(sys.argv[1], name), arguments])
        assert ask(self.process, b'INIT - - -\n').startswith(b'INIT - SUCCESS')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.write(b'FINALIZE - - -\n')
        finish(self.process)

    def ask(self, line):
        """Milliseconds until the answer, and the answer without its newline."""
        before = time.perf_counter()
        self.process.stdin.write(line.encode() + b'\n')
        answer = self.read_line()
        milliseconds = (time.perf_counter() - before) * 1e3
        assert b' SUCCESS ' in answer[:40], answer[:200]
        return milliseconds, answer.decode()

    def read_line(self):
        chunks = []
        while not chunks or not chunks[-1].endswith(b'\n'):
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            assert chunk, 'the driver ended'
            chunks.append(chunk)
        return b''.join(chunks)[:-1]

    def monitor_all(self, hosts, outstanding):
        """Seconds until all hosts are answered, so many under way at once."""
        places = threading.Semaphore(outstanding)

        def send():
            for number, host in enumerate(hosts):
                places.acquire()
                self.process.stdin.write(f'MONITOR {number} {host} -\n'.encode())

        before = time.perf_counter()
        sender = threading.Thread(target=send)
        sender.start()
        heard = 0
        while heard < len(hosts):
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            assert chunk and b' FAILURE ' not in chunk, chunk[:300]
            lines = chunk.count(b'\n')
            heard += lines
            if lines:
                places.release(lines)
        sender.join()
        return time.perf_counter() - before


def compiled(folder):
    path = os.path.join(folder, 'ldap_search')
    subprocess.run(['cc', '-O2', '-o', path, os.path.join(HERE, 'peers', 'ldap_search.c'), '-lldap', '-llber'], check=True)
    return path


def peer(program, address, base, attributes, hosts, *words):
    """The numbers that libldap alone needs."""
    variables = dict(os.environ, ATTRIBUTES=attributes, HOSTS=' '.join(hosts), LDAPNOINIT='1')
    result = subprocess.run([program, f'ldap://{address}', base, *words], check=True, env=variables, stdout=subprocess.PIPE)
    return [float(number) for number in result.stdout.split()]


def server_options(address):
    host, port = address.split(':')
    return f'-s {host} -p {port} --line-limit 10000000'


def host_alone(table, program, folder):
    with Directory('--port', '2135', f'mds2-plain:1x{QUEUES}') as address:
        host = address.split(':')[0]
        path = os.path.join(folder, 'hosts')
        with open(path, 'w') as file:
            file.write(host + '\n')
        with Driver('gw_im_mad_mds2', f'-l {path}') as driver:
            line = f'MONITOR 0 {host} -'
            for _ in range(200):
                driver.ask(line)
            ours = [driver.ask(line)[0] for _ in range(ROUNDS)]
        theirs = peer(program, address, 'mds-vo-name=local,o=grid', MDS_ATTRIBUTES, ['-'], 'one', str(ROUNDS),
                      '(objectClass=*)')
    table.add('MDS 2 host by itself: MONITOR, p50', median(ours), 'ms', 1)
    table.add('MDS 2 host by itself: MONITOR, p95', percentile(ours, 0.95), 'ms')
    table.add('libldap alone, same search, p50', median(theirs) / 1e3, 'ms')
    table.add('ratio of p50', median(ours) * 1e3 / median(theirs), '×', 2.5)


def host_by_host(table, program, address, hosts):
    """MONITOR of one host of many, each asked for by itself."""
    some = hosts[::max(1, len(hosts) // 500)]
    with Driver('gw_im_mad_bdii', f'{server_options(address)} --snapshot never') as driver:
        for host in some[:200]:
            driver.ask(f'MONITOR 1 {host} -')
        ours = [driver.ask(f'MONITOR 1 {some[i % len(some)]} -')[0] for i in range(ROUNDS)]
        many = (some * 20)[:10 * ROUNDS]
        rates = [len(many) / driver.monitor_all(many, 10) for _ in range(3)]
    words = ['o=grid', GLUE_ATTRIBUTES, some]
    theirs = peer(program, address, *words, 'one', str(ROUNDS), *GLUE_FILTERS)
    bare = peer(program, address, *words, 'many', str(5 * ROUNDS), '10', *GLUE_FILTERS)[0]
    table.add('GLUE 1 host of many: MONITOR, p50', median(ours), 'ms', 1)
    table.add('GLUE 1 host of many: MONITOR, p95', percentile(ours, 0.95), 'ms')
    table.add('libldap alone, same searches, p50', median(theirs) / 1e3, 'ms')
    table.add('ratio of p50', median(ours) * 1e3 / median(theirs), '×', 2.5)
    table.add('MONITOR, 10 under way, median of 3', median(rates), '/s', 2000, at_least=True)
    table.add('libldap alone, 10 under way', bare, '/s')


def discoveries(table, program, address):
    """DISCOVER alone; the names."""
    times = []
    for _ in range(5):
        with Driver('gw_im_mad_bdii', server_options(address)) as driver:
            milliseconds, answer = driver.ask('DISCOVER - - -')
            times.append(milliseconds / 1e3)
    hosts = answer.split()[3:]
    assert len(hosts) == len(set(hosts)) == HOSTS, len(hosts)
    table.add(f'DISCOVER, {HOSTS:,} hosts by their {HOSTS * QUEUES:,} GlueCE, median of 5', median(times), 's', 0.2)
    bare = peer(program, address, 'o=grid', 'GlueCEInfoHostName', ['-'], 'all', '(objectClass=GlueCE)')
    table.add('libldap alone, same search', bare[0] / 1e3, 's')
    with Driver('gw_im_mad_mds2_glue', server_options(address)) as driver:
        first = driver.ask('DISCOVER - - -')[0] / 1e3
        table.add(f'DISCOVER, {HOSTS:,} hosts by their GlueCluster', min(first, driver.ask('DISCOVER - - -')[0] / 1e3), 's', 0.2)
    return hosts


def cycle(table, program, address, hosts):
    """All hosts from one bulk read, what that takes of memory, and what is left of it."""
    age = 5
    seconds = []
    for _ in range(3):
        with Driver('gw_im_mad_bdii', f'{server_options(address)} --snapshot always --snapshot-age {age}') as driver:
            fresh = status(driver.process, 'VmRSS') / 1024
            before = time.perf_counter()
            driver.ask('DISCOVER - - -')
            driver.monitor_all(hosts, 10)
            seconds.append(time.perf_counter() - before)
            peak = status(driver.process, 'VmHWM') / 1024
            if len(seconds) == 3:
                time.sleep(age + 5)
                rest = status(driver.process, 'VmRSS') / 1024
                before = switches(driver.process)
                time.sleep(10)
                awake = switches(driver.process) - before
    bare = [peer(program, address, 'o=grid', GLUE_ATTRIBUTES, ['-'], 'all', EVERYTHING) for _ in range(3)]
    table.add(f'cycle: DISCOVER and {HOSTS:,} MONITOR, snapshot, median of 3', median(seconds), 's', 1.5)
    table.add('libldap alone, the bulk read, median of 3', median([run[0] for run in bare]) / 1e3, 's')
    table.add('bytes of values in the bulk read', bare[0][1] / 1e6, 'MB')
    table.add('memory at the start', fresh, 'MB')
    table.add('memory at the peak', peak, 'MB', 200)
    table.add(f'memory {age + 5} s later', rest, 'MB', 50)
    table.add('wake-ups in 10 s without requests', awake, '', 0)


def main():
    table = Table(f'information: LDAP drivers, {HOSTS:,} hosts with {QUEUES} queues each')
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        host_alone(table, program, folder)
        with Directory('--index', 'host', f'glue1-plain:{HOSTS}x{QUEUES}') as address:
            hosts = discoveries(table, program, address)
            host_by_host(table, program, address, hosts)
            cycle(table, program, address, hosts)
    sys.exit(table.missed)


main()
