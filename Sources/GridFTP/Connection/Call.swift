internal import CGridFTP
import Synchronization

/// One call of the library from its start to its end: a promise kept by a callback, or given up.
///
/// The library holds one reference from a successful start to its completion callback, and the call holds the connection:
/// a callback that never comes costs some memory and never touches anything that is gone.
final class Call: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<FTPFailure?, Never>)
        case over(FTPFailure?)
    }

    private let state = Mutex(State.open)
    private let kept: [any AnyObject & Sendable]

    /// - Parameter kept: what the library uses until its callback: the connection, places to write to.
    init(keeping kept: any AnyObject & Sendable...) {
        self.kept = kept
    }

    /// Ends the call; only the first time counts. True when it was the first.
    @discardableResult
    func finish(_ failure: FTPFailure?) -> Bool {
        let (waiter, isFirst) = state.withLock { state -> (CheckedContinuation<FTPFailure?, Never>?, Bool) in
            switch state {
            case .over:
                return (nil, false)
            case .open:
                state = .over(failure)
                return (nil, true)
            case .awaited(let waiter):
                state = .over(failure)
                return (waiter, true)
            }
        }
        waiter?.resume(returning: failure)
        return isFirst
    }

    /// True once the call is over.
    var isOver: Bool {
        state.withLock { if case .over = $0 { true } else { false } }
    }

    /// Waits for the end. May be called once.
    func outcome() async -> FTPFailure? {
        await withCheckedContinuation { waiter in
            let failure = state.withLock { state -> FTPFailure?? in
                if case .over(let failure) = state { return .some(failure) }
                state = .awaited(waiter)
                return nil
            }
            if let failure { waiter.resume(returning: failure) }
        }
    }
}

/// The completion callback of calls that move no data; its argument is a retained ``Call``.
func callCompleted(
    _ argument: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_ftp_client_handle_t?>?,
    _ error: UnsafeMutablePointer<globus_object_t>?
) {
    guard let argument else { return }
    Unmanaged<Call>.fromOpaque(argument).takeRetainedValue().finish(FTPFailure(error))
}
