import Format
import Query
import Testing

@Suite struct NameTableTests {
    @Test func namesAreStoredOnce() {
        var names = NameTable()
        var ids: [NameID] = []
        for number in 0..<5000 { ids.append(names.intern("name \(number % 2500)")) }
        #expect(names.count == 2501)
        #expect(ids.prefix(2500).elementsEqual(ids.suffix(2500)))
        for number in 0..<2500 { #expect(names.text(ids[number]) == "name \(number)") }
    }

    @Test func emptyAndOdd() {
        var names = NameTable()
        #expect(names.intern("") == .empty && names.bytes(.empty).isEmpty)
        let odd: [UInt8] = [0xff, 0x00, 0x1b]
        let id = names.intern(odd)
        #expect(Array(names.bytes(id)) == odd && names.text(id) == #"\xff\x00\x1b"#)
        let slice = odd[...]
        let again = names.intern(slice.span)
        #expect(again == id)
        #expect(names.intern(String(repeating: "x", count: 100_000)) != id)
    }

    /// A copy is a snapshot.
    @Test func copies() {
        var names = NameTable()
        let first = names.intern("first")
        let snapshot = names
        let second = names.intern("second")
        #expect(snapshot.count == 2 && names.count == 3)
        #expect(snapshot.text(first) == "first" && names.text(second) == "second")
    }
}

@Suite struct LayoutTableTests {
    @Test func equalLayoutsAreOne() {
        let table = LayoutTable()
        let type = table.type(named: "uint8")
        let name = table.names.intern("x")
        let items = [
            Item(name: name, type: type, stride: 1), Item(name: name, type: type, count: 3, stride: 2),
        ]
        let first = table.layout(.array, items)
        #expect(table.layout(.array, items) == first)
        #expect(table.layout(.body, items) != first)
        #expect(table.layout(.array, items, vmsdName: name) != first)
        #expect(table[first].size == 7 && table[first].childCount == 4)
        #expect(table.items(of: first).map(\.offset) == [0, 1])
        #expect(table.items(of: first).map(\.firstChild) == [0, 1])
    }

    @Test func sumsSaturate() {
        let table = LayoutTable()
        let type = table.type(named: "uint8")
        let run = Item(type: type, count: .max, stride: .max)
        let layout = table.layout(.array, [run, run])
        #expect(table[layout].size == .max && table[layout].childCount == .max)
    }

    @Test func unknownTypes() {
        let table = LayoutTable()
        let first = table.type(named: "no such type")
        #expect(table.type(named: "no such type") == first)
        #expect(table[type: first].name == "no such type")
        #expect(table.type(named: "uint8") != first)
    }
}

/// Sums over layouts are what a walk over all elements adds up.
@Suite struct LayoutMeasureTests {
    private struct Tree {
        let table = LayoutTable()
        var root: LayoutID

        /// Random bodies and arrays in each other.
        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            let type = table.type(named: "uint8")
            var known: [LayoutID] = []
            for _ in 0..<12 {
                let isArray = Bool.random(using: &generator)
                let items = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    let child = known.randomElement(using: &generator)
                    let isLeaf = child == nil || Bool.random(using: &generator)
                    return Item(
                        name: NameID(index: .random(in: 0...3, using: &generator)), type: type,
                        child: isLeaf ? .none : child ?? .none,
                        count: isArray ? .random(in: 0...3, using: &generator) : 1, stride: 1)
                }
                known.append(table.layout(isArray ? .array : .body, items))
            }
            root = known[known.count - 1]
        }

        /// The weights of all nodes below `id` in preorder, each with its child number in `id`.
        func walk(_ id: LayoutID, levels: Int, _ weight: (Item) -> Int) -> [Int] {
            guard !id.isNone, levels > 0 else { return [] }
            var units: [Int] = []
            for item in table.items(of: id) {
                for place in 0..<item.count {
                    let below = walk(item.child, levels: levels - 1, weight).count
                    units += [Int](repeating: item.firstChild + place, count: weight(item) + below)
                }
            }
            return units
        }
    }

    @Test(arguments: 1...40) func agreesWithAWalk(_ seed: UInt64) {
        let tree = Tree(seed: seed)
        for weight in [{ _ in 1 }, { Int($0.name.index) % 2 }] as [(Item) -> Int] {
            let measure = LayoutMeasure(weight: weight)
            for levels in [0, 1, 2, 3, .max] {
                let units = tree.walk(tree.root, levels: levels, weight)
                #expect(measure.total(tree.root, levels: levels, tree.table) == units.count)
                let count = tree.table[tree.root].childCount
                for child in 0...count where levels > 0 {
                    let before = units.firstIndex { $0 >= child } ?? units.count
                    #expect(measure.before(child, in: tree.root, levels: levels, tree.table) == before)
                }
                for (target, child) in units.enumerated().prefix(200) {
                    let place = measure.locate(target, in: tree.root, levels: levels, tree.table)
                    let rest = target - (units.firstIndex(of: child) ?? 0)
                    #expect(place == .init(child: child, rest: rest))
                }
                #expect(measure.locate(units.count, in: tree.root, levels: levels, tree.table) == nil)
                #expect(measure.locate(-1, in: tree.root, levels: levels, tree.table) == nil)
            }
        }
    }

    @Test func none() {
        let measure = LayoutMeasure { _ in 1 }
        #expect(measure.total(.none, levels: .max, LayoutTable()) == 0)
    }
}
