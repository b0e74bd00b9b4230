import MADKit

/// A line of a driver, read as gwd reads it, and what gwd would trip over in it.
struct WireReply: Sendable, Equatable {
    let key: WireRequest.Key
    let isSuccess: Bool
    /// The last field; `-` stands for nothing.
    let info: String

    /// What a line of `kind` means. Without a reply there is nothing that could be an answer.
    /// - Parameters:
    ///   - bytes: the line, newline excluded.
    ///   - limits: what the gwd in question can hold.
    static func read(
        _ bytes: some Collection<UInt8>, from kind: DriverKind, limits: GWDLimits
    ) -> (reply: WireReply?, defects: [String]) {
        var defects: [String] = []
        let longest = max(limits.lineBytes, 16_383)
        if bytes.count > longest {
            defects.append("a line of \(bytes.count) bytes: gwd takes \(longest) and reads the rest as another message")
        }
        if let control = bytes.first(where: { $0 < 0x20 || $0 == 0x7F }) {
            defects.append("control character \(control) in '\(excerpt(bytes))'")
        }
        let fields = kind.wordsBeforeResult
        let words = bytes.prefix(longest).split(separator: 0x20, maxSplits: fields + 1)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let verb = words.first else {
            defects.append("a blank line: gwd processes its previous message again")
            return (nil, defects)
        }
        guard verbs(of: kind).contains(verb) else {
            defects.append("'\(excerpt(bytes))' begins with a word that gwd does not know")
            return (nil, defects)
        }
        guard words.count > fields else {
            defects.append("'\(excerpt(bytes))' is too short: gwd fills in the fields of its previous message")
            return (nil, defects)
        }
        let numbers = words[1..<fields].map { Int32($0) }
        for (word, number) in zip(words[1..<fields], numbers) where word != "-" && (number ?? -1) < 0 {
            defects.append("'\(excerpt(bytes))': '\(word)' is not a number")
            return (nil, defects)
        }
        let result = words[fields]
        if result != "SUCCESS", result != "FAILURE" {
            defects.append("'\(excerpt(bytes))': the result '\(result)' is neither SUCCESS nor FAILURE")
        }
        // An information driver without hosts may leave the list empty; gwd reads nothing but the line itself there.
        let info = words.count > fields + 1 ? words[fields + 1].trimmed : ""
        if info.isEmpty, kind != .information {
            defects.append("'\(excerpt(bytes))' has no INFO: gwd uses that of its previous message")
        }
        if kind != .information, info.utf8.count > limits.infoBytes {
            defects.append("INFO of \(info.utf8.count) bytes: gwd takes \(limits.infoBytes)")
        }
        let key = WireRequest.Key(verb: verb, number: numbers[0], transfer: numbers.count > 1 ? numbers[1] : nil)
        return (WireReply(key: key, isSuccess: result == "SUCCESS", info: info.isEmpty ? "-" : info), defects)
    }

    private static func verbs(of kind: DriverKind) -> Set<String> {
        switch kind {
        case .information: ["INIT", "DISCOVER", "MONITOR", "FINALIZE"]
        case .transfer: ["INIT", "START", "END", "MKDIR", "RMDIR", "EXISTS", "CP", "FINALIZE", "TIMER"]
        case .execution: ["INIT", "SUBMIT", "RECOVER", "POLL", "CANCEL", "CALLBACK", "FINALIZE", "TIMER", "REFRESH"]
        }
    }

    /// The start of a line, fit for a message.
    static func excerpt(_ bytes: some Collection<UInt8>) -> String {
        let text = Info(String(decoding: bytes.prefix(120), as: UTF8.self)).text
        return bytes.count > 120 ? text + "…" : text
    }
}
