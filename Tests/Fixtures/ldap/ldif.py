"""LDIF as RFC 2849 has it, one line a value: slapadd unfolds nothing then, which is faster."""
import base64
import re

SAFE = re.compile(r'[\x01-\x09\x0b\x0c\x0e-\x1f!-9;=-\x7f][\x01-\x09\x0b\x0c\x0e-\x7f]*\Z')


def escaped(value):
    """A value inside a distinguished name (RFC 4514)."""
    value = re.sub(r'([,+"\\<>;=])', r'\\\1', value)
    if value.startswith(('#', ' ')):
        value = '\\' + value
    if value.endswith(' '):
        value = value[:-1] + '\\ '
    return value


def line(name, value):
    text = str(value)
    if SAFE.match(text) and not text.endswith(' '):
        return f'{name}: {text}\n'
    return f'{name}:: {base64.b64encode(text.encode()).decode()}\n'


def entry(dn, classes, attributes):
    """An entry's text; attributes without a value (None) are left out."""
    lines = [line('dn', dn)]
    lines += [f'objectClass: {name}\n' for name in classes]
    lines += [line(name, value) for name, value in attributes if value is not None]
    return ''.join(lines) + '\n'
