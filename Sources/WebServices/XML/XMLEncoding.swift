/// The encodings of documents that are read. All have ASCII where ASCII has it, so that what is counted in the bytes is
/// what libxml2 will find; in EBCDIC, for one, an element does not begin with the byte of `<`.
enum XMLEncoding {
    private static let names: Set<String> = ["utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"]
    private static let longestDeclaration = 200

    /// Whether a document is in one of them, by its first bytes and by its own declaration.
    static func isReadable(_ bytes: [UInt8]) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        // Each of the others shows itself in four bytes, by one that is no ASCII or by a NUL.
        guard text.prefix(4).allSatisfy({ (0x01...0x7F).contains($0) }) else { return false }
        guard text.starts(with: "<?xml".utf8) else { return true }
        guard let end = text.prefix(longestDeclaration).firstIndex(of: UInt8(ascii: ">")) else { return false }
        let declaration = text[..<end]
        let places = declaration.indices.filter { declaration[$0...].starts(with: "encoding".utf8) }
        guard let place = places.first else { return true }
        let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
        let value = declaration[place...].drop { !isQuote($0) }.dropFirst().prefix { !isQuote($0) }
        return places.count == 1 && names.contains(String(decoding: value, as: UTF8.self).lowercased())
    }
}
