//go:build race

package engine_test

// underRace says that the race detector watches, under which a run takes several times as long.
const underRace = true
