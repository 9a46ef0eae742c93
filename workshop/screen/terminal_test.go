package screen_test

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"github.com/stretchr/testify/require"
)

// A terminal runs a program as a person would: what it draws is read from the
// screen, keys are typed.
type terminal struct {
	pty  *os.File
	cmd  *exec.Cmd
	done sync.WaitGroup
	exit error // valid when done

	mu     sync.Mutex // guards the below
	screen vt10x.Terminal
	raw    strings.Builder
	drawn  time.Time // when something came last
}

// patience is how long a screen is waited for; two cores may be busy, and a
// right answer is compiled twice.
const patience = time.Minute

func startTerminal(t *testing.T, columns, rows int, cmd *exec.Cmd) *terminal {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("this test needs a pseudo-terminal")
	}
	if testing.Short() {
		t.Skip("this test runs the program in a terminal, which takes seconds")
	}
	term := &terminal{cmd: cmd, screen: vt10x.New(vt10x.WithSize(columns, rows))}
	var err error
	term.pty, err = pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}) //nolint:gosec // small
	require.NoError(t, err)
	term.done.Go(term.read)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended, as a rule
		term.done.Wait()
		_ = term.pty.Close()
	})
	return term
}

// read draws what the program writes until it ends.
func (term *terminal) read() {
	var pending []byte
	buffer := make([]byte, 1<<16)
	for {
		n, err := term.pty.Read(buffer)
		pending = append(pending, buffer[:n]...)
		whole := len(pending) - rest(pending)
		term.mu.Lock()
		term.raw.Write(pending[:whole])
		_, _ = io.WriteString(term.screen, private.ReplaceAllString(string(pending[:whole]), "")) // it takes everything
		term.drawn = time.Now()
		term.mu.Unlock()
		pending = append(pending[:0], pending[whole:]...)
		if err != nil {
			break
		}
	}
	term.exit = term.cmd.Wait()
}

var (
	private  = regexp.MustCompile(`\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b\[\?[0-?]*\$p|\x1b\[\?[0-?]*u`) // which the emulator takes for others
	sequence = regexp.MustCompile(`^\x1b(\[[0-?]*[ -/]*[@-~]|\][^\a\x1b]*(\a|\x1b\\)|[^\[\]])`)
)

// rest is how many bytes at the end are not a whole letter or sequence yet.
func rest(p []byte) int {
	if at := strings.LastIndexByte(string(p), '\x1b'); at >= 0 && !sequence.Match(p[at:]) {
		return len(p) - at
	}
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if at := len(p) - n; utf8.RuneStart(p[at]) && !utf8.FullRune(p[at:]) {
			return n
		}
	}
	return 0
}

// text is what stands on the screen, without blanks at the ends of lines.
func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	lines := strings.Split(term.screen.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func (term *terminal) written() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.raw.String()
}

// still is what the program has written once it draws nothing more.
func (term *terminal) still(t *testing.T) string {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		term.mu.Lock()
		quiet, written := time.Since(term.drawn), term.raw.String()
		term.mu.Unlock()
		if quiet > 500*time.Millisecond {
			return written
		}
		require.True(t, time.Now().Before(end), "the screen never rests")
	}
}

// typed types keys.
func (term *terminal) typed(t *testing.T, keys string) {
	t.Helper()
	_, err := io.WriteString(term.pty, keys)
	require.NoError(t, err)
}

// shows waits until the screen shows all of the texts.
func (term *terminal) shows(t *testing.T, texts ...string) {
	t.Helper()
	term.until(t, func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) && !strings.Contains(joined(screen), text) {
				return false
			}
		}
		return true
	}, "%q is not on the screen", texts)
}

// joined is what stands right of the list, its lines put together again.
func joined(screen string) string {
	var words []string
	for line := range strings.Lines(screen) {
		if _, right, found := strings.Cut(line, "│ "); found {
			line = right
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " ")
}

// hides waits until the screen does not show a text any more.
func (term *terminal) hides(t *testing.T, text string) {
	t.Helper()
	term.until(t, func(screen string) bool { return !strings.Contains(screen, text) }, "%q stays on the screen", text)
}

func (term *terminal) until(t *testing.T, is func(screen string) bool, format string, args ...any) {
	t.Helper()
	for end := time.Now().Add(patience); !is(term.text()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			require.Failf(t, "the screen is another", format+":\n%s", append(args, term.text())...)
		}
	}
}

// ends waits until the program has ended, and returns how.
func (term *terminal) ends(t *testing.T) error {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		term.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return term.exit
	case <-time.After(patience):
		require.Fail(t, "the program does not end", term.text())
		return nil
	}
}

func (term *terminal) resize(t *testing.T, columns, rows int) {
	t.Helper()
	term.mu.Lock()
	term.screen.Resize(columns, rows)
	term.mu.Unlock()
	require.NoError(t, pty.Setsize(term.pty, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})) //nolint:gosec // small
}
