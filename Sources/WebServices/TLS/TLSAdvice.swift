/// What a handshake that failed means, and what an administrator can do about it.
enum TLSAdvice {
    /// The words of libcurl and OpenSSL with what they mean here, where that is known.
    static func advice(_ words: String, _ check: PeerCheck) -> String {
        let words = plain(words)
        func holds(_ parts: [String]) -> Bool { parts.contains { words.contains($0) } }
        if holds(notTLS) {
            return "\(words); the server does not speak TLS at this port (plain HTTP?)"
        }
        if holds(refusals) {
            let what =
                check.identity.map { "the proxy certificate \($0.path)" } ?? "a client without a proxy certificate"
            return "\(words); the server does not accept \(what)"
        }
        guard holds(old) else { return words }
        return check.trust.acceptsLegacyTLS
            ? "\(words); perhaps it speaks SSLv3 alone, like an unmodified Globus Toolkit 4 container, and no OpenSSL of "
                + "today does: put a TLS front end before it"
            : "\(words); if it is an old server, --legacy-tls may help"
    }

    /// OpenSSL's reason without its number and the parts of the library: `error:0A000102:SSL routines::reason`.
    private static func plain(_ words: String) -> String {
        if words.contains("SSL_ERROR_SYSCALL") { return "the server broke the TLS handshake off" }
        guard let error = words.firstRange(of: "error:"), let last = words.lastRange(of: "::"),
            error.lowerBound < last.lowerBound
        else { return words }
        return String(words[last.upperBound...])
    }

    /// The answer to our greeting was something else.
    private static let notTLS = ["wrong version number", "packet length too long", "http request"]

    /// Alerts by which a server turns a client's certificate down.
    private static let refusals = [
        "alert unknown ca", "alert bad certificate", "alert certificate", "alert unsupported certificate",
        "alert access denied", "alert decrypt error",
    ]

    /// What OpenSSL says when a server is too old for today's defaults.
    private static let old = [
        "unsupported protocol", "alert protocol version", "handshake failure", "handshake off", "legacy renegotiation",
        "no protocols available", "too small", "unexpected eof", "wrong signature type", "no shared cipher",
        "legacy sigalg", "version too low", "insufficient security",
    ]
}

extension String {
    /// Where `part` occurs last.
    fileprivate func lastRange(of part: String) -> Range<Index>? { ranges(of: part).last }
}
