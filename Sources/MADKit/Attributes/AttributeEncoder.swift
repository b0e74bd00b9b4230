/// Puts attributes into the one line that gwd reads, in three steps: sort by what they describe, make each readable, fit
/// into the line. Everything left out or changed on the way is reported.
///
/// The order is that of importance, because what does not fit is left out from the end: the host, generic attributes of
/// the host, queues by number. Names enter gwd's tables at first mention, so the host's come before the queues'.
struct AttributeEncoder {
    /// A generic attribute.
    private struct Generic {
        let name: String
        let index: Int?
        var value: HostAttributes.Value
    }

    /// The part of the line that is printed whole or not at all.
    private struct Unit {
        /// What it is, for the report.
        let subject: String
        let text: String
        /// Printed in its place when it does not fit: gwd must not keep the old values.
        var fallback = ""
    }

    private typealias Slots = [HostAttributes.Value?]

    private let host: HostName
    private let limits: GWDLimits
    private var told: ToldAttributes
    private var problems: [String] = []
    /// Generic attributes for which gwd has no place, by the size of its table.
    private var leftOut: [Int: [String]] = [:]
    private var hostSlots = Slots(repeating: nil, count: AttributeKeyword.ofHost.count)
    /// One run of slots for each queue, up to the highest number seen.
    private var queueSlots: Slots = []
    private var generics: [Generic] = []
    private var genericPositions: [String: Int] = [:]

    init(_ entries: [HostAttributes.Entry], host: HostName, limits: GWDLimits, told: ToldAttributes) {
        self.host = host
        self.limits = limits
        self.told = told
        var tooMany = 0
        for entry in entries {
            if let index = entry.index, index >= limits.queues {
                tooMany += 1
            } else if let keyword = entry.keyword {
                sort(keyword, entry)
            } else {
                sortGeneric(entry)
            }
        }
        if tooMany > 0 {
            problems.append(
                "\(tooMany) attributes of queues \(limits.queues) and up: gwd has no place for them, left out")
        }
    }

    /// The finished line, at most `bytes` long.
    consuming func encoded(bytes: Int) -> EncodedAttributes {
        var units = hostUnits()
        var (scalars, ofQueues) = genericWords()
        scalars += clearedWords()
        units += scalars
        units += queueUnits(ofQueues)
        let line = fit(units, bytes: bytes)
        return EncodedAttributes(line: line, told: told, problems: problems)
    }

    // MARK: Sorting

    private mutating func sort(_ keyword: AttributeKeyword, _ entry: HostAttributes.Entry) {
        guard keyword.isOfQueue else {
            if let index = entry.index {
                problems.append("\(keyword.name)[\(index)]: describes the host and takes no index, left out")
            } else {
                hostSlots[Int(keyword.rawValue)] = entry.value
            }
            return
        }
        if entry.index == nil { problems.append("\(keyword.name): names no queue, taken for queue 0") }
        let index = entry.index ?? 0
        guard index >= 0 else {
            problems.append("\(keyword.name)[\(index)]: there is no such queue, left out")
            return
        }
        let width = AttributeKeyword.ofQueue.count
        let missing = (index + 1) * width - queueSlots.count
        if missing > 0 { queueSlots += Slots(repeating: nil, count: missing) }
        queueSlots[index * width + Int(keyword.rawValue - AttributeKeyword.queueName.rawValue)] = entry.value
    }

    private mutating func sortGeneric(_ entry: HostAttributes.Entry) {
        guard AttributeEncoder.isName(entry.name) else {
            problems.append("'\(Info(String(entry.name.prefix(40))))': not a name that gwd can read, left out")
            return
        }
        guard entry.index ?? 0 >= 0 else {
            problems.append("\(entry.name)[\(entry.index ?? 0)]: there is no such queue, left out")
            return
        }
        let label = AttributeEncoder.label(entry.name, entry.index)
        if let position = genericPositions[label] {
            generics[position].value = entry.value
        } else {
            genericPositions[label] = generics.count
            generics.append(Generic(name: entry.name, index: entry.index, value: entry.value))
        }
    }

    // MARK: Making readable

    private mutating func hostUnits() -> [Unit] {
        var units: [Unit] = []
        for keyword in AttributeKeyword.ofHost {
            var value = hostSlots[Int(keyword.rawValue)].flatMap { printable($0, keyword, keyword.name) }
            if keyword == .hostname, value == nil || value == "\"\"" {
                value = "\"\(AttributeString.clean(host.text, bytes: AttributeKeyword.textBytes))\""
            }
            if value == nil, told.keywords & (1 << keyword.rawValue) != 0 { value = keyword.isInteger ? "0" : "\"\"" }
            guard let value else { continue }
            told.keywords |= 1 << keyword.rawValue
            units.append(Unit(subject: keyword.name, text: "\(keyword.name)=\(value)"))
        }
        return units
    }

    /// Generic attributes that gwd has room for: those of the host one by one, those of queues together.
    private mutating func genericWords() -> (scalars: [Unit], ofQueues: [Int: String]) {
        var scalars: [Unit] = []
        var ofQueues: [Int: String] = [:]
        defer { reportLeftOut() }
        for pass in 0...1 {
            for generic in generics where (generic.index == nil) == (pass == 0) {
                // It would describe whatever gwd keeps under the number.
                if let index = generic.index, isUnusable(index) { continue }
                let label = AttributeEncoder.label(generic.name, generic.index)
                let value: String
                switch generic.value {
                case .integer(let number):
                    guard enter(label, into: \.integers, limit: limits.genericIntegers) else { continue }
                    value = String(clamped(number, mayBeNegative: true, label))
                case .text(let text):
                    guard enter(label, into: \.texts, limit: limits.genericStrings) else { continue }
                    let bytes = generic.index == nil ? AttributeKeyword.textBytes : limits.queueTextBytes
                    value = "\"\(cleaned(text, bytes: bytes, label))\""
                }
                if let index = generic.index {
                    ofQueues[index, default: ""] += " \(label)=\(value)"
                } else {
                    scalars.append(Unit(subject: label, text: "\(label)=\(value)"))
                }
            }
        }
        return (scalars, ofQueues)
    }

    private mutating func reportLeftOut() {
        for (limit, labels) in leftOut.sorted(by: { $0.key < $1.key }) {
            problems.append(
                "\(AttributeEncoder.list(labels)): gwd keeps \(limit) generic attributes of a kind, left out")
        }
    }

    /// Takes a place in one of gwd's tables; false when none is left.
    private mutating func enter(
        _ label: String, into table: WritableKeyPath<ToldAttributes, [String]>, limit: Int
    ) -> Bool {
        if told[keyPath: table].contains(label) { return true }
        guard told[keyPath: table].count < limit else {
            leftOut[limit, default: []].append(label)
            return false
        }
        told[keyPath: table].append(label)
        return true
    }

    /// Generic attributes of earlier replies that are gone.
    private func clearedWords() -> [Unit] {
        func gone(_ label: String, isText: Bool) -> Bool {
            guard let position = genericPositions[label], !(generics[position].index.map(isUnusable) ?? false) else {
                return true
            }
            if case .text = generics[position].value { return !isText }
            return isText
        }
        return told.texts.filter { gone($0, isText: true) }.map { Unit(subject: $0, text: "\($0)=\"\"") }
            + told.integers.filter { gone($0, isText: false) }.map { Unit(subject: $0, text: "\($0)=0") }
    }

    private mutating func queueUnits(_ generics: [Int: String]) -> [Unit] {
        let width = AttributeKeyword.ofQueue.count
        let oldCount = told.queues
        let count = max(oldCount, queueSlots.count / width, (generics.keys.max() ?? -1) + 1)
        var units: [Unit] = []
        for index in 0..<count {
            let cleared = index < oldCount ? "QUEUE_NAME[\(index)]=\"\" QUEUE_NODECOUNT[\(index)]=0" : ""
            let row = queueSlots.count > index * width ? queueWords(index) : nil
            if row != nil { told.queues = max(told.queues, index + 1) }
            let text = (row ?? cleared) + (generics[index] ?? "")
            let trimmed = text.hasPrefix(" ") ? String(text.dropFirst()) : text
            if !trimmed.isEmpty { units.append(Unit(subject: "queue \(index)", text: trimmed, fallback: cleared)) }
        }
        return units
    }

    /// True when the row of a queue is left out for its name.
    private func isUnusable(_ index: Int) -> Bool {
        let width = AttributeKeyword.ofQueue.count
        guard queueSlots.count > index * width, let value = queueSlots[index * width] else { return false }
        return !AttributeKeyword.isQueueName(text(of: value))
    }

    /// The row of one queue; `nil` when it says nothing or has no name that gwd could use.
    private mutating func queueWords(_ index: Int) -> String? {
        let row = queueSlots[(index * AttributeKeyword.ofQueue.count)...].prefix(AttributeKeyword.ofQueue.count)
        guard row.contains(where: { $0 != nil }) else { return nil }
        var words = ""
        words.reserveCapacity(512)
        for (keyword, value) in zip(AttributeKeyword.ofQueue, row) {
            let label = "\(keyword.name)[\(index)]"
            let value = value.flatMap { printable($0, keyword, label) }
            if keyword == .queueName, value == nil || value == "\"\"" {
                // An empty name is the way to say that there is no such queue.
                if row.first != .some(.text("")) { problems.append("queue \(index): has no usable name, left out") }
                return nil
            }
            guard let value else { continue }
            if !words.isEmpty { words += " " }
            words += label
            words += "="
            words += value
        }
        return words
    }

    /// The value as it stands behind the equals sign, or `nil` when there is nothing to print.
    private mutating func printable(_ value: HostAttributes.Value, _ keyword: AttributeKeyword, _ label: String)
        -> String?
    {
        switch (keyword.kind, value) {
        case (.integer(let mayBeNegative), .integer(let number)):
            return String(clamped(number, mayBeNegative: mayBeNegative, label))
        case (.integer(let mayBeNegative), .text(let text)):
            guard let number = AttributeNumber(text, mayBeNegative: mayBeNegative) else {
                problems.append("\(label): '\(shortened(text))' is not a number, left out")
                return nil
            }
            if !number.isExact { problems.append("\(label): \(shortened(text)) became \(number.value)") }
            return String(number.value)
        case (.text(let bytes), _):
            return "\"\(cleaned(text(of: value), bytes: bytes, label))\""
        case (.word(let bytes), _):
            let text = cleaned(text(of: value), bytes: .max, label)
            guard AttributeString.isWord(text, bytes: bytes) else {
                let rule = "is longer than \(bytes) bytes or holds blanks or colons"
                problems.append("\(label): '\(shortened(text))' \(rule), left out")
                return nil
            }
            return "\"\(text)\""
        }
    }

    private func text(of value: HostAttributes.Value) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        }
    }

    private mutating func cleaned(_ text: String, bytes: Int, _ label: String) -> String {
        let clean = AttributeString.clean(text, bytes: bytes)
        if clean != text { problems.append("\(label): '\(shortened(text))' became '\(shortened(clean))'") }
        return clean
    }

    private mutating func clamped(_ number: Int, mayBeNegative: Bool, _ label: String) -> Int {
        let near = AttributeNumber(number, mayBeNegative: mayBeNegative)
        if !near.isExact { problems.append("\(label): \(number) became \(near.value)") }
        return near.value
    }

    private func shortened(_ text: String) -> String {
        let text = Info(text).text
        return text.count > 60 ? text.prefix(57) + "..." : text
    }

    // MARK: Fitting

    private mutating func fit(_ units: [Unit], bytes: Int) -> String {
        var line = ""
        var room = bytes + 1 - units.reduce(0) { $0 + AttributeEncoder.cost($1.fallback) }
        var left: [String] = []
        for unit in units {
            let extra = AttributeEncoder.cost(unit.text) - AttributeEncoder.cost(unit.fallback)
            var text = unit.text
            if left.isEmpty, extra <= room {
                room -= extra
            } else {
                left.append(unit.subject)
                text = unit.fallback
            }
            // The second condition fails only for a limit so small that not even clearing old queues fits.
            let addition = line.isEmpty ? text : " " + text
            guard !text.isEmpty, line.utf8.count + addition.utf8.count <= bytes else { continue }
            line += addition
        }
        if !left.isEmpty {
            problems.append("\(AttributeEncoder.list(left)): the line would be longer than \(bytes) bytes, left out")
        }
        return line
    }

    /// The first and the last of several, for a report that stays short.
    private static func list(_ subjects: [String]) -> String {
        guard subjects.count > 1, let first = subjects.first, let last = subjects.last else { return subjects.joined() }
        return "\(first) to \(last) (\(subjects.count) in all)"
    }

    /// Bytes with the blank that follows.
    private static func cost(_ text: String) -> Int { text.isEmpty ? 0 : text.utf8.count + 1 }

    private static func label(_ name: String, _ index: Int?) -> String { index.map { "\(name)[\($0)]" } ?? name }

    /// What gwd's lexer takes for a name, short enough for its oldest tables.
    private static func isName(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 255 else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }
}
