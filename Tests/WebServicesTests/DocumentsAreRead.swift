import Testing
import WebServices

@Suite struct DocumentsAreRead {
    private func read(_ text: String, limit: Int = 1 << 20) throws -> XMLElement {
        try XMLElement.read(Array(text.utf8), limit: limit)
    }

    @Test func elementsAreFoundByNameWhateverTheirPrefix() throws {
        let root = try read(
            "<a:x xmlns:a='urn:a'><b xmlns='urn:b' c:d='1' xmlns:c='urn:c'> v </b><!-- no --><b/></a:x>")
        #expect(root.name == XMLName("urn:a", "x"))
        let child = try #require(root.child(XMLName("urn:b", "b")))
        #expect(child.trimmedText == "v" && child.attribute("d") == "1")
        #expect(root.children.map(\.namespace) == ["urn:b", ""])
    }

    @Test func aCopyStandsByItself() throws {
        let root = try read("<r xmlns='urn:r' xmlns:k='urn:k'><k:key k:a='1'>a&amp;b</k:key></r>")
        let copy = try #require(root.child("key")?.standaloneText)
        let again = try read(copy)
        #expect(again.name == XMLName("urn:k", "key") && again.text == "a&b" && again.attribute("a") == "1")
    }

    @Test(
        arguments: [
            "<!DOCTYPE a [<!ENTITY x 'yy'>]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
        ])
    func aDocumentTypeIsRefused(text: String) {
        #expect { try read(text) } throws: { "\($0)".contains("document type") }
    }

    @Test func aBillionLaughsIsRefusedAtOnce() {
        let entities = (1...30).map { "<!ENTITY e\($0) '\(String(repeating: "&e\($0 - 1);", count: 10))'>" }
        #expect { try read("<!DOCTYPE a [<!ENTITY e0 'ha'>\(entities.joined())]><a>&e30;</a>") } throws: {
            "\($0)".contains("document type")
        }
    }

    @Test func depthAndSizeAreBounded() {
        let deep = String(repeating: "<a>", count: 5_000) + String(repeating: "</a>", count: 5_000)
        #expect(throws: XMLElement.Unreadable.self) { try read(deep) }
        #expect { try read("<a>\(String(repeating: "x", count: 5_000))</a>", limit: 4_096) } throws: {
            "\($0)".contains("more than 4096")
        }
    }

    @Test func anErrorNamesItsLine() {
        #expect { try read("<a>\n<b>x & y</b>\n</a>") } throws: { "\($0)".hasPrefix("line 2: ") }
        #expect(throws: XMLElement.Unreadable.self) { try read("") }
    }
}
