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
            var scan = XMLScan(buffer)
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
                    guard elements <= XMLBounds.elements else {
                        return "it has more than \(XMLBounds.elements) elements"
                    }
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
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes
    }

    func begins(with text: StaticString) -> Bool {
        guard rest.count >= text.utf8CodeUnitCount, let start = rest.baseAddress else { return false }
        return memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Goes on behind the next `text`; false when there is none.
    mutating func skip(past text: StaticString) -> Bool {
        while let start = rest.baseAddress,
            let found = memchr(start, Int32(text.utf8Start.pointee), rest.count)
        {
            advance(by: UnsafeRawPointer(found) - start)
            if begins(with: text) {
                advance(by: text.utf8CodeUnitCount)
                return true
            }
            advance(by: 1)
        }
        return false
    }

    private mutating func advance(by count: Int) {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }

    /// Goes through a start tag to its end, counting the quoted values; false when there are more.
    mutating func attributes(atMost limit: Int) -> Bool {
        var count = 0
        var quote: UInt8 = 0
        for (index, byte) in rest.enumerated() {
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                count += 1
                if count > limit { return false }
            } else if byte == UInt8(ascii: ">") {
                advance(by: index)
                return true
            }
        }
        advance(by: rest.count)
        return true
    }
}
