import MADKit

/// The words behind a command, sorted into options and plain arguments; mistakes are failures of usage.
struct Invocation: Sendable {
    private let options: Options

    /// Reads `words` by the command's table.
    /// - Throws: ``Failure`` naming the word that is no option, or the option that lacks its value.
    init(_ words: [String], for command: Command) throws(Failure) {
        options = try Invocation.checked { () throws(MADError) in
            try Options(words, of: "gwmad \(command.name)", table: command.table, plainWords: command.plainWords)
        }
    }

    /// What is not an option, in order.
    var arguments: [String] { options.arguments }

    /// The last value of an option; `nil` when it was not given.
    subscript(name: String) -> String? { options[name] }

    /// Every value of an option, in the order given.
    func all(_ name: String) -> [String] { options.all(name) }

    /// True when the option was given.
    func has(_ name: String) -> Bool { options.has(name) }

    /// The option's value as a whole number within `range`.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        try Invocation.checked { () throws(MADError) in try options.integer(name, in: range) }
    }

    /// The option's value as a number of seconds, at least a thousandth.
    func seconds(_ name: String) throws(Failure) -> Duration? {
        guard let text = self[name] else { return nil }
        guard let number = Double(text), (0.001...1_000_000).contains(number) else {
            throw Failure(.usage, "option --\(name): '\(text)' is not a number of seconds")
        }
        return .milliseconds(Int64(number * 1000))
    }

    private static func checked<Result>(_ body: () throws(MADError) -> Result) throws(Failure) -> Result {
        do throws(MADError) { return try body() } catch { throw Failure(.usage, error.description) }
    }
}
