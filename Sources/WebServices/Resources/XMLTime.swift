import Glibc

/// Times of XML Schema.
public enum XMLTime {
    /// `2026-11-27T10:00:00Z` for seconds since 1970.
    public static func text(_ seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 40)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer[..<count].map { UInt8($0) }, as: UTF8.self)
    }
}
