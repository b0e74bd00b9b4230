import Directory
import MADKit

/// Entries of GLUE 2 by host, related by the keys that they name one another with. Keys compare with case.
struct GLUE2Index: DirectoryIndex {
    /// What the capability of an endpoint that takes jobs begins with.
    static let jobCapability = "executionmanagement.job"

    /// The attributes that relations rest on, by number.
    private struct Numbers: Sendable {
        let share, queue, name, maxRunning, free, freeWithDuration, used, waiting: Int
        let shareService, shareEndpoint, shareEnvironment: [Int]
        let rule, policyShare, policyEndpoint: Int
        let endpoint, url, capability: Int
        let endpointService: [Int]
        let manager, product: Int
        let managerService, managerSlots: [Int]
        let environment, processors, instances, memory: Int
        let environmentManager: [Int]

        init(_ attributes: AttributeNames) {
            share = attributes.number(GLUE2.share)
            queue = attributes.number(GLUE2.shareQueue)
            name = attributes.number(GLUE2.shareName)
            maxRunning = attributes.number(GLUE2.shareMaxRunning)
            free = attributes.number(GLUE2.shareFree)
            freeWithDuration = attributes.number(GLUE2.shareFreeWithDuration)
            used = attributes.number(GLUE2.shareUsed)
            waiting = attributes.number(GLUE2.shareWaiting)
            shareService = GLUE2.shareService.map(attributes.number)
            shareEndpoint = GLUE2.shareEndpoint.map(attributes.number)
            shareEnvironment = GLUE2.shareEnvironment.map(attributes.number)
            rule = attributes.number(GLUE2.policyRule)
            policyShare = attributes.number(GLUE2.policyShare)
            policyEndpoint = attributes.number(GLUE2.policyEndpoint)
            endpoint = attributes.number(GLUE2.endpoint)
            url = attributes.number(GLUE2.endpointURL)
            capability = attributes.number(GLUE2.endpointCapability)
            endpointService = GLUE2.endpointService.map(attributes.number)
            manager = attributes.number(GLUE2.manager)
            product = attributes.number(GLUE2.managerProduct)
            managerService = GLUE2.managerService.map(attributes.number)
            managerSlots = GLUE2.managerSlots.map(attributes.number)
            environment = attributes.number(GLUE2.environment)
            processors = attributes.number(GLUE2.environmentProcessors)
            instances = attributes.number(GLUE2.environmentInstances)
            memory = attributes.number(GLUE2.environmentMemory)
            environmentManager = GLUE2.environmentManager.map(attributes.number)
        }
    }

    private struct Host: Sendable {
        let name: String
        var endpoints: [Int] = []
        var shares: [Int] = []
    }

    private let table: EntryTable
    private let numbers: Numbers
    private let hostTable: MappingTable
    private let managerTable: MappingTable
    private let queueTable: MappingTable
    private let reading: Reading
    private var described: [Host] = []
    private var places: [String: Int] = [:]
    private var managersOfService: [String: [Int]] = [:]
    private var environmentsOfManager: [String: [Int]] = [:]
    private var environments: [String: Int] = [:]
    private var policiesOfShare: [String: [Int]] = [:]
    private var policiesOfEndpoint: [String: [Int]] = [:]

    init(
        _ table: EntryTable, _ attributes: AttributeNames, _ reading: Reading, hostTable: MappingTable,
        managerTable: MappingTable, queueTable: MappingTable
    ) {
        self.table = table
        self.hostTable = hostTable
        self.managerTable = managerTable
        self.queueTable = queueTable
        self.reading = reading
        numbers = Numbers(attributes)
        var shares: [Int] = []
        var hostOfEndpoint: [String: Int] = [:]
        var hostsOfService: [String: [Int]] = [:]
        for entry in 0..<table.count {
            if table.has(numbers.share, entry) {
                shares.append(entry)
            } else if table.has(numbers.rule, entry) {
                for key in table.all(numbers.policyShare, of: entry) { policiesOfShare[key, default: []].append(entry) }
                for key in table.all(numbers.policyEndpoint, of: entry) {
                    policiesOfEndpoint[key, default: []].append(entry)
                }
            } else if let identifier = table.first(numbers.endpoint, of: entry) {
                guard takesJobs(entry), let name = table.first(numbers.url, of: entry).flatMap(GLUE2Index.host(ofURL:))
                else { continue }
                let host = place(of: name)
                described[host].endpoints.append(entry)
                hostOfEndpoint[identifier] = host
                for key in keys(numbers.endpointService, entry) where hostsOfService[key]?.contains(host) != true {
                    hostsOfService[key, default: []].append(host)
                }
            } else if table.has(numbers.manager, entry) {
                for key in keys(numbers.managerService, entry) { managersOfService[key, default: []].append(entry) }
            } else if let identifier = table.first(numbers.environment, of: entry) {
                environments[identifier] = entry
                for key in keys(numbers.environmentManager, entry) {
                    environmentsOfManager[key, default: []].append(entry)
                }
            }
        }
        for share in shares { assign(share, hostOfEndpoint, hostsOfService) }
    }

    var hosts: [String] { described.map(\.name) }

    func description(of name: String) -> HostDescription? {
        guard let host = places[name.lowercased()].map({ described[$0] }) else { return nil }
        var description = HostDescription()
        description.host.set("HOSTNAME", .text(host.name))
        let manager = manager(of: host, &description)
        let shares = host.shares.filter { share in manager.map { isServed(share, by: $0) } ?? true }
        let slots = describeMachines(shares, manager, in: &description)
        describeQueues(shares, host, slots, in: &description)
        return description
    }

    // MARK: Hosts

    private mutating func place(of name: String) -> Int {
        if let known = places[name.lowercased()] { return known }
        places[name.lowercased()] = described.count
        described.append(Host(name: name))
        return described.count - 1
    }

    /// Gives a share to its host: the one of its endpoint, else the one in its identifier, else those of its service. A
    /// pool with many hosts has one service for all of them.
    private mutating func assign(_ share: Int, _ hostOfEndpoint: [String: Int], _ hostsOfService: [String: [Int]]) {
        let endpointKeys = keys(numbers.shareEndpoint, share)
        var found = Set(endpointKeys.compactMap { hostOfEndpoint[$0] })
        if found.isEmpty {
            let services = Set(keys(numbers.shareService, share).flatMap { hostsOfService[$0] ?? [] })
            let names = (endpointKeys + table.all(numbers.share, of: share)).compactMap(GLUE2Index.host(inKey:))
            for name in names where found.isEmpty {
                if let known = places[name.lowercased()], services.isEmpty || services.contains(known) {
                    found = [known]
                } else if services.isEmpty {
                    found = [place(of: name)]
                }
            }
            if found.isEmpty { found = services }
        }
        for host in found { described[host].shares.append(share) }
    }

    private func takesJobs(_ endpoint: Int) -> Bool {
        let capabilities = table.all(numbers.capability, of: endpoint)
        return capabilities.isEmpty || capabilities.contains { $0.lowercased().hasPrefix(GLUE2Index.jobCapability) }
    }

    /// The host in the URL of an endpoint.
    static func host(ofURL url: String) -> String? {
        let bytes = Array(url.utf8)
        guard let scheme = bytes.indices.first(where: { bytes[$0...].starts(with: Array("://".utf8)) }) else {
            return nil
        }
        var authority = bytes[(scheme + 3)...].prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
        if authority.first == UInt8(ascii: "[") {
            authority = authority.dropFirst().prefix { $0 != UInt8(ascii: "]") }
        } else {
            authority = authority.prefix { $0 != UInt8(ascii: ":") }
        }
        return authority.isEmpty ? nil : String(decoding: authority, as: UTF8.self)
    }

    /// The host in an identifier of the forms `urn:ogf:ComputingShare:HOST:…` and `HOST_HTCondorCE…`.
    static func host(inKey key: String) -> String? {
        let parts = key.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 4, parts[0].lowercased() == "urn", parts[1].lowercased() == "ogf", parts[3].contains(".") {
            return String(parts[3])
        }
        guard key.lowercased().contains("_htcondorce"), let end = key.firstIndex(of: "_") else { return nil }
        let name = String(key[..<end])
        return name.contains(".") ? name : nil
    }

    // MARK: Managers and machines

    /// The batch system of a host: of several the first in the order of their identifiers that is not `fork`.
    private func manager(of host: Host, _ description: inout HostDescription) -> Int? {
        let services = Set(
            host.shares.flatMap { keys(numbers.shareService, $0) }
                + host.endpoints.flatMap { keys(numbers.endpointService, $0) })
        var managers = Set(services.flatMap { managersOfService[$0] ?? [] })
            .map { (identifier: table.first(numbers.manager, of: $0) ?? "", entry: $0) }
        managers.sort { $0.identifier < $1.identifier }
        let chosen =
            managers.first { table.first(numbers.product, of: $0.entry)?.lowercased() != "fork" } ?? managers.first
        if managers.count > 1, let chosen {
            let left = managers.map(\.identifier).filter { $0 != chosen.identifier }.joined(separator: ", ")
            description.notes.append("manager \(chosen.identifier) taken, left out: \(left)")
        }
        return chosen?.entry
    }

    /// False when a share's machines belong to another manager.
    private func isServed(_ share: Int, by manager: Int) -> Bool {
        let managers = keys(numbers.shareEnvironment, share).compactMap { environments[$0] }
            .flatMap { keys(numbers.environmentManager, $0) }
        guard !managers.isEmpty, let own = table.first(numbers.manager, of: manager) else { return true }
        return managers.contains(own)
    }

    /// Describes what jobs run on, and returns the slots of the manager.
    private func describeMachines(_ shares: [Int], _ manager: Int?, in description: inout HostDescription) -> Int? {
        var machines = Set(shares.flatMap { keys(numbers.shareEnvironment, $0) }.compactMap { environments[$0] })
        if machines.isEmpty, let key = manager.flatMap({ table.first(numbers.manager, of: $0) }) {
            machines = Set(environmentsOfManager[key] ?? [])
        }
        let sorted = machines.map { (identifier: table.first(numbers.environment, of: $0) ?? "", entry: $0) }
            .sorted { $0.identifier < $1.identifier }
        var slots = manager.flatMap { entry in numbers.managerSlots.lazy.compactMap { number($0, entry) }.first }
        if slots == nil {
            let sum = sorted.reduce(0) {
                $0 + min(number(numbers.processors, $1.entry) ?? 0, 1 << 20)
                    * min(number(numbers.instances, $1.entry) ?? 1, 1 << 20)
            }
            if sum > 0 { slots = sum }
        }
        if let slots { description.host.set("NODECOUNT", .integer(slots)) }

        // A job may land on any of them, so the smallest memory is what it can count on.
        let memory = { (entry: Int) in number(numbers.memory, entry) ?? .max }
        if let machine = sorted.min(by: { memory($0.entry) < memory($1.entry) }) {
            hostTable.describeHost([machine.entry], of: table, in: &description.host)
            if sorted.count > 1 {
                let left = sorted.map(\.identifier).filter { $0 != machine.identifier }.joined(separator: ", ")
                description.notes.append("environment \(machine.identifier) taken, left out: \(left)")
            }
        }
        if let manager {
            managerTable.describeHost([manager], of: table, in: &description.host)
            if let product = table.first(numbers.product, of: manager), !product.isEmpty {
                description.host.set("LRMS_NAME", .text("jobmanager-\(product.lowercased())"))
            }
        }
        return slots
    }

    // MARK: Queues

    private func describeQueues(_ shares: [Int], _ host: Host, _ slots: Int?, in description: inout HostDescription) {
        var rows = shares.map { (name: queueName($0), identifier: table.first(numbers.share, of: $0) ?? "", entry: $0) }
            .sorted { ($0.name, $0.identifier) < ($1.name, $1.identifier) }
        rows = description.named(rows) { $0.name }
        for (index, row) in rows.enumerated() {
            let total = number(numbers.maxRunning, row.entry) ?? slots
            description.queues.set("QUEUE_NAME", at: index, .text(row.name))
            description.queues.set("QUEUE_NODECOUNT", at: index, .integer(total ?? 0))
            description.queues.set("QUEUE_FREENODECOUNT", at: index, .integer(free(row.entry, of: total) ?? 0))
            queueTable.describeQueue(index, row.entry, of: table, in: &description.queues)
        }
        for (index, row) in rows.enumerated() {
            let access = access(row.identifier, row.entry, host)
            if !access.isEmpty { description.queues.set("QUEUE_ACCESS", at: index, .text(access)) }
        }
        for (index, row) in rows.enumerated() {
            guard let waiting = table.first(numbers.waiting, of: row.entry), reading.placeholders.mayPass(waiting)
            else {
                continue
            }
            description.queues.set("QUEUE_JOBWAIT", at: index, .text(waiting))
        }
    }

    /// What the batch system calls the queue. A share may be a part of a queue, or of a pool that has none: then the name of
    /// the share, if gwd can pass it on, else `-`, with which gwd names no queue in the job.
    private func queueName(_ share: Int) -> String {
        for number in [numbers.queue, numbers.name, numbers.share] {
            guard let name = table.first(number, of: share), !name.isEmpty else { continue }
            if number == numbers.queue
                || name.utf8.count <= 24 && !name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x3A })
            {
                return name
            }
        }
        return "-"
    }

    private func free(_ share: Int, of total: Int?) -> Int? {
        if let free = number(numbers.free, share) { return free }
        // `ns[:t] …`: slots, and for how long.
        if let spans = table.first(numbers.freeWithDuration, of: share), let first = spans.split(separator: " ").first,
            let free = Int(first.prefix { $0 != ":" })
        {
            return max(0, free)
        }
        guard let total, let used = number(numbers.used, share) else { return nil }
        return max(0, total - used)
    }

    /// The rules of the share, else those of the endpoints that lead to it.
    private func access(_ identifier: String, _ share: Int, _ host: Host) -> String {
        let own = (policiesOfShare[identifier] ?? []).flatMap { table.all(numbers.rule, of: $0) }
        let ownText = AccessRules.text(own.sorted(), bytes: reading.accessBytes)
        if !ownText.isEmpty { return ownText }
        var endpoints = keys(numbers.shareEndpoint, share)
        if endpoints.isEmpty { endpoints = host.endpoints.compactMap { table.first(numbers.endpoint, of: $0) } }
        let rules = endpoints.flatMap { policiesOfEndpoint[$0] ?? [] }.flatMap { table.all(numbers.rule, of: $0) }
        return AccessRules.text(rules.sorted(), bytes: reading.accessBytes)
    }

    // MARK: Values

    /// The values of the first attribute that has any.
    private func keys(_ alternatives: [Int], _ entry: Int) -> [String] {
        for number in alternatives {
            let keys = table.all(number, of: entry)
            if !keys.isEmpty { return keys }
        }
        return []
    }

    /// A number that counts something: no placeholder.
    private func number(_ attribute: Int, _ entry: Int) -> Int? {
        guard let text = table.first(attribute, of: entry), !Placeholders.isPlaceholder(text) else { return nil }
        return Int(text)
    }
}
