package clients_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// patience only ends a hang; it is no part of any test.
const patience = 3 * time.Minute

// installed brings node/node_modules to what node/package-lock.json says, once.
var installed = sync.OnceValue(func() error {
	want, err := os.ReadFile("node/package-lock.json")
	if err != nil {
		return err
	}
	kept := filepath.Join("node", "node_modules", "installed.json") // the lock that was installed
	if got, err := os.ReadFile(kept); err == nil && bytes.Equal(got, want) {
		return nil
	}
	command := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	command.Dir = "node"
	if said, err := command.CombinedOutput(); err != nil {
		return errors.New("npm ci: " + err.Error() + "\n" + string(said))
	}
	return os.WriteFile(kept, want, 0o644)
})

// service is what a script is told of one.
type service struct {
	ID     string            `json:"id"`
	Secret string            `json:"secret,omitempty"`
	Back   string            `json:"back,omitempty"`
	Bye    string            `json:"bye,omitempty"`
	Key    map[string]string `json:"key,omitempty"`
}

// run runs a script of node/. Each line it writes is an address that the person goes to; the line it then reads says how they
// came back to the service.
func run(t *testing.T, h *site, who *person, name string) {
	t.Helper()
	if err := installed(); err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal(map[string]any{
		"issuer": h.URL, "person": who.login,
		"wiki":   service{ID: wiki, Secret: wikiSecret, Back: wikiBack, Bye: wikiBye},
		"phone":  service{ID: phone, Back: phoneBackAt("49152")},
		"trial":  service{ID: trial, Back: trialBack},
		"robot":  service{ID: robot, Secret: robotSecret},
		"modern": service{ID: modern, Secret: modernSecret, Back: modernBack},
		"signer": service{ID: signer, Back: signerBack, Key: h.signerKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", name)
	command.Dir = "node"
	command.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+filepath.Join(h.Data, "tls", "ca.pem"), "HUB_CLIENT="+string(told))
	var said bytes.Buffer
	command.Stderr = &said
	reads, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	writes, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	hanging := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
	defer hanging.Stop()
	t.Cleanup(func() { _ = command.Process.Kill() })
	for lines := bufio.NewScanner(writes); lines.Scan(); {
		var address string
		if err := json.Unmarshal(lines.Bytes(), &address); err != nil {
			t.Fatalf("%s wrote %s", name, lines.Text())
		}
		if _, err := reads.Write(append(arrival(t, who.goTo(address)), '\n')); err != nil {
			t.Error(err)
			break
		}
	}
	if err := command.Wait(); err != nil {
		t.Errorf("node %s: %v\n%s", name, err, said.String())
	}
}

// arrival says how a person comes to a service.
func arrival(t *testing.T, request *http.Request) []byte {
	t.Helper()
	body, err := io.ReadAll(request.Body)
	if err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal(map[string]string{"method": request.Method, "url": request.URL.String(), "body": string(body)})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func TestOpenidClientOfNode(t *testing.T) {
	h := serve(t, "--registration", "open")
	run(t, h, newPerson(t, h, "ada", seed), "openid-client.mjs")
}

func TestOauth4webapiOfNode(t *testing.T) {
	h := serve(t)
	run(t, h, newPerson(t, h, "ben", ""), "oauth4webapi.mjs")
}
