import MADKit

/// The places for connections. Who has not shown yet who it is holds one only as long as nobody else wants it: strangers
/// can keep no client of the user's out, however many they are and however long they take.
final class Places: Sendable {
    private struct State {
        var free: Int
        /// Connections that have shown nothing yet, the oldest first.
        var strangers: [Socket] = []
    }

    private let state: Monitor<State>

    /// - Parameter count: the most connections at once.
    init(_ count: Int) { state = Monitor(State(free: count)) }

    /// Waits for a place for `socket`, for which the oldest stranger has to go if all are taken.
    func take(for socket: Socket) {
        var hasMadeRoom = false
        state.waitUntil { state -> Void? in
            guard state.free > 0 else {
                if !hasMadeRoom, !state.strangers.isEmpty {
                    state.strangers.removeFirst().abandon()
                    hasMadeRoom = true
                }
                return nil
            }
            state.free -= 1
            state.strangers.append(socket)
            return ()
        }
    }

    /// The client of `socket` is no stranger any longer.
    func keep(_ socket: Socket) {
        state.withLock { state in state.strangers.removeAll { $0 === socket } }
    }

    /// The place of `socket` is free again.
    func leave(_ socket: Socket) {
        state.withLock { state in
            state.strangers.removeAll { $0 === socket }
            state.free += 1
        }
        state.wakeAll()
    }
}
