import Globus
import MADKit

/// The URL of a server that jobs reach by themselves, as `-u` names it.
struct StagingURL {
    /// Without the slash at its end, as gwd puts absolute paths behind it.
    let url: TransferURL
    private let host: String
    private let port: UInt16

    private static let ports: [String: UInt16] = ["gsiftp": 2811, "ftp": 21, "https": 443, "http": 80]

    /// Reads an option's value. The colons that gwd.conf wants escaped arrive with or without their backslashes.
    /// - Throws: ``MADError`` of code `invalid` that says what is wrong with it.
    init(_ option: String) throws(MADError) {
        var text = option.split(separator: "\\", omittingEmptySubsequences: true).joined()
        text = text.split(separator: " ").joined(separator: " ")
        while text.hasSuffix("/") { text.removeLast() }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let standard = Self.ports[parts[0].lowercased()], parts[1].hasPrefix("//") else {
            throw MADError(.invalid, "--url '\(option)' is not gsiftp://HOST[:PORT][/PATH] (or ftp, https, http)")
        }
        var authority = parts[1].dropFirst(2).prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        var number: Substring = ""
        var name = authority
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            name = authority[authority.index(after: authority.startIndex)..<end]
            number = authority[authority.index(after: end)...]
        } else if let colon = authority.firstIndex(of: ":") {
            name = authority[..<colon]
            number = authority[colon...]
        }
        guard !name.isEmpty, let port = number.isEmpty ? standard : UInt16(number.dropFirst()), port > 0 else {
            throw MADError(.invalid, "--url '\(option)' names no host, or a port that is none")
        }
        guard let url = TransferURL(text) else {
            throw MADError(.invalid, "--url '\(option)' holds blanks or control characters")
        }
        self.url = url
        self.port = port
        host = String(name)
    }

    /// Tries the port. Blocks for 3 s at most for each address: INIT has 4.
    /// - Throws: ``MADError`` of code `unreachable`.
    func checkReachable() throws(MADError) {
        switch Reachability.of(host: host, port: port, seconds: 3) {
        case .accepts: return
        case .refuses: throw MADError(.unreachable, "nobody listens at \(host):\(port), the server of \(url)")
        case .unreachable(let cause): throw MADError(.unreachable, "cannot reach the server of \(url)", cause: cause)
        }
    }
}
