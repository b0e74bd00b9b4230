"""GLUE 1.3 as a top BDII holds it: sites, clusters, sub-clusters, and a GlueCE with its VO views for each queue."""
from ldif import entry, escaped
from model import sites

BASE = 'Mds-Vo-name=local,o=grid'
VERSION = [('GlueSchemaVersionMajor', 1), ('GlueSchemaVersionMinor', 3)]


def root(count):
    yield entry('o=grid', ['organization'], [('o', 'grid')])
    yield entry(BASE, ['MdsVo'], [('Mds-Vo-name', 'local')])
    for site in sites(count):
        yield entry(f'Mds-Vo-name={site},{BASE}', ['MdsVo'], [('Mds-Vo-name', site)])
        yield entry(f'GlueSiteUniqueID={site},Mds-Vo-name={site},{BASE}', ['GlueSite', 'GlueKey', 'GlueSchemaVersion'], [
            ('GlueSiteUniqueID', site), ('GlueSiteName', site), ('GlueSiteDescription', 'Computing centre, far away'),
            ('GlueSiteLatitude', 0), ('GlueSiteLongitude', 0), ('GlueForeignKey', f'GlueSiteUniqueID={site}'), *VERSION])


def host(host):
    base = f'Mds-Vo-name={host.site},{BASE}'
    cluster = {'apart': f'cluster.{host.name}', 'names': f'{host.site}-{host.place}'}.get(host.oddity, host.name)
    computing = [(identifier(host, queue), queue) for queue in host.queues]
    service = f'ldap://{host.name}:2170/mds-vo-name=resource,o=grid'
    dn = f'GlueClusterUniqueID={cluster},{base}'
    yield entry(dn, ['GlueClusterTop', 'GlueCluster', 'GlueInformationService', 'GlueKey', 'GlueSchemaVersion'], host.shuffled([
        ('GlueClusterUniqueID', cluster), ('GlueClusterName', cluster), ('GlueInformationServiceURL', service),
        ('GlueForeignKey', f'GlueSiteUniqueID={host.site}'),
        *[('GlueForeignKey', f'GlueCEUniqueID={name}') for name, _ in computing],
        *[('GlueClusterService', name) for name, _ in computing], *VERSION]))
    for number in range(3 if host.oddity == 'several' else 1):
        yield sub_cluster(host, cluster, number, dn, service)
    for name, queue in host.shuffled(computing):
        above = f'GlueCEUniqueID={escaped(name)},{base}'
        yield computing_element(host, queue, name, cluster, above, service)
        for vo in queue.vos:
            yield view(host, queue, vo, name, above)


def identifier(host, queue):
    manager = {'pbs': 'jobmanager-lcgpbs', 'condor': 'cream-condor', 'slurm': 'nordugrid-SLURM'}.get(
        host.batch, f'jobmanager-{host.batch}')
    port = {'cream-condor': 8443, 'nordugrid-SLURM': 2811}.get(manager, 2119)
    return f'{host.name}:{port}/{manager}-{queue.name}'


def sub_cluster(host, cluster, number, above, service):
    system, release, version = host.system
    vendor, model, megahertz, smp = host.processor
    name = {'apart': f'cluster.{host.name}', 'names': f'{host.site}-ARC'}.get(host.oddity, host.name)
    if number:
        name, megahertz, smp = f'{name}-{number}', megahertz + 100 * number, smp * 2
    if host.oddity == 'text':
        model += ' ' + '"quoted", with (brackets)* and much more of it' * 8
    unknown = host.oddity == 'placeholders'
    liked = [
        ('GlueHostOperatingSystemName', system), ('GlueHostOperatingSystemRelease', release),
        ('GlueHostOperatingSystemVersion', version), ('GlueHostProcessorVendor', vendor),
        ('GlueHostProcessorModel', model), ('GlueHostProcessorClockSpeed', megahertz),
        ('GlueHostArchitecturePlatformType', 'i686' if host.place % 3 == 2 else 'x86_64'),
        ('GlueHostArchitectureSMPSize', smp), ('GlueHostMainMemoryRAMSize', 999999999 if unknown else host.memory),
    ]
    if host.oddity == 'missing':
        liked = liked[::3]
    tags = ['GLITE-3_2_0', 'MPI-START', 'OPENMPI-1.4', 'R-GMA', 'LCG-2_7_0'] * (8 if host.oddity == 'text' else 1)
    return entry(f'GlueSubClusterUniqueID={name},{above}', [
        'GlueClusterTop', 'GlueSubCluster', 'GlueHostApplicationSoftware', 'GlueHostArchitecture', 'GlueHostBenchmark',
        'GlueHostMainMemory', 'GlueHostNetworkAdapter', 'GlueHostOperatingSystem', 'GlueHostProcessor',
        'GlueInformationService', 'GlueKey', 'GlueSchemaVersion',
    ], host.shuffled([
        ('GlueSubClusterUniqueID', name), ('GlueSubClusterName', name), ('GlueChunkKey', f'GlueClusterUniqueID={cluster}'),
        *liked, ('GlueHostMainMemoryVirtualSize', 2 * host.memory), ('GlueHostBenchmarkSI00', 2400),
        ('GlueHostNetworkAdapterInboundIP', 'FALSE'), ('GlueHostNetworkAdapterOutboundIP', 'TRUE'),
        ('GlueSubClusterPhysicalCPUs', host.nodes), ('GlueSubClusterLogicalCPUs', host.nodes * smp),
        *[('GlueHostApplicationSoftwareRunTimeEnvironment', f'{tag}.{i}' if i > 4 else tag) for i, tag in enumerate(tags)],
        ('GlueInformationServiceURL', service), *VERSION]))


def state(host, queue):
    """Jobs and free places, in the way the host tells them."""
    unknown = host.oddity == 'placeholders'
    return [
        ('GlueCEStateFreeCPUs', None if host.oddity == 'slots' else queue.free),
        ('GlueCEStateFreeJobSlots', queue.free), ('GlueCEStateRunningJobs', queue.running),
        ('GlueCEStateWaitingJobs', queue.waiting), ('GlueCEStateTotalJobs', queue.running + queue.waiting),
        ('GlueCEStateEstimatedResponseTime', 2146660842 if unknown else 60),
        ('GlueCEStateWorstResponseTime', 2146660842 if unknown else 3600),
    ]


def computing_element(host, queue, name, cluster, dn, service):
    rules = [('GlueCEAccessControlBaseRule', f'VO:{vo}') for vo in queue.vos]
    if queue.place % 3 == 1:
        rules.append(('GlueCEAccessControlBaseRule', f'VOMS:/{queue.vos[0]}/Role=production'))
    port = name.split(':')[1].split('/')[0]
    liked = [
        ('GlueCEInfoLRMSVersion', 'not defined'), ('GlueCEInfoJobManager', host.batch),
        ('GlueCEStateStatus', queue.status), ('GlueCEPolicyPriority', queue.place + 1),
        ('GlueCEPolicyMaxTotalJobs', queue.most_jobs), ('GlueCEPolicyMaxRunningJobs', queue.most_running),
    ]
    if host.oddity == 'missing':
        liked = liked[1::3]
    attributes = [
        ('GlueCEUniqueID', name), ('GlueCEName', queue.name), ('GlueCEHostingCluster', cluster),
        ('GlueCEImplementationName', 'LCG-CE'), ('GlueCEImplementationVersion', '3.1'),
        ('GlueCECapability', 'CPUScalingReferenceSI00=2400'), ('GlueCEInfoHostName', host.name),
        ('GlueCEInfoGatekeeperPort', port), ('GlueCEInfoContactString', name), ('GlueCEInfoLRMSType', host.batch),
        ('GlueCEInfoTotalCPUs', queue.total), ('GlueCEInfoApplicationDir', '/opt/exp_soft'), ('GlueCEInfoDataDir', 'unset'),
        *liked, *state(host, queue),
        ('GlueCEPolicyMaxCPUTime', queue.minutes), ('GlueCEPolicyMaxWallClockTime', queue.minutes + queue.minutes // 2),
        ('GlueCEPolicyMaxObtainableCPUTime', queue.minutes), ('GlueCEPolicyAssignedJobSlots', queue.total),
        ('GlueCEPolicyMaxWaitingJobs', queue.most_jobs), ('GlueCEPolicyMaxSlotsPerJob', 8), ('GlueCEPolicyPreemption', 0),
        *rules, ('GlueForeignKey', f'GlueClusterUniqueID={cluster}'), ('GlueInformationServiceURL', service), *VERSION]
    return entry(dn, [
        'GlueCETop', 'GlueCE', 'GlueCEAccessControlBase', 'GlueCEInfo', 'GlueCEPolicy', 'GlueCEState',
        'GlueInformationService', 'GlueKey', 'GlueSchemaVersion'], host.shuffled(attributes))


def view(host, queue, vo, name, above):
    # slices of the queue, which a reader must not take for the queue
    return entry(f'GlueVOViewLocalID={vo},{above}', [
        'GlueCETop', 'GlueVOView', 'GlueCEInfo', 'GlueCEState', 'GlueCEAccessControlBase', 'GlueCEPolicy', 'GlueKey',
        'GlueSchemaVersion',
    ], [
        ('GlueVOViewLocalID', vo), ('GlueCEAccessControlBaseRule', f'VO:{vo}'), ('GlueCEStateRunningJobs', queue.running // 2),
        ('GlueCEStateWaitingJobs', 0), ('GlueCEStateTotalJobs', queue.running // 2), ('GlueCEStateFreeJobSlots', 1),
        ('GlueCEStateEstimatedResponseTime', 60), ('GlueCEStateWorstResponseTime', 120),
        ('GlueCEInfoDefaultSE', f'se.{host.name}'), ('GlueChunkKey', f'GlueCEUniqueID={name}'), *VERSION])
