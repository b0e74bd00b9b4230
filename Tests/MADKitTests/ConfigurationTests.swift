import Testing

@testable import MADKit

@Suite struct ConfigurationTests {
    private let manual = Manual(
        program: "gw_xx", summary: "s",
        options: [
            Manual.Option("l", "hosts", value: "FILE", "list"), Manual.Option("g", "gass", "switch"),
            Manual.Option(nil, "long", value: "N", "long only"),
        ])

    @Test(
        arguments: [
            ([], []), ([""], []), (["", ""], []), (["-l a -q b"], ["-l", "a", "-q", "b"]),
            (["-l", "a b"], ["-l", "a", "b"]),
            (["-q '(a=b c)'"], ["-q", "(a=b c)"]), (["-q \"it's\""], ["-q", "it's"]), (["a''b"], ["ab"]),
            (["''"], [""]),
            (["  -l\t x "], ["-l", "x"]), (["a\\ b"], ["a\\", "b"]),
        ] as [([String], [String])])
    func argumentsBecomeWords(arguments: [String], words: [String]) throws {
        #expect(try ArgumentSplitter.words(of: arguments) == words)
    }

    @Test func anOpenQuotationIsAMistake() {
        #expect(throws: MADError.self) { try ArgumentSplitter.words(of: ["-l 'a"]) }
    }

    @Test func everySpellingOfAnOptionIsRead() throws {
        for words in [["-l", "x"], ["-lx"], ["--hosts", "x"], ["--hosts=x"]] {
            #expect(try Options(words, manual: manual)["hosts"] == "x")
        }
        #expect(try Options(["-g"], manual: manual).has("gass"))
        #expect(try Options(["-l", "a", "-l", "b"], manual: manual).all("hosts") == ["a", "b"])
        #expect(try Options(["--hosts="], manual: manual)["hosts"]?.isEmpty == true)
    }

    @Test(arguments: [["-z"], ["--nothing"], ["-l"], ["--hosts"], ["stray"], ["-gx"], ["--gass=1"], ["-"], ["--"]])
    func aMistakeIsNamed(words: [String]) {
        let error = #expect(throws: MADError.self) { try Options(words, manual: manual) }
        #expect(error?.code == .invalid)
        #expect(error?.message.hasPrefix("gw_xx: ") == true)
    }

    @Test func plainWordsStandAmongOptionsOrEndThem() throws {
        func read(_ words: [String], _ plainWords: Options.PlainWords) throws -> Options {
            try Options(words, of: "gw_xx", table: manual.options, plainWords: plainWords)
        }
        let mixed = try read(["a", "-g", "-", "--", "-l"], .accepted)
        #expect(mixed.arguments == ["a", "-", "-l"])
        #expect(mixed.has("gass") && !mixed.has("hosts"))
        let ended = try read(["-g", "a", "-l", "--"], .endOptions)
        #expect(ended.arguments == ["a", "-l", "--"])
        #expect(throws: MADError.self) { try read(["-z", "a"], .accepted) }
    }

    @Test func numbersHaveBounds() throws {
        let options = try Options(["--long", "12"], manual: manual)
        #expect(try options.integer("long", in: 1...20) == 12)
        #expect(throws: MADError.self) { try options.integer("long", in: 1...11) }
        #expect(try Options([], manual: manual).integer("long", in: 1...2) == nil)
    }

    @Test func releasesHaveTheirLimits() {
        #expect(GWDLimits(release: "5.4") == .oldest)
        #expect(GWDLimits(release: "5.4.1") == .oldest)
        #expect(GWDLimits(release: "5.6") == .modern)
        #expect(GWDLimits(release: "5.14.0") == .modern)
        for text in ["", "5", "five", "5.x", "5.6-rc1"] { #expect(GWDLimits(release: text) == nil) }
    }

    @Test func helpNamesEveryOption() {
        for option in manual.options + Manual.common { #expect(manual.helpText.contains("--" + option.name)) }
    }
}
