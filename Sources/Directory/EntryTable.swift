import Glibc

/// Entries that a server told, as bytes in one piece of memory: a hundred thousand of them cost a few large allocations,
/// not a million small ones.
package struct EntryTable: Sendable {
    private struct Row: Sendable {
        let nameStart: UInt32
        let nameLength: UInt32
        let firstValue: UInt32
        let valueCount: UInt32
    }

    private struct Value: Sendable {
        let start: UInt32
        let length: UInt32
        let attribute: UInt16
    }

    private var bytes: [UInt8] = []
    private var rows: [Row] = []
    private var values: [Value] = []

    /// No entries.
    package init() {}

    /// How many entries there are.
    package var count: Int { rows.count }
    /// The memory that they take, in bytes.
    package var size: Int {
        bytes.count + rows.count * MemoryLayout<Row>.stride + values.count * MemoryLayout<Value>.stride
    }

    /// The distinguished name of an entry.
    package func name(_ entry: Int) -> String {
        let row = rows[entry]
        return text(row.nameStart, row.nameLength)
    }

    /// The first value of an attribute, in no order that means anything; `nil` when the entry has none.
    package func first(_ attribute: Int, of entry: Int) -> String? {
        let row = rows[entry]
        for value in values[Int(row.firstValue)..<Int(row.firstValue + row.valueCount)]
        where value.attribute == UInt16(attribute) {
            return text(value.start, value.length)
        }
        return nil
    }

    /// True when the entry has the attribute.
    package func has(_ attribute: Int, _ entry: Int) -> Bool {
        let row = rows[entry]
        return values[Int(row.firstValue)..<Int(row.firstValue + row.valueCount)]
            .contains { $0.attribute == UInt16(attribute) }
    }

    /// Every value of an attribute, in the order told. An attribute that came in several parts has all of its values here.
    package func all(_ attribute: Int, of entry: Int) -> [String] {
        let row = rows[entry]
        var texts: [String] = []
        for value in values[Int(row.firstValue)..<Int(row.firstValue + row.valueCount)]
        where value.attribute == UInt16(attribute) {
            texts.append(text(value.start, value.length))
        }
        return texts
    }

    /// Adds the entries of another table that was filled with the same attributes, without those that are here already by
    /// their distinguished names: searches overlap.
    package mutating func append(_ others: EntryTable) {
        guard count > 0 else {
            self = others
            return
        }
        let (byteShift, valueShift) = (UInt32(bytes.count), UInt32(values.count))
        let known = Set((0..<count).map(name))
        let new = (0..<others.count).filter { entry in
            let name = others.name(entry)
            return name.isEmpty || !known.contains(name)
        }
        bytes += others.bytes
        values += others.values.map {
            Value(start: $0.start + byteShift, length: $0.length, attribute: $0.attribute)
        }
        rows += new.map { entry in
            let row = others.rows[entry]
            return Row(
                nameStart: row.nameStart + byteShift, nameLength: row.nameLength,
                firstValue: row.firstValue + valueShift, valueCount: row.valueCount)
        }
    }

    private func text(_ start: UInt32, _ length: UInt32) -> String {
        String(decoding: bytes[Int(start)..<Int(start + length)], as: UTF8.self)
    }

    // MARK: Filling

    /// Begins an entry; its values follow.
    mutating func begin(name: UnsafeBufferPointer<UInt8>) {
        rows.append(
            Row(
                nameStart: UInt32(bytes.count), nameLength: UInt32(name.count), firstValue: UInt32(values.count),
                valueCount: 0))
        bytes.append(contentsOf: name)
    }

    /// Adds a value to the entry begun last.
    mutating func add(_ value: UnsafeBufferPointer<UInt8>, attribute: Int) {
        let start = known(value) ?? UInt32(bytes.count)
        values.append(Value(start: start, length: UInt32(value.count), attribute: UInt16(attribute)))
        if Int(start) == bytes.count { bytes.append(contentsOf: value) }
    }

    /// Where the same bytes are already. GLUE 2 tells long keys twice, under a general and a special name.
    private func known(_ value: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard value.count >= 16, let row = rows.last else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            guard let left = bytes.baseAddress, let right = value.baseAddress else { return nil }
            for other in values[Int(row.firstValue)...] where Int(other.length) == value.count {
                if memcmp(left + Int(other.start), right, value.count) == 0 { return other.start }
            }
            return nil
        }
    }

    /// Ends the entry begun last.
    mutating func end() {
        let row = rows[rows.count - 1]
        rows[rows.count - 1] = Row(
            nameStart: row.nameStart, nameLength: row.nameLength, firstValue: row.firstValue,
            valueCount: UInt32(values.count) - row.firstValue)
    }
}
