internal import COpenSSL

/// What OpenSSL has to say about its last failure on this thread.
enum OpenSSLError {
    /// Its errors in one line, oldest first, and the queue emptied.
    static func take() -> String {
        var texts: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            if let text = ERR_reason_error_string(code).map({ String(cString: $0) }), !texts.contains(text) {
                texts.append(text)
            }
        }
        return texts.isEmpty ? "OpenSSL gives no reason" : texts.joined(separator: ", ")
    }
}
