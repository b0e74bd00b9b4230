"""One job: it really runs, as the account of the grid-mapfile, and tells each state that it comes to."""
import os
import signal
import stat
import subprocess
import threading
from xml.sax.saxutils import escape

from soap import element, now, text, time_text

# The shell opens the files, because it is the account of the job that must be allowed to.
ONE = 'cd -- "$0" || exit 126; exec <"$1" >"$2" 2>"$3"; shift 3; exec "$@"'
SEVERAL = ONE.replace('>"', '>>"')
FINAL = ('Done', 'Failed', 'UserTerminateDone', 'UserTerminateFailed')


class JobFault(Exception):
    """Why a job cannot run."""

    def __init__(self, kind, words, code, attribute='', path=''):
        super().__init__(words)
        self.kind, self.words, self.code, self.attribute, self.path = kind, words, code, attribute, path


class Job:
    """A job and its resource properties; `changed` is called with each new state."""

    def __init__(self, key, owner, account, factory, description, agreement, settings, changed):
        self.key, self.owner, self.account, self.factory = key, owner, account, factory
        self.description, self.agreement, self.settings, self.changed = description, agreement, settings, changed
        self.state, self.fault, self.exit_code, self.holding = 'Unsubmitted', None, 0, False
        self.termination_time, self.subscriptions, self.environment = None, {}, {}
        self.final, self.wanted, self.released = threading.Event(), threading.Event(), threading.Event()
        self.end_state, self.processes = 'Failed', []
        self.lock = threading.Lock()

    def start(self):
        threading.Thread(target=self._live, daemon=True).start()

    def stop(self, state):
        """Ends the job; `state` is where it ends if it has not ended by itself."""
        with self.lock:
            self.end_state = state
            self.wanted.set()
            self.released.set()
        self._signal(signal.SIGTERM)
        if self.processes:
            later = threading.Timer(2, self._signal, [signal.SIGKILL])
            later.daemon = True
            later.start()

    def _live(self):
        try:
            if self.description.stages_in:
                self._come_to('StageIn')
            self._come_to('Pending')
            self.wanted.wait(self.settings.get('pending', 0))
            fault = self.settings.get('fails')
            if fault:
                raise JobFault(fault, self.settings.get('because', 'it was told to fail'), self.settings.get('code', 17))
            self._launch()
            self._come_to('Active')
            codes = [process.wait() for process in self.processes]
            self.wanted.wait(self.settings.get('after', 0))
            if not self.wanted.is_set():
                self.exit_code = next((self._code(x) for x in codes if x), 0)
                if self.description.stages_out:
                    self._come_to('StageOut')
                self._come_to('CleanUp')
            self._end('Done' if not self.wanted.is_set() else self.end_state)
        except JobFault as problem:
            self.fault = problem
            self._end('Failed' if not self.wanted.is_set() else self.end_state)

    @staticmethod
    def _code(status): return status if status >= 0 else 128 - status

    def _come_to(self, state):
        if self.wanted.is_set():
            return
        self.state = state
        if self.description.hold == state:
            self.holding = True
            self.changed(self)
            self.released.wait()
            self.holding = False
        if not self.wanted.is_set():
            self.changed(self)

    def _end(self, state):
        self.state = state
        self.final.set()
        self.changed(self)

    def _launch(self):
        words = self._words()
        options = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL,
                   'start_new_session': True, 'cwd': '/', 'env': self._environment()}
        if os.getuid() == 0:
            options.update(user=self.account.pw_uid, group=self.account.pw_gid, extra_groups=[])
        for place in range(self.description.processes):
            with self.lock:
                if self.wanted.is_set():
                    return
                self.processes.append(subprocess.Popen(words, **options))

    def _environment(self):
        home = self.account.pw_dir
        given = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': home, 'LOGNAME': self.account.pw_name,
                 'GLOBUS_GRAM_JOB_HANDLE': self.key, **self.environment}
        for name, value in self.description.environment:
            given[name] = self._expand(value)
        return given

    def _expand(self, value):
        for name, meaning in (('HOME', self.account.pw_dir), ('NAME', self.account.pw_name)):
            value = value.replace('${GLOBUS_USER_%s}' % name, meaning)
        return value

    def _words(self):
        """The command; what can be known to be wrong is told as the faults of the real thing."""
        description = self.description
        directory = os.path.join(self.account.pw_dir, self._expand(description['directory'] or ''))
        if not os.path.isdir(directory):
            raise JobFault('invalidPathFault', 'Invalid directory path "%s".' % directory, 2, 'directory', directory)
        executable = os.path.join(directory, self._expand(description['executable'] or ''))
        if not os.path.isfile(executable):
            raise JobFault('invalidPathFault', 'Invalid executable path "%s".' % description['executable'], 5,
                           'executable', executable)
        if not os.stat(executable).st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH):
            raise JobFault('filePermissionsFault', 'The executable "%s" is not executable.' % executable, 6,
                           'executable', executable)
        files = {}
        for name in ('stdin', 'stdout', 'stderr'):
            files[name] = os.path.join(directory, self._expand(description[name] or '/dev/null').removeprefix('file://'))
            there = files[name] if name == 'stdin' else os.path.dirname(files[name])
            if not os.path.exists(there):
                raise JobFault('invalidPathFault', 'Invalid %s path "%s".' % (name, files[name]), 10, name, files[name])
            if name != 'stdin' and description.processes > 1 and os.path.isfile(files[name]):
                os.truncate(files[name], 0)
        return ['/bin/sh', '-c', ONE if description.processes == 1 else SEVERAL, directory, files['stdin'], files['stdout'], files['stderr'], executable,
                *(self._expand(x) for x in description.arguments)]

    def _signal(self, number):
        for process in self.processes:
            if process.returncode is None:
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    pass

    def news(self, dialect):
        """The inside of a state change notification."""
        parts = [text(dialect.types, 'state', self.state)]
        if self.fault:
            parts.append(self.fault_text(dialect))
        parts.append(text(dialect.types, 'exitCode', self.exit_code))
        parts.append(text(dialect.types, 'holding', str(self.holding).lower()))
        return ''.join(parts)

    def fault_text(self, dialect):
        fault, bf = self.fault, dialect.base_faults
        inner = text(bf, 'Timestamp', time_text(now()), 6) + text(bf, 'Description', fault.words, 7)
        inner += ('<ns5:stateWhenFailureOccurred>Unsubmitted</ns5:stateWhenFailureOccurred><ns5:command>submit</ns5:command>'
                  '<ns5:gt2ErrorCode>%d</ns5:gt2ErrorCode>' % fault.code)
        for name, value in (('attribute', fault.attribute), ('path', fault.path)):
            if value:
                inner += '<ns5:%s>%s</ns5:%s>' % (name, escape(value), name)
        kind = '' if dialect.is_old else ' xsi:type="ns5:FaultResourcePropertyType"'
        return element(dialect.faults, 'fault', '<ns5:%s>%s</ns5:%s>' % (fault.kind, inner, fault.kind), 5, kind)

    def properties(self, dialect):
        types = '{%s}' % dialect.types
        nothing = element(dialect.faults, 'fault', '', 3, ' xsi:nil="true"')
        values = {
            types + 'state': [text(dialect.types, 'state', self.state)],
            types + 'holding': [text(dialect.types, 'holding', str(self.holding).lower(), 2)],
            '{%s}fault' % dialect.faults: [self.fault_text(dialect) if self.fault else nothing],
            # a real server has the property only when there is something to tell
            types + 'exitCode': [text(dialect.types, 'exitCode', self.exit_code, 4)]
            if self.exit_code or self.settings.get('zero') else [],
            types + 'localUserId': [text(dialect.types, 'localUserId', self.account.pw_name)],
            types + 'userSubject': [text(dialect.types, 'userSubject', self.owner)],
            '{%s}serviceLevelAgreement' % dialect.description: [self.agreement],
            '{%s}CurrentTime' % dialect.lifetime: [text(dialect.lifetime, 'CurrentTime', time_text(now()))],
            '{%s}TerminationTime' % dialect.lifetime: [],
        }
        if self.termination_time:
            values['{%s}TerminationTime' % dialect.lifetime].append(
                text(dialect.lifetime, 'TerminationTime', time_text(self.termination_time)))
        return values
