"""The services of WS-GRAM: factories, jobs, and subscriptions to their states."""
import heapq
import itertools
import pwd
import threading
import time
import uuid

from lxml import etree

from description import Description
from dialects import CORE
from faults import (
    Fault, FaultData, not_authorised, past_termination_time, unknown_factory, unknown_resource, unknown_to_destroy)
from job import FINAL, Job
from notifier import Subscription
from properties import PropertyService
from soap import content, element, find, now, read_time, reference, text, time_text

FACTORIES = ('Fork', 'PBS', 'LSF', 'Condor', 'Multi')


class JobHome:
    """All jobs of the container."""

    def __init__(self, delegation, notifier, switches, environment):
        self.delegation, self.notifier, self.switches, self.environment = delegation, notifier, switches, environment
        self.jobs, self.lock = {}, threading.Lock()
        self.ends, self.numbers, self.clock = [], itertools.count(), threading.Condition()
        threading.Thread(target=self._watch, daemon=True).start()

    def create(self, key, make):
        """The job of that key, made when there is none yet, and whether it was."""
        with self.lock:
            if key in self.jobs:
                return self.jobs[key], False
            self.jobs[key] = job = make()
            return job, True

    def find(self, request, unknown=unknown_resource):
        job = self.jobs.get(request.key(request.dialect.job, 'ResourceID'))
        if job is None:
            raise unknown()
        if job.owner != request.peer:
            raise not_authorised(request.peer, request.operation.text)
        return job

    def destroy(self, job):
        with self.lock:
            self.jobs.pop(job.key, None)

    def set_end(self, job, when):
        job.termination_time = when
        with self.clock:
            if when is not None:
                heapq.heappush(self.ends, (when, next(self.numbers), job))
            self.clock.notify()

    def _watch(self):
        while True:
            with self.clock:
                left = (self.ends[0][0] - now()).total_seconds() if self.ends else None
                if left is None or left > 0:
                    self.clock.wait(left)
                    continue
                when, _, job = heapq.heappop(self.ends)
            if job.termination_time == when:
                job.stop('Failed')
                self.destroy(job)

    def stop(self):
        for job in list(self.jobs.values()):
            job.stop('Failed')


class ManagedJobFactoryService(PropertyService):
    needs_account = True

    def __init__(self, home): self.home = home

    def operations(self, dialect):
        return {**super().operations(dialect), '{%s}createManagedJob' % dialect.job: self.create}

    def properties(self, request):
        dialect, name = request.dialect, self._name(request, unknown_resource)
        delegation = reference(dialect, request.base + '/DelegationFactoryService')
        space = '{%s}' % dialect.job
        return {
            space + 'delegationFactoryEndpoint': [element(dialect.job, 'delegationFactoryEndpoint', delegation)],
            space + 'stagingDelegationFactoryEndpoint': [
                element(dialect.job, 'stagingDelegationFactoryEndpoint', delegation, 2)],
            space + 'localResourceManager': [text(dialect.job, 'localResourceManager', name)],
        }

    @staticmethod
    def _name(request, fault):
        name = request.key(request.dialect.job, 'ResourceID') or 'Fork'
        if name not in FACTORIES:
            raise fault()
        return name

    def create(self, request):
        dialect, body = request.dialect, request.body
        factory = self._name(request, unknown_factory)
        node = find(body, 'job')
        if node is None:
            raise Fault('soapenv:Server.userException', 'java.lang.NullPointerException', runtime=True)
        description = Description(node)
        wanted = content(body, 'InitialTerminationTime') or None
        end = read_time(wanted) if wanted else None
        if end is not None and end <= now():
            raise past_termination_time()
        key = (content(body, 'JobID') or '').removeprefix('uuid:') or str(uuid.uuid4())
        if description.credential is not None:
            self._credential(request, description.credential)
        settings = self.home.switches.job
        job, is_new = self.home.create(key, lambda: Job(
            key, request.peer, pwd.getpwnam(request.account), factory, description, agreement(dialect, node), settings,
            self.home.notifier.publish))
        if job.owner != request.peer:
            raise not_authorised(request.peer, request.operation.text)
        answer = '<createManagedJobResponse xmlns="%s">' % dialect.job
        if end is not None:
            answer += '<NewTerminationTime>%s</NewTerminationTime>' % time_text(end)
        elif dialect.is_old:
            answer += '<NewTerminationTime xsi:nil="true"/>'
        answer += '<CurrentTime>%s</CurrentTime><managedJobEndpoint>%s</managedJobEndpoint>' % (
            time_text(now()), reference(dialect, request.base + '/ManagedExecutableJobService',
                                        '<ResourceID>%s</ResourceID>' % key))
        subscribe = find(body, 'Subscribe')
        if subscribe is not None:
            subscription = Subscription(dialect, subscribe)
            job.subscriptions[subscription.key] = subscription
            answer += '<subscriptionEndpoint>%s</subscriptionEndpoint>' % subscription.reference(request)
        if is_new:
            self.home.set_end(job, end)
            job.environment.update(self.home.environment)
            if description.credential is not None:
                credential = self._credential(request, description.credential)
                job.environment['X509_USER_PROXY'] = self.home.delegation.write(credential, key, job.account)
            job.start()
        return answer + '</createManagedJobResponse>'

    def _credential(self, request, key):
        credential = self.home.delegation.credentials.get(key)
        if credential is None or credential.owner != request.peer:
            raise Fault('soapenv:Server.userException', 'org.globus.exec.service.exec.utils.FaultUtils: '
                        'the delegated credential "%s" does not exist' % key)
        return credential


def agreement(dialect, node):
    """The description as the property that tells it back, each name in its namespace."""
    inner = ''
    for child in node:
        if isinstance(child.tag, str):
            copy = etree.fromstring(etree.tostring(child, with_tail=False))
            copy.tag = '{%s}%s' % (dialect.description, etree.QName(child).localname)
            inner += etree.tostring(copy).decode()
    return element(dialect.description, 'serviceLevelAgreement', '<ns1:job>%s</ns1:job>' % inner)


class ManagedExecutableJobService(PropertyService):
    needs_account = True
    document, space = 'managedExecutableJobResourceProperties', '/exec'

    def __init__(self, home): self.home = home

    def operations(self, dialect):
        more = {
            '{%s}SetTerminationTime' % dialect.lifetime: self.set_termination_time,
            '{%s}Subscribe' % dialect.notification: self.subscribe,
            '{%s}release' % dialect.release: self.release,
        }
        if dialect.is_old:
            more['{%s}Destroy' % dialect.lifetime] = self.destroy
        else:
            more['{%s/terminate}terminate' % dialect.job] = self.terminate
        return {**super().operations(dialect), **more}

    def properties(self, request):
        return self.home.find(request).properties(request.dialect)

    def set_termination_time(self, request):
        job = self.home.find(request, unknown_to_destroy)
        words = content(request.body, 'RequestedTerminationTime')
        end = read_time(words) if words else None
        if end is not None and end <= now():
            raise past_termination_time()
        self.home.set_end(job, end)
        new = ('<NewTerminationTime>%s</NewTerminationTime>' % time_text(end) if end
               else '<NewTerminationTime xsi:nil="true"/>')
        return '<SetTerminationTimeResponse xmlns="%s">%s<CurrentTime>%s</CurrentTime></SetTerminationTimeResponse>' % (
            request.dialect.lifetime, new, time_text(now()))

    def subscribe(self, request):
        job = self.home.find(request)
        subscription = Subscription(request.dialect, request.body)
        job.subscriptions[subscription.key] = subscription
        return '<SubscribeResponse xmlns="%s"><SubscriptionReference>%s</SubscriptionReference></SubscribeResponse>' % (
            request.dialect.notification, subscription.reference(request))

    def release(self, request):
        self.home.find(request).released.set()
        return '<releaseResponse xmlns="%s"/>' % request.dialect.release

    def destroy(self, request):
        """GT 4.0: answered when the job has ended, which is looked for every other second."""
        job = self.home.find(request, unknown_to_destroy)
        job.stop('Failed')
        while not job.final.is_set():
            time.sleep(self.home.switches.job.get('destroy_step', 2))
        self.home.destroy(job)
        return '<DestroyResponse xmlns="%s"/>' % request.dialect.lifetime

    def terminate(self, request):
        """GT 4.2: answered at once."""
        try:
            job = self.home.find(request)
        except Fault as fault:
            raise FaultData() if type(fault) is not Fault else fault from None
        wanted = {x: content(request.body, x) in ('true', '1') for x in (
            'destroyAfterCleanup', 'continueNotifying', 'destroyDelegatedCredentials')}
        was_final = job.state in FINAL
        if not wanted['continueNotifying']:
            job.subscriptions.clear()
        job.stop('UserTerminateDone')
        if wanted['destroyDelegatedCredentials'] and job.description.credential:
            self.home.delegation.destroy(job.description.credential)
        if wanted['destroyAfterCleanup']:
            if was_final:
                self.home.destroy(job)
            else:
                threading.Thread(target=lambda: (job.final.wait(), self.home.destroy(job)), daemon=True).start()
        return ('<terminateResponse xmlns="%s/terminate"><terminationCompleted>%s</terminationCompleted></terminateResponse>'
                % (request.dialect.job, str(was_final).lower()))


class SubscriptionManagerService:
    needs_account = True

    def __init__(self, home): self.home = home

    def operations(self, dialect): return {'{%s}Destroy' % dialect.lifetime: self.destroy}

    def destroy(self, request):
        key = request.key(CORE, 'SubscriptionKey')
        for job in list(self.home.jobs.values()):
            if job.owner == request.peer and job.subscriptions.pop(key, None):
                return '<DestroyResponse xmlns="%s"/>' % request.dialect.lifetime
        raise unknown_to_destroy()
