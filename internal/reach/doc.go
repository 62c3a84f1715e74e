// Package reach lets clients whose provider's address is compiled in come to a gateway on this machine instead: a
// certificate authority made for one run, the provider's hosts as a pattern, and a forward proxy for those hosts alone.
// docs/reaching.md says how each runtime is told of them.
package reach
