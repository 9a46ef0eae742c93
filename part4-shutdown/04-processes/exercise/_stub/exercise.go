// Package exercise is yours: write Run.
package exercise

import (
	"os"
	"time"
)

// A Process is a child process that has been started.
type Process interface {
	Name() string
	Signal(sig os.Signal) error // asks it to stop; does not wait for that
	Kill() error                // ends it within moments; does not wait for that either
	Wait() error                // waits until it has ended; nil means status 0. To be called once, as that of exec.Cmd
}

// Run looks after a group of child processes until the last one has ended, and returns what went wrong.
//
//   - The group is asked to stop once: by the first signal, or by the first process that fails, whichever comes first. (It
//     fails when its Wait returns an error.) Then Run calls Signal once for each process that still runs, at once: with the
//     signal that came, or with syscall.SIGTERM after a failure.
//   - From then on the processes clean up, each as long as it takes. Another failure, or a clean end, changes nothing for
//     the others.
//   - Run calls Kill once for each process that still runs when `within` has passed since the group was asked, or at once
//     when one more signal comes after the group was asked, also one that has waited in the channel. After that, neither
//     signals nor the time have an effect.
//   - A clean end before the group was asked asks no process: the others work on.
//   - A process still runs until its Wait has returned. Then its number may belong to another process: Run calls neither
//     Signal nor Kill any more.
//   - Signal and Kill may return an error, because the process has just ended or for another reason. Run goes on as if there
//     were none; how the process ended is for Wait to say.
//   - Wait is called exactly once for each process, or it would become a zombie. Run returns when the last Wait has
//     returned: no orphan. Then it has left no goroutine or derived context behind.
//   - Run returns nil if all have ended with nil, and at once if there are no processes. Otherwise it returns the errors of
//     all that failed or were killed, joined (errors.Join) in the order of procs, each wrapped behind the name of its
//     process: "worker 1: exit status 1". Two processes may have the same name.
//   - Of two things that happen at the same instant (a Wait returns, a signal comes, the time is over) either may come first.
//
// Run does not change procs. Signals is never closed. Within is more than 0. The methods of one Process may be called at
// the same time; they do not panic, and only Wait waits.
func Run(signals <-chan os.Signal, within time.Duration, procs []Process) error {
	panic("not written yet")
}
