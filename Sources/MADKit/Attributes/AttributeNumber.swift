/// A number in the range of gwd's `int`, from whatever text it was published in.
struct AttributeNumber: Equatable {
    /// The value: truncated toward zero, within 32 bits.
    let value: Int
    /// False when the text said something else, such as `2539.5` or `99999999999`.
    let isExact: Bool

    /// Brings an integer into range.
    init(_ number: Int, mayBeNegative: Bool) {
        value = max(mayBeNegative ? Int(Int32.min) : 0, min(number, Int(Int32.max)))
        isExact = value == number
    }

    /// Reads decimal notation with optional sign, fraction and exponent; `nil` for anything else.
    init?(_ text: String, mayBeNegative: Bool) {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
        }
        // The alphabet keeps out what `Double` takes beyond decimals: nan, infinity, hexadecimal.
        guard isPlain, text.utf8.first.map({ $0 | 0x20 != 0x65 }) == true else { return nil }
        if let number = Int(text) {
            self.init(number, mayBeNegative: mayBeNegative)
        } else if let number = Double(text) {
            // Beyond 1e15 only the sign matters; Int cannot hold every Double.
            let whole = number.rounded(.towardZero)
            let near = AttributeNumber(Int(max(-1e15, min(whole, 1e15))), mayBeNegative: mayBeNegative)
            self.init(value: near.value, isExact: near.isExact && whole == number)
        } else {
            return nil
        }
    }

    private init(value: Int, isExact: Bool) {
        self.value = value
        self.isExact = isExact
    }
}
