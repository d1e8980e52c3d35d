package demo

import (
	"context"
	"crypto/x509"
	"log/slog"

	"example.org/hub/examples/paymentapi/paymentlink"
	"example.org/hub/resource"
)

// API is the example API. It asks the hub about every token, so that whatever is revoked, banned or taken away while trying
// things out is seen at once.
type API struct{ *beside }

// ListenAPI opens the example API's port: 8444, or the next one that nobody has.
func ListenAPI(secure bool) (*API, error) {
	b, err := listen(8444, 8463, secure)
	return &API{b}, err
}

// Serve answers until ctx ends. issuer is the hub's base URL, authority the certificates it is known by (nil: those of the
// system).
func (a *API) Serve(ctx context.Context, issuer string, authority *x509.CertPool, sample *Sample, log *slog.Logger) error {
	asks := client(authority)
	defer asks.CloseIdleConnections()
	verifier, err := resource.New(resource.Options{
		Issuer: issuer, Audience: sample.PaymentsID(), Online: true, ClientID: sample.PaymentsID(), ClientSecret: sample.PaymentsSecret.Reveal(),
		Resource: a.URL(), HTTPClient: asks, Logger: log,
	})
	if err != nil {
		a.Close()
		return err
	}
	return a.serve(ctx, paymentlink.Handler(verifier), log)
}
