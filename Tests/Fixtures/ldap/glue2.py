"""GLUE 2.0 as a top BDII holds it. Hosts take turns in the ways of three producers, which differ:

CREAM: a share for each queue and VO, with its mapping queue and a mapping policy.
ARC: a share for each queue without a VO, and one for each VO; entries link by the computing classes' own keys only.
HTCondor-CE (hosts whose service stands apart): a share for each VO without a mapping queue; one service of many hosts.
"""
from ldif import entry, escaped
from model import sites

BASE = 'GLUE2GroupID=grid,o=glue'


def root(count):
    yield entry('o=glue', ['organization'], [('o', 'glue')])
    yield entry(BASE, ['GLUE2Group'], [('GLUE2GroupID', 'grid')])
    for site in sites(count):
        domain = f'GLUE2DomainID={site},{BASE}'
        yield entry(domain, ['GLUE2Entity', 'GLUE2Domain', 'GLUE2AdminDomain'], [
            ('GLUE2DomainID', site), ('GLUE2EntityName', site), ('GLUE2DomainDescription', 'Rechenzentrum Süd–West, Überall')])
        yield entry(f'GLUE2GroupID=resource,{domain}', ['GLUE2Group'], [('GLUE2GroupID', 'resource')])


def host(host):
    condor = host.oddity == 'apart'
    arc = not condor and host.place % 2 == 1
    service = f'{host.name}_HTCondorCE_{host.site}' if condor else f'urn:ogf:ComputingService:{host.name}:arc' if arc else (
        f'{host.name}_ComputingElement')
    dn = f'GLUE2ServiceID={escaped(service)},GLUE2GroupID=resource,GLUE2DomainID={host.site},{BASE}'
    manager = f'{service}_Manager'
    entity = [] if arc else ['GLUE2Entity']
    yield entry(dn, [*entity, 'GLUE2Service', 'GLUE2ComputingService'], host.shuffled([
        ('GLUE2ServiceID', service), ('GLUE2ServiceType', 'org.nordugrid.arex' if arc else 'org.glite.ce.CREAM'),
        ('GLUE2EntityName', 'Größter Rechner' if host.oddity == 'text' else host.name),
        ('GLUE2ServiceQualityLevel', 'production'), ('GLUE2ServiceCapability', 'executionmanagement.jobexecution'),
        ('GLUE2ServiceAdminDomainForeignKey', host.site),
        ('GLUE2ComputingServiceRunningJobs', sum(queue.running for queue in host.queues))]))
    yield from endpoints(host, service, dn, entity, arc)
    yield manager_entry(host, service, manager, dn, entity)
    environments = []
    for number in range(3 if host.oddity == 'several' else 1):
        environments.append(f'{service}_Environment_{number}')
        yield environment(host, number, environments[-1], manager, dn, entity)
    for queue in host.shuffled(host.queues):
        for vo in ([None, *queue.vos] if arc else queue.vos):
            yield from share(host, queue, vo, service, environments, dn, entity, arc, condor)


def endpoints(host, service, dn, entity, arc):
    kinds = [('org.ogf.glue.emies.activitycreation', f'https://{host.name}:443/arex'),
             ('org.nordugrid.gridftpjob', f'gsiftp://{host.name}:2811/jobs')] if arc else [
             ('org.glite.ce.CREAM', f'https://{host.name}:8443/ce-cream/services')]
    for number, (interface, url) in enumerate(kinds):
        name = f'{service}_Endpoint_{number}'
        yield entry(f'GLUE2EndpointID={escaped(name)},{dn}', [*entity, 'GLUE2Endpoint', 'GLUE2ComputingEndpoint'], host.shuffled([
            ('GLUE2EndpointID', name), ('GLUE2EndpointURL', url), ('GLUE2EndpointInterfaceName', interface),
            ('GLUE2EndpointCapability', 'executionmanagement.jobexecution'),
            ('GLUE2EndpointCapability', 'executionmanagement.jobmanager'), ('GLUE2EndpointQualityLevel', 'production'),
            ('GLUE2EndpointHealthState', 'ok'), ('GLUE2EndpointServingState', 'production'),
            ('GLUE2EndpointServiceForeignKey', service), ('GLUE2ComputingEndpointComputingServiceForeignKey', service)]))
        vos = sorted({vo for queue in host.queues for vo in queue.vos}) or ['ops']
        yield entry(f'GLUE2PolicyID={escaped(name)}_Policy,GLUE2EndpointID={escaped(name)},{dn}',
                    [*entity, 'GLUE2Policy', 'GLUE2AccessPolicy'], [
            ('GLUE2PolicyID', f'{name}_Policy'), ('GLUE2PolicyScheme', 'org.glite.standard'),
            *[('GLUE2PolicyRule', f'VO:{vo}') for vo in vos], ('GLUE2AccessPolicyEndpointForeignKey', name)])


def manager_entry(host, service, manager, dn, entity):
    return entry(f'GLUE2ManagerID={escaped(manager)},{dn}', [*entity, 'GLUE2Manager', 'GLUE2ComputingManager'], host.shuffled([
        ('GLUE2ManagerID', manager), ('GLUE2ManagerProductName', host.batch.upper() if host.place % 4 == 3 else host.batch),
        ('GLUE2ManagerServiceForeignKey', service), ('GLUE2ComputingManagerComputingServiceForeignKey', service),
        ('GLUE2ComputingManagerTotalLogicalCPUs', None if host.oddity in ('missing', 'slots') else host.nodes),
        ('GLUE2ComputingManagerTotalSlots', None if host.oddity == 'missing' else host.nodes),
        ('GLUE2ComputingManagerWorkingAreaTotal', host.disk // 1000),
        ('GLUE2ComputingManagerWorkingAreaFree', host.free_disk // 1000)]))


def environment(host, number, name, manager, dn, entity):
    system, release, _ = host.system
    vendor, model, megahertz, smp = host.processor
    if host.oddity == 'text':
        model = 'Prozessor „Ähre“ "x" \\ ' + 'sehr lang ' * 40
    liked = [
        ('GLUE2ExecutionEnvironmentOSName', system), ('GLUE2ExecutionEnvironmentOSVersion', release),
        ('GLUE2ExecutionEnvironmentCPUVendor', vendor), ('GLUE2ExecutionEnvironmentCPUModel', model),
        ('GLUE2ExecutionEnvironmentCPUClockSpeed', megahertz + 100 * number),
    ]
    if host.oddity == 'missing':
        liked = liked[::3]
    platform = ['amd64', 'x86_64', 'UNDEFINEDVALUE' if host.oddity == 'placeholders' else 'i386'][host.place % 3]
    return entry(f'GLUE2ResourceID={escaped(name)},GLUE2ManagerID={escaped(manager)},{dn}',
                 [*entity, 'GLUE2Resource', 'GLUE2ExecutionEnvironment'], host.shuffled([
        ('GLUE2ResourceID', name), ('GLUE2ResourceManagerForeignKey', manager),
        ('GLUE2ExecutionEnvironmentComputingManagerForeignKey', manager),
        ('GLUE2ExecutionEnvironmentPlatform', platform), ('GLUE2ExecutionEnvironmentOSFamily', 'linux'), *liked,
        ('GLUE2ExecutionEnvironmentMainMemorySize', 999999999 if host.oddity == 'placeholders' else host.memory + 1024 * number),
        ('GLUE2ExecutionEnvironmentLogicalCPUs', smp), ('GLUE2ExecutionEnvironmentTotalInstances', host.nodes // smp or 1),
        ('GLUE2ExecutionEnvironmentConnectivityIn', 'FALSE'), ('GLUE2ExecutionEnvironmentConnectivityOut', 'TRUE')]))


def share(host, queue, vo, service, environments, dn, entity, arc, condor):
    name = f'{queue.name}_{vo}_{service}' if vo else f'{queue.name}_{service}'
    if arc:
        name = f'urn:ogf:ComputingShare:{host.name}:{queue.name}' + (f'_{vo}' if vo else '')
    above = f'GLUE2ShareID={escaped(name)},{dn}'
    newer = host.oddity == 'slots'
    yield entry(above, [*entity, 'GLUE2Share', 'GLUE2ComputingShare'], host.shuffled([
        ('GLUE2ShareID', name), ('GLUE2EntityName', queue.name if arc else None), ('GLUE2ShareServiceForeignKey', service),
        ('GLUE2ComputingShareComputingServiceForeignKey', service),
        ('GLUE2ShareEndpointForeignKey', None if arc else f'{service}_Endpoint_0'),
        *[('GLUE2ShareResourceForeignKey', key) for key in environments],
        *[('GLUE2ComputingShareExecutionEnvironmentForeignKey', key) for key in environments],
        ('GLUE2ComputingShareMappingQueue', None if condor else queue.name),
        ('GLUE2ComputingShareServingState', {'Closed': 'closed', 'Draining': 'draining'}.get(queue.status, 'production')),
        ('GLUE2ComputingShareMaxWallTime', None if arc else 90 * queue.minutes),
        ('GLUE2ComputingShareMaxCPUTime', 999999999 if host.oddity == 'placeholders' else 60 * queue.minutes),
        ('GLUE2ComputingShareMaxRunningJobs', queue.most_running), ('GLUE2ComputingShareMaxTotalJobs', queue.most_jobs),
        ('GLUE2ComputingShareMaxSlotsPerJob', None if host.oddity == 'missing' else 8),
        ('GLUE2ComputingShareRunningJobs', queue.running), ('GLUE2ComputingShareWaitingJobs', queue.waiting),
        ('GLUE2ComputingShareUsedSlots', queue.running), ('GLUE2ComputingShareFreeSlots', None if newer else queue.free),
        ('GLUE2ComputingShareFreeSlotsWithDuration', f'{queue.free}:3600 1' if newer else None)]))
    if vo:
        rule = f"{'vo' if host.place % 3 else 'VO'}:{vo}"
        policy = f'{name}_Policy'
        yield entry(f'GLUE2PolicyID={escaped(policy)},{above}', [*entity, 'GLUE2Policy', 'GLUE2MappingPolicy'], [
            ('GLUE2PolicyID', policy), ('GLUE2PolicyScheme', 'basic'), ('GLUE2PolicyRule', rule),
            ('GLUE2MappingPolicyShareForeignKey', name)])
