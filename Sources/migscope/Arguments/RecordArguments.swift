import ArgumentParser
import Export
import Query
import Stream

/// `--json` and `--ndjson`: nodes as records.
struct RecordArguments: ParsableArguments {
    @Flag(help: "Print JSON, records in an array; migscope schema lists their keys.")
    var json = false

    @Flag(help: "Print JSON, one record per line.")
    var ndjson = false

    var form: RecordForm? { json ? .json : ndjson ? .lines : nil }

    func validate() throws {
        if json, ndjson { throw ValidationError("give either --json or --ndjson") }
    }
}

extension OffsetForm: ExpressibleByArgument {}

/// A filter from the command line, checked before a file is opened.
enum FilterArgument {
    static func parse(_ text: String) throws(CommandFailure) -> Filter {
        do throws(FilterError) {
            let filter = try Filter(text)
            for flag in [Filter.Flag.differs, .changed] where filter.uses(flag) {
                throw FilterError(
                    column: 1, message: "\(flag.rawValue) works only in the browser")
            }
            return filter
        } catch {
            throw failure(error, text)
        }
    }

    /// Returns a filter whose names exist in the document, of which all is read that may match below `start`. A large
    /// live part is read only if nothing else matches.
    static func run(
        _ filter: Filter, _ document: Document, below start: NodePath = .root
    ) throws(CommandFailure) -> FilterRun {
        if start == .root, document.mayHideNodes, document.isKnownToHide || !hasMatch(filter, document) {
            document.openLivePart()
        }
        let run = FilterRun(filter, document)
        do throws(FilterError) {
            try run.checkNames()
        } catch {
            throw failure(error, filter.text)
        }
        return run
    }

    private static func hasMatch(_ filter: Filter, _ document: Document) -> Bool {
        var scan = FilterScan(FilterRun(filter, document), document)
        while !scan.isFinished, scan.matches.isEmpty { scan.step(budget: 4096) }
        return !scan.matches.isEmpty
    }

    /// Returns the failure for no match, with the reason if it is known.
    static func nothingFound(_ run: FilterRun) -> CommandFailure {
        let (text, isExplained) = run.nothingFound()
        return isExplained ? CommandFailure(.findings, text) : CommandFailure(.findings)
    }

    private static func failure(_ error: FilterError, _ text: String) -> CommandFailure {
        CommandFailure(
            .unusable,
            CommandFailure.advised(
                "--where '\(text)', \(error)",
                "--where 'type == timer && armed', see FILTERS in the man page"))
    }
}
