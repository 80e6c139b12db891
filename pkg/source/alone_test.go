package source

import (
	"bytes"
	"testing"
)

// What ReadAlone says of a part of a text holds for all parts of texts that are made to tell it wrong, and it says it of most.
func TestReadAlone(t *testing.T) {
	texts := []string{
		"Permission is hereby granted, free of charge\nto any person (a) to use, and\n1. to copy it; or\nb. sell it.\n\nThe rest is plain.\n",
		"Copyright (c) 2020 Some One\nAll rights reserved.\n\nRedistribution and use are permitted:\n 1. All rights reserved, and\n 2) copyright 2020 is kept\n",
		"rem The first words\nrem-mark dnl\ndnl more of\nthe same; rem\nportions copyright 2021 Someone\rportions of it\fspdx and all\n",
		"the license, and\niv. what is\nor\nx) more, or\n1.2. items, and 3.4 numbers (12) and (c) signs; https://a.example\n",
		"\u00a9 2020 Someone\nthis \u00a9 is\n\u00a9 2021 Other, of a licen\u00e7a\nCopyr\u0130ght 2020 X\nal\u00e9 k\u212aey\xe9 a\xff end\n",
		"\xef\xbb\xbfA text with a mark,\nand a line\n\n\n(b) the last",
		"\xff\xfea\x00b\x00 \x00c\x00d\x00",
		"\xff\xfeallcopyrighted\nno more",
	}
	for _, text := range texts {
		data := []byte(text)
		var words []Word
		var written [][]byte
		for w := range Words(data) {
			words = append(words, w)
			written = append(written, bytes.Clone(w.Text))
			if got := AppendWord([]byte("x "), data[w.Start:w.End]); !newDecoder(data).wide && string(got) != "x "+string(w.Text) {
				t.Errorf("%q is %q, not %q", data[w.Start:w.End], got, w.Text)
			}
		}
		alone, all := 0, 0
		for from := range words {
			for to := from + 1; to <= len(words); to++ {
				all++
				start, end := words[from].Start, words[to-1].End
				if !ReadAlone(data, start, end) {
					continue
				}
				alone++
				if got, want := JoinWords(data[start:end]), bytes.Join(written[from:to], []byte{' '}); !bytes.Equal(got, want) {
					t.Errorf("%q alone is %q, not %q", data[start:end], got, want)
				}
			}
		}
		t.Logf("%q: %d of %d parts", text, alone, all)
	}
}
