// Verdict says what a run of an exercise's tests means that took place in a
// browser. It is built for wasm and reads a file system that the page fills:
// the workshop's root is /workshop, the answer lies in its exercise.
//
//	verdict result LESSON RUNS
//	verdict beside RUN SOLUTION
//	verdict stretch ANSWER DIR
//	verdict compare LESSON
//
// The first reads the runs of the test binaries, as JSON. The second puts the
// solution's run of a test beside the answer's. The third writes the answer as
// the second run of a check has it, and what must be beside it; it gives way only
// where the environment has WORKSHOP_STRETCHES. The last prints
// how the answer differs from the solution.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(what string, args []string) error {
	switch what {
	case "result":
		return result(args[0], args[1])
	case "beside":
		both, err := course.Beside(args[0], args[1])
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(both)
	case "stretch":
		answer, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		longer, file, beside := course.Longer(answer)
		// One binary runs the answer as it is, too: to link takes longest.
		beside = strings.Replace(beside, "if rand", "if workshopStretches && rand", 1) + "\nvar workshopStretches = os.Getenv(\"WORKSHOP_STRETCHES\") != \"\"\n"
		beside = strings.Replace(beside, "import (", "import (\n\t\"os\"", 1)
		return errors.Join(os.WriteFile(args[1]+"/exercise.go", longer, 0o600), os.WriteFile(args[1]+"/"+file, []byte(beside), 0o600))
	case "compare":
		l, err := course.Find("/workshop", args[0])
		if err != nil {
			return err
		}
		diff, err := learner.Compare(l)
		fmt.Print(diff)
		return err
	}
	return fmt.Errorf("it cannot %s", what)
}

func result(name, file string) error {
	l, err := course.Find("/workshop", name)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var given []struct {
		Events, Crash, Ended string
		Failed               bool
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	var runs []course.Replay
	for _, r := range given {
		runs = append(runs, course.Replay{Events: strings.NewReader(r.Events), Crash: r.Crash, Failed: r.Failed, Ended: r.Ended})
	}
	found, skip, err := l.Replayed(map[string]string{"exercise.go": l.Answer()}, runs...)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(struct {
		course.Shown
		Skip string `json:"skip,omitempty"`
	}{l.Show(found), skip})
}
