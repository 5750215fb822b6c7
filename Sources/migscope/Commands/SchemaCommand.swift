import ArgumentParser
import Export

/// `migscope schema`: the keys of records.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the output of --json and --ndjson.",
        discussion: "Example: migscope schema | jq '.\"$defs\".node.required'")

    func run() throws {
        var output = StandardOutput()
        RecordSchema.write(to: &output)
        output.flush()
    }
}
