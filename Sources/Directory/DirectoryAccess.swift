/// How a client makes itself known and whom it trusts. Without further words it is anonymous, as MDS and BDII expect.
package struct DirectoryAccess: Sendable {
    /// The certificate authorities of the system, as Debian and most others keep them.
    package static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    /// The name and the password of a simple bind; `nil` for an anonymous client, which need not bind at all.
    package var identity: (name: String, password: String)?
    /// A file with the certificates of the authorities that may vouch for servers.
    package var authorities = systemAuthorities

    /// An anonymous client.
    package init() {}
}
