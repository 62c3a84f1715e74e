package adopt

import "math"

// assign pairs rows with columns, one to one, so that the sum of their scores is the largest: the Hungarian method. What has no
// score above 0 stays alone: -1.
func assign(scores [][]float64) []int {
	n := len(scores)
	pairs := make([]int, n)
	for i := range pairs {
		pairs[i] = -1
	}
	if n == 0 || len(scores[0]) == 0 {
		return pairs
	}
	// As many further columns as there are rows, which cost nothing: to stay alone.
	real := len(scores[0])
	m := real + n
	cost := func(i, j int) float64 {
		if j < real {
			return -scores[i][j]
		}
		return 0
	}
	u, v := make([]float64, n+1), make([]float64, m+1)
	match, way := make([]int, m+1), make([]int, m+1)
	for i := 1; i <= n; i++ {
		match[0] = i
		j0 := 0
		least, used := make([]float64, m+1), make([]bool, m+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		for {
			used[j0] = true
			i0, delta, j1 := match[j0], math.Inf(1), 0
			for j := 1; j <= m; j++ {
				if used[j] {
					continue
				}
				if c := cost(i0-1, j-1) - u[i0] - v[j]; c < least[j] {
					least[j], way[j] = c, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := 0; j <= m; j++ {
				if used[j] {
					u[match[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			if j0 = j1; match[j0] == 0 {
				break
			}
		}
		for j0 != 0 {
			match[j0] = match[way[j0]]
			j0 = way[j0]
		}
	}
	for j := 1; j <= real; j++ {
		if i := match[j]; i > 0 && scores[i-1][j-1] > 0 {
			pairs[i-1] = j - 1
		}
	}
	return pairs
}
