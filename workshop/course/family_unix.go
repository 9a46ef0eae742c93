//go:build unix

package course

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A family is a command and all that it starts: what is in its process group,
// and what has left the group but still has the check's folder in its
// environment.
type family struct {
	cmd *exec.Cmd
	dir string
}

func newFamily(cmd *exec.Cmd, dir string) *family {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &family{cmd, dir}
}

func (f *family) started() {}

// strike ends the family, and waits for nothing: the command may still run.
func (f *family) strike() error {
	f.strikes()
	return nil
}

// kill ends what is left of the family when its command has ended, and waits
// until it is gone, for a second at most.
func (f *family) kill() error {
	for range 50 {
		if !f.strikes() {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	return nil
}

// strikes reports whether there was anything to end.
func (f *family) strikes() (left bool) {
	if f.cmd.Process == nil {
		return false
	}
	left = syscall.Kill(-f.cmd.Process.Pid, syscall.SIGKILL) == nil
	for _, pid := range relatives(f.dir) {
		left = syscall.Kill(pid, syscall.SIGKILL) == nil || left
	}
	return left
}

// relatives are the processes that have a check's folder in their environment.
func relatives(dir string) []int {
	var pids []int
	mark := []byte("WORKSHOP_CHECK=" + dir)
	entries, err := os.ReadDir("/proc")
	if err != nil { // macOS
		out, _ := exec.Command("ps", "-axEwwo", "pid=,command=").Output() //nolint:noctx // it does not wait
		for line := range bytes.Lines(out) {
			if pid, err := strconv.Atoi(string(bytes.Fields(line)[0])); err == nil && bytes.Contains(line, mark) {
				pids = append(pids, pid)
			}
		}
		return pids
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ")); err == nil && bytes.Contains(env, append(mark, 0)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// A member is a process of the machine.
type member struct {
	pid, parent, group int
	stopped            bool
	memory             int64
}

// watch ends a run whose processes, but for the go command itself, together
// hold more than most bytes, or whose test binary has stopped itself. It
// returns when ctx ends.
func (f *family) watch(ctx context.Context, most int64, end context.CancelCauseFunc) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	stopped, much := 0, 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		leader := f.cmd.Process.Pid
		kin := map[int]bool{leader: true}
		var taken int64
		stops := false
		for _, p := range machine() {
			if kin[p.parent] || p.group == leader {
				kin[p.pid] = true
			}
			if !kin[p.pid] || p.pid == leader {
				continue
			}
			taken += p.memory
			stops = stops || p.stopped && p.parent == leader
		}
		if stops {
			stopped++
		} else {
			stopped = 0
		}
		if most > 0 && taken > most {
			much++
		} else {
			much = 0
		}
		switch {
		case much > 10, much > 0 && taken > 2*most: // until then the test binary itself may say it, and where
			end(errMemory)
		case stopped > 3:
			end(errStopped)
		}
	}
}

// machine are the machine's processes, parents mostly before their children.
func machine() []member {
	entries, err := os.ReadDir("/proc")
	if err != nil { // macOS
		return listed()
	}
	var all []member
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // a name may hold spaces
		if len(fields) < 22 {
			continue
		}
		p := member{pid: pid, stopped: fields[0] == "T"}
		p.parent, _ = strconv.Atoi(fields[1]) // the kernel writes numbers
		p.group, _ = strconv.Atoi(fields[2])
		pages, _ := strconv.ParseInt(fields[21], 10, 64)
		p.memory = pages * int64(os.Getpagesize())
		all = append(all, p)
	}
	return all
}

func listed() []member {
	out, _ := exec.Command("ps", "-axo", "pid=,ppid=,pgid=,stat=,rss=").Output() //nolint:noctx // it does not wait
	var all []member
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		p := member{stopped: strings.HasPrefix(fields[3], "T")}
		p.pid, _ = strconv.Atoi(fields[0]) // ps writes numbers
		p.parent, _ = strconv.Atoi(fields[1])
		p.group, _ = strconv.Atoi(fields[2])
		kib, _ := strconv.ParseInt(fields[4], 10, 64)
		p.memory = kib << 10
		all = append(all, p)
	}
	return all
}
