/// What a program tells about itself: its name, its purpose and its options. `--help` and the option parser read it.
public struct Manual: Sendable {
    /// One option.
    public struct Option: Sendable {
        /// The letter behind one dash, if it has one.
        public let letter: Character?
        /// The word behind two dashes.
        public let name: String
        /// What the value stands for, in capitals; `nil` for a switch.
        public let value: String?
        /// One line of help.
        public let help: String

        /// Describes an option.
        public init(_ letter: Character? = nil, _ name: String, value: String? = nil, _ help: String) {
            self.letter = letter
            self.name = name
            self.value = value
            self.help = help
        }
    }

    /// The executable's name.
    public let program: String
    /// One line: what it does.
    public let summary: String
    /// The options of this driver; those of every driver are added by the runtime.
    public let options: [Option]

    /// Describes a program.
    public init(program: String, summary: String, options: [Option]) {
        self.program = program
        self.summary = summary
        self.options = options
    }

    /// Options that every driver understands.
    static let common: [Option] = [
        OptionsFile.option,
        Option(nil, "gwd", value: "VERSION", "write replies for this GridWay release (default 5.4: safe for all)"),
        Option(nil, "line-limit", value: "BYTES", "longest reply line, instead of the release's"),
        Option(nil, "timeout", value: "SECONDS", "deadline of one operation"),
        Option(nil, "parallel", value: "NUMBER", "how many long operations run at once"),
        Option(nil, "log", value: "FILE", "write the log there instead of stderr (mode 0600)"),
        Option(nil, "log-level", value: "LEVEL", "error, warning (default), info or debug"),
        Option(nil, "trace", value: "FILE", "record every line in both directions (mode 0600)"),
        Option("h", "help", "show this text and exit"),
        Option(nil, "version", "show the version and exit"),
    ]

    /// The lines of `--help` about `options`, with the explanations in one column.
    package static func rows(_ options: [Option]) -> String {
        let column = String(repeating: " ", count: 30)
        return options.map { option in
            let letter = option.letter.map { "-\($0), " } ?? "    "
            let usage = "  \(letter)--\(option.name)" + (option.value.map { " \($0)" } ?? "")
            let gap = usage.count < column.count ? String(column.dropFirst(usage.count)) : "\n" + column
            return usage + gap + option.help + "\n"
        }.joined()
    }

    /// The text of `--help`.
    var helpText: String {
        """
        \(program): \(summary)

        Usage: \(program) [OPTIONS]
        gwd starts this program and talks to it over standard input and output, one line per request and reply.

        \(options.isEmpty ? "" : "Options:\n\(Manual.rows(options))\n")Options of every driver:
        \(Manual.rows(Manual.common))
        """
    }
}
