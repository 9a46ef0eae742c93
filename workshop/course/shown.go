package course

import "example.com/asyncio-to-go/workshop/lesson"

// Shown is a result as a page shows it.
type Shown struct {
	Passed  bool     `json:"passed"`
	Summary string   `json:"summary"`
	Broken  string   `json:"broken,omitempty"`
	Failing []string `json:"failing,omitempty"`
	Tests   []Said   `json:"tests"`
}

// Said are the tests that say the same.
type Said struct {
	Names     []string     `json:"names"`
	Sentences []string     `json:"sentences"`
	State     string       `json:"state"`
	Message   string       `json:"message,omitempty"`
	Quoted    []SourceLine `json:"quoted,omitempty"`
	Run       *lesson.Run  `json:"run,omitempty"`
	Apart     int          `json:"apart"` // the line from which the solution's run differs; -1 if it is not known
}

// Show is what a check has found, with the lines of the answer that it names.
func (l Lesson) Show(found Result) Shown {
	shown := Shown{Passed: found.Passed(), Summary: found.Summary(), Broken: found.Broken, Tests: []Said{}}
	for _, same := range found.Grouped() {
		s := Said{State: same[0].State(), Message: same[0].Message, Quoted: l.Quoted(same[0].Message), Run: same[0].OwnRun(), Apart: -1}
		if s.Run != nil {
			s.Apart = s.Run.Apart()
		}
		for _, t := range same {
			s.Names, s.Sentences = append(s.Names, t.Name), append(s.Sentences, t.Sentence())
			if !t.Passed {
				shown.Failing = append(shown.Failing, t.Name)
			}
		}
		shown.Tests = append(shown.Tests, s)
	}
	return shown
}
