/// Values that stand for "unknown" or "no limit".
///
/// They pass by default, because the REQUIREMENTS of job templates may name them.
package struct Placeholders: Sendable {
    /// True to hand them on.
    package var pass = true

    package init(pass: Bool = true) { self.pass = pass }

    func mayPass(_ text: String) -> Bool { pass || !Placeholders.isPlaceholder(text) }

    /// True for numbers of six and more digits that are all 4 or all 9, the largest ones of Maui, negative numbers, and the
    /// words that publishers use.
    static func isPlaceholder(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        if first == UInt8(ascii: "-") { return Int(text) != nil }
        if first == UInt8(ascii: "4") || first == UInt8(ascii: "9"), text.utf8.count >= 6 {
            return text.utf8.allSatisfy { $0 == first }
        }
        switch text.lowercased() {
        case "undefinedvalue", "undefined", "not defined", "unset", "null", "2146660842", "2147483647": return true
        default: return false
        }
    }
}
