/// Who may use a queue, as QUEUE_ACCESS tells it: `:cms::atlas:`, for patterns such as `*:cms:*` in job templates.
enum AccessRules {
    /// The text for the rules of a queue, `bytes` long at most. What does not fit is left out whole, never cut to another
    /// name, groups and roles before organisations: most job templates ask for one of the latter.
    static func text(_ rules: [String], bytes: Int) -> String {
        var seen: Set<String> = []
        let names = rules.compactMap(name).filter { seen.insert($0).inserted }
        let words = names.map { ":\($0):" }
        guard words.reduce(0, { $0 + $1.utf8.count }) > bytes else { return words.joined() }
        var text = ""
        for word in words.filter({ !$0.hasPrefix(":/") }) + words.filter({ $0.hasPrefix(":/") })
        where text.utf8.count + word.utf8.count <= bytes {
            text += word
        }
        return text
    }

    /// The virtual organisation, or the group and role in it, that a rule lets in: `VO:cms`, `VOMS:/cms/Role=production`,
    /// `vo:cms` of GLUE 2, or the bare name. `nil` for a rule of another kind, such as `DENY:…`.
    private static func name(_ rule: String) -> String? {
        let name: Substring
        if let colon = rule.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let kind = rule[..<colon].lowercased()
            guard kind == "vo" || kind == "voms" else { return nil }
            name = rule[rule.utf8.index(after: colon)...]
        } else {
            name = rule[...]
        }
        let trimmed = name.drop { $0 == " " }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
