import MADKit

/// Requests and answers over one channel. Bytes that came along with a head are kept for what follows it.
final class HTTPConnection {
    private let channel: any Channel
    private var pending: [UInt8] = []
    /// How far the body of the current request is read.
    private var rest = Rest.nothing

    /// What is still to come of a body (RFC 9112 §7.1).
    private enum Rest {
        case nothing
        case bytes(Int)
        case chunkSize
        case chunk(Int)
        case trailer

        init(_ body: HTTPRequest.Body) {
            switch body {
            case .none: self = .nothing
            case .bytes(let count): self = .bytes(count)
            case .chunks: self = .chunkSize
            }
        }
    }

    /// Clients of GASS send a few hundred bytes.
    private static let longestHead = 16 << 10
    /// A peer that moves nothing for so long is given up.
    private let patience: Duration

    init(_ channel: any Channel, patience: Duration) {
        self.channel = channel
        self.patience = patience
    }

    /// The next request; `nil` when the client is done.
    /// - Throws: ``HTTPError`` for one that cannot be understood; ``MADError`` when the connection breaks.
    func nextRequest(within limit: Duration) throws -> HTTPRequest? {
        let deadline = ContinuousClock.now + limit
        var searched = 0
        while true {
            if let end = endOfHead(from: searched) {
                let request = try HTTPRequest(pending[..<end.head])
                pending.removeFirst(end.next)
                rest = Rest(request.body)
                return request
            }
            searched = max(0, pending.count - 3)
            guard pending.count < Self.longestHead else { throw HTTPError(431, "the head of the request is too long") }
            guard try receive(until: deadline) else { return nil }
        }
    }

    /// Where the head ends, and where the body begins.
    private func endOfHead(from start: Int) -> (head: Int, next: Int)? {
        var index = start
        while index + 1 < pending.count {
            if pending[index] == 0x0A {
                if pending[index + 1] == 0x0A { return (index, index + 2) }
                if index + 2 < pending.count, pending[index + 1] == 0x0D, pending[index + 2] == 0x0A {
                    return (index, index + 3)
                }
            }
            index += 1
        }
        return nil
    }

    /// Answers with a status, without or with a short text.
    func answer(_ status: Int, _ text: String = "", keeps: Bool = false) throws(MADError) {
        let body = text.isEmpty ? "" : "\(text)\n"
        try send(text: head(status, type: "text/plain", length: body.utf8.count, keeps: keeps) + body)
    }

    /// Begins to answer with a file of `length` bytes.
    func answerFile(length: Int, keeps: Bool) throws(MADError) {
        try send(text: head(200, type: "application/octet-stream", length: length, keeps: keeps))
    }

    /// Lets the client send its body.
    func answerContinue() throws(MADError) { try send(text: "HTTP/1.1 100 Continue\r\n\r\n") }

    private func head(_ status: Int, type: String, length: Int, keeps: Bool) -> String {
        """
        HTTP/1.1 \(status) \(HTTPError.phrase(status))\r
        Server: GridWay-GASS\r
        Content-Type: \(type)\r
        Content-Length: \(length)\r
        Connection: \(keeps ? "keep-alive" : "close")\r
        \r

        """
    }

    private func send(text: String) throws(MADError) {
        var text = text
        var failure: MADError?
        text.withUTF8 { bytes in
            do throws(MADError) { try send(UnsafeRawBufferPointer(bytes)) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Sends bytes as they are.
    func send(_ bytes: UnsafeRawBufferPointer) throws(MADError) { try channel.send(bytes, patience: patience) }

    /// Ends the conversation in order.
    func finish() { channel.finish() }

    /// The next piece of the body; `nil` once it is whole.
    /// - Throws: ``HTTPError`` or ``MADError`` when it is broken off or not well-formed.
    func nextPiece() throws -> ArraySlice<UInt8>? {
        while true {
            switch rest {
            case .nothing: return nil
            case .bytes(let count):
                guard count > 0 else {
                    rest = .nothing
                    return nil
                }
                let piece = try piece(ofAtMost: count)
                rest = .bytes(count - piece.count)
                return piece
            case .chunk(let count):
                guard count > 0 else {
                    guard try nextLine().isEmpty else { throw HTTPError(400, "a chunk without end") }
                    rest = .chunkSize
                    continue
                }
                let piece = try piece(ofAtMost: count)
                rest = .chunk(count - piece.count)
                return piece
            case .chunkSize:
                let digits = try nextLine().prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
                guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
                    throw HTTPError(400, "a chunk without size")
                }
                rest = size == 0 ? .trailer : .chunk(size)
            case .trailer:
                if try nextLine().isEmpty { rest = .nothing }
            }
        }
    }

    private func piece(ofAtMost count: Int) throws -> ArraySlice<UInt8> {
        if pending.isEmpty { try needMore() }
        let piece = pending.prefix(count)
        if piece.count == pending.count { pending = [] } else { pending.removeFirst(piece.count) }
        return piece
    }

    /// The next line without its end.
    private func nextLine() throws -> ArraySlice<UInt8> {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = pending[..<end]
                pending.removeFirst(end + 1)
                return line.last == 0x0D ? line.dropLast() : line
            }
            guard pending.count < 1_024 else { throw HTTPError(400, "a line among the chunks is too long") }
            try needMore()
        }
    }

    private func needMore() throws(MADError) {
        guard try receive(until: .now + patience) else {
            throw MADError(.refused, "the client hung up in the middle of a file")
        }
    }

    /// Adds what arrives to `pending`; false at the end of the stream.
    private func receive(until deadline: ContinuousClock.Instant) throws(MADError) -> Bool {
        let size = 64 << 10
        var failure: MADError?
        let old = pending.count
        let added = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            do throws(MADError) {
                filled = try channel.receive(into: UnsafeMutableRawBufferPointer(buffer), until: deadline)
            } catch { failure = error }
        }
        if let failure { throw failure }
        if old == 0 { pending = added } else { pending += added }
        return !added.isEmpty
    }
}
