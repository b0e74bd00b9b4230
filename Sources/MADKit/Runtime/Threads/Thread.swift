import Glibc

/// Threads of our own, for work that blocks and must not sit on Swift's cooperative pool.
package enum Thread {
    /// Starts a detached thread; `body` may block for as long as it likes.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 * 1024)
        defer { pthread_attr_destroy(&attributes) }
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if code != 0 {
            // Without its threads a driver can keep none of its promises; dying at once lets gwd start it again.
            box.release()
            fatalError("cannot start a thread: \(String(cString: strerror(code)))")
        }
    }
}
