/// Walks through the bytes of an attribute file, one word at a time, and knows the line.
struct AttributeScanner: Sendable {
    /// How a value looks from its first character.
    enum ValueForm {
        case nothing, quotation, bareWord
    }

    /// The line of the next character, from 1.
    private(set) var line = 1
    private let bytes: [UInt8]
    private let file: String
    private var position = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// True when nothing is left.
    var isAtEnd: Bool { position >= bytes.count }

    /// An error at the present line.
    func error(_ reason: String) -> MADError { MADError(.invalid, "\(file) line \(line)", cause: reason) }

    /// Windows editors begin a file with one.
    mutating func skipByteOrderMark() throws(MADError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw error("the file is in UTF-16; save it in UTF-8")
        }
    }

    /// Skips blanks, line ends, commas and comments; true when there was a semicolon among them.
    mutating func skipBetweenPairs() -> Bool {
        var hasSemicolon = false
        while let byte = peek {
            switch byte {
            case _ where isBlank(byte), UInt8(ascii: "\n"), UInt8(ascii: ","): step()
            case UInt8(ascii: ";"):
                hasSemicolon = true
                step()
            case UInt8(ascii: "#"):
                while let byte = peek, byte != UInt8(ascii: "\n") { step() }
            default: return hasSemicolon
            }
        }
        return hasSemicolon
    }

    /// Skips blanks within the line.
    mutating func skipBlanks() {
        while let byte = peek, isBlank(byte) { step() }
    }

    /// Takes the character if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        step()
        return true
    }

    /// Takes a name: a letter, then letters, digits and `_`.
    mutating func takeName() -> String? {
        guard let first = peek, isLetter(first) else { return nil }
        let start = position
        while let byte = peek, isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") { step() }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// True when what stands next may follow a name.
    var isBehindName: Bool {
        guard let byte = peek else { return true }
        return isBlank(byte) || isSeparator(byte) || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "[")
    }

    /// Takes a number and the `]` behind it.
    mutating func takeIndex() -> Int? {
        skipBlanks()
        let start = position
        while let byte = peek, isDigit(byte) || byte == UInt8(ascii: "-") { step() }
        let number = Int(String(decoding: bytes[start..<position], as: UTF8.self))
        skipBlanks()
        return take("]") ? number : nil
    }

    /// What stands behind the equals sign. A quoted text or a number may stand on a later line, as gwd sees no lines.
    mutating func nextValue() -> ValueForm {
        skipBlanks()
        let here = self
        while let byte = peek, isBlank(byte) || byte == UInt8(ascii: "\n") { step() }
        guard let byte = peek else { return .nothing }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .quotation }
        guard byte != UInt8(ascii: "#") else {
            self = here
            return .nothing
        }
        let isNumber = isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        if line == here.line || isNumber, !isSeparator(byte), !isPairAhead(behindBlank: position > here.equalsEnd) {
            return .bareWord
        }
        self = here
        return .nothing
    }

    /// Takes `"…"` or `'…'`; both quotes stand on one line, because a missing one would swallow the next attribute.
    mutating func takeQuotation(of name: String) throws(MADError) -> (text: String, repair: String?) {
        guard let quote = peek else { return ("", nil) }
        let rest = bytes[(position + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        var content: [UInt8] = []
        var repair = quote == UInt8(ascii: "'") ? "single quotes taken for double ones" : nil
        var end = rest.startIndex
        let mayBeEscaped = hasOddEnd(quote, in: rest)
        while end < rest.endIndex, rest[end] != quote || mayBeEscaped && isBehindBackslash(end, in: rest) {
            if rest[end] == quote {
                content.removeLast()
                repair = "escaped quotes removed, gwd knows none"
            } else {
                content.append(rest[end])
            }
            end += 1
        }
        guard end < rest.endIndex else {
            throw error("the text of \(name) has no closing \(Character(Unicode.Scalar(quote))) on its line")
        }
        position = end + 1
        if let text = String(validating: content, as: UTF8.self) { return (text, repair) }
        return (String(decoding: content, as: UTF8.self), "bytes that are not UTF-8 were replaced")
    }

    /// Takes everything up to the next blank or separator.
    mutating func takeBareWord(of name: String) throws(MADError) -> String {
        let start = position
        while let byte = peek, !isBlank(byte), !isSeparator(byte) {
            guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "=") else {
                throw error("the value of \(name) holds \(Character(Unicode.Scalar(byte))) outside of double quotes")
            }
            step()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// What stands next, for messages.
    var nextWord: String {
        let word = bytes[position...].prefix { $0 > 0x20 }.prefix(40)
        return word.isEmpty ? "" : Info(String(decoding: word, as: UTF8.self)).text
    }

    // MARK: Characters

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Behind the last equals sign, blanks not counted.
    private var equalsEnd: Int {
        var end = position
        while end > 0, isBlank(bytes[end - 1]) { end -= 1 }
        return end
    }

    private mutating func step() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// True when the value is missing and the next pair begins here: `ARCH= OS_NAME="Linux"`.
    private func isPairAhead(behindBlank: Bool) -> Bool {
        var ahead = self
        guard behindBlank, ahead.takeName() != nil else { return false }
        ahead.skipBlanks()
        if ahead.take("["), ahead.takeIndex() == nil { return false }
        ahead.skipBlanks()
        return ahead.peek == UInt8(ascii: "=")
    }

    /// True when a quote behind a backslash is meant as part of the text, because without it the other quotes of the line
    /// would not pair up. So `"C:\"` ends where gwd ends it.
    private func hasOddEnd(_ quote: UInt8, in rest: ArraySlice<UInt8>) -> Bool {
        rest.indices.count { rest[$0] == quote && !isBehindBackslash($0, in: rest) } % 2 == 1
    }

    private func isBehindBackslash(_ index: Int, in rest: ArraySlice<UInt8>) -> Bool {
        index > rest.startIndex && rest[index - 1] == UInt8(ascii: "\\")
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0A }
    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }
}
