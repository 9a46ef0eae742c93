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
	spans  = regexp.MustCompile("`[^`]+`|\\*\\*[^*]+\\*\\*|!?\\[[^\\]]*\\]\\([^)]+\\)|\\*[^*\\s][^*]*\\*")
	item   = regexp.MustCompile(`^(\s*)([-*]|\d+\.) (.*)$`)
	dashes = regexp.MustCompile(`^\|[-| :]+\|$`)
	tags   = regexp.MustCompile(`</?[a-z]+[^>]*>`)
)

// markdown draws what the pages use of Markdown: paragraphs, lists, code,
// headings, tables, **bold**, *italic*, `code` and links.
func markdown(text string, width int) string {
	var out []string
	var paragraph []string
	first, rest := "", ""
	end := func() {
		if len(paragraph) > 0 {
			out = append(out, wrap(inline(strings.Join(paragraph, " ")), width, first, rest))
		}
		paragraph, first, rest = nil, "", ""
	}
	fenced := false
	var head []string // of the table at hand
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if !strings.HasPrefix(line, "|") {
			head = nil
		}
		switch m := item.FindStringSubmatch(line); {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			end()
			fenced = !fenced
		case fenced:
			out = append(out, wrap(code.Render(strings.ReplaceAll(line, "\t", "    ")), width, "  ", "    "))
		case strings.TrimSpace(tags.ReplaceAllString(line, "")) == "":
			end()
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
		case strings.HasPrefix(line, "#"):
			end()
			out = append(out, bold.Underline(true).Render(inline(strings.TrimLeft(line, "# "))))
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
			rows = append(rows, wrap(bold.Render(inline(cell)), width, "", "  "))
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

// inline draws what stands in a line.
func inline(text string) string {
	return spans.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case s[0] == '`':
			return code.Render(strings.Trim(s, "`"))
		case strings.HasPrefix(s, "**"):
			return bold.Render(strings.Trim(s, "*"))
		case s[0] == '*':
			return italic.Render(strings.Trim(s, "*"))
		case s[0] == '!':
			name, _, _ := strings.Cut(s[2:], "](")
			return faint.Render("[a picture: " + name + "]")
		default:
			name, _, _ := strings.Cut(s[1:], "](")
			return inline(name)
		}
	})
}

var declaration = regexp.MustCompile(`^(func|type|var|const|\t|\}|\))`)

// contract draws what an exercise asks for. Where a field and its comment have
// no room in a line, the comments stand above.
func contract(l course.Lesson, width int) string {
	lines := strings.Split(strings.TrimRight(l.Contract(width), "\n"), "\n")
	above := slices.ContainsFunc(lines, func(line string) bool { return declaration.MatchString(line) && len(untab(line)) > width-4 })
	var out []string
	for _, line := range lines {
		if !declaration.MatchString(line) {
			out = append(out, line)
			continue
		}
		line = untab(line)
		field, comment, commented := strings.Cut(line, "// ")
		if indent := line[:len(line)-len(strings.TrimLeft(line, " "))]; commented && above {
			out = append(out, wrap(faint.Render(comment), width, indent+faint.Render("// "), indent+faint.Render("// ")))
			line = indent + strings.Join(strings.Fields(field), " ")
		}
		out = append(out, wrap(code.Render(line), width, "", "    "))
	}
	return strings.Join(out, "\n")
}

// untab sets a declaration as gofmt means it, its indentation two columns wide.
func untab(line string) string {
	const stop = 8
	var b strings.Builder
	column := 0
	for _, r := range line {
		if r != '\t' {
			b.WriteRune(r)
			column++
			continue
		}
		for {
			b.WriteByte(' ')
			if column++; column%stop == 0 {
				break
			}
		}
	}
	text := b.String()
	for indent := 0; strings.HasPrefix(line[indent:], "\t"); indent++ {
		text = text[stop-2:]
	}
	return text
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
