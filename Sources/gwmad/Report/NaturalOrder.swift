/// The order in which people look for names: numbers inside by their value, so that `ce2` comes before `ce10`.
struct NaturalOrder: Comparable {
    private enum Part: Comparable {
        /// Without leading zeros, and how many digits that leaves: longer is greater.
        case number(Int, String)
        case text(String)
    }

    private let parts: [Part]
    /// Decides between names whose parts are equal, such as `ce1` and `ce01`.
    private let name: String

    init(_ name: String) {
        self.name = name
        var parts: [Part] = []
        var rest = Substring(name)
        while let first = rest.first {
            let isNumber = first.isASCIIDigit
            let run = rest.prefix { $0.isASCIIDigit == isNumber }
            rest = rest[run.endIndex...]
            let digits = run.drop { $0 == "0" }
            parts.append(isNumber ? .number(digits.count, String(digits)) : .text(String(run)))
        }
        self.parts = parts
    }

    static func < (one: NaturalOrder, other: NaturalOrder) -> Bool {
        if let (mine, theirs) = zip(one.parts, other.parts).first(where: { $0 != $1 }) { return mine < theirs }
        return one.parts.count == other.parts.count ? one.name < other.name : one.parts.count < other.parts.count
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
