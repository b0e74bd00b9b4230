import Foundation
import Glibc
import Synchronization

/// An FTP server that does what a real one cannot be made to do: a tar pit, a liar, one that hangs up.
///
/// It speaks plain FTP (no GSI) with passive data connections, one thread for each client.
final class FaultServer: Sendable {
    /// How the server behaves. The closures run on its threads.
    struct Behaviour: Sendable {
        /// Accepts and never says a word.
        var isSilent = false
        /// The reply to a command line, whole and with its line ends; `nil` for the usual one; an empty one for silence.
        var reply: @Sendable (_ command: String) -> String? = { _ in nil }
        /// What MLSD, NLST and LIST send.
        var listing: @Sendable (_ command: String) -> [UInt8] = { _ in [] }
        /// What RETR sends.
        var file: [UInt8] = []
        /// What the first RETR sends before both connections are hung up.
        var lostFile: [UInt8]?
        /// Hangs up both connections after so many bytes of RETR.
        var hangsUpAfter: Int?
        /// Hangs up the control connection after so many commands.
        var commandsBeforeGoodbye = Int.max
        /// How long each file or listing takes.
        var delay: useconds_t = 0
    }

    /// Where it listens.
    let port: Int
    private let listener: Int32
    private let behaviour: Behaviour
    private let state = Mutex((commands: [String](), connections: 0, open: 0, mostOpen: 0))

    /// Starts listening on loopback.
    init(_ behaviour: Behaviour = Behaviour()) throws {
        self.behaviour = behaviour
        (listener, port) = FaultServer.listen()
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let server = self else { return }
                server.state.withLock { state in
                    state.connections += 1
                    state.open += 1
                    state.mostOpen = max(state.mostOpen, state.open)
                }
                Thread.detachNewThread { server.serve(client) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The URL of a path on this server.
    func url(_ path: String) -> String { "ftp://127.0.0.1:\(port)\(path)" }
    /// Every command line heard so far.
    var commands: [String] { state.withLock { $0.commands } }
    /// How many clients have connected.
    var connections: Int { state.withLock { $0.connections } }
    /// The most clients at one time.
    var mostOpen: Int { state.withLock { $0.mostOpen } }

    private static func listen() -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(listener, pointer, length)
                _ = getsockname(listener, pointer, &length)
            }
        }
        _ = Glibc.listen(listener, 128)
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func serve(_ client: Int32) {
        defer {
            close(client)
            state.withLock { $0.open -= 1 }
        }
        guard !behaviour.isSilent else {
            // Until the client gives up.
            var byte: UInt8 = 0
            while read(client, &byte, 1) > 0 {}
            return
        }
        var data: Int32 = -1
        say("220 ready\r\n", to: client)
        var rest: [UInt8] = []
        var count = 0
        while let line = FaultServer.line(from: client, &rest) {
            state.withLock { $0.commands.append(line) }
            count += 1
            if count > behaviour.commandsBeforeGoodbye { return }
            let verb = line.split(separator: " ").first.map { $0.uppercased() } ?? ""
            if let reply = behaviour.reply(line) {
                say(reply, to: client)
                continue
            }
            switch verb {
            case "USER": say("331 password\r\n", to: client)
            case "PASS": say("230 in\r\n", to: client)
            case "FEAT": say("211-features\r\n MLST Type*;\r\n SIZE\r\n211 end\r\n", to: client)
            case "PASV":
                let port: Int
                (data, port) = FaultServer.listen()
                say("227 Entering Passive Mode (127,0,0,1,\(port / 256),\(port % 256))\r\n", to: client)
            case "MLSD", "NLST", "LIST":
                say("150 here it comes\r\n", to: client)
                usleep(behaviour.delay)
                send(behaviour.listing(line), over: data)
                say("226 done\r\n", to: client)
            case "RETR":
                say("150 here it comes\r\n", to: client)
                usleep(behaviour.delay)
                if let lost = behaviour.lostFile, commands.count(where: { $0.hasPrefix("RETR") }) == 1 {
                    return send(lost, over: data)
                }
                send(Array(behaviour.file.prefix(behaviour.hangsUpAfter ?? .max)), over: data)
                if behaviour.hangsUpAfter != nil { return }
                say("226 done\r\n", to: client)
            case "STOR":
                say("150 go on\r\n", to: client)
                let connection = accept(data, nil, nil)
                var bytes = [UInt8](repeating: 0, count: 65536)
                while read(connection, &bytes, bytes.count) > 0 {}
                close(connection)
                close(data)
                usleep(behaviour.delay)
                say("226 done\r\n", to: client)
            case "SIZE": say("213 \(behaviour.file.count)\r\n", to: client)
            case "MKD": say("257 \"made\"\r\n", to: client)
            case "QUIT":
                say("221 bye\r\n", to: client)
                return
            default: say("250 fine\r\n", to: client)
            }
        }
    }

    private func send(_ bytes: [UInt8], over listener: Int32) {
        let connection = accept(listener, nil, nil)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            done += count
        }
        close(connection)
        close(listener)
    }

    private func say(_ text: String, to client: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func line(from client: Int32, _ rest: inout [UInt8]) -> String? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                rest.removeFirst(end + 1)
                return line
            }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(client, &bytes, bytes.count)
            guard count > 0 else { return nil }
            rest += bytes.prefix(count)
        }
    }
}
