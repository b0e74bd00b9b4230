"""Faults as the containers of Globus tell them: Java exceptions, or typed faults without a word in faultstring."""
import datetime
from xml.sax.saxutils import escape

from dialects import AXIS

TRACE = '\n\tat org.globus.wsrf.impl.ResourceHomeImpl.get(ResourceHomeImpl.java:%d)' \
        '\n\tat org.apache.axis.providers.java.RPCProvider.invokeMethod(RPCProvider.java:%d)\n'


class Fault(Exception):
    """A Java exception: its text is the faultstring, and a stack trace is in the detail."""

    def __init__(self, code, words, runtime=False):
        super().__init__(words)
        self.code, self.words, self.runtime = code, words, runtime

    def xml(self, dialect, request, host):
        declared = ' xmlns:ns1="%s"' % AXIS if self.code.startswith('ns1:') else ''
        return '<soapenv:Fault><faultcode%s>%s</faultcode><faultstring>%s</faultstring><detail>%s</detail></soapenv:Fault>' % (
            declared, self.code, escape(self.words), self.detail(dialect, request) + self.axis(dialect, host))

    def detail(self, dialect, request):
        return '<ns1:stackTrace xmlns:ns1="%s">%s</ns1:stackTrace>' % (AXIS, escape(self.words) + TRACE % (292, 384))

    def axis(self, dialect, host):
        more = '<ns2:hostname xmlns:ns2="%s">%s</ns2:hostname>' % (AXIS, escape(host)) if dialect.is_old else ''
        if self.runtime:
            more += '<ns3:isRuntimeException xmlns:ns3="%s">true</ns3:isRuntimeException>' % AXIS
        return more


class TypedFault(Fault):
    """A WS-BaseFault; `space` names the namespace as an attribute of the dialect."""

    def __init__(self, space, name, description='', cause='', reason=''):
        super().__init__('soapenv:Server.generalException', '')
        self.space, self.name, self.description, self.cause, self.reason = space, name, description, cause, reason

    def java_name(self, dialect):
        package = getattr(dialect, self.space)
        kind = 'resource' if package.endswith('r-2') else 'lifetime' if self.space in ('lifetime', 'destroyed') else 'properties'
        return 'org.oasis.wsrf.%s.%sType' % (kind, self.name)

    def detail(self, dialect, request):
        bf, when = dialect.base_faults, _when()
        origin = request.origin + ('<wsa:ReferenceParameters xmlns:wsa="%s"/>' % dialect.wsa if dialect.is_old else '')
        inner = '<ns2:Timestamp xmlns:ns2="%s">%s</ns2:Timestamp>' % (bf, when)
        inner += '<ns3:Originator xmlns:ns3="%s">%s</ns3:Originator>' % (bf, origin)
        if self.description:
            inner += '<ns4:Description xmlns:ns4="%s">%s</ns4:Description>' % (bf, escape(self.description))
        inner += _causes(dialect, self.java_name(dialect), self.cause, self.reason)
        return '<ns1:%s xmlns:ns1="%s">%s</ns1:%s>' % (self.name, getattr(dialect, self.space), inner, self.name)

    def axis(self, dialect, host):
        if not dialect.is_old:
            return ''
        return '<ns6:exceptionName xmlns:ns6="%s">%s</ns6:exceptionName>' % (
            AXIS, self.java_name(dialect)) + super().axis(dialect, host)


class FaultData(Fault):
    """The typed fault that GT 4.2 hides in an element without a namespace."""

    def __init__(self):
        super().__init__('soapenv:Server.generalException', '')

    def detail(self, dialect, request):
        return ('<faultData><ns1:Timestamp xmlns:ns1="%s">%s</ns1:Timestamp><ns2:Originator xmlns:ns2="%s">%s'
                '</ns2:Originator></faultData>' % (dialect.base_faults, _when(), dialect.base_faults, request.origin)
                + super().detail(dialect, request))


def _when():
    return datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000Z')


def _causes(dialect, java, cause, reason):
    """Where it came from, and what was the cause of that: beside one another in GT 4.0, one in the other in GT 4.2."""
    first = _words('\n' + TRACE % (67, 384), java)
    inner = second = ''
    if cause:
        inner = _cause(dialect, _words(cause + TRACE % (292, 266), cause))
        second = _time(dialect) + ('<ns5:Description>%s</ns5:Description>' % escape(reason) if reason else '') + inner
        second = _cause(dialect, second, False)
    both = _cause(dialect, first) + second if dialect.is_old else _cause(dialect, first + second)
    return both.replace('<ns5:FaultCause>', '<ns5:FaultCause xmlns:ns5="%s">' % dialect.base_faults)


def _time(dialect):
    return '<ns5:Timestamp%s>%s</ns5:Timestamp>' % ('' if dialect.is_old else ' xsi:type="xsd:dateTime"', _when())


def _words(trace, words):
    return ('<ns5:ErrorCode dialect="http://www.globus.org/fault/stacktrace">%s</ns5:ErrorCode>'
            '<ns5:Description>%s</ns5:Description>' % (escape(trace), escape(words)))


def _cause(dialect, inner, timed=True):
    inner = (_time(dialect) if timed else '') + inner
    if not dialect.is_old:
        inner = '<ns5:BaseFault xsi:type="ns5:BaseFaultType">%s</ns5:BaseFault>' % inner
    return '<ns5:FaultCause>%s</ns5:FaultCause>' % inner


def malformed(words):
    return Fault('soapenv:Server.userException', 'org.xml.sax.SAXException: ' + words)


def must_understand():
    return Fault('soapenv:MustUnderstand', 'Did not understand "MustUnderstand" header(s):')


def no_action():
    return Fault('wsa:MessageAddressingHeaderRequired', 'No Action header')


def no_service(name):
    return Fault('ns1:Server.NoService',
                 'The AXIS engine could not find a target service to invoke!  targetService is ' + name)


def no_operation(name):
    return Fault('ns1:Client', "No such operation '%s'" % name)


def not_authorised(who, operation):
    return Fault('soapenv:Server.userException',
                 'org.globus.wsrf.impl.security.authorization.exceptions.AuthorizationException: '
                 '"%s" is not authorized to use operation: %s on this service' % (who, operation))


def unknown_resource():
    return TypedFault('unknown', 'ResourceUnknownFault', cause='org.globus.wsrf.NoSuchResourceException')


def unknown_to_destroy():
    """GT 4.0 has a fault of its own where lifetimes are meant."""
    return TypedFault('destroyed', 'ResourceUnknownFault', 'Failed to remove resource',
                      cause='org.globus.wsrf.NoSuchResourceException')


def unknown_factory():
    return Fault('soapenv:Server.userException', 'org.globus.wsrf.NoSuchResourceException')


def unknown_property(name):
    return TypedFault('properties', 'InvalidResourcePropertyQNameFault', name)


def unsupported_topic():
    return TypedFault('notification', 'TopicNotSupportedFault', cause='the topic is not supported')


def unknown_query_dialect(name):
    return TypedFault('properties', 'UnknownQueryExpressionDialectFault',
                      cause='org.globus.wsrf.query.UnsupportedQueryDialectException',
                      reason='Query dialect not supported: ' + name)


def bad_query(words):
    return TypedFault('properties', 'QueryEvaluationErrorFault',
                      cause='org.globus.wsrf.query.QueryEvaluationException', reason=' [Caused by: %s]' % words)


def past_termination_time():
    return TypedFault('lifetime', 'UnableToSetTerminationTimeFault', 'The termination time is in the past')


def internal():
    return Fault('soapenv:Server.userException', 'java.lang.NullPointerException', runtime=True)
