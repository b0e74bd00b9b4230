import Glibc

/// A moment on the monotonic clock, in nanoseconds. Cheaper than `ContinuousClock` and usable in `pthread` calls.
package struct Instant: Comparable, Sendable {
    let nanoseconds: UInt64

    /// Never.
    package static let distantFuture = Instant(nanoseconds: .max)

    /// The present.
    package static var now: Instant {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The moment `duration` later; never, when that lies beyond the clock.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        guard seconds < 1_000_000_000 else { return .distantFuture }
        return Instant(
            nanoseconds: instant.nanoseconds + UInt64(max(0, seconds)) * 1_000_000_000
                + UInt64(max(0, attoseconds)) / 1_000_000_000)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The form of `pthread_cond_timedwait`.
    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    /// Whole milliseconds until this moment, rounded up, for `poll`; 0 when it has passed.
    package var millisecondsFromNow: Int32 {
        let now = Instant.now
        return self <= now ? 0 : Int32(clamping: (nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
    }
}
