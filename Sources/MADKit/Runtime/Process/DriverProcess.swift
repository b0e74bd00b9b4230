import Glibc

/// Runs a driver as a process: what every `main` of a driver calls, and all it calls.
public enum DriverProcess {
    /// Talks to gwd as an information driver until FINALIZE, the end of the input or a signal. Never returns.
    public static func run<D: InformationDriver>(information: D.Type) -> Never {
        run(InformationFamily<D>.self)
    }

    /// Talks to gwd as a transfer driver. Never returns.
    public static func run<D: TransferDriver>(transfer: D.Type) -> Never {
        run(TransferFamily<D>.self)
    }

    /// Talks to gwd as an execution driver. Never returns.
    public static func run<D: ExecutionDriver>(execution: D.Type) -> Never {
        run(ExecutionFamily<D>.self)
    }

    private static func run<F: Family>(_: F.Type) -> Never {
        StartHygiene.resetSignals()
        answerHelp(F.DriverType.manual)
        let streams = StandardStreams.claim()
        var troubles: [MADError] = []
        let files = GWRC.paths(tree: GridWayTree.current(), home: Environment.home)
        do { try GWRC.source(files) } catch { troubles.append(error) }
        // The files may name another installation.
        let tree = GridWayTree.current()
        StartHygiene.resetSurroundings()
        StartHygiene.applyPriority()

        // From here on threads may start. A mistake in the options is told in the answer to INIT, where gwd looks.
        var setting = DriverSetting(manual: F.DriverType.manual, tree: tree, patience: F.patience)
        do { try setting.read(CommandLine.arguments.dropFirst()) } catch { setting.mistake = error }
        for trouble in troubles { setting.log.warning("gwrc", ["error": trouble.description]) }
        if let mistake = setting.mistake { setting.log.error("options", ["error": mistake.description]) }
        let wakeUp: WakeUp
        do { wakeUp = try WakeUp.install() } catch {
            setting.log.error("start", ["error": error.description])
            _exit(EX_OSERR)
        }
        _exit(Conversation<F>(setting: setting, streams: streams, wakeUp: wakeUp).run())
    }

    /// `--help` and `--version` print and leave; they are the only text on stdout that is not protocol.
    private static func answerHelp(_ manual: Manual) {
        guard let words = try? ArgumentSplitter.words(of: Array(CommandLine.arguments.dropFirst())) else { return }
        if words.contains("-h") || words.contains("--help") {
            print(manual.helpText, terminator: "")
            exit(0)
        }
        if words.contains("--version") {
            print("\(manual.program) \(MADKitVersion.text)")
            exit(0)
        }
    }
}

/// The version of the collection.
public enum MADKitVersion {
    /// Semantic version, as `--version` prints it.
    public static let text = "0.1.0"
}
