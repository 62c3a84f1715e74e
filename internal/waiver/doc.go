// Package waiver reads and writes files of accepted failures: which, who answers for them, and until when. What a waiver
// does to a result is a matter of package result.
package waiver
