package course

import (
	"bytes"
	_ "embed"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// NotYetClean is the list of files that still have faults of one kind, a line
// each: the kind and the path. It only shrinks; a line that is not needed any
// more is a fault itself.
const NotYetClean = ".ci/not-yet-clean"

// The kinds of fault in a text.
const (
	badWords    = "words"
	badExcerpts = "excerpts"
	tooLong     = "length"
)

//go:embed words.txt
var wordList string

var (
	insteadOf = make(map[string]string)
	words     = func() *regexp.Regexp {
		var all []string
		for line := range strings.Lines(wordList) {
			if word, instead, found := strings.Cut(strings.TrimSpace(line), ": "); found && !strings.HasPrefix(line, "#") {
				insteadOf[word] = instead
				all = append(all, strings.ReplaceAll(regexp.QuoteMeta(word), " ", `\s+`))
			}
		}
		return regexp.MustCompile(`(?i)\b(?:` + strings.Join(all, "|") + `)\b`)
	}()
	details     = regexp.MustCompile(`(?s)<details>.*?</details>`)
	target      = regexp.MustCompile(`\]\([^)]*\)`)
	excerptMark = regexp.MustCompile(`From\s+\[[^\]]+\]\(([^)]+\.(?:go|py))\)`)
	excerptBody = regexp.MustCompile("(?ms)^```(?:go|python)\n(.*?)^```")
	elision     = regexp.MustCompile(`^\s*(?:(?://|#)\s*)?(?:…|\.\.\.)`)
)

// longestPage is how many words a page has at most before the exercise; about
// 900 is the aim.
const longestPage = 1000

// CheckTexts proves that the texts below dir, a folder of the workshop at root,
// are in plain words and that pages are of a good length and quote their files
// letter by letter. Without dir it is the whole workshop.
func CheckTexts(root, dir string) error {
	_, err := checkTexts(root, dir)
	return err
}

// checkTexts is [CheckTexts]; unclean is what would have to be on the list.
func checkTexts(root, dir string) (unclean []string, err error) {
	open, err := notYetClean(root)
	if err != nil {
		return nil, err
	}
	var found faults
	judge := func(kind, path string, of faults) {
		key := kind + " " + path
		if len(of) > 0 {
			unclean = append(unclean, key)
		}
		if listed := slices.Contains(open, key); listed && len(of) == 0 {
			found.add("%s is clean: take %q off %s", path, key, NotYetClean)
		} else if !listed {
			for _, f := range of {
				found.add("%s: %s", path, f)
			}
		}
	}
	err = filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if name != "." && strings.HasPrefix(name, ".") || name == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".md", ".go", ".py", ".tmpl"}, filepath.Ext(name)) {
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), "\r\n", "\n")
		rel = filepath.ToSlash(rel)
		judge(badWords, rel, wordFaults(name, text))
		if name == "README.md" && strings.Count(rel, "/") == 2 {
			judge(badExcerpts, rel, excerptFaults(filepath.Dir(file), text))
			judge(tooLong, rel, lengthFaults(text))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, line := range open {
		_, path, _ := strings.Cut(line, " ")
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path))); err != nil && (dir == "" || strings.HasPrefix(path, dir+"/")) {
			found.add("%s names %s, which is not there", NotYetClean, path)
		}
	}
	return unclean, found.err()
}

func notYetClean(root string) (lines []string, err error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(NotYetClean)))
	if os.IsNotExist(err) {
		return nil, nil
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, err
}

// wordFaults finds the words of the list in what a person reads of a file: a
// page's prose, a program's comments and texts.
func wordFaults(name, text string) (found faults) {
	switch filepath.Ext(name) {
	case ".md":
		blank := func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }
		text = target.ReplaceAllString(code.ReplaceAllStringFunc(text, blank), "]")
	case ".go":
		text = spoken(text)
	}
	for _, at := range words.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		found.add("line %d says %q; write: %s", 1+strings.Count(text[:at[0]], "\n"), strings.Join(strings.Fields(word), " "),
			insteadOf[strings.ToLower(strings.Join(strings.Fields(word), " "))])
	}
	return found
}

// spoken is a Go file without all but its comments and texts, in the same lines.
func spoken(source string) string {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), nil, scanner.ScanComments)
	out := bytes.Repeat([]byte(" "), len(source))
	for i := range len(source) {
		if source[i] == '\n' {
			out[i] = '\n'
		}
	}
	for {
		pos, kind, text := s.Scan()
		switch kind {
		case token.EOF:
			return string(out)
		case token.COMMENT:
			at := file.Offset(pos)
			copy(out[at:], strings.ReplaceAll(source[at:min(at+len(text), len(source))], "//", "  ")) // so that a phrase may be broken over two lines
		case token.STRING:
			copy(out[file.Offset(pos):], text)
		}
	}
}

// excerptFaults finds code that a page shows as that of a file and that does not
// stand there. Indentation does not count, and a line … stands for what is left out.
func excerptFaults(dir, page string) (found faults) {
	for _, at := range excerptMark.FindAllStringSubmatchIndex(page, -1) {
		name := page[at[2]:at[3]]
		behind := page[at[1]:]
		body := excerptBody.FindStringSubmatchIndex(behind)
		if body == nil || strings.Contains(behind[:body[0]], "\n## ") {
			found.add("no code follows where it says %q", "From "+name)
			continue
		}
		source, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			found.add("it quotes %s, which is not there", name)
			continue
		}
		flat := "\n" + flatten(string(source))
		for _, piece := range pieces(behind[body[2]:body[3]]) {
			if at := strings.Index(flat, "\n"+piece); at >= 0 {
				continue
			}
			line, _, _ := strings.Cut(firstStrange(flat, piece), "\n")
			found.add("%q stands not so in %s", line, name)
		}
	}
	return found
}

// flatten takes the indentation off all lines.
func flatten(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

// pieces are the runs of lines of an excerpt between those that say that
// something is left out.
func pieces(excerpt string) (all []string) {
	var b strings.Builder
	done := func() {
		if piece := strings.Trim(b.String(), "\n"); piece != "" {
			all = append(all, piece+"\n")
		}
		b.Reset()
	}
	for line := range strings.Lines(excerpt) {
		if elision.MatchString(line) {
			done()
			continue
		}
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	done()
	return all
}

// firstStrange is the first line of a piece up to which it does not stand in the text.
func firstStrange(flat, piece string) string {
	end := 0
	for line := range strings.Lines(piece) {
		if end += len(line); !strings.Contains(flat, "\n"+piece[:end]) {
			return line
		}
	}
	return piece
}

// lengthFaults counts the words of a page before its exercise; without one, before
// what goes further. Code and <details> do not count.
func lengthFaults(page string) (found faults) {
	if _, text, ok := strings.Cut(page, "\n---\n"); ok {
		page = text
	}
	for _, end := range []string{"\n## Your turn\n", "\n## Go further\n"} {
		page, _, _ = strings.Cut(page, end)
	}
	page = pictures.ReplaceAllString(details.ReplaceAllString(fence.ReplaceAllString(page, ""), ""), "")
	if n := len(strings.Fields(page)); n > longestPage {
		found.add("%d words before the exercise: %d at most, about 900 is the aim", n, longestPage)
	}
	return found
}
