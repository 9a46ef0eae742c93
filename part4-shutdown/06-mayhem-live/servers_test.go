package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// natsServer is a server that runs until it is killed.
func natsServer(args []string) {
	flags := flag.NewFlagSet("nats-server", flag.ExitOnError)
	name := flags.String("name", "alone", "")
	folder := flags.String("folder", "", "")
	port := flags.Int("port", 0, "")
	cluster := flags.Int("cluster", 0, "")
	routes := flags.String("routes", "", "")
	deny := flags.String("deny", "", "")
	password := flags.String("password", "s3cr3t", "")
	_ = flags.Parse(args) // exits
	options := &server.Options{
		ServerName: *name, Host: "127.0.0.1", Port: *port, JetStream: true, StoreDir: *folder, NoSigs: true, DisableJetStreamBanner: true,
	}
	if *deny != "" {
		rights := server.Permissions{Publish: &server.SubjectPermission{Deny: []string{*deny}}}
		options.Users = []*server.User{{Username: "mayhem", Password: *password, Permissions: &rights}}
	}
	if *cluster > 0 {
		options.Cluster = server.ClusterOpts{Name: "mayhem", Host: "127.0.0.1", Port: *cluster}
		for route := range strings.SplitSeq(*routes, ",") {
			options.Routes = append(options.Routes, &url.URL{Scheme: "nats", Host: "127.0.0.1:" + route})
		}
	}
	ns, err := server.NewServer(options)
	if err != nil {
		panic(err)
	}
	ns.Start()
	if !ns.ReadyForConnections(20 * time.Second) {
		panic("not ready")
	}
	fmt.Println("ready")
	select {}
}

// A natsProcess is a server in a process of its own.
type natsProcess struct {
	t    *testing.T
	args []string
	url  string
	cmd  *exec.Cmd
}

func startNATS(t *testing.T, port int, args ...string) *natsProcess {
	t.Helper()
	p := &natsProcess{t: t, url: fmt.Sprint("nats://127.0.0.1:", port)}
	p.args = append([]string{"nats-server", "-port", fmt.Sprint(port), "-folder", t.TempDir()}, args...)
	p.start()
	t.Cleanup(func() { p.kill() })
	return p
}

func (p *natsProcess) start() {
	p.t.Helper()
	program, err := os.Executable()
	require.NoError(p.t, err)
	p.cmd = exec.Command(program, p.args...) //nolint:noctx // the test ends it
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, p.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(p.t, err)
	require.Equal(p.t, "ready\n", line)
}

func (p *natsProcess) kill() {
	_ = p.cmd.Process.Kill() // it may have been
	_ = p.cmd.Wait()         // says that it was killed
}

// talk returns a connection to a server, until the test is over.
func talk(t *testing.T, server *natsProcess) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(server.url)
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	return js
}

// isAnOutage checks that the log has its begin and its end, and no call that failed in it. A machine that is busy may make two of it.
func isAnOutage(t *testing.T, s *child) {
	t.Helper()
	said := s.stderr.String()
	begins, ends := strings.Count(said, `"an outage begins" part=messages`), strings.Count(said, `"an outage ends" part=messages`)
	assert.True(t, 1 <= begins && begins == ends && ends <= 2, said)
	assert.NotContains(t, said, "a call has failed")
}

// startCluster starts three servers that know of each other.
func startCluster(t *testing.T) (servers []*natsProcess, urls string) {
	t.Helper()
	ports, routes := make([]int, 3), make([]string, 3)
	for i := range 3 {
		ports[i], routes[i] = freePort(t), fmt.Sprint(freePort(t))
	}
	var all []string
	for i := range 3 {
		s := startNATS(t, ports[i], "-name", fmt.Sprint("n", i+1), "-cluster", routes[i], "-routes", strings.Join(routes, ","))
		servers = append(servers, s)
		all = append(all, s.url)
	}
	urls = strings.Join(all, ",")
	nc, err := nats.Connect(urls)
	require.NoError(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	require.Eventually(t, func() bool { // the three have to agree on a leader first
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "PROBE", Replicas: 3})
		return err == nil
	}, 30*time.Second, 100*time.Millisecond)
	return servers, urls
}

// leaders are the servers that lead the stream of the messages and its consumer.
func leaders(t *testing.T, urls string, servers []*natsProcess) (stream, consumer *natsProcess) {
	t.Helper()
	nc, err := nats.Connect(urls)
	require.NoError(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	s, err := js.Stream(t.Context(), streamName)
	require.NoError(t, err)
	c, err := s.Consumer(t.Context(), consumerName)
	require.NoError(t, err)
	number := func(c *jetstream.ClusterInfo) *natsProcess { return servers[c.Leader[1]-'1'] } // n1
	return number(s.CachedInfo().Cluster), number(c.CachedInfo().Cluster)
}
