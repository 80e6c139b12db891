package githead

import (
	"bytes"
	"io"
	"testing"
)

// FuzzPack reads the object of any name from any pack.
func FuzzPack(f *testing.F) {
	a, b := commitText(1, "a"), commitText(2, "b")
	base := whole(a, sha1Digits)
	for _, large := range []bool{false, true} {
		for _, kind := range []byte{kindOfsDelta, kindRefDelta} {
			top := over(kind, base, a, b)
			l := build(large, base, top)
			f.Add(l.idx, l.pack, unhex(top.id))
		}
	}
	f.Fuzz(func(t *testing.T, idx, data, name []byte) {
		if len(name) == 0 {
			return
		}
		p := &pack{file: inMemory(data), idx: inMemory(idx), hashSize: len(name), budget: 1 << 20}
		offset, err := find(p.idx, name)
		if err != nil || offset == 0 {
			return
		}
		if commit, err := p.commit(offset); err == nil && len(commit) > 1<<20 {
			t.Errorf("%d bytes from a budget of 1 MiB", len(commit))
		}
	})
}

func inMemory(data []byte) readerAt {
	return readerAt{bytes.NewReader(data), io.NopCloser(nil), int64(len(data))}
}

// FuzzDelta applies any delta to any base: the result has the size that the delta promises.
func FuzzDelta(f *testing.F) {
	a, b := commitText(1, "a"), commitText(2, "b")
	f.Add(a, delta(a, b))
	f.Add(b, delta(b, nil))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		out, err := applyDelta(base, delta)
		if err != nil {
			return
		}
		in := bytes.NewReader(delta)
		readSize(in)
		if want, _ := readSize(in); uint64(len(out)) != want {
			t.Errorf("%d bytes, the delta promises %d", len(out), want)
		}
	})
}

// FuzzCommit reads any text as a loose commit: what is accepted has a time that a report can print.
func FuzzCommit(f *testing.F) {
	f.Add(commitText(second, "m"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := tree()
		id := addLoose(fsys, ".git", "commit", text, sha1Digits)
		fsys[".git/HEAD"] = tree("x", id)["x"]
		at, _, err := CommitTime(fsys)
		if err != nil {
			return
		}
		if _, err := at.MarshalText(); err != nil {
			t.Error(err)
		}
	})
}
