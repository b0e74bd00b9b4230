"""Sites, hosts and queues as such, before a schema gives them names. Every number follows from the seed and the host's place.

Each host has one oddity of real sites, its place modulo the number of oddities telling which, so that a directory of ten
hosts has them all.
"""
import dataclasses
import random

ODDITIES = [
    'none',
    'order',        # attributes and entries in any order; access rules before the identifier
    'missing',      # attributes that readers like to have are not there
    'text',         # long values, letters beyond ASCII, quotes, signs that mean something in names and filters
    'several',      # several sub-clusters, execution environments or job managers
    'slots',        # free slots told in the newer way only
    'names',        # sub-cluster, share and service are not called like the host
    'placeholders', # numbers and texts that stand for "unknown"
    'apart',        # the cluster, or the service, is not the computing element
    'idle',         # no queue at all
]

SYSTEMS = [
    ('ScientificSL', '6.10', 'Carbon'), ('CentOS', '7.9.2009', 'Core'), ('AlmaLinux', '9.4', 'Seafoam Ocelot'),
    ('Debian', '12.5', 'Bookworm'), ('RedHatEnterpriseLinux', '8.9', 'Ootpa'),
]
PROCESSORS = [
    ('GenuineIntel', 'Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz', 2200, 24),
    ('AuthenticAMD', 'AMD EPYC 7452 32-Core Processor', 2350, 64),
    ('GenuineIntel', 'Xeon', 3000, 2),
    ('AuthenticAMD', 'Dual Core AMD Opteron(tm) Processor 275', 2192, 4),
]
BATCH_SYSTEMS = ['pbs', 'slurm', 'sge', 'lsf', 'condor']
QUEUES = ['short', 'long', 'grid', 'infinite', 'mcore8', 'highmem', 'gpu-a100', 'ops']
VOS = ['atlas', 'cms', 'alice', 'lhcb', 'ops', 'biomed', 'vo.cta.example', 'enmr.eu', 'dteam']
PLACES = ['nord', 'sued', 'west', 'ost', 'insel', 'berg', 'see', 'hafen', 'wald', 'feld']


@dataclasses.dataclass
class Queue:
    name: str
    place: int
    total: int
    free: int
    running: int
    waiting: int
    minutes: int
    most_running: int
    most_jobs: int
    status: str
    vos: list


@dataclasses.dataclass
class Host:
    name: str
    place: int
    site: str
    oddity: str
    system: tuple
    processor: tuple
    batch: str
    nodes: int
    memory: int
    free_memory: int
    disk: int
    free_disk: int
    queues: list
    random: random.Random

    def shuffled(self, values):
        """In any order on a host that is odd in that way; as they are on others."""
        values = list(values)
        if self.oddity == 'order':
            self.random.shuffle(values)
        return values

    def public(self):
        """What a reader may want to compare with."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != 'random'}
        return dict(fields, queues=[dataclasses.asdict(queue) for queue in self.queues])


def site(number):
    return f'EXAMPLE-{PLACES[number % len(PLACES)].upper()}-{number:02}'


def queue(host_place, place, oddity, numbers):
    name = QUEUES[place % len(QUEUES)] + (f'{place // len(QUEUES)}' if place >= len(QUEUES) else '')
    total = 16 * (1 + (host_place + place) % 40)
    running = numbers.randrange(total + 1)
    unknown = oddity == 'placeholders' and place % 2 == 0
    return Queue(
        name=name, place=place, total=total, free=total - running, running=running,
        waiting=444444 if unknown else numbers.randrange(200),
        minutes=[60, 4320, 2880, 0, 1440][place % 5], most_running=999999999 if unknown else 4 * total,
        most_jobs=999999999 if unknown else 10 * total,
        status=numbers.choice(['Production', 'Production', 'Production', 'Closed', 'Draining']),
        vos=sorted(numbers.sample(VOS, 1 + numbers.randrange(3))))


def host(place, sites, queues, seed, plain):
    numbers = random.Random(seed * 1_000_003 + place)
    oddity = 'none' if plain else ODDITIES[place % len(ODDITIES)]
    where = place % sites
    return Host(
        name=f'ce{place:05}.{PLACES[where % len(PLACES)]}{where:02}.example.org', place=place, site=site(where), oddity=oddity,
        system=SYSTEMS[place % len(SYSTEMS)], processor=PROCESSORS[place % len(PROCESSORS)],
        batch=BATCH_SYSTEMS[place % len(BATCH_SYSTEMS)], nodes=16 * (1 + place % 64), memory=1024 * (2 + place % 510),
        free_memory=512 * (1 + place % 512), disk=1000 * (20 + place % 4000), free_disk=1000 * (10 + place % 2000),
        queues=[queue(place, number, oddity, numbers) for number in range(0 if oddity == 'idle' else queues)],
        random=numbers)


def hosts(count, queues, seed, plain):
    """All hosts, one by one: a directory of many never is in memory as a whole."""
    sites = min(100, 1 + count // 4)
    for place in range(count):
        yield host(place, sites, queues, seed, plain)


def sites(count):
    return [site(number) for number in range(min(100, 1 + count // 4))]
