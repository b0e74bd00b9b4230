/// Cuts attributes into words as gwd's lexer does (observed in GridWay 5.14): byte by byte, without escapes inside quotes.
///
/// Bytes that no rule knows are skipped, which is why `1,5` is read and `2.5` is an error.
struct AttributeTokens {
    enum Token: Equatable {
        case name(String)
        case integer(String)
        case text(String)
        case sign(UInt8)
    }

    private static let signs = Set("!&\\|=><();[]*+/^-".utf8)

    private var rest: Substring.UTF8View
    /// The token to look at; `nil` at the end.
    private(set) var next: Token?

    init(_ text: String) {
        rest = text[...].utf8
        advance()
    }

    /// The next token and what is behind it, for a message.
    var excerpt: String {
        let behind = String(decoding: rest.prefix(20), as: UTF8.self)
        return switch next {
        case .name(let text)?, .integer(let text)?, .text(let text)?: text + behind
        case .sign(let sign)?: "\(Unicode.Scalar(sign))\(behind)"
        case nil: "the end"
        }
    }

    /// Goes on behind `sign` if that is next.
    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard next == .sign(UInt8(ascii: sign)) else { return false }
        advance()
        return true
    }

    /// Goes on to the next token.
    mutating func advance() {
        next = nil
        while let first = rest.first {
            let tail = rest.dropFirst()
            if first == UInt8(ascii: "\""), let end = tail.firstIndex(of: first) {
                next = .text(String(decoding: tail[..<end], as: UTF8.self))
                rest = tail[end...].dropFirst()
                return
            }
            if isDigit(first) || (first == UInt8(ascii: "-") && tail.first.map(isDigit) == true) {
                let end = tail.firstIndex { !isDigit($0) } ?? rest.endIndex
                next = .integer(cut(at: end))
                return
            }
            if isLetter(first) {
                let end = rest.firstIndex { !isLetter($0) && !isDigit($0) && $0 != UInt8(ascii: "_") } ?? rest.endIndex
                next = .name(cut(at: end))
                return
            }
            rest = tail
            if AttributeTokens.signs.contains(first) {
                next = .sign(first)
                return
            }
        }
    }

    private mutating func cut(at end: String.Index) -> String {
        defer { rest = rest[end...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
