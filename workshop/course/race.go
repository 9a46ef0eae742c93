package course

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	raceReport = regexp.MustCompile(`(?s)={18}\nWARNING: DATA RACE\n(.*?)\n={18}\n`)
	access     = regexp.MustCompile(`^(?:Previous )?(?i:(atomic )?(read|write)) at 0x[0-9a-f]+ by `)
)

// An accessed is one side of a data race.
type accessed struct {
	verb  string // reads or writes
	file  string // where; empty: the detector does not remember
	line  int
	known bool
}

func (a accessed) place() string { return filepath.Base(a.file) + ":" + strconv.Itoa(a.line) }

// races takes the race detector's reports out of what a test said, and tells
// each race in a sentence.
func (b *bench) races(output string) (rest, sentences, raw string) {
	var said, reports []string
	for _, m := range raceReport.FindAllStringSubmatch(output, -1) {
		reports = append(reports, m[0])
		if s := b.race(m[1]); !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	if more := len(said) - 3; more > 0 {
		said = append(said[:3], fmt.Sprintf("and %d more data races", more))
	}
	if len(reports) == 0 {
		said = []string{"data race: " + raceDetected}
	}
	return raceReport.ReplaceAllString(output, ""), strings.Join(said, "\n"), strings.Join(reports, "")
}

// race tells a report in a sentence.
func (b *bench) race(report string) string {
	var sides []accessed
	for block := range strings.SplitSeq(report, "\n\n") {
		head, trace, _ := strings.Cut(block, "\n")
		m := access.FindStringSubmatch(head)
		if m == nil {
			continue
		}
		a := accessed{verb: strings.ToLower(m[2]) + "s"}
		for _, f := range raceFrame.FindAllStringSubmatch(trace, -1) {
			if b.own(f[1]) {
				a.file, a.known = f[1], true
				a.line, _ = strconv.Atoi(f[2]) // digits
				break
			}
		}
		sides = append(sides, a)
	}
	if len(sides) != 2 {
		return "data race: " + strings.TrimSpace(report)
	}
	one, two := sides[0], sides[1]
	if one.verb == "reads" && two.verb == "writes" || !one.known { // the write is what makes it a race
		one, two = two, one
	}
	name := b.raced(one, two)
	const why = "; no lock or channel orders the two"
	object := name
	if object == "" {
		object = "memory"
	}
	switch {
	case !one.known:
		return "data race in code that the exercise calls" + why
	case !two.known:
		return fmt.Sprintf("data race: %s %s %s while another goroutine %s it%s", one.place(), one.verb, object, two.verb, why)
	case one.place() == two.place():
		return fmt.Sprintf("data race: %s %s %s in one goroutine while another one is at the same line%s", one.place(), one.verb, object, why)
	default:
		return fmt.Sprintf("data race: %s %s %s while %s %s it%s", one.place(), one.verb, object, two.place(), two.verb, why)
	}
}

var raceFrame = regexp.MustCompile(`(?m)^ {6}(\S.*\.go):(\d+)`)

// raced is the variable of a race, as the source calls it; empty if the lines
// do not say.
func (b *bench) raced(one, two accessed) string {
	if !one.known {
		return ""
	}
	written := b.names(one.file, one.line, one.verb == "writes")
	if !two.known {
		return first(written)
	}
	for _, all := range [][]string{b.names(two.file, two.line, two.verb == "writes"), b.names(two.file, two.line, false)} {
		for _, name := range written {
			if slices.Contains(all, name) {
				return name
			}
		}
		for _, name := range written { // a field under another receiver's name
			for _, other := range all {
				if strings.Contains(name, ".") && name[strings.LastIndexByte(name, '.'):] == other[max(0, strings.LastIndexByte(other, '.')):] {
					return name
				}
			}
		}
	}
	return first(written)
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}
