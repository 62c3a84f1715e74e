package adopt

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	// claimed is the confidence from which on a guess is written down, sure that from which on it is not named as low.
	claimed, sure = 0.6, 0.8
	// tie is how near a rival comes so that nobody can say which it is.
	tie = 0.03
	// worth is what a guess must have to be named as a candidate.
	worth = 0.3
)

// Guess is a table or a column that may be the one, and how likely it is: 0 to 1, and by what.
type Guess struct {
	Name       string
	Confidence float64
	Why        []string
}

// Claimed tells whether the guess is good enough to be written down.
func (g Guess) Claimed() bool { return g.Name != "" && g.Confidence >= claimed-1e-9 }

// String is the confidence and its reasons, as in 0.92: name, type.
func (g Guess) String() string {
	if len(g.Why) == 0 {
		return fmt.Sprintf("%.2f", round(g.Confidence))
	}
	return fmt.Sprintf("%.2f: %s", round(g.Confidence), strings.Join(g.Why, ", "))
}

// round keeps what is printed below 1 where it is.
func round(c float64) float64 { return math.Floor(c*100+1e-6) / 100 }

// score is what a guess counts for when things are paired: two that will not be claimed must not outweigh one that will.
func (g Guess) score() float64 {
	switch {
	case g.Claimed():
		return g.Confidence
	case g.Confidence >= worth:
		return g.Confidence / 10
	}
	return 0
}

// more adds a reason and moves the confidence a part of the way to 1.
func (g Guess) more(part float64, why string) Guess {
	g.Confidence += (1 - g.Confidence) * part
	g.Why = append(slices.Clone(g.Why), why)
	return g
}

// less multiplies the confidence, for a reason.
func (g Guess) less(factor float64, why string) Guess {
	g.Confidence *= factor
	g.Why = append(slices.Clone(g.Why), why)
	return g
}

// doubt lowers a guess that has a rival nobody has a better use for: it is claimed no more where the two are as good.
func (g Guess) doubt(rivals []Guess) Guess {
	if len(rivals) == 0 || g.Confidence >= 1-1e-9 && rivals[0].Confidence < 1-tie {
		return g
	}
	switch distance := g.Confidence - rivals[0].Confidence; {
	case distance < tie:
		g = g.less(1, "as likely "+rivals[0].Name)
		g.Confidence = min(g.Confidence, claimed-0.05)
	case distance < 0.1:
		g = g.less(0.95, fmt.Sprintf("or %s %.2f", rivals[0].Name, round(rivals[0].Confidence)))
	}
	return g
}

// best sorts guesses, and keeps the first ones of those that are worth a word.
func best(all []Guess, most int) []Guess {
	all = slices.DeleteFunc(all, func(g Guess) bool { return g.Confidence < worth })
	slices.SortFunc(all, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Name, b.Name))
	})
	return all[:min(most, len(all))]
}

// candidates lists guesses in a line.
func candidates(all []Guess) string {
	if len(all) == 0 {
		return "no candidate"
	}
	texts := make([]string, len(all))
	for i, g := range all {
		texts[i] = fmt.Sprintf("%s (%s)", g.Name, g)
	}
	return "nearest: " + strings.Join(texts, ", ")
}
