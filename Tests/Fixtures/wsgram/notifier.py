"""Notifications: state changes are posted to their subscribers, by several threads, so their order is not certain."""
import concurrent.futures
import http.client
import ssl
import time
import urllib.parse
import uuid
from xml.sax.saxutils import escape

from lxml import etree

from dialects import CORE
from faults import malformed
from job import FINAL
from soap import ENVELOPE, content, find, reference, text

HOLDER = ' xmlns:ns1="http://docs.oasis-open.org/wsn/b-2" xsi:type="ns1:NotificationMessageHolderType"'


class Subscription:
    """Who wants to be told."""

    def __init__(self, dialect, subscribe):
        consumer = find(subscribe, 'ConsumerReference')
        if consumer is None or content(consumer, 'Address') is None:
            raise malformed('Invalid element in org.oasis.wsn.Subscribe - no ConsumerReference')
        self.dialect, self.address = dialect, content(consumer, 'Address')
        self.keys = [x for name in ('ReferenceProperties', 'ReferenceParameters')
                     for x in (find(consumer, name) if find(consumer, name) is not None else ())]
        key = str(uuid.uuid1())
        self.key = key if dialect.is_old else uuid.uuid4().hex.upper() + '+' + key
        self.held = []

    def reference(self, request):
        return reference(self.dialect, request.base + '/SubscriptionManagerService',
                         text(CORE, 'SubscriptionKey', self.key))

    def message(self, job, news, base):
        """The whole notification."""
        dialect = self.dialect
        optional = ' soapenv:mustUnderstand="0"' if dialect.is_old else ' wsa:IsReferenceParameter="true"'
        keys = ''.join(etree.tostring(x, with_tail=False).decode().replace('>', optional + '>', 1) for x in self.keys)
        topic = 'types" Dialect="%s">ns1:state' if dialect.is_old else '" Dialect="%s">ns1:stateChangeInformation'
        topic = '<Topic xmlns:ns1="%s%s%s</Topic>' % (
            dialect.job, '/' if dialect.is_old else '', topic % dialect.topics)
        producer = reference(dialect, base + '/ManagedJobFactoryService', text(dialect.job, 'ResourceID', job.key, 2))
        wrapper = ' xsi:type="ns3:StateChangeNotificationMessageWrapperType"' if dialect.is_old else ''
        return ('<?xml version="1.0" encoding="UTF-8"?>' + ENVELOPE + ' xmlns:wsa="%s"><soapenv:Header>'
                '<wsa:MessageID>uuid:%s</wsa:MessageID><wsa:To>%s</wsa:To><wsa:Action>%s</wsa:Action>'
                '<wsa:From><wsa:Address>%s</wsa:Address></wsa:From>%s</soapenv:Header><soapenv:Body><Notify xmlns="%s">'
                '<NotificationMessage%s>%s<ProducerReference>%s</ProducerReference><Message xmlns:ns3="%s"%s>'
                '<ns3:stateChangeNotificationMessage>%s</ns3:stateChangeNotificationMessage></Message>'
                '</NotificationMessage></Notify></soapenv:Body></soapenv:Envelope>') % (
                    dialect.wsa, uuid.uuid1(), escape(self.address), dialect.notify, dialect.anonymous, keys,
                    dialect.notification, '' if dialect.is_old else HOLDER, topic, producer, dialect.job, wrapper, news)


class Notifier:
    """Posts what jobs tell. The switch "notify" makes it late, silent, double, stale, upside down or without an end."""

    def __init__(self, certificate, key, ca_folder, base, switches):
        self.base, self.switches = base, switches
        self.workers = concurrent.futures.ThreadPoolExecutor(4)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_flags |= 0x40  # X509_V_FLAG_ALLOW_PROXY_CERTS
        self.context.load_verify_locations(capath=ca_folder)
        self.context.set_ciphers('DEFAULT:@SECLEVEL=0')  # whatever certificate the container has
        self.context.load_cert_chain(certificate, key)

    def publish(self, job):
        way, is_final = self.switches.notify, job.state in FINAL
        if way == 'none' or way == 'endless' and is_final:
            return
        for subscription in list(job.subscriptions.values()):
            message = subscription.message(job, job.news(subscription.dialect), self.base)
            if way in ('reverse', 'stale'):
                subscription.held.append(message)
            if way == 'reverse':
                self._post(subscription, *(reversed(subscription.held) if is_final else ()))
                continue
            self._post(subscription, message, *([message] if way == 'double' else ()))
            if way == 'stale' and is_final:
                self._post(subscription, *subscription.held)

    def _post(self, subscription, *messages):
        if messages:
            self.workers.submit(self._deliver, subscription, messages)

    def _deliver(self, subscription, messages):
        url = urllib.parse.urlsplit(subscription.address)
        time.sleep(self.switches.notify_delay)
        for message in messages:
            try:
                kind = http.client.HTTPSConnection if url.scheme == 'https' else http.client.HTTPConnection
                more = {'context': self.context} if url.scheme == 'https' else {}
                connection = kind(url.hostname, url.port, timeout=10, **more)
                connection.request('POST', url.path or '/', message.encode(), {
                    'Content-Type': 'text/xml; charset=utf-8', 'SOAPAction': '"%s"' % subscription.dialect.notify,
                    'User-Agent': 'Axis/1.2RC2' if subscription.dialect.is_old else 'Axis/1.4'})
                self.switches.count('notification %d' % connection.getresponse().status)
                connection.close()
            except (OSError, http.client.HTTPException) as problem:
                self.switches.count('notification lost: %s' % type(problem).__name__)
