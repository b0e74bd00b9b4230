internal import COpenSSL
import Glibc

/// What an authority may sign, as the file `<hash>.signing_policy` beside its certificate says. OpenSSL knows nothing of
/// it; Globus refuses certificates outside of it.
struct SigningPolicy {
    /// Patterns of subjects, with `*` for any run of characters.
    let subjects: [String]

    /// Looks for the policy of an authority in `directory`, under the hash of its name in today's way and in the way of
    /// OpenSSL before 1.0. `nil` when there is no file; no pattern at all when it does not speak of the authority.
    init?(of authority: OpaquePointer, in directory: String) {
        let name = X509_get_subject_name(authority)
        let hashes = [X509_NAME_hash_ex(name, nil, nil, nil), X509_NAME_hash_old(name)]
        for hash in hashes {
            let digits = String(UInt32(truncatingIfNeeded: hash), radix: 16)
            let name = String(repeating: "0", count: 8 - digits.count) + digits
            if let text = SigningPolicy.text(of: "\(directory)/\(name).signing_policy") {
                self.init(text: text, authority: Certificate(authority).subject)
                return
            }
        }
        return nil
    }

    /// Reads the entries of such a file that speak of `authority`: `access_id_CA X509 '<DN>'`, then
    /// `pos_rights globus CA:sign`, then `cond_subjects globus '"<pattern>" "<pattern>"'`.
    init(text: String, authority: String) {
        var subjects: [String] = []
        var isMeant = false
        var maySign = false
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 3, !words[0].hasPrefix("#") else { continue }
            switch words[0] {
            case "access_id_CA":
                isMeant = SigningPolicy.same(SigningPolicy.quoted(words[2], by: "'").first ?? "", authority)
                maySign = false
            case "pos_rights":
                maySign = words[2].split(whereSeparator: \.isWhitespace).first == "CA:sign"
            case "cond_subjects" where isMeant && maySign:
                let list = SigningPolicy.quoted(words[2], by: "'").first ?? String(words[2])
                let patterns = SigningPolicy.quoted(list[...], by: "\"")
                subjects += patterns.isEmpty ? [list.trimmingBlanks] : patterns
            default:
                continue
            }
        }
        self.subjects = subjects
    }

    /// Whether the authority may sign that subject.
    func allows(_ subject: String) -> Bool {
        let subject = SigningPolicy.common(subject).lowercased()
        return subjects.contains { pattern in
            var escaped = ""
            for character in SigningPolicy.common(pattern).lowercased() {
                if "[]?\\".contains(character) { escaped += "\\" }
                escaped.append(character)
            }
            return fnmatch(escaped, subject, 0) == 0
        }
    }

    private static func same(_ one: String, _ other: String) -> Bool { common(one) == common(other) }

    /// One spelling for the attributes that have had several.
    private static func common(_ name: String) -> String {
        var result = ""
        for part in name.split(separator: "/", omittingEmptySubsequences: false) {
            let lower = part.lowercased()
            if !result.isEmpty || part.isEmpty { result += "/" }
            if lower.hasPrefix("email=") || lower.hasPrefix("e=") {
                result += "emailAddress=" + part.drop { $0 != "=" }.dropFirst()
            } else if lower.hasPrefix("userid=") {
                result += "UID=" + part.drop { $0 != "=" }.dropFirst()
            } else {
                result += part
            }
        }
        return result
    }

    /// What stands between pairs of `quote`.
    private static func quoted(_ text: Substring, by quote: Character) -> [String] {
        let parts = text.split(separator: quote, omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
    }

    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
