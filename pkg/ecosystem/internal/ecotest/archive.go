package ecotest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/rogpeppe/go-internal/txtar"
)

// pack puts the files whose paths lead into an archive into one, and leaves the others as they are.
func pack(files []txtar.File) []txtar.File {
	var out []txtar.File
	at := map[string]int{}
	inner := map[string][]txtar.File{}
	for _, f := range files {
		outer, rest, packed := strings.Cut(f.Name, "!/")
		if !packed {
			out = append(out, f)
			continue
		}
		if _, ok := at[outer]; !ok {
			at[outer] = len(out)
			out = append(out, txtar.File{Name: outer})
		}
		inner[outer] = append(inner[outer], txtar.File{Name: rest, Data: f.Data})
	}
	for outer, i := range at {
		files := pack(inner[outer])
		if archive.IsTar(outer) {
			out[i].Data = tarred(files, path.Ext(outer) != ".gem")
		} else {
			out[i].Data = zipped(files)
		}
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

// Tarball is a tar packed by gzip, as crates and npm's packages are, of files in this order: a path, then a content, and so on.
func Tarball(parts ...string) []byte {
	var files []txtar.File
	for ; len(parts) > 1; parts = parts[2:] {
		files = append(files, txtar.File{Name: parts[0], Data: []byte(parts[1])})
	}
	return tarred(files, true)
}

// tarred is a tar of the files. What is called *.gz and is not packed is packed.
func tarred(files []txtar.File, packed bool) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if path.Ext(f.Name) == ".gz" && !bytes.HasPrefix(f.Data, []byte("\x1f\x8b")) {
			f.Data = gzipped(f.Data)
		}
		if err := w.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o644, Size: int64(len(f.Data)), Typeflag: tar.TypeReg}); err == nil {
			w.Write(f.Data)
		}
	}
	w.Close()
	if packed {
		return gzipped(b.Bytes())
	}
	return b.Bytes()
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// untarred gives the bytes of a file in a tar.
func untarred(packed []byte, name string) (data []byte, err error) {
	missing := true
	err = archive.WalkTar(bytes.NewReader(packed), func(entry string, _ int64, r io.Reader) error {
		if entry != name {
			return nil
		}
		missing = false
		if data, err = io.ReadAll(r); err != nil {
			return err
		}
		return io.EOF
	})
	if err == nil && missing {
		err = fs.ErrNotExist
	}
	return data, err
}

// unpacked gives the bytes of a file inside an archive; inner is its path there, which may lead on into another.
func unpacked(archive []byte, inner string) ([]byte, error) {
	if !bytes.HasPrefix(archive, []byte("PK")) {
		name, rest, deeper := strings.Cut(inner, "!/")
		data, err := untarred(archive, name)
		if err != nil || !deeper {
			return data, err
		}
		return unpacked(data, rest)
	}
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
