"""Answers of a server that means harm."""

START = '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
END = '</S:Body></S:Envelope>'


def entities(_):
    """A billion laughs."""
    levels = ''.join('<!ENTITY a%d "%s">' % (x, '&a%d;' % (x - 1) * 10) for x in range(1, 10))
    return '<!DOCTYPE S:Envelope [<!ENTITY a0 "ha">%s]>%s<x>&a9;</x>%s' % (levels, START, END)


def quadratic(_):
    """One long entity, many times."""
    return '<!DOCTYPE S:Envelope [<!ENTITY a "%s">]>%s<x>%s</x>%s' % ('a' * 100000, START, '&a;' * 10000, END)


def external(_):
    """An entity that is a file of the reader's machine."""
    return '<!DOCTYPE S:Envelope [<!ENTITY a SYSTEM "file:///etc/passwd">]>%s<x>&a;</x>%s' % (START, END)


def subset(_):
    """A DTD that is to be fetched from elsewhere."""
    return '<!DOCTYPE S:Envelope SYSTEM "http://127.0.0.1:9/evil.dtd">%s<x/>%s' % (START, END)


def deep(rule):
    depth = rule.get('depth', 100000)
    return START + '<a>' * depth + '</a>' * depth + END


def large(rule):
    return START + '<x>' + 'a' * rule.get('bytes', 64 << 20) + '</x>' + END


def wide(rule):
    return START + '<x/>' * rule.get('elements', 3000000) + END


def attributes(rule):
    return START + '<x %s/>' % ' '.join('a%d="1"' % x for x in range(rule.get('attributes', 100000))) + END


def garbage(_):
    return '\x00\x01\x02 this is not XML'


def truncated(_):
    return START + '<x>'


KINDS = {x.__name__: x for x in (
    entities, quadratic, external, subset, deep, large, wide, attributes, garbage, truncated)}
