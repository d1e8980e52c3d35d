package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/hub/internal/server"
)

func refusedAtListen(t *testing.T, o server.Options, says string) {
	t.Helper()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
		t.Fatalf("got %v, expected it to say %q", err, says)
	}
}

func readCertificate(t *testing.T, file string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// By name it shows no address: clients built on BoringSSL refuse a certificate that has both an address and an authority
// with constraints on addresses.
func TestTheOwnAuthorityServesLoopbackAndTheBaseURL(t *testing.T) {
	o := options(t, route("GET /x"))
	o.Environments[0].URL = "https://hub.internal"
	o.Environments = append(o.Environments, server.Environment{Name: "test", URL: "https://192.168.1.5:8443"})
	s := start(t, o)
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "hub.internal", "192.168.1.5"} {
		conn, err := tls.Dial("tcp", s.address, &tls.Config{RootCAs: s.roots(), ServerName: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		leaf := conn.ConnectionState().PeerCertificates[0]
		if byName := net.ParseIP(name) == nil; byName != (len(leaf.IPAddresses) == 0) {
			t.Errorf("%s: the certificate is for the addresses %v", name, leaf.IPAddresses)
		}
		conn.Close()
	}
	if _, err := tls.Dial("tcp", s.address, &tls.Config{RootCAs: s.roots(), ServerName: "other.internal"}); err == nil {
		t.Error("the certificate is good for a name it was not made for")
	}
	if _, err := tls.Dial("tcp", s.address, &tls.Config{ServerName: "localhost"}); err == nil {
		t.Error("trusted without the authority")
	}
}

func TestCertificateFilesAreForTheirOwnerOnly(t *testing.T) {
	o := options(t)
	start(t, o)
	dir := filepath.Join(o.Dir, "tls")
	for name, want := range map[string]fs.FileMode{
		"": 0o700 | fs.ModeDir, "ca.pem": 0o600, "ca-key.pem": 0o600, "cert.pem": 0o600, "key.pem": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%q: %v, %v", name, info.Mode(), err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("%v: %v", entries, err)
	}
}

// Whoever trusts the authority trusts it for nothing in public, even if its key is stolen.
func TestTheAuthorityIsConfinedToPrivateNames(t *testing.T) {
	o := options(t)
	start(t, o)
	authority := readCertificate(t, filepath.Join(o.Dir, "tls", "ca.pem"))
	if !authority.PermittedDNSDomainsCritical || len(authority.PermittedDNSDomains) != 4 ||
		len(authority.PermittedIPRanges) == 0 || !authority.MaxPathLenZero {
		t.Fatalf("constraints: %v %v", authority.PermittedDNSDomains, authority.PermittedIPRanges)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(o.Dir, "tls", "ca.pem"), filepath.Join(o.Dir, "tls", "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	for _, c := range []struct {
		leaf x509.Certificate
		good bool
	}{
		{x509.Certificate{DNSNames: []string{"a.localhost"}}, true},
		{x509.Certificate{DNSNames: []string{"www.example.com"}}, false},
		{x509.Certificate{DNSNames: []string{"localhost.example.com"}}, false},
		{x509.Certificate{IPAddresses: []net.IP{net.IPv4(10, 1, 2, 3)}}, true},
		{x509.Certificate{IPAddresses: []net.IP{net.IPv4(8, 8, 8, 8)}}, false},
	} {
		leaf := signed(t, c.leaf, pair)
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots}); (err == nil) != c.good {
			t.Errorf("%v %v: %v", c.leaf.DNSNames, c.leaf.IPAddresses, err)
		}
	}
}

func TestTheAuthorityStaysAndTheLeafFollowsTheURL(t *testing.T) {
	o := options(t)
	file := func(name string) string { return filepath.Join(o.Dir, "tls", name) }
	again := func(url string) (authority, leaf string) {
		o.Environments[0].URL = url
		s := start(t, o)
		serial := served(t, s.address)
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		return readCertificate(t, file("ca.pem")).SerialNumber.String(), serial
	}
	authority, leaf := again("https://localhost")
	if a, l := again("https://localhost:9"); a != authority || l != leaf {
		t.Error("a restart made something new")
	}
	a, other := again("https://hub.test")
	if a != authority || other == leaf {
		t.Errorf("after a change of the host: authority kept %v, leaf new %v", a == authority, other != leaf)
	}
	if err := os.WriteFile(file("cert.pem"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, l := again("https://hub.test"); a != authority || l == other {
		t.Error("a broken leaf was not made anew by the same authority")
	}
	for _, name := range []string{"ca.pem", "ca-key.pem"} {
		whole, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file(name), []byte("broken"), 0o600); err != nil {
			t.Fatal(err)
		}
		refusedAtListen(t, o, "bring both back")
		if kept, _ := os.ReadFile(file(name)); string(kept) != "broken" {
			t.Errorf("%s was replaced", name)
		}
		if err := os.WriteFile(file(name), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(file("ca-key.pem")); err != nil {
		t.Fatal(err)
	}
	refusedAtListen(t, o, "bring both back")
}

func TestTheLeafIsRenewedWhileTheHubRuns(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, last, authority := server.KeepLocalCA(t, dir, 400*24*time.Hour)
		if lived := time.Until(last.NotAfter); lived < 30*24*time.Hour {
			t.Errorf("after 400 days the certificate has %v left", lived)
		}
		if first.Equal(last) {
			t.Error("the certificate was not renewed")
		}
		if err := last.CheckSignatureFrom(authority); err != nil {
			t.Error(err)
		}
		// Eleven years later the authority itself has been replaced in time.
		_, last, renewed := server.KeepLocalCA(t, dir, 11*365*24*time.Hour)
		if renewed.Equal(authority) || time.Now().After(renewed.NotAfter) || last.CheckSignatureFrom(renewed) != nil {
			t.Error("the authority was not replaced before its end")
		}
	})
}

// signed is a leaf as a thief of the authority's key could make it.
func signed(t *testing.T, leaf x509.Certificate, authority tls.Certificate) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf.SerialNumber, leaf.NotBefore, leaf.NotAfter = big.NewInt(1), time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, &leaf, authority.Leaf, key.Public(), authority.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}
