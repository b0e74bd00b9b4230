"""The LDAP information drivers against OpenLDAP on loopback, with libldap's own speed beside them.

Usage: information.py DRIVER_DIRECTORY
scripts/directory serves 10,000 hosts with 4 queues each (GLUE 1.3, indexed also by host name, and GLUE 2) and one host by
itself (MDS 2).
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
ROUNDS, EACH = 5, 400
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
EVERYTHING2 = '(|%s)' % ''.join(f'(objectClass=GLUE2{name})' for name in [
    'ComputingShare', 'ComputingEndpoint', 'ComputingManager', 'ExecutionEnvironment', 'MappingPolicy', 'AccessPolicy'])
GLUE2_ATTRIBUTES = ' '.join(f'GLUE2{name}' for name in """AccessPolicyEndpointForeignKey EndpointCapability EndpointID
EndpointServiceForeignKey EndpointURL EntityName ManagerID ManagerProductName ManagerServiceForeignKey
MappingPolicyShareForeignKey PolicyRule ResourceID ResourceManagerForeignKey ShareEndpointForeignKey ShareID
ShareResourceForeignKey ShareServiceForeignKey ComputingEndpointComputingServiceForeignKey
ComputingManagerComputingServiceForeignKey ComputingManagerTotalLogicalCPUs ComputingManagerTotalSlots
ComputingManagerWorkingAreaFree ComputingManagerWorkingAreaTotal ComputingShareComputingEndpointForeignKey
ComputingShareComputingServiceForeignKey ComputingShareExecutionEnvironmentForeignKey ComputingShareFreeSlots
ComputingShareFreeSlotsWithDuration ComputingShareMappingQueue ComputingShareMaxCPUTime ComputingShareMaxRunningJobs
ComputingShareMaxSlotsPerJob ComputingShareMaxTotalJobs ComputingShareMaxWallTime ComputingShareServingState
ComputingShareUsedSlots ComputingShareWaitingJobs ExecutionEnvironmentCPUClockSpeed ExecutionEnvironmentCPUModel
ExecutionEnvironmentComputingManagerForeignKey ExecutionEnvironmentLogicalCPUs ExecutionEnvironmentMainMemorySize
ExecutionEnvironmentOSFamily ExecutionEnvironmentOSName ExecutionEnvironmentOSVersion ExecutionEnvironmentPlatform
ExecutionEnvironmentTotalInstances""".split())
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


def compare(table, name, driver, lines, alone):
    """Single requests and libldap in turns, so that both see the same load of the machine."""
    ours, theirs, ratios = [], [], []
    before = spawned(driver.process)
    for _ in range(ROUNDS):
        mine, bare = [driver.ask(line)[0] for line in lines], [number / 1e3 for number in alone()]
        ratios.append(median(mine) / median(bare))
        ours += mine
        theirs += bare
    table.add(f'{name}: MONITOR, p50', median(ours), 'ms', 1)
    table.add(f'{name}: MONITOR, p95', percentile(ours, 0.95), 'ms')
    table.add(f'{name}: libldap alone, p50', median(theirs), 'ms')
    table.add(f'{name}: ratio of p50, median of {ROUNDS}', median(ratios), '×', 2.5)
    table.add(f'{name}: page faults of child processes', spawned(driver.process) - before, '', 0)


def spawned(process):
    """Page faults of children that ended: none without a child."""
    with open(f'/proc/{process.pid}/stat') as file:
        return int(file.read().rsplit(')', 1)[1].split()[8])


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
            compare(table, 'MDS 2 host by itself', driver, [line] * EACH, lambda: peer(
                program, address, 'mds-vo-name=local,o=grid', MDS_ATTRIBUTES, ['-'], 'one', str(EACH), '(objectClass=*)'))


def host_by_host(table, program, address, hosts):
    """MONITOR of one host of many, each asked for by itself."""
    some = hosts[::max(1, len(hosts) // 500)]
    with Driver('gw_im_mad_bdii', f'{server_options(address)} --snapshot never') as driver:
        for host in some[:200]:
            driver.ask(f'MONITOR 1 {host} -')
        words = [program, address, 'o=grid', GLUE_ATTRIBUTES, some]
        lines = [f'MONITOR 1 {host} -' for host in some[:EACH]]
        compare(table, 'GLUE 1 host of many', driver, lines, lambda: peer(*words, 'one', str(EACH), *GLUE_FILTERS))
        many = (some * 20)[:5000]
        rates, bare = [], []
        for _ in range(3):
            rates.append(len(many) / driver.monitor_all(many, 10))
            bare += peer(*words, 'many', str(len(many)), '10', *GLUE_FILTERS)
    table.add('MONITOR, 10 under way, median of 3', median(rates), '/s', 2000, at_least=True)
    table.add('libldap alone, 10 under way, median of 3', median(bare), '/s')


def discoveries(table, program, address):
    """DISCOVER alone, and libldap in turns; the names."""
    ours, theirs, empty = [], [], []
    for _ in range(5):
        with Driver('gw_im_mad_bdii', server_options(address)) as driver:
            milliseconds, answer = driver.ask('DISCOVER - - -')
            ours.append(milliseconds / 1e3)
        theirs.append(bulk_read(program, address, 'o=grid', 'GlueCEInfoHostName', '(objectClass=GlueCE)')[0])
        empty.append(bulk_read(program, address, 'o=grid', '1.1', '(objectClass=GlueCE)')[0])
    hosts = answer.split()[3:]
    assert len(hosts) == len(set(hosts)) == HOSTS, len(hosts)
    table.add(f'DISCOVER, {HOSTS:,} hosts by their {HOSTS * QUEUES:,} GlueCE, median of 5', median(ours), 's', 0.2)
    table.add('libldap alone, same search', median(theirs), 's')
    table.add('ratio, median of 5', median(mine / bare for mine, bare in zip(ours, theirs)), '×')
    table.add('libldap alone, the same entries without any attribute', median(empty), 's')
    ours, theirs = [], []
    with Driver('gw_im_mad_mds2_glue', server_options(address)) as driver:
        for _ in range(5):
            ours.append(driver.ask('DISCOVER - - -')[0] / 1e3)
            theirs.append(bulk_read(program, address, 'o=grid', 'GlueClusterUniqueID', '(objectClass=GlueCluster)')[0])
    table.add(f'DISCOVER, {HOSTS:,} hosts by their GlueCluster, median of 5', median(ours), 's', 0.2)
    table.add('libldap alone, same search', median(theirs), 's')
    return hosts


def bulk_read(program, address, base, attributes, search):
    """Seconds for one search by libldap alone, and the bytes of all values."""
    milliseconds, values = peer(program, address, base, attributes, ['-'], 'all', search)
    return milliseconds / 1e3, values


def cycle(table, name, program, address, options, bare_words, goal=None):
    """All hosts from one bulk read, and libldap in turns."""
    seconds, processor, bare, peak = [], [], [], 0
    for _ in range(5):
        with Driver('gw_im_mad_bdii', f'{server_options(address)} {options}') as driver:
            before = time.perf_counter()
            hosts = driver.ask('DISCOVER - - -')[1].split()[3:]
            driver.monitor_all(hosts, 10)
            seconds.append(time.perf_counter() - before)
            processor.append(processor_time(driver.process))
            peak = max(peak, status(driver.process, 'VmHWM') / 1024)
        assert len(hosts) == HOSTS, len(hosts)
        bare.append(bulk_read(program, address, *bare_words))
    table.add(f'{name} cycle: DISCOVER and {HOSTS:,} MONITOR, median of 5', median(seconds), 's', goal)
    table.add('libldap alone, the bulk read in it, median of 5', median(run[0] for run in bare), 's')
    table.add('ratio, median of 5', median(mine / run[0] for mine, run in zip(seconds, bare)), '×')
    table.add('processor time of the driver', median(processor), 's')
    table.add('bytes of values in the bulk read', bare[0][1] / 1e6, 'MB')
    table.add('memory at the peak', peak, 'MB', 200)


def afterwards(table, address):
    """What is left of a cycle."""
    age = 5
    options = f'{server_options(address)} --snapshot always --snapshot-age {age}'
    with Driver('gw_im_mad_bdii', options) as driver:
        fresh = status(driver.process, 'VmRSS') / 1024
        driver.monitor_all(driver.ask('DISCOVER - - -')[1].split()[3:], 10)
        time.sleep(age + 5)
        rest = status(driver.process, 'VmRSS') / 1024
        before = switches(driver.process)
        time.sleep(10)
        awake = switches(driver.process) - before
    table.add('memory at the start', fresh, 'MB')
    table.add(f'memory {age + 5} s after a GLUE 1 cycle', rest, 'MB', 50)
    table.add('wake-ups in 10 s without requests', awake, '', 0)


def processor_time(process):
    """Seconds in user and system mode."""
    with open(f'/proc/{process.pid}/stat') as file:
        words = file.read().rsplit(')', 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf('SC_CLK_TCK')


def main():
    table = Table(f'information: LDAP drivers, {HOSTS:,} hosts with {QUEUES} queues each')
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        host_alone(table, program, folder)
        with Directory('--index', 'host', f'glue1-plain:{HOSTS}x{QUEUES}') as address:
            hosts = discoveries(table, program, address)
            host_by_host(table, program, address, hosts)
            cycle(table, 'GLUE 1', program, address, '--snapshot always', ['o=grid', GLUE_ATTRIBUTES, EVERYTHING], 1.5)
            afterwards(table, address)
        with Directory(f'glue2-plain:{HOSTS}x{QUEUES}') as address:
            cycle(table, 'GLUE 2', program, address, '--schema glue2 --gwd 5.14', ['o=glue', GLUE2_ATTRIBUTES, EVERYTHING2])
    sys.exit(table.missed)


main()
