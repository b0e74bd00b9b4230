"""HTTP 1.1 over TLS with proxy certificates, one thread a connection, and the way of a request to its service."""
import http.server
import json
import pathlib
import socketserver
import ssl
import sys
import time

import gridmap
import hostile
from faults import Fault, internal, no_operation, no_service, not_authorised
from soap import Request, answer, fault_answer
from switches import FAULTS

ROOT = '/wsrf/services/'
TLS = {'1.0': ssl.TLSVersion.TLSv1, '1.1': ssl.TLSVersion.TLSv1_1, '1.2': ssl.TLSVersion.TLSv1_2,
       '1.3': ssl.TLSVersion.TLSv1_3}
LONGEST = 16 << 20


class Dropped(Exception):
    """The connection is to be closed without a word."""


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, words, dialect, switches):
        self.words, self.dialect, self.switches, self.services = words, dialect, switches, {}
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if words.tls:
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = TLS[words.tls]
            # old protocols and old certificates alike
            self.context.set_ciphers('ALL:@SECLEVEL=0')
        self.context.verify_mode = ssl.CERT_OPTIONAL
        self.context.verify_flags |= 0x40  # X509_V_FLAG_ALLOW_PROXY_CERTS
        self.context.load_verify_locations(capath=words.ca_dir)
        self.context.load_cert_chain(words.cert, words.key)
        super().__init__((words.address, words.port), Handler)
        self.base = 'https://%s:%d%s' % (words.host, self.server_address[1], ROOT.rstrip('/'))
        self.records = 0

    def server_bind(self):
        # without the look-up of the own name that HTTPServer does
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (OSError, Dropped)):
            super().handle_error(request, client_address)

    def record(self, name, body):
        with self.switches.lock:
            self.records += 1
            number = self.records
        (pathlib.Path(self.words.record) / ('%06d.%s.xml' % (number, name))).write_bytes(body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1
    peer = account = None

    def setup(self):
        # the handshake is here, in the thread of this connection
        self.request.settimeout(60)
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.switches.count('handshake')
        super().setup()
        self.peer = gridmap.peer_name(self.request)
        if self.peer:
            self.server.switches.count('proxy')

    def finish(self):
        try:
            super().finish()
            self.request.close()
        except OSError:
            pass

    def log_message(self, *_): pass

    def handle_expect_100(self):
        self.server.switches.count('expect')
        return True  # which real containers do not answer

    def do_GET(self):
        if self.server.words.control and self.path == '/control':
            return self._send(200, json.dumps(self.server.switches.tell()), 'application/json')
        return self._send(404, '<html>Not Found</html>', 'text/html')

    def do_POST(self):
        body = self._read()
        if self.server.words.control and self.path == '/control':
            self.server.switches.set(json.loads(body))
            return self._send(200, '{}', 'application/json')
        try:
            return self._serve(body)
        except Dropped:
            self.close_connection = True
            self.wfile = open('/dev/null', 'wb')
            self.request.close()

    def _read(self):
        if 'chunked' not in (self.headers.get('Transfer-Encoding') or '').lower():
            length = int(self.headers.get('Content-Length') or 0)
            if length > LONGEST:
                raise Dropped
            return self.rfile.read(length)
        parts = []
        while size := int(self.rfile.readline().split(b';')[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b''.join(parts)

    def _serve(self, body):
        dialect, switches = self.server.dialect, self.server.switches
        name, request = self.path.removeprefix(ROOT), None
        rules = []
        try:
            service = self.server.services.get(name)
            if service is None or not self.path.startswith(ROOT):
                raise no_service(name)
            request = Request(dialect, name, self.server.base, self.peer, body)
            request.check()
            operation = request.operation
            switches.count(operation.localname)
            if self.server.words.record and switches.record:
                self.server.record(operation.localname, body)
            rules = switches.rules_for(name, operation.localname)
            for rule in rules:
                self._before(rule)
            if any(x['do'] in ('answer', 'hostile') for x in rules):
                return self._misbehave(rules)
            status, text = 200, answer(dialect, request, self._work(service, request))
        except Fault as fault:
            status, text = 500, fault_answer(dialect, request, fault, self.server.words.host)
        except Dropped:
            raise
        except Exception as problem:  # a container survives its services
            print('container: %s: %r' % (name, problem), file=sys.stderr, flush=True)
            status, text = 500, fault_answer(dialect, request, internal(), self.server.words.host)
        for rule in rules:
            self._after(rule, text)
        self._send(status, text, 'text/xml; charset=utf-8')

    def _work(self, service, request):
        work = service.operations(request.dialect).get(request.operation.text)
        if service.needs_account:
            request.account = self.server.words.account if self.server.words.gridmap is None else gridmap.account(
                self.server.words.gridmap, self.peer) if self.peer else None
            if request.account is None:
                raise not_authorised(self.peer or '<anonymous>', request.operation.text)
        if work is None:
            raise no_operation(request.operation.localname)
        return work(request)

    @staticmethod
    def _before(rule):
        if rule['do'] == 'delay':
            time.sleep(rule.get('seconds', 1))
        elif rule['do'] == 'drop':
            raise Dropped
        elif rule['do'] == 'fault':
            raise FAULTS[rule['fault']]()

    def _after(self, rule, text):
        if rule['do'] == 'lose':
            raise Dropped
        if rule['do'] == 'late':
            time.sleep(rule.get('seconds', 1))
        if rule['do'] in ('cut', 'stall'):
            data = text.encode()
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s' % (
                len(data), data[:len(data) // 2]))
            self.wfile.flush()
            if rule['do'] == 'stall':
                time.sleep(rule.get('seconds', 600))
            raise Dropped

    def _misbehave(self, rules):
        rule = next(x for x in rules if x['do'] in ('answer', 'hostile'))
        if rule['do'] == 'hostile':
            return self._send(200, hostile.KINDS[rule['kind']](rule), 'text/xml; charset=utf-8')
        data = pathlib.Path(rule['file']).read_bytes() if 'file' in rule else rule.get('body', '').encode()
        if not data.startswith(b'HTTP/'):
            return self._send(rule.get('status', 200), data.decode(), rule.get('type', 'text/xml; charset=utf-8'))
        # a captured answer; its head may have lost its carriage returns
        head, _, rest = data.replace(b'\r\n', b'\n').partition(b'\n\n')
        lines = [x for x in head.split(b'\n') if not x.lower().startswith(b'content-length:')]
        self.wfile.write(b'\r\n'.join(lines) + b'\r\nContent-Length: %d\r\n\r\n' % len(rest) + rest)
        self.close_connection = True

    def _send(self, status, text, kind):
        """GT 4.0 closes the connection behind each answer, GT 4.2 keeps it and sends in chunks."""
        data, dialect = text.encode(), self.server.dialect
        self.send_response_only(status, 'OK' if status == 200 else dialect.failure if status == 500 else None)
        self.send_header('Content-Type', kind)
        chunked = not dialect.is_old and self.request_version == 'HTTP/1.1'
        if chunked:
            self.send_header('Transfer-Encoding', 'chunked')
        else:
            self.send_header('Content-Length', str(len(data)))
            self.send_header('Connection', 'close')
            self.close_connection = True
        self.end_headers()
        self.wfile.write(b'%x\r\n%s\r\n0\r\n\r\n' % (len(data), data) if chunked and data else
                         b'0\r\n\r\n' if chunked else data)
        self.wfile.flush()
