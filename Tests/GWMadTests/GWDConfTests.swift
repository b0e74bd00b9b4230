import Foundation
import MADKit
import TestSupport
import Testing

@testable import gwmad

@Suite struct GWDConfTests {
    @Test func readsTheExample() throws {
        let path = Testbed.root.appendingPathComponent("examples/gwd.conf").path
        let conf = try GWDConf.load(path, tree: GridWayTree(root: nil))
        #expect(conf.drivers(.information).map(\.name) == ["static", "glue"])
        let first = try #require(conf.drivers(.information).first)
        #expect(first.executable == "gw_im_mad_static")
        #expect(first.arguments == "-l examples/im/host.list")
        #expect(first.partners == ["ftp", "prews"])
        #expect(conf.drivers(.execution).map(\.language) == [.rsl])
        #expect(conf.warnings.isEmpty)
    }

    @Test func readsTheExamplesLinesForTheReverseModel() throws {
        let path = Testbed.root.appendingPathComponent("examples/gwd.conf").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "\n#TM_MAD", with: "\nTM_MAD")
            .replacingOccurrences(of: "\n#EM_MAD = prews_nsh", with: "\nEM_MAD = prews_nsh")
        let drivers = try GWDConf(text: text, path: path).drivers
        let dummies = drivers.filter { $0.executable == "gw_tm_mad_dummy" }
        #expect(dummies.map(\.arguments) == ["-g", "-u gsiftp://storage.example.org:2811"])
        #expect(drivers.contains { $0.language == .rslNoSharedHome })
    }

    @Test func readsTheExamplesLinesForGlobusToolkit4() throws {
        let path = Testbed.root.appendingPathComponent("examples/gwd.conf").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "\n#IM_MAD = mds4", with: "\nIM_MAD = mds4")
            .replacingOccurrences(of: "\n#EM_MAD = ws", with: "\nEM_MAD = ws")
        let conf = try GWDConf(text: text, path: path)
        let index = try #require(conf.drivers(.information).first { $0.executable == "gw_im_mad_mds4" })
        #expect(index.arguments == "-l examples/im/host_mds4.list" && index.partners == ["ftp", "ws"])
        let drivers = conf.drivers(.execution).filter { $0.executable == "gw_em_mad_ws" }
        #expect(drivers.map(\.name) == ["ws", "ws_old"])
        #expect(drivers.allSatisfy { $0.language == .rsl2 })
    }

    @Test func aColonBehindABackslashBelongsToItsField() throws {
        let text = #"IM_MAD = s:im:-s host\:99 -q (A=*b) -l etc/x y:ftm:fem"#
        let driver = try #require(try GWDConf(text: text, path: "conf").drivers.first)
        #expect(driver.arguments == "-s host:99 -q (A=*b) -l etc/x y")
        #expect(driver.partners == ["ftm", "fem"])
    }

    @Test func everyBackslashIsDropped() throws {
        let driver = try #require(try GWDConf(text: #"TM_MAD = d:tm:-u a\b\\c"#, path: "conf").drivers.first)
        #expect(driver.arguments == "-u abc")
    }

    @Test func blanksCommentsAndOtherSettingsAreSkipped() throws {
        let text = "# IM_MAD = no:no\n\n  TM_MAD=  ftp : gw_tm_mad_ftp :\t\r\nGWD_PORT = 6725\n"
        let conf = try GWDConf(text: text, path: "conf")
        #expect(conf.drivers.map(\.name) == ["ftp"])
        #expect(conf.drivers.first?.executable == "gw_tm_mad_ftp")
        #expect(conf.drivers.first?.arguments == "")
    }

    @Test(arguments: ["EM_MAD = prews", "TM_MAD = :gw_tm_mad_ftp", "EM_MAD = a:b:c:rsl:e"])
    func aBadLineIsNamedWithFileAndNumber(line: String) {
        let failure = #expect(throws: Failure.self) { try GWDConf(text: "\n\(line)\n", path: "etc/gwd.conf") }
        #expect(failure?.code == .configuration)
        #expect(failure?.description.hasPrefix("etc/gwd.conf:2: ") == true)
    }

    @Test func whatGwdIgnoresIsIgnoredWithAWarning() throws {
        let lines = (1...6).map { "TM_MAD = t\($0):tm" } + ["TM_MAD = t1:other"]
        let conf = try GWDConf(text: lines.joined(separator: "\n"), path: "conf")
        #expect(conf.drivers.map(\.name) == ["t1", "t2", "t3", "t4", "t5"])
        #expect(conf.drivers.first?.executable == "tm")
        #expect(conf.warnings.count == 2)
    }

    @Test func anExecutionDriverWithoutALanguageWantsRSL2() throws {
        let words = ["", "::rsl_nsh", "::rsl", "::rsl2", "::rsl2_wrapper", "::what"]
        let lines = words.enumerated().map { "EM_MAD = em\($0):em\($1)\n" }
        let conf = try GWDConf(text: lines.prefix(5).joined(), path: "conf")
        #expect(conf.drivers.map(\.language) == [.rsl2, .rslNoSharedHome, .rsl, .rsl2, .rsl2])
        #expect(try GWDConf(text: lines[5], path: "conf").drivers.map(\.language) == [.rsl2])
    }

    @Test func argumentsAreOneWordAsUnderGwd() throws {
        func words(_ line: String) throws -> [String] {
            try #require(try GWDConf(text: line, path: "conf").drivers.first).argumentWords
        }
        #expect(try words("IM_MAD = a:im:-l x -q y:t:e") == ["-l x -q y"])
        #expect(try words("IM_MAD = a:im::t:e") == [""])
        #expect(try words("EM_MAD = a:em::rsl") == [""])
        #expect(try words("TM_MAD = a:tm:") == [])
        #expect(try words("TM_MAD = a:tm:-u gsiftp\\://h\\:1") == ["-u gsiftp://h:1"])
    }
}

@Suite struct LineUpTests {
    private static let conf = """
        IM_MAD = one:im:-l a:ftp:prews
        IM_MAD = two:im:-l b:dummy:nsh
        IM_MAD = three:im:-l c:gone:prews
        TM_MAD = ftp:tm
        TM_MAD = dummy:tm:-g
        EM_MAD = prews:em::rsl
        EM_MAD = nsh:em::rsl_nsh
        """

    private func lineUp(_ choices: LineUp.Choices = .init(), _ text: String = conf) throws -> LineUp {
        try LineUp(choices) { () throws(Failure) in try GWDConf(text: text, path: "gwd.conf") }
    }

    @Test func onlyInformationDriversWithUsablePartnersTakePart() throws {
        let lineUp = try lineUp()
        #expect(lineUp.informationDrivers.map(\.name) == ["one", "two", "three"])
        #expect(try lineUp.informationDriversForJobs().map(\.name) == ["one", "two"])
    }

    @Test func aNameOfTheFileOrADriverOfItsOwnCanBeChosen() throws {
        let lineUp = try lineUp(
            .init(information: "three", transfer: "/opt/tm -x 1", execution: "em:my_em:-p 2120:rsl"))
        let driver = try #require(try lineUp.informationDriversForJobs().first)
        #expect(driver.name == "three")
        #expect(try lineUp.transfer(for: driver).executable == "/opt/tm")
        #expect(try lineUp.transfer(for: driver).arguments == "-x 1")
        #expect(try lineUp.execution(for: driver).arguments == "-p 2120")
    }

    @Test func aMissingPartnerIsNamedWithItsLine() throws {
        let failure = #expect(throws: Failure.self) {
            try lineUp(.init(information: "three")).informationDriversForJobs()
        }
        #expect(failure?.description == "gwd.conf:3: im (IM_MAD three) refers to TM_MAD gone, which is not there")
    }

    @Test func documentsThatCannotBeWrittenAreRefusedByName() {
        let text = Self.conf.replacingOccurrences(of: "rsl_nsh", with: "jsdl")
        let failure = #expect(throws: Failure.self) {
            try lineUp(.init(information: "two"), text).informationDriversForJobs()
        }
        #expect(failure?.description.contains("wants jsdl documents; gwmad run writes rsl, rsl_nsh and rsl2") == true)
    }

    @Test func driversGivenByOptionNeedNoFile() throws {
        let choices = LineUp.Choices(information: "im -l x", transfer: "tm -a", execution: "em -b")
        let lineUp = try LineUp(choices) { () throws(Failure) in throw Failure("no file") }
        let driver = try #require(lineUp.informationDrivers.first)
        #expect(try lineUp.execution(for: driver).language == .rsl)
    }

    @Test(arguments: ["gw_em_mad_ws -p 8443", "/opt/gridway/bin/gw_em_mad_gram4"])
    func theDriverOfWebServicesWantsRSL2(driver: String) throws {
        let choices = LineUp.Choices(information: "im", transfer: "tm", execution: driver)
        let lineUp = try LineUp(choices) { () throws(Failure) in throw Failure("no file") }
        #expect(try lineUp.execution(for: try #require(lineUp.informationDrivers.first)).language == .rsl2)
    }
}
