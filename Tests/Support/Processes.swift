import Foundation

/// What the kernel tells of processes.
package enum Processes {
    /// The numbers of those whose command line begins with `words`.
    package static func running(_ words: String...) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            return String(decoding: line, as: UTF8.self).hasPrefix(words.joined(separator: "\0"))
        }
    }

    /// Whether processes come to rest: in one of `rounds` times of length `pause` no thread of theirs wakes up. Timers of
    /// what is over go off once; then there is nothing left to wake up for.
    package static func comeToRest(_ processes: [Int32], pause: Duration, rounds: Int) async throws -> Bool {
        var before = try switches(of: processes)
        for _ in 0..<rounds {
            try await Task.sleep(for: pause)
            let after = try switches(of: processes)
            if after == before { return true }
            before = after
        }
        return false
    }

    /// How often each thread has gone to sleep.
    private static func switches(of processes: [Int32]) throws -> [String] {
        try processes.flatMap { process in
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").sorted().map { task in
                let status = FileManager.default.contents(atPath: "/proc/\(process)/task/\(task)/status") ?? Data()
                return String(decoding: status, as: UTF8.self).split(separator: "\n")
                    .filter { $0.hasPrefix("voluntary_ctxt_switches") }.joined()
            }
        }
    }
}
