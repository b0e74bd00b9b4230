/// What gwd makes of the attributes in a MONITOR reply, by the rules observed in 5.14: which values it keeps, and whether
/// it stumbles. A judge for tests, written apart from the code that it judges.
package struct GWDAttributes {
    /// A value as gwd keeps it.
    package enum Value: Equatable {
        case integer(Int)
        case text(String)
        case nothing
    }

    /// The attributes in order of appearance, indexes included: `QUEUE_NAME[0]`.
    package private(set) var names: [String] = []
    package private(set) var values: [String: Value] = [:]
    /// What gwd would log, ignore, overflow with or give the host up for.
    package private(set) var complaints: [String] = []
    /// Distinct generic names.
    package private(set) var genericTexts: Set<String> = []
    package private(set) var genericIntegers: Set<String> = []
    private let queueText: Int

    private static let integers: Set<String> = [
        "CPU_MHZ", "CPU_FREE", "CPU_SMP", "NODECOUNT", "SIZE_MEM_MB", "FREE_MEM_MB", "SIZE_DISK_MB", "FREE_DISK_MB",
        "QUEUE_NODECOUNT", "QUEUE_FREENODECOUNT", "QUEUE_MAXTIME", "QUEUE_MAXCPUTIME", "QUEUE_MAXCOUNT",
        "QUEUE_MAXRUNNINGJOBS", "QUEUE_MAXJOBSINQUEUE",
    ]
    private static let texts: Set<String> = [
        "HOSTNAME", "ARCH", "OS_NAME", "OS_VERSION", "CPU_MODEL", "FORK_NAME", "LRMS_NAME", "LRMS_TYPE", "QUEUE_NAME",
        "QUEUE_STATUS", "QUEUE_DISPATCHTYPE", "QUEUE_PRIORITY",
    ]

    private enum Token: Equatable {
        case name(String)
        case integer(Int)
        case text(String)
        case sign(Character)
    }

    /// Reads the INFO of a reply.
    /// - Parameters:
    ///   - info: the attributes.
    ///   - queues: how many queues gwd has room for.
    ///   - queueText: how long a generic text of a queue may be; 255 bytes are safe with every gwd.
    package init(_ info: String, queues: Int = 67, queueText: Int = 255) {
        self.queueText = queueText
        var tokens = GWDAttributes.tokens(of: Array(info.unicodeScalars))[...]
        while let token = tokens.popFirst() {
            guard case .name(let name) = token else {
                complaints.append("syntax error at \(token)")
                return
            }
            var index: Int?
            if tokens.first == .sign("[") {
                tokens.removeFirst()
                guard case .integer(let number)? = tokens.popFirst(), tokens.popFirst() == .sign("]") else {
                    complaints.append("syntax error in the index of \(name)")
                    return
                }
                index = number
            }
            guard tokens.popFirst() == .sign("=") else {
                complaints.append("syntax error behind \(name)")
                return
            }
            var value = Value.nothing
            switch tokens.first {
            case .integer(let number): value = .integer(number)
            case .text(let text): value = text.isEmpty ? .nothing : .text(text)
            default: break
            }
            switch tokens.first {
            case .integer, .text: tokens.removeFirst()
            default: break
            }
            keep(name, index, value, queues: queues)
        }
    }

    private mutating func keep(_ name: String, _ index: Int?, _ value: Value, queues: Int) {
        let label = index.map { "\(name)[\($0)]" } ?? name
        names.append(label)
        values[label] = value
        let isKeyword = GWDAttributes.integers.contains(name) || GWDAttributes.texts.contains(name)
        switch value {
        case .integer(let number):
            if GWDAttributes.texts.contains(name) { complaints.append("\(label): invalid integer variable") }
            if Int32(exactly: number) == nil { complaints.append("\(label): overflow") }
            if !isKeyword { genericIntegers.insert(label) }
        case .text(let text):
            if GWDAttributes.integers.contains(name) { complaints.append("\(label): invalid string variable") }
            if text.utf8.count > (isKeyword || index == nil ? 255 : queueText) {
                complaints.append("\(label): too long")
            }
            if !isKeyword { genericTexts.insert(label) }
            let most = [
                "QUEUE_STATUS": 15, "QUEUE_DISPATCHTYPE": 17, "QUEUE_PRIORITY": 13, "QUEUE_NAME": 24,
                "LRMS_NAME": 24, "FORK_NAME": 24,
            ]
            if let bytes = most[name], text.utf8.count > bytes { complaints.append("\(label): overruns a buffer") }
            if name == "QUEUE_NAME", text.contains(where: { $0 == " " || $0 == ":" }) {
                complaints.append("\(label): the scheduler cannot read it")
            }
        case .nothing:
            if !isKeyword { genericTexts.insert(label) }
        }
        guard isKeyword, name.hasPrefix("QUEUE_") else { return }
        if index ?? -1 < 0 { complaints.append("\(label): written outside of the table") }
        if index ?? 0 >= queues { complaints.append("\(label): max number of queues exceeded") }
    }

    private static func tokens(of text: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var position = 0
        func take(while condition: (Unicode.Scalar) -> Bool) -> String {
            var word = String.UnicodeScalarView()
            while position < text.count, condition(text[position]) {
                word.append(text[position])
                position += 1
            }
            return String(word)
        }
        func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
        while position < text.count {
            let scalar = text[position]
            if isLetter(scalar) {
                tokens.append(.name(take { isLetter($0) || isDigit($0) || $0 == "_" }))
            } else if isDigit(scalar) || scalar == "-" && position + 1 < text.count && isDigit(text[position + 1]) {
                position += 1
                let digits = take(while: isDigit)
                tokens.append(.integer(Int("\(scalar)\(digits)") ?? .max))
            } else if scalar == "\"", let end = text[(position + 1)...].firstIndex(of: "\"") {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: text[(position + 1)..<end])
                tokens.append(.text(String(view)))
                position = end + 1
            } else {
                if "=[]!&|><();*+/^-".unicodeScalars.contains(scalar) { tokens.append(.sign(Character(scalar))) }
                position += 1
            }
        }
        return tokens
    }
}
