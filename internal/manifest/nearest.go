package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// nearest returns the candidate that word was probably meant to be. Everything within a third of the word's
// length counts as a slip of the pen; anything further is another word.
func nearest(word string, candidates []string) (string, bool) {
	const longest = 64 // no name is longer, and the cost grows with the square
	if len(word) > longest {
		return "", false
	}
	best, bestDistance := "", len(word)/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance && d < len(c) && c != "" {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// suggest says what would be right in place of word: the nearest candidate, else all of them.
func suggest(word string, candidates []string) string {
	if near, ok := nearest(word, candidates); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(candidates)))
	sorted = slices.DeleteFunc(sorted, func(c string) bool { return c == "" })
	if len(sorted) == 0 {
		return ""
	}
	const most = 12 // a longer list helps nobody
	if len(sorted) > most {
		sorted = append(sorted[:most], "…")
	}
	return "known: " + strings.Join(sorted, ", ")
}

// Nearest returns the candidate that word was probably meant to be.
func Nearest(word string, candidates []string) (string, bool) { return nearest(word, candidates) }

// Suggest says what would be right in place of a word that is none of the candidates: the nearest one, else all.
func Suggest(word string, candidates []string) string { return suggest(word, candidates) }

// distance is the number of letters to add, drop, change or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
