internal import CGridFTP
import Globus
import MADKit

/// How file data travels.
package struct TransferShape: Sendable, Equatable {
    /// Extended block mode, whose data connections stay open from one file to the next; else one connection a file.
    package var isExtended = true
    /// How many data connections carry one file.
    package var streams = 1

    /// Describes a shape.
    package init(isExtended: Bool = true, streams: Int = 1) {
        self.isExtended = isExtended
        self.streams = isExtended ? streams : 1
    }
}

/// A handle of the FTP client library with its control connection (two for a transfer between servers), which stays open
/// from one operation to the next.
///
/// `@unchecked Sendable` by this rule: the pool lends a connection to one task at a time, only that task touches its
/// variables, and a callback of the library touches nothing but the ``Call`` or flow that it was given.
final class Connection: @unchecked Sendable {
    typealias Handle = UnsafeMutablePointer<globus_ftp_client_handle_t?>
    typealias Attributes = UnsafeMutablePointer<globus_ftp_client_operationattr_t?>

    /// What the data connections were last used for; a change closes them.
    enum Use: Equatable {
        case nothing
        case sending(TransferShape)
        case receiving(TransferShape)
    }

    // The library remembers these addresses.
    let handle = Handle.allocate(capacity: 1)
    private let attributes = Attributes.allocate(capacity: 1)
    let blocking: BlockingPool
    /// Threads of its own for the first start, which may wait for a name service: files must not wait behind it.
    private let connecting: BlockingPool

    /// The last use of the data connections.
    private(set) var use = Use.nothing
    /// Set once the server has let us in, or will not.
    let isSettled = Flag()
    /// True until the server has answered an operation: no login yet.
    private(set) var isFresh = true
    /// True when the connection must not be used again.
    private(set) var isSpent = false
    /// The credential that it was made under.
    let stamp: Int
    /// Called before the first operation; throws when there is no use in trying.
    private let prepare: @Sendable () throws -> Void
    private var isPrepared = false

    init(stamp: Int, blocking: BlockingPool, connecting: BlockingPool, prepare: @escaping @Sendable () throws -> Void) {
        self.stamp = stamp
        self.blocking = blocking
        self.connecting = connecting
        self.prepare = prepare
        handle.initialize(to: nil)
        attributes.initialize(to: nil)
    }

    deinit {
        // Possibly on a thread of the library, from the end of a callback: let it return first. Saying goodbye to the
        // server happens behind the scenes.
        guard handle.pointee != nil else { return }
        let raw = (handle: UInt(bitPattern: handle), attributes: UInt(bitPattern: attributes))
        let blocking = blocking
        startTask {
            try? await blocking.run {
                guard let handle = Handle(bitPattern: raw.handle),
                    let attributes = Attributes(bitPattern: raw.attributes)
                else { return }
                // A handle that is still at work is left alone for good.
                guard globus_ftp_client_handle_destroy(handle) == 0 else { return }
                globus_ftp_client_operationattr_destroy(attributes)
                handle.deallocate()
                attributes.deallocate()
            }
        }
    }

    /// Runs one operation and waits for its end. Cancelling the task breaks the operation off.
    ///
    /// - Parameters:
    ///   - use: what the operation uses data connections for.
    ///   - call: ended by the operation's callback.
    ///   - start: starts the operation; on success a callback will end `call`.
    /// - Throws: ``FTPFailure``.
    func perform(
        using use: Use = .nothing, _ call: Call, _ start: @escaping @Sendable (Handle, Attributes) -> globus_result_t
    ) async throws {
        if Task.isCancelled { throw FTPFailure.cancelled }
        // The first start resolves the server's name and reads the credential, which may block.
        if isPrepared {
            begin(use, call, start)
        } else {
            try await connecting.run { [self] in
                try prepare()
                try create()
                isPrepared = true
                begin(use, call, start)
            }
        }
        defer { isSettled.set() }
        let failure = await withTaskCancellationHandler {
            await call.outcome()
        } onCancel: {
            breakOff(call)
        }
        if Task.isCancelled {
            isSpent = true
            throw FTPFailure.cancelled
        }
        guard let failure else {
            isFresh = false
            return
        }
        // Who is not let in has no connection; any other answer proves that there is one.
        if failure.isAnswer, !failure.refusesLogin { isFresh = false } else { isSpent = true }
        throw failure
    }

    private func create() throws {
        var settings: globus_ftp_client_handleattr_t?
        try check(globus_ftp_client_handleattr_init(&settings))
        defer { globus_ftp_client_handleattr_destroy(&settings) }
        try check(globus_ftp_client_handleattr_set_cache_all(&settings, 1))
        try check(globus_ftp_client_handle_init(handle, &settings))
        try check(globus_ftp_client_operationattr_init(attributes))
        try check(mad_ftp_set_transfer(attributes, 0, 1))
    }

    private func begin(_ use: Use, _ call: Call, _ start: (Handle, Attributes) -> globus_result_t) {
        var result: globus_result_t = 0
        switch use {
        case .nothing:
            // A question changes nothing: a change of mode would close the data connections.
            break
        case .sending(let shape), .receiving(let shape):
            self.use = use
            result = mad_ftp_set_transfer(attributes, shape.isExtended ? 1 : 0, Int32(shape.streams))
        }
        if result == 0 { result = start(handle, attributes) }
        if let failure = FTPFailure(result: result) { call.finish(failure) }
    }

    /// Breaks the operation of `call` off, and stops waiting when the library does not say that it ended.
    private func breakOff(_ call: Call) {
        // Not here: cancellation arrives on any thread, under any lock, and the library may call back from the abort.
        let blocking = blocking
        startTask { [self] in
            try? await blocking.run {
                if !call.isOver { _ = globus_ftp_client_abort(self.handle) }
            }
            guard !call.isOver else { return }
            try? await pause(for: .seconds(2))
            call.finish(.cancelled)
        }
    }

    private func check(_ result: globus_result_t) throws {
        if let failure = FTPFailure(result: result) { throw failure }
    }

    /// Marks the connection as unfit for further use.
    func spend() { isSpent = true }
}
