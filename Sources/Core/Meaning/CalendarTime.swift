/// Formats seconds since 1970 as a date, without Foundation.
package enum CalendarTime {
    /// Returns a text such as `2026-11-26 21:53:32 UTC`; empty outside the years 1 to 9999.
    package static func text(seconds: Int64) -> String {
        guard (-62_135_596_800..<253_402_300_800).contains(seconds) else { return "" }
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = seconds - day * 86_400
        let (year, month, dayOfMonth) = date(day: day)
        return text(year: year, month: month, day: dayOfMonth) + " "
            + text(hour: Int(second / 3600), minute: Int(second / 60 % 60), second: Int(second % 60)) + " UTC"
    }

    /// Like `text(seconds:)`, for nanoseconds since 1970.
    package static func text(nanoseconds: Int64) -> String { text(seconds: nanoseconds / 1_000_000_000) }

    package static func text(year: Int, month: Int, day: Int) -> String {
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    package static func text(hour: Int, minute: Int, second: Int) -> String {
        "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    }

    // Returns the Gregorian date of a day since 1970. Uses eras of 400 years that begin in March, so that a
    // leap day is the last day of its year.
    private static func date(day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1
        )
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }
}
