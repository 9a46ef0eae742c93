package screen

import (
	"go/scanner"
	"go/token"
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"
)

// The colours of code: what is written for people is faint, what is a value is
// green, the language's own words stand out.
var (
	keyword = lipgloss.NewStyle().Foreground(lipgloss.Magenta)
	literal = lipgloss.NewStyle().Foreground(lipgloss.Green)
	remark  = lipgloss.NewStyle().Faint(true).Italic(true)
)

// highlight colours a piece of code, a page's or a contract's; what is neither
// Go nor Python has one colour.
func highlight(language, text string) string {
	switch language {
	case "go":
		return highlightGo(text)
	case "python":
		return highlightPython(text)
	default:
		return eachLine(code, text)
	}
}

// eachLine renders line by line, so that each can be wrapped and cut.
func eachLine(style lipgloss.Style, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = style.Render(line)
		}
	}
	return strings.Join(lines, "\n")
}

// highlightGo goes by Go's own scanner, which needs no whole file.
func highlightGo(text string) string {
	var s scanner.Scanner
	source := []byte(text)
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, source, func(token.Position, string) {}, scanner.ScanComments) // a piece may end in the middle
	var b strings.Builder
	done := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		at := file.Offset(pos)
		if at < done || lit == "\n" {
			continue
		}
		if !tok.IsLiteral() && !tok.IsKeyword() && tok != token.COMMENT {
			continue
		}
		end := min(at+len(lit), len(text)) // a raw string with carriage returns is longer than its literal
		b.WriteString(text[done:at])
		b.WriteString(eachLine(styleOf(tok, lit), text[at:end]))
		done = end
	}
	return b.String() + text[done:]
}

func styleOf(tok token.Token, lit string) lipgloss.Style {
	switch {
	case tok == token.COMMENT:
		return remark
	case tok.IsKeyword():
		return keyword
	case tok != token.IDENT, lit == "nil", lit == "true", lit == "false":
		return literal
	default:
		return lipgloss.NewStyle()
	}
}

var (
	pythonToken = regexp.MustCompile(`(?s)#[^\n]*|[rbf]?""".*?"""|[rbf]?'''.*?'''|[rbf]?"(?:[^"\\\n]|\\.)*"|[rbf]?'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|\d[\w.]*`)
	pythonWord  = regexp.MustCompile(`^(?:and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield)$`)
	pythonValue = regexp.MustCompile(`^(?:None|True|False|\d.*)$`)
)

func highlightPython(text string) string {
	return pythonToken.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case s[0] == '#':
			return remark.Render(s)
		case pythonWord.MatchString(s):
			return keyword.Render(s)
		case pythonValue.MatchString(s), strings.HasSuffix(s, `"`), strings.HasSuffix(s, `'`):
			return eachLine(literal, s)
		default:
			return s
		}
	})
}
