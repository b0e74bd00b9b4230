/// A distinguished name as a path: which entry is below which.
///
/// Compared as servers compare: names of attributes without case, values too, as all naming attributes of MDS and GLUE 1
/// are case-insensitive.
package struct DistinguishedName: Hashable, Sendable {
    /// The relative names from the entry up to the root, lower-cased and without the blanks that mean nothing.
    package let parts: [String]

    /// Reads the string form (RFC 4514).
    package init(_ text: String) {
        var parts: [String] = []
        var part: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
                part.append(byte)
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                part.append(byte)
            } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
                parts.append(DistinguishedName.normalized(part))
                part = []
            } else if byte != 0x20 || !part.isEmpty && part.last != UInt8(ascii: "=") {
                part.append(byte)
            }
        }
        if !part.isEmpty { parts.append(DistinguishedName.normalized(part)) }
        self.parts = parts
    }

    private init(parts: [String]) { self.parts = parts }

    /// The name of the entry above; `nil` at the root.
    package var parent: DistinguishedName? { parts.isEmpty ? nil : DistinguishedName(parts: Array(parts.dropFirst())) }

    private static func normalized(_ part: [UInt8]) -> String {
        var part = part[...]
        while part.last == 0x20 { part.removeLast() }
        return String(decoding: part, as: UTF8.self).lowercased()
    }
}
