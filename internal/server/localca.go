package server

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/metrics"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 90 * 24 * time.Hour
	leafRenewal   = 30 * 24 * time.Hour // before its end
	authorityEdge = leafLife + leafRenewal
	backdate      = time.Hour // for clients whose clock is behind
)

// privateNames are the domains that no public authority vouches for (RFC 6761, RFC 6762, and .internal).
func privateNames() []string { return []string{"localhost", "test", "internal", "local"} }

// privateRanges are the addresses that only mean something nearby.
func privateRanges() []*net.IPNet {
	var ranges []*net.IPNet
	for _, text := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
	} {
		_, block, _ := net.ParseCIDR(text)
		ranges = append(ranges, block)
	}
	return ranges
}

// localCA is an authority of this hub alone, for loopback and private names. Its certificate may be handed to clients
// without worry: by its own constraints it can vouch for nothing else.
type localCA struct {
	dir   string
	hosts []string // sorted names and addresses the leaf is for
	log   *slog.Logger
	end   metrics.Gauge

	current atomic.Pointer[leaves]
}

// leaves are two certificates for one key. Clients built on BoringSSL (Envoy, gRPC) cannot weigh an address against an
// authority's constraints and refuse the whole certificate, so who asks for a name gets one with the names alone.
type leaves struct {
	whole *tls.Certificate // in the file, for names and addresses
	named *tls.Certificate // in memory only
}

// newLocalCA refuses hosts that are not private. Loopback is always among the hosts.
func newLocalCA(dir string, hosts []string, log *slog.Logger, end metrics.Gauge) (*localCA, error) {
	c := &localCA{dir: dir, hosts: []string{"localhost", "127.0.0.1", "::1"}, log: log, end: end}
	for _, host := range hosts {
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		if !privateHost(host) {
			return nil, fault.New(fault.Invalid, "--tls auto makes certificates for loopback and private names only, and %s is neither: use --tls acme, --tls file with a certificate, or --tls off behind a proxy", host)
		}
		c.hosts = append(c.hosts, host)
	}
	slices.Sort(c.hosts)
	c.hosts = slices.Compact(c.hosts)
	return c, nil
}

func privateHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return slices.ContainsFunc(privateRanges(), func(block *net.IPNet) bool { return block.Contains(addr.AsSlice()) })
	}
	return slices.ContainsFunc(privateNames(), func(name string) bool { return host == name || strings.HasSuffix(host, "."+name) })
}

func (c *localCA) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName != "" { // never an address (RFC 6066 section 3)
		return c.current.Load().named, nil
	}
	return c.current.Load().whole, nil
}

// keep renews the leaf while the hub runs. An hour is short against the 30 days there are, also when the disk is full.
func (c *localCA) keep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if c.good(c.current.Load().whole.Leaf, time.Now()) {
				continue
			}
			if err := c.load(ctx, 0); err != nil {
				c.log.Error("the local certificate could not be renewed", "error", err)
			}
		}
	}
}

// load takes the authority and the leaf from disk, and makes what is missing or does not fit. An authority that is there
// and cannot be read is left alone: clients may have been told to trust it.
func (c *localCA) load(context.Context, int) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the folder %s for certificates cannot be made", c.dir)
	}
	caFile, caKey := filepath.Join(c.dir, "ca.pem"), filepath.Join(c.dir, "ca-key.pem")
	certFile, keyFile := filepath.Join(c.dir, "cert.pem"), filepath.Join(c.dir, "key.pem")
	authority, err := tls.LoadX509KeyPair(caFile, caKey)
	switch {
	case errors.Is(err, fs.ErrNotExist) && absent(caFile):
		authority, err = c.makeAuthority(caFile, caKey)
	case err != nil:
		err = fault.Wrap(fault.Conflict, err,
			"the authority in %s cannot be read with its key %s: bring both back, or move %s away to have a new one made",
			caFile, caKey, c.dir)
	case time.Until(authority.Leaf.NotAfter) < authorityEdge:
		c.log.Warn("the local authority is about to end, a new one is made: clients need the new file", "file", caFile)
		authority, err = c.makeAuthority(caFile, caKey)
	}
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil || !c.good(pair.Leaf, time.Now()) || pair.Leaf.CheckSignatureFrom(authority.Leaf) != nil {
		if pair, err = c.makeLeaf(authority, certFile, keyFile); err != nil {
			return err
		}
		c.log.Info("local certificate made", "file", certFile, "hosts", strings.Join(c.hosts, " "), "ends", pair.Leaf.NotAfter, "authority", caFile)
	}
	named, err := sign(&x509.Certificate{
		Subject: pair.Leaf.Subject, NotBefore: pair.Leaf.NotBefore, NotAfter: pair.Leaf.NotAfter,
		KeyUsage: pair.Leaf.KeyUsage, ExtKeyUsage: pair.Leaf.ExtKeyUsage, DNSNames: pair.Leaf.DNSNames,
	}, &authority, pair.PrivateKey.(crypto.Signer))
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the certificate for the names of %s could not be made", certFile)
	}
	c.current.Store(&leaves{whole: &pair, named: &named})
	c.end.Set(float64(pair.Leaf.NotAfter.Unix()))
	return nil
}

func absent(file string) bool {
	_, err := os.Lstat(file)
	return errors.Is(err, fs.ErrNotExist)
}

// good reports whether a leaf is for exactly these hosts and has time left.
func (c *localCA) good(leaf *x509.Certificate, now time.Time) bool {
	hosts := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	slices.Sort(hosts)
	return slices.Equal(hosts, c.hosts) && now.After(leaf.NotBefore) && leaf.NotAfter.Sub(now) > leafRenewal
}

func (c *localCA) makeAuthority(certFile, keyFile string) (tls.Certificate, error) {
	host, _ := os.Hostname() // only so that people can tell two of them apart
	return make509(&x509.Certificate{
		Subject: pkix.Name{
			Organization: []string{"Hub"},
			CommonName:   "Hub local authority " + host + " " + time.Now().UTC().Format("2006-01-02"),
		},
		NotAfter:              time.Now().Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: privateNames(), PermittedIPRanges: privateRanges(),
	}, nil, certFile, keyFile)
}

func (c *localCA) makeLeaf(authority tls.Certificate, certFile, keyFile string) (tls.Certificate, error) {
	leaf := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Hub"}},
		NotAfter:    time.Now().Add(leafLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range c.hosts {
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	return make509(leaf, &authority, certFile, keyFile)
}

// make509 makes a key, signs a template for it with the authority, or with the key itself if there is none, and writes
// certificate and key.
func make509(template *x509.Certificate, authority *tls.Certificate, certFile, keyFile string) (tls.Certificate, error) {
	fail := func(err error) (tls.Certificate, error) {
		return tls.Certificate{}, fault.Wrap(fault.Unavailable, err, "the certificate %s could not be made", certFile)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	template.NotBefore = time.Now().Add(-backdate)
	pair, err := sign(template, authority, key)
	if err != nil {
		return fail(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fail(err)
	}
	if err := errors.Join(writePEM(keyFile, "PRIVATE KEY", keyDER), writePEM(certFile, "CERTIFICATE", pair.Certificate[0])); err != nil {
		return fail(err)
	}
	return pair, nil
}

// sign gives the template a number and the authority's signature, or the key's own if there is no authority.
func sign(template *x509.Certificate, authority *tls.Certificate, key crypto.Signer) (tls.Certificate, error) {
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return tls.Certificate{}, err
	}
	parent, signer := template, key
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey.(crypto.Signer)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
