import TestSupport
import Testing

@testable import MADKit

/// Attribute files, as people write them.
@Suite("Attributes, read from files") struct AttributesOfFiles {
    private func read(_ text: String) throws -> AttributeText {
        try AttributeText(Array(text.utf8), file: "test.attributes")
    }

    private func encode(_ attributes: HostAttributes) throws -> GWDAttributes {
        let host = try #require(HostName("h"))
        let line = attributes.encoded(as: host, limits: .oldest, bytes: 16_000, after: ToldAttributes()).line
        let heard = GWDAttributes(line)
        #expect(heard.complaints == [])
        return heard
    }

    @Test(arguments: [
        "ARCH=\"x\" CPU_MHZ=5", "ARCH = \"x\"\tCPU_MHZ\t=\t5\n", "ARCH=\"x\"\r\nCPU_MHZ=5\r\n",
        "\n\nARCH=\"x\"\n\nCPU_MHZ=5",
        "# a comment\nARCH=\"x\" # another, with \"quotes\n  # and one more\nCPU_MHZ=5 #", "ARCH=\"x\", CPU_MHZ=5,",
        "\u{FEFF}ARCH=\"x\" CPU_MHZ=5", "ARCH=\n\"x\"\nCPU_MHZ=\n5", "ARCH=\"x\"CPU_MHZ=5",
        "ARCH=\"y\" ARCH=\"x\" CPU_MHZ=05",
    ])
    func everyLayoutMeansTheSame(text: String) throws {
        let file = try read(text)
        #expect(file.attributes["ARCH"] == .text("x"))
        #expect(file.attributes["CPU_MHZ"] == .integer(5))
        #expect(file.problems == [])
    }

    @Test func emptyFilesAndValuesMeanNothing() throws {
        #expect(try read("").attributes.isEmpty)
        #expect(try read("# nothing\n").attributes.isEmpty)
        let file = try read("ARCH= OS_NAME=\"Linux\" CPU_MHZ=\nCPU_SMP=2 OS_VERSION= # unknown\nFOO=")
        #expect(file.attributes["ARCH"] == .text(""))
        #expect(file.attributes["CPU_MHZ"] == .integer(0))
        #expect(file.attributes["CPU_SMP"] == .integer(2))
        #expect(file.attributes["OS_VERSION"] == .text(""))
        #expect(file.attributes["FOO"] == .text(""))
        #expect(file.problems == [])
    }

    @Test func indexesMayStandApart() throws {
        let file = try read("QUEUE_NAME [ 1 ] = \"r\" QUEUE_NODECOUNT[1]=4 QUEUE_ACCESS[1]=\":a::b:\"")
        #expect(file.attributes["QUEUE_NAME", 1] == .text("r"))
        #expect(file.attributes["QUEUE_ACCESS", 1] == .text(":a::b:"))
    }

    @Test(arguments: [
        ("CPU_MHZ=2499.9", "CPU_MHZ", "2499"), ("CPU_MHZ=+5", "CPU_MHZ", "5"), ("CPU_MHZ=1e3", "CPU_MHZ", "1000"),
        ("SIZE_MEM_MB=\"4096\"", "SIZE_MEM_MB", "4096"), ("BANDWIDTH=2.5", "BANDWIDTH", "2"),
        ("CPU_MHZ=99999999999999999999", "CPU_MHZ", "2147483647"),
        ("ARCH=i686", "ARCH", "\"i686\""), ("ARCH='x86 64'", "ARCH", "\"x86 64\""),
        ("OS_VERSION=6.1", "OS_VERSION", "\"6.1\""),
        ("OS_VERSION=08", "OS_VERSION", "\"08\""),
        ("CPU_MODEL=\"Xeon \\\"Gold\\\" 6\"", "CPU_MODEL", "\"Xeon Gold 6\""),
        ("SE_HOSTNAME=se.example.org:2811", "SE_HOSTNAME", "\"se.example.org:2811\""),
        (";ARCH=\"x\";", "ARCH", "\"x\""),
        ("OS_VERSION=5.14-el7", "OS_VERSION", "\"5.14-el7\""),
    ])
    func slipsAreRepairedAndReported(text: String, name: String, value: String) throws {
        let file = try read("\n" + text + "\nCPU_SMP=2")
        #expect(file.problems.first?.hasPrefix("line 2: ") == true)
        let heard = try encode(file.attributes)
        #expect(heard.values[name] == (Int(value).map { .integer($0) } ?? .text(String(value.dropFirst().dropLast()))))
        #expect(heard.values["CPU_SMP"] == .integer(2))
    }

    @Test func backslashesStayWhereTheyAre() throws {
        let file = try read("PATHS=\"C:\\\" OS_NAME=\"a\\b\\\\n\"")
        #expect(file.attributes["PATHS"] == .text("C:\\"))
        #expect(file.attributes["OS_NAME"] == .text("a\\b\\\\n"))
        #expect(file.problems == [])
    }

    @Test func bytesThatAreNotUTF8AreReplaced() throws {
        let file = try AttributeText(Array("OS_NAME=\"L".utf8) + [0xED] + Array("nux\"".utf8), file: "f")
        #expect(file.attributes["OS_NAME"] == .text("L\u{FFFD}nux"))
        #expect(file.problems.count == 1)
    }

    @Test func exactNumbersAreKeptWithoutWords() throws {
        let file = try read("CPU_FREE=098 FREE_MEM_MB=-1 NODECOUNT=-1 BANDWIDTH=-7")
        #expect(file.problems == [])
        let heard = try encode(file.attributes)
        #expect(heard.values["CPU_FREE"] == .integer(98))
        #expect(heard.values["NODECOUNT"] == .integer(0))
        #expect(heard.values["BANDWIDTH"] == .integer(-7))
    }

    @Test(arguments: [
        ("ARCH=\"x86\nOS_NAME=\"Linux\"", 2, "no closing"), ("\nCPU_MODEL=\"Xeon \"Gold\" 6\"\n", 3, "Gold"),
        ("ARCH=x86 OS-NAME=\"x\"", 2, "OS"), ("A.B=1", 2, "A"), ("lonely", 2, "lonely is followed by nothing"),
        ("QUEUE_NAME[x]=\"q\"", 2, "QUEUE_NAME["), ("QUEUE_NAME[0=\"q\"", 2, "QUEUE_NAME["), ("ARCH==1", 2, "ARCH"),
        ("\n\n=5", 4, "'=5'"), ("CPU_MHZ=5 GHz", 2, "GHz"), ("ARCH=a=b", 2, "ARCH"), ("ARCH=ab\"c\"", 2, "ARCH"),
        ("ARCH='x", 2, "no closing '"), ("\0\u{1}\u{2}", 2, "beginning"), ("export ARCH=\"x\"", 2, "export"),
        ("é=1", 2, "beginning"), ("A[99999999999999999999]=1", 2, "A["),
    ])
    func whatCannotBeRepairedIsAnErrorWithItsLine(text: String, line: Int, word: String) throws {
        let error = try #require(throws: MADError.self) { try read("CPU_SMP=2\n" + text) }
        #expect(error.description.hasPrefix("test.attributes line \(line): "), "\(error)")
        #expect(error.description.contains(word), "\(error)")
        #expect(!Info(error.description).text.contains("\n"))
    }

    @Test func utf16IsNamed() throws {
        let error = try #require(throws: MADError.self) {
            try AttributeText([0xFF, 0xFE, 0x41, 0, 0x3D, 0], file: "f")
        }
        #expect(error.description == "f line 1: the file is in UTF-16; save it in UTF-8")
    }

    /// Any bytes are read or refused, and what was read comes out readable.
    @Test func anyBytesAreReadOrRefused() throws {
        var generator = SeededGenerator(seed: 9)
        let pieces = [
            "ARCH", "=", "\"", "'", "[", "]", "0", "7", "-", "\\", "#", ",", ";", " ", "\n", "\r", "QUEUE_NAME", "é",
            "\0",
        ]
        var readable = 0
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...25, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }
            guard let file = try? read(text.joined()) else { continue }
            readable += 1
            _ = try encode(file.attributes)
        }
        #expect(readable > 100)
    }
}
