"""The index service of MDS4. The switch "index" says what is in it:

    shape    usual (default: Fork and Multi without data, PBS with two queues and a host), several (data under each),
             fork (Fork alone, with data), unpolled (no data yet), broken (the sources failed), empty
    entries  that many further entries with data
    copies   each entry that many times
    nested   true: all of it once more inside an entry of an index above
    members  addresses of further index services
    host, queues  the data instead of those in glue.py
    file     the XML text of all Entry elements, from a file
"""
import threading
from xml.sax.saxutils import escape

from lxml import etree

import glue
from dialects import AGGREGATOR, GLUE, IN_MEMORY
from properties import PropertyService, search
from soap import reference

DECLARED = ('xmlns:wsa="%s" xmlns:ns5="%s" xmlns:glue="%s" xmlns:wssg="%s"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')


class DefaultIndexService(PropertyService):
    needs_account = False  # anonymous clients are welcome

    def __init__(self, switches, host):
        self.switches, self.host = switches, host
        self.lock, self.kept = threading.Lock(), {}

    def properties(self, request):
        return {'{%s}Entry' % request.dialect.group: self.entries(request)}

    def search(self, request, xpath):
        """An answer is made once: what a large index costs is not the client's time."""
        with self.lock:
            if self.kept.get('version') != self.switches.index_version:
                self.kept = {'version': self.switches.index_version}
            if xpath not in self.kept:
                if 'document' not in self.kept:
                    declared = DECLARED % (request.dialect.wsa, AGGREGATOR, GLUE, request.dialect.group)
                    parser = etree.XMLParser(huge_tree=True)
                    self.kept['document'] = etree.fromstring(
                        '<wssg:ServiceGroupRP %s>%s</wssg:ServiceGroupRP>' % (declared, ''.join(self.entries(request))), parser)
                self.kept[xpath] = search(self.kept['document'], xpath)
            return self.kept[xpath]

    def entries(self, request):
        wanted = self.switches.index
        shape = wanted.get('shape', 'usual')
        if 'file' in wanted:
            with open(wanted['file'], encoding='utf-8') as file:
                return [file.read()]
        factory = request.base + '/ManagedJobFactoryService'
        names = {'empty': [], 'fork': ['Fork'], 'several': ['Fork', 'Multi', 'PBS', 'Condor']}.get(
            shape, ['Fork', 'Multi', 'PBS'])
        entries = []
        for name in names:
            has_data = shape in ('several', 'fork') and name != 'Multi' or name not in ('Fork', 'Multi')
            entries.append(self._entry(request, factory, name, len(entries), self._data(wanted, name, has_data, shape)))
        for number in range(wanted.get('entries', 0)):
            entries.append(self._entry(request, factory, 'PBS%d' % number, len(entries),
                                       self._data(wanted, 'PBS', True, shape)))
        if wanted.get('nested'):
            entries.append(self._entry(request, request.base + '/DefaultIndexService', '', len(entries), ''.join(entries)))
        for address in wanted.get('members', []):
            entries.append(self._entry(request, address, '', len(entries), ''))
        return entries * wanted.get('copies', 1)

    def _data(self, wanted, name, has_data, shape):
        if shape == 'unpolled' or name == 'Multi':
            return ''
        if shape == 'broken':
            return None
        queues = wanted.get('queues', glue.QUEUES) if has_data else []
        return glue.document(wanted.get('host', glue.HOST) if has_data else None, queues, name, self.host)

    @staticmethod
    def _entry(request, address, name, number, data):
        dialect = request.dialect
        key = ('<ns4:ServiceGroupEntryKey xmlns:ns4="%s"><ns5:GroupKey>1819275393</ns5:GroupKey><ns5:EntryKey>%d'
               '</ns5:EntryKey></ns4:ServiceGroupEntryKey>' % (IN_MEMORY, 974506989 + number))
        resource = '<g:ResourceID xmlns:g="%s">%s</g:ResourceID>' % (dialect.job, escape(name)) if name else ''
        content = ('<ns5:AggregatorConfig><ns5:GetResourcePropertyPollType><ns5:PollIntervalMillis>60000'
                   '</ns5:PollIntervalMillis><ns5:ResourcePropertyName>glue:GLUECE</ns5:ResourcePropertyName>'
                   '</ns5:GetResourcePropertyPollType></ns5:AggregatorConfig>')
        content += ('<ns5:AggregatorData/><ns5:AggregatorError>java.net.ConnectException: Connection refused'
                    '</ns5:AggregatorError>' if data is None else '<ns5:AggregatorData>%s</ns5:AggregatorData>' % data)
        kind = ' xsi:type="ns5:AggregatorContent"'
        if not dialect.is_old:
            content, kind = '<ns5:AggregatorContent>%s</ns5:AggregatorContent>' % content, ''
        return ('<wssg:Entry %s><wssg:ServiceGroupEntryEPR>%s</wssg:ServiceGroupEntryEPR><wssg:MemberServiceEPR>%s'
                '</wssg:MemberServiceEPR><wssg:Content%s>%s</wssg:Content></wssg:Entry>') % (
                    DECLARED % (dialect.wsa, AGGREGATOR, GLUE, dialect.group),
                    reference(dialect, request.base + '/DefaultIndexServiceEntry', key),
                    reference(dialect, address, resource), kind, content)
