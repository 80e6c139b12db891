package annotation

// Effect is what becomes of the statements about one file, of license or of copyright.
type Effect struct {
	// Kept hold, Hidden are set aside by an override; both are indices of what was given, in order.
	Kept, Hidden []int
	// Overridden: what the file itself states is set aside.
	Overridden bool
}

// Resolve decides which of the statements about one file hold, given the precedence of each from the top
// folder to the file's own, and whether the file itself states something. It is asked for license and for
// copyright separately, each time with the annotations that state something of the kind: so an override
// that states no license takes none away.
//
// The outermost override decides: what is closer to the file is set aside. Aggregates hold; of the rest
// the innermost does if neither the file states anything nor is there an override (REUSE 3.3,
// "REUSE.toml").
func Resolve(found []Precedence, own bool) Effect {
	var e Effect
	closest := -1
	for i, p := range found {
		switch {
		case e.Overridden:
			e.Hidden = append(e.Hidden, i)
		case p == Closest:
			closest = i
		default:
			e.Kept = append(e.Kept, i)
			e.Overridden = p == Override
		}
	}
	if closest >= 0 && !own && !e.Overridden {
		e.Kept = append(e.Kept, closest)
	}
	return e
}
