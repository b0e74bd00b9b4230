import Foundation
import TestSupport
import Testing

/// What the server lets jobs touch: what they need, and nothing else.
@Suite struct JobsStayInTheirFiles {
    @Test func pathsAndLinksThatLeadOutAreRefusedAndLogged() async throws {
        let staging = try await StagingTalk("-i")
        try staging.folder.write("elsewhere/secret", "secret")
        for (link, target) in [("stdout.link", "elsewhere/secret"), ("folder", "elsewhere")] {
            try FileManager.default.createSymbolicLink(
                atPath: staging.path("gw/var/0/\(link)"), withDestinationPath: staging.path(target))
        }
        for name in [
            "elsewhere/secret", "gw/var/0/stdout.link", "gw/var/0/folder/secret", "gw/var/0/../../../elsewhere/secret",
        ] {
            let path = staging.path(name)
            let reply = try await Caller.ask(staging.port, "GET \(path) HTTP/1.1\r\n\r\n")
            #expect(reply.hasPrefix("HTTP/1.1 403 ") && !reply.contains("secret\n"))
            try await staging.talk.hearComplaint("\(path): outside of what jobs may read")
        }
        for name in ["elsewhere/new", "gw/var/0/folder/new", "gw/var/0/../../../elsewhere/new"] {
            let request = "PUT \(staging.path(name)) HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"
            #expect(try await Caller.ask(staging.port, request).hasPrefix("HTTP/1.1 403 "))
            try await staging.talk.hearComplaint("\(staging.path(name)): outside of what jobs may write")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: staging.path("elsewhere")) == ["secret"])
        // A link is replaced by the file; what it led to stays.
        #expect(try await staging.bring("new", to: staging.path("gw/var/0/stdout.link")))
        #expect(try staging.folder.read("elsewhere/secret") == "secret")
    }

    @Test func hiddenFilesOfAJobsHomeAreRefused() async throws {
        let staging = try await StagingTalk()
        try await staging.stageInSettings("export GW_JOB_HOME=\"\(staging.path("home"))\"\n")
        #expect(try await staging.bring("x", to: staging.path("home/result")))
        #expect(try await staging.fetch(staging.path("home/result")) == "x")
        for name in [".profile", ".hidden/authorized_keys"] {
            #expect(try await !staging.bring("x", to: staging.path("home/\(name)")))
        }
        try staging.folder.write("home/.hidden/key", "secret")
        #expect(try await staging.fetch(staging.path("home/.hidden/key")) == nil)
    }

    @Test func aFileCalledLikeGwdsOpensNothingHiddenBesideIt() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("home/job.env", "export GW_JOB_HOME=/etc\n")
        try staging.folder.write("home/.hidden/key", "secret")
        #expect(try await staging.stageIn(file, as: "settings").hasPrefix("CP 0 0 SUCCESS"))
        for request in ["GET /etc/passwd", "GET \(staging.path("home/.hidden/key"))"] {
            #expect(try await Caller.ask(staging.port, "\(request) HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
        }
    }

    @Test func aJobCannotWriteWhatItsGrantsAreTakenFrom() async throws {
        let staging = try await StagingTalk("-i")
        func status(_ method: String, _ name: String) async throws -> String {
            let reply = try await Caller.ask(
                staging.port,
                "\(method)\(staging.path(name)) HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
            return String(reply.dropFirst("HTTP/1.1 ".count).prefix(3))
        }
        // A home around everything else that is open: the installation, gwd's var, the job's directory.
        let settings = "export GW_JOB_HOME=\"\(staging.folder.path)\"\n"
        try await staging.stageInSettings(settings)
        try staging.folder.write("gw/var/7/job.env", "export A=1\n")
        #expect(try await status("PUT ", "home/result") == "200")
        for name in [
            "gw/var/0/job.env", "gw/var/7/job.env", "gw/var/0/.wrapper", "gw/var/0/job.template", "gw/var/0/job.rsl.1",
            "gw/var/0/new", "gw/var/new", "gw/var/0/stdout", "gw/var/0/deeper/stdout.x", "gw/libexec/gw_wrapper.sh",
            "gw/bin/gwd", "gw/etc/gwd.conf",
        ] {
            let folder = staging.path(name).split(separator: "/").dropLast().map { "/\($0)" }.joined()
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for method in ["PUT ", "POST /globus-bins/GASSappend?"] {
                #expect(try await status(method, name) == "403", "\(method)\(name)")
            }
        }
        #expect(try staging.folder.read("gw/var/0/job.env") == settings)
        for name in ["gw/var/0/stdout.wrapper.0", "gw/var/0/stderr.wrapper.0", "gw/var/7/stdout.execution"] {
            #expect(try await status("PUT ", name) == "200", "\(name)")
            #expect(try await status("POST /globus-bins/GASSappend?", name) == "200", "\(name)")
        }
    }

    @Test func settingsThatAreNotGwdsOwnOpenNothing() async throws {
        let staging = try await StagingTalk("-i")
        let settings = "export GW_JOB_HOME=\"\(staging.path("elsewhere"))\"\n"
        for name in ["home/job.env", "gw/var/7/job.env"] {
            // Of another job, or beside a job's files.
            let path = try staging.folder.write(name, settings)
            #expect(try await staging.stageIn(path, as: "job.env").hasPrefix("CP 0 0 SUCCESS"))
            #expect(try await !staging.bring("x", to: staging.path("elsewhere/new")), "\(name)")
        }
    }

    @Test(arguments: [".ssh", "home/.hidden", "home/.hidden/deeper", "link"])
    func aHiddenHomeIsNotOpened(home: String) async throws {
        let staging = try await StagingTalk()
        for name in [".ssh", "home/.hidden/deeper"] {
            try FileManager.default.createDirectory(
                atPath: staging.path(name), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: staging.path("link"), withDestinationPath: staging.path(".ssh"))
        let key = try staging.folder.write("\(home)/key", "secret")
        try await staging.stageInSettings(
            "export GW_JOB_HOME=\"\(staging.path(home))\"\nexport GW_OUTPUT_FILES=\"a file:\(staging.path(home))/keys\"\n"
                + "export GW_INPUT_FILES=\"file:\(key)\"\n")
        #expect(try await staging.fetch(key) == nil)
        #expect(try await !staging.bring("x", to: staging.path("\(home)/keys")))
    }

    @Test func noLineOfAJobsSettingsIsAGrantOfItsOwn() async throws {
        let staging = try await StagingTalk()
        let secret = try staging.folder.write("elsewhere/secret", "secret")
        for end in ["\r\n", "\r", "\n", "\u{0}", "\u{2028}", "\u{85}"] {
            let line = "\(end)grant 9 writable /\(end)"
            try await staging.stageInSettings(
                "GW_JOB_HOME=\"\(staging.path("home"))\(line)\"\nGW_OUTPUT_FILES=\"a file:/x\(line)\"\n")
            #expect(try await staging.fetch(secret) == nil, "\(end.debugDescription)")
        }
    }

    @Test func inputsAreReadOnly() async throws {
        let staging = try await StagingTalk()
        var paths: [String: String] = [:]
        for name in ["GW_INPUT_FILES", "GW_EXECUTABLE", "GW_STDIN", "GW_STAGE_IN"] {
            paths[name] = try staging.folder.write("elsewhere/\(name)", "input")
        }
        try await staging.stageInSettings(paths.map { "export \($0)=\"file:\($1) x\"\n" }.joined())
        for path in paths.values {
            #expect(try await staging.fetch(path) == "input")
            #expect(try await !staging.bring("x", to: path))
        }
    }

    @Test func resultsMayGoWhereTheJobsSettingsSay() async throws {
        let staging = try await StagingTalk()
        let (one, two) = (staging.path("elsewhere/one"), staging.path("elsewhere/two"))
        try await staging.stageInSettings(
            "export GW_JOB_HOME=\"\(staging.path("home"))\"\nexport GW_OUTPUT_FILES=\"out file:\(one),log \(staging.url)\(two)\"\n"
        )
        #expect(try await staging.bring("1", to: one))
        #expect(try await staging.bring("2", to: two))
        #expect(try await !staging.bring("3", to: staging.path("elsewhere/three")))
    }

    @Test func whatAJobMayIsOverWithItsLastRequestAndWithTheNextJobOfItsNumber() async throws {
        let staging = try await StagingTalk()
        let input = try staging.folder.write("elsewhere/input", "x")
        func stageIn() async throws {
            #expect(try await staging.stageIn(input).hasPrefix("CP 0 0 SUCCESS"))
            #expect(try await staging.fetch(input) == "x")
        }
        try await stageIn()
        // A phase begins and ends; the directory of a former host goes: the job still runs.
        #expect(try await staging.talk.ask("END 0 - - - - ") == "END 0 - SUCCESS -")
        #expect(try await staging.talk.ask("START 0 - - - - ") == "START 0 - SUCCESS -")
        #expect(try await staging.talk.ask("RMDIR 0 - - gsiftp://former/~/x/ - ") == "RMDIR 0 - SUCCESS -")
        #expect(try await staging.fetch(input) == "x")
        #expect(try await staging.talk.ask("RMDIR 0 - - \(staging.directory(0)) - ") == "RMDIR 0 - SUCCESS -")
        #expect(try await staging.fetch(input) == nil)
        // A job that was killed says no last word.
        try await staging.begin(0)
        try await stageIn()
        try await staging.begin(0)
        #expect(try await staging.fetch(input) == nil)
    }

    @Test func allowOpensDirectories() async throws {
        let folder = try TemporaryDirectory()
        for name in ["elsewhere", "second"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        let option = "-g --allow \(folder.path)/elsewhere,\(folder.path)/second"
        let staging = try await StagingTalk(option, in: folder)
        #expect(try await staging.bring("x", to: staging.path("second/new")))
        #expect(try await staging.bring("x", to: staging.path("elsewhere/new")))
        #expect(try await staging.fetch(staging.path("elsewhere/new")) == "x")
        #expect(try await !staging.bring("x", to: staging.path("other")))
    }

    @Test func theInstallationsWrapperIsReadOnly() async throws {
        let staging = try await StagingTalk()
        let wrapper = try staging.folder.write("gw/libexec/gw_wrapper.sh", "#!/bin/sh\n")
        #expect(try await staging.fetch(wrapper) == "#!/bin/sh\n")
        #expect(try await !staging.bring("x", to: wrapper))
    }
}
