/// The attributes that a search asks for. Each has a number, its place in the list, by which entries keep their values.
package struct AttributeNames: Sendable {
    /// As asked for.
    package let names: [String]
    private let lowercased: [[UInt8]]

    /// Lists the attributes; a name that comes twice counts once.
    package init(_ names: [String]) {
        var seen: Set<String> = []
        self.names = names.filter { seen.insert($0.lowercased()).inserted }
        lowercased = self.names.map { Array($0.lowercased().utf8) }
    }

    /// The number of an attribute. The name must be among those asked for.
    package func number(_ name: String) -> Int {
        let wanted = Array(name.lowercased().utf8)
        guard let number = lowercased.firstIndex(of: wanted) else { preconditionFailure("\(name) is not asked for") }
        return number
    }

    /// The number of an attribute as a server names it: in any case, perhaps with options behind a `;`. `nil` for one that
    /// was not asked for.
    ///
    /// Servers tell attributes in the same order again and again, so the search begins at `guess`.
    func number(of name: UnsafeBufferPointer<UInt8>, guess: Int) -> Int? {
        let length = name.firstIndex(of: UInt8(ascii: ";")) ?? name.count
        var number = guess
        for _ in 0..<lowercased.count {
            if number >= lowercased.count { number = 0 }
            if matches(name, length, lowercased[number]) { return number }
            number += 1
        }
        return nil
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>, _ length: Int, _ wanted: [UInt8]) -> Bool {
        guard wanted.count == length else { return false }
        return wanted.withUnsafeBufferPointer { wanted in
            // Names differ at the end more often than at the beginning.
            for index in (0..<length).reversed() {
                let byte = name[index]
                let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                guard lower == wanted[index] else { return false }
            }
            return true
        }
    }
}
