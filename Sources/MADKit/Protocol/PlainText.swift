extension String {
    /// True for one or more characters of printable ASCII without a blank, as nearly all text on the wire is.
    ///
    /// No early exit: the compiler then checks many bytes at once.
    var isPlainWord: Bool {
        let isPlain = utf8.withContiguousStorageIfAvailable { bytes in
            var odd: UInt8 = 0
            for byte in bytes { odd |= byte &- 0x21 < 0x5E ? 0 : 1 }
            return odd == 0 && !bytes.isEmpty
        }
        return isPlain ?? false
    }
}

extension [UInt8] {
    /// Appends text as one block, which `append(contentsOf: text.utf8)` does byte by byte.
    mutating func append(_ text: some StringProtocol) {
        if text.utf8.withContiguousStorageIfAvailable({ append(contentsOf: $0) }) == nil {
            append(contentsOf: text.utf8)
        }
    }
}
