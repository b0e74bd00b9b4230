"""The two dialects: what the drafts of 2004 (GT 4.0) and the standards of 2005 and 2006 (GT 4.2) call the same things."""
import dataclasses

SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
XSI = 'http://www.w3.org/2001/XMLSchema-instance'
AXIS = 'http://xml.apache.org/axis/'
WST = 'http://schemas.xmlsoap.org/ws/2004/04/trust'
WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
PKI_PATH = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1'
BASE64 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary'
CORE = 'http://www.globus.org/namespaces/2004/06/core'
GLUE = 'http://mds.globus.org/glue/ce/1.1'
AGGREGATOR = 'http://mds.globus.org/aggregator/types'
IN_MEMORY = 'http://mds.globus.org/inmemoryservicegroup'
XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116'


@dataclasses.dataclass(frozen=True)
class Dialect:
    gt: str
    wsa: str            # WS-Addressing
    anonymous: str
    carrier: str        # the element of an endpoint reference that holds its keys
    reply: str          # RelationshipType of an answer
    properties: str     # WS-ResourceProperties
    lifetime: str
    base_faults: str
    unknown: str        # namespace of ResourceUnknownFault
    group: str
    notification: str
    notify: str         # wsa:Action of a notification
    topics: str         # dialect of topic expressions
    job: str
    release: str        # namespace of the release request
    delegation: str
    delegation_key: str
    failure: str        # reason phrase of status 500

    @property
    def destroyed(self):
        """The namespace of the fault that says that there is nothing to destroy."""
        return self.lifetime if self.is_old else self.unknown

    @property
    def types(self): return self.job + '/types'

    @property
    def description(self): return self.job + '/description'

    @property
    def faults(self): return self.job + '/faults'

    @property
    def is_old(self): return self.gt == '4.0'


_JOB_40, _JOB_42 = ('http://www.globus.org/namespaces/%s/gram/job' % x for x in ('2004/10', '2008/03'))
_WSRF = 'http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-'
_WSN = 'http://docs.oasis-open.org/wsn/2004/06/'

DIALECTS = {
    '4.0': Dialect(
        gt='4.0', wsa='http://schemas.xmlsoap.org/ws/2004/03/addressing',
        anonymous='http://schemas.xmlsoap.org/ws/2004/03/addressing/role/anonymous',
        carrier='ReferenceProperties', reply='wsa:Reply',
        properties=_WSRF + 'ResourceProperties-1.2-draft-01.xsd', lifetime=_WSRF + 'ResourceLifetime-1.2-draft-01.xsd',
        base_faults=_WSRF + 'BaseFaults-1.2-draft-01.xsd', unknown=_WSRF + 'ResourceProperties-1.2-draft-01.xsd',
        group=_WSRF + 'ServiceGroup-1.2-draft-01.xsd', notification=_WSN + 'wsn-WS-BaseNotification-1.2-draft-01.xsd',
        notify=_WSN + 'wsn-WS-BaseNotification/Notify', topics=_WSN + 'TopicExpression/Simple',
        job=_JOB_40, release=_JOB_40, delegation='http://www.globus.org/08/2004/delegationService',
        delegation_key='http://www.globus.org/08/2004/delegationService', failure='Internal server error'),
    '4.2': Dialect(
        gt='4.2', wsa='http://www.w3.org/2005/08/addressing', anonymous='http://www.w3.org/2005/08/addressing/anonymous',
        carrier='ReferenceParameters', reply='http://www.w3.org/2005/08/addressing/reply',
        properties='http://docs.oasis-open.org/wsrf/rp-2', lifetime='http://docs.oasis-open.org/wsrf/rl-2',
        base_faults='http://docs.oasis-open.org/wsrf/bf-2', unknown='http://docs.oasis-open.org/wsrf/r-2',
        group='http://docs.oasis-open.org/wsrf/sg-2', notification='http://docs.oasis-open.org/wsn/b-2',
        notify='http://docs.oasis-open.org/wsn/bw-2/NotificationConsumer/NotifyRequest',
        topics='http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple',
        job=_JOB_42, release=_JOB_42 + '/release', delegation='http://www.globus.org/01/2008/delegationService',
        # production clients of GT 4.2 look for the key in the old namespace
        delegation_key='http://www.globus.org/08/2004/delegationService', failure='Internal Server Error'),
}
