"""Who may do what: distinguished names as Globus writes them, and the grid-mapfile."""
import shlex
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

PROXY = [ObjectIdentifier('1.3.6.1.5.5.7.1.14'), ObjectIdentifier('1.3.6.1.4.1.3536.1.222')]
SHORT = {
    NameOID.COMMON_NAME: 'CN', NameOID.ORGANIZATION_NAME: 'O', NameOID.ORGANIZATIONAL_UNIT_NAME: 'OU',
    NameOID.COUNTRY_NAME: 'C', NameOID.LOCALITY_NAME: 'L', NameOID.STATE_OR_PROVINCE_NAME: 'ST',
    NameOID.DOMAIN_COMPONENT: 'DC', NameOID.EMAIL_ADDRESS: 'Email',
}


def name_text(name):
    return ''.join('/%s=%s' % (SHORT.get(x.oid, x.oid.dotted_string), x.value) for x in name)


def is_proxy(certificate):
    return any(x.oid in PROXY for x in certificate.extensions)


def identity(certificate):
    """The name of the person: a proxy's without the parts that proxies added, which are numbers."""
    parts = list(certificate.subject)
    while is_proxy(certificate) and len(parts) > 1 and parts[-1].oid == NameOID.COMMON_NAME and parts[-1].value.isdigit():
        parts.pop()
    return name_text(parts)


def peer_name(connection):
    """The identity behind a TLS connection, or None."""
    der = connection.getpeercert(binary_form=True)
    return identity(x509.load_der_x509_certificate(der)) if der else None


def account(path, name):
    """The local account of a name: the grid-mapfile is read each time."""
    if path is None:
        return ''
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            words = shlex.split(line, comments=True)
            if len(words) > 1 and words[0] == name:
                return words[1].split(',')[0]
    return None


def authorities(folder):
    """The CA certificates of a directory with hashed names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import glob
    for path in sorted(glob.glob(folder + '/*.[0-9]')):
        context.load_verify_locations(path)
    return [x509.load_der_x509_certificate(x) for x in context.get_ca_certs(binary_form=True)]
