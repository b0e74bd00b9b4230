"""Delegation: clients sign a proxy over this container's key, and jobs get it as a file."""
import base64
import binascii
import datetime
import os
import uuid

from cryptography import exceptions, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

import gridmap
from dialects import BASE64, PKI_PATH, WSSE, WST
from faults import Fault, not_authorised, unknown_to_destroy
from properties import PropertyService
from soap import element, find, reference, text


def der_length(data, at):
    """The length that stands at a place of DER, and where what it measures begins."""
    first = data[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7f
    return int.from_bytes(data[at + 1:at + 1 + size], 'big'), at + 1 + size


def read_path(data):
    """The certificates of a PkiPath, which is a SEQUENCE OF Certificate."""
    length, at = der_length(data, 1)
    if data[0] != 0x30 or at + length != len(data):
        raise ValueError('not a SEQUENCE')
    found = []
    while at < len(data):
        length, inside = der_length(data, at + 1)
        found.append(x509.load_der_x509_certificate(data[at:inside + length]))
        at = inside + length
    return found


def write_path(certificates):
    body = b''.join(x.public_bytes(serialization.Encoding.DER) for x in certificates)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, 'big')
    return b'\x30' + bytes([0x80 | len(size)]) + size + body


def is_signed_by(certificate, issuer):
    key = issuer.public_key()
    words = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(*words, ec.ECDSA(certificate.signature_hash_algorithm))
        else:
            key.verify(*words, padding.PKCS1v15(), certificate.signature_hash_algorithm)
        return True
    except exceptions.InvalidSignature:
        return False


def refuse(words):
    raise Fault('soapenv:Server.userException', 'org.globus.delegation.DelegationException: ' + words)


class Credential:
    """What somebody delegated; `files` are the copies that jobs read."""

    def __init__(self, owner, chain):
        self.key, self.owner, self.chain, self.files = str(uuid.uuid1()), owner, chain, {}


class DelegationHome:
    """All credentials, and the key that they are for."""

    def __init__(self, certificate, key, ca_folder, folder):
        with open(certificate, 'rb') as file:
            self.certificate = x509.load_pem_x509_certificate(file.read())
        with open(key, 'rb') as file:
            self.secret = serialization.load_pem_private_key(file.read(), None)
        self.authorities = gridmap.authorities(ca_folder)
        self.folder = folder
        self.credentials = {}

    def check(self, token, peer):
        """The chain of a BinarySecurityToken, or a fault that says what is wrong with it."""
        if token is None or token.get('ValueType') != PKI_PATH:
            refuse('the token is not an X509PKIPathv1')
        try:
            chain = read_path(base64.b64decode(''.join((token.text or '').split()), validate=True))
        except (ValueError, IndexError, binascii.Error) as problem:
            refuse('the token is not the base64 of a PkiPath: %s' % problem)
        if len(chain) < 2:
            refuse('the path holds %d certificates' % len(chain))
        for issuer, certificate in zip(chain, chain[1:]):
            if certificate.issuer != issuer.subject:
                refuse('order: each certificate must be issued by the one before it')
            if list(certificate.subject)[:-1] != list(issuer.subject):
                refuse('the name of a proxy is not its issuer\'s and one more CN')
            if not is_signed_by(certificate, issuer):
                refuse('a signature in the path is wrong')
        if not any(x.subject == chain[0].issuer and is_signed_by(chain[0], x) for x in self.authorities):
            refuse('no trusted CA issued the first certificate, %s' % gridmap.name_text(chain[0].subject))
        form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        if chain[-1].public_key().public_bytes(*form) != self.certificate.public_key().public_bytes(*form):
            refuse('the new proxy is not over the public key of this container')
        moment = datetime.datetime.utcnow()
        if any(not x.not_valid_before <= moment <= x.not_valid_after for x in chain):
            refuse('a certificate of the path is not valid now')
        if gridmap.name_text(chain[0].subject) != peer:
            refuse('the token is of %s, not of %s' % (gridmap.name_text(chain[0].subject), peer))
        return chain

    def write(self, credential, name, account):
        """A copy of a credential for a job, which only its account can read."""
        path = os.path.join(self.folder, name + '.pem')
        words = credential.chain[-1].public_bytes(serialization.Encoding.PEM)
        words += self.secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        for certificate in reversed(credential.chain[:-1]):
            words += certificate.public_bytes(serialization.Encoding.PEM)
        new = path + '.new'
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
            if account is not None:
                os.fchown(file.fileno(), account.pw_uid, account.pw_gid)
            file.write(words)
        os.rename(new, path)
        credential.files[name] = account
        return path

    def destroy(self, key):
        credential = self.credentials.pop(key, None)
        for name in credential.files if credential else ():
            try:
                os.unlink(os.path.join(self.folder, name + '.pem'))
            except FileNotFoundError:
                pass
        return credential is not None


class DelegationFactoryService(PropertyService):
    needs_account = True

    def __init__(self, home): self.home = home

    def operations(self, dialect):
        return {**super().operations(dialect), '{%s}RequestSecurityToken' % WST: self.request}

    def properties(self, request):
        words = base64.encodebytes(write_path([self.home.certificate])).decode()
        token = ('<wsse:BinarySecurityToken EncodingType="%s" ValueType="%s" xmlns:wsse="%s">%s</wsse:BinarySecurityToken>'
                 % (BASE64, PKI_PATH, WSSE, words))
        space = request.dialect.delegation
        return {'{%s}CertificateChain' % space: [element(space, 'CertificateChain', token)]}

    def request(self, request):
        credential = Credential(request.peer, self.home.check(find(request.body, 'BinarySecurityToken'), request.peer))
        self.home.credentials[credential.key] = credential
        dialect = request.dialect
        inner = reference(dialect, request.base + '/DelegationService',
                          text(dialect.delegation_key, 'DelegationKey', credential.key))
        if dialect.is_old:  # seen: without the empty element here
            inner = inner.replace('<wsa:ReferenceParameters/>', '')
        return ('<RequestSecurityTokenResponse xmlns="%s"><wsa:EndpointReference>%s</wsa:EndpointReference>'
                '</RequestSecurityTokenResponse>' % (WST, inner))


class DelegationService:
    needs_account = True

    def __init__(self, home): self.home = home

    def operations(self, dialect):
        return {
            '{%s}Destroy' % dialect.lifetime: self.destroy,
            '{%s}refreshRequest' % dialect.delegation: self.refresh,
        }

    def _credential(self, request):
        credential = self.home.credentials.get(request.key(request.dialect.delegation_key, 'DelegationKey'))
        if credential is None:
            raise unknown_to_destroy()
        if credential.owner != request.peer:
            raise not_authorised(request.peer, request.operation.text)
        return credential

    def destroy(self, request):
        self.home.destroy(self._credential(request).key)
        return '<DestroyResponse xmlns="%s"/>' % request.dialect.lifetime

    def refresh(self, request):
        credential = self._credential(request)
        credential.chain = self.home.check(find(request.body, 'BinarySecurityToken'), request.peer)
        for name, account in list(credential.files.items()):
            self.home.write(credential, name, account)
        return '<refreshResponse xmlns="%s"/>' % request.dialect.delegation
