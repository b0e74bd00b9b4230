import CPosix
import Glibc

/// The administrator's and the user's start-up files, `gwrc`.
///
/// They are shell scripts by the manual's definition (theirs often source Globus' own scripts), so a shell reads them:
/// once, at start, in a child with a time limit; its variables are then imported. Each file sees what the ones before it
/// set, and later files win.
enum GWRC {
    /// The files that count, in order: below the installation, then in the user's home.
    static func paths(tree: GridWayTree, home: String?) -> [String] {
        let candidates =
            (tree.root.map { ["\($0)/etc/gwrc", "\($0)/etc/gridway/gwrc"] } ?? [])
            + (home.map { ["\($0)/.gwrc"] } ?? [])
        return candidates.filter { access($0, R_OK) == 0 }
    }

    /// Reads `paths` and sets this process's variables accordingly. Must run before any thread is started.
    /// - Throws: ``MADError`` when the shell cannot be started, fails or takes longer than `limit`.
    static func source(_ paths: [String], within limit: Duration = .seconds(2)) throws(MADError) {
        guard !paths.isEmpty else { return }
        // What the files print must not end up among the variables, still less on the wire; and a file may call exit.
        let script = """
            exec 3>&1 </dev/null >/dev/null 2>&1
            trap 'env -0 >&3' EXIT
            set -a
            for gwrc; do . "$gwrc"; done
            """
        let (output, status) = try run(["/bin/bash", "-c", script, "gwrc"] + paths, until: .now + limit)
        adopt(output)
        guard status == 0 else {
            throw MADError(
                .invalid, "gwrc ended with status \(status); what it had set by then counts",
                cause: paths.joined(separator: " "))
        }
    }

    /// Makes the variables of this process those that `env -0` printed.
    private static func adopt(_ output: [UInt8]) {
        guard !output.isEmpty else { return }
        let ofTheShell: Set<String> = ["_", "SHLVL", "PWD", "OLDPWD"]
        var names = ofTheShell
        for entry in output.split(separator: 0) {
            let pair = String(decoding: entry, as: UTF8.self).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false
            ).map(String.init)
            guard pair.count == 2, !ofTheShell.contains(pair[0]) else { continue }
            setenv(pair[0], pair[1], 1)
            names.insert(pair[0])
        }
        for name in Environment.names where !names.contains(name) { unsetenv(name) }
    }

    /// Runs a command in a process group of its own and returns what it prints and its exit status.
    private static func run(
        _ command: [String], until deadline: Instant
    ) throws(MADError) -> (output: [UInt8], status: Int32) {
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 0) == 0 else { throw .system("cannot make a pipe for gwrc") }
        defer { close(ends[0]) }
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var child = pid_t()
        let code = mad_spawn(&child, command[0], &arguments, environ, [-1, ends[1], -1], nil, MAD_OWN_GROUP.rawValue)
        close(ends[1])
        guard code == 0 else { throw .system("cannot start \(command[0]) for gwrc", errno: code) }

        let output = read(ends[0], until: deadline)
        if output == nil { kill(-child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let output else {
            throw MADError(
                .timedOut, "gwrc took too long and was ignored", cause: command.dropFirst(4).joined(separator: " "))
        }
        return (output, mad_exit_status(status))
    }

    /// Everything up to the end of the stream; `nil` when `deadline` came first.
    private static func read(_ descriptor: Int32, until deadline: Instant) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, deadline.millisecondsFromNow)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return output }
            output += buffer.prefix(count)
        }
    }
}
