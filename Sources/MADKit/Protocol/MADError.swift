/// Why an operation failed, in words for an administrator: what failed, where, and the cause.
public struct MADError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is, for code that decides; people read the message.
    public enum Code: String, Sendable {
        /// The request, an option or a file is wrong and will stay wrong.
        case invalid
        /// The request came before INIT succeeded.
        case notInitialized = "not-initialized"
        /// The job, host or file that was named is not there.
        case unknown
        /// A server cannot be reached or broke off; the same request may succeed later.
        case unreachable
        /// No answer within the deadline.
        case timedOut = "timed-out"
        /// The operation was called off: by END, by a new START or by shutdown.
        case cancelled
        /// The credential is missing, expired or not accepted.
        case credential
        /// The far side understood and refused.
        case refused
        /// The local system failed: disk, memory, permissions.
        case system
        /// A defect of ours.
        case `internal`
    }

    /// The kind of failure.
    public let code: Code
    /// What failed and where, with names.
    public let message: String
    /// What the layer below said, if anything.
    public let cause: String?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message and, behind a colon, its cause.
    public var description: String {
        guard let cause, !cause.isEmpty else { return message }
        return "\(message): \(cause)"
    }

    /// Any error as a ``MADError``: an unknown kind becomes ``Code/internal``, a cancellation ``Code/cancelled``.
    public static func wrapping(_ error: any Error) -> MADError {
        switch error {
        case let error as MADError: error
        case is CancellationError: MADError(.cancelled, "cancelled")
        default: MADError(.internal, "internal error", cause: "\(error)")
        }
    }
}
