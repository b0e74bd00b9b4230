import Foundation
import TestSupport
import Testing

/// Entries in LDIF, and a real server that holds them.
struct Entries {
    /// The entries so far.
    private(set) var ldif = ""

    /// The tree of MDS and GLUE 1, down to `mds-vo-name=local,o=grid`.
    static var grid: Entries {
        var entries = Entries()
        entries.add("o=grid", ["organization"], [("o", "grid")])
        entries.add("Mds-Vo-name=local,o=grid", ["MdsVo"], [("Mds-Vo-name", "local")])
        return entries
    }

    /// The tree of GLUE 2.
    static var glue: Entries {
        var entries = Entries()
        entries.add("o=glue", ["organization"], [("o", "glue")])
        entries.add("GLUE2GroupID=grid,o=glue", ["GLUE2Group"], [("GLUE2GroupID", "grid")])
        return entries
    }

    /// Adds an entry; the attributes come in the order given, so that one may come twice.
    mutating func add(_ name: String, _ classes: [String], _ attributes: [(String, String)]) {
        let lines = [("dn", name)] + classes.map { ("objectClass", $0) } + attributes
        for (name, value) in lines {
            let isSafe = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && value.first != " " && value.last != " "
            ldif +=
                isSafe && value.first != ":" && value.first != "<"
                ? "\(name): \(value)\n" : "\(name):: \(Data(value.utf8).base64EncodedString())\n"
        }
        ldif += "\n"
    }

    /// Adds a GLUE 1 computing element. `attributes` may name any attribute, also those that have a default here.
    mutating func computingElement(_ identifier: String, _ attributes: [(String, String)]) {
        add(
            "GlueCEUniqueID=\(identifier),Mds-Vo-name=local,o=grid",
            [
                "GlueCETop", "GlueCE", "GlueCEInfo", "GlueCEPolicy", "GlueCEState", "GlueKey",
            ] + (attributes.contains { $0.0 == "GlueCEAccessControlBaseRule" } ? ["GlueCEAccessControlBase"] : []),
            attributes.contains { $0.0 == "GlueCEUniqueID" }
                ? attributes : [("GlueCEUniqueID", identifier)] + attributes)
    }

    /// Adds a GLUE 1 cluster.
    mutating func cluster(_ identifier: String) {
        add(
            "GlueClusterUniqueID=\(identifier),Mds-Vo-name=local,o=grid", ["GlueClusterTop", "GlueCluster", "GlueKey"],
            [("GlueClusterUniqueID", identifier), ("GlueClusterName", identifier)])
    }

    /// Adds a GLUE 1 sub-cluster below a cluster.
    mutating func subCluster(_ identifier: String, of cluster: String, _ attributes: [(String, String)]) {
        add(
            "GlueSubClusterUniqueID=\(identifier),GlueClusterUniqueID=\(cluster),Mds-Vo-name=local,o=grid",
            [
                "GlueClusterTop", "GlueSubCluster", "GlueHostArchitecture", "GlueHostMainMemory",
                "GlueHostOperatingSystem", "GlueHostProcessor", "GlueKey",
            ], [("GlueSubClusterUniqueID", identifier)] + attributes)
    }

    /// Adds an MDS 2 host.
    mutating func host(_ name: String, _ attributes: [(String, String)] = []) {
        add(
            "Mds-Host-hn=\(name),Mds-Vo-name=local,o=grid",
            [
                "Mds", "MdsHost", "MdsComputer", "MdsComputerTotal", "MdsComputerTotalFree", "MdsOs", "MdsCpu",
                "MdsCpuSmp", "MdsCpuTotal", "MdsCpuTotalFree", "MdsMemoryRamTotal", "MdsFsTotal",
            ], [("Mds-Host-hn", name)] + attributes)
    }

    /// Adds a job manager of an MDS 2 host.
    mutating func manager(_ name: String, _ type: String, at host: String) {
        add(
            "Mds-Software-deployment=\(name),Mds-Host-hn=\(host),Mds-Vo-name=local,o=grid",
            ["Mds", "MdsSoftware", "MdsService", "MdsServiceGram"],
            [("Mds-Software-deployment", name), ("Mds-Service-Gram-schedulertype", type)])
    }

    /// Adds a queue of a job manager.
    mutating func queue(_ name: String, of manager: String, at host: String, _ attributes: [(String, String)] = []) {
        add(
            "Mds-Job-Queue-name=\(name),Mds-Software-deployment=\(manager),Mds-Host-hn=\(host),Mds-Vo-name=local,o=grid",
            ["Mds", "MdsJobQueue", "MdsGramJobQueue", "MdsComputerTotal", "MdsComputerTotalFree"],
            [("Mds-Job-Queue-name", name)] + attributes)
    }

    /// Serves the entries.
    func served(port: Int = 2170, set lines: String...) async throws -> TestSupport.DirectoryServer {
        let directory = try TemporaryDirectory()
        let file = try directory.write("entries.ldif", ldif)
        return try await TestSupport.DirectoryServer(
            file, options: ["--port", "\(port)"] + lines.flatMap { ["--set", $0] })
    }
}

extension Talk {
    /// A driver that has answered INIT.
    static func driver(_ program: String, _ arguments: String...) async throws -> Talk {
        let talk = try Talk(program, .init(arguments))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        return talk
    }

    /// What gwd makes of the answer to MONITOR; nothing that it stumbles over may be in there.
    /// - Parameter queueText: how long a generic text of a queue may be.
    func monitor(_ host: String, queueText: Int = 255) async throws -> GWDAttributes {
        let answer = try await ask("MONITOR 7 \(host) -")
        try #require(answer.hasPrefix("MONITOR 7 SUCCESS "), "\(answer)")
        let attributes = GWDAttributes(
            String(answer.dropFirst("MONITOR 7 SUCCESS ".count)), queueText: queueText)
        #expect(attributes.complaints == [], "\(answer)")
        return attributes
    }

    /// The hosts in the answer to DISCOVER.
    func discover() async throws -> [String] {
        let answer = try await ask("DISCOVER - - -")
        try #require(answer.hasPrefix("DISCOVER - SUCCESS"), "\(answer)")
        return answer.split(separator: " ").dropFirst(3).map(String.init)
    }
}

extension GWDAttributes {
    /// The text or the digits of a value; empty for none.
    subscript(name: String) -> String {
        switch values[name] {
        case .text(let text): text
        case .integer(let number): String(number)
        case .nothing, nil: ""
        }
    }

    /// The values of a queue attribute, by index.
    func queues(_ name: String) -> [String] {
        (0..<67).prefix { values["QUEUE_NAME[\($0)]"] != nil && self["QUEUE_NAME[\($0)]"] != "" }
            .map { self["\(name)[\($0)]"] }
    }
}
