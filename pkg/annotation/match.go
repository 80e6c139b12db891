package annotation

import (
	"encoding/binary"
	"path"
)

// automaton runs all patterns of a set at once. Each pattern is a run of steps; a state is the set of
// steps that may take the next character. States are kept with the transitions that were met, so most
// characters cost one look into a map; that of the folder of the last path is kept too, for paths come
// folder by folder. When the states grow past a bound they are forgotten and made anew, so memory is
// bounded whatever the patterns.
type automaton struct {
	steps  []step
	starts []int32 // where each pattern begins
	states map[string]*state
	room   int // steps that more states may hold
	work   int // steps that were looked at to make states
	dir    string
	at     *state // after dir; nil where none is kept
}

// step is one step of a pattern.
type step struct {
	kind byte
	r    rune
	item int32 // the annotation, at the end of a pattern
}

const (
	literal = iota
	one     // any character
	star    // any run without a slash
	deep    // any run
	end
)

// state is a set of steps, in order.
type state struct {
	steps  []int32
	next   map[rune]*state
	accept int32 // the last annotation whose pattern ends here, -1 for none
}

const (
	// maxStates bounds the steps that all states of an automaton hold, at about 8 bytes each.
	maxStates = 1 << 20
	// maxWork bounds the steps that are looked at to make states, about half a second's.
	maxWork = 1 << 26
)

// add appends a pattern of the annotation item.
func (a *automaton) add(pattern []step, item int) {
	a.starts = append(a.starts, int32(len(a.steps)))
	a.steps = append(append(a.steps, pattern...), step{kind: end, item: int32(item)})
}

// match gives the last annotation that matches the path, -1 for none.
func (a *automaton) match(p string) int {
	if len(a.starts) == 0 {
		return -1
	}
	dir, name := path.Split(p)
	if a.at == nil || dir != a.dir {
		a.dir, a.at = dir, a.run(a.start(), dir)
	}
	s := a.run(a.at, name)
	if a.room < 0 {
		a.states, a.at = nil, nil
	}
	return int(s.accept)
}

func (a *automaton) start() *state {
	if a.states == nil {
		a.states, a.room = map[string]*state{}, maxStates
	}
	var steps []int32
	for _, i := range a.starts {
		steps = a.enter(steps, i)
	}
	return a.state(steps)
}

func (a *automaton) run(s *state, text string) *state {
	for _, r := range text {
		next, ok := s.next[r]
		if !ok {
			next = a.state(a.after(s, r))
			s.next[r] = next
			a.room--
		}
		s = next
	}
	return s
}

// after gives the steps that may follow where r is taken. They come out in order, for no two patterns
// share a step and within a pattern none overtakes another.
func (a *automaton) after(s *state, r rune) []int32 {
	a.work += len(s.steps)
	var steps []int32
	for _, i := range s.steps {
		switch t := a.steps[i]; {
		case t.kind == deep, t.kind == star && r != '/':
			steps = a.enter(steps, i)
		case t.kind == one, t.kind == literal && t.r == r:
			steps = a.enter(steps, i+1)
		}
	}
	return steps
}

// enter adds step i, and what follows it where it can stand for nothing.
func (a *automaton) enter(steps []int32, i int32) []int32 {
	for ; ; i++ {
		if n := len(steps); n == 0 || steps[n-1] < i {
			steps = append(steps, i)
		}
		if kind := a.steps[i].kind; kind != star && kind != deep {
			return steps
		}
	}
}

// state gives the state of a set of steps.
func (a *automaton) state(steps []int32) *state {
	a.work += len(steps) + 1
	key := make([]byte, 4*len(steps))
	for i, s := range steps {
		binary.LittleEndian.PutUint32(key[4*i:], uint32(s))
	}
	if s, ok := a.states[string(key)]; ok {
		return s
	}
	s := &state{steps: steps, next: map[rune]*state{}, accept: -1}
	for _, i := range steps {
		if t := a.steps[i]; t.kind == end {
			s.accept = max(s.accept, t.item)
		}
	}
	a.states[string(key)] = s
	a.room -= len(steps) + 16
	return s
}
