package room

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A Stray is a line of a pasted text that doctor has not written.
type Stray struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Pasted reads the lines that doctor printed and people pasted, by whatever way
// they came: in UTF-8, in UTF-16 as PowerShell writes it, in Latin-1; with the
// no-break spaces of a web chat; cut in several lines by a terminal or a mail.
// It returns the people in the order of the text.
func Pasted(data []byte) (people []Person, strays []Stray) {
	lines := strings.Split(plain(decode(data)), "\n")
	for i, used := 0, 1; i < len(lines); i += used {
		var text string
		text, used = unfold(lines[i:])
		p, err := ParseLine(text)
		switch text = strings.TrimSpace(text); {
		case err == nil:
			people = append(people, p)
		case text != "":
			strays = append(strays, Stray{Line: i + 1, Text: text})
		}
	}
	return people, strays
}

// decode is the text of a file in one of the encodings that machines write.
func decode(data []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default: // of two bytes of UTF-16 one is nearly always 0
		var zeros [2]int
		for i, b := range data {
			if b == 0 {
				zeros[i%2]++
			}
		}
		if most := len(data) / 4; zeros[1] > most {
			order = binary.LittleEndian
		} else if zeros[0] > most {
			order = binary.BigEndian
		}
	}
	if order != nil {
		var units []uint16
		for pair := range slices.Chunk(data[:len(data)/2*2], 2) {
			units = append(units, order.Uint16(pair))
		}
		return string(utf16.Decode(units))
	}
	if utf8.Valid(data) {
		return string(data)
	}
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b) // Latin-1
	}
	return string(runes)
}

// plain has one kind of line end, space and hyphen, and nothing without a width.
func plain(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u0085", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == '\u2010' || r == '\u2011':
			return '-'
		case unicode.Is(unicode.Cf, r): // no width, such as a byte order mark
			return -1
		default:
			return r
		}
	}, text)
}

const lineMark = lineName + " " + lineVersion + " "

// unfold is the first of lines, and how many of them it was cut in.
func unfold(lines []string) (text string, used int) {
	text, used = lines[0], 1
	if !strings.Contains(text, lineMark) && len(lines) > 1 {
		whole := join(text, lines[1])
		if at := strings.Index(whole, lineMark); at < 0 || at >= len(text) || strings.Contains(lines[1], lineMark) {
			return text, used // there is no mark that a line's end has cut
		}
		text, used = whole, 2
	}
	widest := 0
	for used < len(lines) && !ended(text) {
		next := lines[used]
		if strings.TrimSpace(next) == "" || strings.Contains(next, lineMark) {
			break
		}
		whole := join(text, next)
		width := utf8.RuneCountInString(lines[used-1])
		widest = max(widest, width)
		cutAgain := used > 1 && width == widest
		if !fieldsOnly(whole) || !hasField(next) && !cutAgain && !ended(whole) {
			break
		}
		text, used = whole, used+1
	}
	return text, used
}

// keys are those of a line's fields.
var keys = []string{"name=", "go=", "os=", "race=", "python=", "cache=", "right=", "at=", "checks=", "checked=", "failing="}

func isField(word string) bool {
	return word == lineEnd || slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(word, key) })
}

// hasField reports whether a field begins in the text, or the line ends in it.
func hasField(text string) bool { return slices.ContainsFunc(strings.Fields(text), isField) }

// join puts together what was cut. The cut may have taken a space with it.
func join(text, next string) string {
	next = strings.TrimPrefix(next, "> ") // a mail's
	if words := strings.Fields(next); len(words) > 0 && isField(words[0]) {
		return text + " " + next
	}
	return text + next
}

// fieldsOnly reports whether all behind the mark are fields, the last one perhaps
// only its beginning.
func fieldsOnly(text string) bool {
	_, behind, _ := strings.Cut(text, lineMark)
	fields := strings.Fields(behind)
	for i, field := range fields {
		begins := func(key string) bool { return strings.HasPrefix(key, field) }
		last := i == len(fields)-1 && slices.ContainsFunc(append(keys, lineEnd), begins)
		if !strings.Contains(field, "=") && field != lineEnd && !last {
			return false
		}
	}
	return true
}

func ended(text string) bool {
	fields := strings.Fields(text)
	return len(fields) > 0 && strings.Trim(fields[len(fields)-1], quotes) == lineEnd
}
