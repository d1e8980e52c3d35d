package main

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
)

// The scripts in testdata read like a session at a terminal; `hub` in them is this program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hub": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PORT", strconv.Itoa(blackbox.FreePort(t)))
			env.Setenv("GORACE", os.Getenv("GORACE")) // how the race detector ends holds for the programs as for the test
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"await":    await,
			"soon":     soon,
			"take":     take,
			"postgres": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Setenv("DSN", postgres.Start(t)) },
		},
	})
}

// exits CODE PROGRAM ARGS... runs a program, which must end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	code := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, expected %s", code, args[0])
	}
}

// await URL waits until a hub that was started in the background answers.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await URL")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // alive is all that is asked
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: 5 * time.Second}
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if response, err := client.Get(args[0]); err == nil {
			_ = response.Body.Close()
			return
		}
	}
	ts.Fatalf("%s never answered", args[0])
}

// soon PROGRAM ARGS... runs a program again until it ends with exit code 0.
func soon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: soon PROGRAM ARGS...")
	}
	var err error
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
		if err = ts.Exec(args[0], args[1:]...); err == nil {
			return
		}
	}
	ts.Fatalf("still %v", err)
}

// take NAME FILE sets a variable to what a file holds; FILE may be stdout.
func take(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: take NAME FILE")
	}
	ts.Setenv(args[0], strings.TrimRight(ts.ReadFile(args[1]), "\n"))
}
