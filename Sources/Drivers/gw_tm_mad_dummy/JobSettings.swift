import Grid
import MADKit

/// What a job's `job.env`, a shell script of assignments, tells about the job's files on this machine.
struct JobSettings {
    /// The directory that relative names belong to, `GW_JOB_HOME`; never the root of everything.
    let home: String?
    /// Files that are named by a `file:` URL or below the staging URL: results may go anywhere.
    let files: [String]

    /// Reads the file at `path`; one that cannot be read tells nothing.
    init(path: String, stagingURL: String) {
        let bytes = (try? FileBytes(path: path).bytes) ?? []
        self.init(text: String(decoding: bytes, as: UTF8.self), stagingURL: stagingURL)
    }

    /// Reads the text of such a file.
    init(text: String, stagingURL: String) {
        var home: String?
        var files: [String] = []
        for line in text.split(separator: "\n") {
            var line = line.drop { $0 == " " }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop { $0 == " " } }
            // Only gwd's own variables: the user's may name anything.
            guard line.hasPrefix("GW_"), let sign = line.firstIndex(of: "=") else { continue }
            let value = line[line.index(after: sign)...].split { $0 == "\"" || $0 == "'" }.joined()
            if line[..<sign] == "GW_JOB_HOME", value.hasPrefix("/"), value.contains(where: { $0 != "/" }) {
                home = value
            }
            guard line[..<sign] != "GW_STAGING_URL" else { continue }
            for word in value.split(whereSeparator: { $0 == " " || $0 == "," }) {
                if let path = JobSettings.path(in: word, stagingURL) { files.append(path) }
            }
        }
        self.home = home
        self.files = files
    }

    private static func path(in word: Substring, _ stagingURL: String) -> String? {
        for prefix in ["file:", stagingURL] where word.hasPrefix(prefix) {
            let path = word.dropFirst(prefix.count)
            return path.hasPrefix("/") ? "/" + path.drop { $0 == "/" } : nil
        }
        return nil
    }
}
