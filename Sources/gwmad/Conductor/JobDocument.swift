import MADKit

/// The job in GRAM's language, in the very form that gwd writes (observed in 5.14): one line without a newline.
enum JobDocument {
    /// gwd's buffers: the whole text, and its environment clause.
    private static let longest = 16_383
    private static let longestEnvironment = 511

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

    /// The text of `job.rsl.0`, in the language `rsl`, or `rsl_nsh` for a job that stages by itself.
    static func rsl(of job: Job, at placement: Placement, staged: StagedByJob? = nil) throws(Failure) -> String {
        for text in [placement.host.name.text, job.user, placement.queue ?? ""] where text.contains("\"") {
            throw Failure("'\(text)' holds a quotation mark, which the job document cannot")
        }
        let directory = job.directory
        let environment =
            "(GW_HOSTNAME \"\(placement.host.name)\")(GW_USER \"\(job.user)\")(GW_JOB_ID \(job.id))(GW_TASK_ID 0)"
            + "(GW_ARRAY_ID -1)(GW_TOTAL_TASKS 0)(GW_RESTARTED 0)"
        guard environment.utf8.count <= longestEnvironment else {
            throw Failure("the environment clause of the job document is longer than gwd's \(longestEnvironment) bytes")
        }
        let files =
            if let staged {
                "(executable=\"\(staged.wrapper)\")(arguments=\"\(staged.environment)\")(stdout=\"\(staged.output)\")"
                    + "(stderr=\"\(staged.errors)\")"
            } else {
                "(executable=\"\(directory)/.wrapper\")(stdout=\"\(directory)/stdout.wrapper\")"
                    + "(stderr=\"\(directory)/stderr.wrapper\")"
            }
        let text =
            "&(jobtype=\"single\")\(files)(environment=\(environment))(count=1)"
            + (placement.queue.map { "(queue=\"\($0)\")" } ?? "")
        guard text.utf8.count <= longest else {
            throw Failure("the job document is longer than gwd's \(longest) bytes")
        }
        return text
    }
}
