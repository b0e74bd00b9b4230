import MADKit

/// The job in the language of its execution driver, in the very form that gwd writes (observed in 5.14): one line
/// without a newline.
enum JobDocument {
    /// gwd's buffers: the whole text, and its environment.
    private static let longest = 16_383
    private static let longestEnvironment = 511
    private static let longestEnvironmentOfRSL2 = 639

    /// The files of a job that fetches and brings them itself, as URLs that the host can reach.
    struct StagedByJob {
        let wrapper: String
        let environment: String
        let output: String
        let errors: String

        /// - Parameters:
        ///   - stagingURL: what the transfer driver told at INIT; absolute paths are put behind it.
        ///   - path: the path of a file of this job on this machine.
        init(_ stagingURL: String, _ path: (String) -> String) {
            wrapper = stagingURL + path("wrapper.sh")
            environment = stagingURL + path("job.env")
            output = stagingURL + path("stdout.wrapper.0")
            errors = stagingURL + path("stderr.wrapper.0")
        }
    }

    /// The text of `job.rsl.0`.
    /// - Parameter staged: the URLs of a job that stages by itself, in the language `rsl_nsh`.
    static func text(
        _ language: JobLanguage, of job: Job, at placement: Placement, staged: StagedByJob? = nil
    ) throws(Failure) -> String {
        // gwd writes whatever it has as it is, and the drivers find their documents broken.
        let forbidden = language == .rsl2 ? "<&" : "\""
        for text in [placement.host.name.text, job.user, placement.queue ?? ""] {
            if let character = text.first(where: { forbidden.contains($0) }) {
                throw Failure("'\(text)' holds a \(character), which the job document cannot")
            }
        }
        let variables = [
            ("GW_HOSTNAME", placement.host.name.text, true), ("GW_USER", job.user, true),
            ("GW_JOB_ID", "\(job.id)", false),
            ("GW_TASK_ID", "0", false), ("GW_ARRAY_ID", "-1", false), ("GW_TOTAL_TASKS", "0", false),
            ("GW_RESTARTED", "0", false),
        ]
        let environment =
            language == .rsl2
            ? variables.map {
                "<environment> <name>\($0.0)</name> <value>\($0.1)</value></environment>"
            }.joined(separator: " ")
            : variables.map { $0.2 ? "(\($0.0) \"\($0.1)\")" : "(\($0.0) \($0.1))" }.joined()
        let longest = language == .rsl2 ? longestEnvironmentOfRSL2 : longestEnvironment
        guard environment.utf8.count <= longest else {
            throw Failure("the environment of the job document is longer than gwd's \(longest) bytes")
        }
        let text =
            language == .rsl2
            ? rsl2(job.directory, environment, queue: placement.queue)
            : rsl(job.directory, environment, queue: placement.queue, staged)
        guard text.utf8.count <= JobDocument.longest else {
            throw Failure("the job document is longer than gwd's \(JobDocument.longest) bytes")
        }
        return text
    }

    private static func rsl(
        _ directory: String, _ environment: String, queue: String?, _ staged: StagedByJob?
    ) -> String {
        let files =
            if let staged {
                "(executable=\"\(staged.wrapper)\")(arguments=\"\(staged.environment)\")(stdout=\"\(staged.output)\")"
                    + "(stderr=\"\(staged.errors)\")"
            } else {
                "(executable=\"\(directory)/.wrapper\")(stdout=\"\(directory)/stdout.wrapper\")"
                    + "(stderr=\"\(directory)/stderr.wrapper\")"
            }
        return "&(jobtype=\"single\")\(files)(environment=\(environment))(count=1)"
            + (queue.map { "(queue=\"\($0)\")" } ?? "")
    }

    /// Without a namespace and not in the schema's order; the driver puts both right.
    private static func rsl2(_ directory: String, _ environment: String, queue: String?) -> String {
        "<job> <executable>\(directory)/.wrapper</executable> \(environment)"
            + " <stdout>\(directory)/stdout.wrapper</stdout> <stderr>\(directory)/stderr.wrapper</stderr>"
            + " <count>1</count> <jobType>single</jobType>" + (queue.map { " <queue>\($0)</queue>" } ?? "") + "</job>"
    }
}
