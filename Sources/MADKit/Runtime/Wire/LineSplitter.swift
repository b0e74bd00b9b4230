import Glibc

/// Cuts a byte stream into lines, however the bytes arrive, and never keeps more than one line of `limit` bytes.
package struct LineSplitter {
    /// What the stream holds next.
    package enum Piece {
        /// A whole line without its newline, valid only during the call.
        case line(UnsafeRawBufferPointer)
        /// The beginning of a line longer than the limit; the rest is skipped up to its newline.
        case overlong(UnsafeRawBufferPointer)

        /// What there is of the line.
        package var bytes: UnsafeRawBufferPointer {
            switch self {
            case .line(let bytes), .overlong(let bytes): bytes
            }
        }
    }

    private let limit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false

    /// - Parameter limit: the longest line accepted, in bytes, newline excluded.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes the bytes that arrived and hands out every line that they complete.
    package mutating func take(_ bytes: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        var rest = bytes
        while let start = rest.baseAddress, let newline = memchr(start, 0x0A, rest.count) {
            let length = UnsafeRawPointer(newline) - start
            finish(UnsafeRawBufferPointer(rebasing: rest[..<length]), body)
            rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
        }
        guard !isSkipping else { return }
        partial.append(contentsOf: rest)
        if partial.count > limit {
            partial.withUnsafeBytes { body(.overlong($0)) }
            partial = []
            isSkipping = true
        }
    }

    /// Hands out the last line when the stream ended without a newline.
    package mutating func end(_ body: (Piece) -> Void) {
        guard !isSkipping, !partial.isEmpty else { return }
        finish(UnsafeRawBufferPointer(start: nil, count: 0), body)
    }

    private mutating func finish(_ tail: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        defer { partial.removeAll(keepingCapacity: partial.capacity <= limit) }
        if isSkipping {
            isSkipping = false
        } else if partial.isEmpty {
            body(tail.count > limit ? .overlong(tail) : .line(tail))
        } else {
            partial.append(contentsOf: tail)
            partial.withUnsafeBytes { body($0.count > limit ? .overlong($0) : .line($0)) }
        }
    }
}
