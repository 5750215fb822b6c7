import Glibc

/// A monotonic clock.
package enum MonotonicClock {
    /// Returns the milliseconds since a fixed moment in the past. O(1).
    @Sendable package static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Waiting for input.
package enum Waiting {
    /// Returns whether `descriptor` is readable within `time` milliseconds; -1 waits without limit.
    @discardableResult
    package static func isReadable(_ descriptor: Int32, within time: Int32 = 0) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, time) != 0
    }
}
