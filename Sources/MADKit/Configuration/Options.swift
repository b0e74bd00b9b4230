/// The options of a command line, checked against a ``Manual``.
public struct Options: Sendable {
    /// What to do about a word that is no option.
    package enum PlainWords: Sendable {
        /// It is a mistake.
        case refused
        /// It is an argument; `--` makes one of every word behind it.
        case accepted
        /// The same, and the first one begins somebody else's command line, whose options are not ours.
        case endOptions
    }

    private var values: [String: [String]] = [:]
    /// The words that are not options, in order.
    package private(set) var arguments: [String] = []

    /// No option at all.
    public init() {}

    /// Reads `words` by the table in `manual`: `-x VALUE`, `-xVALUE`, `--name VALUE`, `--name=VALUE`.
    /// - Throws: ``MADError`` naming the word that is not an option, or the option that lacks its value.
    public init(_ words: [String], manual: Manual) throws(MADError) {
        try self.init(words, of: manual.program, table: manual.options + Manual.common, plainWords: .refused)
    }

    /// Reads `words` by `table` on behalf of `program`, which mistakes are told in the name of.
    package init(
        _ words: [String], of program: String, table: [Manual.Option], plainWords: PlainWords
    ) throws(MADError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if plainWords != .refused, word == "--" {
                arguments += rest
                return
            }
            let option: Manual.Option?
            var attached: String?
            if word.hasPrefix("--") {
                let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                option = table.first { $0.name == (parts.first ?? "") }
                attached = parts.count > 1 ? String(parts[1]) : nil
            } else if word.hasPrefix("-"), let letter = word.dropFirst().first {
                option = table.first { $0.letter == letter }
                attached = word.count > 2 ? String(word.dropFirst(2)) : nil
            } else {
                guard plainWords != .refused else {
                    throw MADError(.invalid, "\(program): unexpected argument '\(word)'")
                }
                arguments.append(word)
                guard plainWords == .endOptions else { continue }
                arguments += rest
                return
            }
            guard let option else {
                throw MADError(.invalid, "\(program): unknown option '\(word)'")
            }
            guard option.value != nil else {
                guard attached == nil else {
                    throw MADError(.invalid, "\(program): option --\(option.name) takes no value")
                }
                values[option.name, default: []].append("")
                continue
            }
            guard let value = attached ?? rest.popFirst() else {
                throw MADError(.invalid, "\(program): option \(word) needs a value")
            }
            values[option.name, default: []].append(value)
        }
    }

    /// The last value of the option with that long name, or `nil` when it was not given.
    public subscript(name: String) -> String? { values[name]?.last }

    /// Every value of the option, in the order given.
    public func all(_ name: String) -> [String] { values[name] ?? [] }

    /// True when the option was given.
    public func has(_ name: String) -> Bool { values[name] != nil }

    /// The option's value as a whole number within `range`, or `nil` when it was not given.
    /// - Throws: ``MADError`` naming the option and its value.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(MADError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw MADError(
                .invalid, "option --\(name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
