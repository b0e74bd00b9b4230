import MADKit

/// The two files that turn a command into a job: the wrapper, and the settings it reads.
enum JobScript {
    /// Runs the command in the job's directory and tells how it ended. gwd finds the exit code of a job in the line
    /// `EXIT_STATUS=` of its wrapper's output; many job managers report none.
    static let wrapper = """
        #!/bin/sh
        # Runs one job in its own directory and reports how it ended. Started by the job manager; the job's command and
        # environment are in job.env.
        case $0 in
            */*) cd "${0%/*}" || exit 125 ;;
            *) cd "$HOME/.gw_${GW_USER}_${GW_JOB_ID}" || exit 125 ;;
        esac
        . ./job.env || exit 125
        eval "set -- $GW_COMMAND"
        unset GW_COMMAND
        input=stdin.execution
        [ -f "$input" ] || input=/dev/null
        began=$(date +%s)
        "$@" <"$input" >stdout.execution 2>stderr.execution
        status=$?
        echo "REAL_TIME=$(($(date +%s) - began))"
        echo "EXIT_STATUS=$status"
        exit "$status"

        """

    /// The text of job.env, which the wrapper reads as shell.
    static func environment(of job: Job, placement: Placement, stagingURL: String?) -> String {
        let command = job.command.map(quoted).joined(separator: " ")
        let variables =
            [
                Job.Variable(name: "GW_STAGING_URL", value: stagingURL ?? placement.host.name.text),
                Job.Variable(name: "GW_EXECUTABLE", value: job.command.first ?? ""),
                Job.Variable(name: "GW_ARGUMENTS", value: job.command.dropFirst().joined(separator: " ")),
            ] + job.environment
        return variables.map { "export \($0.name)=\(quoted($0.value))\n" }.joined() + "GW_COMMAND=\(quoted(command))\n"
    }

    /// Text as one word of a shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The exit code in a wrapper's output: the last line `EXIT_STATUS=number`.
    static func exitStatus(in output: String) -> Int32? {
        output.split(separator: "\n").last { $0.hasPrefix("EXIT_STATUS=") }
            .flatMap { Int32($0.dropFirst("EXIT_STATUS=".count).trimmed) }
    }
}
