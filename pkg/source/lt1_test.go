package source

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "complete vectors that have no digest yet; those that have one are frozen")

const vectorFile = "../../testdata/lt1/vectors.txt"

// vector is a passage with what lt1 makes of it.
type vector struct{ name, text, words, digest string }

func readVectors(t *testing.T) (head string, vectors []vector) {
	t.Helper()
	data, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(data), "\n\n")
	for _, block := range blocks[1:] {
		var v vector
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			switch key {
			case "case":
				v.name = value
			case "text":
				if v.text, err = strconv.Unquote(value); err != nil {
					t.Fatalf("%s: %v: %s", v.name, err, value)
				}
			case "words":
				v.words = value
			default:
				v.digest = line[:len(strings.TrimSuffix(line, "\n"))]
			}
		}
		vectors = append(vectors, v)
	}
	return blocks[0], vectors
}

func words(text []byte) string {
	var out []string
	for w := range Words(text) {
		out = append(out, string(w.Text))
	}
	return strings.Join(out, " ")
}

func TestTextDigest(t *testing.T) {
	head, vectors := readVectors(t)
	if len(vectors) < 50 {
		t.Errorf("%d vectors, want at least 50", len(vectors))
	}
	out := head + "\n"
	for _, v := range vectors {
		gotWords, got := words([]byte(v.text)), string(TextDigest([]byte(v.text)))
		if *update && v.digest == "" {
			v.words, v.digest = gotWords, got
		}
		if gotWords != v.words {
			t.Errorf("%s:\n got words %s\nwant words %s", v.name, gotWords, v.words)
		}
		if got != v.digest {
			t.Errorf("%s: got %s, want %s", v.name, got, v.digest)
		}
		out += fmt.Sprintf("\ncase %s\ntext %s\nwords %s\n%s\n", v.name, strconv.QuoteToASCII(v.text), v.words, v.digest)
	}
	if *update {
		if err := os.WriteFile(vectorFile, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The same words in other clothes have the same digest.
func TestTextDigestTwins(t *testing.T) {
	_, vectors := readVectors(t)
	digest := map[string]string{}
	for _, v := range vectors {
		digest[v.name] = v.digest
	}
	for _, twins := range [][2]string{
		{"Latin-1 bytes read as Latin-1", "the same in UTF-8"},
		{"UTF-16, little end first", "UTF-16, big end first"},
		{"a small license", "the same, laid out as a comment"},
		{"empty text", "no words"},
	} {
		if digest[twins[0]] == "" || digest[twins[0]] != digest[twins[1]] {
			t.Errorf("%q and %q differ", twins[0], twins[1])
		}
	}
}

func TestWordsPlaces(t *testing.T) {
	text := "/* MIT\n * Überlassung */"
	var got []string
	for w := range Words([]byte(text)) {
		got = append(got, fmt.Sprintf("%s=%s", w.Text, text[w.Start:w.End]))
	}
	if want := "mit=MIT überlassung=Überlassung"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzTextDigest(f *testing.F) {
	f.Add([]byte("1. one\n(c) two\nCopyright (c) 2020 x\nall rights reserved"))
	f.Add([]byte("\xff\xfe1\x00.\x00 \x00a\x00"))
	f.Add([]byte("dnl\nrem 1.1.1) a\r© 2020"))
	f.Fuzz(func(t *testing.T, text []byte) {
		end := 0
		var joined []byte
		for w := range Words(text) {
			if w.Start < end || w.End <= w.Start || w.End > len(text) || len(w.Text) == 0 {
				t.Fatalf("word %q at [%d, %d) after %d of %d", w.Text, w.Start, w.End, end, len(text))
			}
			end = w.End
			joined = append(append(joined, w.Text...), ' ')
		}
		if TextDigest(text) != TextDigest(append([]byte("\n \n"), text...)) && !bytes.HasPrefix(text, []byte("\xff")) &&
			!bytes.HasPrefix(text, []byte("\xfe")) && !bytes.HasPrefix(text, []byte("\xef")) {
			t.Fatal("empty lines at the start change the digest")
		}
		_ = joined
	})
}

// The time is linear in the text: each shape repeated costs about as much a byte as prose does.
func BenchmarkTextDigest(b *testing.B) {
	for _, shape := range []struct{ name, unit string }{
		{"prose", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software.\n"},
		{"one-line", "permission is hereby granted "},
		{"copyright", "Copyright (c) 2020 Someone\n"},
		{"copyright-one-line", "Copyright (c) 2020 Someone "},
		{"markers", "1.1.1.1.1.1."},
		{"signs", "©(c)©(c)"},
		{"letters", "a"},
	} {
		text := []byte(strings.Repeat(shape.unit, 1<<20/len(shape.unit)))
		b.Run(shape.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				TextDigest(text)
			}
		})
	}
}

// What eight bytes tell of a word is what they tell one by one.
func TestLowerEight(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			text := []byte("AbcD1fgh")
			text[at] = byte(c)
			want := 0
			for want < 8 && text[want] < 0x80 && letters[text[want]] != 0 {
				want++
			}
			got := make([]byte, 8)
			n := lowerEight(got, text)
			if n != want || string(got[:n]) != strings.ToLower(string(text[:n])) {
				t.Errorf("%q: %d letters %q, want %d", text, n, got[:n], want)
			}
		}
	}
}
