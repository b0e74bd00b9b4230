import Glibc
import MADKit

/// One copy between this machine, or any server, and the job's directory.
struct StagedFile: Sendable, Equatable {
    let id: TransferID
    let isExecutable: Bool
    let source: TransferURL
    let destination: TransferURL
}

/// A file of the job: its name in the job's directory, and the URL it comes from or goes to.
struct JobFile: Sendable, Equatable {
    let name: String
    let url: TransferURL
}

/// What is to run, and with which files.
struct Job: Sendable {
    let id: JobID
    /// The account in gwd's eyes; part of the job directory's name.
    let user: String
    /// The words of the command as the host runs it.
    var command: [String] = []
    /// The executable, when it is brought along.
    var executable: JobFile?
    var inputs: [JobFile] = []
    var outputs: [JobFile] = []
    var standardInput: TransferURL?
    var environment: [Variable] = []

    /// A variable of the job's environment.
    struct Variable: Sendable, Equatable {
        let name: String
        let value: String
    }

    /// The job's directory below the home on the host, as gwd names it.
    var directory: String { ".gw_\(user)_\(id)" }

    /// Names in the job's directory that are taken.
    private static let reserved: Set<String> = [
        "job.env", ".wrapper", "stdin.execution", "stdout.execution", "stderr.execution", "stdout.wrapper",
        "stderr.wrapper", ".", "..",
    ]

    /// A job without files, under a number that no other run of this user is likely to have now: gwd's own jobs count
    /// from 0, and six digits do not fit into gwd's table.
    init(user: String) {
        id = JobID(Int32.random(in: 10_000...99_999))
        self.user = user
    }

    /// A job from the command line.
    /// - Parameter words: EXECUTABLE and its arguments. An absolute path is a program of the host, anything else a local
    ///   file or a URL that is brought along.
    init(
        user: String, words: [String], inputs: [String], outputs: [String], standardInput: String?,
        environment: [String]
    ) throws(Failure) {
        self.init(user: user)
        guard let program = words.first, !program.isEmpty else {
            throw Failure(.usage, "gwmad run: which executable? gwmad run [OPTIONS] -- EXECUTABLE [ARGUMENTS]")
        }
        if program.hasPrefix("/") {
            command = words
        } else {
            let file: JobFile
            do throws(Failure) {
                file = try JobFile(name: LocalFile.name(of: program), url: LocalFile.source(program))
            } catch {
                let hint = program.contains("/") ? "" : "; a program of the host is given by its absolute path"
                throw Failure(error.code, error.description + hint)
            }
            executable = file
            command = ["./\(file.name)"] + words.dropFirst()
        }
        for text in inputs {
            // The name on the host never holds '=', the local one may.
            let (left, right) = Job.split(text, at: text.lastIndex(of: "="))
            self.inputs.append(JobFile(name: right ?? LocalFile.name(of: left), url: try LocalFile.source(left)))
        }
        for text in outputs {
            let (left, right) = Job.split(text, at: text.firstIndex(of: "="))
            self.outputs.append(JobFile(name: left, url: try LocalFile.destination(right ?? left, name: left)))
        }
        if let standardInput { self.standardInput = try LocalFile.source(standardInput) }
        for text in environment {
            let (name, value) = Job.split(text, at: text.firstIndex(of: "="))
            guard let value, Job.isVariable(name) else { throw Failure(.usage, "--env: '\(text)' is not NAME=VALUE") }
            self.environment.append(Variable(name: name, value: value))
        }
        try checkNames()
    }

    private static func split(_ text: String, at index: String.Index?) -> (String, String?) {
        guard let index else { return (text, nil) }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }

    /// gwd has one directory per job, no sub-directories, and its lines have no quoting.
    private func checkNames() throws(Failure) {
        func check(_ files: [JobFile]) throws(Failure) {
            var seen = Job.reserved
            for file in files {
                guard let name = TransferURL(file.name), !name.text.contains("/") else {
                    throw Failure(.usage, "'\(file.name)' cannot name a file of the job: no blank and no slash")
                }
                guard seen.insert(file.name).inserted else {
                    throw Failure(
                        .usage, "the name \(file.name) is taken in the job's directory; give another: FILE=NAME")
                }
            }
        }
        try check(inputs + (executable.map { [$0] } ?? []))
        try check(outputs)
    }
}
