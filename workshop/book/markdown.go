package main

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), // a style attribute breaks the policy
		extension.Strikethrough, extension.Linkify),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithUnsafe(), // the pages are our own
		renderer.WithNodeRenderers(util.Prioritized(codeBlocks{}, 100))),
)

// codeBlocks shows fenced code with its words marked.
type codeBlocks struct{}

func (codeBlocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		n := node.(*ast.FencedCodeBlock)
		language := string(n.Language(source))
		try := "" // a change of the story that the page offers to make: ```diff try main.go
		if n.Info != nil {
			if _, file, found := strings.Cut(string(n.Info.Value(source)), "diff try "); found {
				try = fmt.Sprintf(` data-try="%s"`, template.HTMLEscapeString(file))
			}
		}
		_, _ = fmt.Fprintf(w, `<pre class="code %s" tabindex="0"%s><code>`, template.HTMLEscapeString(language), try)
		for _, line := range marked(language, string(n.Lines().Value(source))) {
			_, _ = w.WriteString(line)
		}
		_, _ = w.WriteString("</code></pre>\n")
		return ast.WalkSkipChildren, nil
	})
}

// A section is what stands under a heading of the second level; the first one,
// without a heading, is what stands above them all.
type section struct {
	Heading string
	ID      string
	nodes   []ast.Node
}

// A document is a text in Markdown whose links are those of the site.
type document struct {
	source   []byte
	sections []section
	links    []string
}

// parse reads a text. File is where it stands in the workshop, at the page that
// shows it.
func (s *site) parse(source []byte, file, at string) *document {
	d := &document{source: frontMatter.ReplaceAll(source, nil)}
	root := markdown.Parser().Parse(text.NewReader(d.source))
	var foreign []ast.Node
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			if leavesWorkshop(file, string(n.Destination)) {
				foreign = append(foreign, n)
				return ast.WalkSkipChildren, nil
			}
			n.Destination = d.follow(s, string(n.Destination), file, at)
		case *ast.Image:
			if strings.Contains(string(n.Destination), "://") {
				foreign = append(foreign, n)
				return ast.WalkSkipChildren, nil
			}
			n.Destination = d.follow(s, string(n.Destination), file, at)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range foreign {
		parent := n.Parent()
		parent.RemoveChild(parent, n)
		if !parent.HasChildren() { // it was a paragraph of its own
			parent.Parent().RemoveChild(parent.Parent(), parent)
		}
	}
	d.sections = []section{{}}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level <= 2 {
			if h.Level == 1 {
				continue // the page shows its title itself
			}
			id, _ := h.AttributeString("id")
			name, _ := id.([]byte)
			d.sections = append(d.sections, section{Heading: plain(h, d.source), ID: string(name)})
			continue
		}
		last := &d.sections[len(d.sections)-1]
		last.nodes = append(last.nodes, n)
	}
	return d
}

// leavesWorkshop reports whether a link leads to a page that only the host of the
// repository has, such as ../../issues.
func leavesWorkshop(file, link string) bool {
	return !strings.Contains(link, ":") && strings.HasPrefix(path.Join(path.Dir(file), link), "..")
}

var frontMatter = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)

// follow is a link of a file as one of the page at, and keeps what it leads to.
func (d *document) follow(s *site, link, file, at string) []byte {
	target, fragment, _ := strings.Cut(link, "#")
	if target == "" || strings.Contains(target, ":") {
		return []byte(link)
	}
	to := s.address(path.Join(path.Dir(file), target))
	page, _, _ := strings.Cut(to, "#")
	d.links = append(d.links, page)
	link = rel(at, to)
	if fragment != "" {
		link += "#" + fragment
	}
	return []byte(link)
}

// address is the path in the site of a file or folder of the workshop.
func (s *site) address(file string) string {
	info, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(file)))
	switch name, isText := strings.CutSuffix(file, ".md"); {
	case file == "." || file == "README.md":
		return ""
	case err == nil && info.IsDir():
		return file + "/"
	case path.Base(path.Dir(file)) == "_wrong": // a page has all of an exercise
		return path.Dir(file) + "/#" + answerName(file)
	case path.Base(file) == "README.md":
		return path.Dir(file) + "/"
	case isText:
		return name + "/"
	case strings.HasSuffix(file, ".svg"):
		return file
	default:
		return file + ".html"
	}
}

// html is what some of its nodes look like.
func (d *document) html(nodes ...ast.Node) template.HTML {
	var b bytes.Buffer
	for _, n := range nodes {
		_ = markdown.Renderer().Render(&b, d.source, n) // a buffer takes everything
	}
	return template.HTML(b.String()) //nolint:gosec // made from the workshop's own pages
}

// plain is the text of a node without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Value(source))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		case *ast.FencedCodeBlock:
			if entering {
				b.Write(n.Lines().Value(source))
			}
		}
		if !entering && n.Type() == ast.TypeBlock {
			b.WriteByte('\n')
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}
