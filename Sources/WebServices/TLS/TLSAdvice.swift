/// What an administrator can do about a handshake that failed.
enum TLSAdvice {
    /// OpenSSL's words with the way out behind them, if one is known.
    static func advice(_ words: String, trust: Trust) -> String {
        let isOld = [
            "unsupported protocol", "wrong version number", "protocol version", "handshake failure",
            "legacy renegotiation", "no protocols available", "too small", "unexpected eof", "wrong signature type",
        ]
        .contains { words.contains($0) }
        guard isOld else { return words }
        return trust.acceptsLegacyTLS
            ? "\(words); perhaps it speaks SSLv3 alone, like an unmodified Globus Toolkit 4 container: a TLS front end helps"
            : "\(words); if it is an old server, --legacy-tls may help"
    }
}
