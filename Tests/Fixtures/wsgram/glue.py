"""GLUE 1.1 as the index services of MDS4 hold it, attributes qualified like the elements."""
from xml.sax.saxutils import quoteattr

from dialects import GLUE

HOST = {
    'Processor': {'ClockSpeed': 3201, 'InstructionSet': 'x86'},
    'MainMemory': {'RAMAvailable': 1027, 'RAMSize': 2026, 'VirtualAvailable': 2104, 'VirtualSize': 3127},
    'OperatingSystem': {'Name': 'Linux', 'Release': '2.6.18-4-686'},
    'Architecture': {'SMPSize': 4},
    'FileSystem': {'AvailableSpace': 41216, 'Name': 'entire-system', 'ReadOnly': 'false', 'Root': '/', 'Size': 74240},
    'ProcessorLoad': {'Last15Min': 10, 'Last1Min': 52, 'Last5Min': 30},
}
QUEUES = [{'Name': 'default', 'TotalCPUs': 8, 'FreeCPUs': 6, 'Status': 'enabled', 'WaitingJobs': 3,
           'WorstResponseTime': 720, 'MaxCPUTime': -1, 'MaxWallClockTime': 1440, 'MaxRunningJobs': 0, 'MaxTotalJobs': 40,
           'Priority': 0},
          {'Name': 'dque', 'TotalCPUs': 151, 'FreeCPUs': 139, 'Status': 'enabled', 'WaitingJobs': 0,
           'WorstResponseTime': 0, 'MaxCPUTime': 120, 'MaxWallClockTime': -1, 'MaxRunningJobs': 50, 'MaxTotalJobs': 0,
           'Priority': 10}]
PLACES = {'Info': ['TotalCPUs'], 'State': ['FreeCPUs', 'Status', 'WaitingJobs', 'WorstResponseTime'],
          'Policy': ['MaxCPUTime', 'MaxWallClockTime', 'MaxRunningJobs', 'MaxTotalJobs', 'Priority']}


def node(name, values, inner=''):
    words = ''.join(' ns1:%s=%s' % (key, quoteattr(str(value))) for key, value in values.items())
    return '<ns1:%s%s>%s</ns1:%s>' % (name, words, inner, name) if inner else '<ns1:%s%s/>' % (name, words)


def document(host, queues, lrms, name):
    """The GLUECE of one local resource manager; `host` may be None, `queues` empty."""
    inner = ''
    if host is not None:
        machine = node('Host', {'Name': name, 'UniqueID': name}, ''.join(node(x, y) for x, y in host.items()))
        group = node('SubCluster', {'Name': 'main', 'UniqueID': 'main'}, machine)
        inner = node('Cluster', {'Name': 'cluster', 'UniqueID': 'cluster'}, group)
    for queue in queues:
        parts = ''.join(node(part, {x: queue[x] for x in names if x in queue} | (
            {'LRMSType': lrms, 'HostName': name} if part == 'Info' else {})) for part, names in PLACES.items())
        inner += node('ComputingElement', {'Name': queue['Name'], 'UniqueID': queue['Name']}, parts)
    return '<ns1:GLUECE xmlns:ns1="%s">%s</ns1:GLUECE>' % (GLUE, inner)
