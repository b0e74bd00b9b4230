/// Reads one POST from bytes as they come (HTTP/1.1, RFC 9112), with or without chunks. Any other request is refused.
struct PostReader {
    /// How far it is.
    enum Progress: Equatable {
        case more
        case whole
        /// It is not served; the status says why.
        case refused(Int)
    }

    private enum Stage {
        case start, fields
        case bytes(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd, trailer, whole
    }

    /// What comes before and between the pieces of the body: the head, the sizes of chunks, the trailer.
    static let longestHead = 16 << 10

    /// The body so far.
    private(set) var body: [UInt8] = []
    /// True once the head has asked for leave to send the body.
    private(set) var wantsContinue = false
    private let longestBody: Int
    private var stage = Stage.start
    private var line: [UInt8] = []
    private var lineBytes = 0
    private var length: Int?
    private var isChunked = false

    init(longestBody: Int) {
        self.longestBody = longestBody
    }

    /// Takes the next bytes; what follows a whole request is left alone.
    mutating func take(_ bytes: some Collection<UInt8>) -> Progress {
        var rest = bytes[...]
        while true {
            switch stage {
            case .whole: return .whole
            case .bytes(let count), .chunk(let count):
                let piece = rest.prefix(count)
                body += piece
                rest = rest.dropFirst(piece.count)
                let left = count - piece.count
                if isChunked {
                    stage = left > 0 ? .chunk(left) : .chunkEnd
                } else {
                    stage = left > 0 ? .bytes(left) : .whole
                }
                if left > 0 { return .more }
            default:
                let end = rest.firstIndex(of: 0x0A)
                let piece = rest[..<(end ?? rest.endIndex)]
                lineBytes += piece.count + 1
                // Who wraps each byte in a chunk of its own comes to the end of this.
                guard lineBytes <= PostReader.longestHead + body.count else { return .refused(431) }
                line += piece
                guard let end else { return .more }
                rest = rest[rest.index(after: end)...]
                if line.last == 0x0D { line.removeLast() }
                defer { line = [] }
                if let status = read(line) { return .refused(status) }
            }
        }
    }

    /// Takes a line; the status of a refusal.
    private mutating func read(_ line: [UInt8]) -> Int? {
        switch stage {
        case .start:
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.count == 3, words[2].starts(with: Array("HTTP/1.".utf8)), words[1].first == UInt8(ascii: "/")
            else { return 400 }
            guard words[0].elementsEqual(Array("POST".utf8)) else { return 405 }
            stage = .fields
        case .fields:
            guard line.isEmpty else { return field(line) }
            return beginBody()
        case .chunkSize:
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
            guard digits.first != UInt8(ascii: "+"),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0
            else { return 400 }
            guard size <= longestBody - body.count else { return 413 }
            stage = size == 0 ? .trailer : .chunk(size)
        case .chunkEnd:
            guard line.isEmpty else { return 400 }
            stage = .chunkSize
        case .trailer: if line.isEmpty { stage = .whole }
        case .bytes, .chunk, .whole: break
        }
        return nil
    }

    private mutating func field(_ line: [UInt8]) -> Int? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return 400 }
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingBlanks
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "content-length":
            guard length == nil, !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return 400
            }
            guard let count = Int(value), count <= longestBody else { return 413 }
            length = count
        case "transfer-encoding":
            guard !isChunked, value.lowercased() == "chunked" else { return 400 }
            isChunked = true
        case "expect": wantsContinue = value.lowercased() == "100-continue"
        default: break
        }
        return nil
    }

    private mutating func beginBody() -> Int? {
        if isChunked {
            // Two lengths are the way to smuggle a request in.
            guard length == nil else { return 400 }
            stage = .chunkSize
        } else {
            guard let length else { return 411 }
            stage = length > 0 ? .bytes(length) : .whole
        }
        return nil
    }
}
