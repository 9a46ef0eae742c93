package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The two pictures of the page are drawn from this run, with -update: a server that is killed under 600 messages and comes back.
func TestThePicturesAreOfARunWithAnOutage(t *testing.T) {
	t.Parallel()
	const n, away = 600, 2500 * time.Millisecond
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	s := run(t, "-nats", server.url, "-data", folder, "-messages", itoa(n), "-in-flight", "50", "-work", "400ms", "-ack-wait", "2s",
		"-fail", "0.05", "-gone", "0.01", "-tries", "2", "-backoff", "100ms")
	s.waitFor(150, "is acked")
	killed := time.Now()
	server.kill()
	time.Sleep(away)
	back := time.Now()
	server.start()
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	left := readLedger(t.Context(), t, server.url, config{data: folder}, nil)
	left.check(t, n)
	taken, restarted, acked := s.when("is taken"), s.when("is restarted"), s.when("is acked")
	assert.GreaterOrEqual(t, len(taken), n)
	assert.LessOrEqual(t, len(s.all("is acked")), n, "each message is acked once: at once, or when it comes again")
	drawn := map[string]string{
		"outage.svg":     drawOutage(taken, restarted, acked, killed, back),
		"components.svg": drawComponents(n, len(taken), len(taken)-len(restarted), len(left.letters), len(s.all("was settled before"))),
	}
	update := flag.Lookup("update").Value.String() == "true"
	for name, picture := range drawn {
		if update {
			require.NoError(t, os.WriteFile(name, []byte(picture), 0o600))
		}
		kept, err := os.ReadFile(name)
		require.NoError(t, err, "go test ./part4-shutdown/06-mayhem-live -run Pictures -update writes it")
		assert.Equal(t, shape(picture), shape(string(kept)), "%s is stale: -update draws it anew", name)
	}
}

// shape is a picture without what differs from run to run.
func shape(picture string) string {
	var kept []string
	for line := range strings.Lines(picture) {
		if !strings.Contains(line, "<poly") && !strings.Contains(line, "<line") {
			kept = append(kept, strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' || r == '.' {
					return -1
				}
				return r
			}, line))
		}
	}
	return strings.Join(kept, "")
}

const style = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; white-space: pre; }
.title { font-weight: 600; font-size: 15px; } .small { font-size: 12px; fill: #57606a; }
.card { fill: #ffffff; stroke: #d0d7de; } .box { fill: #f6f8fa; stroke: #57606a; } .grid { stroke: #d0d7de; }
.away { fill: #d1242f; opacity: 0.14; } .arrow { stroke: #57606a; stroke-width: 1.5; fill: none; marker-end: url(#tip); } .tip { fill: #57606a; }
.taken { stroke: #1f6fb5; } .restarted { stroke: #1a7f50; } .acked { stroke: #8a5a00; } .curve { fill: none; stroke-width: 2.2; }
.restarted.curve { stroke-dasharray: 6 3; } .acked.curve { stroke-dasharray: 2 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9da7b1; } .card { fill: #0d1117; stroke: #30363d; } .box { fill: #161b22; stroke: #9da7b1; }
.grid { stroke: #30363d; } .arrow { stroke: #9da7b1; } .tip { fill: #9da7b1; } .away { fill: #f85149; opacity: 0.22; }
.taken { stroke: #79b8ff; } .restarted { stroke: #56d364; } .acked { stroke: #e3b341; }
}
</style>
`

func svg(title, story string, height int, body ...string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 %[1]d" width="900" height="%[1]d" role="img" aria-labelledby="title story">
<title id="title">%[2]s</title>
<desc id="story">%[3]s</desc>
%[4]s<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto"><path class="tip" d="M0,0 L9,4 L0,8 z"/></marker></defs>
<rect class="card" x="0.5" y="0.5" width="899" height="%[5]d" rx="8"/>
<text class="title" x="18" y="28">%[2]s</text>
%[6]s
</svg>
`, height, title, story, style, height-1, strings.Join(body, "\n"))
}

// drawOutage draws how many messages were taken, restarted and acked, over time.
func drawOutage(taken, restarted, acked []time.Time, killed, back time.Time) string {
	start, end := taken[0], acked[len(acked)-1]
	x := func(at time.Time) float64 { return 60 + 700*float64(at.Sub(start))/float64(end.Sub(start)) }
	y := func(n int) float64 { return 330 - 270*float64(n)/float64(len(taken)) }
	curve := func(class string, times []time.Time) string {
		points := make([]string, 0, len(times))
		for i, at := range times {
			points = append(points, fmt.Sprintf("%.0f,%.0f", x(at), y(i+1)))
		}
		return fmt.Sprintf(`<polyline class="%s curve" points="%s"/>`, class, strings.Join(points, " "))
	}
	body := []string{fmt.Sprintf(`<polygon class="away" points="%.0f,50 %.0f,50 %.0f,330 %.0f,330"/>`, x(killed), x(back), x(back), x(killed))}
	for s := range int(end.Sub(start).Seconds()) + 1 {
		at := x(start.Add(time.Duration(s) * time.Second))
		body = append(body, fmt.Sprintf(`<line class="grid" x1="%.0f" x2="%.0f" y1="50" y2="330"/><!-- <line --><text class="small" x="%.0f" y="350" text-anchor="middle">%d s</text>`, at, at, at, s))
	}
	body = append(body,
		curve("taken", taken), curve("restarted", restarted), curve("acked", acked),
		fmt.Sprintf(`<text class="small" x="%.0f" y="66">the server</text>`, x(killed)+6),
		fmt.Sprintf(`<text class="small" x="%.0f" y="82">is away: %.1f s</text>`, x(killed)+6, back.Sub(killed).Seconds()))
	for i, line := range [][2]string{
		{"taken", fmt.Sprint(len(taken), " taken")}, {"restarted", fmt.Sprint(len(restarted), " restarted")}, {"acked", fmt.Sprint(len(acked), " acked")},
	} {
		at := 70 + 26*i
		body = append(body, fmt.Sprintf(`<polyline class="%s curve" points="770,%d 795,%d"/>`, line[0], at, at), fmt.Sprintf(`<text x="801" y="%d">%s</text>`, at+5, line[1]))
	}
	return svg("One outage of the server", "Messages taken, restarted and acked over time, from a run. While the server is away the restarts under way end "+
		"and are written to the database; nothing new is taken and nothing is acked. When it is back, what comes again is acked, and the rest goes on.", 365, body...)
}

// drawComponents draws the parts, and what each promises.
func drawComponents(n, taken, failed, letters, again int) string {
	var body []string
	box := func(x, y, w, h int, lines ...string) {
		body = append(body, fmt.Sprintf(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, x, y, w, h))
		for i, line := range lines {
			class := "small"
			if i == 0 {
				class = "title"
			}
			body = append(body, fmt.Sprintf(`<text class="%s" x="%d" y="%d">%s</text>`, class, x+12, y+24+18*i, line))
		}
	}
	arrow := func(path string, x, y int, lines ...string) {
		body = append(body, fmt.Sprintf(`<path class="arrow" d="%s"/>`, path))
		for i, line := range lines {
			body = append(body, fmt.Sprintf(`<text class="small" x="%d" y="%d">%s</text>`, x, y+16*i, line))
		}
	}
	box(20, 60, 170, 84, "publisher", "saves what the server", "has acknowledged")
	box(330, 50, 240, 104, "stream (NATS JetStream)", "keeps a message until its ack,", "hands it to one process at a time,", "for as long as it is extended")
	box(710, 60, 170, 84, "dead letters", "kept with the reason,", "until -replay")
	box(330, 250, 240, 84, "service", "asks the rows before it begins,", "writes the row before it acks")
	box(20, 250, 170, 84, "rows (SQL)", "the last word: what is", "settled stays settled")
	box(710, 250, 170, 84, "hosts", "may be restarted twice,", "never after the ack")
	arrow("M190,100 H322", 200, 86, fmt.Sprint(n, " messages"), "", "in batches")
	arrow("M420,154 V242", 318, 190, fmt.Sprint(taken, " taken"))
	arrow("M480,250 V162", 490, 190, fmt.Sprint(n, " acks, of them"), fmt.Sprint(again, " by the row"))
	arrow("M330,292 H198", 208, 268, "commit: a batch")
	arrow("M570,292 H702", 585, 310, fmt.Sprint(failed, " more tries"))
	arrow("M570,270 L702,130", 650, 200, fmt.Sprint(letters, " dead letters"))
	return svg("The service and what each part promises", "The publisher sends whole batches to the stream; the service takes messages from it, "+
		"restarts hosts, commits to the rows, and acks; what fails too often is a dead letter.", 355, body...)
}
