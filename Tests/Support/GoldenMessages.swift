import Foundation

/// Requests as they are to be, in `Tests/Fixtures/wsrf/requests`: what was recorded of the drivers when the official
/// schemas had taken it, with the parts that differ from one time to the next replaced by words.
package struct GoldenMessages: Sendable {
    /// The texts, by file name.
    package let texts: [String: String]

    /// Those of one dialect, `4.0` or `4.2`, for the operations that `isWanted` names.
    package init(gt: String, where isWanted: (String) -> Bool) throws {
        let folder = Testbed.root.appendingPathComponent("Tests/Fixtures/wsrf/requests/gt\(gt)")
        var texts: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where isWanted(name) {
            texts[name] = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        self.texts = texts
    }

    /// The requests that a container recorded, by file name, comparable with the golden ones.
    package static func recorded(in folder: String) throws -> [String: String] {
        var requests: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            requests[name] = comparable(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) + "\n"
        }
        return requests
    }

    private static func comparable(_ text: String) -> String {
        let changing = [
            ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"), ("[0-9-]{10}T[0-9:]{8}Z", "TIME"),
            (">[A-Za-z0-9+/=]{200,}<", ">TOKEN<"), ("https://[^/<]*/", "https://HOST/"),
        ]
        return changing.reduce(text) { text, pair in
            text.replacingOccurrences(of: pair.0, with: pair.1, options: .regularExpression)
        }
    }
}
