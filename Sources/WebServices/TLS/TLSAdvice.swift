/// What an administrator can do about a handshake that failed.
enum TLSAdvice {
    /// OpenSSL's words with what they mean here, where that is known.
    static func advice(_ words: String, _ check: PeerCheck) -> String {
        func holds(_ parts: [String]) -> Bool { parts.contains { words.contains($0) } }
        if holds(notTLS) {
            return "\(words): the server does not speak TLS at this port (plain HTTP?)"
        }
        if holds(refusals) {
            let what =
                check.identity.map { "the proxy certificate \($0.path)" } ?? "clients without a proxy certificate"
            return "\(words): the server does not accept \(what)"
        }
        guard holds(old) else { return words }
        return check.trust.acceptsLegacyTLS
            ? "\(words): perhaps it speaks SSLv3 alone, like an unmodified Globus Toolkit 4 container, which nobody can "
                + "talk to today: a TLS front end before it helps"
            : "\(words): if it is an old server, --legacy-tls may help"
    }

    /// The answer to our greeting was something else.
    private static let notTLS = ["wrong version number", "packet length too long", "http request"]

    /// Alerts by which a server turns a client's certificate down.
    private static let refusals = [
        "alert unknown ca", "alert bad certificate", "alert certificate", "alert unsupported certificate",
        "alert access denied", "alert decrypt error",
    ]

    /// What a server that is too old for today's defaults, or the other way round, makes OpenSSL say.
    private static let old = [
        "unsupported protocol", "alert protocol version", "handshake failure", "legacy renegotiation",
        "no protocols available", "too small", "unexpected eof", "wrong signature type", "no shared cipher",
        "internal error", "legacy sigalg", "version too low", "insufficient security",
    ]
}
