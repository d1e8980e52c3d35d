package server

import (
	"context"
	"crypto/tls"
)

// certificates is where the certificate of a handshake comes from. There is one implementation for each mode.
type certificates interface {
	// load gets ready to answer handshakes. It runs once, after the ports are open and before anything is served.
	load(ctx context.Context, port int) error
	get(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
	// keep renews or reloads until ctx ends.
	keep(ctx context.Context)
}

// tlsConfig allows TLS 1.2 and 1.3, and in 1.2 only suites with forward secrecy and authenticated encryption (RFC 9325
// section 4.2); those of 1.3 all are.
func tlsConfig(certs certificates, acme bool) *tls.Config {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: certs.get,
	}
	if acme {
		config.NextProtos = append(config.NextProtos, acmeProtocol)
	}
	return config
}
