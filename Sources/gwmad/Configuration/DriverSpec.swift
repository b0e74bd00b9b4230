/// What a driver does for gwd.
enum DriverKind: String, Sendable, CaseIterable {
    case information = "IM_MAD"
    case transfer = "TM_MAD"
    case execution = "EM_MAD"

    /// How many fields the line in gwd.conf has (GridWay 5.4 to 5.14).
    var fields: Int {
        switch self {
        case .information: 6
        case .transfer: 3
        case .execution: 4
        }
    }

    /// Words in front of RESULT in a reply: the verb, the job or host and, for transfers, the copy.
    var wordsBeforeResult: Int { self == .transfer ? 3 : 2 }
}

/// A driver as gwd.conf or the command line names it.
struct DriverSpec: Sendable, Equatable {
    let kind: DriverKind
    /// The name other lines refer to it by.
    let name: String
    /// The executable, as written.
    let executable: String
    /// Everything behind it: one text, which gwd hands over as one element of argv. Empty when there is nothing.
    let arguments: String
    /// Information drivers: the transfer and execution drivers of their hosts. Execution drivers: the job language.
    let partners: [String]
    /// Where it is written: `FILE:LINE`, or the option.
    let origin: String

    /// The language of its job documents; `nil` for one that gwmad cannot write.
    var language: JobLanguage? { JobLanguage(field: partners.first) }

    /// How messages name it: the executable and its place in gwd.conf.
    var label: String {
        let file = executable.split(separator: "/").last.map(String.init) ?? executable
        return "\(file) (\(kind.rawValue) \(name))"
    }

    /// The words behind argv[0], as gwd gives them (observed in 5.14): all arguments in one word; with none, an empty
    /// word for information and execution drivers, and no word at all for transfer drivers.
    var argumentWords: [String] {
        arguments.isEmpty && kind == .transfer ? [] : [arguments]
    }

    /// Reads what stands behind the `=` of gwd.conf: fields separated by `:`; a `\:` belongs to its field and every
    /// backslash is dropped.
    init(kind: DriverKind, fields text: some StringProtocol, origin: String) throws(Failure) {
        var fields = [""]
        var isEscaped = false
        for character in text {
            switch character {
            case ":" where !isEscaped: fields.append("")
            case "\\": break
            default: fields[fields.count - 1].append(character)
            }
            isEscaped = character == "\\"
        }
        fields = fields.map { $0.trimmed }
        guard fields.count >= 2, !fields[0].isEmpty, !fields[1].isEmpty else {
            throw Failure(.configuration, "\(origin): \(kind.rawValue) needs at least NAME:EXECUTABLE, found '\(text)'")
        }
        guard fields.count <= kind.fields else {
            throw Failure(
                .configuration,
                "\(origin): \(kind.rawValue) \(fields[0]) has \(fields.count) fields, \(kind.fields) at most; "
                    + "a colon inside a field is written \\:")
        }
        self.init(
            kind: kind, name: fields[0], executable: fields[1], arguments: fields.count > 2 ? fields[2] : "",
            partners: Array(fields.dropFirst(3)), origin: origin)
    }

    init(kind: DriverKind, name: String, executable: String, arguments: String, partners: [String], origin: String) {
        self.kind = kind
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.partners = partners
        self.origin = origin
    }

    /// Reads an option's value: `EXECUTABLE [ARGUMENTS]`, or the form of gwd.conf when its first word holds a colon. An
    /// executable with a slash is a file seen from the working directory, as in a shell.
    init(kind: DriverKind, option text: String, origin: String) throws(Failure) {
        let words = text.trimmed.split(separator: " ", maxSplits: 1)
        guard let first = words.first else { throw Failure(.usage, "\(origin) needs a driver") }
        if first.contains(":") {
            let driver = try DriverSpec(kind: kind, fields: text.trimmed, origin: origin)
            self.init(
                kind: kind, name: driver.name, executable: DriverSpec.located(driver.executable),
                arguments: driver.arguments, partners: driver.partners, origin: origin)
        } else {
            self.init(
                kind: kind, name: first.split(separator: "/").last.map(String.init) ?? String(first),
                executable: DriverSpec.located(String(first)), arguments: words.count > 1 ? words[1].trimmed : "",
                partners: kind == .execution ? [JobLanguage(executable: first).rawValue] : [], origin: origin)
        }
    }

    private static func located(_ executable: String) -> String {
        executable.contains("/") ? LocalFile.absolute(executable) : executable
    }
}

extension StringProtocol {
    /// Without blanks and tabs at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" || first == "\r" || first == "\r\n" {
            rest.removeFirst()
        }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" || last == "\r\n" { rest.removeLast() }
        return String(rest)
    }
}
