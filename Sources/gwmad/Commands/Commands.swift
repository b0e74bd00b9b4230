import MADKit

/// The commands of gwmad, and the way from words to an exit status.
enum Commands {
    static let all: [Command] = [RunCommand.command, HostsCommand.command, CheckCommand.command]

    static var helpText: String {
        """
        gwmad: plays gwd's part toward GridWay's drivers, to try them and to see what they say

        usage: gwmad COMMAND [OPTIONS] [ARGUMENTS]

          run      conduct one job as gwd would: stage in, submit, wait, stage out
          hosts    show what the information drivers tell about the hosts
          check    say whether an information driver finds servers, hosts and attributes
          help     show this text, or that of a command: gwmad help run

        gwmad COMMAND --help explains a command, gwmad --version tells the version; see also gwmad(1).

        """
    }

    /// Runs the command line behind the program's name and returns the exit status.
    static func run(_ words: [String]) -> Int32 {
        do {
            return try dispatch(words)
        } catch {
            Output.errors.write("gwmad: \("\(error)".shown)\n")
            if error.code == .usage { Output.errors.write("'gwmad help' tells more\n") }
            return error.status
        }
    }

    private static func dispatch(_ words: [String]) throws(Failure) -> Int32 {
        switch words.first {
        case nil:
            throw Failure(.usage, "which command? run, hosts, check or help")
        case "help", "--help", "-h":
            return try show(helpText(of: words.dropFirst().first))
        case "--version", "version":
            return try show("gwmad \(MADKitVersion.text)\n")
        case let name?:
            guard let command = all.first(where: { $0.name == name }) else {
                throw Failure(.usage, "unknown \(name.hasPrefix("-") ? "option" : "command") \(name)")
            }
            let invocation = try Invocation(Array(words.dropFirst()), for: command)
            if invocation.has("help") { return try show(command.helpText) }
            switch name {
            case "run": return try RunCommand.run(invocation)
            case "check": return try CheckCommand.run(invocation)
            default: return try HostsCommand.run(invocation)
            }
        }
    }

    private static func helpText(of name: String?) throws(Failure) -> String {
        guard let name, name != "help" else { return helpText }
        guard let command = all.first(where: { $0.name == name }) else {
            throw Failure(.usage, "no help for \(name): unknown command")
        }
        return command.helpText
    }

    private static func show(_ text: String) throws(Failure) -> Int32 {
        try Output.standard.deliver(text)
        return 0
    }
}
