extension Collection where Element: CustomStringConvertible {
    /// The first few as people read them, and how many are left: `a; b; c; and 4 more`. A log and a table take no thousands.
    package func firstFew(_ most: Int = 3, joinedBy separator: String = "; ") -> String {
        let told = prefix(most).map(\.description)
        let rest = count > most ? ["and \(count - most) more"] : []
        return (told + rest).joined(separator: separator)
    }
}
