/// One request of gwd, cut into words.
///
/// gwd writes upper-case verbs, single blanks and a trailing blank behind the unused fields of some lines; a person at a
/// terminal writes what comes to mind. Words are therefore split at any run of blanks and tabs, verbs match in any case,
/// and missing trailing words count as `-`.
struct RequestLine: Sendable {
    /// The verb in upper case; empty for an empty line.
    let verb: String
    /// True when the bytes were not UTF-8; the words then hold replacement characters and must not name files.
    let isGarbled: Bool
    private let words: [String]

    /// Cuts one line, newline excluded, at its blanks. Everything behind word number `fields` belongs to that word.
    init(_ bytes: UnsafeRawBufferPointer, fields: Int) {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var end = bytes.count
        while end > 0, isBlank(bytes[end - 1]) { end -= 1 }

        var words: [String] = []
        words.reserveCapacity(fields)
        var isPlain = true
        var position = 0
        while position < end {
            while isBlank(bytes[position]) { position += 1 }
            let start = position
            let isLast = words.count == fields - 1
            while position < end, isLast || !isBlank(bytes[position]) {
                if bytes[position] >= 0x80 { isPlain = false }
                position += 1
            }
            words.append(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
        }
        verb = words.first.map { RequestLine.upperCased($0) } ?? ""
        isGarbled = !isPlain && String(validating: bytes[..<end], as: UTF8.self) == nil
        self.words = words
    }

    /// Word number `index` (0 is the verb), or `nil` when it is missing or `-`.
    subscript(index: Int) -> String? {
        guard index < words.count, words[index] != "-" else { return nil }
        return words[index]
    }

    /// True when the line holds fewer than `count` words.
    func isShorter(than count: Int) -> Bool { words.count < count }

    /// gwd writes capitals, so there is rarely anything to do.
    private static func upperCased(_ word: String) -> String {
        word.utf8.allSatisfy { $0 < 0x61 || $0 > 0x7A } ? word : word.uppercased()
    }
}
