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
    /// How its plain arguments stand among the options.
    var plainWords = Options.PlainWords.accepted

    /// The text of `gwmad NAME --help`.
    var helpText: String { "usage: gwmad \(name) \(synopsis)\n\n\(summary)\n\n\(Manual.rows(table))" }

    /// Every option that the parser accepts.
    var table: [Manual.Option] { options + [Manual.Option("h", "help", "show this text")] }
}
