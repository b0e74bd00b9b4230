import Glibc
import MADKit

/// `gwmad run`: one job, from stage-in to its output.
enum RunCommand {
    static let command = Command(
        name: "run", synopsis: "[OPTIONS] [--] EXECUTABLE [ARGUMENTS]",
        summary: """
            Conducts one job as gwd would. EXECUTABLE is a local file, which is staged, or an absolute path on the host.
            The job's output goes to stdout and stderr, everything else to stderr. The exit status is the job's;
            120 drivers, 121 no host, 122 stage in, 123 execution, 124 stage out, 125 this machine, 130 Ctrl-C,
            64 wrong usage, 66 a local file, 78 gwd.conf.
            """,
        options: driverOptions + [
            .init(nil, "tm", value: "DRIVER", "transfer driver, in the same forms"),
            .init(nil, "em", value: "DRIVER", "execution driver, in the same forms"),
            .init(nil, "host", value: "HOST", "this host and no other"),
            .init("q", "queue", value: "QUEUE", "this queue and no other"),
            .init("i", "input", value: "FILE[=NAME]", "stage FILE (or a URL) in, under NAME; may be repeated"),
            .init("o", "output", value: "NAME[=FILE]", "stage NAME out, to FILE (or a URL); may be repeated"),
            .init(
                nil, "rsl", value: "shared|nsh",
                "shared: gw_tm_mad_ftp stages; nsh: the job stages its files itself (default: as EM_MAD says)"),
            .init(nil, "stdin", value: "FILE", "the job's standard input"),
            .init("e", "env", value: "NAME=VALUE", "a variable of the job; may be repeated"),
            .init(nil, "tries", value: "NUMBER", "how often copies and the submission are tried (default 1)"),
            .init(nil, "pause", value: "SECONDS", "wait this long before the second try (default 5)"),
            .init(nil, "poll", value: "SECONDS", "interval of POLL, varied by half of it (default 10)"),
            .init(nil, "keep", "keep the work directory and the job's directory on the host"),
        ] + wireOptions,
        plainWords: .endOptions)

    /// Which drivers; shared with `gwmad hosts`.
    static let driverOptions: [Manual.Option] = [
        .init(
            "c", "config", value: "FILE", "gwd.conf (default $TESTBED_GWD_CONF, $GW_LOCATION/etc[/gridway]/gwd.conf)"),
        .init(
            nil, "im", value: "DRIVER",
            "information driver: its name in gwd.conf, 'EXECUTABLE [ARGUMENTS]', or the form of gwd.conf"),
    ]
    /// How to treat the wire; shared with `gwmad hosts`.
    static let wireOptions: [Manual.Option] = [
        .init("t", "timeout", value: "SECONDS", "longest wait for one answer (default 300; for copies 3600)"),
        .init(nil, "gwd", value: "VERSION", "check the answers against this release's limits (default 5.14)"),
        .init(nil, "trace", value: "PATH", "record every line: in a file, or in a file per driver of a directory"),
        .init("v", "verbose", "show every line, and what drivers write to stderr"),
    ]

    /// The whole command.
    static func run(_ invocation: Invocation) throws(Failure) -> Int32 {
        // As gwd has it; the files that transfer drivers write must be readable to others.
        umask(0o022)
        let job = try Job(
            user: userName(), words: invocation.arguments, inputs: invocation.all("input"),
            outputs: invocation.all("output"), standardInput: invocation["stdin"], environment: invocation.all("env"))
        var settings = ConductorSettings()
        settings.host = invocation["host"]
        settings.queue = invocation["queue"]
        settings.keepDirectory = invocation.has("keep")
        settings.home = LocalFile.absolute(".")
        settings.stagesByItself = try stagesByItself(invocation["rsl"])
        settings.retries.tries = try invocation.integer("tries", in: 1...100) ?? 1
        settings.retries.interval = try invocation.seconds("pause") ?? settings.retries.interval
        settings.pollInterval = try invocation.seconds("poll") ?? settings.pollInterval

        let set = try Setup(
            invocation,
            choices: .init(
                information: invocation["im"], transfer: invocation["tm"], execution: invocation["em"]))
        let work = try WorkDirectory(for: job.id)
        defer { if !settings.keepDirectory { work.remove() } }
        let clock = PhaseClock(console: set.console)
        let conductor = Conductor(
            job, lineUp: set.lineUp, settings: settings, board: set.board, clock: clock, work: work)
        let status: Int32
        do throws(Failure) {
            status = report(try conductor.run(), work, set.console)
        } catch {
            set.console.note("\(error)")
            status = error.status
        }
        set.console.clear()
        Output.errors.write(clock.table.text)
        if settings.keepDirectory { set.console.note("kept here: \(work.path)") }
        if set.console.defects > 0 { set.console.note("\(set.console.defects) driver defects, see above") }
        return status
    }

    private static func stagesByItself(_ word: String?) throws(Failure) -> Bool? {
        switch word {
        case nil: nil
        case "shared", "rsl": false
        case "nsh", "rsl_nsh": true
        case let word?: throw Failure(.usage, "--rsl \(word): shared or nsh")
        }
    }

    /// Hands the job's output over; the exit status.
    private static func report(_ result: JobResult, _ work: WorkDirectory, _ console: Console) -> Int32 {
        console.clear()
        var loss: Failure?
        do throws(Failure) { try Output.standard.copy(work.file("stdout.execution")) } catch { loss = error }
        try? Output.errors.copy(work.file("stderr.execution"))
        if let loss { console.note("\(loss)") }
        result.missing.forEach { console.note("\($0)") }
        console.note("the job's exit code is \(result.exitCode)")
        if result.exitCode != 0 { return result.exitCode }
        if !result.missing.isEmpty { return ExitCode.stageOut.rawValue }
        return loss?.status ?? 0
    }

    private static func userName() -> String {
        getpwuid(geteuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "\(geteuid())"
    }
}
