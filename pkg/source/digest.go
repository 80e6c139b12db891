package source

// Digest names bytes or text by a hash, as "algorithm:hex": "sha256:..." over raw bytes, "lt1:..." over
// text normalised as [TextDigest] says.
type Digest string
