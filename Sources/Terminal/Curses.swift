import CNcurses
import Glibc
import TUI

/// The screen. Only this class calls ncurses; one instance exists at a time.
final class Curses {
    /// Becomes readable when the user types.
    let input: Int32
    /// Becomes readable when a signal arrives.
    let wakeup: Int32

    private let output: Int32
    private let type: TerminalType
    private let depth: ColorDepth
    private let modes: TerminalModes
    private var shown: Grid?
    /// Whether the terminal supports synchronized output.
    var canSynchronize = false

    /// Takes over the terminal: raw keys, the alternate screen, the mouse.
    init(colors: ColorDepth, mouse: Bool) throws(TerminalError) {
        _ = shim_locale()
        input = try Curses.terminal(STDIN_FILENO)
        output = try Curses.terminal(STDOUT_FILENO)
        guard Curses.canOpenFiles else { throw .tooManyFiles }
        type = try TerminalType.chosen(environment("TERM") ?? "", depth: colors, lookUp: Curses.look)
        guard shim_terminal_named(type.name).moves_cursor else { throw .tooSimple(type.name) }
        modes = TerminalModes(isModern: type.isModern, mouse: mouse)
        // Install signal handlers before newterm, which would install its own.
        wakeup = rescue_install(output)
        guard wakeup >= 0, shim_newterm(type.name, output, input) else { throw .refused }
        depth = has_colors() ? colors : .mono
        setFarewell()
        rescue_enter()
        shim_raw_input(Curses.escapeDelay)
        if depth != .mono {
            start_color()
            use_default_colors()
        }
        defineKeys()
        send(modes.on + modes.question)
    }

    /// The time in milliseconds after which Esc counts as a key and not as the start of a sequence.
    private static let escapeDelay: Int32 = 50

    /// Returns `standard` if it is a terminal, or else the controlling terminal.
    private static func terminal(_ standard: Int32) throws(TerminalError) -> Int32 {
        if isatty(standard) == 1 { return standard }
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal }
        return descriptor
    }

    /// Whether terminfo, a pipe for signals and a file for errors, which come next, can be opened.
    private static var canOpenFiles: Bool {
        let probes = (0..<4).map { _ in fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) }
        for probe in probes where probe >= 0 { close(probe) }
        return !probes.contains { $0 < 0 }
    }

    /// Returns the terminfo entry with a name.
    static func look(_ name: String) -> TerminalType? {
        let found = shim_terminal_named(name)
        guard found.known else { return nil }
        return TerminalType(
            name: name, colors: Int(found.colors), isANSI: found.is_ansi, isDirect: found.has_direct_rgb)
    }

    /// Sets the locale; returns true when the terminal is assumed to use UTF-8.
    static func prepareLocale() -> Bool {
        shim_locale()
    }

    // MARK: Leaving and returning

    /// Restores the terminal.
    func leave() {
        send(modes.off)
        endwin()
        send(String(decoding: lastRowCleaning, as: UTF8.self))
        rescue_leave()
    }

    /// Takes over the terminal again; the next `draw` paints everything.
    func enter() {
        rescue_enter()
        reset_prog_mode()
        send(modes.on)
        redraw()
    }

    /// Stops the process until it is continued. Returns false when that is not allowed.
    func suspend() -> Bool {
        leave()
        let stopped = rescue_stop()
        enter()
        return stopped
    }

    /// Returns the signals since the last call, as the bits of `rescue.h`.
    func takeSignals() -> Signals {
        Signals(rawValue: rescue_take_signals())
    }

    /// Ends the process by the signal that requested its end, if there was one.
    static func endAsAsked() { rescue_end() }

    struct Signals: OptionSet {
        let rawValue: Int32
        static let resized = Signals(rawValue: Int32(RESCUE_RESIZED))
        static let continued = Signals(rawValue: Int32(RESCUE_CONTINUED))
        static let stop = Signals(rawValue: Int32(RESCUE_STOP))
        static let end = Signals(rawValue: Int32(RESCUE_END))
    }

    // Without an alternate screen the last frame stays, and the prompt appears in its last row.
    private var lastRowCleaning: [UInt8] { capability("rmcup").isEmpty ? capability("el") : [] }

    private func setFarewell() {
        var bytes = Array(modes.off.utf8)
        for name in ["sgr0", "op", "rmkx", "cnorm"] { bytes += capability(name) }
        bytes += expanded { shim_move_to_last_row($0, $1) } + capability("rmcup")
        bytes += lastRowCleaning
        bytes.withUnsafeBytes { rescue_set_farewell($0.baseAddress, $0.count) }
    }

    private func capability(_ name: String) -> [UInt8] {
        expanded { shim_capability(name, $0, $1) }
    }

    private func expanded(_ write: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 128)
        let length = buffer.withUnsafeMutableBufferPointer { write($0.baseAddress, $0.count) }
        return buffer.prefix(length).map { UInt8(bitPattern: $0) }
    }

    // MARK: Drawing

    /// Returns the present size of the window, and updates ncurses if it changed.
    func size() -> Size {
        var window = winsize()
        if ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 {
            if is_term_resized(Int32(window.ws_row), Int32(window.ws_col)) {
                resize_term(Int32(window.ws_row), Int32(window.ws_col))
                setFarewell()
                redraw()
            }
        }
        return Size(width: Int(shim_columns_of_screen()), height: Int(shim_rows_of_screen()))
    }

    /// Makes the next `draw` paint everything.
    func redraw() {
        shown = nil
        shim_forget_screen()
    }

    /// Writes the cells that differ from the screen. O(cells).
    func draw(_ frame: Frame) {
        let isUnchanged = shown == frame.grid
        frame.grid.forEachChange(from: shown, put)
        shown = frame.grid
        let holdsBack = canSynchronize && !isUnchanged
        if holdsBack { send(TerminalModes.beginUpdate) }
        shim_refresh(Int32(frame.cursor?.y ?? 0), Int32(frame.cursor?.x ?? -1))
        if frame.grid.size.width == 1 { putLastCell(frame.grid) }
        if holdsBack { send(TerminalModes.endUpdate) }
    }

    /// ncurses fills the last cell by an insertion to its left, for which a single column has no room.
    private func putLastCell(_ grid: Grid) {
        let move = expanded { shim_move_to_last_row($0, $1) }
        send(String(decoding: move, as: UTF8.self) + String(grid[0, grid.size.height - 1].scalar))
    }

    private func put(_ change: Grid.Change) {
        var scalars: [UInt32] = []
        for cell in change.cells { append(cell, to: &scalars) }
        let (attributes, pair) = look(of: change.style)
        shim_put(Int32(change.y), Int32(change.x), scalars, scalars.count, attributes, pair)
    }

    /// ncurses uses the C library's character widths: where they differ from ours, question marks are drawn.
    private func append(_ cell: Cell, to scalars: inout [UInt32]) {
        let value = cell.scalar.value
        if value < 0x7f || Int(shim_columns(value)) == Int(cell.width) {
            scalars.append(value)
        } else {
            scalars += Array(repeating: 0x3f, count: max(Int(cell.width), 1))
        }
    }

    private func look(of style: Style) -> (attr_t, Int32) {
        var attributes = Curses.attributes(style.attributes)
        guard depth != .mono else { return (attributes, 0) }
        let (foreground, isBright) = type.number(style.foreground, depth)
        let (background, _) = type.number(style.background, depth)
        if isBright { attributes |= shim_bold }
        if foreground < 0, background < 0 { return (attributes, 0) }
        return (attributes, max(alloc_pair(foreground, background), 0))
    }

    private static func attributes(_ wanted: Attributes) -> attr_t {
        let table: [(Attributes, attr_t)] = [
            (.bold, shim_bold), (.dim, shim_dim), (.italic, shim_italic), (.underline, shim_underline),
            (.reverse, shim_reverse),
        ]
        return table.reduce(0) { wanted.contains($1.0) ? $0 | $1.1 : $0 }
    }

    func ring() {
        beep()
    }

    /// Writes directly to the terminal, for sequences that ncurses does not support.
    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    // MARK: Input

    /// Returns the next input; nil when there is none now.
    func read() -> Input? {
        var value: UInt32 = 0
        switch shim_read(&value) {
        case OK: return Unicode.Scalar(value).map(Input.scalar) ?? .ignored
        case KEY_CODE_YES: return Curses.input(Int32(bitPattern: value))
        default: return nil
        }
    }

    /// Sequences that terminfo does not list, with numbers far above those of ncurses.
    private static let ownKeys: [(sequence: String, code: Int32, input: Input)] = [
        ("\u{1b}[<", 0x2000, .mouse), ("\u{1b}[M", 0x2001, .oldMouse),
        ("\u{1b}[200~", 0x2002, .pasteStart), ("\u{1b}[201~", 0x2003, .pasteEnd),
        ("\u{1b}[?", 0x2004, .report), ("\u{1b}]11;", 0x2005, .background),
    ]

    private static let keys: [Int32: Key] = [
        KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right, KEY_HOME: .home, KEY_END: .end,
        KEY_PPAGE: .pageUp, KEY_NPAGE: .pageDown, KEY_IC: .insert, KEY_DC: .delete,
        KEY_BACKSPACE: .backspace, KEY_ENTER: .enter, KEY_BTAB: .backTab,
        // ncurses names Shift-Up and Shift-Down after scrolling a line backward and forward.
        KEY_SR: .shiftUp, KEY_SF: .shiftDown, KEY_SLEFT: .shiftLeft, KEY_SRIGHT: .shiftRight,
        KEY_A1: .home, KEY_A3: .pageUp, KEY_C1: .end, KEY_C3: .pageDown,
    ]

    /// Whether the terminal supports xterm's sequences and queries.
    var isModern: Bool { type.isModern }

    private func defineKeys() {
        guard type.isModern else { return }
        for own in Curses.ownKeys { define_key(own.sequence, own.code) }
    }

    private static func input(_ code: Int32) -> Input {
        if let own = ownKeys.first(where: { $0.code == code }) { return own.input }
        if let key = keys[code] { return .key(key) }
        if (shim_function_key_first...shim_function_key_last).contains(code) {
            return .key(.function(Int(code - shim_function_key_first)))
        }
        return .ignored
    }
}
