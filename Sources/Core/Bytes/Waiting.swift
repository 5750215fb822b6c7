import Glibc

/// A clock that only goes on.
package enum MonotonicClock {
    /// Since some moment in the past. O(1).
    @Sendable package static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Waiting for what others write.
package enum Waiting {
    /// Whether a read of `descriptor` returns at once, or does so after at most `time` milliseconds; -1 waits without end.
    @discardableResult
    package static func isReadable(_ descriptor: Int32, within time: Int32 = 0) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, time) != 0
    }
}
