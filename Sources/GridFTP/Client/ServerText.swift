/// What a server or the library said about a failure, brought to one line with the most telling words first.
///
/// Globus prints a chain of errors from the outermost to the root cause, a server's reply within it is a block of
/// lines that begin with its code, and gwd keeps some 480 bytes: so the last words come first and noise is left out.
enum ServerText {
    /// Lines that say nothing.
    private static let noise: Set<Substring> = [
        "End.", "Command failed.", "Command failed", "the server responded with an error", "System error",
    ]

    /// Labels in front of words that speak for themselves.
    private static let labels = [
        "GridFTP-Error-String:", "GridFTP-Error:", "GridFTP-Reason:", "GlobusError:", "A system call failed:",
        "OpenSSL Error:",
    ]

    /// One line out of `text`.
    static func condensed(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(whereSeparator: { $0.isNewline || $0 == "\0" }).reversed() {
            guard let words = words(of: line), !lines.contains(where: { $0.hasSuffix(words) }) else { continue }
            lines.append(words)
        }
        let joined = lines.joined(separator: "; ")
        return joined.isEmpty ? text.split(whereSeparator: \.isWhitespace).joined(separator: " ") : joined
    }

    /// What is worth reading of one line; `nil` when nothing is.
    private static func words(of line: Substring) -> Substring? {
        var line = trimmed(line)
        line = withoutCode(withoutCode(line))
        if let colon = line.firstIndex(of: ":"), line.hasPrefix("globus_"),
            line[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
        {
            line = trimmed(line[line.index(after: colon)...])
        }
        if line.hasPrefix("Command failed. :") { line = trimmed(line.dropFirst("Command failed. :".count)) }
        // The copier's own function names and its report of a web server's refusal.
        if line.hasPrefix("[globus_"), let end = line.firstIndex(of: "]") {
            line = trimmed(line[line.index(after: end)...].drop { $0 == ":" })
        }
        if line.hasPrefix("url: "), let reason = line.ranges(of: "for reason: ").first {
            line = line[reason.upperBound...]
        }
        if line.hasPrefix("gass_transfer_request_status") { line = "the server refused or broke off" }
        // Titles of what follows, and numbers that repeat the text.
        if line.hasPrefix("GridFTP-Errno:") || line.hasSuffix(":") { return nil }
        for label in labels where line.hasPrefix(label) { line = trimmed(line.dropFirst(label.count)) }
        return line.isEmpty || noise.contains(line) ? nil : line
    }

    /// A reply line without the three digits and the dash or blank in front.
    private static func withoutCode(_ line: Substring) -> Substring {
        guard line.count >= 4, line.prefix(3).allSatisfy(\.isNumber) else { return line }
        let separator = line[line.index(line.startIndex, offsetBy: 3)]
        return separator == "-" || separator == " " ? trimmed(line.dropFirst(4)) : line
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while line.first?.isWhitespace == true { line.removeFirst() }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }
}
