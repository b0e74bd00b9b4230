#!/usr/bin/python3 -B
"""A server that is no web service of today: strange.py http | sslv3 | refuses | closes

    http     plain HTTP
    sslv3    greets as a server that speaks SSLv3 and nothing newer (no OpenSSL of today can be that server)
    refuses  answers a greeting with the alert "handshake failure", as other such servers do
    closes   closes the connection instead of an answer

Prints its port and runs until standard input ends.
"""
import socketserver
import sys
import threading

# handshake 2 (server hello), version 3.0, random, no session, RC4-SHA, no compression
HELLO = b'\x03\x00' + bytes(32) + b'\x00' + b'\x00\x05' + b'\x00'
ANSWERS = {
    'http': b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    'sslv3': b'\x16\x03\x00\x00' + bytes([len(HELLO) + 4]) + b'\x02\x00\x00' + bytes([len(HELLO)]) + HELLO,
    'refuses': b'\x15\x03\x00\x00\x02\x02\x28',
    'closes': b'',
}


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        self.request.sendall(ANSWERS[sys.argv[1]])
        if sys.argv[1] == 'sslv3':
            self.request.recv(4096)


socketserver.ThreadingTCPServer.daemon_threads = True
server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
