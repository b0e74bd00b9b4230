import WebServices

/// What an index says of one job factory: which it is, and what it published.
struct IndexEntry {
    /// The address of the factory.
    let address: String
    /// The local resource manager: `Fork`, `PBS` and so on; empty when the entry does not tell.
    let resource: String
    /// What it published.
    let data: GLUEData

    /// Reads an Entry element of either dialect; `nil` when it names no service.
    init?(_ entry: XMLElement) {
        guard entry.isNamed("Entry"), let member = entry.child("MemberServiceEPR"),
            let address = member.child("Address")?.trimmedText, let content = entry.child("Content")
        else { return nil }
        self.address = address
        let carrier = member.children.first { !$0.isNamed("Address") && $0.child("ResourceID") != nil }
        resource = carrier?.child("ResourceID")?.text.singleLine ?? ""
        data = GLUEData(content)
    }

    /// The host in the address, in lower case.
    var host: String { IndexEntry.host(address) }
    static func host(_ address: String) -> String { URLParts(address)?.host.lowercased() ?? "" }
    /// Starts processes on the machine itself.
    var isFork: Bool { resource.lowercased() == "fork" }
    /// Passes jobs on to other factories and has no data of its own.
    var isMulti: Bool { resource.lowercased() == "multi" }

    /// The entries in the answer of an index, each factory once: an index above another one has everything twice, and a
    /// factory may be registered again. Of several entries for one the first counts that has data.
    static func all(in answer: XMLElement) -> [IndexEntry] {
        struct Key: Hashable {
            let address: String
            let resource: String
        }
        var entries: [IndexEntry] = []
        var places: [Key: Int] = [:]
        for child in answer.children {
            guard let entry = IndexEntry(child) else { continue }
            let key = Key(address: entry.address, resource: entry.resource)
            if let place = places[key] {
                if entries[place].data.isEmpty { entries[place] = entry }
            } else {
                places[key] = entries.count
                entries.append(entry)
            }
        }
        return entries
    }
}
