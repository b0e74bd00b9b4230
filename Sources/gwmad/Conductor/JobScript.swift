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

    /// The same for a host that shares no home with this machine: the job fetches its files below the staging URL and
    /// leaves its results there. The one argument is the URL of job.env.
    static let stagingWrapper = """
        #!/bin/sh
        # Runs one job in a directory of its own on a host without a shared home: fetches its files, runs it, brings its
        # results back and reports how it ended. Started by the job manager with the URL of job.env.
        fail() {
            echo "$*" >&2
            echo "EXIT_STATUS=125"
            exit 125
        }
        # Copies are repeated: the server may be starting again.
        copy() {
            for pause in 1 2 4 0; do
                globus-url-copy "$1" "$2" && return
                sleep $pause
            done
            return 1
        }
        command -v globus-url-copy >/dev/null || fail "globus-url-copy is not installed on this host"
        directory=$HOME/.gw_${GW_USER}_${GW_JOB_ID}
        rm -rf "$directory"
        mkdir -m 700 "$directory" && cd "$directory" || fail "cannot make $directory"
        trap 'cd /; rm -rf "$directory"' EXIT
        trap 'exit 143' HUP INT TERM
        copy "$1" "file://$directory/job.env" || fail "cannot fetch $1"
        . ./job.env
        set -- $GW_STAGE_IN
        while [ $# -gt 0 ]; do
            copy "$2" "file://$directory/$1" || fail "cannot fetch $2"
            shift 2
        done
        for program in $GW_STAGE_IN_EXECUTABLE; do chmod 755 "$program"; done
        results=$GW_STAGE_OUT
        eval "set -- $GW_COMMAND"
        unset GW_COMMAND GW_STAGE_IN GW_STAGE_IN_EXECUTABLE GW_STAGE_OUT
        input=stdin.execution
        [ -f "$input" ] || input=/dev/null
        began=$(date +%s)
        "$@" <"$input" >stdout.execution 2>stderr.execution
        status=$?
        set -- $results
        while [ $# -gt 0 ]; do
            # A result that the job did not make is missed on the other side.
            [ ! -e "$1" ] || copy "file://$directory/$1" "$2" || echo "cannot bring $1 to $2" >&2
            shift 2
        done
        echo "REAL_TIME=$(($(date +%s) - began))"
        echo "EXIT_STATUS=$status"
        exit "$status"

        """

    /// What a job that stages by itself is told in job.env: names and URLs, which hold no blanks.
    static func staging(
        of files: [StagedFile], results: [StagedFile], url: String, home: String
    ) -> [Job.Variable] {
        func reachable(_ place: TransferURL) -> String {
            place.text.hasPrefix("file://") ? url + place.text.dropFirst("file://".count) : place.text
        }
        func name(_ place: TransferURL) -> String { place.text.split(separator: "/").last.map(String.init) ?? "" }
        let inputs = files.filter { name($0.destination) != "job.env" && name($0.destination) != ".wrapper" }
        return [
            Job.Variable(name: "GW_JOB_HOME", value: home),
            Job.Variable(
                name: "GW_STAGE_IN",
                value: inputs.map { "\(name($0.destination)) \(reachable($0.source))" }.joined(separator: " ")),
            Job.Variable(
                name: "GW_STAGE_IN_EXECUTABLE",
                value: inputs.filter(\.isExecutable).map { name($0.destination) }.joined(separator: " ")),
            Job.Variable(
                name: "GW_STAGE_OUT",
                value: results.map { "\(name($0.source)) \(reachable($0.destination))" }.joined(separator: " ")),
        ]
    }

    /// The text of job.env, which the wrapper reads as shell.
    /// - Parameter staging: what ``staging(of:results:url:home:)`` says, for a job that stages by itself.
    static func environment(
        of job: Job, placement: Placement, stagingURL: String?, staging: [Job.Variable] = []
    ) -> String {
        let command = job.command.map(quoted).joined(separator: " ")
        let variables =
            [
                Job.Variable(name: "GW_STAGING_URL", value: stagingURL ?? placement.host.name.text),
                Job.Variable(name: "GW_EXECUTABLE", value: job.command.first ?? ""),
                Job.Variable(name: "GW_ARGUMENTS", value: job.command.dropFirst().joined(separator: " ")),
            ] + staging + job.environment
        return variables.map { "export \($0.name)=\(quoted($0.value))\n" }.joined() + "GW_COMMAND=\(quoted(command))\n"
    }

    /// Text as one word of a shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The exit code in a wrapper's output: the last line `EXIT_STATUS=number`.
    static func exitStatus(in output: String) -> Int32? {
        output.split(whereSeparator: \.isNewline).last { $0.hasPrefix("EXIT_STATUS=") }
            .flatMap { Int32($0.dropFirst("EXIT_STATUS=".count).trimmed) }
    }
}
