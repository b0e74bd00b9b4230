import CPosix
import Glibc

/// A driver's process and our ends of its three pipes, started as gwd starts it.
final class ChildProcess {
    let pid: pid_t
    /// Its stdin; never blocks.
    let input: Int32
    /// Its stdout; never blocks.
    let output: Int32
    /// Its stderr; never blocks. gwd throws it away, gwmad shows it when something fails.
    let errors: Int32
    /// Set once the process has been waited for; its number may then belong to somebody else.
    private var ending: Int32?

    private init(pid: pid_t, input: Int32, output: Int32, errors: Int32) {
        self.pid = pid
        self.input = input
        self.output = output
        self.errors = errors
    }

    deinit {
        for descriptor in [input, output, errors] { close(descriptor) }
    }

    /// Starts `path` in `directory`, else in the working directory of this process.
    ///
    /// Like under gwd (observed in 5.14) SIGPIPE is ignored, and execution and transfer drivers start with every signal
    /// blocked. Unlike there, the driver gets a process group of its own, so that Ctrl-C reaches gwmad alone.
    static func start(_ path: String, _ driver: DriverSpec, in directory: String?) throws(Failure) -> ChildProcess {
        let input = try PipeEnds.make()
        let output = try PipeEnds.make()
        let errors = try PipeEnds.make()
        var arguments = ([path] + driver.argumentWords).map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid = pid_t()
        let blocking = driver.kind == .information ? 0 : MAD_BLOCK_SIGNALS.rawValue
        let code = mad_spawn(
            &pid, path, &arguments, Glibc.environ, [input.read, output.write, errors.write], directory,
            blocking | MAD_OWN_GROUP.rawValue | MAD_INHERIT_SIGPIPE.rawValue)
        for end in [input.read, output.write, errors.write] { close(end) }
        let ours = [input.write, output.read, errors.read]
        guard code == 0 else {
            ours.forEach { close($0) }
            throw .system("\(driver.origin): \(driver.label): cannot start \(path)", .drivers, errno: code)
        }
        ours.forEach(PipeEnds.setNonBlocking)
        return ChildProcess(pid: pid, input: input.write, output: output.read, errors: errors.read)
    }

    /// The exit status, once the process has ended within `limit`: 128 + number when a signal ended it.
    func status(within limit: Duration) -> Int32? {
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            if let ending { return ending }
            let result = waitpid(pid, &status, WNOHANG)
            if result == pid { ending = mad_exit_status(status) }
            if result < 0, errno != EINTR { return nil }
            guard ContinuousClock.now < deadline else { return nil }
            usleep(2000)
        }
    }

    /// Ends the process and its children for good, unless it ended by itself.
    func end() {
        guard ending == nil else { return }
        kill(-pid, SIGKILL)
        _ = status(within: .seconds(5))
    }
}
