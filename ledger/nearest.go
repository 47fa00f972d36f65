package ledger

// Nearest returns the word of known that s was probably meant to be, "" if
// none is near: at most a third of its letters, rounded up, differ, and one
// does not (Damerau-Levenshtein distance, adjacent swaps counted once, in
// bytes). Of several the first of the nearest. O(len(known)) comparisons of
// O(n²) each; words of more than 128 bytes are never near.
func Nearest(s string, known []string) string {
	best, limit := "", min((len(s)+2)/3, len(s)-1)
	for _, k := range known {
		if d := editDistance(s, k, limit); d <= limit {
			best, limit = k, d-1
		}
	}
	return best
}

// editDistance is the optimal string alignment distance, or limit+1 if the
// lengths alone put it beyond limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > 128 || len(b) > 128 {
		return limit + 1
	}
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
