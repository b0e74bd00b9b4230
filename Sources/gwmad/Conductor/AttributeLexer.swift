import MADKit

/// Reads the attributes of a MONITOR reply as gwd's own grammar does (observed in GridWay 5.14): `NAME=value`,
/// `NAME[i]=value`, a value being an integer, text in quotes, or nothing.
struct AttributeLexer {
    private let limits: GWDLimits
    private var tokens: AttributeTokens
    private var facts = HostFacts()
    private var problems: [String] = []
    /// The names that take a place in gwd's tables of generic attributes, which are written past their end.
    private var genericTexts: Set<String> = []
    private var genericIntegers: Set<String> = []

    /// What the text says, and what gwd would complain about or get wrong.
    /// - Parameter limits: what the gwd in question can hold.
    /// - Returns: `isReadable` is false after a syntax error; gwd then keeps what came before and sets the host aside.
    static func read(
        _ text: String, limits: GWDLimits = .buffersOf5_14
    ) -> (attributes: HostFacts, problems: [String], isReadable: Bool) {
        var lexer = AttributeLexer(limits: limits, tokens: AttributeTokens(text))
        let mistake = lexer.readAll()
        lexer.countGenerics()
        return (lexer.facts, lexer.problems + (mistake.map { [$0] } ?? []), mistake == nil)
    }

    private init(limits: GWDLimits, tokens: AttributeTokens) {
        self.limits = limits
        self.tokens = tokens
    }

    /// The syntax error, if there is one.
    private mutating func readAll() -> String? {
        while let token = tokens.next {
            guard case .name(let name) = token else { return "syntax error before '\(tokens.excerpt)'" }
            tokens.advance()
            var index: Int?
            if tokens.take("[") {
                guard case .integer(let digits)? = tokens.next else { return "syntax error in the index of \(name)" }
                index = Int(digits)
                tokens.advance()
                guard tokens.take("]") else { return "syntax error in the index of \(name)" }
            }
            guard tokens.take("=") else { return "syntax error: \(name) is not followed by '='" }
            var value: HostFacts.Value?
            switch tokens.next {
            case .integer(let digits)?:
                value = .integer(wrapped(digits, of: name))
                tokens.advance()
            case .text(let text)?:
                value = .text(text)
                tokens.advance()
            default: break
            }
            assign(name, index, value)
        }
        return nil
    }

    private mutating func wrapped(_ digits: String, of name: String) -> Int {
        guard let number = Int(digits) else {
            problems.append("\(name)=\(digits) is beyond any integer")
            return 0
        }
        let kept = Int32(truncatingIfNeeded: number)
        if Int(kept) != number { problems.append("\(name)=\(digits) becomes \(kept) in gwd") }
        return Int(kept)
    }

    private mutating func assign(_ name: String, _ index: Int?, _ value: HostFacts.Value?) {
        guard let keyword = AttributeKeyword(name) else { return assignGeneric(name, index, value ?? .text("")) }
        switch value {
        case .text? where keyword.isInteger:
            problems.append("\(name) takes an integer; gwd ignores the text")
            return
        case .integer? where !keyword.isInteger:
            problems.append("\(name) takes text in quotes; gwd ignores the number")
            return
        default: break
        }
        let isOpen = value == nil
        let value = value ?? (keyword.isInteger ? .integer(0) : .text(""))
        guard keyword.isOfQueue else {
            facts.set(name, at: index, value)
            if isOpen { facts.leaveOpen(name, at: index) }
            return
        }
        guard let index, index >= 0 else {
            problems.append("\(name) without an index from 0 on: gwd writes outside its table")
            return
        }
        guard index < limits.queues else {
            problems.append("\(name)[\(index)]: gwd keeps \(limits.queues) queues")
            return
        }
        facts.set(name, at: index, value)
        if isOpen { facts.leaveOpen(name, at: index) }
    }

    private mutating func assignGeneric(_ name: String, _ index: Int?, _ value: HostFacts.Value) {
        let label = index.map { "\(name)[\($0)]" } ?? name
        switch value {
        case .text: genericTexts.insert(label)
        case .integer: genericIntegers.insert(label)
        }
        facts.set(name, at: index, value)
    }

    private mutating func countGenerics() {
        for (kind, labels, limit) in [
            ("texts", genericTexts, limits.genericStrings), ("integers", genericIntegers, limits.genericIntegers),
        ] where labels.count > limit {
            problems.append("\(labels.count) generic \(kind): gwd keeps \(limit) and writes past its table")
        }
    }
}
