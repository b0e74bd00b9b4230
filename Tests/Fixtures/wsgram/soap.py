"""SOAP 1.1 with WS-Addressing: requests are read, answers written in the shape that Axis gives them."""
import datetime
import uuid
from xml.sax.saxutils import escape

from lxml import etree

from dialects import SOAP, XSI
from faults import Fault, malformed, must_understand, no_action

ENVELOPE = ('<soapenv:Envelope xmlns:soapenv="%s" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="%s"' % (SOAP, XSI))


def element(namespace, name, inner='', number=1, attributes=''):
    """An element with a prefix of its own, as Axis writes each."""
    return '<ns%d:%s xmlns:ns%d="%s"%s>%s</ns%d:%s>' % (number, name, number, namespace, attributes, inner, number, name)


def text(namespace, name, value, number=1):
    return element(namespace, name, escape(str(value)), number)


def time_text(when):
    return when.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.') + '%03dZ' % (when.microsecond // 1000)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def read_time(words):
    """An xsd:dateTime; one without a zone is UTC."""
    try:
        when = datetime.datetime.fromisoformat(words.strip().replace('Z', '+00:00'))
    except ValueError:
        raise Fault('soapenv:Server.userException', 'org.xml.sax.SAXException: Invalid dateTime: ' + words) from None
    return when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)


def reference(dialect, address, key=''):
    """The inside of an endpoint reference; the servers of GT 4.0 add an empty element that no schema knows."""
    inner = '<wsa:Address>%s</wsa:Address>' % escape(address)
    inner += '<wsa:%s>%s</wsa:%s>' % (dialect.carrier, key, dialect.carrier) if key else '<wsa:%s/>' % dialect.carrier
    return inner + ('<wsa:ReferenceParameters/>' if dialect.is_old else '')


def find(node, name):
    """The first child of that local name, whatever its namespace: Axis is that lenient."""
    return next((x for x in node if isinstance(x.tag, str) and etree.QName(x).localname == name), None)


def content(node, name, default=None):
    child = find(node, name)
    return default if child is None else (child.text or '').strip()


class Request:
    """What came in one POST."""

    def __init__(self, dialect, service, base, peer, body):
        self.dialect, self.service, self.base, self.peer = dialect, service, base, peer
        self.message_id = self.action = ''
        self.references, self.is_strange = [], False
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
            envelope = etree.fromstring(body, parser)
        except etree.XMLSyntaxError as problem:
            raise malformed(str(problem)) from None
        if envelope.tag != '{%s}Envelope' % SOAP:
            raise malformed('Bad envelope tag:  ' + etree.QName(envelope).localname)
        header = envelope.find('{%s}Header' % SOAP)
        for block in header if header is not None else ():
            self._take(block)
        if not dialect.is_old and not self.action:
            raise no_action()
        if self.action and ':' not in self.action:
            raise Fault('soapenv:Server.userException',
                        'org.apache.axis.types.URI$MalformedURIException: No scheme found in URI.')
        inside = envelope.find('{%s}Body' % SOAP)
        self.body = next((x for x in inside if isinstance(x.tag, str)), None) if inside is not None else None
        if self.body is None:
            raise malformed('no body element')

    def _take(self, block):
        name = etree.QName(block)
        if name.namespace == self.dialect.wsa:
            words = (block.text or '').strip()
            if name.localname == 'MessageID':
                self.message_id = words
            elif name.localname == 'Action':
                self.action = words
        elif name.localname in ('ResourceID', 'DelegationKey', 'SubscriptionKey'):
            self.references.append(block)
        elif block.get('{%s}mustUnderstand' % SOAP) == '1':
            self.is_strange = True

    def check(self):
        if self.is_strange:
            raise must_understand()

    @property
    def operation(self): return etree.QName(self.body)

    def key(self, namespace, name):
        return next((x.text.strip() for x in self.references if x.tag == '{%s}%s' % (namespace, name) and x.text), None)

    @property
    def origin(self):
        """The inside of the endpoint reference of the service that was asked."""
        keys = ''.join(etree.tostring(x, with_tail=False).decode() for x in self.references)
        wsa, carrier = self.dialect.wsa, self.dialect.carrier
        inner = '<wsa:Address xmlns:wsa="%s">%s/%s</wsa:Address>' % (wsa, self.base, escape(self.service))
        return inner + ('<wsa:%s xmlns:wsa="%s">%s</wsa:%s>' % (carrier, wsa, keys, carrier) if keys else '')


def answer(dialect, request, body):
    """The envelope around the inside of a body."""
    action = request.action or 'urn:none'
    action = (action[:-len('Request')] if action.endswith('Request') else action) + 'Response'
    return _envelope(dialect, request, action, body)


def fault_answer(dialect, request, fault, host):
    if request is None and fault.code.startswith('wsa:'):
        request = Unaddressed()
    if request is None:
        return ENVELOPE + '>\n <soapenv:Body>%s</soapenv:Body>\n</soapenv:Envelope>' % fault.xml(dialect, None, host)
    return _envelope(dialect, request, dialect.wsa + '/fault', fault.xml(dialect, request, host))


class Unaddressed:
    """The place of a request that told nothing of itself."""
    message_id, origin = '', ''


def _envelope(dialect, request, action, body):
    optional = ' soapenv:mustUnderstand="0"' if dialect.is_old else ''
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', ENVELOPE, ' xmlns:wsa="%s"><soapenv:Header>' % dialect.wsa,
             '<wsa:MessageID%s>uuid:%s</wsa:MessageID>' % (optional, uuid.uuid1())]
    if not action.endswith('/fault'):
        parts.append('<wsa:To%s>%s</wsa:To>' % (optional, dialect.anonymous))
    parts.append('<wsa:Action%s>%s</wsa:Action>' % (optional, escape(action)))
    if request.origin:
        parts.append('<wsa:From%s>%s</wsa:From>' % (optional, request.origin))
    if request.message_id:
        parts.append('<wsa:RelatesTo RelationshipType="%s"%s>%s</wsa:RelatesTo>'
                     % (dialect.reply, optional, escape(request.message_id)))
    parts += ['</soapenv:Header><soapenv:Body>', body, '</soapenv:Body></soapenv:Envelope>']
    return ''.join(parts)
