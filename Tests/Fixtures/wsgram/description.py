"""Job descriptions, read as leniently as the deserialiser of a real container does: any order, any namespace."""
from lxml import etree

from faults import Fault
from soap import content, find

SINGLE = ['executable', 'directory', 'stdin', 'stdout', 'stderr', 'project', 'queue', 'jobType']
NUMBERS = ['count', 'hostCount', 'maxTime', 'maxWallTime', 'maxCpuTime', 'maxMemory', 'minMemory']
SEVERAL = ['argument', 'environment', 'libraryPath']
OTHERS = ['factoryEndpoint', 'jobCredentialEndpoint', 'stagingCredentialEndpoint', 'localUserId', 'holdState',
          'fileStageIn', 'fileStageOut', 'fileCleanUp', 'extensions']
TYPES = ['mpi', 'single', 'multiple', 'condor']
HOLDS = ['StageIn', 'Pending', 'StageOut', 'CleanUp']


class Description:
    """The `job` element of a request."""

    def __init__(self, job):
        for child in job:
            if isinstance(child.tag, str):
                self._refuse_unknown(etree.QName(child).localname)
        self.values = {name: content(job, name) for name in SINGLE}
        self.numbers = {name: self._number(content(job, name)) for name in NUMBERS}
        self.arguments = [x.text or '' for x in job if self._is(x, 'argument')]
        self.environment = [(content(x, 'name', ''), (find(x, 'value').text or '') if find(x, 'value') is not None else '')
                            for x in job if self._is(x, 'environment')]
        self.hold = content(job, 'holdState')
        self.stages_in, self.stages_out = (find(job, x) is not None for x in ('fileStageIn', 'fileStageOut'))
        kind = self.values['jobType']
        if kind is not None and kind not in TYPES or self.hold is not None and self.hold not in HOLDS:
            raise Fault('soapenv:Server.userException', 'java.lang.IllegalArgumentException', runtime=True)
        self.credential = self._credential(find(job, 'jobCredentialEndpoint'))

    def __getitem__(self, name): return self.values[name]

    @property
    def processes(self):
        """How many processes there are to be: the count is for "multiple", which is the default."""
        return (self.numbers['count'] or 1) if self['jobType'] in (None, 'multiple') else 1

    @staticmethod
    def _is(node, name): return isinstance(node.tag, str) and etree.QName(node).localname == name

    @staticmethod
    def _refuse_unknown(name):
        if name not in SINGLE + NUMBERS + SEVERAL + OTHERS:
            raise Fault('soapenv:Server.userException', 'org.xml.sax.SAXException: Invalid element in '
                        'org.globus.exec.generated.JobDescriptionType - ' + name)

    @staticmethod
    def _number(words):
        try:
            return None if words is None else int(words)
        except ValueError:
            raise Fault('soapenv:Server.userException', 'java.lang.NumberFormatException: For input string: "%s"' % words,
                        runtime=True) from None

    @staticmethod
    def _credential(endpoint):
        if endpoint is None:
            return None
        return next((x.text.strip() for x in endpoint.iter('{*}DelegationKey') if x.text), '')
