package ecotest

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// pack puts the files whose paths lead into an archive into one, and leaves the others as they are.
func pack(files []txtar.File) []txtar.File {
	var out []txtar.File
	at := map[string]int{}
	inner := map[string][]txtar.File{}
	for _, f := range files {
		archive, rest, packed := strings.Cut(f.Name, "!/")
		if !packed {
			out = append(out, f)
			continue
		}
		if _, ok := at[archive]; !ok {
			at[archive] = len(out)
			out = append(out, txtar.File{Name: archive})
		}
		inner[archive] = append(inner[archive], txtar.File{Name: rest, Data: f.Data})
	}
	for archive, i := range at {
		out[i].Data = zipped(pack(inner[archive]))
	}
	return out
}

// zipped is an archive of the files. Archives in it are stored, as Spring Boot does, texts deflated.
func zipped(files []txtar.File) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		if bytes.HasPrefix(f.Data, []byte("PK")) {
			h.Method = zip.Store
		}
		if e, err := w.CreateHeader(h); err == nil {
			e.Write(f.Data)
		}
	}
	w.Close()
	return b.Bytes()
}

// unpacked gives the bytes of a file inside an archive; inner is its path there, which may lead on into another.
func unpacked(archive []byte, inner string) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	name, rest, deeper := strings.Cut(inner, "!/")
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil || !deeper {
		return data, err
	}
	return unpacked(data, rest)
}
