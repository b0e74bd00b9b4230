#!/usr/bin/python3 -B
"""Writes the LDIF of a directory of many hosts: MDS 2.x, GLUE 1.3 or GLUE 2.0; the same words give the same text.

Usage: generate.py mds2|glue1|glue2 HOSTS QUEUES [--seed N] [--plain] [--model FILE] >FILE.ldif
--plain leaves out the oddities of real sites; --model writes what was meant, one JSON object a host.
"""
import argparse
import json
import sys

import glue1
import glue2
import mds2
import model

SCHEMAS = {'mds2': mds2, 'glue1': glue1, 'glue2': glue2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('schema', choices=SCHEMAS)
    parser.add_argument('hosts', type=int)
    parser.add_argument('queues', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--plain', action='store_true')
    parser.add_argument('--model', type=argparse.FileType('w'))
    words = parser.parse_args()
    schema = SCHEMAS[words.schema]
    sys.stdout.reconfigure(encoding='ascii')
    sys.stdout.writelines(schema.root(words.hosts))
    for host in model.hosts(words.hosts, words.queues, words.seed, words.plain):
        if words.model:
            words.model.write(json.dumps(host.public()) + '\n')
        sys.stdout.writelines(schema.host(host))


if __name__ == '__main__':
    main()
