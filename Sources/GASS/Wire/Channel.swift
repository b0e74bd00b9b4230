import MADKit

/// The bytes of one connection in the clear, whatever protects them on their way.
protocol Channel: AnyObject {
    /// Reads what is there, waiting for the first byte; 0 at the end.
    func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant)
        throws(MADError) -> Int
    /// Sends everything.
    func send(_ bytes: UnsafeRawBufferPointer, patience: Duration) throws(MADError)
    /// Ends the conversation in order.
    func finish()
}

/// A connection without protection.
final class PlainChannel: Channel {
    private let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant)
        throws(MADError) -> Int
    {
        try socket.receive(into: buffer, until: deadline)
    }

    func send(_ bytes: UnsafeRawBufferPointer, patience: Duration) throws(MADError) {
        try socket.send(bytes, patience: patience)
    }

    func finish() { socket.finish() }
}
