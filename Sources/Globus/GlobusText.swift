internal import CGlobus
import Glibc

/// Globus' error objects in words.
package enum GlobusText {
    /// The text of a result code; the error object behind it is consumed. Empty for success.
    package static func of(result: UInt32) -> String {
        guard result != 0, let text = mad_result_text(result) else { return "" }
        defer { free(text) }
        return String(cString: text)
    }

    /// The text of an error object that a callback was given, which stays the library's. Empty for `nil`.
    package static func of(error: UnsafeMutableRawPointer?) -> String {
        guard let error, let text = mad_error_text(error.assumingMemoryBound(to: globus_object_t.self)) else {
            return ""
        }
        defer { free(text) }
        return String(cString: text)
    }

    /// A text of many lines as one, with the point first.
    ///
    /// Globus stacks its errors, one line each: the layer that noticed comes first, the one that knows last. Here it is
    /// the other way round, so that the cause survives when the text is cut.
    package static func gist(of text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }.filter { !$0.isEmpty && !$0.hasSuffix(":") }
        guard let last = lines.last, lines.count > 1 else { return lines.first ?? text }
        return "\(last) [\(lines.dropLast().joined(separator: "; "))]"
    }
}
