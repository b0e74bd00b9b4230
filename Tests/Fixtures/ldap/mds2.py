"""MDS 2.x: what a GIIS of many GRIS holds. A host's queues stand below the job manager they belong to."""
from ldif import entry, escaped

BASE = 'Mds-Vo-name=local,o=grid'
TIMES = [
    ('Mds-validfrom', '20261121120000Z'), ('Mds-validto', '20361121120000Z'), ('Mds-keepto', '20361121120000Z'),
]


def root(_):
    yield entry('o=grid', ['organization'], [('o', 'grid')])
    yield entry(BASE, ['MdsVo'], [('Mds-Vo-name', 'local')])


def host(host):
    dn = f'Mds-Host-hn={host.name},{BASE}'
    yield host_entry(host, dn)
    yield from devices(host, dn)
    managers = host.shuffled(job_managers(host))
    for name, kind, queues in managers:
        manager = f'Mds-Software-deployment={escaped(name)},{dn}'
        yield entry(manager, ['Mds', 'MdsSoftware', 'MdsService', 'MdsServiceGram'], host.shuffled([
            ('Mds-Software-deployment', name), ('Mds-Service-type', 'x-gram'), ('Mds-Service-protocol', '0.1'),
            ('Mds-Service-port', 2119), ('Mds-Service-hn', host.name),
            ('Mds-Service-url', f'x-gram://{host.name}:2119/{name}:/O=Grid/O=Example/CN=host\\{host.name}'),
            ('Mds-Service-Gram-schedulertype', kind), *TIMES]))
        for queue in host.shuffled(queues):
            yield queue_entry(host, queue, kind, manager)


def host_entry(host, dn):
    name, release, version = host.system
    vendor, model, megahertz, smp = host.processor
    if host.oddity == 'text':
        name, model = 'Línux "Größe" =(*)\\', model + ' – très long' + ' und noch länger' * 20
    unknown = host.oddity == 'placeholders'
    liked = [
        ('Mds-Computer-isa', 'IA32' if host.place % 3 == 2 else 'x86_64'),
        ('Mds-Computer-platform', 'i686' if host.place % 3 == 2 else 'x86_64'),
        ('Mds-Os-name', name), ('Mds-Os-release', release), ('Mds-Os-version', version),
        ('Mds-Cpu-vendor', vendor), ('Mds-Cpu-model', model), ('Mds-Cpu-speedMHz', megahertz),
        ('Mds-Memory-Ram-Total-freeMB', 'NULL' if unknown else host.free_memory),
        ('Mds-Fs-Total-freeMB', host.free_disk),
    ]
    if host.oddity == 'missing':
        liked = liked[::3]
    return entry(dn, [
        'Mds', 'MdsHost', 'MdsComputer', 'MdsComputerTotal', 'MdsComputerTotalFree', 'MdsOs', 'MdsCpu', 'MdsCpuCache',
        'MdsCpuSmp', 'MdsCpuTotal', 'MdsCpuTotalFree', 'MdsMemoryRamTotal', 'MdsMemoryVmTotal', 'MdsFsTotal', 'MdsNetTotal',
    ], host.shuffled([
        ('Mds-Host-hn', host.name), *liked,
        ('Mds-Computer-Total-nodeCount', host.nodes), ('Mds-Computer-Total-Free-nodeCount', host.nodes // 2),
        ('Mds-Cpu-Cache-l2kB', 512), ('Mds-Cpu-Smp-size', smp), ('Mds-Cpu-Total-count', smp),
        ('Mds-Cpu-Total-Free-1minX100', 100 * smp - host.place % 100),
        ('Mds-Cpu-Total-Free-5minX100', 100 * smp - 20), ('Mds-Cpu-Total-Free-15minX100', 100 * smp - 30),
        ('Mds-Memory-Ram-Total-sizeMB', 999999999 if unknown else host.memory),
        ('Mds-Memory-Vm-Total-sizeMB', host.memory), ('Mds-Memory-Vm-Total-freeMB', host.free_memory),
        ('Mds-Fs-Total-count', 2), ('Mds-Fs-Total-sizeMB', host.disk), ('Mds-Net-Total-count', 2), *TIMES]))


def devices(host, dn):
    for group, classes, things in [
        ('memory', ['MdsMemoryRam'], [('physical memory', [
            ('Mds-Memory-Ram-sizeMB', host.memory // 2), ('Mds-Memory-Ram-freeMB', host.free_memory // 2)])]),
        ('filesystems', ['MdsFs'], [('/', [
            ('Mds-Fs-mount', '/'), ('Mds-Fs-sizeMB', host.disk // 2), ('Mds-Fs-freeMB', host.free_disk // 2)])]),
    ]:
        above = f'Mds-Device-Group-name={group},{dn}'
        yield entry(above, ['Mds', 'MdsDeviceGroup'], [('Mds-Device-Group-name', group), *TIMES])
        for name, attributes in things:
            yield entry(f'Mds-Device-name={escaped(name)},{above}', ['Mds', 'MdsDevice', *classes], [
                ('Mds-Device-name', name), *attributes, *TIMES])


def job_managers(host):
    """Name, scheduler and queues of each."""
    fork = ('jobmanager-fork', 'fork', [None])
    batch = (f'jobmanager-{host.batch}', host.batch, host.queues)
    if host.oddity == 'idle':
        return [fork]
    if host.oddity == 'missing':
        return [batch]
    if host.oddity == 'several':
        half = len(host.queues) // 2
        return [fork, (batch[0], batch[1], host.queues[half:]), ('jobmanager-zeta', 'zeta', host.queues[:half])]
    return [fork, batch]


def queue_entry(host, queue, kind, manager):
    if queue is None:
        smp = host.processor[3]
        name, total, free, limits = 'default', smp, smp, [0, 0, 0, 0, 0]
        words = ['Immediate', 'NULL', 'enabled']
    else:
        name, total, free = queue.name, queue.total, queue.free
        limits = [queue.minutes, queue.minutes, queue.total, queue.most_running, queue.most_jobs]
        words = ['batch', str(queue.place), 'enabled' if queue.status == 'Production' else 'disabled']
    shown = f'{name}@{kind}' if host.oddity == 'names' else name
    kinds = ['maxtime', 'maxcputime', 'maxcount', 'maxrunningjobs', 'maxjobsinqueue']
    attributes = [
        ('Mds-Job-Queue-name', shown), ('Mds-Computer-Total-nodeCount', total),
        ('Mds-Computer-Total-Free-nodeCount', free), ('Mds-Gram-Job-Queue-jobwait', 0),
        *[(f'Mds-Gram-Job-Queue-{kind}', limit) for kind, limit in zip(kinds, limits)],
        *[(f'Mds-Gram-Job-Queue-{kind}', word) for kind, word in zip(['dispatchtype', 'priority', 'status'], words)],
        *TIMES]
    return entry(f'Mds-Job-Queue-name={escaped(shown)},{manager}', [
        'Mds', 'MdsJobQueue', 'MdsGramJobQueue', 'MdsComputerTotal', 'MdsComputerTotalFree'], host.shuffled(attributes))
