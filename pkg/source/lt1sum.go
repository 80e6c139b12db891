package source

// ChainBase is the odd multiplier of [Chain].
const ChainBase uint64 = 0x9E3779B97F4A7C15

// WordSum is a 64-bit hash (FNV-1a, mixed) of a normalised word. It is for finding texts quickly, where
// an accident must not happen; what must withstand a forger is named by [TextDigest].
func WordSum(word []byte) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, c := range word {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// Chain appends a word to the hash of a run of words, whose empty run is 0. With S[i] the hash of the
// first i words of a text, words [i, j) have the hash S[j] - S[i]*ChainBase^(j-i): any run in one step.
func Chain(run, word uint64) uint64 { return run*ChainBase + word }
