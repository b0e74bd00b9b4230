import CPosix
import GASS
import Glibc
import MADKit

/// The GASS server in a process of its own: what goes wrong in it cannot touch the conversation with gwd.
///
/// Its parent writes grants to its standard input, a line each, and reads what happens from its standard output. It ends
/// when its input ends, which the kernel sees to however the parent dies.
enum ServerProcess {
    /// The first argument that makes this program the server.
    static let word = "--serve-gass"

    /// The whole process.
    static func run() -> Never {
        _ = mad_close_from(3)
        signal(SIGPIPE, SIG_IGN)
        mad_share_heap()
        // Nobody else may write to the parent: Globus prints now and then.
        let output = fcntl(1, F_DUPFD_CLOEXEC, 3)
        dup2(2, 1)
        let tell: GASSServer.Teller = { event, text in
            // Short enough that lines of several threads do not mix (PIPE_BUF).
            let line = "\(event) \(String(decoding: Info(text).text.utf8.prefix(3_000), as: UTF8.self))\n"
            _ = line.utf8.withContiguousStorageIfAvailable { write(output, $0.baseAddress, $0.count) }
        }
        let confinement = Confinement()
        BlockingPool(limit: 1).start { obey(confinement) }
        let words = CommandLine.arguments.dropFirst(2)
        do {
            let server = try GASSServer(
                port: words.compactMap { UInt16($0) }.first, isSecure: !words.contains("insecure"),
                confinement: confinement, tell: tell)
            tell("url", server.url)
            server.run()
        } catch {
            tell("failed", "\(error.code.rawValue) \(error.description)")
            _exit(EX_UNAVAILABLE)
        }
    }

    /// Reads grants until the parent is gone.
    private static func obey(_ confinement: Confinement) {
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            switch words.first {
            case "grant" where words.count == 4:
                if let kind = Confinement.Kind(rawValue: words[2]) { confinement.grant(kind, words[3], to: words[1]) }
            case "forget" where words.count == 2: confinement.forget(words[1])
            default: break
            }
        }
        _exit(0)
    }
}
