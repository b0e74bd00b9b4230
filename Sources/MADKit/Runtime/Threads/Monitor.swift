import CPosix
import Glibc

/// State behind a lock, with a condition that threads can wait for.
///
/// `Mutex` of the standard library cannot wait, and a dispatch semaphore would bring its own threads. The storage is
/// allocated once and never moves, as POSIX demands of a mutex.
package final class Monitor<State>: @unchecked Sendable {
    // Sendable because `state` is touched only while `mutex` is held.
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Puts `state` behind the lock.
    package init(_ state: State) {
        self.state = state
        // The lock is held for well under a microsecond: spinning briefly beats going to sleep.
        var kind = pthread_mutexattr_t()
        pthread_mutexattr_init(&kind)
        pthread_mutexattr_settype(&kind, mad_adaptive_mutex)
        pthread_mutex_init(mutex, &kind)
        pthread_mutexattr_destroy(&kind)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone with the state.
    package func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes every thread that waits.
    package func wakeAll() {
        pthread_cond_broadcast(condition)
    }

    /// Wakes one thread that waits; only for monitors whose waiters all wait for the same thing.
    func wakeOne() {
        pthread_cond_signal(condition)
    }

    /// Waits until `ready` gives a value, or until `deadline`; `nil` when the deadline came first.
    ///
    /// `ready` runs alone with the state, at once and after each ``wakeAll()``.
    func wait<Result>(until deadline: Instant = .distantFuture, _ ready: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = ready(&state) { return result }
            if deadline == .distantFuture {
                pthread_cond_wait(condition, mutex)
            } else {
                var time = deadline.timespec
                if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return ready(&state) }
            }
        }
    }

    /// Waits until `ready` gives a value, for ever if need be.
    package func waitUntil<Result>(_ ready: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = ready(&state) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// Waits until `ready` gives a value; `count` is one higher while the thread sleeps.
    func wait<Result>(
        whileWaiting count: WritableKeyPath<State, Int>, _ ready: (inout State) -> Result?
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = ready(&state) { return result }
            state[keyPath: count] += 1
            pthread_cond_wait(condition, mutex)
            state[keyPath: count] -= 1
        }
    }
}
