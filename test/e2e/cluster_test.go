package e2e_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"

	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
)

// another starts a second hub of the same kind on the same database: the master key and the base URL are shared.
func another(t *testing.T, first *blackbox.Hub, args ...string) *blackbox.Hub {
	t.Helper()
	args = append(args, "--url", first.URL, "--master-key-file", filepath.Join(first.Data, "master.key"))
	return blackbox.Serve(t, "", args...)
}

func TestWhatOneHubIsToldTheOtherKnows(t *testing.T) {
	dsn := postgres.Start(t)
	one := serve(t, "--database", dsn)
	two := another(t, one, "--database", dsn)
	if one.Get(t, keysPath).Body != two.Get(t, keysPath).Body {
		t.Error("they have different keys")
	}
	ben := func() string { return granted(t, createToken(t, one.Asker, benClient, benSecret)) }
	active := func(token string) bool { return introspect(t, two.Asker, token).JSON["active"] == true }
	token := ben()
	if !active(token) {
		t.Fatal("a token of the one is not known to the other")
	}
	for _, tc := range []struct {
		what string
		do   func(token string)
		undo string
	}{
		{"a revocation", func(token string) {
			if answer := one.Form(t, revokePath, []string{"token", token}, blackbox.Basic(benClient, benSecret)); answer.Status != http.StatusOK {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
		}, ""},
		{"a ban", func(string) { one.Apply(t, "version: 1\nusers: [{login: ben, banned: true}]\n") }, "users: [{login: ben, banned: false}]"},
		{"a switch", func(string) { one.Apply(t, "version: 1\napiClients: [{id: "+benClient+", disabled: true}]\n") },
			"apiClients: [{id: " + benClient + ", disabled: false}]"},
	} {
		token := ben()
		blackbox.Soon(t, "active before "+tc.what, func() bool { return active(token) }) // the one before may have been undone just now
		tc.do(token)
		took := blackbox.Soon(t, tc.what, func() bool { return !active(token) })
		t.Logf("%s on one hub is seen on the other after %v", tc.what, took.Round(time.Millisecond))
		if tc.undo != "" {
			one.Apply(t, "version: 1\n"+tc.undo+"\n")
			blackbox.Soon(t, tc.what+" undone", func() bool { return createToken(t, one.Asker, benClient, benSecret).Status == http.StatusOK })
		}
	}
	made := strings.TrimSpace(one.Verb(t, "", "token", "create", "--user", "ben", "--name", "N", "--scope", "Hub"))
	for _, hub := range []*blackbox.Hub{one, two} {
		blackbox.Soon(t, "a permanent token", func() bool {
			return hub.Get(t, "/api/rest/users/me", blackbox.Bearer(made)).Text("login") == "ben"
		})
	}
	if code := one.Stop(t); code != 0 {
		t.Errorf("the first ends with exit code %d", code)
	}
	if answer := createToken(t, two.Asker, adaClient, adaSecret); answer.Status != http.StatusOK {
		t.Errorf("the second, alone: %d %s", answer.Status, answer.Body)
	}
}

func TestAHubWithAnotherMasterKeyIsRefused(t *testing.T) {
	dsn := postgres.Start(t)
	serve(t, "--database", dsn)
	result := blackbox.Run(t, "", "serve", "--data", t.TempDir(), "--database", dsn, "--listen", "localhost:0", "--metrics-listen", "off")
	if result.Exit != 2 || !strings.Contains(result.Stderr, "master key") {
		t.Errorf("exit code %d, said %s", result.Exit, result.Stderr)
	}
}

func TestASecondHubOnOneSQLiteFileIsRefused(t *testing.T) {
	hub := serve(t)
	result := blackbox.Run(t, "", "serve", "--data", hub.Data, "--listen", "localhost:0", "--metrics-listen", "off")
	if result.Exit != 1 || !strings.Contains(result.Stderr, hub.Data) || !strings.Contains(result.Stderr, "PostgreSQL") {
		t.Errorf("exit code %d, said %s", result.Exit, result.Stderr)
	}
	granted(t, createToken(t, hub.Asker, adaClient, adaSecret))
	// When the first has crashed, the next one may.
	hub.Kill(t)
	granted(t, createToken(t, blackbox.Serve(t, hub.Data).Asker, adaClient, adaSecret))
}

func TestADatabaseThatGoesAwayIsNobodysFault(t *testing.T) {
	server := postgres.New(t)
	hub := serve(t, "--database", server.Database(t))
	ben := granted(t, createToken(t, hub.Asker, benClient, benSecret))
	if introspect(t, hub.Asker, ben).JSON["active"] != true {
		t.Fatal("not active")
	}
	for _, away := range []struct {
		how          string
		stop, resume func(testing.TB)
	}{
		{"stopped", server.Stop, server.Start}, {"crashed", server.Kill, server.Start}, {"frozen", server.Pause, server.Resume},
	} {
		away.stop(t)
		began := time.Now()
		// What is known is answered for 5 s; after that, and for what is not known, 503 with Retry-After: never a verdict.
		blackbox.Soon(t, away.how+": introspection ends", func() bool {
			answer := introspect(t, hub.Asker, ben)
			if answer.Status == http.StatusOK && answer.JSON["active"] != true ||
				answer.Status != http.StatusOK && answer.Status != http.StatusServiceUnavailable {
				t.Fatalf("%s: introspection after %v: %d %s", away.how, time.Since(began), answer.Status, answer.Body)
			}
			return answer.Status == http.StatusServiceUnavailable
		})
		t.Logf("%s: a known token was introspected for %v", away.how, time.Since(began).Round(100*time.Millisecond))
		for what, answer := range map[string]*blackbox.Answer{
			"introspection":        introspect(t, hub.Asker, ben),
			"the token endpoint":   clientCredentials(t, hub.Asker, payments, secret, "payments"),
			"the back-office door": createToken(t, hub.Asker, benClient, benSecret),
			"a wrong secret":       createToken(t, hub.Asker, benClient, "wrong-secret"),
			"the payments door":    login(t, hub.Asker, "98434377", "key-of-ben"),
			"forward-auth":         hub.Get(t, "/api/forward-auth?service=payments", blackbox.Bearer(ben)),
			"users/me":             hub.Get(t, "/api/rest/users/me", blackbox.Bearer(ben)),
			"readyz":               hub.Get(t, "/readyz"),
		} {
			if answer.Status != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
				t.Errorf("%s, %s: %d %s, Retry-After %q", away.how, what, answer.Status, answer.Body, answer.Header.Get("Retry-After"))
			}
		}
		for _, path := range []string{keysPath, "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/healthz"} {
			if answer := hub.Get(t, path); answer.Status != http.StatusOK {
				t.Errorf("%s, %s: %d %s", away.how, path, answer.Status, answer.Body)
			}
		}
		away.resume(t)
		took := blackbox.Soon(t, away.how+": it heals", func() bool {
			return createToken(t, hub.Asker, benClient, benSecret).Status == http.StatusOK && introspect(t, hub.Asker, ben).JSON["active"] == true &&
				hub.Get(t, "/readyz").Status == http.StatusOK
		})
		t.Logf("%s: healed by itself after %v", away.how, took.Round(100*time.Millisecond))
	}
}

func TestAHubWaitsForItsDatabase(t *testing.T) {
	server := postgres.New(t)
	dsn := server.Database(t)
	server.Stop(t)
	hub := blackbox.Serve(t, "", "--database", dsn)
	if answer := hub.Get(t, "/healthz"); answer.Status != http.StatusOK {
		t.Errorf("healthz: %d %s", answer.Status, answer.Body)
	}
	if answer := hub.Get(t, "/readyz"); answer.Status != http.StatusServiceUnavailable || answer.Text("status") != "not-ready" {
		t.Errorf("readyz: %d %s", answer.Status, answer.Body)
	}
	server.Start(t)
	blackbox.Soon(t, "ready", func() bool { return hub.Get(t, "/readyz").Text("status") == "ready" })
	hub.Apply(t, "version: 1\nservices: [{id: "+payments+", key: payments, name: Payments API, secrets: [\""+secret+"\"]}]\n")
	blackbox.Soon(t, "a token", func() bool {
		return clientCredentials(t, hub.Asker, payments, secret, "payments").Status == http.StatusOK
	})
}

func TestStoppingFinishesWhatIsInFlight(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		address := strings.TrimPrefix(hub.URL, "https://")
		dialer := tls.Dialer{Config: hub.Client.Transport.(*http.Transport).TLSClientConfig.Clone()}
		dialer.Config.NextProtos = []string{"http/1.1"}
		connection, err := dialer.DialContext(context.Background(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		form := "client_id=" + adaClient + "&client_secret=" + adaSecret + "&grant_type=client_credentials"
		if _, err := fmt.Fprintf(connection, "POST /oauth/create_token HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
			address, len(form)); err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(connection)
		if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%q %v", line, err) // the handler reads the body now: the request is in flight
		}
		exit := make(chan int, 1)
		go func() { exit <- hub.Stop(t) }()
		blackbox.Soon(t, "no new connections", func() bool {
			late, err := dialer.DialContext(context.Background(), "tcp", address)
			if err == nil {
				_ = late.Close()
			}
			return err != nil
		})
		if _, err := io.WriteString(connection, form); err != nil {
			t.Fatal(err)
		}
		_, _ = reader.ReadString('\n') // the empty line after 100 Continue
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "access_token") {
			t.Errorf("what was in flight: %v %d %s", err, response.StatusCode, body)
		}
		if code := <-exit; code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}
