import Glibc

/// What a document may have of elements, and an element of attributes.
///
/// libxml2 compares each attribute of an element with all others, so a hundred thousand of them keep it busy for a quarter
/// of a minute; and an element of four bytes becomes a hundred and more in memory. Both are counted before it begins.
enum XMLBounds {
    /// The most elements. An index of ten thousand queues has some two hundred thousand.
    static let elements = 500_000
    /// The most attributes of one element. The messages of the toolkits have some twenty.
    static let attributes = 1_000

    /// What there is too much of, in words; `nil` when all is well, or when the document is so ill-formed that libxml2 goes
    /// no further than this.
    static func excess(in bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { buffer in
            var scan = XMLScan(buffer[...])
            var elements = 0
            while scan.skip(past: "<") {
                if scan.begins(with: "!--") {
                    guard scan.skip(past: "-->") else { return nil }
                } else if scan.begins(with: "![CDATA[") {
                    guard scan.skip(past: "]]>") else { return nil }
                } else if scan.begins(with: "?") {
                    guard scan.skip(past: "?>") else { return nil }
                } else if scan.begins(with: "!") {
                    return nil
                } else if !scan.begins(with: "/") {
                    elements += 1
                    guard elements <= XMLBounds.elements else { return "it has more than \(XMLBounds.elements) elements" }
                    guard scan.attributes(atMost: XMLBounds.attributes) else {
                        return "an element has more than \(XMLBounds.attributes) attributes"
                    }
                }
            }
            return nil
        }
    }
}

/// A place in a document.
private struct XMLScan {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        rest = bytes
    }

    func begins(with text: StaticString) -> Bool {
        rest.count >= text.utf8CodeUnitCount
            && memcmp(UnsafeRawBufferPointer(rebasing: rest).baseAddress!, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Goes on behind the next `text`; false when there is none.
    mutating func skip(past text: StaticString) -> Bool {
        while let first = rest.firstIndex(of: text.utf8Start.pointee) {
            rest = rest[first...]
            if begins(with: text) {
                rest = rest.dropFirst(text.utf8CodeUnitCount)
                return true
            }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Goes through a start tag to its end, counting the quoted values; false when there are more.
    mutating func attributes(atMost limit: Int) -> Bool {
        var count = 0
        var quote: UInt8 = 0
        for (index, byte) in zip(rest.indices, rest) {
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                count += 1
                if count > limit { return false }
            } else if byte == UInt8(ascii: ">") {
                rest = rest[index...]
                return true
            }
        }
        rest = rest[rest.endIndex...]
        return true
    }
}
