"""Resource properties: the operations that every service with properties shares."""
from lxml import etree

from dialects import XPATH, XSI
from faults import bad_query, unknown_property, unknown_query_dialect
from soap import find


class PropertyService:
    """A service whose `properties(request)` gives a dictionary from {namespace}name to the XML texts of its values."""
    document, space = 'resourceProperties', ''

    def operations(self, dialect):
        rp = '{%s}' % dialect.properties
        return {
            rp + 'GetResourceProperty': self.get_one,
            rp + 'GetMultipleResourceProperties': self.get_several,
            rp + 'QueryResourceProperties': self.query,
        }

    def get_one(self, request):
        return self._answer('GetResourcePropertyResponse', request, self._values(request, [request.body]))

    def get_several(self, request):
        names = [x for x in request.body if isinstance(x.tag, str)]
        return self._answer('GetMultipleResourcePropertiesResponse', request, self._values(request, names))

    def query(self, request):
        query = find(request.body, 'QueryExpression')
        dialect = None if query is None else query.get('Dialect')
        if dialect != XPATH:
            raise unknown_query_dialect(dialect or '')
        return self._answer('QueryResourcePropertiesResponse', request, self.search(request, query.text or ''))

    def search(self, request, xpath):
        values = ''.join(x for several in self.properties(request).values() for x in several)
        document = '<x:%s xmlns:x="%s" xmlns:xsi="%s" xmlns:wsa="%s">%s</x:%s>' % (
            self.document, request.dialect.job + self.space, XSI, request.dialect.wsa, values, self.document)
        return search(etree.fromstring(document), xpath)

    def _values(self, request, names):
        known = self.properties(request)
        found = []
        for name in names:
            prefix, _, local = (name.text or '').strip().rpartition(':')
            full = '{%s}%s' % (name.nsmap.get(prefix or None, ''), local)
            if full not in known:
                raise unknown_property(full)
            found += known[full]
        return ''.join(found)

    @staticmethod
    def _answer(name, request, inner):
        return '<%s xmlns="%s">%s</%s>' % (name, request.dialect.properties, inner, name)


def search(document, xpath):
    """The XML text of what an XPath finds."""
    try:
        found = [document] if xpath.strip() == '/' else document.xpath(xpath)
    except etree.XPathError as problem:
        raise bad_query(str(problem)) from None
    if isinstance(found, list):
        return ''.join(x if isinstance(x, str) else etree.tostring(x, with_tail=False).decode() for x in found)
    return ('%d' % found if found == int(found) else str(found)) if isinstance(found, float) else str(found)
