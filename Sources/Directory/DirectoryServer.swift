/// Where an LDAP server is and how it is spoken to.
package struct DirectoryServer: Hashable, Sendable {
    /// How the way to the server is protected.
    package enum Protection: String, Hashable, Sendable, CaseIterable {
        /// Not at all, as in every MDS and BDII of old.
        case none
        /// The connection begins in the clear and turns to TLS (RFC 4511, 4.14).
        case startTLS = "starttls"
        /// TLS from the first byte, `ldaps://`.
        case ldaps
    }

    /// A name, an IPv4 or an IPv6 address without brackets.
    package let host: String
    /// The TCP port.
    package let port: Int
    /// How the way is protected.
    package let protection: Protection

    /// Names a server.
    package init(host: String, port: Int, protection: Protection = .none) {
        self.host = host
        self.port = port
        self.protection = protection
    }

    /// Reads `HOST`, `HOST:PORT`, `ldap://HOST:PORT` or `ldaps://HOST:PORT`; an IPv6 address with a port is in brackets.
    ///
    /// `nil` for anything else, so that no text from elsewhere can become part of a URL.
    /// - Parameters:
    ///   - text: the words.
    ///   - port: used when none is given.
    ///   - protection: used unless the text begins with `ldaps:`.
    package init?(_ text: String, port: Int, protection: Protection = .none) {
        var rest = text[...]
        var protection = protection
        if rest.hasPrefix("ldaps://") {
            protection = .ldaps
            rest = rest.dropFirst(8)
        } else if rest.hasPrefix("ldap://") {
            rest = rest.dropFirst(7)
        }
        if rest.last == "/" { rest = rest.dropLast() }
        guard let address = HostAddress(String(rest)) else { return nil }
        self.init(host: address.host, port: address.port ?? port, protection: protection)
    }

    /// The address in the form of libldap.
    package var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(protection == .ldaps ? "ldaps" : "ldap")://\(name):\(port)"
    }
}
