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
