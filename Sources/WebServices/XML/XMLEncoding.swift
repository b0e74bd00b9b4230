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
        let declaration = String(decoding: text[..<end], as: UTF8.self)
        let places = declaration.ranges(of: "encoding")
        guard let place = places.first else { return true }
        let value = declaration[place.upperBound...].drop { $0 != "\"" && $0 != "'" }.dropFirst()
        return places.count == 1 && names.contains(value.prefix { $0 != "\"" && $0 != "'" }.lowercased())
    }
}
