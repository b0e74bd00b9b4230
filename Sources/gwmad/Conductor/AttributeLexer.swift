/// Reads the attributes of a MONITOR reply as gwd's own lexer and grammar do (observed in GridWay 5.14).
///
/// `NAME=value`, `NAME[i]=value`, a value being an integer, text in quotes, or nothing. There is no escape inside quotes.
/// Characters that no rule knows are skipped, which is why `1,5` is read and `2.5` is an error.
struct AttributeLexer {
    private enum Token: Equatable {
        case name(String)
        case integer(String)
        case text(String)
        case sign(Character)
    }

    /// Integers that gwd knows by name; a text given for one of them is ignored.
    static let integers: Set<String> = [
        "CPU_MHZ", "CPU_FREE", "CPU_SMP", "NODECOUNT", "SIZE_MEM_MB", "FREE_MEM_MB", "SIZE_DISK_MB", "FREE_DISK_MB",
        "QUEUE_NODECOUNT", "QUEUE_FREENODECOUNT", "QUEUE_MAXTIME", "QUEUE_MAXCPUTIME", "QUEUE_MAXCOUNT",
        "QUEUE_MAXRUNNINGJOBS", "QUEUE_MAXJOBSINQUEUE",
    ]
    /// Texts that gwd knows by name.
    static let texts: Set<String> = [
        "HOSTNAME", "ARCH", "OS_NAME", "OS_VERSION", "CPU_MODEL", "FORK_NAME", "LRMS_NAME", "LRMS_TYPE", "QUEUE_NAME",
        "QUEUE_STATUS", "QUEUE_DISPATCHTYPE", "QUEUE_PRIORITY",
    ]
    /// Rows of `QUEUE_…[i]` that gwd keeps.
    static let queues = 67

    private var rest: Substring
    private var next: Token?

    /// What the text says, and what gwd would complain about or get wrong.
    /// - Returns: `isReadable` is false after a syntax error; gwd then keeps what came before and sets the host aside.
    static func read(_ text: String) -> (attributes: HostFacts, problems: [String], isReadable: Bool) {
        var lexer = AttributeLexer(rest: text[...])
        lexer.advance()
        var facts = HostFacts()
        var problems: [String] = []
        while let token = lexer.next {
            guard case .name(let name) = token else {
                return (facts, problems + ["syntax error before '\(lexer.excerpt)'"], false)
            }
            lexer.advance()
            var index: Int?
            if lexer.take(sign: "[") {
                guard case .integer(let digits)? = lexer.next else {
                    return (facts, problems + ["syntax error in the index of \(name)"], false)
                }
                index = Int(digits)
                lexer.advance()
                guard lexer.take(sign: "]") else {
                    return (facts, problems + ["syntax error in the index of \(name)"], false)
                }
            }
            guard lexer.take(sign: "=") else {
                return (facts, problems + ["syntax error: \(name) is not followed by '='"], false)
            }
            var value: HostFacts.Value?
            switch lexer.next {
            case .integer(let digits)?:
                value = .integer(wrapped(digits, of: name, &problems))
                lexer.advance()
            case .text(let text)?:
                value = .text(text)
                lexer.advance()
            default: break
            }
            assign(name, index, value, to: &facts, &problems)
        }
        return (facts, problems, true)
    }

    private static func wrapped(_ digits: String, of name: String, _ problems: inout [String]) -> Int {
        guard let number = Int(digits) else {
            problems.append("\(name)=\(digits) is beyond any integer")
            return 0
        }
        let kept = Int32(truncatingIfNeeded: number)
        if Int(kept) != number { problems.append("\(name)=\(digits) becomes \(kept) in gwd") }
        return Int(kept)
    }

    private static func assign(
        _ name: String, _ index: Int?, _ value: HostFacts.Value?, to facts: inout HostFacts, _ problems: inout [String]
    ) {
        switch value {
        case .text? where integers.contains(name):
            problems.append("\(name) takes an integer; gwd ignores the text")
            return
        case .integer? where texts.contains(name):
            problems.append("\(name) takes text in quotes; gwd ignores the number")
            return
        default: break
        }
        let value = value ?? (integers.contains(name) ? .integer(0) : .text(""))
        guard name.hasPrefix("QUEUE_") || index != nil else {
            facts.set(name, value)
            return
        }
        guard let index, index >= 0 else {
            problems.append("\(name) without an index from 0 on: gwd writes outside its table")
            return
        }
        guard index < queues || !name.hasPrefix("QUEUE_") else {
            problems.append("\(name)[\(index)]: gwd keeps \(queues) queues")
            return
        }
        facts.set(name, at: index, value)
    }

    // MARK: Tokens

    private var excerpt: String {
        switch next {
        case .name(let text)?, .integer(let text)?, .text(let text)?: "\(text)\(rest.prefix(20))"
        case .sign(let sign)?: "\(sign)\(rest.prefix(20))"
        case nil: "the end"
        }
    }

    private mutating func take(sign: Character) -> Bool {
        guard next == .sign(sign) else { return false }
        advance()
        return true
    }

    private mutating func advance() {
        next = nil
        while let first = rest.first {
            if first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
                next = .text(String(rest[rest.index(after: rest.startIndex)..<end]))
                rest = rest[rest.index(after: end)...]
                return
            }
            if isDigit(first) || (first == "-" && rest.dropFirst().first.map(isDigit) == true) {
                let end = rest.dropFirst().firstIndex { !isDigit($0) } ?? rest.endIndex
                next = .integer(String(rest[..<end]))
                rest = rest[end...]
                return
            }
            if isLetter(first) {
                let end = rest.firstIndex { !isLetter($0) && !isDigit($0) && $0 != "_" } ?? rest.endIndex
                next = .name(String(rest[..<end]))
                rest = rest[end...]
                return
            }
            rest.removeFirst()
            if "!&\\|=><();[]*+/^-".contains(first) {
                next = .sign(first)
                return
            }
        }
    }

    private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private func isLetter(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("A"..."Z").contains(character)
    }
}
