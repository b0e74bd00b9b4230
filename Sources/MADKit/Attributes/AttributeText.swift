/// The text of an attribute file: `NAME = value` pairs, as many on a line as you like.
///
/// What gwd's own lexer reads, this reads with the same meaning: blanks and TABs anywhere between words, commas between
/// pairs, an empty value for "nothing", a later pair in place of an earlier one. Beyond that it takes what people write:
/// CRLF, `#` comments, a last line without newline; values that gwd would stumble over are repaired if there is no doubt
/// what they mean, and reported; anything else is an error with its line.
public struct AttributeText: Sendable {
    /// What the text says.
    public private(set) var attributes = HostAttributes()
    /// What was repaired, each with its line.
    public private(set) var problems: [String] = []

    private var scanner: AttributeScanner

    /// Reads a whole file.
    /// - Parameters:
    ///   - bytes: what the file holds; UTF-8 is expected, other bytes are replaced.
    ///   - file: its name, for errors.
    /// - Throws: ``MADError`` naming the file, the line and the reason.
    public init(_ bytes: [UInt8], file: String) throws(MADError) {
        scanner = AttributeScanner(bytes, file: file)
        try scanner.skipByteOrderMark()
        while true {
            if scanner.skipBetweenPairs() { problems.append("line \(scanner.line): ';' taken for a blank") }
            guard !scanner.isAtEnd else { break }
            try readPair()
        }
    }

    private mutating func readPair() throws(MADError) {
        guard let name = scanner.takeName() else {
            throw scanner.error("'\(scanner.nextWord)' is not the beginning of NAME=value")
        }
        guard scanner.isBehindName else {
            throw scanner.error("\(name)\(scanner.nextWord) is no name: letters, digits and _ make one")
        }
        scanner.skipBlanks()
        var index: Int?
        if scanner.take("[") {
            guard let number = scanner.takeIndex() else {
                throw scanner.error("\(name)[ is not followed by a number and ]")
            }
            index = number
            scanner.skipBlanks()
        }
        guard scanner.take("=") else {
            let next = scanner.nextWord
            let found = next.isEmpty ? "nothing" : "'\(next)'"
            throw scanner.error("\(name) is followed by \(found) instead of '=' (text with blanks needs double quotes)")
        }
        let keyword = AttributeKeyword(name)
        attributes.set(name, at: index, try readValue(of: name, keyword))
    }

    private mutating func readValue(of name: String, _ keyword: AttributeKeyword?) throws(MADError)
        -> HostAttributes.Value
    {
        switch scanner.nextValue() {
        case .nothing:
            return keyword?.isInteger == true ? .integer(0) : .text("")
        case .quotation:
            let quoted = try scanner.takeQuotation(of: name)
            let line = scanner.line
            if let repair = quoted.repair { problems.append("line \(line): \(name): \(repair)") }
            guard keyword?.isInteger == true, let number = AttributeNumber(quoted.text, mayBeNegative: true) else {
                return .text(quoted.text)
            }
            problems.append("line \(line): \(name): \"\(Info(quoted.text))\" taken as the number \(number.value)")
            return .integer(number.value)
        case .bareWord:
            let word = try scanner.takeBareWord(of: name)
            return bareValue(word, name, keyword)
        }
    }

    /// A value without quotes: a number, or text whose quotes were forgotten.
    private mutating func bareValue(_ word: String, _ name: String, _ keyword: AttributeKeyword?)
        -> HostAttributes.Value
    {
        let isPlain = word.utf8.drop { $0 == 0x2D }.allSatisfy { (0x30...0x39).contains($0) } && word.utf8.last != 0x2D
        if keyword == nil || keyword?.isInteger == true {
            if isPlain, let number = Int(word) { return .integer(number) }
            if let number = AttributeNumber(word, mayBeNegative: true) {
                problems.append("line \(scanner.line): \(name): \(word) taken as \(number.value)")
                return .integer(number.value)
            }
        }
        problems.append("line \(scanner.line): \(name): quotes added around \(Info(word))")
        return .text(word)
    }
}
