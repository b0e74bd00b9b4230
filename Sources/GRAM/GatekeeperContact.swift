/// The address of a gatekeeper's service: `[https://]HOST[:PORT][/SERVICE][:SUBJECT]`, port 2119 and service `jobmanager`
/// unless given.
package struct GatekeeperContact: Sendable, Hashable, CustomStringConvertible {
    /// The port of a gatekeeper that names none.
    package static let standardPort: UInt16 = 2119

    /// The text for GRAM.
    package let text: String

    /// Takes a contact as it is, but for three things: a missing port becomes `port`; the service `(null)`, which gwd
    /// writes after a restart for a host without one, is left out; and so is `https://`, which GRAM documents and misreads
    /// (it takes the colon for that of the port).
    package init(_ contact: String, port: UInt16? = nil) {
        var contact = contact
        if contact.hasPrefix("https://") { contact.removeFirst("https://".count) }
        if contact.hasSuffix("/(null)") { contact.removeLast("/(null)".count) }
        text = port.map { GatekeeperContact.filling($0, into: contact) } ?? contact
    }

    package var description: String { text }

    /// The host alone.
    package var host: String { String(text.prefix { $0 != ":" && $0 != "/" }) }

    /// The port, given or standard.
    package var port: UInt16 {
        let rest = text.dropFirst(host.count)
        guard rest.first == ":" else { return GatekeeperContact.standardPort }
        return UInt16(rest.dropFirst().prefix { $0.isASCII && $0.isNumber }) ?? GatekeeperContact.standardPort
    }

    private static func filling(_ port: UInt16, into contact: String) -> String {
        let end = contact.firstIndex { $0 == ":" || $0 == "/" } ?? contact.endIndex
        let rest = contact[end...]
        guard rest.first == ":" else { return "\(contact[..<end]):\(port)\(rest)" }
        let behind = rest.dropFirst()
        if let digit = behind.first, digit.isASCII, digit.isNumber { return contact }
        return "\(contact[..<end]):\(port)\(behind)"
    }
}
