package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/server"
	"golang.org/x/net/dns/dnsmessage"
)

// authorityDir holds the certificate that the ACME server itself answers with. This process trusts it the way an operator
// adds a root: by SSL_CERT_FILE.
var authorityDir string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "server")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if err := server.MakeLocalCA(dir); err != nil {
			panic(err)
		}
		authorityDir = dir
		os.Setenv("SSL_CERT_FILE", filepath.Join(dir, "ca.pem"))
		return m.Run()
	}())
}

// authority is a real ACME server, pebble, which validates at one port of this machine.
type authority struct {
	directory string
	roots     *x509.CertPool
	process   *exec.Cmd
}

func startAuthority(t *testing.T, validateAt int) *authority {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "pebble")
	build := exec.Command("go", "build", "-C", "../../tools/pebble", "-o", program, "github.com/letsencrypt/pebble/v2/cmd/pebble")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build pebble: %v\n%s", err, output)
	}
	api, management := freePort(t), freePort(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": "127.0.0.1:" + strconv.Itoa(api), "managementListenAddress": "127.0.0.1:" + strconv.Itoa(management),
		"certificate": filepath.Join(authorityDir, "cert.pem"), "privateKey": filepath.Join(authorityDir, "key.pem"),
		"httpPort": freePort(t), "tlsPort": validateAt, "retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{"description": "for tests", "validityPeriod": 90 * 24 * 3600}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	var output logBuffer
	a := &authority{
		directory: fmt.Sprintf("https://127.0.0.1:%d/dir", api),
		process:   exec.Command(program, "-config", file, "-dnsserver", startNames(t)),
		roots:     x509.NewCertPool(),
	}
	a.process.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	a.process.Stdout, a.process.Stderr = &output, &output
	if err := a.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.stop()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	var root []byte
	eventually(t, "the ACME server answers", func() bool {
		answer, err := http.Get(fmt.Sprintf("https://127.0.0.1:%d/roots/0", management))
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		root = make([]byte, 64<<10)
		n, _ := answer.Body.Read(root)
		root = root[:n]
		return a.roots.AppendCertsFromPEM(root)
	})
	return a
}

func (a *authority) stop() {
	if a.process.ProcessState == nil {
		_ = a.process.Process.Kill()
		_ = a.process.Wait()
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startNames is a name server, over TCP as pebble asks, for which every name is this machine.
func startNames(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for answerName(conn) == nil {
				}
			}()
		}
	}()
	return l.Addr().String()
}

// answerName answers one question of a connection (RFC 1035 section 4.2.2).
func answerName(conn io.ReadWriter) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	packet := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, packet); err != nil {
		return err
	}
	var message dnsmessage.Message
	if err := message.Unpack(packet); err != nil {
		return err
	}
	message.Response, message.Authoritative, message.Additionals = true, true, nil
	for _, question := range message.Questions {
		if question.Type == dnsmessage.TypeA {
			message.Answers = append(message.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 1},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			})
		}
	}
	answer, err := message.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	return err
}

func acmeOptions(t *testing.T, directory string, port int, shelf server.Shelf) server.Options {
	t.Helper()
	o := options(t, route("GET /x"))
	o.Listen = "127.0.0.1:" + strconv.Itoa(port)
	o.Environments[0].URL = "https://hub.example.com"
	o.TLS = server.TLS{Mode: server.TLSACME, Email: "ops@example.com", Directory: directory, Shelf: shelf}
	return o
}

// trusted gives the serial number of the certificate in use if the authority made it for the hub's name, else nothing.
func trusted(address string, roots *x509.CertPool) string {
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots, ServerName: "hub.example.com"})
	if err != nil {
		return ""
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}

func TestAnAuthorityGivesACertificateWhichOutlivesIt(t *testing.T) {
	port := freePort(t)
	a := startAuthority(t, port)
	o := acmeOptions(t, a.directory, port, nil)
	s := start(t, o)
	var serial string
	within(t, 2*time.Minute, "a certificate is served", func() bool { serial = trusted(s.address, a.roots); return serial != "" })
	s.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: a.roots, ServerName: "hub.example.com"}
	if got := send(t, s.client, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 || got.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	if err := filepath.WalkDir(filepath.Join(o.Dir, "tls"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: %v %v", path, info.Mode(), err)
			}
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	a.stop()
	again := start(t, o)
	if got := trusted(again.address, a.roots); got != serial {
		t.Errorf("after a restart without the authority: %q, expected %q", got, serial)
	}
}

// Two nodes, of which the authority reaches only one: whichever asks, the one that is reached can answer, and both end up
// with one certificate.
func TestNodesShareOneCertificateThroughTheShelf(t *testing.T) {
	port := freePort(t)
	a := startAuthority(t, port)
	shelf := &memoryShelf{values: map[string]memoryValue{}, leases: map[string]memoryLease{}}
	hidden := start(t, acmeOptions(t, a.directory, freePort(t), shelf))
	reached := start(t, acmeOptions(t, a.directory, port, shelf))
	within(t, 2*time.Minute, "both serve a certificate", func() bool {
		return trusted(hidden.address, a.roots) != "" && trusted(reached.address, a.roots) != ""
	})
	if one, other := trusted(hidden.address, a.roots), trusted(reached.address, a.roots); one != other {
		t.Errorf("two certificates: %s and %s", one, other)
	}
	eventually(t, "every lease is given back", func() bool {
		shelf.lock.Lock()
		defer shelf.lock.Unlock()
		return len(shelf.leases) == 0
	})
}

func TestTroubleWithTheShelfEndsNothing(t *testing.T) {
	port := freePort(t)
	a := startAuthority(t, port)
	shelf := &memoryShelf{values: map[string]memoryValue{}, leases: map[string]memoryLease{}, broken: true}
	s := start(t, acmeOptions(t, a.directory, port, shelf))
	if got := trusted(s.address, a.roots); got != "" {
		t.Fatal("a certificate from nowhere")
	}
	shelf.lock.Lock()
	shelf.broken = false
	shelf.lock.Unlock()
	within(t, 2*time.Minute, "it healed", func() bool { return trusted(s.address, a.roots) != "" })
}

type memoryValue struct {
	value []byte
	saved time.Time
}

type memoryLease struct {
	holder string
	ends   time.Time
}

// memoryShelf keeps everything in memory, for several servers of one process.
type memoryShelf struct {
	lock   sync.Mutex
	values map[string]memoryValue
	leases map[string]memoryLease
	broken bool
}

func (m *memoryShelf) enter() (func(), error) {
	m.lock.Lock()
	if m.broken {
		m.lock.Unlock()
		return nil, fmt.Errorf("the shelf is broken")
	}
	return m.lock.Unlock, nil
}

func (m *memoryShelf) Load(_ context.Context, key string) ([]byte, time.Time, error) {
	leave, err := m.enter()
	if err != nil {
		return nil, time.Time{}, err
	}
	defer leave()
	value, ok := m.values[key]
	if !ok {
		return nil, time.Time{}, fs.ErrNotExist
	}
	return value.value, value.saved, nil
}

func (m *memoryShelf) Save(_ context.Context, key string, value []byte) error {
	leave, err := m.enter()
	if err == nil {
		defer leave()
		m.values[key] = memoryValue{append([]byte(nil), value...), time.Now()}
	}
	return err
}

func (m *memoryShelf) Delete(_ context.Context, key string) error {
	leave, err := m.enter()
	if err == nil {
		defer leave()
		delete(m.values, key)
	}
	return err
}

func (m *memoryShelf) Keys(_ context.Context, prefix string) (keys []string, err error) {
	leave, err := m.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	for key := range m.values {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (m *memoryShelf) Claim(_ context.Context, name, holder string, lasts time.Duration) (bool, error) {
	leave, err := m.enter()
	if err != nil {
		return false, err
	}
	defer leave()
	if lease, ok := m.leases[name]; ok && lease.holder != holder && time.Now().Before(lease.ends) {
		return false, nil
	}
	m.leases[name] = memoryLease{holder, time.Now().Add(lasts)}
	return true, nil
}

func (m *memoryShelf) Release(_ context.Context, name, holder string) error {
	leave, err := m.enter()
	if err == nil {
		defer leave()
		if m.leases[name].holder == holder {
			delete(m.leases, name)
		}
	}
	return err
}
