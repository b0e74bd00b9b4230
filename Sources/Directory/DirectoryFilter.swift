import CLDAP
import MADKit

/// The text of an LDAP search filter (RFC 4515).
///
/// Values get in only through functions that escape them. What an administrator wrote gets in through
/// ``init(written:)``, which keeps it from reaching beyond its own parentheses.
package struct DirectoryFilter: Sendable, Hashable, CustomStringConvertible {
    /// Zero or more parenthesised filters.
    package let description: String

    private init(unchecked text: String) { description = text }

    /// Any entry.
    package static let everything = DirectoryFilter(unchecked: "(objectClass=*)")
    /// Nothing to demand.
    package static let none = DirectoryFilter(unchecked: "")

    /// Takes what an administrator wrote: one filter, several in a row (all must hold), or one without its parentheses.
    /// - Throws: ``MADError`` when parentheses do not match or something else makes it unreadable.
    package init(written text: String) throws(MADError) {
        var body = text[...]
        while body.first?.isWhitespace == true { body.removeFirst() }
        while body.last?.isWhitespace == true { body.removeLast() }
        var depth = 0
        var gap = false
        if let first = body.first, first != "(" {
            // Only behind an operator may there be further ones, and those must not close the one around them.
            gap =
                "&|!".contains(first)
                ? !DirectoryFilter.isBalanced(body.utf8)
                : body.utf8.contains { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")") }
            body = "(\(body))"
        }
        for byte in body.utf8 {
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case 0: depth = -1
            default: if depth == 0, byte != 0x20 { gap = true }
            }
            guard depth >= 0 else { break }
        }
        guard depth == 0, !gap else {
            throw MADError(.invalid, "filter '\(Info(text))'", cause: "its parentheses do not match")
        }
        guard body.isEmpty || cldap_is_filter("(&\(body))") == 1 else {
            throw MADError(.invalid, "filter '\(Info(text))'", cause: "it is not an LDAP filter")
        }
        description = String(body)
    }

    private static func isBalanced(_ text: Substring.UTF8View) -> Bool {
        var depth = 0
        for byte in text where depth >= 0 {
            if byte == UInt8(ascii: "(") { depth += 1 } else if byte == UInt8(ascii: ")") { depth -= 1 }
        }
        return depth == 0
    }

    /// Entries of an object class; the name is ours, never somebody's text.
    package static func isA(_ objectClass: StaticString) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(objectClass=\(objectClass))")
    }

    /// Entries in which the attribute has the value.
    package static func has(_ attribute: StaticString, _ value: String) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(\(attribute)=\(escaped(value)))")
    }

    /// Entries in which the attribute has any value.
    package static func hasAny(_ attribute: StaticString) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(\(attribute)=*)")
    }

    /// Entries in which a value of the attribute begins so.
    package static func hasPrefix(_ attribute: StaticString, _ prefix: String) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(\(attribute)=\(escaped(prefix))*)")
    }

    /// Entries in which a value of the attribute ends so.
    package static func hasSuffix(_ attribute: StaticString, _ suffix: String) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(\(attribute)=*\(escaped(suffix)))")
    }

    /// Entries in which a value of the attribute contains the text.
    package static func contains(_ attribute: StaticString, _ part: String) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(\(attribute)=*\(escaped(part))*)")
    }

    /// What fits all of them.
    package static func all(_ parts: DirectoryFilter...) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(&\(parts.map(\.description).joined()))")
    }

    /// What fits one of them at least.
    package static func any(_ parts: [DirectoryFilter]) -> DirectoryFilter {
        parts.count == 1 ? parts[0] : DirectoryFilter(unchecked: "(|\(parts.map(\.description).joined()))")
    }

    /// What does not fit.
    package static func not(_ part: DirectoryFilter) -> DirectoryFilter {
        DirectoryFilter(unchecked: "(!\(part.description))")
    }

    /// True when there is nothing to demand.
    package var isEmpty: Bool { description.isEmpty }

    /// A value in which nothing has a meaning: `*`, `(`, `)`, `\`, NUL and all that is not ASCII as `\xx` (RFC 4515, 3).
    static func escaped(_ value: String) -> String {
        let isPlain = { (byte: UInt8) in
            byte >= 0x20 && byte < 0x7F && byte != 0x28 && byte != 0x29 && byte != 0x2A && byte != 0x5C
        }
        guard !value.utf8.allSatisfy(isPlain) else { return value }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in value.utf8 {
            if isPlain(byte) {
                text.append(byte)
            } else {
                text += [0x5C, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
