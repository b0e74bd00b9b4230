import MADKit
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
            (
                "<r xmlns='urn:r'><k>a<b>&lt;b</b>c<![CDATA[<d>]]><!-- e -->f<g/>\n</k></r>",
                "<k xmlns=\"urn:r\">a<b>&lt;b</b>c&lt;d&gt;f<g></g>\n</k>"
            ),
            (
                "<r xmlns='urn:r'><k xmlns=''><b xmlns='urn:b'><c xmlns=''/></b></k></r>",
                "<k><b xmlns=\"urn:b\"><c xmlns=\"\"></c></b></k>"
            ),
            (
                "<r xmlns:p='urn:p' xmlns:q='urn:q'><p:k p:a='1' xml:lang='de'><p:k q:a='&quot;'/></p:k></r>",
                "<p:k xmlns:p=\"urn:p\" p:a=\"1\" xml:lang=\"de\"><p:k xmlns:q=\"urn:q\" q:a=\"&quot;\"></p:k></p:k>"
            ),
            (
                "<r xmlns:x='http://www.w3.org/2001/XMLSchema-instance' xmlns:s='urn:s'><k x:type='s:string'>v</k></r>",
                "<k xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:s=\"urn:s\" x:type=\"s:string\">v</k>"
            ),
        ])
    func aCopyHasAllThatTheElementHasAndNoMore(text: String, copy: String) throws {
        #expect(try read(text).child("k")?.standaloneText == copy)
    }

    @Test func aCopyKeepsDeclarationsAndLineEndsInValues() throws {
        let text =
            "<k:b xmlns:k=\"urn:k\" xmlns:q=\"urn:q\" a=\"q:c&#10;d&#9;e\">q:f<g xmlns:q=\"urn:r\">q:h</g>q:i</k:b>"
        let root = try read(text)
        #expect(root.standaloneText == text)
        #expect(root.attribute("a") == "q:c\nd\te")
    }

    /// The deepest that is read, on a thread like those of drivers.
    @Test func aCopyMayBeAsDeepAsADocument() async throws {
        let text = "<a xmlns=\"urn:a\">" + String(repeating: "<b x=\"1\">", count: 250)
        let whole = text + String(repeating: "</b>", count: 250) + "</a>"
        let root = try read(whole)
        #expect(await startTask { root.standaloneText }.value == whole)
    }

    @Test func aPrefixThatStandsForNothingIsPartOfTheName() throws {
        let root = try read("<a:b c:d='1'>v</a:b>")
        #expect(root.name == XMLName("", "a:b") && root.attribute("c:d") == "1" && root.attribute("d") == nil)
    }

    @Test func textIsThatOfAllElementsBelow() throws {
        let root = try read("<a>1<b>2<c>3</c></b><d e='f'/>4<!-- 5 --><?g 6?>&#55;</a>")
        #expect(root.text == "12347")
        #expect(root.child("b")?.text == "23" && root.first("c")?.text == "3" && root.child("d")?.text == "")
        #expect(root.children.map(\.local) == ["b", "d"] && root.child("c") == nil)
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
