#!/usr/bin/python3 -B
"""A container of web services for tests: WS-GRAM, delegation and MDS4 as GT 4.0 or GT 4.2 speak them.

It really runs what is submitted, as the account of the grid-mapfile when it is root and as its own otherwise. When it
answers, one line HOST:PORT is printed; it runs until standard input ends or a signal comes (--pidfile: in the
background, until a signal comes). No substitute for the real thing: there is no security but TLS, and no scheduler.
"""
import argparse
import getpass
import os
import pathlib
import signal
import sys
import tempfile
import threading

from delegation import DelegationFactoryService, DelegationHome, DelegationService
from dialects import DIALECTS
from gram import JobHome, ManagedExecutableJobService, ManagedJobFactoryService, SubscriptionManagerService
from index import DefaultIndexService
from notifier import Notifier
from server import Server
from switches import Switches


def read_words():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--gt', choices=DIALECTS, required=True, help='the dialect')
    parser.add_argument('--address', default='127.0.0.1', help='where to listen (127.0.0.1)')
    parser.add_argument('--port', type=int, default=0, help='0 takes any')
    parser.add_argument('--host', default='localhost', help='the name in addresses of services (localhost)')
    parser.add_argument('--cert', required=True, help='host certificate, PEM')
    parser.add_argument('--key', required=True, help='its key, PEM')
    parser.add_argument('--ca-dir', required=True, help='directory of CA certificates under hashed names')
    parser.add_argument('--gridmap', help='grid-mapfile; without it everybody has the own account')
    parser.add_argument('--environment', action='append', default=[], metavar='NAME=VALUE', help='for each job')
    parser.add_argument('--state', help='directory for credentials of jobs, which job accounts can reach')
    parser.add_argument('--control', action='store_true', help='/control sets switches and tells counters')
    parser.add_argument('--record', metavar='DIR', help='keep each request, as NUMBER.OPERATION.xml')
    parser.add_argument('--tls', default='', help='newest version of TLS: 1.0, 1.1, 1.2 or 1.3')
    parser.add_argument('--pidfile', help='go to the background and write the process id there')
    return parser.parse_args()


def make(words, state):
    """The server with all its services."""
    switches = Switches()
    server = Server(words, DIALECTS[words.gt], switches)
    home = DelegationHome(words.cert, words.key, words.ca_dir, state)
    notifier = Notifier(words.cert, words.key, words.ca_dir, server.base, switches)
    jobs = JobHome(home, notifier, switches, dict(x.split('=', 1) for x in words.environment))
    server.services = {
        'ManagedJobFactoryService': ManagedJobFactoryService(jobs),
        'ManagedExecutableJobService': ManagedExecutableJobService(jobs),
        'SubscriptionManagerService': SubscriptionManagerService(jobs),
        'DelegationFactoryService': DelegationFactoryService(home),
        'DelegationService': DelegationService(home),
        'DefaultIndexService': DefaultIndexService(switches, words.host),
    }
    return server, jobs


def go_to_background(pidfile):
    if os.fork():
        os._exit(0)
    os.setsid()
    pathlib.Path(pidfile).write_text('%d\n' % os.getpid(), encoding='ascii')


def end(*_):
    raise SystemExit(0)


def main():
    words = read_words()
    words.account = getpass.getuser()
    os.umask(0o022)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    with tempfile.TemporaryDirectory(prefix='gw-container.') as scratch:
        state = words.state or scratch
        os.makedirs(state, exist_ok=True)
        os.chmod(state, 0o711)
        if words.pidfile:  # before the first thread
            go_to_background(words.pidfile)
        server, jobs = make(words, state)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            if words.pidfile:
                signal.pause()
            print('%s:%d' % (words.host, server.server_address[1]), flush=True)
            while sys.stdin.buffer.read1(4096):
                pass
        finally:
            jobs.stop()


if __name__ == '__main__':
    main()
    # threads of answers that nobody waits for are not waited for either
    os._exit(0)
