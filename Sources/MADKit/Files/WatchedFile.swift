import Synchronization

/// A value made from a file, over time: made again when the file changes or the value is of use no more.
///
/// A look at an unchanged file costs one `stat`, so every request may take one and no timer is needed.
package final class WatchedFile<Value: Sendable>: Sendable {
    private struct State {
        var signature: FileSignature?
        var value: Value?
        /// When the file was last looked at.
        var seen = ContinuousClock.now
    }

    private let path: String
    private let isUsable: @Sendable (Value) -> Bool
    private let make: @Sendable (String) throws(MADError) -> Value
    private let state = Mutex(State())

    /// Watches the file at `path`; nothing is read yet.
    /// - Parameters:
    ///   - isUsable: whether a value is still good, though its file is the same.
    ///   - make: makes the value from the file at its path.
    package init(
        path: String, isUsable: @escaping @Sendable (Value) -> Bool,
        make: @escaping @Sendable (String) throws(MADError) -> Value
    ) {
        self.path = path
        self.isUsable = isUsable
        self.make = make
    }

    /// The value as it is now: the same until the file changes. Opens files; call where blocking is allowed.
    /// - Throws: what `make` throws.
    package func look() throws(MADError) -> Value {
        try state.withLock { state throws(MADError) in
            let signature = FileSignature(path: path)
            state.seen = .now
            if let value = state.value, signature != nil, signature == state.signature, isUsable(value) { return value }
            state.value = nil
            let value = try make(path)
            state.signature = signature
            state.value = value
            return value
        }
    }

    /// The value as it was at most `age` ago; `nil` when the file has to be looked at. Opens nothing.
    package func recent(within age: Duration) -> Value? {
        state.withLock { state in
            guard let value = state.value, state.seen + age > .now, isUsable(value) else { return nil }
            return value
        }
    }
}
