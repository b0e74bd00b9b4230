import MADKit

/// A file or directory as a transfer request names it, taken apart as far as a client needs.
///
/// gwd substitutes names into URLs without any escaping, so a path is taken byte for byte: `%20` names a file with three
/// such characters. A web server is sent the path as it was written, and decodes what it likes.
package struct FTPLocation: Sendable, Equatable {
    /// How the place is reached.
    package enum Scheme: String, Sendable {
        case file, gsiftp, ftp, http, https

        /// True for the two that a control connection serves.
        package var isFTP: Bool { self == .gsiftp || self == .ftp }
    }

    private static let slash = UInt8(ascii: "/")

    /// How the place is reached.
    package let scheme: Scheme
    /// `scheme://host[:port]`, the same for every place on one server; with a user's name and password if they were given.
    package let server: String
    /// The path with its leading slash, in the server's own bytes: names need not be UTF-8. On an FTP server `/~/` stands
    /// for the home directory.
    package let bytes: [UInt8]

    /// Takes `text` apart.
    /// - Throws: ``MADError`` of code `invalid` that says what is wrong with it.
    package init(_ text: String) throws(MADError) {
        guard let colon = text.firstIndex(of: ":"), let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw MADError(.invalid, "\(text) is not a file, gsiftp, ftp, http or https URL")
        }
        var rest = text[text.index(after: colon)...]
        var authority: Substring = ""
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            authority = rest.prefix { $0 != "/" }
            rest = rest.dropFirst(authority.count)
        }
        // The control connection is a conversation in lines.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw MADError(.invalid, "a URL holds control characters")
        }
        if scheme == .file {
            guard authority.isEmpty || authority == "localhost" else {
                throw MADError(.invalid, "\(text) names a file of another host; only file:///PATH can be reached")
            }
        } else {
            guard let host = authority.split(separator: "@").last, !host.hasPrefix(":") else {
                throw MADError(.invalid, "\(text) names no host")
            }
        }
        guard rest.hasPrefix("/") || (rest.isEmpty && scheme != .file) else {
            throw MADError(.invalid, "\(text) names no absolute path")
        }
        self.scheme = scheme
        server = "\(scheme.rawValue)://\(authority)"
        bytes = rest.isEmpty ? [Self.slash] : Array(rest.utf8)
    }

    private init(scheme: Scheme, server: String, bytes: [UInt8]) {
        self.scheme = scheme
        self.server = server
        self.bytes = bytes
    }

    /// The path as text, for local files and for people. What is no UTF-8 is replaced.
    package var path: String { String(decoding: bytes, as: UTF8.self) }

    /// The whole URL, for the library: the path in RFC 3986's escapes, which the library takes back.
    package var url: String { (scheme == .file ? "file://" : server) + URLEscapes.escaped(bytes) }

    /// The whole URL, for people: without escapes and without a password.
    package var description: String {
        guard let at = server.lastIndex(of: "@") else { return (scheme == .file ? "file://" : server) + path }
        return "\(scheme.rawValue)://\(server[server.index(after: at)...])\(path)"
    }

    /// Host and port, for people.
    var serverName: String {
        String(server.dropFirst(scheme.rawValue.count + 3).split(separator: "@").last ?? "")
    }

    /// The same place named as a directory: one slash at the end.
    package var asDirectory: FTPLocation {
        bytes.last == Self.slash ? self : FTPLocation(scheme: scheme, server: server, bytes: bytes + [Self.slash])
    }

    /// The same place without slashes at the end.
    var withoutSlash: FTPLocation {
        var bytes = bytes
        while bytes.count > 1, bytes.last == Self.slash { bytes.removeLast() }
        return FTPLocation(scheme: scheme, server: server, bytes: bytes)
    }

    /// The directory that this place lies in.
    var directory: FTPLocation {
        let parts = withoutSlash.bytes
        guard let slash = parts.lastIndex(of: Self.slash), slash > 0 else { return self }
        return FTPLocation(scheme: scheme, server: server, bytes: Array(parts[...slash]))
    }

    /// Something inside this directory, by the bytes of its name.
    func appending(_ name: [UInt8]) -> FTPLocation {
        FTPLocation(scheme: scheme, server: server, bytes: asDirectory.bytes + name)
    }

    /// The parts of the path between its slashes, `.` left out.
    var components: [Substring] { path.split(separator: "/").filter { $0 != "." } }

    /// Why this directory must not be removed with everything in it, or `nil` when it may.
    ///
    /// A home directory, the root, what lies directly below it and the system's directories one step further down are never
    /// a job's own; `..` could lead to them.
    var reasonAgainstRemoval: String? {
        let components = components
        if components.contains("..") { return "its path climbs with '..'" }
        guard let first = components.first else { return "it is the root directory" }
        if first.hasPrefix("~") { return components.count < 2 ? "it is a home directory" : nil }
        guard components.count > 1 else { return "it lies directly below the root directory" }
        guard components.count == 2 else {
            return components.count == 3 && components[..<2] == ["export", "home"] ? "it is a home directory" : nil
        }
        if ["home", "Users"].contains(first) || components == ["export", "home"] { return "it is a home directory" }
        return Self.systemDirectories.contains(first) ? "it belongs to the system" : nil
    }

    /// Directories of the Filesystem Hierarchy Standard whose parts no user owns.
    private static let systemDirectories: Set<Substring> = [
        "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr", "var",
    ]
}
