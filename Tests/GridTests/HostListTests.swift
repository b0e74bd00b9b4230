import Foundation
import Grid
import MADKit
import TestSupport
import Testing

/// Lists of hosts, as administrators write and change them.
@Suite struct HostListTests {
    private let directory: TemporaryDirectory
    private let tree: GridWayTree

    init() throws {
        directory = try TemporaryDirectory()
        tree = GridWayTree(root: directory.path)
    }

    private func list(_ names: String...) -> HostList {
        HostList(names, tree: tree, log: Log(program: "test", level: .error))
    }

    private func arch(_ list: HostList, _ host: String) throws -> HostAttributes.Value? {
        try list.attributes(of: try #require(HostName(host)))?["ARCH"]
    }

    @Test func readsEveryLayout() throws {
        let text =
            "\u{FEFF}# hosts\r\n\r\na.example.org\tfile.a\r\n  b.example.org   file.b # the second\n\n#c.example.org x\nd.example.org"
        try directory.write("hosts", text)
        try directory.write("file.a", "ARCH=\"a\"")
        try directory.write("file.b", "ARCH=\"b\"")
        let list = list("hosts")
        #expect(try list.hosts().map(\.text) == ["a.example.org", "b.example.org", "d.example.org"])
        #expect(try arch(list, "a.example.org") == .text("a"))
        #expect(try arch(list, "b.example.org") == .text("b"))
        let last = try #require(HostName("d.example.org"))
        #expect(try list.attributes(of: last) == nil)
        #expect(try list.contains(last))
        let comment = try #require(HostName("c.example.org"))
        #expect(try !list.contains(comment))
    }

    @Test func filesOfOneHostAddUp() throws {
        try directory.write("hosts", "h one two\nother one\nh three\n")
        try directory.write("more", "h four\nnew\n")
        try directory.write("one", "ARCH=\"1\" CPU_SMP=1")
        try directory.write("two", "ARCH=\"2\"")
        try directory.write("three", "OS_NAME=\"3\"")
        try directory.write("four", "OS_NAME=\"4\"")
        let list = list("hosts", "more")
        #expect(try list.hosts().map(\.text) == ["h", "other", "new"])
        let host = try #require(HostName("h"))
        let attributes = try #require(try list.attributes(of: host))
        #expect(attributes["ARCH"] == .text("2"))
        #expect(attributes["CPU_SMP"] == .integer(1))
        #expect(attributes["OS_NAME"] == .text("4"))
    }

    @Test func installationComesBeforeWorkingDirectory() throws {
        let absolute = try directory.write("absolute", "ARCH=\"absolute\"")
        try directory.write("hosts", "h \(absolute)\n")
        #expect(try arch(list(directory.path + "/hosts"), "h") == .text("absolute"))
        #expect(try arch(list("hosts"), "h") == .text("absolute"))
    }

    @Test func changeIsSeenWithinTheSameInstant() throws {
        let hosts = try directory.write("hosts", "h file\n")
        let list = list("hosts")
        for number in 0..<200 {
            // In place, with the same size: neither inode nor length tells.
            try Data("ARCH=\"\(number % 10)\"".utf8).write(to: URL(fileURLWithPath: directory.path + "/file"))
            #expect(try arch(list, "h") == .text("\(number % 10)"))
        }
        try Data("h2 file\n".utf8).write(to: URL(fileURLWithPath: hosts))
        #expect(try list.hosts().map(\.text) == ["h2"])
    }

    @Test func unchangedFileIsNotReadAgain() async throws {
        let path = try directory.write("file", "x")
        let reads = Counter()
        let file = CachedFile(path, tree: tree) { bytes, _ throws(MADError) in reads.add(bytes.count) }
        #expect(try file.content() == 1)
        #expect(try file.content() == 1)
        try directory.write("file", "yz")
        #expect(try file.content() == 2)
        // Once the time stamps are old enough to tell, a look at them is enough; only then may it be made unreadable.
        try await Task.sleep(for: .milliseconds(2_100))
        #expect(try file.content() == 2)
        let before = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        #expect(try file.content() == 2)
        #expect(before != nil && reads.value == 2)
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: MADError.self) { try file.content() }
    }

    @Test func errorsNameFileLineAndReason() throws {
        try directory.write("hosts", "good file\nbad broken\nlost nowhere\n dir .\n")
        try directory.write("file", "ARCH=\"x\"")
        try directory.write("broken", "ARCH=\"x\"\nOS_NAME=\"y\n")
        try directory.write("wrong", "h\n\nho\u{1}st x\n")
        let list = list("hosts")
        func message(_ host: String) throws -> String {
            try #require(throws: MADError.self) { try arch(list, host) }.description
        }
        #expect(
            try message("bad") == "\(directory.path)/broken line 2: the text of OS_NAME has no closing \" on its line")
        let here = FileManager.default.currentDirectoryPath
        #expect(
            try message("lost")
                == "cannot read nowhere (looked in \(directory.path) and \(here)): No such file or directory")
        #expect(try message("dir") == "cannot read \(directory.path)/.: it is not a regular file")
        #expect(try arch(list, "good") == .text("x"))
        let wrong = try #require(throws: MADError.self) { try self.list("wrong").hosts() }
        #expect(wrong.description == "\(directory.path)/wrong line 3: 'ho st' cannot be the name of a host")
    }

    @Test func fifoDoesNotBlock() throws {
        #expect(mkfifo(directory.path + "/pipe", 0o600) == 0)
        #expect(throws: MADError.self) { try list("pipe").hosts() }
    }

    @Test func listsThatGridWayShipsAreRead() throws {
        let examples = GridWayTree(root: Testbed.root.path)
        let log = Log(program: "test", level: .error)
        for (name, count) in [("host.list", 3), ("host_glue.list", 2), ("host_mds2.list", 2), ("host_mds4.list", 3)] {
            let list = HostList(["examples/im/\(name)"], tree: examples, log: log)
            #expect(try list.hosts().count == count)
            for host in try list.hosts() { _ = try list.attributes(of: host) }
        }
    }

    @Test func examplesHaveNoProblems() throws {
        let folder = Testbed.root.appendingPathComponent("examples/im")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".attributes")
        }
        #expect(files.count >= 4)
        for file in files {
            let data = try Data(contentsOf: folder.appendingPathComponent(file))
            #expect(try AttributeText(Array(data), file: file).problems == [])
        }
    }
}

/// Counts calls.
private final class Counter: @unchecked Sendable {
    // Sendable because a lock guards the number.
    private let lock = NSLock()
    private var number = 0
    var value: Int { lock.withLock { number } }
    func add(_ result: Int) -> Int {
        lock.withLock { number += 1 }
        return result
    }
}
