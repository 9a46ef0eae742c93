package screen

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"example.com/asyncio-to-go/workshop/course"
)

// wrap breaks a text into lines of up to width columns, the first of which
// begins with first and the others with rest.
func wrap(text string, width int, first, rest string) string {
	room := max(8, width-max(lipgloss.Width(first), lipgloss.Width(rest)))
	lines := strings.Split(lipgloss.Wrap(text, room, ""), "\n")
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = rest + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// plain is a text that a program said without what would move the cursor.
func plain(text string) string {
	text = strings.ReplaceAll(ansi.Strip(text), "\t", "    ")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, text)
}

var (
	spans   = regexp.MustCompile("`[^`]+`|\\*\\*[^*]+\\*\\*|!?\\[[^\\]]*\\]\\([^)]+\\)|\\*[^*\\s][^*]*\\*")
	item    = regexp.MustCompile(`^(\s*)([-*]|\d+\.) (.*)$`)
	dashes  = regexp.MustCompile(`^\|[-| :]+\|$`)
	picture = regexp.MustCompile(`^!\[[^\]]*\]\(([^)]+)\)$`)
	tags    = regexp.MustCompile(`</?[a-z]+[^>]*>`)
)

// markdown draws what the pages use of Markdown: paragraphs, lists, code,
// headings, tables, **bold**, *italic*, `code` and links.
func markdown(text string, width int) string { return markdownWith(text, width, nil) }

// markdownWith is [markdown] with pictures: what draw returns for a picture's
// file stands in its place, unless it is empty.
func markdownWith(text string, width int, draw func(file string, width int) string) string {
	var out []string
	var paragraph []string
	first, rest := "", ""
	end := func() {
		if len(paragraph) > 0 {
			out = append(out, wrap(inline(strings.Join(paragraph, " ")), width, first, rest))
		}
		paragraph, first, rest = nil, "", ""
	}
	fenced, language := false, ""
	var block []string
	draws := func(line string) string {
		m := picture.FindStringSubmatch(line)
		if m == nil || draw == nil {
			return ""
		}
		return draw(m[1], width)
	}
	var head []string // of the table at hand
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if !strings.HasPrefix(line, "|") {
			head = nil
		}
		switch m := item.FindStringSubmatch(line); {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			end()
			if fenced {
				out = append(out, codeLines(language, block, width))
			}
			fenced, language, block = !fenced, strings.Trim(line, "` "), nil
		case fenced:
			block = append(block, strings.ReplaceAll(line, "\t", "    "))
		case draws(line) != "":
			end()
			out = append(out, draws(line))
		case strings.TrimSpace(tags.ReplaceAllString(line, "")) == "":
			end()
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
		case strings.HasPrefix(line, "#"):
			end()
			out = append(out, styled(strings.TrimLeft(line, "# "), bold.Underline(true)))
		case dashes.MatchString(line):
		case strings.HasPrefix(line, "|") && head == nil:
			end()
			head = cells(line)
		case strings.HasPrefix(line, "|"):
			out = append(out, tableRow(head, cells(line), width))
		case m != nil:
			end()
			first, rest = m[1]+m[2]+" ", strings.Repeat(" ", len(m[1])+len(m[2])+1)
			paragraph = []string{m[3]}
		default:
			paragraph = append(paragraph, strings.TrimSpace(tags.ReplaceAllString(line, "")))
		}
	}
	end()
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

func cells(row string) []string {
	all := strings.Split(strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|"), "|")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// tableRow is a row of a table: what it is about, and below it each other cell
// with its column's name.
func tableRow(head, row []string, width int) string {
	widest := 0
	for _, name := range head[min(1, len(head)):] {
		widest = max(widest, lipgloss.Width(inline(name)))
	}
	widest = min(widest, width/3)
	var rows []string
	for i, cell := range row {
		switch {
		case cell == "":
		case i == 0:
			rows = append(rows, wrap(styled(cell, bold), width, "", "  "))
		default:
			name := ""
			if i < len(head) {
				name = ansi.Strip(inline(head[i]))
			}
			rows = append(rows, wrap(inline(cell), width, "  "+faint.Render(fit(name, widest)+" │ "), "  "+strings.Repeat(" ", widest)+faint.Render(" │ ")))
		}
	}
	return strings.Join(rows, "\n")
}

// codeLines is a block of code.
func codeLines(language string, block []string, width int) string {
	if len(block) == 0 {
		return ""
	}
	if language == "diff" {
		return colourDiff(strings.Join(block, "\n"), width)
	}
	lines := strings.Split(highlight(language, strings.Join(block, "\n")), "\n")
	for i, line := range lines {
		lines[i] = wrap(line, width, "  ", "    ")
	}
	return strings.Join(lines, "\n")
}

// inline draws what stands in a line.
func inline(text string) string { return styled(text, lipgloss.NewStyle()) }

// styled is [inline] in a style that what is in it keeps: code in bold text is
// code and bold.
func styled(text string, style lipgloss.Style) string {
	var b strings.Builder
	done := 0
	for _, at := range spans.FindAllStringIndex(text, -1) {
		b.WriteString(style.Render(text[done:at[0]]))
		done = at[1]
		switch s := text[at[0]:at[1]]; {
		case s[0] == '`':
			b.WriteString(style.Foreground(code.GetForeground()).Render(strings.Trim(s, "`")))
		case strings.HasPrefix(s, "**"):
			b.WriteString(styled(strings.Trim(s, "*"), style.Bold(true)))
		case s[0] == '*':
			b.WriteString(styled(strings.Trim(s, "*"), style.Italic(true)))
		case s[0] == '!':
			name, _, _ := strings.Cut(s[2:], "](")
			b.WriteString(style.Faint(true).Render("[a picture: " + name + "]"))
		default:
			name, _, _ := strings.Cut(s[1:], "](")
			b.WriteString(styled(name, style))
		}
	}
	b.WriteString(style.Render(text[done:]))
	return b.String()
}

var declares = regexp.MustCompile(`^(func|type|var|const)\b`)

// contract draws what an exercise asks for, code and what is said about it. No
// line is cut. Where a field and its comment have no room in a line, the
// declaration's comments stand above.
func contract(l course.Lesson, width int) string {
	var out, block []string
	depth := 0 // of brackets that are open in the declaration at hand
	for line := range strings.Lines(strings.TrimRight(l.Contract(width), "\n")) {
		line = strings.TrimRight(line, "\n")
		if depth == 0 && !declares.MatchString(line) {
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			out = append(out, wrap(line[len(indent):], width, indent, indent))
			continue
		}
		block = append(block, line)
		depth += opened(line)
		if depth == 0 {
			out, block = append(out, declared(block, width)...), nil
		}
	}
	return strings.Join(append(out, block...), "\n")
}

// opened is how many brackets a line of Go opens and leaves open.
func opened(line string) int {
	line, _, _ = strings.Cut(line, "//")
	return strings.Count(line, "(") + strings.Count(line, "{") + strings.Count(line, "[") -
		strings.Count(line, ")") - strings.Count(line, "}") - strings.Count(line, "]")
}

// declared is a declaration in lines of up to so many columns.
func declared(block []string, width int) []string {
	above := slices.ContainsFunc(block, func(line string) bool {
		return strings.Contains(line, "// ") && lipgloss.Width(line) > width
	})
	var out []string
	for _, line := range block {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		field, comment, commented := strings.Cut(line[len(indent):], "// ")
		if commented && above {
			out = append(out, wrap(remark.Render(comment), width, indent+faint.Render("// "), indent+faint.Render("// ")))
			if line = strings.Join(strings.Fields(field), " "); line == "" {
				continue
			}
			line = indent + line
		}
		out = append(out, wrap(highlightGo(line[len(indent):]), width, indent, indent+"    "))
	}
	return out
}

// colourDiff draws a unified diff.
func colourDiff(diff string, width int) string {
	var out []string
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		text := plain(line)
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			text = bold.Render(text)
		case strings.HasPrefix(line, "@@"):
			text = faint.Render(text)
		case strings.HasPrefix(line, "-"):
			text = bad.Render(text)
		case strings.HasPrefix(line, "+"):
			text = good.Render(text)
		}
		out = append(out, wrap(text, width, "", "      "))
	}
	return strings.Join(out, "\n")
}

// pageOf is a lesson's page without its front matter and without the hints, which
// h shows one at a time.
func pageOf(l course.Lesson) string {
	data, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(l.Dir), "README.md"))
	if err != nil {
		return ""
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if _, after, found := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n"); found {
		text = after
	}
	before, after, found := strings.Cut(text, "\n## Hints\n")
	if _, rest, more := strings.Cut(after, "\n## "); found && more {
		text = before + "\n## " + rest
	} else if found {
		text = before
	}
	return strings.TrimSpace(text)
}

// number is a number in words, as a sentence begins.
func number(n int) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}
	if n < len(words) {
		return words[n]
	}
	return "Many"
}
