import Testing
import WebServices

/// A document that takes no longer to refuse than to receive.
@Suite struct DocumentsAreBounded {
    private func reason(_ text: String) -> String? {
        do throws(XMLElement.Unreadable) {
            _ = try XMLElement.read(Array(text.utf8))
            return nil
        } catch {
            return error.description
        }
    }

    @Test func attributesWithoutEndAreRefusedAtOnce() {
        func element(_ count: Int) -> String {
            "<x " + (0..<count).map { "a\($0)='1'" }.joined(separator: " ") + "/>"
        }
        #expect(reason(element(1_000)) == nil)
        #expect(reason(element(100_000)) == "an element has more than 1000 attributes")
    }

    @Test(arguments: ["IBM037", "UTF-16", "UTF-7", "encoding", "utf-8\" encoding=\"IBM037"])
    func encodingsInWhichNothingCanBeCountedAreRefused(name: String) {
        #expect(
            reason("<?xml version=\"1.0\" encoding=\"\(name)\"?><x/>")
                == "the document is not in UTF-8, ASCII or Latin-1")
    }

    @Test(
        arguments: [[0x4C, 0x6F, 0xA7, 0x94], [0xFF, 0xFE, 0x3C, 0], [0x3C, 0, 0x78, 0], [0, 0x3C, 0, 0x78]]
            as [[UInt8]])
    func soAreTheyWithoutADeclaration(start: [UInt8]) {
        #expect(throws: XMLElement.Unreadable.self) { try XMLElement.read(start + start) }
    }

    @Test(arguments: [
        "<?xml version='1.0'?><x/>", "<?xml version='1.0' encoding='UTF-8'?><x/>", "\u{FEFF}<x/>", "<x/>",
    ])
    func whatServersSendIsRead(text: String) {
        #expect(reason(text) == nil)
    }

    @Test func millionsOfElementsAreRefused() {
        #expect(reason("<x>" + String(repeating: "<y/>", count: 499_999) + "</x>") == nil)
        #expect(
            reason("<x>" + String(repeating: "<y/>", count: 500_000) + "</x>") == "it has more than 500000 elements")
        #expect(reason("<x>" + String(repeating: "<y></y>", count: 499_999) + "</x>") == nil)
    }

    @Test(arguments: ["<!-- <y ' -->", "<![CDATA[ <y ' ]]>", "<?p <y ' ?>", "it's"])
    func nothingHidesAttributes(before: String) {
        let many = (0..<2_000).map { "a\($0)=\"1\"" }.joined(separator: " ")
        #expect(reason("<x>\(before)<y \(many)/></x>") == "an element has more than 1000 attributes")
        #expect(reason("<x>\(before)<y a=\"it's > that\"/></x>") == nil)
    }
}
