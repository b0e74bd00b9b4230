/// The address of a gatekeeper's service: `HOST[:PORT][/SERVICE][:SUBJECT]`, port 2119 and service `jobmanager` unless
/// given.
package struct GatekeeperContact: Sendable, Hashable, CustomStringConvertible {
    /// The port of a gatekeeper that names none.
    package static let standardPort: UInt16 = 2119

    /// The text for GRAM.
    package let text: String

    /// Takes a contact as it is, with two exceptions: a missing port becomes `port`, and the service `(null)`, which gwd
    /// writes after a restart for a host without one, is left out.
    package init(_ contact: String, port: UInt16? = nil) {
        var contact = contact
        if contact.hasSuffix("/(null)") { contact.removeLast("/(null)".count) }
        text = port.map { GatekeeperContact.filling($0, into: contact) } ?? contact
    }

    package var description: String { text }

    private static func filling(_ port: UInt16, into contact: String) -> String {
        let end = contact.firstIndex { $0 == ":" || $0 == "/" } ?? contact.endIndex
        let rest = contact[end...]
        guard rest.first == ":" else { return "\(contact[..<end]):\(port)\(rest)" }
        let behind = rest.dropFirst()
        if let digit = behind.first, digit.isASCII, digit.isNumber { return contact }
        return "\(contact[..<end]):\(port)\(behind)"
    }
}
