import MADKit

extension MADError {
    /// How the messages of those errors begin.
    static let noConnection = "no connection to "

    /// True when no connection to the server was made: nothing of the request was sent, and it had no effect.
    public var isBeforeConnection: Bool { message.hasPrefix(MADError.noConnection) }
}
