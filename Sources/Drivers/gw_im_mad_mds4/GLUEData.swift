import WebServices

/// What one local resource manager published: GLUE 1.1 as an index service holds it.
///
/// Names are compared without their namespaces: the two dialects, and the many releases of the providers, agree on nothing
/// else. Data of further entries that are nested in it, as an index above another one has them, are not its own.
struct GLUEData {
    /// The machine: the first one described.
    private(set) var host: XMLElement?
    /// The queues, each name once.
    private(set) var queues: [XMLElement] = []
    /// The text of `hostCPUType`, which some providers add.
    private(set) var platform: String?
    /// Why the index has nothing, in its own words.
    private(set) var problem: String?

    private var names: Set<String> = []

    /// Whether there is anything at all.
    var isEmpty: Bool { host == nil && queues.isEmpty }

    /// Reads the content of an entry.
    init(_ content: XMLElement) {
        collect(content)
    }

    private mutating func collect(_ element: XMLElement) {
        for child in element.children {
            if child.isNamed("Host") {
                host = host ?? child
                platform = platform ?? child.first("hostCPUType")?.trimmedText
            } else if child.isNamed("ComputingElement") {
                if names.insert(child.attribute("Name") ?? "").inserted { queues.append(child) }
            } else if child.isNamed("AggregatorError") {
                problem = problem ?? child.text.singleLine
            } else if child.isNamed("hostCPUType") {
                platform = platform ?? child.trimmedText
            } else if !child.isNamed("Entry"), !child.isNamed("AggregatorConfig") {
                collect(child)
            }
        }
    }
}
