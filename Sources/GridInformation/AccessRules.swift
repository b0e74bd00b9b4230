/// Who may use a queue, as QUEUE_ACCESS tells it: `:cms::atlas:`, for patterns such as `*:cms:*` in job templates.
enum AccessRules {
    /// Room for some seventy virtual organisations.
    static let longest = 1_000

    /// The text for the rules of a queue. What does not fit is left out whole, never cut to another name.
    static func text(_ rules: [String]) -> String {
        var seen: Set<String> = []
        var text = ""
        for rule in rules {
            guard let name = name(rule), seen.insert(name).inserted else { continue }
            let word = ":\(name):"
            if text.utf8.count + word.utf8.count <= longest { text += word }
        }
        return text
    }

    /// The virtual organisation, or the group and role in it, that a rule lets in: `VO:cms`, `VOMS:/cms/Role=production`,
    /// `vo:cms` of GLUE 2, or the bare name. `nil` for a rule of another kind, such as `DENY:…`.
    private static func name(_ rule: String) -> String? {
        let name: Substring
        if let colon = rule.firstIndex(of: ":") {
            let kind = rule[..<colon].lowercased()
            guard kind == "vo" || kind == "voms" else { return nil }
            name = rule[rule.index(after: colon)...]
        } else {
            name = rule[...]
        }
        let trimmed = name.drop { $0 == " " }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
