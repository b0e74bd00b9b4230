/// A job contact taken apart: `https://HOST:PORT/PATH/`.
///
/// The path names the job for good; host and port name its job manager of the moment.
package struct JobURL: Sendable, Hashable {
    /// The job manager's host.
    package let host: String
    /// The job manager's port.
    package let port: UInt16
    /// The job's own name, slashes included.
    package let path: String

    /// Reads a contact; `nil` when it is not of that form.
    package init?(_ contact: some StringProtocol) {
        guard contact.hasPrefix("https://") else { return nil }
        let rest = contact.dropFirst("https://".count)
        guard let slash = rest.firstIndex(of: "/"), let colon = rest[..<slash].lastIndex(of: ":"),
            colon > rest.startIndex,
            let port = UInt16(rest[rest.index(after: colon)..<slash]), port > 0, rest[slash...].utf8.count > 1
        else { return nil }
        host = String(rest[..<colon])
        self.port = port
        path = String(rest[slash...])
    }

    /// The job manager's address.
    package var authority: String { "\(host):\(port)" }
}
