"""What makes the container misbehave. Tests set it with POST /control and read it, with the counters, with GET /control.

    {"rules": [{"on": "createManagedJob", "do": "delay", "seconds": 1, "skip": 0, "times": 1}], "job": {"pending": 1},
     "notify": "reverse", "index": {"shape": "empty"}}

A rule is for an operation, a service or "*"; it leaves the first `skip` requests alone and takes the next `times` (all,
if not given). What it does:

    delay     wait `seconds` before the work                  fault     answer with the fault `fault` (see FAULTS)
    drop      close the connection before the work            lose      close it after the work
    cut       close it in the middle of the answer            stall     send half the answer, then wait `seconds`
    late      wait `seconds` after the work
    answer    answer with `body`, or with the file `file` (a body, or a whole answer with its HTTP head), and `status`
    hostile   answer with what `kind` names (see hostile.py)

job: pending, after (seconds in Pending and before the end is told), fails (the name of a fault), because, code,
destroy_step, zero (true: an exit code of 0 is told too). notify: none, double, stale, reverse, endless (all but the
end); notify_delay: seconds. index: see index.py. record: false (with --record: keep no further requests).
"""
import collections
import threading

import faults

FAULTS = {
    'resource': faults.unknown_resource, 'factory': faults.unknown_factory, 'internal': faults.internal,
    'property': lambda: faults.unknown_property('{urn:x}nope'), 'operation': lambda: faults.no_operation('it'),
    'service': lambda: faults.no_service('It'), 'authorisation': lambda: faults.not_authorised('/CN=Somebody', '{x}it'),
    'topic': faults.unsupported_topic, 'data': faults.FaultData, 'query': lambda: faults.bad_query('Expected ], but found: ]'),
}


class Switches:
    def __init__(self):
        self.lock, self.counts = threading.Lock(), collections.Counter()
        self.rules, self.job, self.notify, self.notify_delay, self.index = [], {}, '', 0, {}
        self.index_version = 0
        self.record = True

    def set(self, wanted):
        with self.lock:
            for name, value in wanted.items():
                if name not in ('rules', 'job', 'notify', 'notify_delay', 'index', 'record'):
                    raise ValueError('no switch is called ' + name)
                setattr(self, name, value)
                if name == 'index':
                    self.index_version += 1

    def count(self, name):
        with self.lock:
            self.counts[name] += 1

    def tell(self):
        with self.lock:
            return dict(self.counts)

    def rules_for(self, service, operation):
        """The rules that take this request."""
        taken = []
        with self.lock:
            for rule in self.rules:
                if rule['on'] not in ('*', service, operation):
                    continue
                if rule.get('skip', 0) > 0:
                    rule['skip'] -= 1
                elif rule.get('times', 1) > 0:
                    if 'times' in rule:
                        rule['times'] -= 1
                    taken.append(rule)
        return taken
