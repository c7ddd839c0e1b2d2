// Profiles are not in this build; the runtime asks only whether an export is of this kind.
package pyroscope

type Appendable interface{ Appender() any }
