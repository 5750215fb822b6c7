import Bytes
import Format

/// The queues of virtio devices by name (virtio 1.3, section 5).
package enum VirtIOQueues {
    /// Returns labels for an array with one entry per queue.
    package static func labels(of device: String) -> @Sendable (Int) -> [Int: String] {
        { count in
            // The length of an array with an entry for each possible queue does not give the number of
            // queues.
            let known = min(count, count > shownLimit ? 2 : count)
            return Dictionary(
                uniqueKeysWithValues: (0..<known).compactMap { number in
                    name(number, of: count, device).map { (number, $0) }
                })
        }
    }

    private static let shownLimit = 64

    private static func name(_ number: Int, of count: Int, _ device: String) -> String? {
        switch device {
        case "virtio-net":
            if number == count - 1, !count.isMultiple(of: 2) { return "controlq" }
            return (number.isMultiple(of: 2) ? "receiveq" : "transmitq") + "\(number / 2 + 1)"
        case "virtio-console":
            switch number {
            case 0: return "receiveq(port0)"
            case 1: return "transmitq(port0)"
            case 2: return "control receiveq"
            case 3: return "control transmitq"
            default: return (number.isMultiple(of: 2) ? "receiveq" : "transmitq") + "(port\(number / 2 - 1))"
            }
        case "virtio-scsi", "vhost_scsi": return ["controlq", "eventq"].at(number) ?? "requestq\(number - 2)"
        case "virtio-balloon":
            return ["inflateq", "deflateq", "statsq", "free_page_vq", "reporting_vq"].at(number)
        case "virtio-gpu": return ["controlq", "cursorq"].at(number)
        case "virtio-input": return ["eventq", "statusq"].at(number)
        case "virtio-iommu": return ["requestq", "eventq"].at(number)
        case "vhost_vsock": return ["rx", "tx", "event"].at(number)
        case "virtio-crypto": return number == count - 1 ? "controlq" : "dataq\(number + 1)"
        case "virtio-rng", "virtio-9p", "virtio-pmem", "virtio-mem": return "requestq"
        default: return "requestq\(number)"
        }
    }

    /// Returns a line for each queue with an address: entries, addresses, the last index taken.
    package static func lines(_ virtio: StateField, of device: String) -> [(label: String, text: String)] {
        guard let queues = virtio["queues"] else { return [("queues", "none")] }
        let rings = virtio["virtio/virtqueues"]?["vqs"]
        let count = min(queues.count, shownLimit)
        let used = (0..<count).compactMap { number -> (label: String, text: String)? in
            guard let queue = queues[number], queue.register("desc") != 0 else { return nil }
            var text = "\(queue.register("num")) entries, desc 0x" + Hex.digits(queue.register("desc"))
            if let ring = rings?[number], ring.register("avail") != 0 {
                text += ", avail 0x" + Hex.digits(ring.register("avail"))
                text += ", used 0x" + Hex.digits(ring.register("used"))
            }
            text += ", last avail index \(queue.register("last_avail_idx"))"
            let name = name(number, of: queues.count, device)
            return ("queue \(number)" + (name.map { " " + $0 } ?? ""), text)
        }
        return used.isEmpty ? [("queues", "\(queues.count), none set up")] : used
    }
}

extension Array {
    /// Returns the element at an index; nil outside.
    fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
