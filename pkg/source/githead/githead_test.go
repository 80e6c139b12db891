package githead

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const second = 1_700_000_000

func check(t *testing.T, fsys fs.FS, wantID string, want int64) {
	t.Helper()
	at, id, err := CommitTime(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if id != wantID || at.Unix() != want || at.Location() != time.UTC {
		t.Errorf("got %s of %v, want %s of %v", id, at, wantID, time.Unix(want, 0).UTC())
	}
}

func TestRefs(t *testing.T) {
	commit := commitText(second, "m")
	id := nameOf("commit", commit, sha1Digits)
	other := strings.Repeat("1", sha1Digits)
	for name, fsys := range map[string]fstest.MapFS{
		"detached":              tree(".git/HEAD", id+"\n"),
		"loose":                 tree(".git/HEAD", "ref: refs/heads/main\n", ".git/refs/heads/main", id+"\n"),
		"packed":                tree(".git/HEAD", "ref: refs/heads/main\n", ".git/packed-refs", "# pack-refs with: peeled\n"+other+" refs/heads/mainly\n^"+other+"\n"+id+" refs/heads/main\n"),
		"loose before packed":   tree(".git/HEAD", "ref: refs/heads/main\n", ".git/refs/heads/main", id, ".git/packed-refs", other+" refs/heads/main\n"),
		"a folder in its place": tree(".git/HEAD", "ref: refs/heads/a\n", ".git/refs/heads/a/b", other, ".git/packed-refs", id+" refs/heads/a\n"),
		"symbolic twice":        tree(".git/HEAD", "ref: refs/heads/a\n", ".git/refs/heads/a", "ref: refs/heads/b", ".git/refs/heads/b", id),
	} {
		t.Run(name, func(t *testing.T) {
			addLoose(fsys, ".git", "commit", commit, sha1Digits)
			check(t, fsys, id, second)
		})
	}
}

// TestElsewhere covers work trees whose .git is a file.
func TestElsewhere(t *testing.T) {
	commit := commitText(second, "m")
	id := nameOf("commit", commit, sha1Digits)
	t.Run("bare beside", func(t *testing.T) {
		fsys := tree(".git", "gitdir: ./.bare\n", ".bare/HEAD", id)
		addLoose(fsys, ".bare", "commit", commit, sha1Digits)
		check(t, fsys, id, second)
	})
	t.Run("linked work tree", func(t *testing.T) {
		fsys := tree(".git", "gitdir: store/worktrees/w\n", "store/worktrees/w/HEAD", "ref: refs/heads/w\n",
			"store/worktrees/w/commondir", "../..\n", "store/refs/heads/w", id, "store/HEAD", "ref: refs/heads/main")
		addLoose(fsys, "store", "commit", commit, sha1Digits)
		check(t, fsys, id, second)
	})
}

func TestLooseSHA256(t *testing.T) {
	fsys := tree(".git/HEAD", "ref: refs/heads/main")
	id := addLoose(fsys, ".git", "commit", commitText(second, "m"), sha256Digits)
	fsys[".git/refs/heads/main"] = &fstest.MapFile{Data: []byte(id)}
	check(t, fsys, id, second)
}

// TestPacks stores a commit whole and at the end of a chain of deltas of both kinds, for both object
// formats, with small and large offsets, in file systems that can and cannot read at any place.
func TestPacks(t *testing.T) {
	a, b, c := commitText(1, strings.Repeat("long ", 999)), commitText(2, "b"), commitText(second, strings.Repeat("c", 300))
	for _, digits := range []int{sha1Digits, sha256Digits} {
		base := whole(a, digits)
		middle := over(kindOfsDelta, base, a, b)
		top := over(kindRefDelta, middle, b, c)
		for _, large := range []bool{false, true} {
			fsys := tree()
			build(large, base, middle, top).addTo(fsys, ".git")
			for id, want := range map[string]int64{base.id: 1, middle.id: 2, top.id: second} {
				fsys[".git/HEAD"] = &fstest.MapFile{Data: []byte(id)}
				check(t, fsys, id, want)
				check(t, plainFS{fsys}, id, want)
			}
		}
	}
}

func TestNotThere(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"no repository":  tree("go.mod", ""),
		"unborn":         tree(".git/HEAD", "ref: refs/heads/main\n"),
		"unborn, others": tree(".git/HEAD", "ref: refs/heads/main\n", ".git/packed-refs", strings.Repeat("1", 40)+" refs/heads/other\n"),
		"absolute":       tree(".git", "gitdir: /srv/git/x\n"),
		"drive":          tree(".git", "gitdir: C:/git/x\n"),
		"above":          tree(".git", "gitdir: ../.git/modules/x\n"),
		"shared above":   tree(".git", "gitdir: g\n", "g/commondir", "../..\n"),
		"nowhere":        tree(".git", "gitdir: gone\n"),
	} {
		if _, _, err := CommitTime(fsys); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want that it does not exist", name, err)
		}
	}
}

func TestDamaged(t *testing.T) {
	commit := commitText(second, "m")
	id := nameOf("commit", commit, sha1Digits)
	other := whole(commitText(1, "other"), sha1Digits)
	loose := ".git/objects/" + id[:2] + "/" + id[2:]
	object := append([]byte("commit "+strconv.Itoa(len(commit))+"\x00"), commit...)
	good := build(false, whole(commit, sha1Digits))
	swapped := build(false, packed{id: id, kind: kindCommit, data: commitText(1, "another one")})
	cycle := build(false, packed{id: id, kind: kindRefDelta, base: id, data: delta(commit, commit)})
	orphan := build(false, packed{id: id, kind: kindRefDelta, base: other.id, data: delta(commit, commit)})
	blob := build(false, packed{id: id, kind: 3, data: commit})
	huge := build(false, packed{id: id, kind: kindCommit, data: make([]byte, maxObject+1)})
	packs := func(l layout) fstest.MapFS {
		fsys := tree(".git/HEAD", id)
		l.addTo(fsys, ".git")
		return fsys
	}
	for _, c := range []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"pointer", tree(".git", "hello"), "neither a folder nor a pointer"},
		{"pointer too long", tree(".git", strings.Repeat("x", maxPointer+1)), "over 8192 bytes"},
		{"HEAD", tree(".git/HEAD", "main"), `"main" is no object name`},
		{"HEAD out of refs", tree(".git/HEAD", "ref: ../../secret"), "is no ref"},
		{"HEAD in a circle", tree(".git/HEAD", "ref: refs/a", ".git/refs/a", "ref: refs/a"), "lead to one another"},
		{"no object", tree(".git/HEAD", id), "in no file and in no pack"},
		{"loose: not compressed", tree(".git/HEAD", id, loose, "commit"), "zlib"},
		{"loose: cut", tree(".git/HEAD", id, loose, string(deflate(object)[:20])), "unexpected EOF"},
		{"loose: a blob", tree(".git/HEAD", id, loose, string(deflate([]byte("blob 1\x00x")))), `a "blob", not a commit`},
		{"loose: another", tree(".git/HEAD", id, loose, string(deflate([]byte("commit 1\x00x")))), "the repository is damaged"},
		{"loose: too large", tree(".git/HEAD", id, loose, string(deflate(make([]byte, maxObject+1)))), "over 4194304 bytes"},
		{"index: version 1", packs(layout{good.pack, make([]byte, 2000)}), "not a pack index of version 2"},
		{"index: cut", packs(layout{good.pack, good.idx[:len(good.idx)-4]}), "damaged"},
		{"index: counts", packs(layout{good.pack, bytes.ReplaceAll(good.idx, []byte{0, 0, 0, 1}, []byte{9, 0, 0, 1})}), "damaged"},
		{"pack: gone", packs(layout{nil, good.idx}), "no object at"},
		{"pack: cut", packs(layout{good.pack[:30], good.idx}), "unexpected EOF"},
		{"pack: another", packs(swapped), "the repository is damaged"},
		{"pack: delta over itself", packs(cycle), "a chain of more than 4095 deltas"},
		{"pack: delta over nothing", packs(orphan), "no object at 0"},
		{"pack: a blob", packs(blob), "not a commit"},
		{"pack: too large", packs(huge), "over 4194304 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := CommitTime(c.fsys)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestOnePackDamaged shows that a broken pack does not hide a commit of another.
func TestOnePackDamaged(t *testing.T) {
	commit := whole(commitText(second, "m"), sha1Digits)
	fsys := tree(".git/HEAD", commit.id, ".git/objects/pack/pack-0.idx", "broken")
	build(false, commit).addTo(fsys, ".git")
	check(t, fsys, commit.id, second)
}

func TestCommitted(t *testing.T) {
	for text, want := range map[string]int64{
		"tree x\ncommitter A <a> 12 +0000\n\nm":                    12,
		"tree x\ncommitter A > B <a> 12 -1200\ncommitter B <b> 13": 12,
		"committer <> 253402300799 +0000":                          latest,
		"committer <> 253402300800 +0000":                          -1,
		"committer <> -1 +0000":                                    -1,
		"committer A <a> soon":                                     -1,
		"committer A <a>":                                          -1,
		"author A <a> 12 +0000\n\ncommitter A <a> 13 +0000\n":      -1,
		"": -1,
	} {
		got, err := committed([]byte(text))
		if (err != nil) != (want < 0) || err == nil && got.Unix() != want {
			t.Errorf("%q: got %v, %v, want second %d", text, got, err, want)
		}
	}
}

// TestGit compares with the git command, where there is one.
func TestGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			git := runner(t, dir)
			git("init", "-q", "--object-format="+format, "-b", "main")
			message := "first"
			for i := range 16 {
				message += "\n" + strconv.Itoa(i*i*i)
				git("commit", "-q", "--allow-empty", "-m", message)
			}
			agrees(t, dir, git)
			git("tag", "-a", "v1", "-m", "one")
			git("repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50")
			git("pack-refs", "--all")
			if chains := git("verify-pack", "-s", packOf(t, dir)); !strings.Contains(chains, "chain length") {
				t.Errorf("no deltas:\n%s", chains)
			}
			agrees(t, dir, git)
			for i := 1; i < 16; i += 4 {
				git("checkout", "-q", "--detach", "main~"+strconv.Itoa(i))
				agrees(t, dir, git)
			}
			git("checkout", "-q", "v1")
			agrees(t, dir, git)
			git("commit", "-q", "--allow-empty", "-m", "loose over packed")
			agrees(t, dir, git)
		})
	}
}

// TestGitWorktree shows that the repository of a linked work tree is within reach only from above both.
func TestGitWorktree(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	dir := t.TempDir()
	git := runner(t, dir)
	git("init", "-q", "--bare", ".bare")
	empty := strings.TrimSpace(git("--git-dir=.bare", "hash-object", "-w", "-t", "tree", os.DevNull))
	commit := strings.TrimSpace(git("--git-dir=.bare", "commit-tree", "-m", "m", empty))
	git("--git-dir=.bare", "worktree", "add", "-q", "w", commit)
	if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: ./.bare/worktrees/w\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, id, err := CommitTime(os.DirFS(dir))
	if err != nil || id != commit {
		t.Errorf("got %s, %v, want %s", id, err, commit)
	}
	if _, _, err := CommitTime(os.DirFS(filepath.Join(dir, "w"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("from inside: got %v, want that it does not exist", err)
	}
}

// runner runs git in dir, untouched by the settings of the machine, each commit a minute later.
func runner(t *testing.T, dir string) func(args ...string) string {
	now := int64(second)
	return func(args ...string) string {
		t.Helper()
		now += 60
		date := strconv.FormatInt(now, 10) + " +0200"
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
			"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@mail.example", "GIT_AUTHOR_DATE="+date,
			"GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@mail.example", "GIT_COMMITTER_DATE="+date)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
}

func packOf(t *testing.T, dir string) string {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(dir, ".git/objects/pack/*.idx"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("packs: %v, %v", packs, err)
	}
	return packs[0]
}

// agrees compares what git and this package say of the work tree in dir.
func agrees(t *testing.T, dir string, git func(...string) string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	want := strings.Fields(git("log", "-1", "--format=%H %ct"))
	seconds, err := strconv.ParseInt(want[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	check(t, root.FS(), want[0], seconds)
}
