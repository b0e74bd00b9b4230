import Glibc

/// The time of day, as containers count it.
enum Clock {
    /// Seconds since 1970.
    static var now: Int { time(nil) }
}
