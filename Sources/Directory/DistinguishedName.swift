/// A distinguished name as a path: which entry is below which.
///
/// Compared as servers compare: names of attributes without case, values too, as all naming attributes of MDS and GLUE 1
/// are case-insensitive.
package struct DistinguishedName: Hashable, Sendable {
    /// Lower-cased, without the blanks that mean nothing.
    private let text: String

    /// Reads the string form (RFC 4514).
    package init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isEscaped = false
        var pendingBlanks = 0
        for byte in text.utf8 {
            switch byte {
            case 0x20 where !isEscaped:
                pendingBlanks += 1
                continue
            case UInt8(ascii: ",") where !isEscaped, UInt8(ascii: "=") where !isEscaped:
                pendingBlanks = 0
            default:
                // Blanks count only within a value.
                if let last = bytes.last, last != UInt8(ascii: ","), last != UInt8(ascii: "=") {
                    for _ in 0..<pendingBlanks { bytes.append(0x20) }
                }
                pendingBlanks = 0
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            bytes.append(byte)
        }
        self.text = String(decoding: bytes, as: UTF8.self).lowercased()
    }

    private init(normalized text: String) { self.text = text }

    /// The name of the entry above; `nil` at the root.
    package var parent: DistinguishedName? {
        var isEscaped = false
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if byte == UInt8(ascii: ","), !isEscaped {
                return DistinguishedName(normalized: String(text[text.utf8.index(after: index)...]))
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return nil
    }

    /// The value of the first attribute of that name on the way up, lower-cased; the entry's own name comes first.
    package func value(of attribute: String) -> String? {
        let prefix = attribute.lowercased() + "="
        var name: DistinguishedName? = self
        while let here = name {
            if here.text.hasPrefix(prefix) {
                let end = here.parent.map { here.text.utf8.count - $0.text.utf8.count - 1 } ?? here.text.utf8.count
                return String(decoding: Array(here.text.utf8)[prefix.utf8.count..<end], as: UTF8.self)
            }
            name = here.parent
        }
        return nil
    }
}
