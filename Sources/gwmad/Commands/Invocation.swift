import MADKit

/// The words behind a command, sorted into options and plain arguments.
struct Invocation: Sendable {
    private var values: [String: [String]] = [:]
    /// What is not an option, in order.
    private(set) var arguments: [String] = []

    /// Reads `words` by the command's table: `-x VALUE`, `-xVALUE`, `--name VALUE`, `--name=VALUE`, `--` ends options.
    /// - Throws: ``Failure`` naming the word that is no option, or the option that lacks its value.
    init(_ words: [String], for command: Command) throws(Failure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                arguments.append(word)
                guard command.endsAtFirstArgument else { continue }
                arguments += rest
                return
            }
            if word == "--help" || word == "-h" {
                values["help"] = [""]
                return
            }
            try take(word, for: command, &rest)
        }
    }

    private mutating func take(_ word: String, for command: Command, _ rest: inout ArraySlice<String>) throws(Failure) {
        let option: Manual.Option?
        var attached: String?
        if word.hasPrefix("--") {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            option = command.options.first { $0.name == (parts.first ?? "") }
            attached = parts.count > 1 ? String(parts[1]) : nil
        } else {
            let letter = word.dropFirst().first
            option = command.options.first { $0.letter != nil && $0.letter == letter }
            attached = word.count > 2 ? String(word.dropFirst(2)) : nil
        }
        guard let option else { throw Failure(.usage, "gwmad \(command.name): unknown option \(word)") }
        guard option.value != nil else {
            if attached != nil { throw Failure(.usage, "gwmad \(command.name): --\(option.name) takes no value") }
            values[option.name, default: []].append("")
            return
        }
        guard let value = attached ?? rest.popFirst() else {
            throw Failure(.usage, "gwmad \(command.name): --\(option.name) needs a value")
        }
        values[option.name, default: []].append(value)
    }

    /// The last value of an option; `nil` when it was not given.
    subscript(name: String) -> String? { values[name]?.last }

    /// Every value of an option, in the order given.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// True when the option was given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The option's value as a number of seconds, at least `least`.
    func seconds(_ name: String, least: Double = 0.001) throws(Failure) -> Duration? {
        guard let text = self[name] else { return nil }
        guard let number = Double(text), number >= least, number <= 1_000_000 else {
            throw Failure(.usage, "--\(name): '\(text)' is not a number of seconds")
        }
        return .milliseconds(Int64(number * 1000))
    }

    /// The option's value as a whole number within `range`.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                .usage, "--\(name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
