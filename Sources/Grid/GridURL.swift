import MADKit

/// A URL that a transfer may come from or go to, taken apart.
package struct GridURL: Sendable, Equatable {
    /// The kinds of servers, and the local disk.
    package enum Scheme: String, Sendable, CaseIterable {
        case gsiftp, ftp, http, https, file

        /// The port when the URL names none.
        package var defaultPort: UInt16? {
            switch self {
            case .gsiftp: 2811
            case .ftp: 21
            case .http: 80
            case .https: 443
            case .file: nil
            }
        }
    }

    /// How the file is reached.
    package let scheme: Scheme
    /// `user` or `user:password`, as the URL has it.
    package let user: String?
    /// The server's name or address, an IPv6 address without brackets; empty for the local disk.
    package let host: String
    /// The port, if the URL names one.
    package let port: UInt16?
    /// Where the file is. On the local disk this is the path to open, percent-decoded once; on a server it is the rest of
    /// the URL as written, beginning with `/`, which the client library decodes.
    package let path: String
    /// The URL as gwd sent it.
    package let text: String

    /// Takes a URL apart.
    /// - Throws: ``MADError`` naming the URL and what is wrong with it.
    package init(_ url: TransferURL) throws(MADError) {
        text = url.text
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) else {
            let known = Scheme.allCases.map(\.rawValue).joined(separator: ", ")
            throw GridURL.error(text, "its scheme is none of \(known)")
        }
        self.scheme = scheme
        guard scheme != .file else {
            user = nil
            host = ""
            port = nil
            path = try GridURL.localPath(of: parts[1], in: text)
            return
        }
        guard parts[1].hasPrefix("//") else {
            throw GridURL.error(text, "'//' and a host are missing behind the scheme")
        }
        let rest = parts[1].dropFirst(2)
        let authority = rest.prefix { $0 != "/" }
        let place = rest[authority.endIndex...]
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            (host, port) = try GridURL.server(authority[authority.index(after: at)...], in: text)
        } else {
            user = nil
            (host, port) = try GridURL.server(authority, in: text)
        }
        path = place.isEmpty ? "/" : String(place)
        guard !GridURL.decoded(path[...]).contains(0) else { throw GridURL.error(text, "its path holds a NUL") }
    }

    /// True when the path starts at the account's home directory on the server: `/~/…` or `/~user/…`.
    package var isBelowHome: Bool { scheme != .file && path.hasPrefix("/~") }

    /// The port to connect to; 0 for the local disk.
    package var effectivePort: UInt16 { port ?? scheme.defaultPort ?? 0 }

    /// True when both URLs name the same server with the same account.
    package func hasSameServer(as other: GridURL) -> Bool {
        scheme == other.scheme && host.lowercased() == other.host.lowercased() && effectivePort == other.effectivePort
            && user == other.user
    }

    private static func error(_ url: String, _ reason: String) -> MADError {
        MADError(.invalid, "cannot use URL \(url)", cause: reason)
    }

    /// `file:/p`, `file:///p` and `file://localhost/p` all mean `/p`.
    private static func localPath(of rest: Substring, in url: String) throws(MADError) -> String {
        var path = rest
        if rest.hasPrefix("//") {
            let host = rest.dropFirst(2).prefix { $0 != "/" }
            guard host.isEmpty || host.lowercased() == "localhost" else {
                throw error(url, "a file: URL cannot name the host \(host)")
            }
            path = rest[host.endIndex...]
        }
        guard path.hasPrefix("/") else { throw error(url, "its path does not begin with /") }
        let bytes = decoded(path)
        guard !bytes.contains(0) else { throw error(url, "its path holds a NUL") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error(url, "its path is not UTF-8 once decoded")
        }
        return text
    }

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    private static func server(_ text: Substring, in url: String) throws(MADError) -> (String, UInt16?) {
        var host = text.prefix { $0 != ":" }
        var rest = text[host.endIndex...]
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw error(url, "its address lacks the closing ]") }
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
        }
        guard !host.isEmpty else { throw error(url, "it names no host") }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":"), rest.dropFirst().allSatisfy(\.isASCII), let port = UInt16(rest.dropFirst()),
            port > 0,
            !rest.hasPrefix(":+")
        else { throw error(url, "'\(rest.dropFirst())' is not a port number") }
        return (String(host), port)
    }

    /// The bytes with every `%41` replaced by what it stands for. A `%` without two hexadecimal digits stands for itself,
    /// because gwd does not encode the paths that it sends.
    private static func decoded(_ path: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func hexadecimal(_ digits: Substring.UTF8View) -> UInt8? {
        var value: UInt8 = 0
        guard digits.count == 2 else { return nil }
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | ((digit | 0x20) - 0x57)
            default: return nil
            }
        }
        return value
    }
}
