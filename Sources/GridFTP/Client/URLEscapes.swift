/// Percent escapes of paths (RFC 3986, 2.1), which the Globus library takes back before it speaks to a server.
///
/// Without them a name that holds `%` would mean another file, and the library refuses URLs with some other characters.
enum URLEscapes {
    /// `path` with every byte escaped that is not a letter, a digit or one of `-._~/`.
    static func escaped(_ path: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in path {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                text.append(byte)
            default:
                text += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
