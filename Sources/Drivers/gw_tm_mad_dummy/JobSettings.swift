import Grid
import MADKit

/// What a job's `job.env`, a shell script of assignments, tells about the job's files on this machine.
struct JobSettings {
    /// The directory that relative names belong to, `GW_JOB_HOME`; never the root of everything.
    let home: String?
    /// Files to be fetched that are named by a `file:` URL or below the staging URL.
    let inputs: [String]
    /// Files to be brought that are named so: results may go anywhere.
    let results: [String]

    /// The variables of gwd, and of gwmad, that name what a job brings back.
    private static let ofResults: Set<String> = [
        "GW_OUTPUT_FILES", "GW_STDOUT", "GW_STDOUT_FILE", "GW_STDERR", "GW_STDERR_FILE", "GW_STAGE_OUT",
    ]

    /// Reads the file at `path`; one that cannot be read tells nothing.
    init(path: String, stagingURL: String) {
        self.init(bytes: (try? FileBytes(path: path).bytes) ?? [], stagingURL: stagingURL)
    }

    /// Reads what such a file holds.
    init(bytes: [UInt8], stagingURL: String) {
        var home: String?
        var inputs: [String] = []
        var results: [String] = []
        // In bytes: to Swift a carriage return and the line feed behind it are one character, which is neither.
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            var line = String(decoding: line, as: UTF8.self).drop { $0 == " " }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop { $0 == " " } }
            // Only gwd's own variables: the user's may name anything.
            guard line.hasPrefix("GW_"), let sign = line.firstIndex(of: "=") else { continue }
            let name = String(line[..<sign])
            let value = line[line.index(after: sign)...].split { $0 == "\"" || $0 == "'" }.joined()
            if name == "GW_JOB_HOME", value.hasPrefix("/"), value.contains(where: { $0 != "/" }) { home = value }
            guard name != "GW_STAGING_URL" else { continue }
            let files = value.split { $0 == " " || $0 == "," }.compactMap { JobSettings.path(in: $0, stagingURL) }
            if JobSettings.ofResults.contains(name) { results += files } else { inputs += files }
        }
        self.home = home
        self.inputs = inputs
        self.results = results
    }

    private static func path(in word: Substring, _ stagingURL: String) -> String? {
        for prefix in ["file:", stagingURL] where word.hasPrefix(prefix) {
            let path = word.dropFirst(prefix.count)
            return path.hasPrefix("/") ? "/" + path.drop { $0 == "/" } : nil
        }
        return nil
    }
}
