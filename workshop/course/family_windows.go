package course

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A family is a command and all that it starts. They are in one job object,
// which ends them when it is closed, also by the end of this program.
type family struct {
	cmd *exec.Cmd
	job windows.Handle
}

func newFamily(cmd *exec.Cmd, _ string) *family {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP} // Ctrl-C is not for it
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return &family{cmd: cmd}
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))) //nolint:gosec // as the call wants it
	if err != nil {
		_ = windows.CloseHandle(job)
		job = 0
	}
	return &family{cmd, job}
}

// started takes the command into the job. What it starts follows it there.
func (f *family) started() {
	if f.job == 0 {
		return
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(f.cmd.Process.Pid))
	if err != nil {
		return
	}
	_ = windows.AssignProcessToJobObject(f.job, process) // otherwise taskkill must do
	_ = windows.CloseHandle(process)
}

// kill ends the family. It may be called again, and after the command has ended.
func (f *family) kill() error {
	if f.cmd.Process == nil {
		return nil
	}
	if f.job != 0 {
		_ = windows.TerminateJobObject(f.job, 1)
	}
	if f.cmd.ProcessState == nil {
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(f.cmd.Process.Pid)).Run() //nolint:noctx // it does not wait
	} else if f.job != 0 {
		_ = windows.CloseHandle(f.job)
		f.job = 0
	}
	return nil
}

// watch is for other systems: here the test binary itself sees what it takes.
func (f *family) watch(context.Context, int64, context.CancelCauseFunc) {}

// strike is [family.kill] while the command may still run.
func (f *family) strike() error { return f.kill() }
