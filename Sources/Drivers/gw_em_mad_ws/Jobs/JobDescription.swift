import MADKit
import WebServices

/// A job description in the language of WS-GRAM (gwd's `rsl2`).
///
/// gwd writes it without namespaces and in an order of its own. It is read by local names, whatever the order, and written
/// as the schema wants it: qualified, and in the schema's order, which is that of ``order``.
struct JobDescription: Sendable {
    private enum Kind { case text, number, type, pair, endpoint, transfers, foreign }

    /// The elements, in the order of the schema.
    private static let order: [(name: String, kind: Kind, isRepeated: Bool)] = [
        ("factoryEndpoint", .endpoint, false), ("jobCredentialEndpoint", .endpoint, false),
        ("stagingCredentialEndpoint", .endpoint, false), ("localUserId", .text, false), ("holdState", .text, false),
        ("executable", .text, false), ("directory", .text, false), ("argument", .text, true),
        ("environment", .pair, true), ("stdin", .text, false), ("stdout", .text, false), ("stderr", .text, false),
        ("count", .number, false), ("libraryPath", .text, true), ("hostCount", .number, false),
        ("project", .text, false), ("queue", .text, false), ("maxTime", .number, false),
        ("maxWallTime", .number, false), ("maxCpuTime", .number, false), ("maxMemory", .number, false),
        ("minMemory", .number, false), ("jobType", .type, false), ("fileStageIn", .transfers, false),
        ("fileStageOut", .transfers, false), ("fileCleanUp", .transfers, false), ("extensions", .foreign, false),
    ]
    /// Those that the schema has in the namespace of types.
    private static let types: Set<String> = ["localUserId", "holdState"]

    private let elements: [String: [XMLElement]]

    /// Reads a description.
    /// - Throws: ``MADError`` that names the line and what is wrong there.
    init(_ bytes: [UInt8], path: String) throws(MADError) {
        func wrong(_ cause: String) -> MADError {
            MADError(.invalid, "the job description \(path) cannot be used", cause: cause)
        }
        let root: XMLElement
        do { root = try XMLElement.read(bytes, limit: 1 << 20) } catch { throw wrong(error.description) }
        guard root.isNamed("job") else {
            throw wrong("line \(root.line): it is a '\(root.local)', not a 'job'")
        }
        var elements: [String: [XMLElement]] = [:]
        for element in root.children {
            guard let rule = JobDescription.order.first(where: { element.isNamed($0.name) }) else {
                throw wrong("line \(element.line): no job has an element '\(element.local)'")
            }
            if let problem = JobDescription.problem(with: element, rule.kind) {
                throw wrong("line \(element.line): \(problem)")
            }
            guard !JobDescription.isNothing(element, rule.kind) else { continue }
            // gwd writes some elements twice, with the same content.
            elements[rule.name] = (rule.isRepeated ? elements[rule.name] ?? [] : []) + [element]
        }
        guard elements["executable"] != nil else { throw wrong("it names no executable") }
        self.elements = elements
    }

    /// What a container would say about an element only in general terms.
    private static func problem(with element: XMLElement, _ kind: Kind) -> String? {
        let name = element.local
        switch kind {
        case .text, .number, .type:
            if let inner = element.children.first(where: { _ in true }) {
                return "'\(name)' has an element '\(inner.local)' in it"
            }
            let text = element.trimmedText
            if kind == .number, !text.isEmpty, Int(text) == nil { return "'\(name)' is no number: \(text)" }
            if kind == .type, !text.isEmpty, !["mpi", "single", "multiple", "condor"].contains(text) {
                return "no '\(name)' is called \(text)"
            }
            return nil
        case .pair: return element.child("name") == nil ? "an environment variable has no name" : nil
        case .endpoint: return EndpointReference(element) == nil ? "'\(name)' has no address" : nil
        case .transfers, .foreign: return nil
        }
    }

    /// Without a value, an element means nothing; gwd writes `(null)` for what it has forgotten.
    private static func isNothing(_ element: XMLElement, _ kind: Kind) -> Bool {
        guard !element.isNamed("argument") else { return false }
        switch kind {
        case .text, .number, .type:
            let text = element.trimmedText
            return text.isEmpty || text == "(null)" || element.isNamed("queue") && text == "-"
        case .pair, .endpoint, .transfers, .foreign: return false
        }
    }

    /// The factory that the description itself names.
    var factory: EndpointReference? { elements["factoryEndpoint"]?.first.flatMap { EndpointReference($0) } }

    /// The credential that the description itself names.
    var credential: EndpointReference? { elements["jobCredentialEndpoint"]?.first.flatMap { EndpointReference($0) } }

    /// The description in a dialect, for the body of a message.
    /// - Parameter credential: where the delegated credential is, if there is one and the description names none.
    func text(_ dialect: Dialect, credential: EndpointReference?) -> String {
        var text = XMLText()
        text.element("d:job", ["xmlns:d": dialect.jobDescription]) { text in
            for (name, kind, _) in JobDescription.order {
                let found = elements[name] ?? []
                for element in found { JobDescription.write(element, name, kind, dialect, &text) }
                if found.isEmpty, let credential, name.hasSuffix("CredentialEndpoint") {
                    text.element("d:\(name)") { $0.verbatim(credential.content(dialect)) }
                }
            }
        }
        return text.description
    }

    private static func write(
        _ element: XMLElement, _ name: String, _ kind: Kind, _ dialect: Dialect, _ text: inout XMLText
    ) {
        switch kind {
        case .text where types.contains(name):
            text.element("t:\(name)", ["xmlns:t": dialect.jobTypes], element.trimmedText)
        case .text: text.element("d:\(name)", [:], name == "argument" ? element.text : element.trimmedText)
        case .number, .type: text.element("d:\(name)", [:], element.trimmedText)
        case .pair:
            text.element("d:\(name)") { text in
                text.element("d:name", [:], element.child("name")?.trimmedText ?? "")
                text.element("d:value", [:], element.child("value")?.text ?? "")
            }
        case .endpoint:
            text.element("d:\(name)") { $0.verbatim(EndpointReference(element)?.content(dialect) ?? "") }
        case .transfers:
            text.element("d:\(name)", ["xmlns:r": dialect.fileTransfer]) { text in
                for child in element.children { transfer(child, dialect, &text) }
            }
        case .foreign:
            text.element("d:\(name)") { text in
                for child in element.children { text.verbatim(child.standaloneText) }
            }
        }
    }

    /// Part of a list of transfers: qualified, in the order given.
    private static func transfer(_ element: XMLElement, _ dialect: Dialect, _ text: inout XMLText) {
        if element.local.hasSuffix("Endpoint"), let endpoint = EndpointReference(element) {
            text.element("r:\(element.local)") { $0.verbatim(endpoint.content(dialect)) }
        } else if element.children.contains(where: { _ in true }) {
            text.element("r:\(element.local)") { text in
                for child in element.children { transfer(child, dialect, &text) }
            }
        } else {
            text.element("r:\(element.local)", [:], element.trimmedText)
        }
    }
}
