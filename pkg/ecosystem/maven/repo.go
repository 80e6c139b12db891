package maven

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cache is the name of the local repository.
const cache = "m2"

// repo finds POMs: those of the target by file and by coordinates, those of the local repository by coordinates.
type repo struct {
	local   fs.FS           // may be nil
	byFile  map[string]*pom // of the target
	byCoord map[gav]*pom
	own     map[string][]*pom // of the target, by group and artifact as written
	models  map[*pom]*model
	broken  func(file string, err error) // is told of a POM of the local repository that is there and cannot be read
}

func newRepo(p *ecosystem.Project) repo {
	return repo{local: p.Caches[cache], byFile: map[string]*pom{}, byCoord: map[gav]*pom{}, own: map[string][]*pom{}, models: map[*pom]*model{}}
}

// add makes a POM of the target known. Of two with the same coordinates the first counts.
func (r *repo) add(p *pom) {
	r.byFile[p.file] = p
	r.own[p.own.ga()] = append(r.own[p.own.ga()], p)
	if _, ok := r.byCoord[p.own]; !ok {
		r.byCoord[p.own] = p
	}
}

// parse reads a POM of the target.
func (r *reader) parse(file string) *pom {
	d, whole := r.Parse(r.FS, file, maxPOM, "mend the file", doc.XML)
	p := newPOM(file, d)
	if whole && p.top.Len() == 0 && strings.TrimSpace(d.Root().Text()) == "" && d.Root().Get("project").Kind() == doc.Missing {
		r.Lost(source.Span{Path: file}, "mend the file, or exclude it", "this is no POM: there is no element project at the top")
	}
	return p
}

// find gives the POM of an artifact, or nil if it is not at hand.
func (r *repo) find(c gav) *pom {
	p, ok := r.byCoord[c]
	if ok {
		return p
	}
	if r.local != nil && isCoordinates(c) {
		dir := storage(c)
		file := path.Join(dir, c.name+"-"+c.version+".pom")
		at := source.JoinRoot(cache, file)
		data, err := ecosystem.ReadFile(r.local, file, maxPOM)
		if err == nil {
			var d *doc.Doc
			if d, err = doc.XML(at, data); err == nil {
				p = newPOM(at, d)
				if p.top.Kind() == doc.Missing {
					p, err = nil, errNoPOM
				}
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			r.broken(at, err)
		}
	}
	r.byCoord[c] = p // nil too: it need not be looked for again
	return p
}

var errNoPOM = errors.New("this is no POM: there is no element project at the top")

// lostPOM adds the gap of a POM of the local repository: the artifact is there, and its license and what it needs are not known.
func (r *reader) lostPOM(file string, err error) {
	const next = "remove it from the local repository and run `mvn dependency:go-offline`"
	if _, ok := errors.AsType[*fs.PathError](err); !ok {
		r.Broken(file, next, err)
		return
	}
	gap := ecosystem.Unread(name, source.Span{Path: file}, err)
	gap.Material, gap.Next = true, next
	r.Gap(gap)
}

// maxMoves bounds how often an artifact may have moved.
const maxMoves = 10

// relocated gives the coordinates that an artifact has now: its POM may say that it moved, and what of the coordinates
// changed (maven.apache.org/guides/mini/guide-relocation.html). No parent says that for it.
func (r *repo) relocated(d *dependency) gav {
	at := d.gav
	pinned := gav{at.group, at.name, d.pin()}
	for range maxMoves {
		p := r.find(pinned)
		if p == nil {
			break
		}
		to := p.top.Get("distributionManagement").Get("relocation")
		if to.Len() == 0 {
			break
		}
		m := r.model(p)
		at = gav{or(m.text(to.Get("groupId").Text()), pinned.group), or(m.text(to.Get("artifactId").Text()), pinned.name), or(m.text(to.Get("version").Text()), pinned.version)}
		pinned = at
	}
	return at
}

// archive gives the folder inside the artifact's file in the local repository, "" if that is not at hand. Beside what Maven fetched
// lies the checksum that the repository gave for it: a file that has another one is another file, and the error is [source.ErrDigest].
func (r *repo) archive(c gav, classifier, kind string) (dir string, err error) {
	if r.local == nil || !isCoordinates(c) {
		return "", nil
	}
	file := c.name + "-" + c.version
	if classifier != "" {
		file += "-" + classifier
	}
	file = path.Join(storage(c), file+"."+kind)
	if info, err := fs.Stat(r.local, file); err != nil || !info.Mode().IsRegular() {
		return "", nil
	}
	return source.JoinRoot(cache, file) + "!/", r.verify(file)
}

// maxChecksum is the size of a file with a checksum, in bytes.
const maxChecksum = 1 << 10

// verify compares a file with the checksum beside it: hexadecimal digits, behind which the name of the file may stand.
func (r *repo) verify(file string) error {
	data, err := ecosystem.ReadFile(r.local, file+".sha1", maxChecksum)
	if err != nil {
		return nil
	}
	sum, _, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	h, ok := ecosystem.Hash(sum)
	if !ok || h.Algorithm != "SHA-1" {
		return nil // what a repository answered instead
	}
	f, err := r.local.Open(file)
	if err != nil {
		return nil // which whoever reads it will tell
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, ecosystem.Digest([]sbom.Hash{h}).Verify(f))
	return err
}

// storage is the folder of an artifact in a repository (maven.apache.org/repositories/layout.html).
func storage(c gav) string {
	return path.Join(strings.ReplaceAll(c.group, ".", "/"), c.name, c.version)
}

// isCoordinates reports whether nothing in the coordinates is missing, unresolved, or leads out of a folder.
func isCoordinates(c gav) bool {
	for _, s := range []string{c.group, c.name, c.version} {
		if !ecosystem.Printable(s) || strings.ContainsAny(s, `${}/\:[](),`) || strings.Trim(s, ".") == "" {
			return false
		}
	}
	return fs.ValidPath(storage(c))
}
