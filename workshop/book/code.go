package main

import (
	"html"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// marked is a source text as lines of HTML, each with its line end, whose
// words have the classes that book.css knows.
func marked(language, source string) []string {
	lexer := lexers.Get(language)
	if lexer == nil || language == "" || language == "text" {
		lexer = lexers.Fallback
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, source)
	if err != nil {
		return []string{html.EscapeString(source)}
	}
	var lines []string
	for _, line := range chroma.SplitTokensIntoLines(tokens.Tokens()) {
		var b strings.Builder
		for _, t := range line {
			text, end := strings.CutSuffix(t.Value, "\n")
			if class := classOf(t.Type); class != "" && strings.TrimSpace(text) != "" {
				b.WriteString("<i class=" + class + ">" + html.EscapeString(text) + "</i>") // short: the site has a hundred thousand of them
			} else {
				b.WriteString(html.EscapeString(text))
			}
			if end {
				b.WriteByte('\n')
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// classOf is the class of a token; most have none.
func classOf(t chroma.TokenType) string {
	switch {
	case t == chroma.GenericDeleted:
		return "del"
	case t == chroma.GenericInserted:
		return "ins"
	case t.InCategory(chroma.Keyword):
		return "key"
	case t.InCategory(chroma.Comment):
		return "com"
	case t.InSubCategory(chroma.LiteralString):
		return "str"
	case t.InSubCategory(chroma.LiteralNumber):
		return "num"
	case t == chroma.NameFunction, t == chroma.NameClass:
		return "fun"
	case t == chroma.NameDecorator, t.InSubCategory(chroma.NameBuiltin):
		return "bui"
	default:
		return ""
	}
}
