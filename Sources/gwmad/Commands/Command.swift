import MADKit

/// One command of gwmad: what `--help` prints and what the parser accepts.
struct Command: Sendable {
    /// What stands behind `gwmad` on the command line.
    let name: String
    /// The form of its arguments.
    let synopsis: String
    /// What it does, in a few lines.
    let summary: String
    let options: [Manual.Option]
    /// True when the first plain argument begins somebody else's command line, whose options are not ours.
    var endsAtFirstArgument = false

    /// The text of `gwmad NAME --help`.
    var helpText: String {
        "usage: gwmad \(name) \(synopsis)\n\n\(summary)\n\n"
            + (options + [Manual.Option("h", "help", "show this text")]).map(Command.row).joined()
    }

    private static func row(_ option: Manual.Option) -> String {
        let letter = option.letter.map { "-\($0), " } ?? "    "
        let usage = "  \(letter)--\(option.name)" + (option.value.map { " \($0)" } ?? "")
        let gap =
            usage.count < 30
            ? String(repeating: " ", count: 30 - usage.count) : "\n" + String(repeating: " ", count: 30)
        return usage + gap + option.help + "\n"
    }
}
