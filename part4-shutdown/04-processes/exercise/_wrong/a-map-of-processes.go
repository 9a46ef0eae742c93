//wrong: keeps what still runs in a map by the Process: two equal ones are one, and some cannot be keys
//want:  tell processes apart by their place in procs
//kind:  work lost

package exercise

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

type Process interface {
	Name() string
	Signal(sig os.Signal) error
	Kill() error
	Wait() error
}

func Run(signals <-chan os.Signal, within time.Duration, procs []Process) error {
	type end struct {
		p   Process
		err error
	}
	ends := make(chan end)
	running := make(map[Process]bool)
	for _, p := range procs {
		running[p] = true
		go func() { ends <- end{p, p.Wait()} }()
	}
	failed := make(map[Process]error)
	var clock <-chan time.Time
	asked, killed := false, false
	ask := func(sig os.Signal) {
		if asked {
			return
		}
		asked = true
		t := time.NewTimer(within)
		clock = t.C
		for p := range running {
			_ = p.Signal(sig)
		}
	}
	kill := func() {
		if killed {
			return
		}
		killed = true
		for p := range running {
			_ = p.Kill()
		}
	}
	for range procs {
		for waiting := true; waiting; {
			select {
			case e := <-ends:
				waiting = false
				delete(running, e.p)
				if e.err != nil {
					failed[e.p] = fmt.Errorf("%s: %w", e.p.Name(), e.err)
					ask(syscall.SIGTERM)
				}
			case sig := <-signals:
				if asked {
					kill()
				}
				ask(sig)
			case <-clock:
				kill()
			}
		}
	}
	var errs []error
	for _, p := range procs {
		errs = append(errs, failed[p])
	}
	return errors.Join(errs...)
}
