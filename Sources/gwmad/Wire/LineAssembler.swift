/// Cuts a stream of bytes into lines.
struct LineAssembler: Sendable {
    private var rest: [UInt8] = []
    private let limit: Int

    /// - Parameter limit: a line that grows beyond it is handed over in pieces, so that no driver can fill the memory.
    init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// Adds what was read and hands over every line that is complete, newline excluded.
    mutating func take(_ bytes: some Collection<UInt8>, line: (ArraySlice<UInt8>) -> Void) {
        rest += bytes
        var start = rest.startIndex
        while let newline = rest[start...].firstIndex(of: 0x0A) {
            line(rest[start..<newline])
            start = newline + 1
        }
        if rest.endIndex - start > limit {
            line(rest[start...])
            start = rest.endIndex
        }
        rest.removeFirst(start)
    }

    /// What came behind the last newline.
    mutating func takeRest() -> [UInt8] {
        defer { rest = [] }
        return rest
    }
}
