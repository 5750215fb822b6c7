import ArgumentParser
import Export
import TUI

/// `migscope settings`: each setting, its value and its origin.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Print all settings, their values, and the origin of the values.",
        discussion: """
            The output is a settings file. Each line that can't be used is reported on standard error.
            Example: migscope settings > settings.toml
            """)

    @OptionGroup var records: RecordArguments

    func run() throws {
        let file = SettingsFile.load()
        var output = StandardOutput()
        if let form = records.form {
            write(file.settings.records, form, to: &output)
        } else {
            for line in file.lines { output.write(line + "\n") }
        }
        output.flush()
        file.report()
        if file.isFaulty { throw CommandFailure(.findings) }
    }

    private func write(_ settings: [SettingRecord], _ form: RecordForm, to output: inout StandardOutput) {
        var records = RecordList(form)
        for setting in settings {
            records.add(to: &output) { json in
                json.member("kind", setting.kind)
                json.member("name", setting.name)
                json.member("value", setting.value)
                json.key("line")
                if let line = setting.line { json.integer(line) } else { json.null() }
            }
        }
        records.finish(to: &output)
    }
}
