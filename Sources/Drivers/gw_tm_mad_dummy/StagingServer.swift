import CPosix
import GASS
import Glibc
import MADKit
import Synchronization

/// The GASS server of this driver, as long as the driver lives: when its process dies, a new one takes its port, because
/// running jobs carry the URL.
final class StagingServer: Sendable {
    private struct State {
        var child: pid_t = 0
        /// By owner; a new process is told all of them.
        var grants: [String: [String]] = [:]
        var port: UInt16?
        var isStopping = false
        var starting: CheckedContinuation<TransferURL, any Error>?
    }

    private let state: Mutex<State>
    private let isSecure: Bool
    private let log: Log
    private let input = ServerInput()
    private let thread = BlockingPool(limit: 1)

    /// - Parameters:
    ///   - isSecure: false for a server without security.
    ///   - port: its port; `nil` for any.
    init(isSecure: Bool, port: UInt16?, log: Log) {
        self.isSecure = isSecure
        self.log = log
        state = Mutex(State(port: port))
    }

    /// Starts the server and keeps it running.
    /// - Throws: ``MADError`` when it does not come up the first time.
    func start() async throws -> TransferURL {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { $0.starting = continuation }
            thread.start { [self] in supervise() }
        }
    }

    /// False for a path that a line of grants cannot hold.
    static func canName(_ path: String) -> Bool {
        path.utf8.allSatisfy { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != 0 }
    }

    /// Opens files to the jobs of `owner`; not those whose path would be more than one line.
    func grant(_ kind: Confinement.Kind, _ path: String, to owner: String) {
        guard Self.canName(path) else {
            log.warning("gass-refused", ["text": "a line end in the name of what is to be opened", "path": path])
            return
        }
        let line = "grant \(owner) \(kind.rawValue) \(path)\n"
        state.withLock { state in
            guard !(state.grants[owner]?.contains(line) ?? false) else { return }
            state.grants[owner, default: []].append(line)
            input.send(line)
        }
    }

    /// Closes them again.
    func forget(_ owner: String) {
        state.withLock { state in
            guard state.grants.removeValue(forKey: owner) != nil else { return }
            input.send("forget \(owner)\n")
        }
    }

    /// Ends the server for good.
    func stop() {
        state.withLock { state in
            state.isStopping = true
            if state.child > 0 { kill(state.child, SIGKILL) }
        }
    }

    /// Starts the process, listens to it, and starts it again, until ``stop()``.
    private func supervise() {
        // One that dies at once is not helped by haste.
        let shortest = 100_000, longest = 10_000_000
        var pause = shortest
        while true {
            let began = ContinuousClock.now
            do throws(MADError) {
                let output = try spawn()
                listen(to: output)
            } catch {
                log.error("gass-server", ["error": error.description])
                if giveUpStarting(error) { return }
            }
            let status = reap()
            guard !state.withLock({ $0.isStopping }) else { return }
            if giveUpStarting(MADError(.system, "the GASS server ended with status \(status) before it was ready")) {
                return
            }
            log.error("gass-server", ["ended": "\(status)", "text": "starting it again on its port"])
            pause = ContinuousClock.now - began < .seconds(5) ? min(pause * 2, longest) : shortest
            usleep(UInt32(pause))
        }
    }

    /// Fails ``start()`` if it still waits.
    private func giveUpStarting(_ error: MADError) -> Bool {
        let starting = state.withLock { state in
            defer { state.starting = nil }
            return state.starting
        }
        starting?.resume(throwing: error)
        return starting != nil
    }

    /// Starts the process; what it says comes out of the descriptor.
    private func spawn() throws(MADError) -> Int32 {
        var orders: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard mad_pipe(&orders, 0) == 0, mad_pipe(&output, 0) == 0 else {
            throw .system("cannot make a pipe for the GASS server")
        }
        defer {
            close(orders[0])
            close(output[1])
        }
        let port = state.withLock { $0.port }
        let words =
            [DummyDriver.manual.program, ServerProcess.word] + (isSecure ? [] : ["insecure"])
            + (port.map { ["\($0)"] } ?? [])
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        var child: pid_t = 0
        let code = mad_spawn(
            &child, "/proc/self/exe", &arguments, environ, [orders[0], output[1], nothing], nil,
            MAD_OWN_GROUP.rawValue)
        guard code == 0 else {
            close(orders[1])
            close(output[0])
            throw .system("cannot start the GASS server", errno: code)
        }
        state.withLock { state in
            state.child = child
            if state.isStopping { kill(child, SIGKILL) }
            input.open(orders[1])
            for line in state.grants.values.joined() { input.send(line) }
        }
        return output[0]
    }

    /// Follows the process until its output ends.
    private func listen(to output: Int32) {
        defer { close(output) }
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest += buffer.prefix(count)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                hear(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
        }
    }

    private func hear(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return }
        switch words[0] {
        case "url":
            log.info("gass-server", ["url": words[1]])
            guard let url = TransferURL(words[1]) else { return }
            let starting = state.withLock { state in
                defer { state.starting = nil }
                state.port = words[1].split(separator: ":").last.flatMap { UInt16($0) }
                return state.starting
            }
            starting?.resume(returning: url)
        case "failed":
            log.error("gass-server", ["error": words[1]])
            // The kind of the failure, then its text.
            let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
            let code = MADError.Code(rawValue: parts[0]) ?? .system
            let error = MADError(code, "cannot start the GASS server", cause: parts.last)
            if giveUpStarting(error) { state.withLock { $0.isStopping = true } }
        case "refused": log.warning("gass-refused", ["text": words[1]])
        default: log.info("gass-\(words[0])", ["text": words[1]])
        }
    }

    /// Waits for the process, which has closed its output; its exit status.
    private func reap() -> Int32 {
        let child = state.withLock { $0.child }
        guard child > 0 else { return -1 }
        // Its output may be closed and it still there.
        kill(child, SIGKILL)
        input.close()
        var information = siginfo_t()
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return state.withLock { state in
            // Once it is waited for, its number may be another's.
            state.child = 0
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            return mad_exit_status(status)
        }
    }
}
